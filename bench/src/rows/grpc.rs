//! `SayHello`, native over h2c, loaded by h2load over 4 connections with 10 streams each.

use anyhow::Context as _;
use crosstalk_proto::helloworld::{HelloRequest, greeter_client::GreeterClient};
use tonic::transport::Endpoint;

use super::{compete, needs};
use crate::{
    harness::{
        Plan,
        rounds::Contender,
        row::{Goal, Row, Spec, Unit},
    },
    load::http::{Generator, Loaded},
    peers::{
        Server, native,
        python::Python,
        subject::{NAME, Subject},
    },
};

pub(super) const METHOD: &str = "/helloworld.Greeter/SayHello";
/// `HelloRequest { name: "World!" }`: field 1, length 6.
pub(super) const REQUEST: &[u8] = b"\x0a\x06World!";

const ROWS: [Spec; 2] =
    [row("grpc/tonic", "tonic", Goal::AtLeast(0.9)), row("grpc/grpcio", "grpcio", Goal::AtLeast(8.0))];

const fn row(name: &'static str, peer: &'static str, goal: Goal) -> Spec {
    Spec { name, what: "SayHello", unit: Unit::PerSecond, subject: NAME, peer: Some(peer), goal: Some(goal) }
}

/// Measures those of the rows that are asked for.
///
/// # Errors
/// When a server does not start, or sends a wrong greeting.
pub(crate) async fn measure(plan: &Plan) -> anyhow::Result<Vec<Row>> {
    let specs = plan.select(&ROWS);
    if specs.is_empty() {
        return Ok(Vec::new());
    }
    let subject = Subject::start().await?;
    let mut peers = Vec::new();
    if needs(&specs, "tonic") {
        peers.push(native::start_tonic().await?);
    }
    if needs(&specs, "grpcio") {
        peers.push(Python::prepare().await?.start_grpcio().await?);
    }
    let generator = Generator::grpc(REQUEST)?;
    let mut contenders: Vec<Box<dyn Contender + '_>> = Vec::new();
    for server in std::iter::once(&subject.server).chain(&peers) {
        check(server).await.with_context(|| format!("{} does not greet", server.name))?;
        contenders.push(Box::new(Loaded { server, generator: &generator, path: METHOD, turn: plan.turn }));
    }
    compete(plan, "grpc", Unit::PerSecond, &specs, &mut contenders).await
}

/// h2load checks only the HTTP status, so one call of a real client proves that the answers are greetings.
async fn check(server: &Server) -> anyhow::Result<()> {
    let channel = Endpoint::from_shared(server.url(""))?.connect().await?;
    let reply = GreeterClient::new(channel).say_hello(HelloRequest { name: "World!".to_owned() }).await?;
    anyhow::ensure!(reply.get_ref().message == "Hello, World!", "it says {:?}", reply.get_ref().message);
    Ok(())
}
