//! A broker as we dial it ourselves, beside lapin: to ask what it is, and to stand between lapin and it. TLS (RFC 8446) is
//! spoken as lapin speaks it: to the host of `AMQP_URL`, trusting the system's authorities (those of `SSL_CERT_FILE` and
//! `SSL_CERT_DIR` where they are set) and those of `cacertfile`.

use std::{fmt, io, sync::Arc, time::Duration};

use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
    time::timeout,
};
use tokio_rustls::{
    TlsConnector,
    rustls::{
        self, AlertDescription, CertificateError as Certificate, ClientConfig, RootCertStore, crypto::ring,
        pki_types::ServerName,
    },
};

use super::url::BrokerUrl;
use crate::{byte_stream::ByteStream, shutdown::Shutdown};

/// How long a broker may take to accept a connection, and how long for a TLS handshake.
const CONNECT_BUDGET: Duration = Duration::from_secs(3);
const HANDSHAKE_BUDGET: Duration = Duration::from_secs(3);

/// Where a broker is, and how it is spoken to. Cheap to clone.
#[derive(Clone)]
pub struct Endpoint {
    host: String,
    port: u16,
    tls: Option<(TlsConnector, ServerName<'static>)>,
}

impl Endpoint {
    /// Of a broker's address. The authorities of the system are looked up each time: they may have changed.
    ///
    /// # Errors
    /// Why there can be no TLS, in a sentence.
    pub(super) async fn of(url: &BrokerUrl, shutdown: &Shutdown) -> Result<Self, String> {
        let (host, port) = (url.uri().authority.host.clone(), url.uri().authority.port);
        let mut tls = None;
        if url.is_secure() {
            let name = ServerName::try_from(host.clone());
            let name = name.map_err(|_error| format!("no certificate can be for {host}; AMQP_URL names the broker"))?;
            let url = url.clone();
            let config = shutdown.spawn_blocking(move || config(&url)).await.map_err(|error| error.to_string())??;
            tls = Some((TlsConnector::from(Arc::new(config)), name));
        }
        Ok(Self { host, port, tls })
    }

    /// Whether there is TLS in between.
    #[must_use]
    pub fn is_secure(&self) -> bool {
        self.tls.is_some()
    }

    /// A connection, without TLS yet.
    ///
    /// # Errors
    /// Why there is none, in a sentence.
    pub async fn dial(&self) -> Result<TcpStream, String> {
        let connected = timeout(CONNECT_BUDGET, TcpStream::connect((self.host.as_str(), self.port))).await;
        match connected.map(|stream| stream.and_then(|stream| stream.set_nodelay(true).map(|()| stream))) {
            Ok(Ok(stream)) => Ok(stream),
            Ok(Err(error)) if error.kind() == io::ErrorKind::ConnectionRefused => {
                Err(format!("nothing listens at {self}; start a broker there, or set AMQP_URL"))
            }
            Ok(Err(error)) => Err(format!("{self} cannot be reached: {error}")),
            Err(_elapsed) => Err(format!("{self} does not answer")),
        }
    }

    /// Where AMQP is spoken: within TLS, if there is some, on a connection that was just made.
    ///
    /// # Errors
    /// Why the broker is not to be trusted, or does not shake hands, in a sentence that names the remedy.
    pub async fn within<S>(&self, stream: S) -> Result<Box<dyn ByteStream>, String>
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let Some((connector, name)) = &self.tls else { return Ok(Box::new(stream)) };
        match timeout(HANDSHAKE_BUDGET, connector.connect(name.clone(), stream)).await {
            Ok(Ok(stream)) => Ok(Box::new(stream)),
            Ok(Err(error)) => Err(self.in_words(&error)),
            Err(_elapsed) => Err(format!("{self} did not finish the TLS handshake; AMQP_URL begins with amqps://")),
        }
    }

    fn in_words(&self, error: &io::Error) -> String {
        let cause = error.get_ref().and_then(|error| error.downcast_ref::<rustls::Error>());
        match cause {
            Some(rustls::Error::InvalidCertificate(problem)) => match problem {
                Certificate::UnknownIssuer => format!(
                    "the certificate of {self} is not signed by an authority that is trusted here; name a PEM file with that \
                     authority, as cacertfile in AMQP_URL or in SSL_CERT_FILE"
                ),
                Certificate::NotValidForName | Certificate::NotValidForNameContext { .. } => format!(
                    "the certificate of {self} is not for {}; let AMQP_URL name the broker as its certificate does",
                    self.host
                ),
                Certificate::Expired | Certificate::ExpiredContext { .. } => {
                    format!("the certificate of {self} has expired; the broker needs a new one")
                }
                other => format!("the certificate of {self} cannot be accepted: {other}"),
            },
            Some(rustls::Error::InvalidMessage(_)) => {
                format!("{self} does not speak TLS; begin AMQP_URL with amqp://, or name the broker's port for TLS")
            }
            Some(rustls::Error::AlertReceived(AlertDescription::CertificateRequired)) => {
                format!("{self} asks its clients for a certificate, and there is none to show")
            }
            Some(other) => format!("the TLS handshake with {self} failed: {other}"),
            None => format!("{self} broke the TLS handshake off: {error}"),
        }
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.host, self.port)
    }
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Endpoint").field("at", &self.to_string()).field("tls", &self.is_secure()).finish()
    }
}

/// Reads the system's certificates: not to be done where others wait.
fn config(url: &BrokerUrl) -> Result<ClientConfig, String> {
    let system = rustls_native_certs::load_native_certs();
    for error in system.errors {
        tracing::debug!(%error, "one of the system's certificates cannot be read");
    }
    if system.certs.is_empty() {
        // lapin as well wants some, whatever else it is given
        return Err(
            "this machine trusts no authority: install the system's (Debian: ca-certificates), or name a PEM file in \
                    SSL_CERT_FILE"
                .to_owned(),
        );
    }
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(system.certs.into_iter().chain(url.authorities()));
    Ok(ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("the provider has all versions")
        .with_root_certificates(roots)
        .with_no_client_auth())
}
