//! What the end-to-end tests stand on: the binary under test, a broker, a browser, and clients written by others.
//! Everything is real and on loopback; nothing is mocked. A map:
//!
//! - [`need`]: what the environment provides, and what to say when it does not
//! - [`Broker`]: a RabbitMQ node of the tests' own, shared by virtual host or private
//! - [`Server`]: the binary `crosstalk` as a process, ended by SIGTERM and held to its promises
//! - [`Browser`]: a headless Chromium whose console must stay clean
//! - [`Page`]: what a person sees and does there, by `data-testid`
//! - [`script`]: Python and JavaScript clients; [`copied`]: programs that the page gives to copy; [`grpcurl`]: what that
//!   program would do
//! - [`mod@play`]: one server, one browser, one act; evidence is kept when it fails

mod broker;
mod browser;
mod console;
pub mod copied;
pub mod grpcurl;
pub mod need;
mod page;
mod play;
pub mod script;
mod server;

pub use self::{
    broker::Broker,
    browser::Browser,
    console::Console,
    page::Page,
    play::{Stage, evidence_folder, play, play_on},
    server::Server,
};
