//! The services that gRPC tools expect of any server: health (grpc.health.v1) and reflection.

use crosstalk_proto::helloworld::{self, greeter_server};
use futures_util::FutureExt as _;
use tonic_health::{
    ServingStatus,
    pb::health_server::{Health, HealthServer},
    server::{HealthReporter, health_reporter},
};
use tonic_reflection::server::{self as reflection, v1, v1alpha};

use crate::shutdown::Shutdown;

/// What is asked about: the server as a whole, and the Greeter.
const SUBJECTS: [&str; 2] = ["", greeter_server::SERVICE_NAME];

/// Health: serving, until the shutdown begins.
pub(crate) fn health(shutdown: &Shutdown) -> HealthServer<impl Health> {
    let (reporter, server) = health_reporter();
    set(&reporter, ServingStatus::Serving).now_or_never().expect("nobody else has the reporter yet");
    let token = shutdown.token().clone();
    shutdown.spawn(async move {
        token.cancelled().await;
        set(&reporter, ServingStatus::NotServing).await;
    });
    server
}

async fn set(reporter: &HealthReporter, status: ServingStatus) {
    for subject in SUBJECTS {
        reporter.set_service_status(subject, status).await;
    }
}

fn descriptors() -> reflection::Builder<'static> {
    reflection::Builder::configure()
        .register_encoded_file_descriptor_set(helloworld::FILE_DESCRIPTOR_SET)
        .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
}

/// Reflection as it is today.
pub(crate) fn reflection_v1() -> v1::ServerReflectionServer<impl v1::ServerReflection> {
    descriptors().build_v1().expect("the descriptors come from the compiler")
}

/// Reflection as older clients ask for it.
pub(crate) fn reflection_v1alpha() -> v1alpha::ServerReflectionServer<impl v1alpha::ServerReflection> {
    descriptors().build_v1alpha().expect("the descriptors come from the compiler")
}
