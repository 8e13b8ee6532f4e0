//! What is wrong with a request, while it is typed. The server says the same, later; what the browser would do on its
//! own, only this says.

use crosstalk_proto::{
    DEFAULT_NAME, MAX_NAME_CHARS,
    helloworld::HelloRequest,
    rest::{MAX_BODY, NewGreeting},
};
use prost::Message as _;

use super::{
    draft::{Auth, Draft, Form},
    hex,
    preset::{COLLECTION, KEY},
    query,
};
use crate::model::{
    address::Row,
    json::{self, JsonError, ShapeFault, ValueType},
};

/// Headers that a browser sets itself and lets nobody else set (Fetch Standard, "forbidden request-header").
const FORBIDDEN: [&str; 20] = [
    "accept-charset",
    "accept-encoding",
    "access-control-request-headers",
    "access-control-request-method",
    "connection",
    "content-length",
    "cookie",
    "cookie2",
    "date",
    "dnt",
    "expect",
    "host",
    "keep-alive",
    "origin",
    "referer",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "via",
];

/// What is wrong with a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Path {
    /// It does not begin with a slash, or with two: another server's.
    Start,
    /// A hole that a preset left.
    Hole,
    /// What is behind `#` is not sent.
    Fragment,
}

/// What is wrong with a header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Header {
    /// The name is no token (RFC 9110, section 5.6.2).
    Name,
    /// The value has a letter that no header can carry.
    Value,
    /// The browser sets it itself.
    Forbidden,
}

/// What is wrong with a body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Body {
    /// It is not JSON, or JSON of another shape than the contract's.
    Json(JsonError),
    /// It is not hexadecimal.
    Hex(hex::Fault),
    /// It is no `HelloRequest`; prost's words.
    Protobuf(String),
    /// The name in a `HelloRequest` is not allowed.
    Name(ShapeFault),
    /// No `Content-Type` says what it is.
    Untyped,
    /// The body has more bytes than the server reads.
    TooLarge {
        /// Bytes of the body.
        bytes: usize,
    },
}

/// What a body is, when nothing is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Good {
    /// JSON of the shape that the contract wants here.
    Shaped(&'static str),
    /// JSON, of whatever shape.
    Json,
    /// A `HelloRequest` for this name.
    Protobuf(String),
    /// Something else.
    Other,
}

/// Looks at a path.
#[must_use]
pub fn path(path: &str) -> Option<Path> {
    let path = path.trim();
    if !path.starts_with('/') || path.starts_with("//") {
        return Some(Path::Start);
    }
    match path {
        _ if path.contains('…') => Some(Path::Hole),
        _ if path.contains('#') => Some(Path::Fragment),
        _ => None,
    }
}

/// Looks at a header.
#[must_use]
pub fn header(row: &Row) -> Option<Header> {
    let (name, value) = (row.name.trim(), row.value.trim());
    if !row.on || name.is_empty() {
        return (row.on && !value.is_empty()).then_some(Header::Name);
    }
    let is_token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    let lower = name.to_ascii_lowercase();
    if !name.bytes().all(is_token) {
        Some(Header::Name)
    } else if value.chars().any(|letter| letter > 'ÿ' || matches!(letter, '\0' | '\n' | '\r')) {
        Some(Header::Value)
    } else {
        let forbidden = FORBIDDEN.contains(&lower.as_str()) || lower.starts_with("proxy-") || lower.starts_with("sec-");
        forbidden.then_some(Header::Forbidden)
    }
}

/// Whether `Authorization` is there twice, as a header and in its own place.
#[must_use]
pub fn is_authorized_twice(draft: &Draft) -> bool {
    draft.auth != Auth::None && draft.auth.header().is_some() && draft.header("authorization").is_some()
}

