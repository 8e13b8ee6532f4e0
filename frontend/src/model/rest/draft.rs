//! A request as the editor holds it, and how it is written into a link.

use base64::{Engine as _, prelude::BASE64_STANDARD};

use super::{hex, query};
use crate::model::address::{self, Error, Fields, Row};

/// The methods that a browser sends and the server knows.
pub const METHODS: [&str; 7] = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"];

/// A request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Draft {
    /// One of [`METHODS`].
    pub method: String,
    /// With the query that is sent.
    pub path: String,
    /// Parameters that are not sent, but not forgotten.
    pub unsent: Vec<Row>,
    /// In order.
    pub headers: Vec<Row>,
    /// Who asks.
    pub auth: Auth,
    /// Empty for none.
    pub body: String,
    /// What the letters of the body are.
    pub form: Form,
}

/// Who asks, as a header `Authorization`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Auth {
    /// Nobody says.
    #[default]
    None,
    /// Whoever bears this token (RFC 6750).
    Bearer {
        /// A credential.
        token: String,
    },
    /// Somebody with a password (RFC 7617).
    Basic {
        /// No credential by itself.
        user: String,
        /// A credential.
        password: String,
    },
}

/// What the letters of a body are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Form {
    /// The text that is sent, as UTF-8.
    #[default]
    Text,
    /// The bytes that are sent, in hexadecimal.
    Hex,
}

impl Auth {
    /// The value of the header; none as long as there is nothing to say.
    #[must_use]
    pub fn header(&self) -> Option<String> {
        match self {
            Self::None => None,
            Self::Bearer { token } => (!token.trim().is_empty()).then(|| format!("Bearer {}", token.trim())),
            Self::Basic { user, password } => (!user.is_empty() || !password.is_empty())
                .then(|| format!("Basic {}", BASE64_STANDARD.encode(format!("{user}:{password}")))),
        }
    }
}

impl Draft {
    /// The headers that are sent: checked, with a name, without blanks around; `Authorization` last.
    #[must_use]
    pub fn sent_headers(&self) -> Vec<(String, String)> {
        let rows = self.headers.iter().filter(|row| row.on && !row.name.trim().is_empty());
        let rows = rows.map(|row| (row.name.trim().to_owned(), row.value.trim().to_owned()));
        rows.chain(self.auth.header().map(|value| ("Authorization".to_owned(), value))).collect()
    }

    /// Whether it holds a credential.
    #[must_use]
    pub fn holds_secret(&self) -> bool {
        address::write(self).withheld
    }

    /// The first value of a header that is sent.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        let row = self.headers.iter().find(|row| row.on && row.name.trim().eq_ignore_ascii_case(name))?;
        Some(row.value.trim())
    }

    /// Whether `Content-Type` says that the body is JSON.
    #[must_use]
    pub fn is_json(&self) -> bool {
        let media = self.header("content-type").unwrap_or_default().to_ascii_lowercase();
        let media = media.split(';').next().unwrap_or_default().trim();
        self.form == Form::Text && (media == "application/json" || media.ends_with("+json"))
    }

    /// Whether its method has a body, in a browser.
    #[must_use]
    pub fn sends_body(&self) -> bool {
        !matches!(self.method.as_str(), "GET" | "HEAD")
    }

    /// The bytes of the body; of hexadecimal that is none, those before the fault.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        match self.form {
            Form::Text => self.body.clone().into_bytes(),
            Form::Hex => hex::read(&self.body).unwrap_or_else(|fault| fault.before),
        }
    }

    /// The path without the credentials that its query may hold.
    #[must_use]
    pub fn open_path(&self) -> String {
        query::without_secrets(self.path.trim()).unwrap_or_else(|| self.path.trim().to_owned())
    }
}

impl address::Draft for Draft {
    fn write(&self, fields: &mut Fields) {
        fields.put("method", self.method.clone());
        let open = query::without_secrets(&self.path).filter(|_| fields.withholds());
        fields.put("path", open.unwrap_or_else(|| self.path.clone()));
        fields.put_rows("unsent", "unsent", &self.unsent);
        fields.put_rows("header", "off", &self.headers);
        match &self.auth {
            Auth::None => {}
            Auth::Bearer { token } => {
                fields.put("auth", "bearer");
                fields.put_secret("token", token.clone());
            }
            Auth::Basic { user, password } => {
                fields.put("auth", "basic");
                fields.put("user", user.clone());
                fields.put_secret("password", password.clone());
            }
        }
        if self.form == Form::Hex {
            fields.put("form", "hex");
        }
        fields.put("body", self.body.clone());
    }

