//! The page. Where things live:
//!
//! - [`app`]: the frame (header, routes, footer) and the contexts that everything below may ask for
//! - [`pages`]: one folder per address; pages own their data and start what happens
//! - [`components`]: parts that take props and give callbacks, and never fetch
//! - [`api`]: the only code that talks to the network
//! - [`model`]: plain Rust, without leptos and web-sys, tested natively
//! - [`commands`]: palette, shortcuts and their help sheet
//! - [`health`], [`trouble`]: what the frame says of broker, store and server
//! - [`past`]: the history of calls, stored in this browser
//! - [`bookmark`]: the state of a bench in the fragment of the address
//! - [`settings`]: theme, language, speed; with `boot.js`, which runs before the first paint
//! - [`mod@state`]: the state of the benches, which outlives their pages
//! - [`i18n`]: the texts of `locales/`, keys checked at compile time

pub mod api;
pub mod app;
pub mod bookmark;
pub mod commands;
pub mod components;
pub mod health;
pub mod i18n;
pub mod model;
pub mod pages;
pub mod past;
pub mod settings;
pub mod state;
pub mod trouble;

/// Starts the page in the document's body, behind the prerendered document until the first page is there.
pub fn start() {
    console_error_panic_hook::set_once();
    leptos::mount::mount_to_body(app::App);
}
