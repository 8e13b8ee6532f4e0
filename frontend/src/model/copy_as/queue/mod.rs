//! A message for the broker as pika, lapin and amqplib publish it, and as a WebSocket client hands it to the server. Each
//! does what the page does: it declares the queue `hello` where that is meant, asks for a confirm, and says what the
//! broker said.

mod amqplib;
mod lapin;
mod pika;
mod websocket;

use crosstalk_proto::{amqp::Properties, helloworld::HelloRequest};
use prost::Message as _;

use super::Snippet;
use crate::model::{
    payload,
    queue::{
        draft::{self, ASKED, MessageDraft},
        message,
        preset::{QUEUE, WORKER},
    },
};

/// Where a broker usually is.
pub const ADDRESS: &str = "amqp://127.0.0.1:5672";

/// Where a worker's reply goes without a queue of its own (RabbitMQ, "Direct Reply-to").
const REPLY_TO: &str = "amq.rabbitmq.reply-to";

/// What is published, as far as it can be: what is wrong with a draft is left out.
struct Call<'a> {
    url: &'a str,
    exchange: &'a str,
    routing_key: &'a str,
    /// The body; none when it is bytes that the page made.
    text: Option<&'a str>,
    bytes: Vec<u8>,
    properties: Properties,
    mandatory: bool,
    count: u32,
    asks: bool,
}

/// In all languages: for the broker at `url`, and for the server's WebSocket at `socket`.
#[must_use]
pub fn snippets(draft: &MessageDraft, url: &str, socket: &str) -> Vec<Snippet> {
    let call = Call::of(draft, url);
    vec![
        Snippet { language: "Python, pika", text: pika::program(&call) },
        Snippet { language: "Rust, lapin", text: lapin::program(&call) },
        Snippet { language: "JavaScript", text: amqplib::program(&call) },
        Snippet { language: "WebSocket", text: websocket::program(&call, socket) },
    ]
}

impl<'a> Call<'a> {
    fn of(draft: &'a MessageDraft, url: &'a str) -> Self {
        let text = Some(draft.body.as_str());
        let Some(kind) = &draft.ask else {
            return Self {
                url,
                exchange: &draft.exchange,
                routing_key: &draft.routing_key,
                text,
                bytes: Vec::new(),
                properties: message::properties(&draft.properties, &draft.headers).unwrap_or_default(),
                mandatory: draft.mandatory,
                count: draft::count(&draft.count).unwrap_or(1),
                asks: false,
            };
        };
        let encoded = *kind == ASKED[1];
        let bytes = if encoded { HelloRequest { name: draft.body.clone() }.encode_to_vec() } else { Vec::new() };
        let properties = Properties {
            content_type: Some(kind.clone()),
            reply_to: Some(REPLY_TO.to_owned()),
            correlation_id: Some("1".to_owned()),
            ..Properties::default()
        };
        Self {
            url,
            exchange: "",
            routing_key: WORKER,
            text: text.filter(|_| !encoded),
            bytes,
            properties,
            mandatory: false,
            count: 1,
            asks: true,
        }
    }

    fn declares(&self) -> bool {
        self.exchange.is_empty() && self.routing_key == QUEUE
    }

    /// The properties but for headers: the name as AMQP has it, and a text or a number.
    fn plain(&self) -> Vec<(&'static str, Plain<'_>)> {
        let of = &self.properties;
        let texts = [
            ("content_type", &of.content_type),
            ("content_encoding", &of.content_encoding),
            ("correlation_id", &of.correlation_id),
            ("reply_to", &of.reply_to),
            ("expiration", &of.expiration),
            ("message_id", &of.message_id),
            ("type", &of.kind),
            ("user_id", &of.user_id),
            ("app_id", &of.app_id),
        ];
        let numbers = [
            ("delivery_mode", of.delivery_mode.map(u64::from)),
            ("priority", of.priority.map(u64::from)),
            ("timestamp", of.timestamp),
        ];
        let texts = texts.into_iter().filter_map(|(name, text)| Some((name, Plain::Text(text.as_deref()?))));
        texts.chain(numbers.into_iter().filter_map(|(name, number)| Some((name, Plain::Number(number?))))).collect()
    }
}

