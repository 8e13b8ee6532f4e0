//! `grpc-timeout` (gRPC over HTTP/2, section Requests): how long the caller waits, from when the request's head came.
//! tonic enforces it in its own server only; here [`super::call`] does, with this.

use std::{
    pin::Pin,
    task::{Context, Poll},
    time::{Duration, Instant},
};

use http::HeaderMap;
use tokio::time::Sleep;

use super::Error;

const GRPC_TIMEOUT: &str = "grpc-timeout";
/// A deadline further away than this is no deadline: no call lives that long.
const FARTHEST: Duration = Duration::from_secs(30 * 24 * 60 * 60);
const MAX_DIGITS: usize = 8;

/// When a call has to be over. It costs a timer only while the call waits.
#[derive(Debug)]
pub(crate) struct Deadline {
    timeout: Duration,
    at: Instant,
    timer: Option<Pin<Box<Sleep>>>,
}

impl Deadline {
    /// The deadline of a call whose head came at `start`; `None` when the caller gave none.
    ///
    /// # Errors
    /// [`Error::Metadata`] when the header is not 1 to 8 digits and a unit, or is given twice.
    pub(crate) fn of(headers: &HeaderMap, start: Instant) -> Result<Option<Self>, Error> {
        let Some(value) = headers.get(GRPC_TIMEOUT) else { return Ok(None) };
        let timeout = parse(value.as_bytes())
            .filter(|_| headers.get_all(GRPC_TIMEOUT).iter().nth(1).is_none())
            .ok_or_else(|| Error::Metadata {
                key: GRPC_TIMEOUT.to_owned(),
                problem: "must be 1 to 8 digits and one of the units H M S m u n".to_owned(),
            })?;
        Ok((timeout < FARTHEST).then(|| Self { timeout, at: start + timeout, timer: None }))
    }

    /// Whether it has passed.
    pub(crate) fn check(&self) -> Result<(), Error> {
        if Instant::now() < self.at { Ok(()) } else { Err(Error::DeadlineExceeded(self.timeout)) }
    }

    /// Ready when it has passed.
    pub(crate) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Error> {
        let timer = self.timer.get_or_insert_with(|| Box::pin(tokio::time::sleep_until(self.at.into())));
        timer.as_mut().poll(cx).map(|()| Error::DeadlineExceeded(self.timeout))
    }
}

fn parse(value: &[u8]) -> Option<Duration> {
    let (unit, digits) = value.split_last()?;
    if digits.is_empty() || digits.len() > MAX_DIGITS || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let number = digits.iter().fold(0_u64, |number, digit| number * 10 + u64::from(digit - b'0'));
    Some(match unit {
        b'H' => Duration::from_secs(number * 3_600),
        b'M' => Duration::from_secs(number * 60),
        b'S' => Duration::from_secs(number),
        b'm' => Duration::from_millis(number),
        b'u' => Duration::from_micros(number),
        b'n' => Duration::from_nanos(number),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use http::{HeaderMap, HeaderValue};

    use super::{Deadline, parse};

    #[test]
    fn each_unit_is_understood() {
        for (text, timeout) in [
            ("2H", Duration::from_secs(7_200)),
            ("3M", Duration::from_secs(180)),
            ("4S", Duration::from_secs(4)),
            ("50m", Duration::from_millis(50)),
            ("6u", Duration::from_micros(6)),
            ("00000007n", Duration::from_nanos(7)),
        ] {
            assert_eq!(parse(text.as_bytes()), Some(timeout), "{text}");
        }
    }

    #[test]
    fn anything_else_is_malformed() {
        for bad in ["", "m", "1", "1s", "-1m", "+1m", " 1m", "1m ", "1.5S", "123456789m", "1mm", "1e3m", "٣m"] {
            assert_eq!(parse(bad.as_bytes()), None, "{bad:?}");
        }
    }

    #[test]
    fn two_deadlines_are_malformed() {
        let mut headers = HeaderMap::new();
        headers.append("grpc-timeout", HeaderValue::from_static("1S"));
        assert!(Deadline::of(&headers, Instant::now()).unwrap().is_some());
        headers.append("grpc-timeout", HeaderValue::from_static("2S"));
        assert!(Deadline::of(&headers, Instant::now()).is_err());
    }

    #[test]
    fn centuries_are_no_deadline() {
        let headers = HeaderMap::from_iter([("grpc-timeout".parse().unwrap(), HeaderValue::from_static("99999999H"))]);
        assert!(Deadline::of(&headers, Instant::now()).unwrap().is_none());
    }
}
