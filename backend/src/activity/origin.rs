//! Whose a call is, and who may see it.

use http::{HeaderMap, HeaderName, Uri, header};

use crate::{authority::is_same_host, config::Config};

/// What proxies add to what they forward (RFC 7239, RFC 9110 section 7.6.3, and what was before them).
const FORWARDING: [HeaderName; 6] = [
    header::FORWARDED,
    header::VIA,
    HeaderName::from_static("x-forwarded-for"),
    HeaderName::from_static("x-forwarded-host"),
    HeaderName::from_static("x-forwarded-proto"),
    HeaderName::from_static("x-real-ip"),
];
/// Fetch Metadata: which relation a request has to the page that makes it. No script can set it.
const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Whether only this machine can reach the server.
pub(super) fn is_local(config: &Config) -> bool {
    let listeners = [config.listen, config.grpc_listen, config.amqp_listen];
    listeners.iter().all(|address| address.ip().is_loopback()) && config.public_origin.is_none()
}

/// Whether a proxy says that it stands before the server.
#[must_use]
pub fn is_forwarded(headers: &HeaderMap) -> bool {
    FORWARDING.iter().any(|name| headers.contains_key(name))
}

/// Whether a call is one of our own page, which knows of it.
pub(super) fn is_ours(uri: &Uri, headers: &HeaderMap) -> bool {
    if let Some(site) = headers.get(SEC_FETCH_SITE) {
        return site == "same-origin";
    }
    // browsers that do not send it name the origin where that matters
    is_same_host(uri, headers)
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;
    use http::HeaderValue;

    use super::*;

    #[test]
    fn only_a_server_that_this_machine_alone_can_reach_is_local() {
        for (flags, local) in [
            (vec![], true),
            (vec!["--listen=[::1]:8080"], true),
            (vec!["--listen=0.0.0.0:8080"], false),
            (vec!["--grpc-listen=192.0.2.1:50051"], false),
            (vec!["--public-origin=https://play.example.org"], false),
        ] {
            let config = Config::parse_from(std::iter::once("crosstalk").chain(flags.iter().copied()));
            assert_eq!(is_local(&config), local, "{flags:?}");
        }
    }

    #[track_caller]
    fn check(headers: &[(&'static str, &'static str)], ours: bool, forwarded: bool) {
        let pair = |(name, value): &(&'static str, &'static str)| {
            (HeaderName::from_static(name), HeaderValue::from_static(value))
        };
        let map: HeaderMap = headers.iter().map(pair).collect();
        let uri = Uri::from_static("/");
        assert_eq!((is_ours(&uri, &map), is_forwarded(&map)), (ours, forwarded), "{headers:?}");
    }

    #[test]
    fn a_call_is_ours_when_the_browser_says_so() {
        check(&[("sec-fetch-site", "same-origin")], true, false);
        check(&[("sec-fetch-site", "cross-site"), ("origin", "http://a:1"), ("host", "a:1")], false, false);
        check(&[("origin", "http://a:1"), ("host", "a:1")], true, false);
        check(&[("origin", "http://A"), ("host", "a:80")], true, false);
        check(&[("origin", "http://b:1"), ("host", "a:1")], false, false);
        check(&[("user-agent", "curl/8.5.0"), ("host", "a:1")], false, false);
        check(&[("x-forwarded-for", "192.0.2.1")], false, true);
        check(&[("via", "1.1 proxy")], false, true);
    }
}
