//! What can go wrong with a greeting, in the domain's own words.

/// Why a greeting could not be made, found or changed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The name cannot be used; says why.
    #[error("{0}")]
    InvalidName(String),
    /// The id is not one; says why.
    #[error("{0}")]
    InvalidId(String),
    /// There is no greeting of that id.
    #[error("there is no greeting {id:?}; it may have been deleted or have expired")]
    NotFound {
        /// What was asked for.
        id: String,
    },
    /// The greeting is not the one that the caller had seen.
    #[error("{0}")]
    PreconditionFailed(String),
    /// Other requests changed the greeting at the same moment, again and again.
    #[error("others were changing greeting {id:?} at the same moment; try again")]
    Contended {
        /// The greeting.
        id: String,
    },
    /// The key was used before, for another body.
    #[error("idempotency key {key:?} was used before with another body; use a new key")]
    KeyReused {
        /// The key.
        key: String,
    },
    /// The store cannot take more.
    #[error("the store holds {limit} {what}, which is all it takes; {remedy}")]
    Full {
        /// Of what.
        what: &'static str,
        /// How many it takes.
        limit: u32,
        /// What can be done.
        remedy: &'static str,
    },
    /// The store failed.
    #[error("the store does not answer; try again")]
    Store(#[from] sqlx::Error),
}
