//! How lapin gets its stream: TCP and TLS as it makes them itself, with a [`SanitizedStream`] around. lapin takes the type of
//! its streams from the runtime that it is given, so here is one that is tokio in everything else.

use std::{
    io::{self, Read, Write},
    net::SocketAddr,
    os::fd::{AsFd, AsRawFd},
    time::{Duration, Instant},
};

use async_rs::{
    Runtime, Tokio,
    traits::{Executor, Reactor, RuntimeKit},
    util::Task,
};
use futures_io::{AsyncRead, AsyncWrite};
use futures_util::Stream;
use lapin::{
    Connection, ConnectionProperties,
    tcp::{AMQPUriTcpExt as _, AsyncTcpStream, OwnedTLSConfig},
    uri::AMQPUri,
};

use super::sanitizer::SanitizedStream;

/// Opens a connection of lapin over a sanitized stream.
///
/// # Errors
/// As [`Connection::connect_uri_with_config`].
pub(super) async fn connect(
    uri: AMQPUri,
    properties: ConnectionProperties,
    tls: OwnedTLSConfig,
) -> lapin::Result<Connection> {
    let tokio = Tokio::current();
    let runtime = Runtime::new(SanitizingRuntime(tokio.clone()));
    let tokio = Runtime::new(tokio);
    let dial = async move |uri: AMQPUri, _runtime| {
        let stream = uri.connect_with_config_async(tls.as_ref(), &tokio).await?;
        Ok(AsyncTcpStream::Plain(SanitizedStream::new(stream)))
    };
    Connection::connector(uri, runtime, dial, properties).await
}

/// Tokio, but for the type of the streams.
#[derive(Clone, Debug)]
struct SanitizingRuntime(Tokio);

impl RuntimeKit for SanitizingRuntime {}

impl Executor for SanitizingRuntime {
    type Task<T: Send + 'static> = <Tokio as Executor>::Task<T>;

    fn block_on<T, F: Future<Output = T>>(&self, future: F) -> T {
        self.0.block_on(future)
    }

    fn spawn<T: Send + 'static, F: Future<Output = T> + Send + 'static>(&self, future: F) -> Task<Self::Task<T>> {
        self.0.spawn(future)
    }

    fn spawn_blocking<T: Send + 'static, F: FnOnce() -> T + Send + 'static>(&self, work: F) -> Task<Self::Task<T>> {
        self.0.spawn_blocking(work)
    }
}

impl Reactor for SanitizingRuntime {
    type TcpStream = SanitizedStream<AsyncTcpStream<<Tokio as Reactor>::TcpStream>>;
    type Sleep = <Tokio as Reactor>::Sleep;

    fn register<H: Read + Write + AsFd + AsRawFd + Send + 'static>(
        &self,
        socket: H,
    ) -> io::Result<impl AsyncRead + AsyncWrite + Send + Unpin + 'static> {
        self.0.register(socket)
    }

    fn sleep(&self, duration: Duration) -> Self::Sleep {
        self.0.sleep(duration)
    }

    fn interval(&self, duration: Duration) -> impl Stream<Item = Instant> + Send + 'static {
        self.0.interval(duration)
    }

    fn tcp_connect_addr(
        &self,
        address: SocketAddr,
    ) -> impl Future<Output = io::Result<Self::TcpStream>> + Send + 'static {
        let connecting = self.0.tcp_connect_addr(address);
        async move { Ok(SanitizedStream::new(AsyncTcpStream::Plain(connecting.await?))) }
    }
}