/// Looks at a body that is sent.
///
/// # Errors
/// What is wrong with it.
pub fn body(draft: &Draft) -> Result<Good, Body> {
    if draft.form == Form::Hex {
        hex::read(&draft.body).map_err(Body::Hex)?;
    }
    let bytes = draft.bytes();
    if bytes.len() > MAX_BODY {
        return Err(Body::TooLarge { bytes: bytes.len() });
    }
    let media = draft.header("content-type").unwrap_or_default();
    let media = media.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    match media.as_str() {
        "" => Err(Body::Untyped),
        "application/x-protobuf" => {
            let request = HelloRequest::decode(bytes.as_slice()).map_err(|error| Body::Protobuf(error.to_string()))?;
            name(&request.name).map_or(Ok(Good::Protobuf(request.name)), |fault| Err(Body::Name(fault)))
        }
        _ if draft.form == Form::Hex => Ok(Good::Other),
        "application/json" | "application/merge-patch+json" => shaped(draft).map_err(Body::Json),
        _ if media.ends_with("+json") => json::check_syntax(&draft.body).map(|()| Good::Json).map_err(Body::Json),
        _ => Ok(Good::Other),
    }
}

/// Whether the server refuses the idempotency key of `draft` because `first` used the key for another greeting. A key
/// belongs to one greeting: the same name in another format is the same greeting.
#[must_use]
pub fn reuses_key(draft: &Draft, first: &Draft) -> bool {
    let key = |draft: &Draft| draft.header(KEY).map(str::to_owned);
    let creates = |draft: &Draft| draft.method == "POST" && query::with(draft.path.trim(), &[]) == COLLECTION;
    key(draft).is_some()
        && key(draft) == key(first)
        && creates(draft)
        && creates(first)
        && match (greeted(draft), greeted(first)) {
            (Some(name), Some(first)) => name != first,
            _ => false,
        }
}

/// The name that a request to create a greeting asks for. An empty name is the default.
fn greeted(draft: &Draft) -> Option<String> {
    let name = match body(draft).ok()? {
        Good::Protobuf(name) => name,
        Good::Shaped("NewGreeting") => serde_json::from_str::<NewGreeting>(&draft.body).ok()?.name,
        _ => return None,
    };
    Some(if name.is_empty() { DEFAULT_NAME.to_owned() } else { name })
}

fn shaped(draft: &Draft) -> Result<Good, JsonError> {
    let path = query::with(draft.path.trim(), &[]);
    let (is_one, is_all) = (path.starts_with("/api/v1/resource/"), path == "/api/v1/resource");
    match draft.method.as_str() {
        "POST" if is_all => greeting(&draft.body, true).map(|()| Good::Shaped("NewGreeting")),
        "PUT" if is_one => greeting(&draft.body, true).map(|()| Good::Shaped("NewGreeting")),
        "PATCH" if is_one => greeting(&draft.body, false).map(|()| Good::Shaped("GreetingPatch")),
        _ => json::check_syntax(&draft.body).map(|()| Good::Json),
    }
}

/// Checks the shape of a `NewGreeting`, whose name is required, or of a `GreetingPatch`, whose name may be null or left out.
fn greeting(text: &str, required: bool) -> Result<(), JsonError> {
    const NAME: &str = "name";
    let mut named = false;
    for (key, value) in &json::object(text)?.0 {
        let wrong = |fault| JsonError::Shape { pointer: json::reference(key), fault };
        if key != NAME {
            return Err(wrong(ShapeFault::Unknown { known: NAME }));
        }
        if named {
            return Err(wrong(ShapeFault::Duplicate(NAME)));
        }
        named = true;
        match json::type_of(value) {
            ValueType::String => {
                let text = serde_json::from_str::<String>(value.get()).unwrap_or_default();
                if let Some(fault) = name(&text) {
                    return Err(wrong(fault));
                }
            }
            ValueType::Null if !required => {}
            found => return Err(wrong(ShapeFault::Type { expected: ValueType::String, found })),
        }
    }
    if required && !named {
        return Err(JsonError::Shape { pointer: String::new(), fault: ShapeFault::Missing(NAME) });
    }
    Ok(())
}

