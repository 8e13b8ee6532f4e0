//! The native gRPC calls of one socket. Their replies are read only while the socket keeps up, so a stream's own flow
//! control reaches through to the page.

use std::time::{Duration, Instant};

use crosstalk_proto::{
    step::{Party, Step},
    ws::{Answer, CallEvent, MAX_CALLS, ServerMessage},
};
use futures_util::{StreamExt as _, stream::BoxStream, stream::SelectAll};
use http::StatusCode;

use crate::{
    error::Error,
    grpc::native_call::{self, NativeCall},
    server_timing::Steps,
    state::AppState,
    trace::TraceContext,
};

/// The calls that are open.
#[derive(Default)]
pub(super) struct Calls {
    last: u32,
    open: Vec<(u32, NativeCall)>,
    events: SelectAll<BoxStream<'static, (u32, CallEvent, f64)>>,
}

impl Calls {
    /// Opens a call. The answer has the moment at which it was opened.
    pub(super) fn open(
        &mut self,
        app: &AppState,
        metadata: &[(String, String)],
        trace: TraceContext,
        deadline_ms: Option<u32>,
    ) -> Result<(Answer, Vec<Step>), Error> {
        let mut steps = Steps::new();
        if self.open.len() >= MAX_CALLS {
            let detail = format!("a socket drives at most {MAX_CALLS} calls at once; end one, or open another socket");
            return Err(Error::request(StatusCode::TOO_MANY_REQUESTS, detail));
        }
        let deadline = deadline_ms.map(|ms| Duration::from_millis(u64::from(ms)));
        let (call, events) = native_call::open(app, metadata, Some(trace), deadline)?;
        steps.end(Party::Caller, "open", Instant::now());
        self.last += 1;
        let number = self.last;
        self.open.push((number, call));
        self.events.push(events.map(move |(event, at_ms)| (number, event, at_ms)).boxed());
        Ok((Answer::CallOpened { call: number }, steps.to_wire()))
    }

    /// Sends one request.
    pub(super) fn send(&mut self, number: u32, name: String) -> Result<Answer, Error> {
        self.find(number)?.send(name)?;
        Ok(Answer::Done)
    }

    /// Ends the requests.
    pub(super) fn half_close(&mut self, number: u32) -> Result<Answer, Error> {
        self.find(number)?.half_close();
        Ok(Answer::Done)
    }

    /// Resets the stream; its end is an event like any other.
    pub(super) fn cancel(&mut self, number: u32) -> Result<Answer, Error> {
        self.find(number)?.cancel();
        Ok(Answer::Done)
    }

    /// The next event of any call; nothing while none is open. Cancel safe.
    pub(super) async fn next(&mut self) -> Option<ServerMessage> {
        let (call, event, at_ms) = self.events.next().await?;
        if matches!(event, CallEvent::Trailers { .. }) {
            self.open.retain(|(number, _)| *number != call);
        }
        Some(ServerMessage::Call { call, event, at_ms })
    }

    fn find(&mut self, number: u32) -> Result<&mut NativeCall, Error> {
        let found = self.open.iter_mut().find(|(open, _)| *open == number).map(|(_, call)| call);
        let unknown = || Error::request(StatusCode::NOT_FOUND, format!("there is no open call {number}"));
        found.ok_or_else(unknown)
    }
}
