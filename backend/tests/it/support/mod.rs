//! What the tests stand on.

mod answer;
mod app;
mod brokers;

pub(crate) use self::{answer::Answer, app::TestApp, brokers::on_both_brokers};
