//! JSON bodies, with the position of each part.

use crosstalk_wire::Field;

use crate::outline::{capture, checked, outline};

fn json(text: &str) -> Field {
    let request =
        format!("POST / HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{text}", text.len());
    checked(&capture(request.as_bytes(), b"")).client.root.find("body").unwrap().clone()
}

#[test]
fn each_member_and_element_has_its_place() {
    insta::assert_snapshot!(outline(&json(r#"{"a": [1, -2.5e3, true, null], "\u00e9": {}}"#)));
}

#[test]
fn wrong_parts_are_marked_and_the_rest_is_read() {
    insta::assert_snapshot!(outline(&json(r#"{"a":tru,"b" 1,"c":,2:3,"d":[1 2,],"e":"\x","f":{"g":01}"#)));
}

#[test]
fn nesting_is_followed_so_far_and_no_further() {
    let text = "[".repeat(100_000);
    let body = json(&text);
    let deepest = body.leaves().last().unwrap();
    assert_eq!(deepest.problem.as_deref(), Some("nested deeper than is shown"));
}
