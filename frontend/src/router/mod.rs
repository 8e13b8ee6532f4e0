//! Where in the page the visitor is. A click on a link to a page of ours changes it without loading anything; back
//! and forward change it too. Every other link is the browser's own business, also those within a page.
//!
//! - [`route`]: which addresses are pages
//! - [`link`]: which clicks are taken over
//! - [`bookmark`]: what a bench was asked for, in the fragment

use leptos::{ev, prelude::*};
use wasm_bindgen::JsValue;

pub mod bookmark;
mod link;
pub mod route;

use self::route::Route;

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
        let _ = window_event_listener(ev::popstate, move |_| router.arrive(document_path()));
        let _ = window_event_listener(ev::click, move |event| {
            if let Some(target) = link::to_a_page(&event) {
                event.prevent_default();
                router.go(&target);
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
        self.go(&link::Target { href: path.to_owned(), path: path.to_owned(), fragment: None });
    }

    /// To another page, as a link goes there: a new entry of the history, from the top, and the focus goes along.
    fn go(self, target: &link::Target) {
        let location = window().location();
        let history = window().history().expect("a document in a window has a history");
        let here = location.href().as_ref() == Ok(&target.href);
        if !here && history.push_state_with_url(&JsValue::NULL, "", Some(&target.href)).is_err() {
            // a browser that takes no more entries still follows the link
            let _ = location.set_href(&target.href);
            return;
        }
        self.arrive(target.path.clone());
        let fragment = target.fragment.clone();
        // once the new page is there
        request_animation_frame(move || link::look_at(fragment.as_deref(), MAIN));
    }

    fn arrive(self, path: String) {
        if self.path.with_untracked(|now| *now != path) {
            self.path.set(path);
        }
    }
}

fn document_path() -> String {
    window().location().pathname().unwrap_or_default()
}
