//! What the page computes: plain Rust, free of leptos and web-sys, tested natively.
//!
//! - [`timeline`], [`axis`], [`drawing`]: a call on one axis; [`sequence`]: step by step; [`number`]: how numbers are written
//! - [`arrivals`]: the table of delivered messages; [`series`]: figures of the last minute
//! - [`queue`]: what the queue bench publishes, and what became of it
//! - [`exchange`]: what is known of one call; [`past`]: of those before, kept in the browser and in files
//! - [`outcome`]: every way in which a call can end, with the test that forces it
//! - [`grpc_web`], [`grpc_status`], [`rpc_status`], [`server_timing`], [`payload`], [`json`]: formats; [`rest`]: the requests
//!   of its bench
//! - [`protobuf`]: messages as a descriptor has them; [`grpc_draft`], [`grpc_metadata`], [`grpc_record`]: a gRPC call, before
//!   and while it goes on
//! - [`address`]: the state of a bench in a link; [`copy_as`]: the same call in other languages
//! - [`wire`]: captured bytes and their fields
//! - [`clock`]: the offset between page and server; [`backoff`]: when to try again; [`trace`]: `traceparent`
//! - [`shortcut`]: what keys do anywhere on the page; [`columns`]: where those of a bench part

pub mod address;
pub mod arrivals;
pub mod axis;
pub mod backoff;
pub mod clock;
pub mod columns;
pub mod copy_as;
pub mod drawing;
pub mod exchange;
pub mod grpc_draft;
pub mod grpc_metadata;
pub mod grpc_record;
pub mod grpc_status;
pub mod grpc_web;
pub mod json;
pub mod number;
pub mod outcome;
pub mod past;
pub mod payload;
pub mod protobuf;
pub mod queue;
pub mod rest;
pub mod rpc_status;
pub mod sequence;
pub mod series;
pub mod server_timing;
pub mod shortcut;
pub mod timeline;
pub mod trace;
pub mod wire;
