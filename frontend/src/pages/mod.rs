//! One folder per address, and the routes. Pages own their data and start what happens. The code of a page loads when its
//! route is opened, see [`page`].
//!
//! A page with a `title` and a `lead` in `locales/*/NAME.json` gets a prerendered document at `/NAME`.

pub mod design;
pub mod grpc;
pub mod home;
pub mod not_found;
pub mod page;
pub mod queue;
pub mod rest;
mod tasks;
mod wire;

use leptos::prelude::*;
use leptos_router::{
    Lazy,
    components::{Route, Routes},
    path,
};

use self::{
    design::DesignRoute, grpc::GrpcRoute, home::HomeRoute, not_found::NotFound, queue::QueueRoute, rest::RestRoute,
};

/// The page of the current address.
#[component]
pub fn Pages() -> impl IntoView {
    view! {
        <Routes fallback=NotFound>
            <Route path=path!("/") view={Lazy::<HomeRoute>::new()} />
            <Route path=path!("/rest") view={Lazy::<RestRoute>::new()} />
            <Route path=path!("/grpc") view={Lazy::<GrpcRoute>::new()} />
            <Route path=path!("/queue") view={Lazy::<QueueRoute>::new()} />
            <Route path=path!("/design") view={Lazy::<DesignRoute>::new()} />
        </Routes>
    }
}
