//! Where in the page the visitor is. A click on a link to a page of ours changes it without another document; back and
//! forward change it too. The page before stays until the part of the program that draws the next one is there. Every
//! other link is the browser's own business, also those within a page.
//!
//! - [`route`]: which addresses are pages
//! - [`link`]: which clicks are taken over
//! - [`bookmark`]: what a bench was asked for, in the fragment

use leptos::{ev, prelude::*};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::spawn_local;

pub mod bookmark;
mod link;
pub mod route;

use self::route::Route;
use crate::pages::parts;

/// The element that a new page begins with.
const MAIN: &str = "main";

/// The address of the page; a context.
#[derive(Clone, Copy, Debug)]
pub struct Router {
    path: RwSignal<String>,
    route: Memo<Route>,
}

impl Router {
    /// Begins at the document's address, follows it, and makes itself a context.
    pub fn provide() -> Self {
        let path = RwSignal::new(document_path());
        let route = Memo::new(move |_| Route::of(&path.read()));
        let router = Self { path, route };
        provide_context(router);

        // both live as long as the page does
        let _ = window_event_listener(ev::popstate, move |_| router.arrive(document_path(), || {}));
        let _ = window_event_listener(ev::click, move |event| {
            if let Some(target) = link::to_a_page(&event) {
                event.prevent_default();
                router.go(target);
            }
        });
        router
    }

    /// The router of this page.
    pub fn get() -> Self {
        expect_context()
    }

    /// The path of the address; tracked.
    pub fn path(self) -> String {
        self.path.get()
    }

    /// The page at this address; tracked.
    pub fn route(self) -> Route {
        self.route.get()
    }

    /// To a page, as if a link to it had been clicked.
    pub fn visit(self, path: &str) {
        self.go(link::Target { href: path.to_owned(), path: path.to_owned(), fragment: None });
    }

    /// To another page, as a link goes there: a new entry of the history, from the top, and the focus goes along.
    fn go(self, target: link::Target) {
        let location = window().location();
        let history = window().history().expect("a document in a window has a history");
        let here = location.href().as_ref() == Ok(&target.href);
        if !here && history.push_state_with_url(&JsValue::NULL, "", Some(&target.href)).is_err() {
            // a browser that takes no more entries still follows the link
            let _ = location.set_href(&target.href);
            return;
        }
        let fragment = target.fragment;
        self.arrive(target.path, move || {
            // once the new page is drawn
            request_animation_frame(move || link::look_at(fragment.as_deref(), MAIN));
        });
    }

    /// Shows the page at the path that the address has now, then does what is to be done there.
    fn arrive(self, path: String, then: impl FnOnce() + 'static) {
        if self.path.with_untracked(|now| *now == path) {
            return then();
        }
        spawn_local(async move {
            let loaded = parts::load(Route::of(&path)).await;
            // meanwhile the visitor may have gone on
            if document_path() != path {
                return;
            }
            match loaded {
                Ok(()) => {
                    self.path.set(path);
                    then();
                }
                // a server that has changed since has another program: its document begins anew
                Err(_) => drop(window().location().reload()),
            }
        });
    }
}

/// The path of the address as it is now.
pub fn document_path() -> String {
    window().location().pathname().unwrap_or_default()
}
