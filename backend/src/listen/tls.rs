//! TLS on the listeners (RFC 8446), when the configuration asks for it: with a certificate of the operator's, or with one that
//! is made at the start. ALPN offers HTTP/2 and HTTP/1.1.

use std::{fmt, fs, io, path::Path, sync::Arc, time::Duration};

use tokio::{
    io::{AsyncRead, AsyncWrite, AsyncWriteExt as _},
    net::TcpStream,
};
use tokio_rustls::{
    TlsAcceptor, TlsConnector, client,
    rustls::{
        self, ClientConfig, DigitallySignedStruct, ServerConfig, SignatureScheme,
        client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
        crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature},
        pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer, ServerName, UnixTime, pem::PemObject as _},
    },
    server,
};

use crate::config::{Config, Invalid};

/// How long a client may take for the handshake.
const HANDSHAKE_BUDGET: Duration = Duration::from_secs(10);
/// How long a client that is turned away may take to hear it.
const FAREWELL_BUDGET: Duration = Duration::from_secs(2);
/// In the order in which they are preferred (RFC 7301).
const ALPN: [&[u8]; 2] = [b"h2", b"http/1.1"];
/// Where a certificate that was made here is put, for clients to trust; its key is not kept.
const SELF_SIGNED: &str = "self-signed.pem";
/// What a certificate that was made here is for.
const NAMES: [&str; 3] = ["localhost", "127.0.0.1", "::1"];
/// What a client is told that does not speak TLS.
const IN_THE_CLEAR: &[u8] =
    b"HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\nConnection: close\r\nContent-Length: 57\r\n\r\n\
    This port speaks TLS: ask again with https:// in front.\r\n";

/// How TLS is spoken. Cheap to clone.
#[derive(Clone)]
pub struct Tls {
    acceptor: TlsAcceptor,
    /// Trusts our own certificate and no other.
    connector: TlsConnector,
}

impl Tls {
    /// As the configuration has it; none when it does not ask for TLS.
    ///
    /// # Errors
    /// [`Invalid`] names the variable whose file cannot be used.
    pub fn of(config: &Config) -> Result<Option<Self>, Invalid> {
        let (chain, key) = match (&config.tls_cert, &config.tls_key) {
            (Some(cert), Some(key)) => read(cert, key)?,
            _ if config.tls.is_some() => make(&config.data)?,
            _ => return Ok(None),
        };
        let provider = Arc::new(ring::default_provider());
        let own = chain.first().cloned().ok_or_else(|| Invalid::new("CROSSTALK_TLS_CERT", "has no certificate"))?;
        let mut server = ServerConfig::builder_with_provider(provider.clone())
            .with_safe_default_protocol_versions()
            .expect("the provider has all versions")
            .with_no_client_auth()
            .with_single_cert(chain, key)
            .map_err(|error| Invalid::new("CROSSTALK_TLS_KEY", format!("does not fit CROSSTALK_TLS_CERT: {error}")))?;
        server.alpn_protocols = ALPN.map(<[u8]>::to_vec).into();
        let mut client = ClientConfig::builder_with_provider(provider.clone())
            .with_safe_default_protocol_versions()
            .expect("the provider has all versions")
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(Own { certificate: own, provider }))
            .with_no_client_auth();
        client.alpn_protocols = vec![ALPN[0].to_vec()];
        Ok(Some(Self {
            acceptor: TlsAcceptor::from(Arc::new(server)),
            connector: TlsConnector::from(Arc::new(client)),
        }))
    }

    /// Shakes hands with a client.
    ///
    /// # Errors
    /// When the client does not, or not in time.
    pub(super) async fn accept<S>(&self, stream: S) -> io::Result<server::TlsStream<S>>
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        tokio::time::timeout(HANDSHAKE_BUDGET, self.acceptor.accept(stream)).await?
    }

    /// Shakes hands with our own listener; no other server is trusted.
    ///
    /// # Errors
    /// When it is not ours, or does not answer.
    pub async fn connect(&self, stream: TcpStream) -> io::Result<client::TlsStream<TcpStream>> {
        let name = ServerName::try_from("localhost").expect("it is a name");
        self.connector.connect(name, stream).await
    }
}

impl fmt::Debug for Tls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tls")
    }
}

