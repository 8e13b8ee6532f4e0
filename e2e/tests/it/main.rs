//! End-to-end tests: the released binary, a RabbitMQ node of the tests' own, a headless Chromium, and stock clients.
//!
//! `cargo xtask test` builds and installs what these tests need and sets the variables for it; the table is in
//! `crosstalk_e2e::need`: `CROSSTALK_BIN`, `CROSSTALK_PYTHON`, `CROSSTALK_NODE_MODULES`, `CROSSTALK_SCHEMATHESIS`.
//! Each test has its own server, data folder and virtual host, so tests run concurrently.

mod absent;
mod accessible;
mod capture;
mod clients;
mod columns;
mod commands;
mod copied;
mod corner;
mod design;
mod dissected;
mod drain;
mod grpc;
mod grpc_outcomes;
mod hello;
mod history;
mod inspector;
mod kept;
mod lazy_routes;
mod links;
mod load;
mod long_input;
mod looks;
mod navigation;
mod offline;
mod openapi;
mod others;
mod outage;
mod panels;

mod peers;
mod queue;
mod rest;
mod shells;
mod sight;
mod sockets;
mod timing;
mod tls;
mod tshark;
