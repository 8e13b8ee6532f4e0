//! Every way in which a call can end, as the page tells it apart. Each outcome names the end-to-end test that forces it,
//! and a test here checks that the named tests exist.
//!
//! - [`grpc`]: calls of the gRPC bench

pub mod grpc;
