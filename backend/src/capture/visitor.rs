//! Who holds a capture, as far as a server can tell: an address. Several may share one, behind a router or a proxy that does not
//! say which client it speaks for; so what is decided by it must never leave them worse off than if all were one.

use std::net::{IpAddr, Ipv6Addr};

use http::{HeaderMap, HeaderName, header};

const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// The address at the other end of a connection.
#[derive(Clone, Copy, Debug)]
pub struct Peer(pub IpAddr);

/// See the module.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Visitor(IpAddr);

impl Visitor {
    /// The sender of a request with these headers. Forwarding headers count only from a peer nearby, which may be a proxy.
    #[must_use]
    pub fn of(Peer(peer): Peer, headers: &HeaderMap) -> Self {
        let named = || forwarded_for(headers).filter(|_| is_near(peer));
        // with IPv6 a client that has one address has all of its network
        Self(match named().unwrap_or(peer).to_canonical() {
            IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX)).into(),
            address => address,
        })
    }
}

/// Whether a proxy may be there: on this machine, or in a network that is not routed.
fn is_near(peer: IpAddr) -> bool {
    match peer.to_canonical() {
        IpAddr::V4(peer) => peer.is_loopback() || peer.is_private() || peer.is_link_local(),
        IpAddr::V6(peer) => peer.is_loopback() || peer.is_unique_local() || peer.is_unicast_link_local(),
    }
}

/// The address that the nearest proxy has seen, which is the last: what is before it was said by others (RFC 7239 section 4).
fn forwarded_for(headers: &HeaderMap) -> Option<IpAddr> {
    let standard = || {
        let mut pairs = last(headers, &header::FORWARDED)?.split(';').filter_map(|pair| pair.trim().split_once('='));
        pairs.find_map(|(name, value)| name.eq_ignore_ascii_case("for").then_some(value))
    };
    address(last(headers, &X_FORWARDED_FOR).or_else(standard)?.trim().trim_matches('"'))
}

fn last<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    headers.get_all(name).iter().next_back()?.to_str().ok()?.rsplit(',').next()
}

/// Reads an address, which may have brackets and a port.
fn address(text: &str) -> Option<IpAddr> {
    let socket = || text.parse().ok().map(|socket: std::net::SocketAddr| socket.ip());
    text.trim_matches(['[', ']']).parse().ok().or_else(socket)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(peer: &str, said: &[(HeaderName, &str)], visitor: &str) {
        let headers: HeaderMap = said.iter().map(|(name, value)| (name.clone(), value.parse().unwrap())).collect();
        let found = Visitor::of(Peer(peer.parse().unwrap()), &headers);
        assert_eq!(found, Visitor(visitor.parse().unwrap()), "{peer} {said:?}");
    }

    #[test]
    fn a_near_proxy_is_heard_and_nobody_else() {
        check("203.0.113.7", &[], "203.0.113.7");
        check("127.0.0.1", &[(X_FORWARDED_FOR, "198.51.100.9, 203.0.113.7")], "203.0.113.7");
        check("10.0.0.2", &[(header::FORWARDED, "for=x, For=\"203.0.113.7:41\";proto=https")], "203.0.113.7");
        check("203.0.113.7", &[(X_FORWARDED_FOR, "198.51.100.9")], "203.0.113.7");
        check("127.0.0.1", &[(X_FORWARDED_FOR, "unknown")], "127.0.0.1");
    }

    #[test]
    fn a_network_of_ipv6_is_one_visitor() {
        check("2001:db8:1:2:3:4:5:6", &[], "2001:db8:1:2::");
        check("::1", &[(header::FORWARDED, "for=\"[2001:db8:1:2::9]:41\"")], "2001:db8:1:2::");
        check("::ffff:203.0.113.7", &[], "203.0.113.7");
    }
}
