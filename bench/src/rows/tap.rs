//! The cost of recording connections for the wire inspector: the program's listener compared with one that cannot
//! record, without a capture and with one visitor's capture armed.
//!
//! For REST and gRPC both listeners are in one process and serve the same service, so they differ only in the recorder.
//! For the bridge the program runs twice on one broker; a WebSocket is recorded like any other connection.

use std::time::Duration;

use crosstalk_testkit::RabbitMq;
use futures_util::{FutureExt as _, future::BoxFuture};

use super::{
    bridge::{Drain, QUEUES, RATE, Via},
    compete, grpc, needs,
};
use crate::{
    harness::{
        Plan,
        rounds::{Contender, Sample},
        row::{Goal, Row, Spec, Unit},
    },
    load::{capturing_visitor::CapturingVisitor, http::Generator, socket::Dialect},
    peers::{
        Server,
        listeners::TwoListeners,
        subject::{RESOURCE, Subject},
    },
};

const NO_TAP: &str = "no tap";
const IDLE: &str = "nobody looks";
const WATCHED: &str = "one looks";

const REST: [Spec; 2] =
    [row("tap/rest", "GET", IDLE, NO_TAP, 0.98), row("tap/rest-armed", "GET", WATCHED, NO_TAP, 0.9)];
const GRPC: [Spec; 2] =
    [row("tap/grpc", "SayHello", IDLE, NO_TAP, 0.98), row("tap/grpc-armed", "SayHello", WATCHED, NO_TAP, 0.9)];
const BRIDGE: [Spec; 1] = [row("tap/bridge-armed", "/ws/queues", WATCHED, IDLE, 0.9)];

const fn row(name: &'static str, what: &'static str, subject: &'static str, peer: &'static str, least: f64) -> Spec {
    Spec { name, what, unit: Unit::PerSecond, subject, peer: Some(peer), goal: Some(Goal::AtLeast(least)) }
}

/// Measures those of the rows that are asked for.
///
/// # Errors
/// When a server does not start, a request fails, or nothing was captured.
pub(crate) async fn measure(plan: &Plan) -> anyhow::Result<Vec<Row>> {
    let mut rows = listeners(plan, &plan.select(&REST), &Generator::Wrk, RESOURCE).await?;
    let generator = Generator::grpc(grpc::REQUEST)?;
    rows.extend(listeners(plan, &plan.select(&GRPC), &generator, grpc::METHOD).await?);
    rows.extend(bridge(plan, &plan.select(&BRIDGE)).await?);
    Ok(rows)
}

async fn listeners(plan: &Plan, specs: &[Spec], generator: &Generator, path: &'static str) -> anyhow::Result<Vec<Row>> {
    if specs.is_empty() {
        return Ok(Vec::new());
    }
    // a capture stays armed after its turn, so the recorded server is a process of its own
    let (quiet, watched) = (TwoListeners::start().await?, TwoListeners::start().await?);
    let contender = |name, server, port| Listened { name, server, port, path, generator, turn: plan.turn };
    let all = [
        contender(NO_TAP, &quiet.server, quiet.untapped),
        contender(IDLE, &quiet.server, quiet.server.port),
        contender(WATCHED, &watched.server, watched.server.port),
    ];
    let mut contenders: Vec<Box<dyn Contender + '_>> = Vec::new();
    for contender in all {
        if needs(specs, contender.name) {
            contenders.push(Box::new(contender));
        }
    }
    compete(plan, "tap", Unit::PerSecond, specs, &mut contenders).await
}

async fn bridge(plan: &Plan, specs: &[Spec]) -> anyhow::Result<Vec<Row>> {
    if specs.is_empty() {
        return Ok(Vec::new());
    }
    let rabbit = RabbitMq::start().await?;
    let url = rabbit.amqp_url();
    let (quiet, watched) = (Subject::start_with_broker(&url).await?, Subject::start_with_broker(&url).await?);
    let drain = |name, subject: &Subject, visited: bool| {
        let origin = subject.server.url("");
        Drain {
            name,
            via: Via::Socket(Dialect::Plain, format!("{}{QUEUES}", origin.replace("http://", "ws://"))),
            servers: vec![subject.server.pid(), rabbit.pid()],
            messages: (RATE * plan.turn.as_secs_f64()) as u32,
            amqp_url: url.clone(),
            visited: visited.then_some(origin),
        }
    };
    let mut contenders: Vec<Box<dyn Contender + '_>> =
        vec![Box::new(drain(IDLE, &quiet, false)), Box::new(drain(WATCHED, &watched, true))];
    compete(plan, "tap", Unit::PerSecond, specs, &mut contenders).await
}

/// A listener under a generator's full load.
#[derive(Debug)]
struct Listened<'a> {
    name: &'static str,
    server: &'a Server,
    port: u16,
    path: &'static str,
    generator: &'a Generator,
    turn: Duration,
}

impl Contender for Listened<'_> {
    fn name(&self) -> &'static str {
        self.name
    }

    fn turn(&mut self) -> BoxFuture<'_, anyhow::Result<Sample>> {
        async {
            let origin = format!("http://127.0.0.1:{}", self.port);
            if self.name != WATCHED {
                return self.load(&origin).await;
            }
            let visitor = CapturingVisitor::arrive(&origin).await?;
            let sample = tokio::select! {
                sample = self.load(&origin) => sample?,
                failed = visitor.look() => match failed? {},
            };
            visitor.leave().await?;
            Ok(sample)
        }
        .boxed()
    }
}

impl Listened<'_> {
    async fn load(&self, origin: &str) -> anyhow::Result<Sample> {
        let url = format!("{origin}{}", self.path);
        self.generator.sample(self.server, &url, self.turn).await
    }
}
