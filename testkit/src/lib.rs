//! What tests and benchmarks start for themselves, so that nobody has to prepare a machine or share a broker.
//!
//! - [`RabbitMq`]: a private node on free ports, to be used, killed and restarted
//! - [`Chromedriver`]: a WebDriver server, and the capabilities a headless browser needs
//! - [`WATCH_ARRIVALS`]: what notes in a page when the messages of a stream came and were painted
//! - [`Child`]: a process that cannot outlive its owner
//! - [`Observer`]: writes down what goes over the connections to a server
//! - [`ports`] and [`wait_until`]: free ports, and waiting for a predicate instead of sleeping
//!
//! Invariant: whatever is started here is gone when its owner is, also when the owner was killed.

mod browser;
mod child;
mod error;
mod observer;
pub mod ports;
mod rabbitmq;
mod wait;

pub use browser::{Browser, Chromedriver, WATCH_ARRIVALS};
pub use child::Child;
pub use error::Error;
pub use observer::{Observer, Seen};
pub use rabbitmq::{Options, RabbitMq};
pub use wait::{TimedOut, wait_until};
