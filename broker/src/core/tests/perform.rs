//! Publishing, consuming and settling, in the core and in the model.

use std::{collections::BTreeMap, time::Instant};

use amq_protocol::protocol::{AMQPClass, basic, tx};

use super::{
    model::{CONFIRMING, Consumer, Held, MessageState, Model, QUEUES, Sent, TRANSACTING},
    operation::{Route, Settlement},
};

impl Model {
    pub(super) fn publish(&mut self, client: usize, channel: u16, route: Route) {
        let number = self.sent.len();
        let publisher = (self.clients[client].number, channel);
        self.sent.push(Sent { publisher, states: [MessageState::Elsewhere; 3], delivered: [false; 3] });
        if channel == CONFIRMING {
            self.enqueue(number, route);
            self.channel(client, channel).published += 1;
        } else {
            self.channel(client, channel).uncommitted.push((number, route));
        }
        let to = match route {
            Route::One(queue) => ("", QUEUES[queue]),
            Route::Pair => ("amq.direct", "pair"),
            Route::All => ("all", ""),
            Route::Nowhere => ("", "nowhere"),
        };
        self.publish_on(client, channel, to, number, Instant::now());
    }

    fn enqueue(&mut self, number: usize, route: Route) {
        for (queue, state) in self.sent[number].states.iter_mut().enumerate() {
            let taken = match route {
                Route::One(one) => queue == one,
                Route::Pair => queue < 2,
                Route::All => true,
                Route::Nowhere => false,
            };
            if taken {
                *state = MessageState::Queued;
            }
        }
    }

    pub(super) fn commit(&mut self, client: usize) {
        let channel = self.channel(client, TRANSACTING);
        let (published, unsettled) = (std::mem::take(&mut channel.uncommitted), std::mem::take(&mut channel.unsettled));
        for (number, route) in published {
            self.enqueue(number, route);
        }
        for (settlement, held) in unsettled {
            self.settled(settlement, held);
        }
        self.method(client, TRANSACTING, AMQPClass::Tx(tx::AMQPMethod::Commit(tx::Commit {})));
    }

    pub(super) fn rollback(&mut self, client: usize) {
        let channel = self.channel(client, TRANSACTING);
        channel.uncommitted.clear();
        for (_how, held) in std::mem::take(&mut channel.unsettled) {
            channel.held.extend(held);
        }
        self.method(client, TRANSACTING, AMQPClass::Tx(tx::AMQPMethod::Rollback(tx::Rollback {})));
    }

    pub(super) fn consume(&mut self, client: usize, channel: u16, consumer: Consumer) {
        self.numbers += 1;
        let tag = format!("consumer-{}", self.numbers);
        let qos = basic::Qos { prefetch_count: consumer.prefetch, global: false };
        let consume = basic::Consume {
            queue: QUEUES[consumer.queue].into(),
            consumer_tag: tag.as_str().into(),
            no_ack: consumer.no_ack,
            ..basic::Consume::default()
        };
        let known = self.channel(client, channel);
        known.limit = 0;
        known.consumers.insert(tag, consumer);
        self.basic(client, channel, basic::AMQPMethod::Qos(qos));
        self.basic(client, channel, basic::AMQPMethod::Consume(consume));
    }

    pub(super) fn cancel(&mut self, client: usize, consumer: usize) {
        let channel = if consumer.is_multiple_of(2) { CONFIRMING } else { TRANSACTING };
        let consumers = &mut self.channel(client, channel).consumers;
        let Some(tag) = consumers.keys().nth(consumer % consumers.len().max(1)).cloned() else { return };
        consumers.remove(&tag);
        let cancel = basic::Cancel { consumer_tag: tag.into(), nowait: false };
        self.basic(client, channel, basic::AMQPMethod::Cancel(cancel));
    }

    pub(super) fn settle(
        &mut self,
        client: usize,
        number: u16,
        delivery: usize,
        multiple: bool,
        settlement: Settlement,
    ) {
        let channel = self.channel(client, number);
        let Some(tag) = channel.held.keys().nth(delivery % channel.held.len().max(1)).copied() else { return };
        let (settled, kept): (BTreeMap<_, _>, BTreeMap<_, _>) = std::mem::take(&mut channel.held)
            .into_iter()
            .partition(|(other, _held)| if multiple { *other <= tag } else { *other == tag });
        channel.held = kept;
        if number == TRANSACTING {
            channel.unsettled.push((settlement, settled));
        } else {
            self.settled(settlement, settled);
        }
        let method = match settlement {
            Settlement::Ack => basic::AMQPMethod::Ack(basic::Ack { delivery_tag: tag, multiple }),
            settlement => basic::AMQPMethod::Nack(basic::Nack {
                delivery_tag: tag,
                multiple,
                requeue: settlement == Settlement::Requeue,
            }),
        };
        self.basic(client, number, method);
    }

    pub(super) fn settled(&mut self, settlement: Settlement, held: BTreeMap<u64, Held>) {
        for held in held.into_values() {
            self.sent[held.message].states[held.queue] =
                if settlement == Settlement::Requeue { MessageState::Queued } else { MessageState::Gone };
        }
    }
}
