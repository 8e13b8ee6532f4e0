//! The REST bench without its views: a request as data, what is wrong with it while it is typed, requests to learn from.
//!
//! - [`draft`]: a request; [`query`]: the query of its path; [`hex`]: a body of bytes
//! - [`check`]: what is wrong with it; [`preset`]: those to start from; [`story`]: some calls one after the other
//! - [`case`]: what the status of an answer means in this very case

pub mod case;
pub mod check;
pub mod draft;
pub mod hex;
pub mod preset;
pub mod query;
pub mod story;
