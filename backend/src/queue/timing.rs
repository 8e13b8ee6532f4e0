//! Reads the steps of a worker out of a reply's header `server-timing`, as [`crosstalk_proto::step`] lays it down.

use crosstalk_proto::step::{Party, Step};

/// The worker's steps; what is not of that form is left out.
#[must_use]
pub fn steps(header: &str) -> Vec<Step> {
    header.split(", ").filter_map(step).collect()
}

fn step(metric: &str) -> Option<Step> {
    let mut parts = metric.split(';');
    let name = parts.next()?.strip_prefix("worker-")?.to_owned();
    let (mut start_ms, mut dur_ms) = (None, None);
    for part in parts {
        match part.split_once('=')? {
            ("dur", value) => dur_ms = value.parse().ok(),
            ("desc", value) => start_ms = value.trim_matches('"').parse().ok(),
            _ => {}
        }
    }
    Some(Step { party: Party::Worker, name, start_ms: start_ms?, dur_ms: dur_ms? })
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;
    use crate::server_timing::Steps;

    #[test]
    fn what_a_worker_wrote_is_read_again() {
        let mut written = Steps::new();
        written.end(Party::Worker, "parse", Instant::now());
        written.end(Party::Worker, "greet", Instant::now());
        let header = written.server_timing();
        assert_eq!(steps(header.to_str().unwrap()), written.to_wire());
    }

    #[test]
    fn anything_else_is_left_out() {
        assert!(steps("cache;dur=1, worker-x, worker-y;dur=a;desc=\"b\", ").is_empty());
    }
}
