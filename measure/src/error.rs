//! Why a schedule or an interval cannot be computed.

/// An input from which nothing can be computed.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The rate is zero, negative, infinite or not a number, or more than one call per nanosecond.
    #[error("the rate must be above 0 and at most 1e9 calls per second, not {0}")]
    Rate(f64),
    /// An interval of no values.
    #[error("there are no values to summarize")]
    NoValues,
    /// A value is infinite or not a number; for ratios also when the divisor is zero.
    #[error("value {index} is not finite: {value}")]
    NotFinite {
        /// The position of the value.
        index: usize,
        /// The value.
        value: f64,
    },
    /// Ratios are paired by round, so both series need one value for each round.
    #[error("{subject} values of the subject cannot be paired with {peer} of the peer")]
    Unpaired {
        /// The number of values of the subject.
        subject: usize,
        /// The number of values of the peer.
        peer: usize,
    },
    /// A percentile outside 0 to 1, or a confidence that is not between 0 and 1.
    #[error("{0} is not between 0 and 1")]
    NotAProbability(f64),
}
