//! Which representation the caller wants: `Accept` (RFC 9110, section 12.5.1).
//! The most specific range that names a media type decides on its weight; of equal weights the server's order decides.

use http::{HeaderMap, StatusCode, header};

use super::media::Media;
use crate::{accept, error::Error};

/// Picks one of `offered`.
///
/// # Errors
/// 406 says what is offered.
pub(super) fn negotiate(headers: &HeaderMap, offered: &[Media]) -> Result<Media, Error> {
    let mut values = headers.get_all(header::ACCEPT).iter();
    match values.next() {
        None => return Ok(offered[0]),
        // what most clients send needs no parsing
        Some(value) if value == "*/*" && values.next().is_none() => return Ok(offered[0]),
        Some(_) => {}
    }
    let names: Vec<_> = offered.iter().map(|media| media.name()).collect();
    accept::negotiate(headers, &names).map(|index| offered[index]).ok_or_else(|| {
        let detail = format!("nothing that Accept asks for is offered; this is offered: {}", names.join(", "));
        Error::request(StatusCode::NOT_ACCEPTABLE, detail).with(header::VARY, super::answer::VARY)
    })
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
