//! What the header's chips say: the broker from the page's socket, the store from `/readyz`.

use leptos::prelude::*;

use crosstalk_proto::ws::LinkState;
use leptos::task::spawn_local;

use crate::{
    api::{
        bridge::{Bridge, Connection},
        rest,
    },
    components::{chip::State, header},
    i18n::{t_string, use_i18n},
};

/// The state of what the server runs on.
#[derive(Clone, Copy, Debug)]
pub struct Health {
    /// The link to the message broker.
    pub broker: Signal<header::Health>,
    /// The store behind the REST resource.
    pub store: Signal<header::Health>,
}

/// What is known of the store.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Store {
    Unknown,
    Known { kind: String, up: bool },
    Unreachable,
}

impl Health {
    /// Follows both for as long as the page lives.
    pub fn watch() -> Self {
        let (i18n, bridge) = (use_i18n(), Bridge::get());
        let (connection, link) = (bridge.connection(), bridge.broker());
        let broker = Signal::derive(move || match (link.get().map(|link| link.state), connection.get()) {
            (Some(LinkState::Up { address, product, client_url, .. }), _) => match client_url {
                Some(url) => header::Health {
                    client_url: Some(url),
                    ..health(State::Up, t_string!(i18n, common.embedded), format!("{product}, {address}"))
                },
                None => health(State::Up, product, address),
            },
            (Some(LinkState::Connecting { address }), _) => {
                health(State::Connecting, t_string!(i18n, common.connecting), address)
            }
            (Some(LinkState::Down { address, reason, .. }), _) => {
                health(State::Down, t_string!(i18n, common.down), format!("{address}: {reason}"))
            }
            (None, Connection::Connecting | Connection::Open { .. }) => {
                health(State::Connecting, t_string!(i18n, common.connecting), "/ws")
            }
            (None, Connection::Waiting { .. } | Connection::Outdated) => {
                health(State::Down, t_string!(i18n, common.unknown), "/ws")
            }
        });

        let store = RwSignal::new(Store::Unknown);
        // asked at first and each time the server is back; one that goes may still answer while it ends
        let reachable = Memo::new(move |_| matches!(connection.get(), Connection::Open { .. }));
        Effect::new(move |before: Option<bool>| {
            let now = reachable.get();
            if before == Some(true) && !now {
                store.set(Store::Unreachable);
                return now;
            }
            spawn_local(async move {
                let now = match rest::readiness().await {
                    Ok(ready) => Store::Known { kind: ready.store, up: ready.store_up },
                    Err(_) => Store::Unreachable,
                };
                store.try_set(now);
            });
            now
        });
        let store = Signal::derive(move || match store.get() {
            Store::Unknown => health(State::Connecting, "…", "/readyz"),
            Store::Known { kind, up: true } => health(State::Up, kind, "/readyz"),
            Store::Known { kind, up: false } => {
                health(State::Down, t_string!(i18n, common.down), format!("{kind}, /readyz"))
            }
            Store::Unreachable => health(State::Down, t_string!(i18n, common.unknown), "/readyz"),
        });
        Self { broker, store }
    }
}

fn health(state: State, word: impl Into<String>, title: impl Into<String>) -> header::Health {
    header::Health { state, word: word.into(), title: title.into(), client_url: None }
}
