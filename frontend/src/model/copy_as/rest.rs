//! An HTTP request as curl, Python, Rust and JavaScript write it. Each sends what the page sends: no header more that
//! would change the answer, and no `Content-Type` that nobody chose.

use std::fmt::Write as _;

use super::{Snippet, printf, quoted, rust, shell};
use crate::model::payload;

/// What is sent.
#[derive(Clone, Copy, Debug)]
pub struct Call<'a> {
    /// One of RFC 9110's.
    pub method: &'a str,
    /// Absolute, as the browser resolved it.
    pub url: &'a str,
    /// In order; a name may come twice.
    pub headers: &'a [(String, String)],
    /// Empty for none. `GET` and `HEAD` send none.
    pub body: &'a [u8],
}

/// In all languages.
#[must_use]
pub fn snippets(call: Call<'_>) -> Vec<Snippet> {
    let headers = joined(call.headers);
    let body: &[u8] = if matches!(call.method, "GET" | "HEAD") { &[] } else { call.body };
    let call = Call { headers: &headers, body, ..call };
    vec![
        Snippet { language: "curl", text: curl(call) },
        Snippet { language: "Python", text: python(call) },
        Snippet { language: "Rust", text: reqwest(call) },
        Snippet { language: "JavaScript", text: javascript(call) },
    ]
}

/// Values of the same name as one, as a browser sends them (Fetch Standard).
fn joined(headers: &[(String, String)]) -> Vec<(String, String)> {
    let mut joined: Vec<(String, String)> = Vec::new();
    for (name, value) in headers {
        match joined.iter_mut().find(|(known, _)| known.eq_ignore_ascii_case(name)) {
            Some((_, values)) => {
                values.push_str(", ");
                values.push_str(value);
            }
            None => joined.push((name.clone(), value.clone())),
        }
    }
    joined
}

fn has_type(call: Call<'_>) -> bool {
    call.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-type"))
}

fn curl(call: Call<'_>) -> String {
    let typed = payload::text(call.body);
    let mut text = match typed {
        Some(_) => "curl -i".to_owned(),
        None => format!("printf {} | curl -i", printf(call.body)),
    };
    match call.method {
        "HEAD" => text.push_str(" --head"),
        "GET" => {}
        method => {
            let _ = write!(text, " -X {method}");
        }
    }
    // curl takes brackets and braces for patterns
    if call.url.contains(['[', ']', '{', '}']) {
        text.push_str(" --globoff");
    }
    let _ = write!(text, " {}", shell(call.url));
    for (name, value) in call.headers {
        // curl drops a header with nothing behind the colon; with a semicolon it sends it empty
        let header = if value.is_empty() { format!("{name};") } else { format!("{name}: {value}") };
        let _ = write!(text, " \\\n  -H {}", shell(&header));
    }
    if !call.body.is_empty() {
        if !has_type(call) {
            text.push_str(" \\\n  -H 'Content-Type:'");
        }
        let _ = match typed {
            Some(body) => write!(text, " \\\n  --data-raw {}", shell(body)),
            None => write!(text, " \\\n  --data-binary @-"),
        };
    }
    text
}

fn python(call: Call<'_>) -> String {
    let mut text = format!(
        "import requests\n\nanswer = requests.request(\n    {},\n    {},\n",
        quoted(call.method),
        quoted(call.url)
    );
    if !call.headers.is_empty() {
        text.push_str("    headers={\n");
        for (name, value) in call.headers {
            let _ = writeln!(text, "        {}: {},", quoted(name), quoted(value));
        }
        text.push_str("    },\n");
    }
    if !call.body.is_empty() {
        let _ = match payload::text(call.body) {
            Some(body) => writeln!(text, "    data={}.encode(),", quoted(body)),
            None => writeln!(text, "    data=bytes.fromhex(\"{}\"),", payload::hex(call.body)),
        };
    }
    text.push_str(")\nprint(answer.status_code, answer.reason)\nprint(answer.text)");
    text
}