/// What the server's rules for a name, in every style, say against `text`.
fn name(text: &str) -> Option<ShapeFault> {
    let found = text.chars().count();
    if found > MAX_NAME_CHARS {
        return Some(ShapeFault::TooLong { max: MAX_NAME_CHARS, found });
    }
    text.chars().any(char::is_control).then_some(ShapeFault::Control)
}

#[cfg(test)]
mod tests {
    use crosstalk_proto::rest::GreetingPatch;

    use super::*;

    fn row(name: &str, value: &str) -> Row {
        Row { on: true, name: name.to_owned(), value: value.to_owned() }
    }

    fn draft(method: &str, path: &str, media: &str, text: &str) -> Draft {
        let headers = vec![row("content-type", media)];
        Draft { method: method.to_owned(), path: path.to_owned(), headers, body: text.to_owned(), ..Draft::default() }
    }

    #[test]
    fn a_path_is_one_of_this_server() {
        assert_eq!(path("/api/v1/resource?name=World!"), None);
        assert_eq!(path("api"), Some(Path::Start));
        assert_eq!(path("//example.org/"), Some(Path::Start));
        assert_eq!(path("/api/v1/resource/…"), Some(Path::Hole));
        assert_eq!(path("/a#b"), Some(Path::Fragment));
    }

    #[test]
    fn a_header_is_one_that_a_browser_sends() {
        assert_eq!(header(&row("X-Trace", "é")), None);
        assert_eq!(header(&row("X Trace", "a")), Some(Header::Name));
        assert_eq!(header(&row("", "a")), Some(Header::Name));
        assert_eq!(header(&row("X-Trace", "你")), Some(Header::Value));
        assert_eq!(header(&row("Sec-Fetch-Mode", "cors")), Some(Header::Forbidden));
        assert_eq!(header(&Row { on: false, ..row("Host", "a") }), None);
        assert!(FORBIDDEN.is_sorted());
    }

