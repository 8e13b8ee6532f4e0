//! Authorities: what `Host`, `:authority`, a request target and `Origin` name (RFC 3986 section 3.2, RFC 9110 section 7.2,
//! RFC 9112 section 3.2, RFC 6454 section 7).
//!
//! `http::uri::Authority` checks the syntax of RFC 3986. What it lets through and HTTP does not allow is refused here:
//! user information, ports that are not numbers, addresses that are none, empty labels. Hosts are compared without case,
//! ports with the default port of the scheme.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use http::{HeaderMap, HeaderValue, Request, Uri, Version, header, uri::Scheme};

/// Why the authority of a request cannot be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Malformed {
    /// Neither the request target nor a header names one.
    #[error("the request has no Host header; HTTP/1.1 requires one")]
    Missing,
    /// `Host` is there more than once.
    #[error("the request has more than one Host header; send one")]
    Repeated,
    /// `Host`, `:authority` or the request target is not a host with an optional port.
    #[error("the request's host is not of the form host or host:port")]
    Invalid,
    /// `Host` differs from `:authority` or from the request target.
    #[error("the request target and the Host header name different hosts")]
    Contradictory,
}

/// A host and the port beside it.
#[derive(Clone, Copy, Debug)]
pub struct Authority<'a> {
    host: Host<'a>,
    port: Option<u16>,
}

#[derive(Clone, Copy, Debug)]
enum Host<'a> {
    Name(&'a str),
    Address(IpAddr),
}

impl<'a> Authority<'a> {
    /// Parses `host[:port]`; `None` when it is anything else.
    #[must_use]
    pub fn parse(text: &'a str) -> Option<Self> {
        let syntax = http::uri::Authority::try_from(text).ok()?;
        Self::split(text, syntax.host().len())
    }

    /// The authority of a request: that of its target (HTTP/2, absolute form), which `Host` must agree with, or `Host`.
    ///
    /// RFC 9112, section 3.2.2, has a server ignore the `Host` of a request in absolute form. A request in which the two
    /// differ is refused instead, as RFC 9113, section 8.3.1, has it for HTTP/2: no client that follows the standard sends one.
    ///
    /// # Errors
    /// [`Malformed`] when there is none, more than one, or one that is not valid.
    pub fn of<B>(request: &'a Request<B>) -> Result<Self, Malformed> {
        let uri = request.uri();
        let target = match uri.authority() {
            Some(target) => Some(Self::split(target.as_str(), target.host().len()).ok_or(Malformed::Invalid)?),
            None => None,
        };
        let host = match (Self::of_host(request.headers())?, target) {
            (Some(host), _) => host,
            (None, Some(target)) if request.version() != Version::HTTP_11 => return Ok(target),
            (None, _) => return Err(Malformed::Missing),
        };
        if target.is_some_and(|target| !target.is(host, default_port(uri.scheme()))) {
            return Err(Malformed::Contradictory);
        }
        Ok(host)
    }

    fn of_host(headers: &'a HeaderMap) -> Result<Option<Self>, Malformed> {
        let mut values = headers.get_all(header::HOST).iter();
        let Some(value) = values.next() else { return Ok(None) };
        if values.next().is_some() {
            return Err(Malformed::Repeated);
        }
        let host = value.to_str().ok().and_then(Self::parse).ok_or(Malformed::Invalid)?;
        Ok(Some(host))
    }

    /// Takes apart what has the syntax of RFC 3986; its host must be `host_len` long and come first.
    fn split(text: &'a str, host_len: usize) -> Option<Self> {
        if text.contains('@') {
            return None;
        }
        let (host, port) = text.split_at_checked(host_len)?;
        let port = match port.strip_prefix(':') {
            Some("") => None,
            Some(digits) if digits.bytes().all(|byte| byte.is_ascii_digit()) => Some(digits.parse().ok()?),
            None if port.is_empty() => None,
            _ => return None,
        };
        let host = match host.strip_prefix('[') {
            Some(rest) => Host::Address(rest.strip_suffix(']')?.parse::<Ipv6Addr>().ok()?.into()),
            None => match host.parse::<Ipv4Addr>() {
                Ok(address) => Host::Address(address.into()),
                Err(_) if is_name(host) => Host::Name(host),
                Err(_) => return None,
            },
        };
        Some(Self { host, port })
    }

    /// Whether it names this machine, on whatever port.
    #[must_use]
    pub fn is_loopback(self) -> bool {
        match self.host {
            Host::Name(name) => name.eq_ignore_ascii_case("localhost"),
            Host::Address(address) => address.is_loopback(),
        }
    }

