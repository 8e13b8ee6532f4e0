//! The brokers that servers under test connect to. Most tests share one RabbitMQ node and get a virtual host each, so
//! that each has its own queues `hello` and `greeter.rpc`. A test that kills its broker starts its own node. Queue
//! behaviour is tested on the embedded broker as well.

use std::sync::atomic::{AtomicU32, Ordering};

use anyhow::{Context as _, Result, ensure};
use crosstalk_testkit::{Options, RabbitMq};
use tokio::sync::OnceCell;

/// A broker for a server under test.
#[derive(Debug)]
pub enum Broker {
    /// A virtual host of the shared node.
    Shared {
        /// Its address.
        url: String,
    },
    /// A node that may be killed.
    Own(Box<RabbitMq>),
    /// The broker embedded in the server's process.
    Embedded {
        /// The port it listens on.
        port: u16,
    },
    /// An address where no broker listens.
    Absent {
        /// The address.
        url: String,
    },
}

impl Broker {
    /// A fresh virtual host of the shared node. It ends with the process.
    ///
    /// # Errors
    /// When the node cannot be started, or does not make the virtual host.
    pub async fn shared() -> Result<Self> {
        static NODE: OnceCell<RabbitMq> = OnceCell::const_new();
        static NEXT: AtomicU32 = AtomicU32::new(1);
        let node = NODE
            .get_or_try_init(async || RabbitMq::start_with(&Options { management: true, ..Options::default() }).await)
            .await?;
        let name = format!("e2e-{}", NEXT.fetch_add(1, Ordering::Relaxed));
        let management = node.management_url().context("the plugin was asked for")?;
        // the user that creates a virtual host over this interface gets every permission in it
        let made = reqwest::Client::new()
            .put(format!("{management}/api/vhosts/{name}"))
            .basic_auth("guest", Some("guest"))
            .send()
            .await?;
        ensure!(made.status().is_success(), "RabbitMQ did not make the virtual host {name}: {}", made.status());
        Ok(Self::Shared { url: format!("amqp://guest:guest@127.0.0.1:{}/{name}", node.amqp_port()) })
    }

    /// A node of the test's own.
    ///
    /// # Errors
    /// When it cannot be started.
    pub async fn own() -> Result<Self> {
        Ok(Self::Own(Box::new(RabbitMq::start().await?)))
    }

    /// The embedded broker.
    #[must_use]
    pub fn embedded() -> Self {
        Self::Embedded { port: crosstalk_testkit::ports::free() }
    }

    /// An address where nothing listens.
    #[must_use]
    pub fn absent() -> Self {
        Self::Absent { url: format!("amqp://guest:guest@127.0.0.1:{}/%2f", crosstalk_testkit::ports::free()) }
    }

    /// The address with its credentials.
    #[must_use]
    pub fn url(&self) -> String {
        match self {
            Self::Shared { url } | Self::Absent { url } => url.clone(),
            Self::Own(node) => node.amqp_url(),
            Self::Embedded { port } => format!("amqp://guest:guest@127.0.0.1:{port}/%2F"),
        }
    }

    /// True if a server with this broker becomes ready, false if it stays degraded.
    #[must_use]
    pub fn is_there(&self) -> bool {
        !matches!(self, Self::Absent { .. })
    }

    /// The node, if it is the test's own.
    ///
    /// # Errors
    /// When the broker is another one.
    pub fn node(&mut self) -> Result<&mut RabbitMq> {
        match self {
            Self::Own(node) => Ok(node),
            Self::Shared { .. } | Self::Embedded { .. } | Self::Absent { .. } => {
                anyhow::bail!("only a node of the test's own may be disturbed")
            }
        }
    }
}
