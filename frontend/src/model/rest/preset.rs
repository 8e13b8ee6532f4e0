//! Requests to start from, as data. Some speak about a stored greeting, some are the first of several calls.

use super::{
    draft::{Draft, Form},
    story::Story,
};
use crate::model::address::Row;

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
    /// `If-None-Match`: 304.
    IfChanged,
    /// Two who change the same thing, and one change is gone.
    LostUpdate,
    /// The same two with `If-Match`: 412.
    Guard,
    /// The same job in another format.
    Protobuf,
    /// A body that is no JSON: 400.
    Broken,
}

impl Preset {
    /// In the order they are learnt.
    pub const ALL: [Self; 7] =
        [Self::Hello, Self::Create, Self::IfChanged, Self::LostUpdate, Self::Guard, Self::Protobuf, Self::Broken];

    /// Method and the status to expect.
    #[must_use]
    pub const fn expects(self) -> &'static str {
        match self {
            Self::Hello => "GET 200",
            Self::Create | Self::Protobuf => "POST 201",
            Self::IfChanged => "GET 304",
            Self::LostUpdate => "PUT 200",
            Self::Guard => "PUT 412",
            Self::Broken => "POST 400",
        }
    }

    /// Whether it speaks about a stored greeting.
    #[must_use]
    pub const fn needs_known(self) -> bool {
        matches!(self, Self::IfChanged)
    }

    /// The calls it is about, when it is about more than one.
    #[must_use]
    pub const fn story(self) -> Option<Story> {
        match self {
            Self::LostUpdate => Some(Story::LostUpdate),
            Self::Guard => Some(Story::Guarded),
            _ => None,
        }
    }

    /// The request; `key` is a fresh idempotency key. Without the greeting it needs, the path has a hole in it.
    #[must_use]
    pub fn draft(self, known: Option<&Known>, key: &str) -> Draft {
        let accept = ("Accept", "application/json");
        let greet = "/api/v1/resource?name=World!";
        match self {
            Self::Hello => request("GET", greet, &[accept], ""),
            Self::Create => request("POST", COLLECTION, &[JSON, accept, (KEY, key)], r#"{"name":"Ada"}"#),
            Self::IfChanged => {
                let stored = known.map_or("/api/v1/resource/…", |known| &known.path);
                let etag = known.map_or("", |known| &known.etag);
                request("GET", stored, &[accept, ("If-None-Match", etag)], "")
            }
            // what a story begins with
            Self::LostUpdate | Self::Guard => request("POST", COLLECTION, &[JSON, accept], r#"{"name":"Ada"}"#),
            Self::Protobuf => {
                let media = "application/x-protobuf";
                let headers = [("Content-Type", media), ("Accept", media), (KEY, key)];
                Draft { form: Form::Hex, ..request("POST", COLLECTION, &headers, "0a 03 41 64 61") }
            }
            Self::Broken => request("POST", COLLECTION, &[JSON, accept], "{\"name\":\n  Ada}"),
        }
    }
}

/// Where greetings are made.
pub const COLLECTION: &str = "/api/v1/resource";
/// A body is JSON.
pub const JSON: (&str, &str) = ("Content-Type", "application/json");
/// The header with the idempotency key.
pub const KEY: &str = "Idempotency-Key";

/// A request with a text for its body.
#[must_use]
pub fn request(method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Draft {
    let row = |(name, value): &(&str, &str)| Row { on: true, name: (*name).to_owned(), value: (*value).to_owned() };
    let headers = headers.iter().map(row).collect();
    Draft { method: method.to_owned(), path: path.to_owned(), headers, body: body.to_owned(), ..Draft::default() }
}

/// What an answer teaches about stored greetings: its path, from `Location` or the request, and its ETag.
#[must_use]
pub fn learn(path: &str, location: Option<&str>, etag: Option<&str>) -> Option<Known> {
    let path = location.unwrap_or(path);
    // a `Location` may be absolute
    let at = path.find("/api/v1/resource/")?;
    let path = path[at..].split(['?', '#']).next()?.to_owned();
    Some(Known { path, etag: etag?.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::{super::check, *};

    #[test]
    fn a_created_greeting_is_learnt_from_its_location() {
        let known = learn("/api/v1/resource", Some("/api/v1/resource/01A"), Some("\"1\""));
        let expected = Known { path: "/api/v1/resource/01A".to_owned(), etag: "\"1\"".to_owned() };
        assert_eq!(known.as_ref(), Some(&expected));
        let draft = Preset::IfChanged.draft(known.as_ref(), "");
        assert_eq!((draft.path.as_str(), draft.header("if-none-match")), ("/api/v1/resource/01A", Some("\"1\"")));
    }

    #[test]
    fn the_greeting_itself_is_no_stored_one() {
        assert_eq!(learn("/api/v1/resource?name=Ada", None, Some("\"x\"")), None);
        assert_eq!(learn("/api/v1/resource/01A", None, None), None);
    }

    #[test]
    fn nothing_is_wrong_with_a_preset_but_what_it_shows() {
        let known = Known { path: "/api/v1/resource/01A".to_owned(), etag: "\"1\"".to_owned() };
        for preset in Preset::ALL {
            let draft = preset.draft(Some(&known), "k");
            assert_eq!(check::path(&draft.path), None, "{preset:?}");
            assert!(draft.headers.iter().all(|row| check::header(row).is_none()), "{preset:?}");
            let is_wrong = !draft.body.is_empty() && check::body(&draft).is_err();
            assert_eq!(is_wrong, preset == Preset::Broken, "{preset:?}");
        }
    }
}
