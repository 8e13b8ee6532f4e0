//! `SayHello` from server to server: calls one after the other over one connection to our own listener, as a service does
//! that calls another.

use std::{ops::RangeInclusive, time::Duration};

use crosstalk_proto::helloworld::{HelloRequest, greeter_client::GreeterClient};
use tonic::{Request, Status};

use super::loopback_client::LoopbackClient;
use crate::{
    state::AppState,
    trace::{TRACEPARENT, TraceContext},
};

/// How many calls may be asked for.
pub const CALLS: RangeInclusive<u32> = 1..=10;
/// How long each may take.
const BUDGET: Duration = Duration::from_secs(5);

/// Greets `name` so many times, within a trace; gives what was answered.
///
/// # Errors
/// The status of the first call that fails; `UNAVAILABLE` when our own listener cannot be reached.
pub async fn greet(app: &AppState, trace: TraceContext, name: &str, calls: u32) -> Result<Vec<String>, Status> {
    let mut client = GreeterClient::new(LoopbackClient::ourselves(app).connect().await?);
    let mut messages = Vec::new();
    for _ in 0..calls {
        let mut request = Request::new(HelloRequest { name: name.to_owned() });
        let parent = trace.child().to_string().parse().expect("a traceparent is visible ASCII");
        request.metadata_mut().insert(TRACEPARENT, parent);
        request.set_timeout(BUDGET);
        messages.push(client.say_hello(request).await?.into_inner().message);
    }
    Ok(messages)
}
