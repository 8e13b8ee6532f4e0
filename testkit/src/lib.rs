//! What tests and benchmarks start for themselves, so that no machine has to be prepared and no broker shared.
//!
//! - [`RabbitMq`]: a private node on free ports, to be used, killed and restarted
//! - [`Chromedriver`]: a WebDriver server, and the settings of a headless browser
//! - [`WATCH_ARRIVALS`]: a script that records when the messages of a stream arrive and are painted
//! - [`Child`]: a process that cannot outlive its owner
//! - [`Observer`]: a proxy that records the bytes of each connection
//! - [`ports`] and [`wait_until`]: free ports, and waiting for a predicate instead of sleeping
//!
//! Invariant: whatever is started here ends with its owner, also when the owner is killed.

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
