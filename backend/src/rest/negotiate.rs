//! Which representation the caller wants: `Accept` (RFC 9110, section 12.5.1).
//! The most specific range that names a media type decides on its weight; of equal weights the server's order decides.

use http::{HeaderMap, StatusCode, header};

use super::media::Media;
use crate::error::Error;

/// One element of `Accept`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Range<'a> {
    kind: &'a str,
    subtype: &'a str,
    /// In thousandths.
    weight: u16,
}

/// Picks one of `offered`.
///
/// # Errors
/// 406 says what is offered.
pub(super) fn negotiate(headers: &HeaderMap, offered: &[Media]) -> Result<Media, Error> {
    let mut values = headers.get_all(header::ACCEPT).iter();
    let first = match values.next() {
        None => return Ok(offered[0]),
        Some(value) if value == "*/*" && values.next().is_none() => return Ok(offered[0]),
        Some(first) => first,
    };
    let mut best: Option<(Media, u16)> = None;
    let mut readable = false;
    for &media in offered {
        let mut decisive: Option<(u8, u16)> = None;
        for range in std::iter::once(first)
            .chain(headers.get_all(header::ACCEPT).iter().skip(1))
            .filter_map(|v| v.to_str().ok())
            .flat_map(ranges)
        {
            readable = true;
            if let Some(specificity) = range.specificity(media)
                && decisive.is_none_or(|(most, _)| specificity > most)
            {
                decisive = Some((specificity, range.weight));
            }
        }
        let weight = decisive.map_or(0, |(_, weight)| weight);
        if weight > best.map_or(0, |(_, weight)| weight) {
            best = Some((media, weight));
        }
    }
    match best {
        Some((media, _)) => Ok(media),
        // an Accept without a single media range asks for nothing
        None if !readable => Ok(offered[0]),
        None => {
            let names: Vec<_> = offered.iter().map(|media| media.name()).collect();
            let detail = format!("nothing that Accept asks for is offered; this is offered: {}", names.join(", "));
            Err(Error::request(StatusCode::NOT_ACCEPTABLE, detail).with(header::VARY, super::answer::VARY))
        }
    }
}

/// The ranges of a field value; what is malformed is passed over.
fn ranges(value: &str) -> impl Iterator<Item = Range<'_>> {
    value.split(',').filter_map(|element| {
        let mut parts = element.split(';').map(str::trim);
        let (kind, subtype) = parts.next()?.split_once('/')?;
        let mut weight = 1_000;
        for parameter in parts {
            if let Some((name, value)) = parameter.split_once('=')
                && name.trim().eq_ignore_ascii_case("q")
            {
                weight = qvalue(value.trim())?;
            }
        }
        (!kind.is_empty() && !subtype.is_empty()).then_some(Range { kind, subtype, weight })
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
        "1" if thousandths == 0 => Some(1_000),
        _ => None,
    }
}

impl Range<'_> {
    /// How closely this range names `media`; `None` when it does not.
    fn specificity(&self, media: Media) -> Option<u8> {
        let (kind, subtype) = media.name().split_once('/').expect("a media type has a slash");
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
    use http::{HeaderMap, HeaderValue, header};

    use super::{super::media::OFFERED, negotiate};

    #[track_caller]
    fn check(accept: &[&'static str], expected: Option<&str>) {
        let mut headers = HeaderMap::new();
        for value in accept {
            headers.append(header::ACCEPT, HeaderValue::from_static(value));
        }
        assert_eq!(negotiate(&headers, &OFFERED).ok().map(|media| media.name()), expected, "{accept:?}");
    }

    #[test]
    fn the_greatest_weight_wins() {
        const JSON: Option<&str> = Some("application/json");
        const PROTOBUF: Option<&str> = Some("application/x-protobuf");
        check(&[], JSON);
        check(&["*/*"], JSON);
        check(&["application/*"], JSON);
        check(&["APPLICATION/JSON"], JSON);
        check(&["application/json; charset=utf-8"], JSON);
        check(&["application/x-protobuf"], PROTOBUF);
        check(&["application/json;q=0.5, application/x-protobuf"], PROTOBUF);
        check(&["application/json;q=0.5, application/x-protobuf;q=0.4"], JSON);
        check(&["text/html, */*;q=0.1"], JSON);
        check(&["*/*, application/json;q=0"], PROTOBUF);
        check(&["application/*;q=0.2, application/x-protobuf;q=0.1"], JSON);
        check(&["text/html", "application/x-protobuf"], PROTOBUF);
        check(&["*/*", "application/json;q=0.1"], PROTOBUF);
        check(&["text/html"], None);
        check(&["application/json;q=0"], None);
        check(&["*/*;q=0"], None);
    }

    #[test]
    fn malformed_ranges_are_passed_over() {
        check(&["json"], Some("application/json"));
        check(&[""], Some("application/json"));
        check(&["application/json;q=2, application/x-protobuf;q=0.001"], Some("application/x-protobuf"));
        check(&["application/json;q=high, text/html"], None);
    }
}
