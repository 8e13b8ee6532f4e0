//! One folder per address. Pages own their data and start what happens. Each is a route whose code loads when it is opened,
//! see [`page`].

pub mod design;
pub mod grpc;
pub mod home;
pub mod not_found;
pub mod page;
pub mod queue;
pub mod rest;
mod tasks;
mod wire;
