//! The WebSocket handshake (RFC 6455, section 4.2), by hand: so that the socket's task is one of ours from the start, and
//! that its buffers are small. Who may not enter is refused before it, what was asked in vain after it.

use std::future::Future;

use axum::{
    body::Body,
    extract::FromRequestParts,
    response::{IntoResponse as _, Response},
};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header, request::Parts};
use hyper::upgrade::OnUpgrade;
use prometheus_client::metrics::gauge::Gauge;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;

use super::{origin, socket::Socket};
use crate::{error::Error, others::origin::is_forwarded, router::App};

/// A handshake that may go on.
#[derive(Debug)]
pub struct Upgrade {
    key: HeaderValue,
    on_upgrade: OnUpgrade,
    /// A proxy stands between.
    pub(super) forwarded: bool,
}

impl FromRequestParts<App> for Upgrade {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Error> {
        let refuse = |status, detail: &str| Err(Error::request(status, detail));
        if !origin::may_enter(&app.config, &parts.uri, &parts.headers) {
            return refuse(
                StatusCode::FORBIDDEN,
                "pages of that origin may not open a WebSocket here; CROSSTALK_CORS_ORIGINS names those that may",
            );
        }
        let has = |name, token| has_token(&parts.headers, name, token);
        if parts.method != Method::GET
            || !has(header::CONNECTION, "upgrade")
            || !has(header::UPGRADE, "websocket")
            || !has(header::SEC_WEBSOCKET_VERSION, "13")
        {
            return refuse(
                StatusCode::UPGRADE_REQUIRED,
                "this address speaks WebSocket, version 13, over HTTP/1.1: use a WebSocket client",
            );
        }
        let key = parts.headers.get(header::SEC_WEBSOCKET_KEY).cloned();
        match (key, parts.extensions.remove::<OnUpgrade>()) {
            (Some(key), Some(on_upgrade)) => Ok(Self { key, on_upgrade, forwarded: is_forwarded(&parts.headers) }),
            _ => refuse(StatusCode::BAD_REQUEST, "the WebSocket handshake has no Sec-WebSocket-Key"),
        }
    }
}

impl Upgrade {
    /// Answers the handshake and serves the socket in a task that the drain waits for.
    pub fn accept<F, Fut>(self, app: &App, serve: F) -> Response
    where
        F: FnOnce(Socket) -> Fut + Send + 'static,
        Fut: Future<Output = ()> + Send,
    {
        let answer = [
            (header::CONNECTION, HeaderValue::from_static("upgrade")),
            (header::UPGRADE, HeaderValue::from_static("websocket")),
            (
                header::SEC_WEBSOCKET_ACCEPT,
                HeaderValue::try_from(derive_accept_key(self.key.as_bytes())).expect("base64 is visible ASCII"),
            ),
        ];
        let counted = Counted::new(app.metrics.websockets.clone());
        let using_link = app.link.hold();
        app.link.spawn(async move {
            let _counted = counted;
            let _using_link = using_link;
            match self.on_upgrade.await {
                Ok(upgraded) => serve(Socket::new(upgraded).await).await,
                Err(error) => tracing::debug!(%error, "a client left during the WebSocket handshake"),
            }
        });
        (StatusCode::SWITCHING_PROTOCOLS, answer, Body::empty()).into_response()
    }
}

fn has_token(headers: &HeaderMap, name: HeaderName, token: &str) -> bool {
    headers
        .get_all(name)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|value| value.trim().eq_ignore_ascii_case(token))
}

/// Counts something for as long as it lives.
#[derive(Debug)]
struct Counted(Gauge);

impl Counted {
    fn new(gauge: Gauge) -> Self {
        gauge.inc();
        Self(gauge)
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.dec();
    }
}
