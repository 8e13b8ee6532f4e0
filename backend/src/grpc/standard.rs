//! The services that gRPC tools expect of any server: health (grpc.health.v1) and reflection.

use crosstalk_proto::helloworld::greeter_server;
use futures_util::FutureExt as _;
use tonic_health::{
    ServingStatus,
    pb::health_server::{Health, HealthServer},
    server::{HealthReporter, health_reporter},
};
use tonic_reflection::server::{v1, v1alpha};

use super::reflection::Reflection;
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

/// Reflection as it is today, and as older clients ask for it.
pub(crate) fn reflection() -> (v1::ServerReflectionServer<Reflection>, v1alpha::ServerReflectionServer<Reflection>) {
    let reflection = Reflection::new();
    (v1::ServerReflectionServer::new(reflection.clone()), v1alpha::ServerReflectionServer::new(reflection))
}
