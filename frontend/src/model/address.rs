//! The state of a bench in the fragment of the page's address: a link restores what was typed. A fragment of ours is the
//! version, then `name=value` pairs as forms write them (URL Standard, section 5), with as little percent-encoding as a
//! fragment allows. Credentials never go in.

use std::borrow::Cow;

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

/// Longer fragments are not written: not every program that a link goes through would carry them.
pub const MAX_LEN: usize = 8 * 1024;

/// How a fragment of ours begins; a later format has another number.
const VERSION: &str = "1";

/// What a fragment (URL Standard) or a pair cannot hold as it is.
const ENCODED: &AsciiSet =
    &CONTROLS.add(b' ').add(b'"').add(b'<').add(b'>').add(b'`').add(b'&').add(b'=').add(b'+').add(b'%').add(b'#');

/// Words in the names of headers whose values are credentials.
const SECRET: [&str; 8] = ["authorization", "cookie", "token", "secret", "password", "credential", "api-key", "apikey"];

/// What a bench sends, as pairs.
pub trait Draft: Sized {
    /// Writes every field.
    fn write(&self, fields: &mut Fields);

    /// Reads what [`Draft::write`] wrote.
    ///
    /// # Errors
    /// When a field is missing, or cannot have the value it has.
    fn read(fields: &Fields) -> Result<Self, Error>;
}

/// Names and values in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fields {
    pairs: Vec<(Cow<'static, str>, String)>,
    withheld: bool,
    /// Credentials too.
    whole: bool,
}

/// Why a fragment is not the state of a bench.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// It is of a version this page does not know.
    #[error("version {0:?} is not known here")]
    Version(String),
    /// A field is not there.
    #[error("{0:?} is missing")]
    Missing(&'static str),
    /// A field cannot have this value.
    #[error("{name:?} cannot be {value:?}")]
    Value {
        /// Which.
        name: &'static str,
        /// What it is.
        value: String,
    },
}

/// A header, a metadata entry, a property: a row of an editor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Whether it is sent.
    pub on: bool,
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: String,
}

impl Row {
    /// Nothing yet, but to be sent.
    #[must_use]
    pub fn blank() -> Self {
        Self { on: true, name: String::new(), value: String::new() }
    }
}

/// What came of writing a draft.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// Without the `#`.
    pub fragment: String,
    /// A credential was left out.
    pub withheld: bool,
}

/// Writes a draft without its credentials.
#[must_use]
pub fn write(draft: &impl Draft) -> Written {
    written(draft, false)
}

/// Writes a draft with its credentials: for the memory of this page load, and no other place.
#[must_use]
pub fn write_whole(draft: &impl Draft) -> String {
    written(draft, true).fragment
}

fn written(draft: &impl Draft, whole: bool) -> Written {
    let mut fields = Fields { whole, ..Fields::default() };
    draft.write(&mut fields);
    let mut fragment = VERSION.to_owned();
    for (name, value) in &fields.pairs {
        fragment.push('&');
        fragment.push_str(name);
        fragment.push('=');
        fragment.extend(utf8_percent_encode(value, ENCODED));
    }
    Written { fragment, withheld: fields.withheld }
}

/// Reads a fragment, without its `#`; nothing when it is no state but, say, the name of a place within the page.
///
/// # Errors
/// When it is one, and cannot be read.
pub fn read<D: Draft>(fragment: &str) -> Option<Result<D, Error>> {
    let (version, pairs) = fragment.split_once('&').unwrap_or((fragment, ""));
    if version.is_empty() || !version.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    if version != VERSION {
        return Some(Err(Error::Version(version.to_owned())));
    }
    let pairs = form_urlencoded::parse(pairs.as_bytes());
    let pairs = pairs.map(|(name, value)| (Cow::Owned(name.into_owned()), value.into_owned())).collect();
    Some(D::read(&Fields { pairs, ..Fields::default() }))
}

/// Whether the value of the header of this name is a credential.
#[must_use]
pub fn is_secret(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    SECRET.iter().any(|word| name.contains(word))
}

impl Fields {
    /// Adds a field.
    pub fn put(&mut self, name: &'static str, value: impl Into<String>) {
        self.pairs.push((Cow::Borrowed(name), value.into()));
    }

    /// Adds a field that is a credential, or leaves it out.
    pub fn put_secret(&mut self, name: &'static str, value: impl Into<String>) {
        let value = value.into();
        if value.is_empty() || !self.withholds() {
            self.put(name, value);
        }
    }

    /// Whether a credential stays out; if so, that is remembered.
    pub fn withholds(&mut self) -> bool {
        self.withheld |= !self.whole;
        !self.whole
    }

