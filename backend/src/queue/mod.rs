//! The job over AMQP 0-9-1.
//!
//! - [`link`]: the supervised way to the broker, made again whenever it breaks; [`session`] is one life of it, and
//!   [`session_context`] what the parts of a session share
//! - [`embedded`]: which broker that is, the one in this process or another; [`url`]: its address, [`endpoint`]: how it is dialled
//! - [`publisher`]: messages ([`outgoing`]) with confirms; [`consumer`]: one channel per subscription; [`fair_limit`]: how much of it at once
//! - [`rpc_server`] answers the requests of `greeter.rpc`, [`rpc_client`] sends such requests; [`codec`] is what both say
//! - `transport`: lapin's streams, and `sanitizer` around them: a message that lapin cannot read harms no other
//! - `connection`: one connection; `confirms`: a message on its way to its confirm
//! - [`names`], [`properties`], [`backoff`], [`timing`], `ask`, `probe`, `thread`: the small parts; [`error`]: what can go wrong
//!
//! lapin's automatic recovery is off: what was consumed or half published before a break is never mixed up with what
//! comes after it, because every link has its own epoch and its own channels.

mod ask;
pub mod backoff;
pub mod codec;
mod confirms;
mod connection;
pub mod consumer;
pub mod embedded;
pub mod endpoint;
pub mod error;
pub mod fair_limit;
pub mod link;
pub mod names;
pub mod outgoing;
mod probe;
pub mod properties;
pub mod publisher;
pub mod rpc_client;
pub mod rpc_server;
mod sanitizer;
pub mod session;
pub mod session_context;
mod thread;
pub mod timing;
mod transport;
pub mod url;

pub use self::{
    consumer::{Ended, Subscription},
    embedded::Target,
    endpoint::Endpoint,
    error::Error,
    link::Link,
    url::BrokerUrl,
};
