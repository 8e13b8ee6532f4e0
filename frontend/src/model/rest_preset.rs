//! What the REST panel offers to send: requests as data. Some need a stored greeting to speak about.

/// A stored greeting the page knows of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    /// `/api/v1/resource/{id}`
    pub path: String,
    /// The ETag it last had.
    pub etag: String,
}

/// A request that teaches something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Preset {
    /// The job itself.
    Hello,
    /// `POST` with an idempotency key.
    Create,
    /// `GET` of what was stored.
    Read,
    /// `If-None-Match`: 304.
    IfChanged,
    /// `If-Match` with an ETag that is out of date: 412.
    Guard,
    /// The same greeting in another format.
    Protobuf,
    /// A body that is no JSON: 400.
    Broken,
}

/// What the editor is filled with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// `GET` and so on.
    pub method: &'static str,
    /// With its query.
    pub path: String,
    /// Names and values.
    pub headers: Vec<(String, String)>,
    /// Empty for none.
    pub body: String,
}

impl Preset {
    /// In the order they are learnt.
    pub const ALL: [Self; 7] =
        [Self::Hello, Self::Create, Self::Read, Self::IfChanged, Self::Guard, Self::Protobuf, Self::Broken];

    /// Method and the status to expect.
    pub const fn expects(self) -> &'static str {
        match self {
            Self::Hello | Self::Read | Self::Protobuf => "GET 200",
            Self::Create => "POST 201",
            Self::IfChanged => "GET 304",
            Self::Guard => "PUT 412",
            Self::Broken => "POST 400",
        }
    }

    /// Whether it speaks about a stored greeting.
    pub const fn needs_known(self) -> bool {
        matches!(self, Self::Read | Self::IfChanged | Self::Guard)
    }

    /// The request; `key` is a fresh idempotency key. Without the greeting it needs, the path has a hole in it.
    pub fn draft(self, known: Option<&Known>, key: &str) -> Draft {
        let json = ("Content-Type", "application/json");
        let stored = known.map_or_else(|| "/api/v1/resource/…".to_owned(), |known| known.path.clone());
        let etag = known.map_or("", |known| known.etag.as_str());
        let accept = ("Accept", "application/json");
        let greet = |name: &str| format!("/api/v1/resource?name={name}");
        let (method, path, headers, body) = match self {
            Self::Hello => ("GET", greet("World!"), vec![accept], ""),
            Self::Create => (
                "POST",
                "/api/v1/resource".to_owned(),
                vec![json, accept, ("Idempotency-Key", key)],
                r#"{"name":"Ada"}"#,
            ),
            Self::Read => ("GET", stored, vec![accept], ""),
            Self::IfChanged => ("GET", stored, vec![accept, ("If-None-Match", etag)], ""),
            Self::Guard => ("PUT", stored, vec![json, accept, ("If-Match", STALE_ETAG)], r#"{"name":"Grace"}"#),
            Self::Protobuf => ("GET", greet("World!"), vec![("Accept", "application/x-protobuf")], ""),
            Self::Broken => ("POST", "/api/v1/resource".to_owned(), vec![json, accept], "{\"name\":\n  Ada}"),
        };
        let headers = headers.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        Draft { method, path, headers, body: body.to_owned() }
    }
}

/// Well formed, and the name of no version there ever was.
const STALE_ETAG: &str = "\"yesterday\"";

/// What an answer teaches about stored greetings: its path, from `Location` or the request, and its ETag.
pub fn learn(path: &str, location: Option<&str>, etag: Option<&str>) -> Option<Known> {
    let path = location.unwrap_or(path);
    // a `Location` may be absolute
    let at = path.find("/api/v1/resource/")?;
    let path = path[at..].split('?').next()?.to_owned();
    Some(Known { path, etag: etag?.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_created_greeting_is_learnt_from_its_location() {
        let known = learn("/api/v1/resource", Some("/api/v1/resource/01A"), Some("\"1\""));
        let expected = Known { path: "/api/v1/resource/01A".to_owned(), etag: "\"1\"".to_owned() };
        assert_eq!(known.as_ref(), Some(&expected));
        let draft = Preset::IfChanged.draft(known.as_ref(), "");
        assert_eq!(draft.path, "/api/v1/resource/01A");
        assert!(draft.headers.contains(&("If-None-Match".to_owned(), "\"1\"".to_owned())));
    }

    #[test]
    fn the_greeting_itself_is_no_stored_one() {
        assert_eq!(learn("/api/v1/resource?name=Ada", None, Some("\"x\"")), None);
        assert_eq!(learn("/api/v1/resource/01A", None, None), None);
    }
}
