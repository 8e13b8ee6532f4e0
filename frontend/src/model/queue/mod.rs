//! What the queue bench sends, as it is typed: a draft that the address can hold, and what of it cannot be sent.
//!
//! - [`draft`]: every field of the bench; [`preset`]: drafts that teach something
//! - [`message`]: properties and headers as AMQP takes them, and what is wrong with them
//! - [`tally`]: what became of the messages of a run; [`pace`]: when the next of them is due

pub mod draft;
pub mod message;
pub mod pace;
pub mod preset;
pub mod tally;
