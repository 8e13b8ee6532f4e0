//! The protocol of `/ws`, as far as a consumer needs it. Of a delivery only tag and body are read, just as the STOMP
//! client reads only the ack id and the body.

use std::borrow::Cow;

use anyhow::Context as _;
use crosstalk_proto::ws::{AckMode, ClientMessage, Command, MAX_PREFETCH, Request, VERSION};
use serde::Deserialize;

/// The state of the subscription.
#[derive(Debug, Default)]
pub(crate) struct Page {
    subscription: Option<u32>,
    epoch: u32,
    last_tag: u64,
    requests: u64,
}

/// At most one of these is set.
#[derive(Deserialize)]
struct Incoming<'a> {
    answer: Option<Answer>,
    refusal: Option<serde_json::Value>,
    #[serde(borrow)]
    deliveries: Option<Deliveries<'a>>,
}

#[derive(Deserialize)]
struct Answer {
    answer: Answered,
}

/// Other answers are ignored.
#[derive(Deserialize)]
#[serde(untagged)]
enum Answered {
    Subscribed { subscribed: Subscribed },
    Other(serde::de::IgnoredAny),
}

#[derive(Deserialize)]
struct Subscribed {
    subscription: u32,
}

#[derive(Deserialize)]
struct Deliveries<'a> {
    epoch: u32,
    #[serde(borrow)]
    messages: Vec<Delivery<'a>>,
}

#[derive(Deserialize)]
struct Delivery<'a> {
    delivery_tag: u64,
    #[serde(borrow)]
    body: Body<'a>,
}

#[derive(Deserialize)]
struct Body<'a> {
    #[serde(borrow)]
    text: Cow<'a, str>,
}

impl Page {
    /// The hello, and a subscription with acks.
    ///
    /// # Errors
    /// When it cannot be written as JSON, which it always can.
    pub(crate) fn opening(queue: &str) -> anyhow::Result<[String; 2]> {
        let command = Command::Subscribe { queue: queue.to_owned(), prefetch: MAX_PREFETCH, ack_mode: AckMode::Manual };
        let subscribe = ClientMessage::Request(Request { id: 0, traceparent: None, command });
        Ok([serde_json::to_string(&ClientMessage::Hello { version: VERSION })?, serde_json::to_string(&subscribe)?])
    }

    pub(crate) fn is_subscribed(&self) -> bool {
        self.subscription.is_some()
    }

    /// Reads one message of the server, passes the body of each delivery to `see` and returns the number of deliveries.
    ///
    /// # Errors
    /// When a command was refused, or the text is not a message.
    pub(crate) fn receive(&mut self, text: &str, see: &mut impl FnMut(&str)) -> anyhow::Result<usize> {
        let incoming: Incoming<'_> = serde_json::from_str(text).with_context(|| format!("not a message: {text}"))?;
        if let Some(refusal) = incoming.refusal {
            anyhow::bail!("crosstalk refused: {refusal}");
        }
        if let Some(Answer { answer: Answered::Subscribed { subscribed } }) = incoming.answer {
            self.subscription = Some(subscribed.subscription);
        }
        let Some(Deliveries { epoch, messages }) = incoming.deliveries else {
            return Ok(0);
        };
        self.epoch = epoch;
        for message in &messages {
            self.last_tag = message.delivery_tag;
            see(&message.body.text);
        }
        Ok(messages.len())
    }

    /// Acks everything received so far.
    ///
    /// # Errors
    /// Before the subscription is confirmed.
    pub(crate) fn ack(&mut self) -> anyhow::Result<String> {
        self.requests += 1;
        let command = Command::Ack {
            subscription: self.subscription.context("nothing is subscribed")?,
            epoch: self.epoch,
            delivery_tag: self.last_tag,
            multiple: true,
        };
        Ok(serde_json::to_string(&ClientMessage::Request(Request { id: self.requests, traceparent: None, command }))?)
    }
}

#[cfg(test)]
mod tests {
    use crosstalk_proto::{
        amqp,
        ws::{self, ServerMessage},
    };

    use super::*;

    #[test]
    fn what_the_server_writes_is_understood() {
        let mut page = Page::default();
        let subscribed = ws::Answer::Subscribed { subscription: 3, consumer_tag: "c".into(), epoch: 2 };
        let answer = ServerMessage::Answer { id: 0, answer: subscribed, steps: Vec::new() };
        let delivery = |tag, text: &str| ws::Delivery {
            delivery_tag: tag,
            redelivered: false,
            exchange: String::new(),
            routing_key: "q".into(),
            properties: amqp::Properties::default(),
            body: amqp::Body::Text(text.to_owned()),
            at_ms: 0.5,
        };
        let messages = vec![delivery(7, "a \"quoted\" one"), delivery(8, "b")];
        let deliveries = ServerMessage::Deliveries { subscription: 3, epoch: 2, messages };
        let mut seen = Vec::new();
        for message in [answer, deliveries] {
            let text = serde_json::to_string(&message).unwrap();
            page.receive(&text, &mut |body| seen.push(body.to_owned())).unwrap();
        }
        assert_eq!(seen, ["a \"quoted\" one", "b"]);
        let ClientMessage::Request(request) = serde_json::from_str(&page.ack().unwrap()).unwrap() else {
            panic!("an ack is a request")
        };
        assert_eq!(request.command, Command::Ack { subscription: 3, epoch: 2, delivery_tag: 8, multiple: true });
    }
}
