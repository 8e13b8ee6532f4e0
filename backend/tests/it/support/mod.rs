//! What the tests stand on.

mod answer;
mod app;

pub(crate) use self::{answer::Answer, app::TestApp};
