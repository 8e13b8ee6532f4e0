//! The state that all connections of a broker share: its configuration, its virtual hosts, the open connections, and
//! the used memory.

use std::{
    collections::{BTreeMap, HashMap},
    pin::pin,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
};

use tokio::sync::{Notify, watch};
use tokio_util::sync::CancellationToken;

use crate::{config::Config, core::Vhost};

/// A virtual host behind a lock: the operations of its connections are serialized.
pub(crate) type VhostHandle = Arc<Mutex<Vhost>>;

/// Publishing resumes when the used memory is below this share of the limit.
const RESUME_PERCENT: usize = 80;

/// The shared state; see the module.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) config: Config,
    pub(crate) vhosts: BTreeMap<String, VhostHandle>,
    memory: Arc<AtomicUsize>,
    is_blocked: AtomicBool,
    blocked: watch::Sender<bool>,
    registry: Mutex<Registry>,
    /// Notified when a connection ends.
    left: Notify,
}

impl Shared {
    pub(crate) fn new(config: Config) -> Self {
        let memory = Arc::new(AtomicUsize::new(0));
        let vhosts = config
            .vhosts
            .iter()
            .map(|name| {
                let vhost = Vhost::new(name, memory.clone()).with_policies(config.policies.clone());
                (name.clone(), Arc::new(Mutex::new(vhost)))
            })
            .collect();
        Self {
            config,
            vhosts,
            memory,
            is_blocked: AtomicBool::new(false),
            blocked: watch::Sender::new(false),
            registry: Mutex::default(),
            left: Notify::new(),
        }
    }

    pub(crate) fn vhost(&self, name: &str) -> Option<VhostHandle> {
        self.vhosts.get(name).cloned()
    }

    /// The number of bytes of all messages.
    pub(crate) fn memory(&self) -> usize {
        self.memory.load(Ordering::Relaxed)
    }

    /// True while publishing is blocked.
    pub(crate) fn blocked(&self) -> watch::Receiver<bool> {
        self.blocked.subscribe()
    }

    /// Blocks publishing when memory is short and unblocks it later.
    pub(crate) fn watch_memory(&self) {
        let (used, limit) = (self.memory(), self.config.limits.memory);
        let was = self.is_blocked.load(Ordering::Relaxed);
        let is = if was { used > limit / 100 * RESUME_PERCENT } else { used > limit };
        if is == was || self.is_blocked.swap(is, Ordering::Relaxed) == is {
            return;
        }
        tracing::warn!(used, limit, blocked = is, "publishing is blocked or unblocked");
        self.blocked.send_replace(is);
    }

    /// Registers a connection, unless there are too many or the broker is restarting.
    pub(crate) fn enter(self: &Arc<Self>, address: String) -> Option<Entry> {
        let mut registry = self.registry();
        if registry.is_closed || registry.connections.len() >= self.config.limits.connections {
            return None;
        }
        registry.last += 1;
        let (number, token) = (registry.last, CancellationToken::new());
        registry.connections.insert(number, (address, token.clone()));
        Some(Entry { number, token, shared: self.clone() })
    }

    /// The addresses of all clients.
    pub(crate) fn addresses(&self) -> Vec<String> {
        self.registry().connections.values().map(|(address, _token)| address.clone()).collect()
    }

    /// Cuts the connections for which `which` is true. Returns their numbers.
    pub(crate) fn cut(&self, which: impl Fn(&str) -> bool) -> Vec<u64> {
        self.registry().cut(which)
    }

    /// Cuts all connections and refuses new ones until [`Shared::open`]. Returns the numbers of the cut ones.
    pub(crate) fn close(&self) -> Vec<u64> {
        let mut registry = self.registry();
        registry.is_closed = true;
        registry.cut(|_all| true)
    }

    /// Accepts connections again.
    pub(crate) fn open(&self) {
        self.registry().is_closed = false;
    }

    /// Waits until these connections have ended. New connections do not matter.
    pub(crate) async fn gone(&self, numbers: &[u64]) {
        loop {
            let mut left = pin!(self.left.notified());
            left.as_mut().enable();
            if !numbers.iter().any(|number| self.registry().connections.contains_key(number)) {
                return;
            }
            left.await;
        }
    }

    fn registry(&self) -> MutexGuard<'_, Registry> {
        self.registry.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The open connections.
#[derive(Debug, Default)]
struct Registry {
    connections: HashMap<u64, (String, CancellationToken)>,
    last: u64,
    is_closed: bool,
}

impl Registry {
    fn cut(&self, which: impl Fn(&str) -> bool) -> Vec<u64> {
        let chosen = self.connections.iter().filter(|(_number, (address, _token))| which(address));
        let cut = chosen.map(|(number, (_address, token))| {
            token.cancel();
            *number
        });
        cut.collect()
    }
}

/// The registration of a connection; removed when it is dropped.
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
        self.shared.registry().connections.remove(&self.number);
        self.shared.left.notify_waiters();
    }
}
