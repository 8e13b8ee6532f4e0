//! The service of a recorded connection: before a request is served, its connection becomes part of the capture
//! that its trace id names. Connections that are not recorded are served without this.

use std::sync::Arc;

use crosstalk_proto::capture::Hop;
use http::{Request, header};
use hyper::{body::Incoming, service::Service};

use super::{recording::Recording, registry::Captures};
use crate::{activity::http::OUR_AGENT, trace::TraceContext};

/// The outermost service of a recorded connection.
#[derive(Clone, Debug)]
pub struct Watched<S> {
    inner: S,
    captures: Captures,
    recording: Arc<Recording>,
}

impl<S> Watched<S> {
    /// Around `inner`, for the connection of `recording`.
    #[must_use]
    pub fn new(inner: S, captures: Captures, recording: Arc<Recording>) -> Self {
        Self { inner, captures, recording }
    }
}

impl<S: Service<Request<Incoming>>> Service<Request<Incoming>> for Watched<S> {
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    fn call(&self, request: Request<Incoming>) -> Self::Future {
        let headers = request.headers();
        let is_own =
            headers.get(header::USER_AGENT).is_some_and(|agent| agent.as_bytes().starts_with(OUR_AGENT.as_bytes()));
        self.recording.is_between(if is_own { Hop::Own } else { Hop::Client });
        if let Some(trace) = TraceContext::of_request(headers, request.uri()) {
            self.captures.attach(trace.trace_id(), &self.recording);
        }
        self.inner.call(request)
    }
}
