//! One folder per address. Pages own their data and start what happens.

pub mod grpc;
pub mod home;
pub mod not_found;
pub mod queue;
pub mod rest;
mod tasks;
