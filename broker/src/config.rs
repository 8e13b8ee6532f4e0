//! The configuration of a broker.

use std::{
    fmt,
    net::{Ipv4Addr, SocketAddr},
    sync::Arc,
};

use crate::observe::Observer;

/// The configuration of a broker. The default is for tests: any free port of 127.0.0.1, user and password `guest`, the
/// virtual host `/`.
#[derive(Clone, Debug)]
pub struct Config {
    /// The address to listen on; port 0 takes any free port. Passwords are not encrypted, so use a loopback address.
    pub listen: SocketAddr,
    /// Use any free port if the port of `listen` is taken.
    pub any_port_if_taken: bool,
    /// The users. Each may do everything in every virtual host.
    pub users: Vec<User>,
    /// The virtual hosts.
    pub vhosts: Vec<String>,
    /// The limits of the broker.
    pub limits: Limits,
    /// Length limits for queues by name, independent of the client that declares them.
    pub policies: Vec<Policy>,
    /// Receives what clients do.
    pub observer: Option<Arc<dyn Observer>>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            listen: (Ipv4Addr::LOCALHOST, 0).into(),
            any_port_if_taken: false,
            users: vec![User::new("guest", "guest")],
            vhosts: vec!["/".to_owned()],
            limits: Limits::default(),
            policies: Vec::new(),
            observer: None,
        }
    }
}

/// Length limits of a queue that are not part of its arguments, like those of a RabbitMQ policy: a declaration without
/// arguments stays equivalent. Where the arguments limit the queue too, the lower limit holds. A full queue drops its
/// oldest messages, unless its arguments set another `x-overflow`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// The name of the queue, in every virtual host.
    pub queue: String,
    /// The maximum number of ready messages.
    pub max_length: Option<usize>,
    /// The maximum number of bytes of the bodies of ready messages.
    pub max_length_bytes: Option<usize>,
}

/// A user with a password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// The name.
    pub name: String,
    pub(crate) password: Password,
}

impl User {
    /// A user with a password.
    #[must_use]
    pub fn new(name: impl Into<String>, password: impl Into<String>) -> Self {
        Self { name: name.into(), password: Password(password.into()) }
    }
}

/// A password. Its `Debug` output hides it.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Password(String);

impl Password {
    pub(crate) fn is(&self, given: &[u8]) -> bool {
        self.0.as_bytes() == given
    }

    pub(crate) fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

/// The limits of a broker. The defaults are those of RabbitMQ where RabbitMQ has the limit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The largest frame in bytes, at least 4,096.
    pub frame_max: u32,
    /// The maximum number of channels per connection; 0 means the limit of the protocol.
    pub channel_max: u16,
    /// The heartbeat interval that the broker proposes, in seconds; 0 means no heartbeats.
    pub heartbeat: u16,
    /// The largest message body in bytes.
    pub message_size: u64,
    /// Publishing is blocked while all messages together take more bytes than this.
    pub memory: usize,
    /// The maximum number of connections. Further connections are closed at once.
    pub connections: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            frame_max: 131_072,
            channel_max: 2_047,
            heartbeat: 60,
            message_size: 134_217_728,
            memory: 512 * 1024 * 1024,
            connections: 16_384,
        }
    }
}
