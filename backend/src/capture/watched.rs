//! The service of a recorded connection: before a request is served, its connection becomes part of the capture
//! that its trace id names. Connections that are not recorded are served without this.

use std::sync::Arc;

use axum::response::Response;
use http::Request;
use hyper::{body::Incoming, service::Service};

use super::{recording::Recording, registry::Captures};
use crate::{
    edge::Edge,
    trace::{TRACEPARENT, TraceContext},
};

/// The outermost service of a recorded connection.
#[derive(Clone, Debug)]
pub struct Watched {
    edge: Edge,
    captures: Captures,
    recording: Arc<Recording>,
}

impl Watched {
    /// Around `edge`, for the connection of `recording`.
    #[must_use]
    pub fn new(edge: Edge, captures: Captures, recording: Arc<Recording>) -> Self {
        Self { edge, captures, recording }
    }
}

impl Service<Request<Incoming>> for Watched {
    type Response = Response;
    type Error = <Edge as Service<Request<Incoming>>>::Error;
    type Future = <Edge as Service<Request<Incoming>>>::Future;

    fn call(&self, request: Request<Incoming>) -> Self::Future {
        let parent = request.headers().get(TRACEPARENT).and_then(|value| value.to_str().ok());
        if let Some(trace) = parent.and_then(TraceContext::parse) {
            self.captures.attach(trace.trace_id(), &self.recording);
        }
        self.edge.call(request)
    }
}
