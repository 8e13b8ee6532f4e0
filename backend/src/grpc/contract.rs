//! The contract as files: `/helloworld.proto` for people and compilers, `/helloworld.binpb` its descriptor set, which is
//! what reflection tells, for programs that speak no native gRPC, as a browser does not.

use axum::{Router, routing};
use crosstalk_proto::helloworld;
use http::{HeaderName, header};

use crate::state::AppState;

/// The routes of this file.
pub(super) fn routes() -> Router<AppState> {
    let proto = file("text/plain; charset=utf-8", helloworld::PROTO.as_bytes());
    let descriptors = file("application/x-protobuf", helloworld::FILE_DESCRIPTOR_SET);
    Router::new()
        .route("/helloworld.proto", routing::get(async move || proto))
        .route("/helloworld.binpb", routing::get(async move || descriptors))
}

type File = ([(HeaderName, &'static str); 3], &'static [u8]);

fn file(content_type: &'static str, bytes: &'static [u8]) -> File {
    let policy = HeaderName::from_static("cross-origin-resource-policy");
    let headers = [(header::CONTENT_TYPE, content_type), (header::CACHE_CONTROL, "no-cache"), (policy, "same-origin")];
    (headers, bytes)
}
