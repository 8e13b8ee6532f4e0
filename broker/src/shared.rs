//! What all connections of a broker share: its configuration, its virtual hosts, who is connected, and how much memory is
//! used.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering},
    },
};

use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::{config::Config, core::Vhost};

/// A virtual host behind the lock that makes one of what its connections do at the same time.
pub(crate) type VhostHandle = Arc<Mutex<Vhost>>;

/// Publishing goes on when memory is below this share of its limit.
const RESUME_PERCENT: usize = 80;

/// See the module.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) config: Config,
    pub(crate) vhosts: BTreeMap<String, VhostHandle>,
    memory: Arc<AtomicUsize>,
    is_blocked: AtomicBool,
    blocked: watch::Sender<bool>,
    connections: Mutex<HashMap<u64, (String, CancellationToken)>>,
    next_connection: AtomicU64,
}

impl Shared {
    pub(crate) fn new(config: Config) -> Self {
        let memory = Arc::new(AtomicUsize::new(0));
        let vhosts = config
            .vhosts
            .iter()
            .map(|name| (name.clone(), Arc::new(Mutex::new(Vhost::new(name, memory.clone())))))
            .collect();
        Self {
            config,
            vhosts,
            memory,
            is_blocked: AtomicBool::new(false),
            blocked: watch::Sender::new(false),
            connections: Mutex::default(),
            next_connection: AtomicU64::new(0),
        }
    }

    pub(crate) fn vhost(&self, name: &str) -> Option<VhostHandle> {
        self.vhosts.get(name).cloned()
    }

    /// Bytes of all messages.
    pub(crate) fn memory(&self) -> usize {
        self.memory.load(Ordering::Relaxed)
    }

    /// Whether publishing is stopped.
    pub(crate) fn blocked(&self) -> watch::Receiver<bool> {
        self.blocked.subscribe()
    }

    /// Stops publishing when memory is short and lets it go on when it is not.
    pub(crate) fn watch_memory(&self) {
        let (used, limit) = (self.memory(), self.config.limits.memory);
        let was = self.is_blocked.load(Ordering::Relaxed);
        let is = if was { used > limit / 100 * RESUME_PERCENT } else { used > limit };
        if is == was || self.is_blocked.swap(is, Ordering::Relaxed) == is {
            return;
        }
        tracing::warn!(used, limit, blocked = is, "publishing is stopped while memory is short");
        self.blocked.send_replace(is);
    }

    /// Takes a connection in, unless there are too many.
    pub(crate) fn enter(self: &Arc<Self>, address: String) -> Option<Entry> {
        let mut connections = self.connections.lock().unwrap_or_else(PoisonError::into_inner);
        if connections.len() >= self.config.limits.connections {
            return None;
        }
        let number = self.next_connection.fetch_add(1, Ordering::Relaxed);
        let token = CancellationToken::new();
        connections.insert(number, (address, token.clone()));
        Some(Entry { number, token, shared: self.clone() })
    }

    /// Where connections come from.
    pub(crate) fn addresses(&self) -> Vec<String> {
        let connections = self.connections.lock().unwrap_or_else(PoisonError::into_inner);
        connections.values().map(|(address, _token)| address.clone()).collect()
    }

    /// Cuts those connections for which `which` is true; how many there were.
    pub(crate) fn cut(&self, which: impl Fn(&str) -> bool) -> usize {
        let connections = self.connections.lock().unwrap_or_else(PoisonError::into_inner);
        let chosen = connections.values().filter(|(address, _token)| which(address));
        chosen.map(|(_address, token)| token.cancel()).count()
    }
}

/// A connection's place among all; given back when it is dropped.
#[derive(Debug)]
pub(crate) struct Entry {
    number: u64,
    token: CancellationToken,
    shared: Arc<Shared>,
}

impl Entry {
    pub(crate) fn token(&self) -> &CancellationToken {
        &self.token
    }
}

impl Drop for Entry {
    fn drop(&mut self) {
        self.shared.connections.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.number);
    }
}
