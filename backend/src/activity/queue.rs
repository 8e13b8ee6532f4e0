//! What other clients do at the broker in this process. Of any other broker only our own link is seen.

use std::time::Instant;

use crosstalk_broker::{Client, Observer, Published};
use crosstalk_proto::ws::{OtherCall, Style};

use super::{Activity, http::short, now_ms};
use crate::clock;

/// By this client property our own connections are known.
pub(crate) const INSTANCE: &str = "instance";

/// AMQP 0-9-1: the reply codes of success, and of a message that no queue took.
const REPLY_SUCCESS: u16 = 200;
const NO_ROUTE: u16 = 312;

impl Observer for Activity {
    fn published(&self, client: &Client, published: &Published<'_>) {
        let code = match published.outcome {
            Ok(0) => NO_ROUTE,
            Ok(_queues) => REPLY_SUCCESS,
            Err(code) => code,
        };
        let key = published.routing_key;
        let size = u64::try_from(published.size).ok();
        self.seen(client, "basic.publish", code, size, || match published.exchange {
            "" => short(key),
            exchange => short(&format!("{exchange} / {key}")),
        });
    }

    fn consumed(&self, client: &Client, queue: &str, outcome: Result<(), u16>) {
        self.seen(client, "basic.consume", outcome.err().unwrap_or(REPLY_SUCCESS), None, || short(queue));
    }
}

impl Activity {
    fn seen(&self, client: &Client, verb: &str, code: u16, bytes_out: Option<u64>, what: impl FnOnce() -> String) {
        if !self.is_watched() || is_ours(client) || !self.admits(Style::Queue, Instant::now()) {
            return;
        }
        let call = OtherCall {
            at_ms: now_ms(),
            verb: verb.to_owned(),
            what: what(),
            code: Some(code),
            took_ms: None,
            bytes_out,
            bytes_in: None,
            client: name(client),
        };
        self.note(Style::Queue, call);
    }
}

fn is_ours(client: &Client) -> bool {
    client.properties.get(INSTANCE).is_some_and(|instance| instance == clock::instance())
}

/// `Pika Python Client Library 1.3.2`
fn name(client: &Client) -> String {
    let part = |name: &str| client.properties.get(name).map_or("", String::as_str);
    short(format!("{} {}", part("product"), part("version")).trim())
}
