//! Protobuf as a server's own descriptor describes it, so that nothing about a message is written into the page.
//!
//! - [`wire`]: tags, lengths, numbers (protobuf.dev, "Encoding")
//! - [`contract`]: services, methods and messages, from a `FileDescriptorSet`
//! - [`kind`]: the types of fields, and their values
//! - [`json`]: a message as proto3 JSON, to its bytes and back

pub mod contract;
pub mod json;
pub mod kind;
pub mod wire;
