//! The Greeter: the job as remote procedures. Streams are made as they are read, message by message, so that a
//! slow client slows its own stream and one that went away stops it; there is no task and no channel.

use std::{
    pin::Pin,
    task::{Context, Poll, ready},
    time::Instant,
};

use crosstalk_proto::helloworld::{HelloReply, HelloRequest, greeter_server};
use futures_util::Stream;
use tokio::time::{Interval, MissedTickBehavior};
use tonic::{Request, Response, Status, Streaming};

use super::{call::Measured, stream_params::StreamParams};
use crate::{
    error::Error,
    greeting::{Name, greet},
};

/// The service of helloworld.proto.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Greeter;

fn reply(request: HelloRequest) -> Result<HelloReply, Status> {
    let name = Name::new(request.name).map_err(|error| Error::from(error).status())?;
    Ok(HelloReply { message: greet(&name) })
}

fn answer<T>(message: T, measured: Measured) -> Response<T> {
    let mut response = Response::new(message);
    response.extensions_mut().insert(measured);
    response
}

#[tonic::async_trait]
impl greeter_server::Greeter for Greeter {
    type SayHelloStreamReplyStream = Repeated;
    type SayHelloBidiStreamStream = Answers;

    async fn say_hello(&self, request: Request<HelloRequest>) -> Result<Response<HelloReply>, Status> {
        let began = Instant::now();
        let reply = reply(request.into_inner())?;
        Ok(answer(reply, Measured { began, greeted: Some(Instant::now()), streams: false }))
    }

    async fn say_hello_stream_reply(&self, request: Request<HelloRequest>) -> Result<Response<Repeated>, Status> {
        let began = Instant::now();
        let shape = StreamParams::from_metadata(request.metadata()).map_err(|error| Error::from(error).status())?;
        let reply = reply(request.into_inner())?;
        Ok(answer(Repeated::new(reply, shape), Measured { began, greeted: Some(Instant::now()), streams: true }))
    }

    async fn say_hello_bidi_stream(
        &self,
        request: Request<Streaming<HelloRequest>>,
    ) -> Result<Response<Answers>, Status> {
        let began = Instant::now();
        Ok(answer(Answers { requests: request.into_inner() }, Measured { began, greeted: None, streams: true }))
    }
}

/// One reply, again and again.
#[derive(Debug)]
pub(crate) struct Repeated {
    reply: HelloReply,
    left: u32,
    pace: Option<Interval>,
}

impl Repeated {
    fn new(reply: HelloReply, shape: StreamParams) -> Self {
        let pace = (!shape.interval.is_zero()).then(|| {
            let mut pace = tokio::time::interval(shape.interval);
            // after a pause of the client the replies keep their distance
            pace.set_missed_tick_behavior(MissedTickBehavior::Delay);
            pace
        });
        Self { reply, left: shape.count, pace }
    }
}

impl Stream for Repeated {
    type Item = Result<HelloReply, Status>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if self.left == 0 {
            return Poll::Ready(None);
        }
        if let Some(pace) = &mut self.pace {
            ready!(pace.poll_tick(cx));
        }
        self.left -= 1;
        Poll::Ready(Some(Ok(self.reply.clone())))
    }
}

/// Each request answered as it arrives; the first that cannot be ends the call.
#[derive(Debug)]
pub(crate) struct Answers {
    requests: Streaming<HelloRequest>,
}

impl Stream for Answers {
    type Item = Result<HelloReply, Status>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let request = ready!(Pin::new(&mut self.requests).poll_next(cx));
        Poll::Ready(request.map(|request| request.and_then(reply)))
    }
}
