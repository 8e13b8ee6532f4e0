//! What a draft asks for, as it is carried out.

use crosstalk_proto::{amqp::Body, helloworld::HelloRequest};
use prost::Message as _;

use super::run::Order;
use crate::model::{
    payload,
    queue::draft::{self, ASKED, MessageDraft},
};

/// What is sent.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Job {
    /// So many copies of a message.
    Publish(Box<Order>),
    /// A request to the worker.
    Ask { body: Body, content_type: String },
}

impl Job {
    /// What a draft asks for; none when it cannot be sent.
    pub(super) fn of(draft: &MessageDraft) -> Option<Self> {
        if let Some(content_type) = draft.ask.clone() {
            // of protobuf a person writes the name, the page the bytes
            let body = if content_type == ASKED[1] {
                payload::to_body(HelloRequest { name: draft.body.clone() }.encode_to_vec())
            } else {
                Body::Text(draft.body.clone())
            };
            return Some(Self::Ask { body, content_type });
        }
        let (count, per_second) = (draft::count(&draft.count)?, draft::rate(&draft.rate)?);
        Some(Self::Publish(Box::new(Order { message: draft.publish().ok()?, count, per_second })))
    }
}
