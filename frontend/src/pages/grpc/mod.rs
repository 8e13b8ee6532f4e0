//! The gRPC bench, `/grpc`.

use leptos::prelude::*;

use crate::i18n::{t, use_i18n};

/// The gRPC bench, `/grpc`.
#[component]
pub fn Grpc() -> impl IntoView {
    let i18n = use_i18n();
    view! { <h1>{t!(i18n, grpc.title)}</h1> }
}
