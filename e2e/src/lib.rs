//! The parts of the end-to-end tests: the binary under test, a broker, a browser, and third-party clients. Everything
//! is real and on loopback; nothing is mocked. A map:
//!
//! - [`need`]: the environment of the tests, and errors that name what is missing
//! - [`Broker`]: a RabbitMQ node, shared by virtual host or private, or the embedded broker
//! - [`Server`]: the binary `crosstalk` as a process, ended by SIGTERM and checked for a clean exit
//! - [`Browser`]: a headless Chromium whose console must stay clean
//! - [`addresses()`]: the addresses of all pages
//! - [`Page`]: what a person sees and does on the page, by `data-testid`
//! - [`script`]: Python and JavaScript clients; [`copied`]: programs from *copy as*; [`grpcurl`]: grpcurl commands
//! - [`mod@play`]: runs one test with a server and a browser, and keeps evidence if it fails

mod addresses;
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
    addresses::addresses,
    broker::Broker,
    browser::Browser,
    console::Console,
    page::Page,
    play::{Stage, evidence_folder, play, play_on},
    server::Server,
};
