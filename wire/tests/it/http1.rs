//! HTTP/1.1 messages, after the examples of RFC 9112.

use crate::outline::{capture, checked, outline};

#[test]
fn a_request_and_its_answer_are_read_to_the_last_line_end() {
    let capture = capture(
        b"GET /api/v1/resource?name=Ada HTTP/1.1\r\nHost: localhost:8080\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 16\r\n\r\n{\"message\":\"Hi\"}",
    );
    let found = checked(&capture);
    insta::assert_snapshot!(outline(&found.client.root));
    insta::assert_snapshot!(outline(&found.server.root));
}

#[test]
fn chunks_are_cut_apart_and_their_content_is_read_across_them() {
    let capture = capture(
        b"GET / HTTP/1.1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n\
          5;n=1\r\n{\"a\":\r\n3\r\n12}\r\n0\r\nETag: x\r\n\r\n",
    );
    let found = checked(&capture);
    insta::assert_snapshot!(outline(&found.server.root));
}

#[test]
fn several_messages_follow_each_other_on_one_connection() {
    let capture = capture(
        b"HEAD / HTTP/1.1\r\n\r\nPOST /x HTTP/1.1\r\nContent-Length: 2\r\n\r\nhiGET /y HTTP/1.1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nHTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n\
          HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n",
    );
    let found = checked(&capture);
    let names =
        |root: &crosstalk_wire::Field| root.children.iter().map(|field| field.value.clone()).collect::<Vec<_>>();
    assert_eq!(names(&found.client.root), ["HEAD /", "POST /x", "GET /y"]);
    assert_eq!(names(&found.server.root), ["200 OK", "100 Continue", "204 No Content", "304 Not Modified"]);
}

#[test]
fn what_is_wrong_is_marked_and_the_rest_is_read() {
    let capture = capture(
        b"nonsense\r\nGET / HTTP/1.1\nno colon\r\nBad Name: x\r\n folded\r\nHost: a\r\n\r\nGET /2 HTTP/1.1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc",
    );
    let found = checked(&capture);
    insta::assert_snapshot!(outline(&found.client.root));
    insta::assert_snapshot!(outline(&found.server.root));
}

#[test]
fn a_capture_that_ends_in_a_message_is_incomplete_and_not_malformed() {
    let capture = capture(b"POST / HTTP/1.1\r\nContent-Length: 10\r\n\r\nabc", b"HTTP/1.1 200 OK\r\nContent-Ty");
    let found = checked(&capture);
    insta::assert_snapshot!(outline(&found.client.root));
    insta::assert_snapshot!(outline(&found.server.root));
}
