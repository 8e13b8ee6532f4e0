//! The state that handlers share: the configuration, the domain and the services of a running server. It imports these and
//! never a router, a layer or a handler, so that every one of them can import it.

use std::{net::SocketAddr, ops::Deref, sync::Arc};

use crate::{
    activity::Activity,
    capture::Captures,
    clock,
    config::Config,
    greeting::store::Store,
    listen::Tls,
    queue::{Link, Target},
    shutdown::Shutdown,
    telemetry::Metrics,
};

/// What every handler can reach. Cheap to clone.
#[derive(Clone, Debug)]
pub struct AppState(Arc<Services>);

/// The parts of a running server.
#[derive(Debug)]
pub struct Services {
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
    pub activity: Activity,
    /// The counters.
    pub metrics: Metrics,
    /// The end.
    pub shutdown: Shutdown,
}

impl AppState {
    /// Opens the store, starts the broker if it is to be in this process, and begins to connect to it; does not wait for
    /// that.
    ///
    /// # Errors
    /// When the store cannot be opened, or the broker not be started.
    pub async fn start(
        config: Config,
        address: SocketAddr,
        tls: Option<Tls>,
        shutdown: Shutdown,
    ) -> anyhow::Result<Self> {
        clock::start();
        let metrics = Metrics::new();
        let activity = Activity::new(&config);
        let greetings = Store::open(&config, &shutdown).await?;
        let link = Link::start(Target::of(&config, &activity).await?, &metrics, &shutdown)?;
        let captures = Captures::new(&shutdown);
        Ok(Self(Arc::new(Services { config, address, tls, greetings, link, captures, activity, metrics, shutdown })))
    }
}

impl Deref for AppState {
    type Target = Services;

    fn deref(&self) -> &Services {
        &self.0
    }
}