    /// Whether both name the same, where a missing port is `default_port`.
    #[must_use]
    pub fn is(self, other: Authority<'_>, default_port: u16) -> bool {
        let same_host = match (self.host, other.host) {
            (Host::Name(one), Host::Name(other)) => one.eq_ignore_ascii_case(other),
            (Host::Address(one), Host::Address(other)) => one == other,
            (Host::Name(_), Host::Address(_)) | (Host::Address(_), Host::Name(_)) => false,
        };
        same_host && self.port.unwrap_or(default_port) == other.port.unwrap_or(default_port)
    }
}

/// A registered name: labels of unreserved characters and sub-delimiters (RFC 3986, section 3.2.2), none of them empty.
fn is_name(host: &str) -> bool {
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-_~!$&'()*+,;=".contains(&byte);
    host.split('.').all(|label| !label.is_empty() && label.bytes().all(is_allowed))
}

/// Of another scheme than HTTPS that of HTTP; a target without a scheme always has a port (RFC 9112, section 3.2.3).
fn default_port(scheme: Option<&Scheme>) -> u16 {
    if scheme == Some(&Scheme::HTTPS) { 443 } else { 80 }
}

/// A web origin, as `Origin` has it.
#[derive(Clone, Copy, Debug)]
pub struct WebOrigin<'a> {
    https: bool,
    authority: Authority<'a>,
}

impl<'a> WebOrigin<'a> {
    /// Parses `scheme://host[:port]`; `None` when it is anything else, such as `null`.
    #[must_use]
    pub fn parse(text: &'a str) -> Option<Self> {
        let (scheme, authority) = text.split_once("://")?;
        let https = scheme.eq_ignore_ascii_case("https");
        if !https && !scheme.eq_ignore_ascii_case("http") {
            return None;
        }
        Some(Self { https, authority: Authority::parse(authority)? })
    }

    /// Parses the value of an `Origin` header.
    #[must_use]
    pub fn of(value: &'a HeaderValue) -> Option<Self> {
        value.to_str().ok().and_then(Self::parse)
    }

    /// Whether both are the same origin.
    #[must_use]
    pub fn is(self, other: WebOrigin<'_>) -> bool {
        self.https == other.https && self.has(other.authority)
    }

    /// Whether this is its authority, with or without the default port.
    #[must_use]
    pub fn has(self, authority: Authority<'_>) -> bool {
        self.authority.is(authority, if self.https { 443 } else { 80 })
    }
}