    #[test]
    fn a_body_is_of_the_shape_that_its_place_wants() {
        let json = "application/json; charset=utf-8";
        let at = "/api/v1/resource/x?y=1";
        assert_eq!(body(&draft("PUT", at, json, r#"{"name":"Ada"}"#)), Ok(Good::Shaped("NewGreeting")));
        assert_eq!(body(&draft("PATCH", at, "application/merge-patch+json", "{}")), Ok(Good::Shaped("GreetingPatch")));
        let missing = JsonError::Shape { pointer: String::new(), fault: ShapeFault::Missing("name") };
        assert_eq!(body(&draft("POST", "/api/v1/resource", json, "{}")), Err(Body::Json(missing)));
        assert_eq!(body(&draft("POST", "/elsewhere", json, "{}")), Ok(Good::Json));
        assert_eq!(body(&draft("POST", "/", "", "{}")), Err(Body::Untyped));
        assert_eq!(body(&draft("POST", "/", "text/plain", "{")), Ok(Good::Other));
    }

    #[test]
    fn a_name_and_a_body_are_no_longer_than_the_server_reads() {
        let json = "application/json";
        let post = |text: String| body(&draft("POST", "/api/v1/resource", json, &text));
        let named = |name: &str| post(serde_json::json!({ "name": name }).to_string());
        let wrong = |fault| Err(Body::Json(JsonError::Shape { pointer: "/name".to_owned(), fault }));
        assert_eq!(named(&"Ä".repeat(200)), Ok(Good::Shaped("NewGreeting")));
        assert_eq!(named(&"Ä".repeat(201)), wrong(ShapeFault::TooLong { max: 200, found: 201 }));
        assert_eq!(named("A\u{85}"), wrong(ShapeFault::Control));
        assert_eq!(post(" ".repeat(MAX_BODY + 1)), Err(Body::TooLarge { bytes: MAX_BODY + 1 }));
        let bytes = HelloRequest { name: "a\tb".to_owned() }.encode_to_vec();
        let text: String = bytes.iter().map(|byte| format!("{byte:02x} ")).collect();
        let protobuf = Draft { form: Form::Hex, ..draft("POST", "/", "application/x-protobuf", &text) };
        assert_eq!(body(&protobuf), Err(Body::Name(ShapeFault::Control)));
    }

    #[test]
    fn a_key_belongs_to_one_greeting() {
        let keyed = |name: &str, key: &str| {
            let mut draft = draft("POST", COLLECTION, "application/json", &format!("{{ \"name\": \"{name}\" }}"));
            draft.headers.push(row("idempotency-key", key));
            draft
        };
        let first = keyed("Ada", "k");
        assert!(reuses_key(&keyed("Bea", "k"), &first));
        assert!(!reuses_key(&keyed("Ada", "k"), &first));
        assert!(!reuses_key(&keyed("Bea", "l"), &first));
        let mut bytes = draft("POST", COLLECTION, "application/x-protobuf", "0a 03 41 64 61");
        bytes.form = Form::Hex;
        bytes.headers.push(row("Idempotency-Key", "k"));
        assert!(!reuses_key(&bytes, &first), "the same greeting as protobuf");
    }

    #[test]
    fn a_wrong_shape_is_named_by_its_pointer_and_its_kind() {
        use ShapeFault::{Duplicate, Missing, Type, Unknown};
        let expected = ValueType::String;
        for (text, pointer, fault) in [
            ("{}", "", Missing("name")),
            (r#"{"name":1}"#, "/name", Type { expected, found: ValueType::Number }),
            (r#"{"name":null}"#, "/name", Type { expected, found: ValueType::Null }),
            (r#"{"name":"Ada","a/b~":1}"#, "/a~1b~0", Unknown { known: "name" }),
            (r#"{"name":"Ada","name":"Bea"}"#, "/name", Duplicate("name")),
            ("[\"Ada\"]", "", Type { expected: ValueType::Object, found: ValueType::Array }),
        ] {
            let error = JsonError::Shape { pointer: pointer.to_owned(), fault };
            assert_eq!(greeting(text, true), Err(error), "{text}");
        }
        assert!(matches!(greeting("{\"nam\":1", true), Err(JsonError::Syntax { .. })));
    }

    /// The server reads these bodies with the types of the contract.
    #[test]
    fn the_check_agrees_with_the_contract() {
        for text in [
            "{}",
            r#"{"name":"Ada"}"#,
            r#"{"n\u0061me":"\u00c1da"}"#,
            r#"{"name":null}"#,
            r#"{"name":36}"#,
            r#"{"name":["Ada"]}"#,
            r#"{"name":"Ada","name":"Bea"}"#,
            r#"{"name":"Ada","age":36}"#,
            r#"{"name":"\ud800"}"#,
            r#"{"name":"Ada"} x"#,
            "null",
            "",
        ] {
            assert_eq!(greeting(text, true).is_ok(), serde_json::from_str::<NewGreeting>(text).is_ok(), "{text}");
            assert_eq!(greeting(text, false).is_ok(), serde_json::from_str::<GreetingPatch>(text).is_ok(), "{text}");
        }
    }

    #[test]
    fn a_body_of_bytes_is_read_as_its_type_says() {
        let hex = |text: &str| Draft { form: Form::Hex, ..draft("POST", "/", "application/x-protobuf", text) };
        assert_eq!(body(&hex("0a 03 41 64 61")), Ok(Good::Protobuf("Ada".to_owned())));
        assert!(matches!(body(&hex("0a 07 41")), Err(Body::Protobuf(_))));
        assert!(matches!(body(&hex("0a 0")), Err(Body::Hex(_))));
    }

    #[test]
    fn two_authorizations_are_noticed() {
        let auth = Auth::Bearer { token: "x".to_owned() };
        let twice = Draft { auth: auth.clone(), headers: vec![row("authorization", "y")], ..Draft::default() };
        assert!(is_authorized_twice(&twice));
        assert!(!is_authorized_twice(&Draft { auth, ..Draft::default() }));
    }
}
