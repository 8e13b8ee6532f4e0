//! The server of Crosstalk. A map:
//!
//! - [`greeting`] is the job itself and the stored greetings; it names no protocol
//! - [`rest`], [`grpc`], [`queue`]: the job behind each style
//! - [`bridge`]: WebSockets, which bring queues and native gRPC to the browser
//! - [`capture`]: what went over the sockets, for the wire inspector
//! - [`activity`]: that other clients were here, for the open pages
//! - [`config`], [`telemetry`], [`clock`], [`server_timing`], [`trace`]: how it is set up and watched
//! - [`state`]: the services that every handler shares
//! - [`listen`] accepts connections, [`middleware`] is around every request, [`router`] is where routes meet
//! - [`accept`] reads and weighs the lists of `Accept` and its siblings
//! - [`authority`] reads and compares what `Host`, `:authority` and `Origin` name
//! - [`byte_stream`]: a socket as a trait object
//! - [`error`]: one table that turns the domains' errors into a Problem and a gRPC status
//! - [`assets`]: the page, embedded; [`health`]: probes; [`shutdown`]: the end
//!
//! A request runs through listen, middleware, router, its style, and the greeting.

pub mod accept;
pub mod activity;
pub mod assets;
pub mod authority;
pub mod bridge;
pub mod byte_stream;
pub mod capture;
pub mod clock;
pub mod config;
pub mod error;
pub mod greeting;
pub mod grpc;
pub mod health;
pub mod listen;
pub mod middleware;
pub mod queue;
pub mod rest;
pub mod router;
pub mod server_timing;
pub mod shutdown;
pub mod state;
pub mod telemetry;
pub mod trace;

use anyhow::Context as _;

use self::state::AppState;

pub use self::{config::Config, listen::Listeners, shutdown::Shutdown};

/// Serves until `shutdown` begins, then drains for at most [`shutdown::DRAIN`].
///
/// # Errors
/// When the store cannot be opened, the broker not be started, or when work was still running at the end of the drain.
pub async fn run(listeners: Listeners, config: Config, shutdown: Shutdown) -> anyhow::Result<()> {
    let app = AppState::start(config, listeners.address()?, listeners.tls().cloned(), shutdown.clone())
        .await
        .context("cannot start")?;
    listeners.announce(&app);
    let service = router::service(&app);
    listeners.serve(service, &app.captures, &shutdown).await;
    let drained = shutdown.drain().await;
    app.link.target().shutdown().await;
    app.greetings.close().await;
    Ok(drained?)
}
