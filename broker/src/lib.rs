//! An AMQP 0-9-1 broker as a library: in memory, over real TCP, for a program's own tests and for machines without
//! RabbitMQ.
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), crosstalk_broker::StartError> {
//! use crosstalk_broker::{Broker, Config};
//!
//! let broker = Broker::start(Config::default()).await?;
//! println!("connect to {}", broker.amqp_url());
//! broker.shutdown().await;
//! # Ok(())
//! # }
//! ```
//!
//! Any AMQP 0-9-1 client works with it. RabbitMQ's documented behaviour is the specification, including reply codes and
//! texts: exchanges of all four types and bindings between them, alternate exchanges, queues with times to live, length
//! limits, priorities, dead letters and a single active consumer, prefetch, confirms, transactions, direct replies,
//! consumer priorities and cancellation. All data is lost when the process ends.
//!
//! For tests, [`Broker`] can be paused and restarted, can cut connections, and lists its queues and consumers.
//!
//! Not supported, on purpose: persistence, clusters, permissions, policies, quorum queues and streams, TLS, and the
//! management plugin. Use RabbitMQ for these.
//!
//! # Map of the crate
//!
//! - [`broker`]: the handle that a program holds; [`config`]: its configuration
//! - [`core`]: the state machine of the broker, without I/O
//! - [`net`]: sockets, frames and handshakes
//! - [`observe`]: reports what clients do
//! - [`shared`]: the state shared by all connections; [`refusal`]: reply codes and texts; [`mod@table`]: encoded field
//!   tables

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}

mod broker;
mod config;
mod core;
mod net;
mod observe;
mod refusal;
mod shared;
mod table;

pub use self::{
    broker::{Broker, StartError},
    config::{Config, Limits, Policy, User},
    core::{ConsumerInfo, QueueInfo},
    observe::{Client, Observer, Published},
};
