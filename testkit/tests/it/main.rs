//! The helpers, tested with the real programs.

mod browser;
mod rabbitmq;