    fn read(fields: &Fields) -> Result<Self, Error> {
        let method = fields.get("method")?.to_owned();
        if !METHODS.contains(&method.as_str()) {
            return Err(Error::Value { name: "method", value: method });
        }
        // a credential may have been left out
        let optional = |name| fields.get(name).unwrap_or_default().to_owned();
        let auth = match fields.get("auth") {
            Err(_) => Auth::None,
            Ok("bearer") => Auth::Bearer { token: optional("token") },
            Ok("basic") => Auth::Basic { user: optional("user"), password: optional("password") },
            Ok(other) => return Err(Error::Value { name: "auth", value: other.to_owned() }),
        };
        let form = match fields.get("form") {
            Err(_) => Form::Text,
            Ok("hex") => Form::Hex,
            Ok(other) => return Err(Error::Value { name: "form", value: other.to_owned() }),
        };
        let mut unsent = fields.rows("unsent", "unsent")?;
        unsent.iter_mut().for_each(|row| row.on = false);
        Ok(Self {
            method,
            path: fields.get("path")?.to_owned(),
            unsent,
            headers: fields.rows("header", "off")?,
            auth,
            body: fields.get("body")?.to_owned(),
            form,
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn row() -> impl Strategy<Value = Row> {
        let name = prop_oneof!["\\PC*", Just("Authorization".to_owned()), Just("x-api-key".to_owned())];
        (any::<bool>(), name, "\\PC*").prop_map(|(on, name, value)| Row { on, name, value })
    }

    fn auth() -> impl Strategy<Value = Auth> {
        prop_oneof![
            Just(Auth::None),
            any::<String>().prop_map(|token| Auth::Bearer { token }),
            any::<(String, String)>().prop_map(|(user, password)| Auth::Basic { user, password }),
        ]
    }

    prop_compose! {
        fn draft()(
            method in prop::sample::select(&METHODS),
            path in prop_oneof![any::<String>(), "/[a-z]*\\?(name|token)=[a-z&=%?#]*"],
            unsent in prop::collection::vec(row(), 0..3),
            headers in prop::collection::vec(row(), 0..5),
            auth in auth(),
            body in any::<String>(),
            is_hex: bool,
        ) -> Draft {
            let unsent = unsent.into_iter().map(|row| Row { on: false, ..row }).collect();
            let form = if is_hex { Form::Hex } else { Form::Text };
            Draft { method: method.to_owned(), path, unsent, headers, auth, body, form }
        }
    }

    /// What a link may hold of it.
    fn open(draft: &Draft) -> Draft {
        let keep = |row: &&Row| !address::is_secret(&row.name) || row.value.is_empty();
        Draft {
            path: query::without_secrets(&draft.path).unwrap_or_else(|| draft.path.clone()),
            unsent: draft.unsent.iter().filter(keep).cloned().collect(),
            headers: draft.headers.iter().filter(keep).cloned().collect(),
            auth: match draft.auth.clone() {
                Auth::None => Auth::None,
                Auth::Bearer { .. } => Auth::Bearer { token: String::new() },
                Auth::Basic { user, .. } => Auth::Basic { user, password: String::new() },
            },
            ..draft.clone()
        }
    }

    proptest! {
        #[test]
        fn a_link_restores_every_field_but_credentials(draft in draft()) {
            let open = open(&draft);
            let written = address::write(&draft);
            prop_assert_eq!(address::read(&written.fragment), Some(Ok(open.clone())));
            prop_assert_eq!(written.withheld, open != draft);
        }

        #[test]
        fn the_memory_of_a_page_restores_credentials_too(draft in draft()) {
            prop_assert_eq!(address::read(&address::write_whole(&draft)), Some(Ok(draft)));
        }
    }

    #[test]
    fn a_link_with_what_nobody_has_is_refused() {
        for (fragment, name, value) in [
            ("1&method=BREW&path=/&body=", "method", "BREW"),
            ("1&method=GET&path=/&body=&auth=ntlm", "auth", "ntlm"),
            ("1&method=GET&path=/&body=&form=octal", "form", "octal"),
        ] {
            let error = Error::Value { name, value: value.to_owned() };
            assert_eq!(address::read::<Draft>(fragment), Some(Err(error)));
        }
    }

    #[test]
    fn authorization_is_written_as_its_scheme_wants() {
        let header = |auth: Auth| Draft { auth, ..Draft::default() }.sent_headers().pop().map(|(_, value)| value);
        assert_eq!(header(Auth::Bearer { token: " abc ".to_owned() }).as_deref(), Some("Bearer abc"));
        let basic = Auth::Basic { user: "Aladdin".to_owned(), password: "open sesame".to_owned() };
        assert_eq!(header(basic).as_deref(), Some("Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="));
        assert_eq!(header(Auth::Bearer { token: String::new() }), None);
    }
}
