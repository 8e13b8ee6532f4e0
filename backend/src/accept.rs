//! Lists of preferences: `Accept`, `Accept-Encoding` and `Accept-Language` (RFC 9110, sections 12.4.2 and 12.5).

use http::{HeaderMap, HeaderName, header};

/// The weight of a preference that has none.
const FULL_WEIGHT: u16 = 1_000;

/// One element of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Preference<'a> {
    /// What is preferred, without parameters.
    pub value: &'a str,
    /// In thousandths; 0 refuses it.
    pub weight: u16,
}

/// The elements of all fields of this name; those with a malformed weight are passed over.
pub fn preferences(headers: &HeaderMap, name: HeaderName) -> impl Iterator<Item = Preference<'_>> {
    let values = headers.get_all(name).into_iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| split(value, ',')).filter_map(preference)
}

fn preference(element: &str) -> Option<Preference<'_>> {
    let mut parts = split(element, ';').map(str::trim);
    let value = parts.next().filter(|value| !value.is_empty())?;
    let mut weight = FULL_WEIGHT;
    for parameter in parts {
        if let Some((name, text)) = parameter.split_once('=')
            && name.trim().eq_ignore_ascii_case("q")
        {
            weight = qvalue(text.trim())?;
        }
    }
    Some(Preference { value, weight })
}

/// Splits at `separator`, but not within quoted strings (RFC 9110, section 5.6.4).
fn split(text: &str, separator: char) -> impl Iterator<Item = &str> {
    let (mut quoted, mut escaped) = (false, false);
    text.split(move |character| {
        let was_escaped = std::mem::take(&mut escaped);
        match character {
            '\\' if quoted => escaped = !was_escaped,
            '"' if !was_escaped => quoted = !quoted,
            _ => {}
        }
        character == separator && !quoted
    })
}

/// `0`, `0.5`, `1.000`: at most three decimals (RFC 9110, section 12.4.2), here in thousandths.
fn qvalue(text: &str) -> Option<u16> {
    let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
    if decimals.len() > 3 || !decimals.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let thousandths = format!("{decimals:0<3}").parse::<u16>().ok()?;
    match whole {
        "0" => Some(thousandths),
        "1" if thousandths == 0 => Some(FULL_WEIGHT),
        _ => None,
    }
}

/// Picks the media type that `Accept` weighs most: the most specific range that names a media type decides on its weight; of
/// equal weights the first of `offered` wins, and so it does when `Accept` has no media range. `None` when `Accept` refuses
/// them all.
#[must_use]
pub fn negotiate(headers: &HeaderMap, offered: &[&str]) -> Option<usize> {
    let ranges = || preferences(headers, header::ACCEPT).filter_map(Range::of);
    if ranges().next().is_none() {
        return Some(0);
    }
    let mut best: Option<(usize, u16)> = None;
    for (index, media_type) in offered.iter().enumerate() {
        let named = ranges().filter_map(|range| Some((range.specificity(media_type)?, range.weight)));
        // of ranges that are equally specific the first decides
        let decisive = named.reduce(|most, range| if range.0 > most.0 { range } else { most });
        let weight = decisive.map_or(0, |(_, weight)| weight);
        if weight > best.map_or(0, |(_, weight)| weight) {
            best = Some((index, weight));
        }
    }
    best.map(|(index, _)| index)
}

/// A media range (RFC 9110, section 12.5.1).
#[derive(Clone, Copy, Debug)]
struct Range<'a> {
    kind: &'a str,
    subtype: &'a str,
    weight: u16,
}

impl<'a> Range<'a> {
    fn of(Preference { value, weight }: Preference<'a>) -> Option<Self> {
        let (kind, subtype) = value.split_once('/')?;
        (!kind.is_empty() && !subtype.is_empty()).then_some(Self { kind, subtype, weight })
    }

    /// How closely this range names a media type; `None` when it does not.
    fn specificity(&self, media_type: &str) -> Option<u8> {
        let (kind, subtype) = media_type.split_once('/').expect("a media type has a slash");
        if self.kind.eq_ignore_ascii_case(kind) && self.subtype.eq_ignore_ascii_case(subtype) {
            Some(2)
        } else if self.kind.eq_ignore_ascii_case(kind) && self.subtype == "*" {
            Some(1)
        } else {
            (self.kind == "*" && self.subtype == "*").then_some(0)
        }
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[track_caller]
    fn check(value: &'static str, expected: &[(&str, u16)]) {
        let headers = HeaderMap::from_iter([(header::ACCEPT, HeaderValue::from_static(value))]);
        let found: Vec<_> = preferences(&headers, header::ACCEPT).map(|found| (found.value, found.weight)).collect();
        assert_eq!(found, expected, "{value}");
    }

    #[test]
    fn a_list_has_values_and_weights() {
        check("", &[]);
        check(", ,", &[]);
        check("a/b", &[("a/b", 1_000)]);
        check("a/b;q=0.5,c/d ; x=1 ; Q=0.125 , *", &[("a/b", 500), ("c/d", 125), ("*", 1_000)]);
        check("a;q=0, b;q=0.000, c;q=1.000, d;q=0.", &[("a", 0), ("b", 0), ("c", 1_000), ("d", 0)]);
    }

    #[test]
    fn a_malformed_weight_is_passed_over() {
        check("a;q=, b;q=2, c;q=1.001, d;q=0.1234, e;q=-1, f;q=nan, g;q=1e0, h;q=+1, i;q=.5, k", &[("k", 1_000)]);
    }

    #[test]
    fn a_quoted_string_is_not_split() {
        check(r#"a;x="b,c;q=0",d;x="\",e;q=0";q=0.5"#, &[("a", 1_000), ("d", 500)]);
    }
}
