//! What can be set, from flags or the environment; flags win. Every value is checked before anything starts,
//! and an error names the variable. Secrets are [`Secret`]s: they never print.

use std::{fmt, net::SocketAddr, path::PathBuf, str::FromStr};

use clap::{Parser, ValueEnum};
use http::HeaderValue;
use tower_http::cors::AllowOrigin;
use url::Url;

use crate::{authority::WebOrigin, queue::BrokerUrl};

/// A value was not acceptable.
#[derive(Debug, thiserror::Error)]
#[error("{variable} {problem}")]
pub struct Invalid {
    variable: &'static str,
    problem: String,
}

/// How Crosstalk is set up.
#[derive(Clone, Debug, Parser)]
#[command(
    name = "crosstalk",
    version,
    about = "See, measure and break HTTP/REST, gRPC and message queues on the same job"
)]
pub struct Config {
    /// Where the page, REST, gRPC-Web, gRPC and WebSockets are served
    #[arg(long, env = "CROSSTALK_LISTEN", value_name = "CROSSTALK_LISTEN", default_value = "127.0.0.1:8080")]
    pub listen: SocketAddr,

    /// Where gRPC is served as well, for clients that expect its usual port; skipped with a warning when taken
    #[arg(
        long,
        env = "CROSSTALK_GRPC_LISTEN",
        value_name = "CROSSTALK_GRPC_LISTEN",
        default_value = "127.0.0.1:50051"
    )]
    pub grpc_listen: SocketAddr,

    /// The message broker; one in this process when not set
    #[arg(long, env = "AMQP_URL", value_name = "AMQP_URL", hide_env_values = true)]
    pub amqp_url: Option<Secret>,

    /// Where the broker in this process listens; any free port when this one is taken, and loopback only
    #[arg(long, env = "CROSSTALK_AMQP_LISTEN", value_name = "CROSSTALK_AMQP_LISTEN", default_value = "127.0.0.1:5672")]
    pub amqp_listen: SocketAddr,

    /// The store; an SQLite file in CROSSTALK_DATA when not set
    #[arg(long, env = "DATABASE_URL", value_name = "DATABASE_URL", hide_env_values = true)]
    pub database_url: Option<Secret>,

    /// The folder for data; made when it is missing
    #[arg(long, env = "CROSSTALK_DATA", value_name = "CROSSTALK_DATA", default_value = "data")]
    pub data: PathBuf,

    /// What is logged, as tracing's directives: `info`, `crosstalk=debug,warn`
    #[arg(long, env = "CROSSTALK_LOG", value_name = "CROSSTALK_LOG", default_value = "info")]
    pub log: String,

    /// How it is logged
    #[arg(long, env = "CROSSTALK_LOG_FORMAT", value_name = "CROSSTALK_LOG_FORMAT", default_value = "text")]
    pub log_format: LogFormat,

    /// TLS on all HTTP listeners, with a certificate that is made at the start
    #[arg(long, env = "CROSSTALK_TLS", value_name = "CROSSTALK_TLS")]
    pub tls: Option<Tls>,

    /// TLS on all HTTP listeners: a PEM file with the certificate and those between it and its root
    #[arg(long, env = "CROSSTALK_TLS_CERT", value_name = "CROSSTALK_TLS_CERT")]
    pub tls_cert: Option<PathBuf>,

    /// The PEM file with the private key for it
    #[arg(long, env = "CROSSTALK_TLS_KEY", value_name = "CROSSTALK_TLS_KEY")]
    pub tls_key: Option<PathBuf>,

    /// The origin under which browsers reach the server, `https://play.example.org`; loopback is always allowed
    #[arg(long, env = "CROSSTALK_PUBLIC_ORIGIN", value_name = "CROSSTALK_PUBLIC_ORIGIN")]
    pub public_origin: Option<Origin>,

    /// Origins that may embed the page in a frame, separated by commas
    #[arg(long, env = "CROSSTALK_EMBED_ORIGINS", value_name = "CROSSTALK_EMBED_ORIGINS", value_delimiter = ',')]
    pub embed_origins: Vec<Origin>,

    /// Origins whose scripts may call the API, separated by commas
    #[arg(long, env = "CROSSTALK_CORS_ORIGINS", value_name = "CROSSTALK_CORS_ORIGINS", value_delimiter = ',')]
    pub cors_origins: Vec<Origin>,
}

impl Invalid {
    pub(crate) fn new(variable: &'static str, problem: impl Into<String>) -> Self {
        Self { variable, problem: problem.into() }
    }
}

