//! A native client's connection to our own listener, and to nothing else: what a browser cannot do itself, the server does for it.

use std::{
    io,
    net::{Ipv4Addr, Ipv6Addr, SocketAddr},
    time::Duration,
};

use http::Uri;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio_rustls::client::TlsStream;
use tonic::{
    Status,
    transport::{Channel, Endpoint},
};
use tower::{Service, service_fn};

use crate::{
    activity::http::OUR_AGENT,
    listen::{Tls, Tracked},
    shutdown::Shutdown,
    state::AppState,
};

/// How long our own listener may take to accept.
const CONNECT_BUDGET: Duration = Duration::from_secs(2);

/// A connection that is to be opened.
pub(super) struct LoopbackClient {
    endpoint: Endpoint,
    address: SocketAddr,
    tls: Option<Tls>,
}

impl LoopbackClient {
    /// To our own listener, by a name that the server answers to wherever it listens.
    pub(super) fn ourselves(app: &AppState) -> Self {
        let address = address(app);
        let scheme = if app.tls.is_some() { "https" } else { "http" };
        let endpoint = Endpoint::from_shared(format!("http://{address}"))
            .expect("an address and a port make a URI")
            .origin(format!("{scheme}://localhost:{}", address.port()).parse().expect("a name and a port make a URI"))
            .user_agent(OUR_AGENT)
            .expect("a word is a header's value")
            .connect_timeout(CONNECT_BUDGET)
            .tcp_nodelay(true)
            .executor(Tracked(Shutdown::clone(&app.shutdown)));
        Self { endpoint, address, tls: app.tls.clone() }
    }

    /// Opens it.
    pub(super) async fn connect(self) -> Result<Channel, Status> {
        let channel = match self.tls {
            None => self.endpoint.connect().await,
            Some(tls) => self.endpoint.connect_with_connector(over_tls(tls, self.address)).await,
        };
        channel.map_err(|error| {
            tracing::warn!(%error, "the server cannot reach its own listener");
            Status::unavailable("the server cannot reach its own listener")
        })
    }
}

/// Where our own listener is to be dialled.
fn address(app: &AppState) -> SocketAddr {
    let mut address = app.address;
    if address.ip().is_unspecified() {
        address.set_ip(match address {
            SocketAddr::V4(_) => Ipv4Addr::LOCALHOST.into(),
            SocketAddr::V6(_) => Ipv6Addr::LOCALHOST.into(),
        });
    }
    address
}

/// Dials our own listener where that speaks TLS.
fn over_tls(
    tls: Tls,
    address: SocketAddr,
) -> impl Service<Uri, Response = TokioIo<TlsStream<TcpStream>>, Error = io::Error, Future: Send> + Send {
    service_fn(move |_itself: Uri| {
        let tls = tls.clone();
        async move {
            let stream = TcpStream::connect(address).await?;
            stream.set_nodelay(true)?;
            Ok(TokioIo::new(tls.connect(stream).await?))
        }
    })
}
