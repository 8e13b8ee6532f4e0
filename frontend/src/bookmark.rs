//! The draft of a bench in the fragment of the address: what is typed is written into it, a link that is opened restores the
//! draft. The entry of the browser's history is replaced, so that *back* leads to the page before.

use std::time::Duration;

use leptos::{ev, leptos_dom::helpers::TimeoutHandle, prelude::*};
use leptos_router::{
    NavigateOptions,
    hooks::{use_location, use_navigate},
};
use leptos_use::{use_event_listener, use_window};

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

/// Restores the draft that the address holds, now and whenever another link is opened here, and writes every later draft
/// into the address. `draft` is tracked. A draft like `first`, with which the bench begins, needs no fragment.
pub fn keep<D>(
    first: D,
    draft: impl Fn() -> D + Copy + 'static,
    restore: impl Fn(D) + Copy + 'static,
) -> RwSignal<Bookmark>
where
    D: Draft + PartialEq + 'static,
{
    let bookmark = RwSignal::new(Bookmark::Whole);
    let (location, navigate) = (use_location(), use_navigate());
    let path = location.pathname.get_untracked();
    // the router knows the new address before the browser shows it, and the page before stays until the next one has loaded
    let is_shown = {
        let path = path.clone();
        move || document_path() == path
    };
    let (pathname, hash, shown) = (location.pathname, location.hash, is_shown.clone());
    // the fragment of this page's address; none when the address is another page's
    let current = move || {
        if shown() {
            Some(fragment())
        } else {
            (pathname.get_untracked() == path).then(|| without_mark(&hash.get_untracked()).to_owned())
        }
    };
    // the fragment that was read or written last
    let known = StoredValue::new(None::<String>);
    let now = current.clone();
    let open = move || {
        let Some(fragment) = now().filter(|fragment| known.get_value().as_ref() != Some(fragment)) else {
            return;
        };
        match address::read::<D>(&fragment) {
            Some(Ok(draft)) => {
                restore(draft);
                bookmark.set(Bookmark::Whole);
            }
            Some(Err(error)) => bookmark.set(Bookmark::Broken(error)),
            None => {}
        }
        known.set_value(Some(fragment));
    };
    // before the page is drawn, so that it begins with what the link says
    open();
    // a script or the visitor changes the address
    let _ = use_event_listener(use_window(), ev::hashchange, {
        let open = open.clone();
        move |_| open()
    });
    // a link on the page changes the address
    Effect::new(move |_| {
        hash.track();
        open();
    });

    let waiting = StoredValue::new(None::<TimeoutHandle>);
    Effect::new(move |before: Option<()>| {
        let now = draft();
        let is_plain = now == first;
        let Written { fragment, withheld } = address::write(&now);
        cancel(waiting);
        // at first a link that was opened holds the draft, or cannot be read
        if before.is_none() && (is_plain || current().is_some_and(|fragment| !fragment.is_empty())) {
            return;
        }
        let (is_shown, navigate) = (is_shown.clone(), navigate.clone());
        let write = move || {
            if !is_shown() {
                return;
            }
            let (fragment, state) = match () {
                () if is_plain => (String::new(), Bookmark::Whole),
                () if fragment.len() > MAX_LEN => (String::new(), Bookmark::TooLong { len: fragment.len() }),
                () if withheld => (fragment, Bookmark::Withheld),
                () => (fragment, Bookmark::Whole),
            };
            let address = with_fragment(&fragment);
            known.set_value(Some(fragment));
            navigate(&address, NavigateOptions { replace: true, scroll: false, ..NavigateOptions::default() });
            bookmark.set(state);
        };
        waiting.set_value(set_timeout_with_handle(write, REST).ok());
    });
    on_cleanup(move || cancel(waiting));
    bookmark
}

fn cancel(waiting: StoredValue<Option<TimeoutHandle>>) {
    if let Some(handle) = waiting.try_update_value(Option::take).flatten() {
        handle.clear();
    }
}

/// The path of the address as it is now.
fn document_path() -> String {
    window().location().pathname().unwrap_or_default()
}

/// What is behind the `#` of the address.
fn fragment() -> String {
    without_mark(&window().location().hash().unwrap_or_default()).to_owned()
}

fn without_mark(hash: &str) -> &str {
    hash.strip_prefix('#').unwrap_or(hash)
}

/// The address of this page with another fragment.
fn with_fragment(fragment: &str) -> String {
    let path = document_path() + &window().location().search().unwrap_or_default();
    if fragment.is_empty() { path } else { format!("{path}#{fragment}") }
}
