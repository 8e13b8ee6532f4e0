//! The broker from the outside, over TCP.

mod contract;
