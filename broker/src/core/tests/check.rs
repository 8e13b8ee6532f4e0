//! Reads the core's output for each client and compares it with the model.

use std::collections::BTreeMap;

use amq_protocol::{
    frame::{AMQPFrame, parse_frame},
    protocol::{AMQPClass, basic},
};

use super::model::{Client, Held, MessageState, Model, QUEUES};

/// A delivery whose body has not been read yet.
#[derive(Debug)]
struct PendingDelivery {
    tag: u64,
    redelivered: bool,
    /// None for `basic.get`.
    consumer: Option<String>,
}

impl Model {
    /// Reads the output for every client.
    pub(super) fn check(&mut self) {
        let mut clients = std::mem::take(&mut self.clients);
        let mut firsts = BTreeMap::new();
        for client in &mut clients {
            self.vhost.confirm(client.id);
            let output = self.vhost.take_output(client.id, Vec::new());
            self.read_output(client, &output, &mut firsts);
            let [confirming, _transacting] = &client.channels;
            assert_eq!(confirming.confirmed, confirming.published, "messages are not confirmed, or others are");
        }
        self.clients = clients;
        for (from, latest) in firsts {
            self.latest.insert(from, latest);
        }
        for (queue, info) in self.vhost.list_queues().iter().filter(|info| QUEUES.contains(&&*info.name)).enumerate() {
            let count = |state| self.sent.iter().filter(|sent| sent.states[queue] == state).count();
            assert_eq!(
                (info.ready, info.unacked),
                (count(MessageState::Queued), count(MessageState::Held)),
                "{}",
                info.name
            );
        }
    }

    fn read_output(
        &mut self,
        client: &mut Client,
        mut output: &[u8],
        firsts: &mut BTreeMap<(usize, (usize, u16)), usize>,
    ) {
        let mut pending = None;
        let mut mine: BTreeMap<(usize, (usize, u16)), usize> = BTreeMap::new();
        while !output.is_empty() {
            let (rest, frame) = parse_frame(output).expect("the core writes whole frames");
            output = rest;
            match frame {
                AMQPFrame::Method(_, AMQPClass::Basic(basic::AMQPMethod::Deliver(deliver))) => {
                    let (tag, redelivered) = (deliver.delivery_tag, deliver.redelivered);
                    pending =
                        Some(PendingDelivery { tag, redelivered, consumer: Some(deliver.consumer_tag.to_string()) });
                }
                AMQPFrame::Method(_, AMQPClass::Basic(basic::AMQPMethod::GetOk(got))) => {
                    let (tag, redelivered) = (got.delivery_tag, got.redelivered);
                    pending = Some(PendingDelivery { tag, redelivered, consumer: None });
                }
                AMQPFrame::Method(channel, AMQPClass::Basic(basic::AMQPMethod::Ack(ack))) => {
                    let channel = &mut client.channels[usize::from(channel - 1)];
                    assert!(ack.multiple || ack.delivery_tag == channel.confirmed + 1, "{ack:?}");
                    channel.confirmed = ack.delivery_tag;
                }
                AMQPFrame::Body(channel, body) => {
                    let message = usize::from_be_bytes(body.try_into().unwrap());
                    let pending = pending.take().expect("a body follows its method");
                    let is_first = !pending.redelivered;
                    let queue = self.delivered(client, channel, message, pending);
                    if is_first {
                        let from = (queue, self.sent[message].publisher);
                        let before = mine.insert(from, message).or_else(|| self.latest.get(&from).copied());
                        assert!(before.is_none_or(|before| before < message), "{message} comes after {before:?}");
                        let latest = firsts.entry(from).or_insert(message);
                        *latest = message.max(*latest);
                    }
                }
                _other => {}
            }
        }
    }

    /// Records a delivery to a client. Returns the queue it came from.
    fn delivered(&mut self, client: &mut Client, channel: u16, message: usize, pending: PendingDelivery) -> usize {
        let channel = &mut client.channels[usize::from(channel - 1)];
        let PendingDelivery { tag, redelivered, consumer } = pending;
        let known = consumer.as_ref().map(|consumer| &channel.consumers[consumer]);
        let (queue, no_ack, prefetch) = match known {
            Some(known) => (known.queue, known.no_ack, known.prefetch),
            None => {
                let (queue, no_ack) = channel.fetching.take().expect("it was asked for");
                (queue, no_ack, 0)
            }
        };
        let sent = &mut self.sent[message];
        assert_eq!(sent.states[queue], MessageState::Queued, "message {message} was delivered from where it is not");
        let before = std::mem::replace(&mut sent.delivered[queue], true);
        assert_eq!(before, redelivered, "message {message} has the wrong flag");
        sent.states[queue] = if no_ack { MessageState::Gone } else { MessageState::Held };
        if no_ack {
            return queue;
        }
        channel.held.insert(tag, Held { message, queue, consumer: consumer.clone() });
        if consumer.is_some() {
            let holds = channel.holds().filter(|held| held.consumer == consumer).count();
            assert!(prefetch == 0 || holds <= prefetch.into(), "{consumer:?} holds {holds} of {prefetch}");
            let all = channel.holds().filter(|held| held.consumer.is_some()).count();
            assert!(channel.limit == 0 || all <= channel.limit.into(), "a channel holds {all} of {}", channel.limit);
        }
        queue
    }
}
