//! WebSockets, which bring queues and native gRPC to the browser.
//!
//! - `/ws` is the page's own: [`mod@page`] is its loop, [`protocol`] decides what a message means, [`commands`] carries
//!   it out, [`subscriptions`] and [`consuming`] keep what it consumes, `calls` its gRPC calls,
//!   `captured_session` the link of a captured job, [`unacked`]
//!   what is delivered and not settled
//! - `/ws/queues/{queue}` is for any client: [`mod@feed`]
//! - [`ack_batcher`] says when either acks what it wrote by itself
//! - [`origin`] says who may come in, [`upgrade`] lets them, [`socket`] and [`keepalive`] are what both kinds stand on
//!
//! One task per socket. Its `select!` only picks an event; nothing is awaited in between that could wait for the peer.
//! A socket's memory is bounded by its prefetch: while something is not yet written, nothing more is taken from queues.

use axum::{
    Router,
    extract::{Path, Query, State},
    response::Response,
    routing::any,
};
use serde::Deserialize;

use crate::{error::Error, state::AppState};

pub mod ack_batcher;
mod calls;
mod captured_session;
pub mod commands;
pub mod consuming;
pub mod feed;
pub mod keepalive;
pub mod origin;
pub mod page;
pub mod protocol;
pub mod socket;
pub mod subscriptions;
pub mod unacked;
pub mod upgrade;

use self::upgrade::Upgrade;

/// The routes of this folder.
pub fn routes() -> Router<AppState> {
    Router::new().route("/ws", any(page)).route("/ws/queues/{queue}", any(feed))
}

async fn page(State(app): State<AppState>, upgrade: Upgrade) -> Response {
    let forwarded = upgrade.forwarded;
    upgrade.accept(&app.clone(), move |socket| page::serve(app, socket, forwarded))
}

#[derive(Debug, Deserialize)]
struct FeedQuery {
    prefetch: Option<u16>,
}

async fn feed(
    State(app): State<AppState>,
    Path(queue): Path<String>,
    query: Result<Query<FeedQuery>, axum::extract::rejection::QueryRejection>,
    upgrade: Upgrade,
) -> Result<Response, Error> {
    let prefetch = query.ok().map(|Query(query)| query.prefetch.unwrap_or(feed::DEFAULT_PREFETCH));
    let prefetch = prefetch
        .filter(|prefetch| (1..=crosstalk_proto::ws::MAX_PREFETCH).contains(prefetch))
        .ok_or_else(|| Error::request(http::StatusCode::BAD_REQUEST, "prefetch is a number from 1 to 1000"))?;
    Ok(upgrade.accept(&app.clone(), move |socket| feed::serve(app, socket, queue, prefetch)))
}
