//! What the tests stand on.

mod app;

pub(crate) use self::app::TestApp;
