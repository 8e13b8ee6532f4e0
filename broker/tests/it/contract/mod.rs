//! The contract: the same cases against RabbitMQ and the embedded broker, with the same answers.
//!
//! - a case is an async closure given to [`run::same`]: it sends methods through a [`client::Client`] and gives the line
//!   that is expected for each
//! - `wire`, `render`, `values`: turn bytes into such lines
//! - `transcript`: everything sent and received, with normalized generated names

mod client;
mod methods;
mod render;
mod run;
mod session;
mod transcript;
mod values;
mod wire;

mod alternates;
mod arguments;
mod bindings;
mod channels;
mod consuming;
mod dead_letters;
mod deaths;
mod exchanges;
mod frames;
mod handshake;
mod lifetime;
mod limits;
mod matching;
mod octets;
mod prefetch;
mod priorities;
mod properties;
mod publishing;
mod queues;
mod replies;
mod routing;
mod settling;
mod time_to_live;
mod transactions;
