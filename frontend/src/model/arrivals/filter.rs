//! Which of the messages are shown.

use crosstalk_proto::amqp::Body;

use super::{Arrival, Fate};

/// Which rows are shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// By what became of them.
    pub show: Show,
    /// By what is in their bodies; empty shows all.
    pub text: String,
}

/// Which rows are shown, by what became of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Show {
    /// All.
    #[default]
    All,
    /// Those that wait for a decision.
    Held,
    /// Those that were delivered before.
    Redelivered,
}

impl Filter {
    /// Whether all rows pass.
    pub fn is_open(&self) -> bool {
        self.show == Show::All && self.text.is_empty()
    }

    /// Whether a row is shown.
    pub fn passes(&self, arrival: &Arrival) -> bool {
        let shown = match self.show {
            Show::All => true,
            Show::Held => arrival.fate == Fate::Held,
            Show::Redelivered => arrival.delivery.redelivered,
        };
        shown
            && match &arrival.delivery.body {
                _ if self.text.is_empty() => true,
                Body::Text(text) => text.contains(&self.text),
                Body::Base64(_) => false,
            }
    }
}
