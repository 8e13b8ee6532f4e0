//! A page as the tests play it, and a plain AMQP client beside it.

use std::{collections::VecDeque, time::Duration};

use crosstalk_proto::{
    amqp::Body,
    problem::Problem,
    step::Step,
    ws::{AckMode, Answer, ClientMessage, Command, Delivery, LinkState, Publish, Request, ServerMessage, VERSION},
};
use crosstalk_testkit::wait_until;
use futures_util::{SinkExt as _, StreamExt as _};
use lapin::{
    BasicProperties, Channel, Connection, ConnectionProperties, Consumer,
    options::{BasicConsumeOptions, BasicPublishOptions, ConfirmSelectOptions, QueueDeclareOptions},
    types::FieldTable,
};
use tokio::net::TcpStream;
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream,
    tungstenite::{Message, client::IntoClientRequest, protocol::CloseFrame},
};

use crate::support::TestApp;

/// How long anything may take to happen.
pub(crate) const BUDGET: Duration = Duration::from_secs(20);

pub(crate) type Stream = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// A conversation over `/ws`.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) socket: Stream,
    last_id: u64,
    heard: VecDeque<ServerMessage>,
}

impl Page {
    /// Connects and says hello.
    pub(crate) async fn open(app: &TestApp) -> Self {
        let mut page = Self::connect(app).await;
        page.send(&ClientMessage::Hello { version: VERSION }).await;
        page
    }

    /// Connects and says nothing.
    pub(crate) async fn connect(app: &TestApp) -> Self {
        Self::connect_with(app.ws_url("/ws")).await
    }

    /// Connects as `request` says.
    pub(crate) async fn connect_with(request: impl IntoClientRequest + Unpin) -> Self {
        let (socket, _answer) = tokio_tungstenite::connect_async(request).await.unwrap();
        Self { socket, last_id: 0, heard: VecDeque::new() }
    }

    pub(crate) async fn send(&mut self, message: &ClientMessage) {
        self.send_text(&serde_json::to_string(message).unwrap()).await;
    }

    pub(crate) async fn send_text(&mut self, text: &str) {
        self.socket.send(Message::text(text)).await.unwrap();
    }

    /// Sends a request and gives its id.
    pub(crate) async fn ask(&mut self, command: Command) -> u64 {
        self.last_id += 1;
        let id = self.last_id;
        self.send(&ClientMessage::Request(Request { id, traceparent: None, command })).await;
        id
    }

    /// Carries out a command; what else is heard meanwhile is kept.
    pub(crate) async fn carry(&mut self, command: Command) -> Result<(Answer, Vec<Step>), Problem> {
        let id = self.ask(command).await;
        self.answer(id).await
    }

    /// The answer to a request.
    pub(crate) async fn answer(&mut self, id: u64) -> Result<(Answer, Vec<Step>), Problem> {
        let mut other = VecDeque::new();
        let answer = loop {
            match self.next().await {
                ServerMessage::Answer { id: of, answer, steps } if of == id => break Ok((answer, steps)),
                ServerMessage::Refusal { id: of, problem, .. } if of == id => break Err(problem),
                message => other.push_back(message),
            }
        };
        other.append(&mut self.heard);
        self.heard = other;
        answer
    }

    /// The next message.
    pub(crate) async fn next(&mut self) -> ServerMessage {
        if let Some(message) = self.heard.pop_front() {
            return message;
        }
        match self.frame().await {
            Message::Text(text) => serde_json::from_str(&text).unwrap(),
            other => panic!("{other:?}"),
        }
    }

    /// The next message of which `pick` makes something; others are dropped.
    pub(crate) async fn until<T>(&mut self, mut pick: impl FnMut(ServerMessage) -> Option<T>) -> T {
        loop {
            if let Some(found) = pick(self.next().await) {
                return found;
            }
        }
    }

    async fn frame(&mut self) -> Message {
        loop {
            match frame(&mut self.socket).await {
                Message::Ping(_) | Message::Pong(_) => {}
                other => return other,
            }
        }
    }

    /// Reads until the server closes, and says how.
    pub(crate) async fn closed(&mut self) -> CloseFrame {
        closed(&mut self.socket).await
    }

    /// Waits until the server's link to the broker is up; gives its epoch.
    pub(crate) async fn link_up(&mut self) -> u32 {
        self.until(|message| match message {
            ServerMessage::Link(LinkState::Up { epoch, .. }) => Some(epoch),
            _ => None,
        })
        .await
    }

    /// Subscribes and gives the subscription's number and epoch.
    pub(crate) async fn subscribe(&mut self, queue: &str, prefetch: u16, ack_mode: AckMode) -> (u32, u32) {
        match self.carry(Command::Subscribe { queue: queue.to_owned(), prefetch, ack_mode }).await {
            Ok((Answer::Subscribed { subscription, epoch, .. }, _)) => (subscription, epoch),
            other => panic!("{other:?}"),
        }
    }

    /// The next batch of deliveries.
    pub(crate) async fn deliveries(&mut self) -> Vec<Delivery> {
        self.until(|message| match message {
            ServerMessage::Deliveries { messages, .. } => Some(messages),
            _ => None,
        })
        .await
    }

