//! Whose pages may open a WebSocket: browsers do not ask CORS about them, so the server looks at `Origin` itself
//! (RFC 6455, section 10.2). Other clients send none and are let in.

use http::{HeaderMap, Uri, header};

use crate::{authority::is_same_host, config::Config};

/// Whether a handshake may go on: no `Origin`, our own, or one that the configuration names. Several are none of these.
#[must_use]
pub fn may_enter(config: &Config, uri: &Uri, headers: &HeaderMap) -> bool {
    let mut origins = headers.get_all(header::ORIGIN).iter();
    match (origins.next(), origins.next()) {
        (None, _) => true,
        (Some(origin), None) => {
            let mut named = config.public_origin.iter().chain(&config.cors_origins);
            named.any(|named| named.is(origin)) || is_same_host(uri, headers)
        }
        (Some(_), Some(_)) => false,
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;
    use http::HeaderValue;

    use super::*;

    #[track_caller]
    fn check(origins: &[&'static str], enters: bool) {
        let config = Config::parse_from([
            "crosstalk",
            "--public-origin=https://play.example.org",
            "--cors-origins=https://tutorial.example.org",
        ]);
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, HeaderValue::from_static("localhost:8080"));
        for origin in origins {
            headers.append(header::ORIGIN, HeaderValue::from_static(origin));
        }
        assert_eq!(may_enter(&config, &Uri::from_static("/ws"), &headers), enters, "{origins:?}");
    }

    #[test]
    fn our_own_page_named_origins_and_other_clients_enter() {
        check(&[], true);
        check(&["http://localhost:8080"], true);
        check(&["https://play.example.org"], true);
        check(&["https://tutorial.example.org"], true);
        check(&["https://Tutorial.Example.org:443"], true);
        check(&["HTTP://LocalHost:8080"], true);
    }

    #[test]
    fn foreign_pages_do_not() {
        check(&["http://evil.example.org"], false);
        check(&["http://localhost:8081"], false);
        check(&["http://127.0.0.1:8080"], false);
        check(&["http://play.example.org"], false);
        check(&["https://play.example.org/"], false);
        check(&["https://user@play.example.org"], false);
        check(&["http://localhost"], false);
        check(&["null"], false);
        check(&[""], false);
        check(&["http://localhost:8080", "http://evil.example.org"], false);
        check(&["http://localhost:8080", "http://localhost:8080"], false);
        check(&["http://localhost:8080.evil.example.org"], false);
    }
}
