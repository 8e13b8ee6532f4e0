//! A socket of its own for the jobs of one trace, which is named as it is opened: so a capture of that trace has it from the
//! handshake to the goodbye, and nothing else is on it.

use std::{fmt, rc::Rc};

use futures_util::future::select;
use gloo_timers::future::TimeoutFuture;
use leptos::prelude::*;

use super::{Bridge, shared::Shared};
use crate::api::flight::Flight;

/// How long the server may take to say goodbye, in milliseconds.
const GOODBYE_BUDGET_MS: u32 = 1_000;

/// The socket; closed when it is dropped.
pub struct Errand {
    bridge: Bridge,
    // of the signals behind the bridge
    _owner: Owner,
    _flight: Flight,
}

impl fmt::Debug for Errand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Errand").finish_non_exhaustive()
    }
}

impl Errand {
    /// Opens one, if there is a trace to open it for. None when it cannot be had: the page's own socket does as well.
    pub async fn begin(traceparent: Option<&str>) -> Option<Self> {
        let trace = traceparent?.to_owned();
        let (owner, flight) = (Owner::new(), Flight::start());
        let (shared, bridge) = owner.with(|| {
            let shared = Rc::new(Shared::within(trace));
            let bridge = Bridge { shared: StoredValue::new_local(Rc::clone(&shared)) };
            (shared, bridge)
        });
        let open = shared.change();
        shared.connect();
        drop(shared);
        matches!(open.await, Ok(true)).then_some(Self { bridge, _owner: owner, _flight: flight })
    }

    /// What goes over it.
    pub fn bridge(&self) -> Bridge {
        self.bridge
    }

    /// Closes it, and waits for the other side's goodbye, for that is in the capture too.
    pub async fn end(self) {
        let shared = self.bridge.shared();
        let closed = shared.change();
        shared.close();
        select(closed, TimeoutFuture::new(GOODBYE_BUDGET_MS)).await;
    }
}
