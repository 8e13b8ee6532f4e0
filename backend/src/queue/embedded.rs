//! The broker in this process, for who has no other: everything beside it speaks AMQP to it over loopback, as to RabbitMQ.

use std::{sync::Arc, time::Duration};

use anyhow::Context as _;
use crosstalk_broker::{Broker, Policy};
use crosstalk_proto::ws::ConsumerListed;

use super::{names, url::BrokerUrl};
use crate::{
    activity::Activity,
    config::{Config, Invalid},
};

/// How long clients of the broker in this process have to answer its `connection.close`: the end of the server as a whole is bounded.
const GOODBYE: Duration = Duration::from_millis(400);

/// The most messages, and the most bytes of their bodies, that wait in each queue of ours; the oldest are dropped. The broker
/// has 512 MiB for all queues, and takes no messages from any client when these are used up.
const MAX_LENGTH: usize = 100_000;
const MAX_LENGTH_BYTES: usize = 64 * 1024 * 1024;

/// Which broker the link goes to.
#[derive(Debug)]
pub struct Target {
    /// Where.
    pub(super) url: BrokerUrl,
    /// The broker in this process, if that is it.
    embedded: Option<Broker>,
}

impl Target {
    /// The broker that the configuration names; without a name one is started, and `others` are told what happens there.
    ///
    /// # Errors
    /// When it cannot listen, or the configuration's address cannot be used.
    pub async fn of(config: &Config, activity: &Activity) -> anyhow::Result<Self> {
        if let Some(url) = &config.amqp_url {
            let url = BrokerUrl::read(url.expose()).map_err(|problem| Invalid::new("AMQP_URL", problem))?;
            return Ok(Self { url, embedded: None });
        }
        let broker = Broker::start(crosstalk_broker::Config {
            listen: config.amqp_listen,
            any_port_if_taken: true,
            policies: [names::HELLO, names::GREETER].map(bounded).into(),
            observer: Some(Arc::new(activity.clone())),
            ..crosstalk_broker::Config::default()
        })
        .await
        .context("cannot start the broker; CROSSTALK_AMQP_LISTEN sets its address")?;
        let url = BrokerUrl::read(&broker.amqp_url()).map_err(anyhow::Error::msg)?;
        Ok(Self { url, embedded: Some(broker) })
    }

    /// What other clients connect with, credentials included: only the broker in this process has some that are no secret.
    #[must_use]
    pub fn client_url(&self) -> Option<String> {
        self.embedded.as_ref().map(Broker::amqp_url)
    }

    /// Who consumes a queue: only the broker in this process tells.
    #[must_use]
    pub fn consumers(&self, queue: &str) -> Option<Vec<ConsumerListed>> {
        let ours =
            self.embedded.as_ref()?.consumers(&self.url.uri().vhost).into_iter().filter(|info| info.queue == queue);
        let listed = ours.map(|info| ConsumerListed {
            tag: info.tag,
            peer: info.peer,
            prefetch: info.prefetch,
            no_ack: info.no_ack,
            unacked: u32::try_from(info.unacked).unwrap_or(u32::MAX),
        });
        Some(listed.collect())
    }

    /// Ends the broker in this process; does nothing to any other.
    pub async fn shutdown(&self) {
        if let Some(broker) = &self.embedded {
            let ended = tokio::time::timeout(GOODBYE, broker.shutdown()).await;
            if ended.is_err() {
                tracing::debug!("a client of the embedded broker did not answer its goodbye");
            }
        }
    }
}

fn bounded(queue: &str) -> Policy {
    Policy { queue: queue.to_owned(), max_length: Some(MAX_LENGTH), max_length_bytes: Some(MAX_LENGTH_BYTES) }
}
