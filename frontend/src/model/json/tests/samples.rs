//! A value of each kind that the contract knows, with everything in it that may be there.

use crosstalk_proto::{
    amqp::{Body, FieldValue, Properties},
    capture::{self, Capture},
    problem::{FieldProblem, Problem},
    rest::{Greeting, GreetingPage},
    step::{Party, Step},
    ws::{
        AckMode, Answer, CallEvent, ClientMessage, Command, ConsumerListed, Delivery, LinkState, OtherCall, Publish,
        PublishOutcome, Request, ServerMessage, Style, SubscriptionEvent,
    },
};

pub(super) fn properties() -> Properties {
    let table = [("a".to_owned(), FieldValue::Boolean(true)), ("\u{1f600}\"\\".to_owned(), FieldValue::Void)];
    let values = [
        FieldValue::ShortShortInt(-128),
        FieldValue::ShortShortUint(255),
        FieldValue::ShortInt(-32_768),
        FieldValue::ShortUint(65_535),
        FieldValue::LongInt(i32::MIN),
        FieldValue::LongUint(u32::MAX),
        FieldValue::LongLongInt("-9223372036854775808".to_owned()),
        FieldValue::Float(1.5),
        FieldValue::Double(-0.25),
        FieldValue::Decimal { scale: 2, value: 314 },
        FieldValue::LongString("你好\n".to_owned()),
        FieldValue::Bytes("/wA=".to_owned()),
        FieldValue::Timestamp(u64::MAX),
        FieldValue::Table(table.into()),
    ];
    let headers = [("x-all".to_owned(), FieldValue::Array(values.into())), ("x-none".to_owned(), FieldValue::Void)];
    Properties {
        content_type: Some("application/json".to_owned()),
        headers: headers.into(),
        delivery_mode: Some(2),
        correlation_id: Some(String::new()),
        timestamp: Some(1_790_000_000),
        kind: Some("greeting".to_owned()),
        ..Properties::default()
    }
}

pub(super) fn problem() -> Problem {
    let place = FieldProblem { pointer: "/a~1b".to_owned(), detail: "no".to_owned(), line: Some(1), column: None };
    Problem {
        kind: "/problems/invalid".to_owned(),
        title: "Invalid".to_owned(),
        status: 422,
        detail: "it is \u{8}\u{c}\r\t\u{1} odd".to_owned(),
        request_id: "01".to_owned(),
        errors: vec![place],
    }
}

fn steps() -> Vec<Step> {
    vec![Step { party: Party::Link, name: "publish".to_owned(), start_ms: 17.25, dur_ms: 0.0 }]
}