    /// Adds rows, those that are sent under `name` and the others under `off`; credentials are left out.
    pub fn put_rows(&mut self, name: &'static str, off: &'static str, rows: &[Row]) {
        for row in rows {
            if is_secret(&row.name) && !row.value.is_empty() && self.withholds() {
                continue;
            }
            self.put_row(if row.on { name } else { off }, row);
        }
    }

    /// Adds rows whose values are no credentials, whatever their names are; all of them are sent.
    pub fn put_plain(&mut self, name: &'static str, rows: &[Row]) {
        for row in rows {
            self.put_row(name, row);
        }
    }

    fn put_row(&mut self, field: &'static str, row: &Row) {
        // the first colon ends the name, so a name has none
        let escaped = row.name.replace('%', "%25").replace(':', "%3A");
        self.put(field, format!("{escaped}:{}", row.value));
    }

    /// The first value of a field.
    ///
    /// # Errors
    /// When there is none.
    pub fn get(&self, name: &'static str) -> Result<&str, Error> {
        let found = self.pairs.iter().find(|(of, _)| of == name);
        found.map(|(_, value)| value.as_str()).ok_or(Error::Missing(name))
    }

    /// The rows of [`Fields::put_rows`], in order.
    ///
    /// # Errors
    /// When one of them is no row.
    pub fn rows(&self, name: &'static str, off: &'static str) -> Result<Vec<Row>, Error> {
        let ours = self.pairs.iter().filter(|(of, _)| of == name || of == off);
        ours.map(|(of, text)| {
            let (escaped, value) = text.split_once(':').ok_or(Error::Value { name, value: text.clone() })?;
            let unescaped = escaped.replace("%3A", ":").replace("%25", "%");
            Ok(Row { on: of == name, name: unescaped, value: value.to_owned() })
        })
        .collect()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[derive(Clone, Debug, PartialEq, Eq)]
    struct Sample {
        text: String,
        rows: Vec<Row>,
    }

    impl Draft for Sample {
        fn write(&self, fields: &mut Fields) {
            fields.put("text", self.text.clone());
            fields.put_rows("h", "off", &self.rows);
        }

        fn read(fields: &Fields) -> Result<Self, Error> {
            Ok(Self { text: fields.get("text")?.to_owned(), rows: fields.rows("h", "off")? })
        }
    }

    fn row() -> impl Strategy<Value = Row> {
        (any::<bool>(), "\\PC*", "\\PC*").prop_map(|(on, name, value)| Row { on, name, value })
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_again(text in any::<String>(), rows in prop::collection::vec(row(), 0..6)) {
            let rows: Vec<Row> = rows.into_iter().filter(|row| !is_secret(&row.name)).collect();
            let sample = Sample { text, rows };
            let fragment = write(&sample).fragment;
            prop_assert!(fragment.is_ascii() && !fragment.contains(['#', ' ', '"']));
            prop_assert_eq!(read::<Sample>(&fragment), Some(Ok(sample)));
        }

        #[test]
        fn any_fragment_is_read_or_refused(fragment in "\\PC*") {
            let _ = read::<Sample>(&fragment);
            let _ = read::<Sample>(&format!("1&{fragment}"));
        }
    }

    #[test]
    fn a_link_can_be_read_by_people() {
        let rows = vec![Row { on: true, name: "Accept".to_owned(), value: "application/json".to_owned() }];
        let sample = Sample { text: "/api/v1/resource?name=World!".to_owned(), rows };
        let Written { fragment, withheld } = write(&sample);
        assert_eq!(fragment, "1&text=/api/v1/resource?name%3DWorld!&h=Accept:application/json");
        assert!(!withheld);
    }

    #[test]
    fn credentials_never_go_in() {
        let secret = |name: &str| Row { on: true, name: name.to_owned(), value: "hunter2".to_owned() };
        let rows = ["Authorization", "proxy-authorization", "Cookie", "X-API-Key", "x-auth-token"].map(secret).to_vec();
        let sample = Sample { text: String::new(), rows };
        let Written { fragment, withheld } = write(&sample);
        assert_eq!((fragment.as_str(), withheld), ("1&text=", true));
        assert_eq!(read(&write_whole(&sample)), Some(Ok(sample)));
    }

    #[test]
    fn what_is_no_state_is_left_alone_and_what_is_broken_is_named() {
        assert_eq!(read::<Sample>("main"), None);
        assert_eq!(read::<Sample>(""), None);
        assert_eq!(read::<Sample>("2&text=x"), Some(Err(Error::Version("2".to_owned()))));
        assert_eq!(read::<Sample>("1&h=a:b"), Some(Err(Error::Missing("text"))));
        let broken = Error::Value { name: "h", value: "no colon".to_owned() };
        assert_eq!(read::<Sample>("1&text=&h=no%20colon"), Some(Err(broken)));
    }
}
