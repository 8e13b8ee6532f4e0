//! How a broker is set up.

use std::{
    fmt,
    net::{Ipv4Addr, SocketAddr},
    sync::Arc,
};

use crate::observe::Observer;

/// How a broker is set up. The default is for tests: any free port of 127.0.0.1, user and password `guest`, the virtual
/// host `/`.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where to listen; port 0 is any free one. Passwords cross the wire as they are: stay on loopback.
    pub listen: SocketAddr,
    /// Whether any free port will do when that of `listen` is taken.
    pub any_port_if_taken: bool,
    /// Who may connect. Everybody may do everything in every virtual host.
    pub users: Vec<User>,
    /// The virtual hosts that there are.
    pub vhosts: Vec<String>,
    /// What is too much.
    pub limits: Limits,
    /// Bounds for queues by name, whichever client declares them.
    pub policies: Vec<Policy>,
    /// Who is told what clients do.
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

/// Bounds of a queue that do not show in its arguments, as those of a policy of RabbitMQ: a declaration without arguments
/// stays equivalent. Where the arguments bound the queue as well, the lower bound holds. A queue that is full drops its
/// oldest messages, unless its arguments ask for another `x-overflow`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// The name of the queue, in every virtual host.
    pub queue: String,
    /// The most messages that are ready.
    pub max_length: Option<usize>,
    /// The most bytes that the bodies of ready messages take.
    pub max_length_bytes: Option<usize>,
}

/// Somebody who may connect.
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

/// It never prints.
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

/// What is too much. The defaults are those of RabbitMQ where it has one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The largest frame in bytes, 4,096 or more.
    pub frame_max: u32,
    /// The most channels of a connection; 0 is no limit but that of the protocol.
    pub channel_max: u16,
    /// Seconds between heartbeats that are asked for; 0 is none.
    pub heartbeat: u16,
    /// The largest body in bytes.
    pub message_size: u64,
    /// Publishing stops while all messages together take more bytes.
    pub memory: usize,
    /// The most connections; who comes when there are so many is not served.
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
