//! What went over the sockets, for who asked for it beforehand.
//!
//! A capture is armed for a trace id. While one is armed, fresh connections are recorded from their first byte, so that
//! nothing is decoded from the middle; those that were there are asked to end. A recorded connection becomes part of a capture
//! when a request on it carries that trace id, and of it only what belongs to that trace is ever told. While nothing
//! is armed no connection is wrapped, and all of this costs nothing.
//!
//! - [`registry`]: what is armed, for how long, and which connections take part
//! - [`visitor`]: the visitor that holds a capture, for the limit per visitor; [`secret`]: the permission to read it
//! - [`recording`]: the bytes of one connection; [`tap`] takes them from the socket, [`watched`] looks for trace ids
//! - [`recording`] of a connection with TLS has two layers: what its ends say, and what the network sees
//! - [`relay`]: the same for what goes to the broker, over a link of the job's own
//! - [`conversation`]: what of a connection belongs to a trace; [`told`] is that for the page, [`mod@pcapng`] for Wireshark
//! - [`snapshot`]: the state of a capture at one moment; [`mod@error`]: why there is none
//! - [`rendering`]: what readers are answered, shared between them and bounded
//!
//! Everything is bounded: captures, connections, bytes and time. Raw bytes stay here: what is told was dissected first,
//! and credentials were masked.

mod conversation;
mod error;
mod pcapng;
mod recording;
mod registry;
mod relay;
mod rendering;
mod secret;
mod snapshot;
mod state;
mod tap;
mod told;
mod visitor;
mod watched;

pub use self::{
    error::{ARMED, Error, KEPT},
    recording::Recording,
    registry::{Admitted, Armed, Captures},
    rendering::{Ended, Form, Reading},
    secret::{CAPTURE_SECRET, Given, Secret},
    snapshot::Snapshot,
    tap::Tapped,
    visitor::{Peer, Visitor},
    watched::Watched,
};
