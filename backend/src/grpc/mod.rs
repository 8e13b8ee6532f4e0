//! The job over gRPC, native (h2c) and gRPC-Web, with health and reflection. From the outside in:
//!
//! - [`cors`]: which foreign pages may call
//! - [`protocol_router`]: which protocol a request speaks
//! - [`call`]: what is around every call, with its [`deadline`] and the [`cardinality`] of its requests
//! - [`greeter`]: the service itself, with the [`stream_params`] of its stream; [`standard`]: health and [`reflection`]
//! - [`contract`]: what the service is, as files
//!
//! Apart from these, two are clients, by [`loopback_client`], of what browsers have no native gRPC for: [`native_call`] is the bidirectional
//! call, [`native_greet`] the plain one from server to server.

use std::{convert::Infallible, future::Future};

use axum::{Router, body::Body};
use crosstalk_proto::helloworld::greeter_server::GreeterServer;
use http::{Request, Response};
use tonic::server::NamedService;
use tower::Service;

use crate::state::AppState;

mod call;
mod cardinality;
mod contract;
mod cors;
mod deadline;
mod error;
mod greeter;
mod loopback_client;
pub mod native_call;
pub mod native_greet;
mod protocol_router;
mod reflection;
mod standard;
mod stream_params;

use self::cardinality::{
    Checked,
    Requests::{self, One, Stream},
};
pub use self::{error::Error, protocol_router::unknown};

/// The most bytes of a message that is sent to us.
const MAX_MESSAGE: usize = 64 * 1024;

/// The routes of this folder. Sets no fallback: who serves it asks [`unknown`] first.
pub fn routes(app: &AppState) -> Router<AppState> {
    let greeter = GreeterServer::new(greeter::Greeter).max_decoding_message_size(MAX_MESSAGE);
    let health = standard::health(&app.shutdown).max_decoding_message_size(MAX_MESSAGE);
    let (v1, v1alpha) = standard::reflection();
    let v1 = v1.max_decoding_message_size(MAX_MESSAGE);
    let v1alpha = v1alpha.max_decoding_message_size(MAX_MESSAGE);
    let router = Router::new();
    let router =
        mount(router, app, greeter, &[("SayHello", One), ("SayHelloStreamReply", One), ("SayHelloBidiStream", Stream)]);
    let router = mount(router, app, health, &[("Check", One), ("Watch", One)]);
    let router = mount(router, app, v1, &[("ServerReflectionInfo", Stream)]);
    let router = mount(router, app, v1alpha, &[("ServerReflectionInfo", Stream)]);
    let router = match cors::layer(&app.config) {
        Some(cors) => router.layer(cors),
        None => router,
    };
    router.merge(contract::routes())
}

/// A route for each method: what is not one reaches the fallback, as an unknown service does.
fn mount<S, F>(router: Router<AppState>, app: &AppState, service: S, methods: &[(&str, Requests)]) -> Router<AppState>
where
    S: NamedService + Clone + Send + Sync + 'static,
    S: Service<Request<Checked<Body>>, Response = Response<tonic::body::Body>, Error = Infallible, Future = F>,
    S: Service<
            Request<Checked<tonic::body::Body>>,
            Response = Response<tonic::body::Body>,
            Error = Infallible,
            Future = F,
        >,
    F: Future<Output = Result<Response<tonic::body::Body>, Infallible>> + Unpin + Send + 'static,
{
    methods.iter().fold(router, |router, (method, requests)| {
        router.route_service(
            &format!("/{}/{method}", S::NAME),
            protocol_router::ProtocolRouter::new(service.clone(), *requests, app),
        )
    })
}
