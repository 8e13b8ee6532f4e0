//! The load for the servers, the same for subject and peer: [`http`] (wrk and h2load), [`socket`] (a WebSocket client
//! for the protocol of each bridge: [`stomp`], [`page`]), [`amqp`] (publishers and a bare lapin consumer),
//! [`generator`] (raw AMQP, for brokers), [`browser`] (the page in Chromium), [`download`] (the bytes of a first
//! visit), [`lighthouse`] (the same on a slow network), [`capturing_visitor`] (a visitor with an armed capture).

pub(crate) mod amqp;
pub(crate) mod browser;
pub(crate) mod capturing_visitor;
pub(crate) mod download;
pub(crate) mod generator;
pub(crate) mod http;
pub(crate) mod lighthouse;
pub(crate) mod page;
pub(crate) mod socket;
pub(crate) mod stomp;
