//! The WebSocket handshake (RFC 6455, section 4.2). `Origin` is checked before it; what the client asked for, such as a
//! queue, is looked up after it.
//!
//! axum's `WebSocketUpgrade` is not used: it runs the socket in a task of its own, which [`crate::shutdown`] would not wait
//! for, and it refuses with other statuses.

use std::future::Future;

use axum::{
    body::Body,
    extract::FromRequestParts,
    response::{IntoResponse as _, Response},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Version, header, request::Parts};
use hyper::upgrade::OnUpgrade;
use prometheus_client::metrics::gauge::Gauge;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;

use super::{origin, socket::Socket};
use crate::{activity::origin::is_forwarded, error::Error, state::AppState};

/// The only version of the protocol.
const VERSION: HeaderValue = HeaderValue::from_static("13");
/// The length of a handshake's nonce.
const KEY_LEN: usize = 16;

/// A handshake that may go on.
#[derive(Debug)]
pub struct Upgrade {
    key: HeaderValue,
    on_upgrade: OnUpgrade,
    /// A proxy stands between.
    pub(super) forwarded: bool,
}

impl FromRequestParts<AppState> for Upgrade {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &AppState) -> Result<Self, Error> {
        if !origin::may_enter(&app.config, &parts.uri, &parts.headers) {
            return Err(Error::request(
                StatusCode::FORBIDDEN,
                "pages of that origin may not open a WebSocket here; CROSSTALK_CORS_ORIGINS names those that may",
            ));
        }
        let key = handshake_key(parts)?;
        let forwarded = is_forwarded(&parts.headers);
        let on_upgrade = parts.extensions.remove::<OnUpgrade>().ok_or_else(|| upgrade_required(parts.version))?;
        Ok(Self { key, on_upgrade, forwarded })
    }
}

/// Checks a client's handshake (RFC 6455, section 4.2.1) and gives its key.
///
/// # Errors
/// - 405 for other methods than `GET`
/// - 426 when the request does not ask for a WebSocket, or for another version (sections 4.2.2 and 4.4)
/// - 400 when the key is not 16 bytes in base64, or there are several
fn handshake_key(parts: &Parts) -> Result<HeaderValue, Error> {
    if parts.method != Method::GET && parts.method != Method::HEAD {
        let detail = format!("{} is a WebSocket; it is opened with GET", parts.uri.path());
        return Err(Error::request(StatusCode::METHOD_NOT_ALLOWED, detail)
            .with(header::ALLOW, HeaderValue::from_static("GET, HEAD")));
    }
    // HTTP/1.0 has no Upgrade (RFC 9110, section 7.8), and neither has HTTP/2 (RFC 9113, section 8.6)
    if parts.method != Method::GET
        || parts.version != Version::HTTP_11
        || !has_token(&parts.headers, header::CONNECTION, "upgrade")
        || !has_token(&parts.headers, header::UPGRADE, "websocket")
    {
        return Err(upgrade_required(parts.version));
    }
    if only(&parts.headers, header::SEC_WEBSOCKET_VERSION).is_none_or(|version| version != VERSION) {
        return Err(upgrade_required(parts.version).with(header::SEC_WEBSOCKET_VERSION, VERSION));
    }
    let key = only(&parts.headers, header::SEC_WEBSOCKET_KEY);
    let key = key.filter(|key| STANDARD.decode(key).is_ok_and(|nonce| nonce.len() == KEY_LEN));
    key.cloned().ok_or_else(|| {
        Error::request(StatusCode::BAD_REQUEST, "Sec-WebSocket-Key must be there once, and be 16 bytes in base64")
    })
}

/// 426 names the protocol to switch to (RFC 9110, section 15.5.22); only HTTP/1.1 has the headers for it.
fn upgrade_required(version: Version) -> Error {
    let error = Error::request(
        StatusCode::UPGRADE_REQUIRED,
        "this address speaks WebSocket, version 13, over HTTP/1.1: use a WebSocket client",
    );
    if version > Version::HTTP_11 {
        return error;
    }
    error
        .with(header::CONNECTION, HeaderValue::from_static("upgrade"))
        .with(header::UPGRADE, HeaderValue::from_static("websocket"))
}

/// A header that must not be there more than once.
fn only(headers: &HeaderMap, name: HeaderName) -> Option<&HeaderValue> {
    let mut values = headers.get_all(name).iter();
    values.next().filter(|_| values.next().is_none())
}

impl Upgrade {
    /// Answers the handshake and serves the socket in a task that the drain waits for.
    pub fn accept<F, Fut>(self, app: &AppState, serve: F) -> Response
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
