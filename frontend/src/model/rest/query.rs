//! The query of a path as names and values, and back (`application/x-www-form-urlencoded`, URL Standard).

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

use crate::model::address::is_secret;

/// What cannot stand for itself in a name or value of a query.
const ENCODED: &AsciiSet =
    &CONTROLS.add(b' ').add(b'"').add(b'#').add(b'<').add(b'>').add(b'&').add(b'+').add(b'%').add(b'\'');
/// Nor in a name.
const ENCODED_NAME: &AsciiSet = &ENCODED.add(b'=');

/// A path in its parts: before `?`, the query, from `#` on.
fn parts(path: &str) -> (&str, Option<&str>, &str) {
    let (before, after) = path.split_at(path.find('#').unwrap_or(path.len()));
    match before.split_once('?') {
        Some((base, query)) => (base, Some(query), after),
        None => (before, None, after),
    }
}

/// The parameters, in order; one without name and value is none.
#[must_use]
pub fn parse(path: &str) -> Vec<(String, String)> {
    let (_, query, _) = parts(path);
    let pairs = form_urlencoded::parse(query.unwrap_or_default().as_bytes()).into_owned();
    pairs.filter(|(name, value)| !name.is_empty() || !value.is_empty()).collect()
}

/// The path with these parameters in place of its own. What a browser encodes by itself stays readable.
#[must_use]
pub fn with(path: &str, parameters: &[(String, String)]) -> String {
    let (base, _, after) = parts(path);
    let mut out = base.to_owned();
    for (at, (name, value)) in parameters.iter().enumerate() {
        out.push(if at == 0 { '?' } else { '&' });
        encode(name, ENCODED_NAME, &mut out);
        out.push('=');
        encode(value, ENCODED, &mut out);
    }
    out.push_str(after);
    out
}

/// The path without the values of parameters that are credentials; none when it has no such.
#[must_use]
pub fn without_secrets(path: &str) -> Option<String> {
    let parameters = parse(path);
    let is_open = |(name, value): &&(String, String)| !is_secret(name) || value.is_empty();
    let open: Vec<(String, String)> = parameters.iter().filter(is_open).cloned().collect();
    (open.len() < parameters.len()).then(|| with(path, &open))
}

fn encode(text: &str, set: &'static AsciiSet, out: &mut String) {
    let mut letter = [0; 4];
    for c in text.chars() {
        if c.is_ascii() {
            out.extend(utf8_percent_encode(c.encode_utf8(&mut letter), set));
        } else {
            out.push(c);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_path_keeps_what_is_around_its_query() {
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        assert_eq!(parse("/a?name=Grace+Hopper&x=%31#y?z=2"), [pair("name", "Grace Hopper"), pair("x", "1")]);
        assert_eq!(with("/a?old=1#end", &[pair("name", "Ada & 你")]), "/a?name=Ada%20%26%20你#end");
        assert_eq!(with("/a?old=1", &[]), "/a");
    }

    #[test]
    fn credentials_in_a_query_are_found_by_name() {
        assert_eq!(without_secrets("/a?name=Ada&access_token=x").as_deref(), Some("/a?name=Ada"));
        assert_eq!(without_secrets("/a?name=token&token="), None);
    }

    proptest! {
        #[test]
        fn parameters_survive_the_path(parameters in prop::collection::vec(any::<(String, String)>(), 0..4)) {
            let told: Vec<_> = parameters.into_iter().filter(|(name, value)| !(name.is_empty() && value.is_empty())).collect();
            prop_assert_eq!(parse(&with("/a", &told)), told);
        }
    }
}