    /// Exactly so many deliveries, in whatever batches.
    pub(crate) async fn deliveries_of(&mut self, count: usize) -> Vec<Delivery> {
        let mut all = Vec::new();
        while all.len() < count {
            all.extend(self.deliveries().await);
        }
        assert_eq!(all.len(), count);
        all
    }

    /// Acks a delivery.
    pub(crate) async fn ack(
        &mut self,
        (subscription, epoch): (u32, u32),
        delivery_tag: u64,
        multiple: bool,
    ) -> Result<(Answer, Vec<Step>), Problem> {
        self.carry(Command::Ack { subscription, epoch, delivery_tag, multiple }).await
    }
}

/// The next frame of a socket.
pub(crate) async fn frame(socket: &mut Stream) -> Message {
    let next = tokio::time::timeout(BUDGET, socket.next()).await.expect("the server says nothing");
    next.expect("the server has gone").unwrap()
}

/// Reads until the server closes, and says how.
pub(crate) async fn closed(socket: &mut Stream) -> CloseFrame {
    loop {
        if let Message::Close(frame) = frame(socket).await {
            return frame.expect("the server closed without a code");
        }
    }
}

/// A message to the default exchange.
pub(crate) fn to_queue(queue: &str, body: &str) -> Publish {
    Publish {
        exchange: String::new(),
        routing_key: queue.to_owned(),
        mandatory: true,
        properties: crosstalk_proto::amqp::Properties::default(),
        body: Body::Text(body.to_owned()),
    }
}

/// A server on a broker, with the link up.
pub(crate) async fn linked(amqp_url: impl Into<String>) -> TestApp {
    let app = TestApp::builder().amqp_url(amqp_url).spawn().await;
    settles(&app, "crosstalk_link_up", 1).await;
    app
}

/// Waits until a gauge or counter has a value.
#[track_caller]
pub(crate) fn settles<'a>(app: &'a TestApp, name: &'a str, value: u64) -> impl Future<Output = ()> + 'a {
    let caller = std::panic::Location::caller();
    async move {
        let settled = wait_until(BUDGET, || async { metric(app, name).await == Some(value) }).await;
        let last = metric(app, name).await;
        assert!(settled.is_ok(), "{caller}: {name} is {last:?}, not {value}");
    }
}

/// What `/metrics` says.
pub(crate) async fn metric(app: &TestApp, name: &str) -> Option<u64> {
    let text = app.client.get(app.url("/metrics")).send().await.ok()?.text().await.ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '))?;
    line.parse().ok()
}

/// A plain AMQP client, as anybody's.
pub(crate) struct Amqp {
    pub(crate) channel: Channel,
    _connection: Connection,
}

impl Amqp {
    pub(crate) async fn connect(url: &str) -> Self {
        let connection = Connection::connect(url, ConnectionProperties::default()).await.unwrap();
        let channel = connection.create_channel().await.unwrap();
        channel.confirm_select(ConfirmSelectOptions::default()).await.unwrap();
        Self { channel, _connection: connection }
    }

    pub(crate) async fn declare(&self, queue: &str, durable: bool) {
        let options = QueueDeclareOptions { durable, ..QueueDeclareOptions::default() };
        self.channel.queue_declare(queue.into(), options, FieldTable::default()).await.unwrap();
    }

    /// Publishes and waits for the confirm.
    pub(crate) async fn publish(&self, queue: &str, body: &[u8], properties: BasicProperties) {
        let confirm = self.send(queue, body, properties).await;
        assert!(confirm.await.unwrap().is_ack());
    }

    /// Publishes and gives the confirm to wait for.
    pub(crate) async fn send(&self, queue: &str, body: &[u8], properties: BasicProperties) -> lapin::PublisherConfirm {
        let options = BasicPublishOptions::default();
        self.channel.basic_publish("".into(), queue.into(), options, body, properties).await.unwrap()
    }

    /// Publishes many and waits for all confirms.
    pub(crate) async fn publish_many(&self, queue: &str, bodies: impl IntoIterator<Item = Vec<u8>>, mode: u8) {
        let mut confirms = Vec::new();
        for body in bodies {
            let properties = BasicProperties::default().with_delivery_mode(mode);
            confirms.push(self.send(queue, &body, properties).await);
        }
        for confirm in confirms {
            assert!(confirm.await.unwrap().is_ack());
        }
    }

    pub(crate) async fn consume(&self, queue: &str) -> Consumer {
        let options = BasicConsumeOptions { no_ack: true, ..BasicConsumeOptions::default() };
        self.channel.basic_consume(queue.into(), "".into(), options, FieldTable::default()).await.unwrap()
    }

    /// Ready messages and consumers, by a passive declare.
    pub(crate) async fn counts(&self, queue: &str) -> (u32, u32) {
        let options = QueueDeclareOptions { passive: true, ..QueueDeclareOptions::default() };
        let queue = self.channel.queue_declare(queue.into(), options, FieldTable::default()).await.unwrap();
        (queue.message_count(), queue.consumer_count())
    }
}

/// A name for a queue of one test's own.
pub(crate) fn queue_name(test: &str) -> String {
    format!("test.{test}.{:x}", fastrand::u64(..))
}
