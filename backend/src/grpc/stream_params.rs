//! The shape of `SayHelloStreamReply`: how many messages, and how far apart, as the caller's metadata asks.

use std::{ops::RangeInclusive, time::Duration};

use tonic::metadata::MetadataMap;

use super::Error;

const COUNT: &str = "x-count";
const COUNTS: RangeInclusive<u32> = 1..=10_000;
const DEFAULT_COUNT: u32 = 5;
const INTERVAL: &str = "x-interval-ms";
const INTERVALS: RangeInclusive<u32> = 0..=60_000;
const DEFAULT_INTERVAL: u32 = 200;

/// How a stream of replies looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct StreamParams {
    pub(crate) count: u32,
    pub(crate) interval: Duration,
}

impl StreamParams {
    /// Reads `x-count` and `x-interval-ms`.
    ///
    /// # Errors
    /// [`Error::Metadata`] when one is not a number in its range, or is given twice.
    pub(crate) fn from_metadata(metadata: &MetadataMap) -> Result<Self, Error> {
        let count = number(metadata, COUNT, COUNTS)?.unwrap_or(DEFAULT_COUNT);
        let interval = number(metadata, INTERVAL, INTERVALS)?.unwrap_or(DEFAULT_INTERVAL);
        Ok(Self { count, interval: Duration::from_millis(interval.into()) })
    }
}

fn number(metadata: &MetadataMap, key: &str, range: RangeInclusive<u32>) -> Result<Option<u32>, Error> {
    let mut values = metadata.get_all(key).iter();
    let Some(value) = values.next() else { return Ok(None) };
    let digits = value.as_encoded_bytes();
    let number = (values.next().is_none() && !digits.is_empty() && digits.iter().all(u8::is_ascii_digit))
        .then(|| value.to_str().ok()?.parse().ok())
        .flatten()
        .filter(|number| range.contains(number));
    match number {
        Some(number) => Ok(Some(number)),
        None => Err(Error::Metadata {
            key: key.to_owned(),
            problem: format!("must be one whole number from {} to {}", range.start(), range.end()),
        }),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tonic::metadata::MetadataMap;

    use super::StreamParams;

    fn shape(pairs: &[(&'static str, &str)]) -> Result<StreamParams, String> {
        let mut metadata = MetadataMap::new();
        for (key, value) in pairs {
            metadata.append(*key, value.parse().unwrap());
        }
        StreamParams::from_metadata(&metadata).map_err(|error| error.to_string())
    }

    #[test]
    fn without_metadata_five_replies_come_200_ms_apart() {
        assert_eq!(shape(&[]), Ok(StreamParams { count: 5, interval: Duration::from_millis(200) }));
    }

    #[test]
    fn both_ends_of_the_ranges_are_taken() {
        assert_eq!(
            shape(&[("x-count", "1"), ("x-interval-ms", "0")]),
            Ok(StreamParams { count: 1, interval: Duration::ZERO })
        );
        assert_eq!(
            shape(&[("x-count", "10000"), ("x-interval-ms", "60000")]),
            Ok(StreamParams { count: 10_000, interval: Duration::from_secs(60) })
        );
    }

    #[test]
    fn anything_else_is_refused_by_name() {
        for bad in ["", "0", "10001", "-1", "+1", "1.5", " 1", "five", "99999999999999999999"] {
            assert!(shape(&[("x-count", bad)]).unwrap_err().contains("x-count"), "{bad:?}");
        }
        assert!(shape(&[("x-interval-ms", "60001")]).unwrap_err().contains("x-interval-ms"));
        assert!(shape(&[("x-count", "1"), ("x-count", "2")]).is_err());
    }
}
