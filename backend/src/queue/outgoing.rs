//! A message to publish, with its fields checked against the limits of AMQP.

use lapin::{BasicProperties, types::ShortString};

use super::names;

/// A message to publish, checked.
#[derive(Clone, Debug)]
pub struct Outgoing {
    /// Where to; empty is the default exchange.
    pub exchange: ShortString,
    /// With which key.
    pub routing_key: ShortString,
    /// Whether it comes back when no queue takes it.
    pub mandatory: bool,
    /// Properties and headers.
    pub properties: BasicProperties,
    /// The body.
    pub body: Vec<u8>,
}

impl Outgoing {
    /// Whether the broker may return it or close the channel over it.
    pub(super) fn needs_care(&self) -> bool {
        let properties = &self.properties;
        let direct_reply = |text: &Option<ShortString>| {
            text.as_ref().is_some_and(|text| text.as_str().starts_with(names::DIRECT_REPLY_TO))
        };
        self.mandatory
            || !self.exchange.as_str().is_empty()
            || properties.user_id().is_some()
            || properties.expiration().is_some()
            || direct_reply(properties.reply_to())
            || properties
                .headers()
                .as_ref()
                .is_some_and(|headers| ["CC", "BCC"].iter().any(|key| headers.contains_key(key)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(exchange: &str, mandatory: bool, properties: BasicProperties) -> Outgoing {
        Outgoing { exchange: exchange.into(), routing_key: "hello".into(), mandatory, properties, body: Vec::new() }
    }

    #[test]
    fn what_may_be_returned_or_close_the_channel_takes_a_careful_lane() {
        let none = BasicProperties::default;
        assert!(!message("", false, none()).needs_care());
        assert!(message("", true, none()).needs_care());
        assert!(message("amq.topic", false, none()).needs_care());
        assert!(message("", false, none().with_user_id("guest".into())).needs_care());
        assert!(message("", false, none().with_expiration("soon".into())).needs_care());
        assert!(message("", false, none().with_reply_to(names::DIRECT_REPLY_TO.into())).needs_care());
    }
}
