//! One folder per address. Pages own their data and start what happens. Each bench is a part of the program of its own, see
//! [`parts`], so that a visitor waits for one of them and not for all.

pub mod design;
pub mod grpc;
pub mod home;
pub mod not_found;
pub mod parts;
pub mod queue;
pub mod rest;
mod tasks;
mod wire;