pub(super) fn messages() -> Vec<ServerMessage> {
    let delivery = Delivery {
        delivery_tag: 7,
        redelivered: true,
        exchange: "e".to_owned(),
        routing_key: "hello".to_owned(),
        properties: properties(),
        body: Body::Text("World".to_owned()),
        at_ms: 1732.5,
    };
    let plain =
        Delivery { properties: Properties::default(), body: Body::Base64("/w==".to_owned()), ..delivery.clone() };
    let listed = ConsumerListed { tag: "t".to_owned(), peer: "p".to_owned(), prefetch: 9, no_ack: false, unacked: 1 };
    let metadata = vec![("x-a".to_owned(), "1".to_owned()), ("b".to_owned(), "2".to_owned())];
    let other = OtherCall {
        at_ms: 5.0,
        verb: "POST".to_owned(),
        what: "/".to_owned(),
        code: Some(201),
        took_ms: None,
        bytes_out: Some(3),
        bytes_in: None,
        client: "curl".to_owned(),
    };
    let returned = PublishOutcome::Returned { reply_code: 312, reply_text: "NO_ROUTE".to_owned() };
    let up = LinkState::Up { address: "a".to_owned(), product: "p".to_owned(), epoch: 1, client_url: None };
    let answers = [
        Answer::Pong { received_ms: 1.0, sent_ms: 2.5 },
        Answer::Published { outcome: returned },
        Answer::Published { outcome: PublishOutcome::Confirmed },
        Answer::Reply { body: Body::Text("x".to_owned()), properties: properties() },
        Answer::Queue { messages: 1, consumers: 2, listed: Some(vec![listed]) },
        Answer::Greetings { messages: vec!["a".to_owned(), "b".to_owned()] },
        Answer::Done,
    ];
    let mut all: Vec<_> =
        answers.into_iter().map(|answer| ServerMessage::Answer { id: 1, answer, steps: steps() }).collect();
    all.extend([
        ServerMessage::Refusal { id: 2, problem: problem(), steps: Vec::new() },
        ServerMessage::Deliveries { subscription: 3, epoch: 1, messages: vec![delivery, plain] },
        ServerMessage::Subscription { subscription: 3, event: SubscriptionEvent::Ended { problem: problem() } },
        ServerMessage::Link(up),
        ServerMessage::Call { call: 4, event: CallEvent::Headers { metadata: metadata.clone() }, at_ms: 1.5 },
        ServerMessage::Call {
            call: 4,
            event: CallEvent::Trailers { code: -1, message: "m".to_owned(), metadata },
            at_ms: 9.75,
        },
        ServerMessage::Others { style: Style::Queue, calls: vec![other], missed: 2 },
    ]);
    all
}

pub(super) fn requests() -> Vec<ClientMessage> {
    let text = |text: &str| text.to_owned();
    let commands = [
        Command::Ping,
        Command::Subscribe { queue: text("hello"), prefetch: 10, ack_mode: AckMode::Manual },
        Command::Nack { subscription: 1, epoch: 2, delivery_tag: 3, multiple: false, requeue: true },
        Command::Publish(Publish {
            exchange: String::new(),
            routing_key: text("hello"),
            mandatory: true,
            properties: properties(),
            body: Body::Base64(text("/w==")),
        }),
        Command::CallOpen { metadata: vec![(text("a"), text("b"))], deadline_ms: None },
        Command::CallOpen { metadata: Vec::new(), deadline_ms: Some(5) },
    ];
    let mut all = vec![ClientMessage::Hello { version: 1 }];
    all.extend(commands.into_iter().zip(1..).map(|(command, id)| {
        let traceparent = (id % 2 == 0).then(|| text("00-01-02-03"));
        ClientMessage::Request(Request { id, traceparent, command })
    }));
    all
}

pub(super) fn capture() -> Capture {
    let field = capture::Field {
        depth: 1,
        start: 2,
        len: 3,
        name: "n".to_owned(),
        value: "v".to_owned(),
        rule: String::new(),
        kind: capture::Kind::Framing,
        problem: None,
        masked: true,
        decoded: Some("AA==".to_owned()),
    };
    let message = capture::Message {
        from: capture::Sender::Server,
        name: "frame".to_owned(),
        value: String::new(),
        offset: 9,
        bytes: "AA==".to_owned(),
        chunks: vec![capture::Chunk { at_ms: 0.5, len: 1 }],
        fields: vec![field],
        totals: capture::Totals { framing: 1, headers: 2, payload: 3 },
    };
    let connection = capture::Connection {
        protocol: "HTTP/2".to_owned(),
        hop: capture::Hop::Broker,
        client: "c".to_owned(),
        server: "s".to_owned(),
        opened_ms: 1.0,
        cut: true,
        messages: vec![message],
        network: Vec::new(),
    };
    Capture { trace_id: "0".repeat(32), connections: vec![connection], ..Capture::default() }
}

pub(super) fn greetings() -> GreetingPage {
    let text = |text: &str| text.to_owned();
    let item = Greeting {
        id: text("ada"),
        name: text("Ada"),
        message: text("Hello, Ada"),
        version: -1,
        created_at: text(""),
        updated_at: text(""),
    };
    GreetingPage { items: vec![item], next: None }
}
