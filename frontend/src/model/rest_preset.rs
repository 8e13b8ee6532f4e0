//! What the REST panel offers to send: requests as data. Some need a stored greeting to speak about.

use super::address::{self, Error, Fields, Row};

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
    /// One of [`METHODS`].
    pub method: String,
    /// With its query.
    pub path: String,
    /// In order.
    pub headers: Vec<Row>,
    /// Empty for none.
    pub body: String,
}

/// The methods that a browser sends and the server knows.
pub const METHODS: [&str; 7] = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"];

impl address::Draft for Draft {
    fn write(&self, fields: &mut Fields) {
        fields.put("method", self.method.clone());
        fields.put("path", self.path.clone());
        fields.put_rows("header", "off", &self.headers);
        fields.put("body", self.body.clone());
    }

    fn read(fields: &Fields) -> Result<Self, Error> {
        let method = fields.get("method")?.to_owned();
        if !METHODS.contains(&method.as_str()) {
            return Err(Error::Value { name: "method", value: method });
        }
        let (path, headers) = (fields.get("path")?.to_owned(), fields.rows("header", "off")?);
        Ok(Self { method, path, headers, body: fields.get("body")?.to_owned() })
    }
}

impl Draft {
    /// The headers that are sent: checked, with a name, without blanks around.
    #[must_use]
    pub fn sent_headers(&self) -> Vec<(String, String)> {
        let sent = self.headers.iter().filter(|row| row.on && !row.name.trim().is_empty());
        sent.map(|row| (row.name.trim().to_owned(), row.value.trim().to_owned())).collect()
    }
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
        let row = |(name, value): (&str, &str)| Row { on: true, name: name.to_owned(), value: value.to_owned() };
        let headers = headers.into_iter().map(row).collect();
        Draft { method: method.to_owned(), path, headers, body: body.to_owned() }
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
    use proptest::prelude::*;

    use super::*;

    fn row() -> impl Strategy<Value = Row> {
        (any::<bool>(), "\\PC*", "\\PC*").prop_map(|(on, name, value)| Row { on, name, value })
    }

    proptest! {
        #[test]
        fn a_link_restores_every_field(
            method in prop::sample::select(&METHODS),
            path in any::<String>(),
            headers in prop::collection::vec(row(), 0..5),
            body in any::<String>(),
        ) {
            let headers = headers.into_iter().filter(|row| !address::is_secret(&row.name)).collect();
            let draft = Draft { method: method.to_owned(), path, headers, body };
            prop_assert_eq!(address::read(&address::write(&draft).fragment), Some(Ok(draft)));
        }
    }

    #[test]
    fn a_link_with_a_method_of_nobody_is_refused() {
        let error = Error::Value { name: "method", value: "BREW".to_owned() };
        assert_eq!(address::read::<Draft>("1&method=BREW&path=/&body="), Some(Err(error)));
    }

    #[test]
    fn a_created_greeting_is_learnt_from_its_location() {
        let known = learn("/api/v1/resource", Some("/api/v1/resource/01A"), Some("\"1\""));
        let expected = Known { path: "/api/v1/resource/01A".to_owned(), etag: "\"1\"".to_owned() };
        assert_eq!(known.as_ref(), Some(&expected));
        let draft = Preset::IfChanged.draft(known.as_ref(), "");
        assert_eq!(draft.path, "/api/v1/resource/01A");
        let condition = Row { on: true, name: "If-None-Match".to_owned(), value: "\"1\"".to_owned() };
        assert!(draft.headers.contains(&condition));
    }

    #[test]
    fn the_greeting_itself_is_no_stored_one() {
        assert_eq!(learn("/api/v1/resource?name=Ada", None, Some("\"x\"")), None);
        assert_eq!(learn("/api/v1/resource/01A", None, None), None);
    }
}
