//! The page. Where things live:
//!
//! - [`app`]: the frame (header, routes, footer) and the contexts everything below may ask for
//! - [`boot`]: how the page begins, behind the shell
//! - [`pages`]: one folder per address; pages own their data and start what happens
//! - [`components`]: parts that take props and give callbacks, and never fetch
//! - [`api`]: the only code that talks to the network
//! - [`dom`]: what views are made of
//! - [`model`]: plain Rust, without leptos and web-sys, tested natively
//! - [`commands`]: palette, shortcuts and their help sheet
//! - [`health`], [`trouble`]: what the frame says of broker, store and server
//! - [`part`]: what is downloaded when it is wanted
//! - [`past`]: the calls before, kept in this browser
//! - [`router`]: which page is shown, links, back and forward
//! - [`settings`]: theme, language, speed; with `boot.js`, which runs before the first paint
//! - [`i18n`]: the texts of `locales/`, keys checked at compile time

pub mod api;
pub mod app;
pub mod boot;
pub mod commands;
pub mod components;
pub mod dom;
pub mod health;
pub mod i18n;
pub mod model;
pub mod pages;
pub mod part;
pub mod past;
pub mod router;
pub mod settings;
pub mod trouble;

use self::{boot::Boot, pages::parts, router::route::Route};

/// How long a page that has just come is left alone before the other pages are downloaded.
const SETTLED_MS: u32 = 2_000;

/// Starts the page in the document's body, as soon as the part of the program is there that the address asks for.
pub fn start() {
    console_error_panic_hook::set_once();
    wasm_bindgen_futures::spawn_local(async {
        let route = Route::of(&router::document_path());
        // without it the shell stays, and the browser has said in its console what did not come
        if parts::load(route).await.is_err() {
            return;
        }
        boot::pause().await;
        let boot = Boot::begin();
        leptos::mount::mount_to_body(move || {
            leptos::prelude::provide_context(boot);
            app::App()
        });
        boot.finish().await;
        settings::mark("data-ready", "");
        gloo_timers::future::TimeoutFuture::new(SETTLED_MS).await;
        parts::load_all().await;
    });
}
