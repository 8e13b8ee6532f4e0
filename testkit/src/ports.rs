//! Free TCP ports on loopback. They are below the range of outgoing connections, so that a killed server can be
//! restarted on its own port.

use std::{
    collections::HashSet,
    hash::{BuildHasher as _, RandomState},
    net::{Ipv4Addr, TcpListener},
    sync::{Mutex, PoisonError},
};

const FIRST: u16 = 18_000;
const COUNT: u16 = 14_000;

/// A free port on 127.0.0.1, never the same one twice in a process.
///
/// # Panics
/// When all of them are taken.
#[must_use]
pub fn free() -> u16 {
    static TAKEN: Mutex<Option<HashSet<u16>>> = Mutex::new(None);
    let mut taken = TAKEN.lock().unwrap_or_else(PoisonError::into_inner);
    let taken = taken.get_or_insert_default();
    // a random start keeps concurrent test binaries apart
    let start = RandomState::new().hash_one(std::process::id()) % u64::from(COUNT);
    let start = u16::try_from(start).expect("a remainder of COUNT fits");
    (0..COUNT)
        .map(|step| FIRST + (start + step) % COUNT)
        .find(|port| {
            !taken.contains(port) && TcpListener::bind((Ipv4Addr::LOCALHOST, *port)).is_ok() && taken.insert(*port)
        })
        .expect("some port between 18000 and 32000 is free")
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_port_is_handed_out_once() {
        let ports: std::collections::HashSet<_> = (0..50).map(|_| super::free()).collect();
        assert_eq!(ports.len(), 50);
    }
}
