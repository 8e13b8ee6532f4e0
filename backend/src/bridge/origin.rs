//! Whose pages may open a WebSocket: browsers do not ask CORS about them, so the server looks at `Origin` itself
//! (RFC 6455, section 10.2). Other clients send none and are let in.

use http::{HeaderMap, HeaderValue, header};

use crate::config::Config;

/// Whether a handshake may go on: no `Origin`, our own, or one that the configuration names.
#[must_use]
pub fn may_enter(config: &Config, headers: &HeaderMap) -> bool {
    let Some(origin) = headers.get(header::ORIGIN) else { return true };
    let Ok(origin) = origin.to_str() else { return false };
    let named = config.public_origin.iter().chain(&config.cors_origins).any(|named| named.as_str() == origin);
    named || is_own(origin, headers.get(header::HOST))
}

/// The edge has checked `Host` already; a proxy that ends TLS before us makes the scheme no help.
fn is_own(origin: &str, host: Option<&HeaderValue>) -> bool {
    let authority = origin.strip_prefix("http://").or_else(|| origin.strip_prefix("https://"));
    match (authority, host.map(HeaderValue::to_str)) {
        (Some(authority), Some(Ok(host))) => authority.eq_ignore_ascii_case(host),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;

    #[track_caller]
    fn check(origin: Option<&'static str>, enters: bool) {
        let config = Config::parse_from([
            "crosstalk",
            "--public-origin=https://play.example.org",
            "--cors-origins=https://tutorial.example.org",
        ]);
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, HeaderValue::from_static("localhost:8080"));
        if let Some(origin) = origin {
            headers.insert(header::ORIGIN, HeaderValue::from_static(origin));
        }
        assert_eq!(may_enter(&config, &headers), enters, "{origin:?}");
    }

    #[test]
    fn our_own_page_named_origins_and_other_clients_enter() {
        check(None, true);
        check(Some("http://localhost:8080"), true);
        check(Some("https://play.example.org"), true);
        check(Some("https://tutorial.example.org"), true);
    }

    #[test]
    fn foreign_pages_do_not() {
        check(Some("http://evil.example.org"), false);
        check(Some("http://localhost:8081"), false);
        check(Some("http://127.0.0.1:8080"), false);
        check(Some("null"), false);
        check(Some("http://localhost:8080.evil.example.org"), false);
    }
}
