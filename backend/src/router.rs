//! Where routes and layers meet, and nowhere else. The order matters: gRPC brings no fallback of its own,
//! the page's fallback is set last, and what is around every request is [`Edge`].

use std::{net::SocketAddr, ops::Deref, sync::Arc};

use axum::Router;

use crate::{
    assets, bridge,
    capture::Captures,
    clock,
    config::Config,
    edge::Edge,
    greeting::store::Store,
    grpc, health,
    listen::{Listeners, Tls},
    others::Others,
    queue::{Link, Target},
    rest,
    shutdown::Shutdown,
    telemetry::Metrics,
};

/// What every handler can reach. Cheap to clone.
#[derive(Clone, Debug)]
pub struct App(Arc<Parts>);

/// The parts of a running server.
#[derive(Debug)]
pub struct Parts {
    /// How it is set up.
    pub config: Config,
    /// Where HTTP is served, with the port that was really bound.
    pub address: SocketAddr,
    /// How TLS is spoken there, if it is.
    pub tls: Option<Tls>,
    /// The stored greetings.
    pub greetings: Store,
    /// The link to the broker.
    pub link: Link,
    /// What is recorded of connections.
    pub captures: Captures,
    /// What other clients do.
    pub others: Others,
    /// The counters.
    pub metrics: Metrics,
    /// The end.
    pub shutdown: Shutdown,
}

impl App {
    /// Opens the store, starts the broker if it is to be in this process, and begins to connect to it; does not wait for
    /// that.
    ///
    /// # Errors
    /// When the store cannot be opened, or the broker not be started.
    pub async fn start(config: Config, listeners: &Listeners, shutdown: Shutdown) -> anyhow::Result<Self> {
        clock::start();
        let metrics = Metrics::new();
        let others = Others::new(&config);
        let greetings = Store::open(&config, &shutdown).await?;
        let link = Link::start(Target::of(&config, &others).await?, &metrics, &shutdown)?;
        let address = listeners.address()?;
        let captures = Captures::new(&shutdown);
        let tls = listeners.tls().cloned();
        Ok(Self(Arc::new(Parts { config, address, tls, greetings, link, captures, others, metrics, shutdown })))
    }
}

impl Deref for App {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

/// Everything that is served, ready for connections.
#[must_use]
pub fn service(app: &App) -> Edge {
    let router = Router::new()
        .merge(rest::routes(app))
        .merge(bridge::routes())
        .merge(health::routes())
        .merge(grpc::routes(app))
        .merge(assets::routes(app))
        .with_state(app.clone());
    Edge::new(router, app)
}