fn reqwest(call: Call<'_>) -> String {
    let mut text = format!(
        "// cargo add reqwest; cargo add tokio --features full\n#[tokio::main]\n\
         async fn main() -> Result<(), reqwest::Error> {{\n    let answer = reqwest::Client::new()\n        \
         .request(reqwest::Method::{}, {})\n",
        call.method,
        rust(call.url)
    );
    for (name, value) in call.headers {
        let _ = writeln!(text, "        .header({}, {})", rust(name), rust(value));
    }
    if !call.body.is_empty() {
        let _ = match payload::text(call.body) {
            Some(body) => writeln!(text, "        .body({})", rust(body)),
            None => writeln!(text, "        .body(&b\"{}\"[..])", call.body.escape_ascii()),
        };
    }
    text.push_str(
        "        .send()\n        .await?;\n    println!(\"{}\", answer.status());\n    \
         println!(\"{}\", answer.text().await?);\n    Ok(())\n}",
    );
    text
}

fn javascript(call: Call<'_>) -> String {
    let mut text = format!("const answer = await fetch({}, {{\n  method: {},\n", quoted(call.url), quoted(call.method));
    if !call.headers.is_empty() {
        text.push_str("  headers: {\n");
        for (name, value) in call.headers {
            let _ = writeln!(text, "    {}: {},", quoted(name), quoted(value));
        }
        text.push_str("  },\n");
    }
    if !call.body.is_empty() {
        let body = match payload::text(call.body) {
            // a string would bring a Content-Type of its own
            Some(body) if !has_type(call) => format!("new TextEncoder().encode({})", quoted(body)),
            Some(body) => quoted(body),
            None => format!("new Uint8Array({:?})", call.body),
        };
        let _ = writeln!(text, "  body: {body},");
    }
    text.push_str("});\nconsole.log(answer.status, answer.statusText);\nconsole.log(await answer.text());");
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call<'a>(method: &'a str, headers: &'a [(String, String)], body: &'a str) -> Vec<Snippet> {
        let url = "http://127.0.0.1:8080/api/v1/resource?name=O'Neil";
        snippets(Call { method, url, headers, body: body.as_bytes() })
    }

    fn header(name: &str, value: &str) -> (String, String) {
        (name.to_owned(), value.to_owned())
    }

    #[test]
    fn a_plain_get_is_a_plain_get() {
        let texts = call("GET", &[header("Accept", "application/json")], "not sent");
        assert_eq!(
            texts[0].text,
            "curl -i 'http://127.0.0.1:8080/api/v1/resource?name=O'\\''Neil' \\\n  -H 'Accept: application/json'"
        );
        assert!(texts.iter().all(|snippet| !snippet.text.contains("not sent")));
    }

    #[test]
    fn a_body_is_sent_with_the_type_that_was_chosen_and_no_other() {
        let typed = call("PUT", &[header("content-type", "application/json")], r#"{"name":"Ada"}"#);
        assert!(typed[0].text.ends_with("-H 'content-type: application/json' \\\n  --data-raw '{\"name\":\"Ada\"}'"));
        assert!(typed[1].text.contains("data=\"{\\\"name\\\":\\\"Ada\\\"}\".encode()"));
        assert!(typed[3].text.contains("  body: \"{\\\"name\\\":\\\"Ada\\\"}\",\n"));
        let untyped = call("PUT", &[], "x");
        assert!(untyped[0].text.contains("-H 'Content-Type:'"));
        assert!(untyped[3].text.contains("new TextEncoder().encode(\"x\")"));
    }

    #[test]
    fn a_body_of_bytes_is_the_same_bytes_in_each() {
        let headers = [header("content-type", "application/x-protobuf")];
        let texts = call("POST", &headers, "\n\u{3}Ada");
        assert!(texts[0].text.starts_with("printf '\\012\\003Ada' | curl -i -X POST"));
        assert!(texts[0].text.ends_with("--data-binary @-"));
        assert!(texts[1].text.contains("data=bytes.fromhex(\"0a 03 41 64 61\"),"));
        assert!(texts[2].text.contains(".body(&b\"\\n\\x03Ada\"[..])"));
        assert!(texts[3].text.contains("body: new Uint8Array([10, 3, 65, 100, 97]),"));
    }

    #[test]
    fn values_of_one_name_are_joined() {
        let texts = call("GET", &[header("Accept", "a/b"), header("accept", "c/d")], "");
        assert!(texts.iter().all(|snippet| snippet.text.contains("a/b, c/d")));
    }
}
