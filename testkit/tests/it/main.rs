//! The helpers against the real programs.

mod browser;
mod rabbitmq;
