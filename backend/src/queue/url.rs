//! `AMQP_URL`, read: where the broker is, the credentials and, with `amqps`, the trusted authorities. Its options are those of
//! RabbitMQ's own URIs that are understood here; any other would be ignored in silence, and is an error instead.

use std::{fmt, fs, net::Ipv4Addr, sync::Arc};

use lapin::{
    tcp::OwnedTLSConfig,
    uri::{AMQPScheme, AMQPUri},
};
use tokio_rustls::rustls::pki_types::{CertificateDer, pem::PemObject as _};
use url::Url;

/// Names the file with the authorities that are trusted beside the system's.
const AUTHORITIES: &str = "cacertfile";
const OPTIONS: [&str; 6] =
    [AUTHORITIES, "auth_mechanism", "channel_max", "connection_timeout", "frame_max", "heartbeat"];

/// The address of a broker, with credentials.
#[derive(Clone)]
pub struct BrokerUrl {
    uri: AMQPUri,
    /// In PEM.
    authorities: Option<Arc<str>>,
}

impl BrokerUrl {
    /// Reads it, and the file that it names.
    ///
    /// # Errors
    /// What is wrong with it, in words that follow its name; no credentials.
    pub fn read(text: &str) -> Result<Self, String> {
        let malformed = "is not of the form amqp://user:password@host:port/vhost (the vhost / is written %2f)";
        let url = Url::parse(text).map_err(|_error| malformed)?;
        let uri: AMQPUri = text.parse().map_err(|_error| malformed)?;
        let mut authorities = None;
        for (name, value) in url.query_pairs() {
            if !OPTIONS.contains(&&*name) {
                return Err(format!("has an option that is not known here; known are {}", OPTIONS.join(", ")));
            }
            if name == AUTHORITIES {
                authorities = Some(pem(&value)?);
            }
        }
        if authorities.is_some() && uri.scheme == AMQPScheme::AMQP {
            return Err(format!("has {AUTHORITIES}, which is for amqps://"));
        }
        Ok(Self { uri, authorities: authorities.map(Into::into) })
    }

    /// The same broker and the same credentials, by way of a port of this machine where AMQP is spoken in the clear.
    pub(super) fn by_way_of(&self, port: u16) -> Self {
        let mut uri = self.uri.clone();
        uri.scheme = AMQPScheme::AMQP;
        uri.authority.host = Ipv4Addr::LOCALHOST.to_string();
        uri.authority.port = port;
        Self { uri, authorities: None }
    }

    /// For lapin.
    pub(super) fn uri(&self) -> &AMQPUri {
        &self.uri
    }

    /// Whether there is TLS in between.
    pub(super) fn is_secure(&self) -> bool {
        self.uri.scheme == AMQPScheme::AMQPS
    }

    /// The authorities that lapin trusts beside the system's.
    pub(super) fn trust(&self) -> OwnedTLSConfig {
        OwnedTLSConfig { identity: None, cert_chain: self.authorities.as_deref().map(str::to_owned) }
    }

    /// The same, read.
    pub(super) fn authorities(&self) -> impl Iterator<Item = CertificateDer<'static>> {
        CertificateDer::pem_slice_iter(self.authorities.as_deref().unwrap_or_default().as_bytes()).flatten()
    }

    /// Without credentials.
    pub(super) fn address(&self) -> String {
        format!("{}://{}:{}", self.uri.scheme, self.uri.authority.host, self.uri.authority.port)
    }
}

impl fmt::Debug for BrokerUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("BrokerUrl").field(&self.address()).finish()
    }
}

/// The text of a PEM file with certificates.
fn pem(path: &str) -> Result<String, String> {
    let unusable = |why: &dyn fmt::Display| format!("names in {AUTHORITIES} a file that cannot be used: {path}: {why}");
    let text = fs::read_to_string(path).map_err(|error| unusable(&error))?;
    let certificates: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(text.as_bytes()).collect();
    if certificates.map_err(|error| unusable(&error))?.is_empty() {
        return Err(unusable(&"it has no certificate in PEM"));
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_be_ignored_is_an_error() {
        let folder = tempfile::TempDir::new().unwrap();
        let path = |name: &str, text: &str| {
            let path = folder.path().join(name);
            fs::write(&path, text).unwrap();
            path.display().to_string()
        };
        let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        let good = path("good.pem", &made.cert.pem());
        let bad = path("bad.pem", "no PEM");
        for (url, says) in [
            ("amqp://u:hunter2@h/%2f?verify=verify_none".to_owned(), "option"),
            ("amqps://u:hunter2@h/%2f?cacertfile=/nowhere.pem".to_owned(), "/nowhere.pem"),
            (format!("amqps://u:hunter2@h/%2f?cacertfile={bad}"), "no certificate"),
            (format!("amqp://u:hunter2@h/%2f?cacertfile={good}"), "amqps"),
            ("http://u:hunter2@h".to_owned(), "form"),
        ] {
            let error = BrokerUrl::read(&url).unwrap_err();
            assert!(error.contains(says) && !error.contains("hunter2"), "{error}");
        }
        let url = BrokerUrl::read(&format!("amqps://u:hunter2@h/%2f?heartbeat=5&cacertfile={good}")).unwrap();
        assert_eq!(url.authorities().next().as_ref(), Some(made.cert.der()));
        assert_eq!(format!("{url:?}"), r#"BrokerUrl("amqps://h:5671")"#);
    }

    #[test]
    fn the_way_round_changes_the_place_and_nothing_else() {
        let url = BrokerUrl::read("amqps://u:p@example.org/v?auth_mechanism=amqplain&frame_max=9000").unwrap();
        let near = url.by_way_of(7);
        assert_eq!((near.address().as_str(), near.is_secure()), ("amqp://127.0.0.1:7", false));
        assert_eq!((&near.uri.vhost, &near.uri.query), (&url.uri.vhost, &url.uri.query));
        assert_eq!(near.uri.authority.userinfo, url.uri.authority.userinfo);
    }
}