/// Tells a client that speaks HTTP in the clear that this port does not; whether it was one.
pub(super) async fn turn_away(stream: &mut TcpStream) -> bool {
    let mut first = [0];
    let peeked = tokio::time::timeout(HANDSHAKE_BUDGET, stream.peek(&mut first)).await;
    let in_the_clear = matches!(peeked, Ok(Ok(1))) && first[0].is_ascii_uppercase();
    if in_the_clear && !matches!(tokio::time::timeout(FAREWELL_BUDGET, farewell(stream)).await, Ok(Ok(()))) {
        tracing::debug!("a client without TLS left");
    }
    in_the_clear
}

/// Closing with unread bytes would reset the connection, and the answer might not arrive.
async fn farewell(stream: &mut TcpStream) -> io::Result<()> {
    stream.write_all(IN_THE_CLEAR).await?;
    stream.shutdown().await?;
    tokio::io::copy(stream, &mut tokio::io::sink()).await.map(drop)
}

type Identity = (Vec<CertificateDer<'static>>, PrivateKeyDer<'static>);

fn read(cert: &Path, key: &Path) -> Result<Identity, Invalid> {
    let no_cert = |error: &dyn fmt::Display| {
        Invalid::new("CROSSTALK_TLS_CERT", format!("{} is no PEM file with certificates: {error}", cert.display()))
    };
    let chain: Result<Vec<_>, _> = CertificateDer::pem_file_iter(cert).map_err(|error| no_cert(&error))?.collect();
    let chain = chain.map_err(|error| no_cert(&error))?;
    let key = PrivateKeyDer::from_pem_file(key).map_err(|error| {
        Invalid::new("CROSSTALK_TLS_KEY", format!("{} is no PEM file with a private key: {error}", key.display()))
    })?;
    Ok((chain, key))
}

fn make(data: &Path) -> Result<Identity, Invalid> {
    let failed =
        |error: &dyn fmt::Display| Invalid::new("CROSSTALK_TLS", format!("no certificate can be made: {error}"));
    let made = rcgen::generate_simple_self_signed(NAMES.map(str::to_owned)).map_err(|error| failed(&error))?;
    let file = data.join(SELF_SIGNED);
    let written = fs::create_dir_all(data).and_then(|()| fs::write(&file, made.cert.pem()));
    written.map_err(|error| Invalid::new("CROSSTALK_DATA", format!("cannot take {SELF_SIGNED}: {error}")))?;
    tracing::info!(certificate = %file.display(), "made a certificate; clients that trust it need no exception");
    let key = PrivatePkcs8KeyDer::from(made.signing_key.serialize_der());
    Ok((vec![made.cert.der().clone()], key.into()))
}

/// Trusts one certificate, whatever name it is for: the server dials only itself.
#[derive(Debug)]
struct Own {
    certificate: CertificateDer<'static>,
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for Own {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _name: &ServerName<'_>,
        _ocsp: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        if *end_entity == self.certificate {
            return Ok(ServerCertVerified::assertion());
        }
        Err(rustls::Error::General("it is not our own certificate".to_owned()))
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(message, cert, dss, &self.provider.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, cert, dss, &self.provider.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;
    use tempfile::TempDir;

    use super::*;

    #[track_caller]
    fn check(flags: &[&str], variable: &str) {
        let config = Config::parse_from([&["crosstalk"], flags].concat());
        let error = Tls::of(&config).unwrap_err().to_string();
        assert!(error.starts_with(variable), "{error}");
    }

    #[test]
    fn a_certificate_that_cannot_be_used_is_an_error_that_names_its_variable() {
        let folder = TempDir::new().unwrap();
        let path = |name: &str| folder.path().join(name).display().to_string();
        let [one, other] = ["one", "other"].map(|name| rcgen::generate_simple_self_signed([name.to_owned()]).unwrap());
        fs::write(path("cert.pem"), one.cert.pem()).unwrap();
        fs::write(path("other.pem"), other.signing_key.serialize_pem()).unwrap();
        fs::write(path("text.pem"), "no PEM").unwrap();
        let check = |cert: &str, key: &str, variable: &str| {
            check(&["--tls-cert", &path(cert), "--tls-key", &path(key)], variable);
        };
        check("missing.pem", "other.pem", "CROSSTALK_TLS_CERT");
        check("text.pem", "other.pem", "CROSSTALK_TLS_CERT");
        check("cert.pem", "text.pem", "CROSSTALK_TLS_KEY");
        check("cert.pem", "other.pem", "CROSSTALK_TLS_KEY");
        assert!(Tls::of(&Config::parse_from(["crosstalk"])).unwrap().is_none());
    }
}
