//! AMQP clients on lapin: queues for one turn, publishers, and the bare consumer that the bridge is compared with.

use std::{
    sync::atomic::{AtomicU32, Ordering},
    thread,
    time::{Duration, Instant},
};

use anyhow::Context as _;
use crosstalk_measure::Schedule;
use crosstalk_testkit::wait_until;
use futures_util::{FutureExt as _, StreamExt as _};
use lapin::{
    BasicProperties, Channel, Connection, ConnectionProperties,
    options::{
        BasicAckOptions, BasicConsumeOptions, BasicPublishOptions, BasicQosOptions, QueueDeclareOptions,
        QueueDeleteOptions,
    },
    types::FieldTable,
};
use tokio::runtime::Handle;

/// The maximum number of messages per ack, and the prefetch, as in the bridge.
const BATCH: usize = 256;
const PREFETCH: u16 = 1_000;
/// How long the broker may send nothing while messages are due.
const SILENCE: Duration = Duration::from_secs(20);
/// The length of a measured message in bytes.
pub(crate) const BODY: usize = 100;

/// A queue with its own connection; deleted with [`Queue::delete`] or when the broker ends.
#[derive(Debug)]
pub(crate) struct Queue {
    pub(crate) name: String,
    channel: Channel,
    _connection: Connection,
}

impl Queue {
    /// Declares a queue: not durable, no arguments, as stock clients do.
    ///
    /// # Errors
    /// When the broker does not answer.
    pub(crate) async fn declare(amqp_url: &str) -> anyhow::Result<Self> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!("bench-{}", COUNT.fetch_add(1, Ordering::Relaxed));
        let connection = Connection::connect(amqp_url, ConnectionProperties::default()).await?;
        let channel = connection.create_channel().await?;
        channel.queue_declare(name.as_str().into(), QueueDeclareOptions::default(), FieldTable::default()).await?;
        Ok(Self { name, channel, _connection: connection })
    }

    /// Puts `count` transient messages of [`BODY`] bytes into the queue and returns when all have arrived.
    ///
    /// # Errors
    /// When the broker goes away, or does not have them.
    pub(crate) async fn fill(&self, count: u32) -> anyhow::Result<()> {
        let body = [b'x'; BODY];
        for _ in 0..count {
            self.publish(&body).await?;
        }
        // the count of a queue does not include messages that are still on their way
        let arrived = || async { self.count().await.is_ok_and(|arrived| arrived == count) };
        wait_until(SILENCE, arrived).await.context("the broker does not have all messages")
    }

    async fn count(&self) -> lapin::Result<u32> {
        let passive = QueueDeclareOptions { passive: true, ..QueueDeclareOptions::default() };
        let queue = self.channel.queue_declare(self.name.as_str().into(), passive, FieldTable::default()).await?;
        Ok(queue.message_count())
    }

    /// Publishes a message at each start of `schedule`, without waiting for earlier ones. Each body is its intended start,
    /// in nanoseconds after `start`, in [`BODY`] digits. It runs on a thread of its own because the runtime's timer has a
    /// resolution of a millisecond.
    #[expect(clippy::disallowed_methods, reason = "the thread is the publisher's own")]
    pub(crate) fn pace(self, start: Instant, schedule: &Schedule) -> thread::JoinHandle<anyhow::Result<Self>> {
        let (runtime, starts) = (Handle::current(), schedule.starts());
        thread::spawn(move || {
            for due in starts.map(|start| start.at) {
                thread::sleep(due.saturating_sub(start.elapsed()));
                let body = format!("{:0width$}", due.as_nanos(), width = BODY);
                runtime.block_on(self.publish(body.as_bytes()))?;
            }
            Ok(self)
        })
    }

    /// A connection that publishes to an existing queue.
    ///
    /// # Errors
    /// When the broker does not answer.
    pub(crate) async fn known(amqp_url: &str, name: &str) -> anyhow::Result<Self> {
        let connection = Connection::connect(amqp_url, ConnectionProperties::default()).await?;
        let channel = connection.create_channel().await?;
        Ok(Self { name: name.to_owned(), channel, _connection: connection })
    }

    /// Publishes `count` messages of `body`, `burst` of them every `interval`, without waiting for earlier ones. It
    /// runs on a thread of its own, as [`Queue::pace`].
    #[expect(clippy::disallowed_methods, reason = "the thread is the publisher's own")]
    pub(crate) fn bursts(
        self,
        body: &'static [u8],
        interval: Duration,
        burst: u32,
        count: u32,
    ) -> thread::JoinHandle<anyhow::Result<Self>> {
        let runtime = Handle::current();
        thread::spawn(move || {
            let start = Instant::now();
            for number in 0..count {
                if number % burst == 0 {
                    thread::sleep((interval * (number / burst)).saturating_sub(start.elapsed()));
                }
                runtime.block_on(self.publish(body))?;
            }
            Ok(self)
        })
    }

    /// Deletes the queue.
    ///
    /// # Errors
    /// When the broker does not answer.
    pub(crate) async fn delete(self) -> anyhow::Result<()> {
        self.channel.queue_delete(self.name.as_str().into(), QueueDeleteOptions::default()).await?;
        Ok(())
    }

    async fn publish(&self, body: &[u8]) -> anyhow::Result<()> {
        let key = self.name.as_str().into();
        let properties = BasicProperties::default();
        self.channel.basic_publish("".into(), key, BasicPublishOptions::default(), body, properties).await?;
        Ok(())
    }
}

/// A bare lapin consumer with acks: it takes the ready messages and acks them with one `multiple` ack.
#[derive(Debug)]
pub(crate) struct Consumer {
    consumer: lapin::Consumer,
    channel: Channel,
    _connection: Connection,
}

impl Consumer {
    /// Subscribes to `queue`.
    ///
    /// # Errors
    /// When the broker refuses.
    pub(crate) async fn open(amqp_url: &str, queue: &str) -> anyhow::Result<Self> {
        let connection = Connection::connect(amqp_url, ConnectionProperties::default()).await?;
        let channel = connection.create_channel().await?;
        channel.basic_qos(PREFETCH, BasicQosOptions::default()).await?;
        let consumer = channel
            .basic_consume(queue.into(), "".into(), BasicConsumeOptions::default(), FieldTable::default())
            .await?;
        Ok(Self { consumer, channel, _connection: connection })
    }

    /// Waits for a message, takes all other ready ones and acks them. Returns their number.
    ///
    /// # Errors
    /// When the broker goes away or is silent for too long.
    pub(crate) async fn batch(&mut self) -> anyhow::Result<usize> {
        let first = tokio::time::timeout(SILENCE, self.consumer.next()).await;
        let mut next = first.with_context(|| format!("the broker was silent for {SILENCE:?}"))?;
        let mut count = 0;
        let last = loop {
            let delivery = next.context("the broker ended the consumer")??;
            anyhow::ensure!(delivery.data.len() == BODY, "a message has {} bytes", delivery.data.len());
            count += 1;
            match self.consumer.next().now_or_never() {
                Some(ready) if count < BATCH => next = ready,
                // taken beyond the batch: the last one of this batch
                Some(ready) => {
                    count += 1;
                    break ready.context("the broker ended the consumer")??.delivery_tag;
                }
                None => break delivery.delivery_tag,
            }
        };
        self.channel.basic_ack(last, BasicAckOptions { multiple: true }).await?;
        Ok(count)
    }
}
