//! Reads `Server-Timing` (W3C) as `proto::step` defines its metrics: `{party}-{name};dur={ms};desc="{start}"`.
//!
//! What is not such a metric, of a proxy in between for instance, is left out and harms nothing.

use crosstalk_proto::step::{Party, Step};

/// The steps in a `Server-Timing` header, in their order there.
pub fn parse(header: &str) -> Vec<Step> {
    split_outside_quotes(header, ',').filter_map(metric).collect()
}

/// The steps in the metadata of a call.
pub fn of(metadata: &[(String, String)]) -> Vec<Step> {
    let timing = metadata.iter().find(|(name, _)| name == "server-timing");
    timing.map(|(_, value)| parse(value)).unwrap_or_default()
}

fn metric(text: &str) -> Option<Step> {
    let mut parts = split_outside_quotes(text, ';').map(str::trim);
    let (party, name) = parts.next()?.split_once('-')?;
    let party = match party {
        "server" => Party::Server,
        "caller" => Party::Caller,
        "store" => Party::Store,
        "link" => Party::Link,
        "worker" => Party::Worker,
        _ => return None,
    };
    let (mut dur_ms, mut start_ms) = (0.0, None);
    for (key, value) in parts.filter_map(|part| part.split_once('=')) {
        let value: f64 = value.trim().trim_matches('"').parse().ok().filter(|ms: &f64| ms.is_finite())?;
        match key.trim() {
            "dur" => dur_ms = value,
            "desc" => start_ms = Some(value),
            _ => {}
        }
    }
    Some(Step { party, name: name.to_owned(), start_ms: start_ms?, dur_ms })
}

/// Splits at `separator`, but not within a quoted string.
fn split_outside_quotes(text: &str, separator: char) -> impl Iterator<Item = &str> {
    let mut quoted = false;
    text.split(move |c| {
        quoted ^= c == '"';
        !quoted && c == separator
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_of_all_parties_are_read() {
        let steps = parse(r#"server-parse;dur=0.031;desc="12.000500", store-insert;desc="12.1";dur=0.4"#);
        assert_eq!(
            steps,
            [
                Step { party: Party::Server, name: "parse".to_owned(), start_ms: 12.0005, dur_ms: 0.031 },
                Step { party: Party::Store, name: "insert".to_owned(), start_ms: 12.1, dur_ms: 0.4 },
            ]
        );
    }

    #[test]
    fn metrics_of_others_are_left_out() {
        assert_eq!(parse(r#"cdn-cache;desc="HIT, MISS; x", miss, server-x;dur=1, ;;="#), []);
        assert_eq!(parse(r#"server-x;desc="1";dur=inf, server-x;desc="NaN""#), []);
        assert_eq!(parse(""), []);
    }
}