/// Whether a request comes from a page of the host that it is sent to. The scheme does not count: a proxy may end TLS
/// before us.
#[must_use]
pub fn is_same_host(uri: &Uri, headers: &HeaderMap) -> bool {
    let mut origins = headers.get_all(header::ORIGIN).iter();
    let (Some(origin), None) = (origins.next().and_then(WebOrigin::of), origins.next()) else { return false };
    let target = uri.authority().map(http::uri::Authority::as_str);
    let host = target.or_else(|| headers.get(header::HOST).and_then(|host| host.to_str().ok()));
    host.and_then(Authority::parse).is_some_and(|host| origin.has(host))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_loopback_names_are_loopback() {
        for host in [
            "127.0.0.1",
            "127.0.0.1:8080",
            "127.0.0.1:",
            "localhost",
            "LOCALHOST:1",
            "localhost:00080",
            "[::1]:8080",
            "[0:0:0:0:0:0:0:1]",
            "127.9.9.9",
        ] {
            assert!(Authority::parse(host).is_some_and(Authority::is_loopback), "{host}");
        }
        for host in [
            "example.org",
            "localhost.example.org",
            "127.0.0.1.example.org",
            "10.0.0.1",
            "[::2]",
            "127.1",
            "2130706433",
            "0x7f000001",
            "xn--nxasmq6b",
            "local_host",
        ] {
            assert!(Authority::parse(host).is_some_and(|host| !host.is_loopback()), "{host}");
        }
    }

    #[test]
    fn everything_else_is_malformed() {
        for host in [
            "",
            ":80",
            ".",
            "localhost.",
            "127.0.0.1.",
            ".localhost",
            "local..host",
            "user@localhost",
            "127.0.0.1:80@evil.example.org",
            "localhost@localhost",
            "localhost:80@localhost:80",
            "@localhost",
            "local host",
            " localhost",
            "localhost ",
            "localhost\t",
            "localhost:http",
            "localhost:+80",
            "localhost:-1",
            "localhost:65536",
            "localhost:80:80",
            "localhost: 80",
            "localhost/",
            "localhost?a",
            "localhost#a",
            "http://localhost",
            "localhost,evil.example.org/",
            "%6cocalhost",
            "lóc",
            "::1",
            "[::1",
            "::1]",
            "[]",
            "[::1]x",
            "[::1].example.org",
            "[::1]]",
            "[127.0.0.1]",
            "[localhost]",
            "[::1%25lo]",
            "[v1.a]",
            "[1::2::3]",
            "a[b]",
        ] {
            assert!(Authority::parse(host).is_none(), "{host}");
        }
    }

    #[track_caller]
    fn check(origin: &str, authority: &str, same: bool) {
        let origin = WebOrigin::parse(origin).unwrap();
        assert_eq!(origin.has(Authority::parse(authority).unwrap()), same, "{origin:?} {authority}");
    }

    #[test]
    fn a_host_is_compared_without_case_and_with_its_default_port() {
        check("https://play.example.org", "Play.Example.ORG", true);
        check("https://play.example.org", "play.example.org:443", true);
        check("HTTPS://play.example.org:443", "play.example.org", true);
        check("http://play.example.org", "play.example.org:80", true);
        check("http://play.example.org", "play.example.org:", true);
        check("https://[2001:DB8::1]", "[2001:db8:0:0::1]:443", true);
        check("https://play.example.org", "play.example.org:80", false);
        check("http://play.example.org", "play.example.org:443", false);
        check("https://play.example.org:8443", "play.example.org", false);
        check("https://play.example.org", "play.example.org.evil.example", false);
        check("http://127.0.0.1", "localhost", false);
    }

    #[test]
    fn an_origin_is_a_scheme_and_an_authority_and_nothing_else() {
        for text in [
            "",
            "null",
            "play.example.org",
            "https:play.example.org",
            "ftp://play.example.org",
            "https://play.example.org/",
            "https://play.example.org?a",
            "https://user@play.example.org",
            "https://",
            "https://a b",
            "http://localhost http://localhost",
        ] {
            assert!(WebOrigin::parse(text).is_none(), "{text}");
        }
    }

    #[track_caller]
    fn check_request(version: Version, target: &str, hosts: &[&str], expected: Result<&str, Malformed>) {
        let mut request = Request::builder().version(version).uri(target);
        for host in hosts {
            request = request.header(header::HOST, *host);
        }
        let request = request.body(()).unwrap();
        match (Authority::of(&request), expected) {
            (Ok(authority), Ok(expected)) => assert!(authority.is(Authority::parse(expected).unwrap(), 80)),
            (found, expected) => assert_eq!(found.err(), expected.err(), "{target} {hosts:?}"),
        }
    }

    #[test]
    fn a_request_names_one_authority() {
        use Malformed as M;
        use Version as V;
        check_request(V::HTTP_11, "/", &["localhost:8080"], Ok("localhost:8080"));
        check_request(V::HTTP_11, "/", &[], Err(M::Missing));
        check_request(V::HTTP_10, "/", &[], Err(M::Missing));
        check_request(V::HTTP_11, "/", &[""], Err(M::Invalid));
        check_request(V::HTTP_11, "/", &["localhost", "localhost"], Err(M::Repeated));
        check_request(V::HTTP_11, "/", &["localhost, localhost"], Err(M::Invalid));
        check_request(V::HTTP_11, "http://localhost/", &["LocalHost:80"], Ok("localhost"));
        check_request(V::HTTP_11, "http://localhost/", &["127.0.0.1"], Err(M::Contradictory));
        check_request(V::HTTP_11, "http://evil.example.org/", &["localhost"], Err(M::Contradictory));
        check_request(V::HTTP_11, "http://localhost/", &[], Err(M::Missing));
        check_request(V::HTTP_10, "http://localhost/", &[], Ok("localhost"));
        check_request(V::HTTP_11, "http://user@localhost/", &["localhost"], Err(M::Invalid));
        check_request(V::HTTP_2, "https://localhost/", &[], Ok("localhost"));
        check_request(V::HTTP_2, "https://localhost/", &["localhost:443"], Ok("localhost:443"));
        check_request(V::HTTP_2, "http://localhost:1/", &["localhost:2"], Err(M::Contradictory));
        check_request(V::HTTP_2, "/", &[], Err(M::Missing));
    }
}
