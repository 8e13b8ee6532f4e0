//! An AMQP 0-9-1 broker to embed: in memory, over real TCP, for a program's own tests and for machines without RabbitMQ.
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
//! Any AMQP 0-9-1 client works with it. What RabbitMQ documents is what it does, to the reply codes and texts: exchanges
//! of all four types and bindings between them, alternate exchanges, queues with times to live, length limits, priorities,
//! dead letters and a single active consumer, prefetch, confirms, transactions, direct replies, consumer priorities and
//! cancellation. All of it is gone when the process ends.
//!
//! For tests, [`Broker`] can be paused, restarted, and have its connections cut; and it lists its queues and consumers.
//!
//! Not there, on purpose: persistence, clusters, permissions, policies, quorum queues and streams, TLS, and the management
//! plugin. Use RabbitMQ for these.
//!
//! # Map of the crate
//!
//! - [`broker`]: the handle; [`config`]: how it is set up
//! - [`core`]: what a broker does, as a state machine without I/O
//! - [`net`]: sockets, frames and handshakes
//! - [`observe`]: who is told what clients do
//! - [`shared`]: what connections share; [`refusal`]: why one is refused; [`mod@table`]: field tables as they are written

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