impl Config {
    /// Checks what clap could not without printing a secret.
    ///
    /// # Errors
    /// [`Invalid`] names the variable and the remedy.
    pub fn validated(self) -> Result<Self, Invalid> {
        if let Some(url) = &self.amqp_url {
            BrokerUrl::read(url.expose()).map_err(|problem| Invalid::new("AMQP_URL", problem))?;
        }
        if !self.amqp_listen.ip().is_loopback() {
            return Err(Invalid {
                variable: "CROSSTALK_AMQP_LISTEN",
                problem:
                    "is not an address of loopback, and everybody is guest there; for other machines set AMQP_URL \
                          to a RabbitMQ"
                        .into(),
            });
        }
        if let Some(url) = &self.database_url
            && !url.expose().starts_with("sqlite:")
        {
            return Err(Invalid {
                variable: "DATABASE_URL",
                problem: "is not of the form sqlite:path or sqlite::memory:; no other store is built in".into(),
            });
        }
        match (&self.tls_cert, &self.tls_key) {
            (Some(_), None) => return Err(Invalid::new("CROSSTALK_TLS_KEY", "is missing beside CROSSTALK_TLS_CERT")),
            (None, Some(_)) => return Err(Invalid::new("CROSSTALK_TLS_CERT", "is missing beside CROSSTALK_TLS_KEY")),
            (Some(_), Some(_)) if self.tls.is_some() => {
                return Err(Invalid::new(
                    "CROSSTALK_TLS",
                    "makes a certificate, and CROSSTALK_TLS_CERT names one: set either",
                ));
            }
            _ => {}
        }
        tracing_subscriber::EnvFilter::builder().parse(&self.log).map_err(|error| Invalid {
            variable: "CROSSTALK_LOG",
            problem: format!("is not a list of directives: {error}"),
        })?;
        Ok(self)
    }
}

/// Where a certificate comes from, if not from a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Tls {
    /// It is made at the start, for the names of this machine, and signed by itself.
    SelfSigned,
}

/// How lines of the log look.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line, for machines.
    Json,
}

/// A value that may hold a password: its Debug says nothing.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// The value itself. Not for logs.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl FromStr for Secret {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}

/// A web origin (RFC 6454) in its serialised form, `https://host[:port]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin(String);

impl Origin {
    /// As browsers send it in `Origin`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// As browsers send it in `Host`.
    #[must_use]
    pub fn authority(&self) -> &str {
        self.0.split_once("://").map_or(&self.0, |(_scheme, authority)| authority)
    }

    /// What CORS lets in: requests from these origins.
    pub fn any_of(origins: &[Self]) -> AllowOrigin {
        let origins = origins.to_vec();
        AllowOrigin::predicate(move |value, _request| origins.iter().any(|origin| origin.is(value)))
    }

    /// Whether the value of an `Origin` header is this origin.
    #[must_use]
    pub fn is(&self, value: &HeaderValue) -> bool {
        WebOrigin::parse(&self.0).zip(WebOrigin::of(value)).is_some_and(|(own, other)| own.is(other))
    }
}

impl FromStr for Origin {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let url =
            Url::parse(text.trim()).map_err(|error| format!("not an origin such as https://example.org: {error}"))?;
        let bare = matches!(url.scheme(), "http" | "https")
            && url.has_host()
            && url.path() == "/"
            && url.query().is_none()
            && url.fragment().is_none()
            && url.username().is_empty()
            && url.password().is_none();
        if bare {
            Ok(Self(url.origin().ascii_serialization()))
        } else {
            Err("an origin is http or https, a host and perhaps a port, and nothing else".into())
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::{Config, HeaderValue, Origin};

    fn parse(args: &[&str]) -> Result<Config, String> {
        Config::try_parse_from([&["crosstalk"], args].concat())
            .map_err(|error| error.to_string())?
            .validated()
            .map_err(|error| error.to_string())
    }

    #[test]
    fn a_bad_value_is_an_error_that_names_its_variable() {
        for (flag, value, variable) in [
            ("--listen", "nowhere", "CROSSTALK_LISTEN"),
            ("--amqp-url", "http://guest:hunter2@x", "AMQP_URL"),
            ("--amqp-listen", "0.0.0.0:5672", "CROSSTALK_AMQP_LISTEN"),
            ("--database-url", "mysql://u:hunter2@x/y", "DATABASE_URL"),
            ("--public-origin", "https://example.org/path", "CROSSTALK_PUBLIC_ORIGIN"),
            ("--public-origin", "https://:word@example.org", "CROSSTALK_PUBLIC_ORIGIN"),
            ("--log", "crosstalk=loud", "CROSSTALK_LOG"),
            ("--tls", "yes", "CROSSTALK_TLS"),
            ("--tls-cert", "cert.pem", "CROSSTALK_TLS_KEY"),
            ("--tls-key", "key.pem", "CROSSTALK_TLS_CERT"),
        ] {
            let error = parse(&[flag, value]).unwrap_err();
            assert!(error.contains(variable), "{error}");
            assert!(!error.contains("hunter2"), "{error}");
        }
    }

    #[test]
    fn secrets_do_not_print() {
        let config = parse(&["--amqp-url", "amqp://guest:hunter2@127.0.0.1"]).unwrap();
        assert!(!format!("{config:?}").contains("hunter2"));
    }

    #[test]
    fn an_origin_is_compared_as_browsers_write_it() {
        let origin: Origin = "https://Play.Example.org:443/".parse().unwrap();
        assert_eq!(origin.as_str(), "https://play.example.org");
        assert_eq!(origin.authority(), "play.example.org");
        for (value, same) in
            [("https://play.example.org", true), ("https://PLAY.example.org:443", true), ("null", false)]
        {
            assert_eq!(origin.is(&HeaderValue::from_static(value)), same, "{value}");
        }
    }
}