/// The value of a property.
enum Plain<'a> {
    Text(&'a str),
    Number(u64),
}

fn hex(bytes: &[u8]) -> String {
    payload::hex(bytes).replace(' ', "")
}

#[cfg(test)]
mod tests {
    use crosstalk_proto::ws::Command;

    use super::*;
    use crate::model::{
        address::Row,
        queue::{message::Header, preset::Preset},
    };

    const SOCKET: &str = "ws://127.0.0.1:8080/ws";

    /// Of the clients of AMQP.
    fn texts(draft: &MessageDraft) -> [String; 3] {
        let [python, rust, javascript, _] = snippets(draft, ADDRESS, SOCKET).try_into().expect("four languages");
        [python.text, rust.text, javascript.text]
    }

    fn websocket(draft: &MessageDraft) -> String {
        let last = snippets(draft, ADDRESS, SOCKET).pop();
        last.expect("four languages").text
    }

    #[test]
    fn the_queue_of_the_tutorials_is_declared_and_no_other() {
        for text in texts(&Preset::Hello.draft()) {
            assert!(text.contains("queue_declare") || text.contains("assertQueue"), "{text}");
        }
        for text in texts(&Preset::Nobody.draft()) {
            assert!(!text.contains("queue_declare") && !text.contains("assertQueue"), "{text}");
            assert!(text.contains("mandatory") && text.contains("returned:"), "{text}");
        }
    }

    #[test]
    fn a_question_says_where_the_reply_goes() {
        for text in texts(&Preset::Ask.draft()) {
            assert!(text.contains(REPLY_TO) && text.contains(WORKER), "{text}");
        }
        let protobuf = MessageDraft { ask: Some(ASKED[1].to_owned()), body: "Ada".to_owned(), ..Preset::Ask.draft() };
        let [python, rust, javascript] = texts(&protobuf);
        assert!(python.contains("bytes.fromhex(\"0a03416461\")"), "{python}");
        assert!(rust.contains("&[10, 3, 65, 100, 97]"), "{rust}");
        assert!(javascript.contains("Buffer.from(\"0a03416461\", \"hex\")"), "{javascript}");
    }

    #[test]
    fn a_websocket_client_sends_the_pages_own_command() {
        let many = MessageDraft { count: "3".to_owned(), ..Preset::Hello.draft() };
        let text = websocket(&many);
        let command = text.split_once("const command = ").and_then(|(_, rest)| rest.split_once(";\n\n"));
        let command: Command = serde_json::from_str(command.expect("there is a command").0).expect("of the contract");
        assert_eq!(command, Command::Publish(many.publish().expect("it can be sent")));
        assert!(text.contains(SOCKET) && text.contains("if (id < 3) next();"), "{text}");
        let asks = websocket(&Preset::Ask.draft());
        assert!(asks.contains("\"do\": \"call\"") && asks.contains("reply.body.text"), "{asks}");
    }

    #[test]
    fn headers_keep_their_types() {
        let row = Row { on: true, name: "n".to_owned(), value: "5".to_owned() };
        let draft = MessageDraft { headers: vec![Header { kind: 3, row }], ..Preset::Hello.draft() };
        let [python, rust, javascript] = texts(&draft);
        assert!(python.contains("\"n\": pika.compat.long(5)"), "{python}");
        assert!(rust.contains("AMQPValue::LongLongInt(5)"), "{rust}");
        assert!(javascript.contains("\"n\": { \"!\": \"long\", value: 5 }"), "{javascript}");
        assert_eq!([amqplib::camel("type"), amqplib::camel("content_type")], ["type", "contentType"]);
    }
}
