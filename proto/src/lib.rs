//! The types that cross a wire in Crosstalk, and nothing else. Both the server and the page import them.
//!
//! - [`helloworld`]: the gRPC service Greeter, generated from `proto/helloworld.proto`
//! - [`rest`]: bodies of the REST resource
//! - [`problem`]: error responses (RFC 9457)
//! - [`amqp`]: AMQP properties, field tables and bodies as JSON
//! - [`ws`]: the messages of the WebSocket bridge `/ws`
//! - [`step`]: what a party measured of a call
//! - [`capture`]: captured bytes and their fields
//! - [`status`]: the body of `/readyz`
//!
//! There is no behaviour here: types, their serialized form, and constants.

pub mod amqp;
pub mod capture;
pub mod problem;
pub mod rest;
pub mod status;
pub mod step;
pub mod ws;

/// The Greeter service and its messages, generated from `proto/helloworld.proto`.
#[allow(
    missing_docs,
    clippy::all,
    clippy::str_to_string,
    reason = "generated code: which of these it trips changes with the generator"
)]
pub mod helloworld {
    tonic::include_proto!("helloworld");

    /// The text of the file.
    pub const PROTO: &str = include_str!("../proto/helloworld.proto");

    /// The encoded `FileDescriptorSet` of the package, for server reflection.
    pub const FILE_DESCRIPTOR_SET: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/helloworld.bin"));
}

/// The name that is greeted when none is given, in every style.
pub const DEFAULT_NAME: &str = "World!";

/// The most characters of a name, in every style. None of them is a control character.
pub const MAX_NAME_CHARS: usize = 200;
