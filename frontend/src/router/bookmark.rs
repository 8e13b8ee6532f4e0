//! A bench's draft in the fragment of the address: what is typed goes in, a link that is opened comes out. The entry of
//! the browser's history is replaced, so that back leads to the page before and not to the letter before.

use std::{rc::Rc, time::Duration};

use leptos::{ev, leptos_dom::helpers::TimeoutHandle, prelude::*};
use wasm_bindgen::JsValue;

use super::document_path;
use crate::model::address::{self, Draft, Error, MAX_LEN, Written};

/// How long typing rests before the address follows: browsers take a hundred changes in half a minute.
const REST: Duration = Duration::from_millis(300);

/// How the address and the draft stand to each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Bookmark {
    /// The address holds all of it.
    Whole,
    /// It holds all but credentials.
    Withheld,
    /// It would be too long, so it holds nothing of it.
    TooLong {
        /// How long, in bytes.
        len: usize,
    },
    /// The link that was opened cannot be read, so the editor shows something else.
    Broken(Error),
}

/// Restores the draft that the address holds, now and whenever another link is opened here, and writes every later one
/// into it. `draft` is tracked. A draft like `first`, which the bench begins with, needs no fragment.
pub fn keep<D>(
    first: D,
    draft: impl Fn() -> D + Copy + 'static,
    restore: impl Fn(D) + Copy + 'static,
) -> RwSignal<Bookmark>
where
    D: Draft + PartialEq + 'static,
{
    let bookmark = RwSignal::new(Bookmark::Whole);
    // while the next page is on its way, this one is still here and the address is the other's
    let path = StoredValue::new(document_path());
    let elsewhere = move || path.with_value(|path| *path != document_path());
    let open = move || match address::read::<D>(&fragment()) {
        _ if elsewhere() => {}
        Some(Ok(draft)) => {
            restore(draft);
            bookmark.set(Bookmark::Whole);
        }
        Some(Err(error)) => bookmark.set(Bookmark::Broken(error)),
        None => {}
    };
    open();
    let listening = window_event_listener(ev::hashchange, move |_| open());

    let first = Rc::new(first);
    let waiting = StoredValue::new_local(None::<TimeoutHandle>);
    Effect::new(move |before: Option<()>| {
        let now = draft();
        // what the page began with, or the link gave, is in the address already
        if before.is_none() {
            return;
        }
        let plain = now == *first;
        let Written { fragment, withheld } = address::write(&now);
        cancel(waiting);
        let write = move || {
            if elsewhere() {
                return;
            }
            let (fragment, state) = match () {
                () if plain => ("", Bookmark::Whole),
                () if fragment.len() > MAX_LEN => ("", Bookmark::TooLong { len: fragment.len() }),
                () if withheld => (fragment.as_str(), Bookmark::Withheld),
                () => (fragment.as_str(), Bookmark::Whole),
            };
            replace(fragment);
            bookmark.set(state);
        };
        waiting.set_value(set_timeout_with_handle(write, REST).ok());
    });
    on_cleanup(move || {
        listening.remove();
        cancel(waiting);
    });
    bookmark
}

fn cancel(waiting: StoredValue<Option<TimeoutHandle>, LocalStorage>) {
    if let Some(handle) = waiting.try_update_value(Option::take).flatten() {
        handle.clear();
    }
}

/// What is behind the `#` of the address.
fn fragment() -> String {
    let hash = window().location().hash().unwrap_or_default();
    hash.strip_prefix('#').unwrap_or_default().to_owned()
}

fn replace(fragment: &str) {
    let location = window().location();
    let path = location.pathname().unwrap_or_default() + &location.search().unwrap_or_default();
    let address = if fragment.is_empty() { path } else { format!("{path}#{fragment}") };
    if let Ok(history) = window().history() {
        // a browser that takes no more changes takes the next one
        let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(&address));
    }
}
