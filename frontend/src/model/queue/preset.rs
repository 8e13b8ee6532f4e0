//! Drafts that teach something about queues.

use crosstalk_proto::DEFAULT_NAME;

use super::draft::{ASKED, Acking, Bench, ConsumerDraft, MessageDraft};
use crate::model::address::Row;

/// The queue of the bench, declared as stock tutorials declare it.
pub const QUEUE: &str = "hello";
/// The queue whose worker answers.
pub const WORKER: &str = "greeter.rpc";

/// A publish that teaches something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Preset {
    /// One message for the queue.
    Hello,
    /// Many of them, so many per second.
    Flood,
    /// A key that no queue has, and mandatory.
    Nobody,
    /// A request for `greeter.rpc` whose reply is awaited.
    Ask,
    /// A body that says it is JSON and is not: whoever works on it cannot.
    Poison,
}

impl Preset {
    /// In the order they are learnt.
    pub const ALL: [Self; 5] = [Self::Hello, Self::Flood, Self::Nobody, Self::Ask, Self::Poison];

    /// What to look for.
    pub const fn figure(self) -> &'static str {
        match self {
            Self::Hello => "1",
            Self::Flood => "30,000",
            Self::Nobody => "NO_ROUTE",
            Self::Ask => "reply_to",
            Self::Poison => "nack",
        }
    }

    /// What the publisher is filled with.
    pub fn draft(self) -> MessageDraft {
        let row = |on, name: &str, value: &str| Row { on, name: name.to_owned(), value: value.to_owned() };
        let (count, rate) = if self == Self::Flood { ("30000", "3000") } else { ("1", "") };
        MessageDraft {
            ask: (self == Self::Ask).then(|| ASKED[0].to_owned()),
            exchange: String::new(),
            routing_key: match self {
                Self::Hello | Self::Flood | Self::Poison => QUEUE,
                Self::Nobody => "helo",
                Self::Ask => WORKER,
            }
            .to_owned(),
            body: if self == Self::Poison { r#"{"name":"#.to_owned() } else { body(ASKED[0]) },
            properties: vec![
                row(true, "content_type", ASKED[0]),
                row(true, "delivery_mode", "1"),
                row(false, "expiration", "60000"),
            ],
            headers: Vec::new(),
            count: count.to_owned(),
            rate: rate.to_owned(),
            mandatory: self == Self::Nobody,
        }
    }
}

/// Who is to be greeted, as a body of this kind; of protobuf a person writes the name, the page the bytes.
pub fn body(content_type: &str) -> String {
    if content_type == ASKED[0] { format!(r#"{{"name":"{DEFAULT_NAME}"}}"#) } else { DEFAULT_NAME.to_owned() }
}

/// What the bench begins with.
pub fn first() -> Bench {
    Bench { message: Preset::Hello.draft(), consumers: vec![consumer()] }
}

/// What a new consumer begins with.
pub fn consumer() -> ConsumerDraft {
    ConsumerDraft { queue: QUEUE.to_owned(), prefetch: "20".to_owned(), acking: Acking::AfterWork }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::queue::draft::{count, prefetch, rate};

    #[test]
    fn every_preset_can_be_sent() {
        for preset in Preset::ALL {
            let draft = preset.draft();
            assert!(
                draft.publish().is_ok() && count(&draft.count).is_some() && rate(&draft.rate).is_some(),
                "{preset:?}"
            );
        }
        assert!(prefetch(&consumer().prefetch).is_some());
        assert!(serde_json::from_str::<serde_json::Value>(&Preset::Poison.draft().body).is_err());
    }
}
