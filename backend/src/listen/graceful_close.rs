//! The end of a listening socket, so that a client is either served or refused and none is in between: a connection
//! that the kernel has made and the server does not accept would be reset when the socket closes, with the request it carries.

use std::{io, time::Duration};

use tokio::net::{TcpListener, TcpStream};

/// How long a client that is being connected has to complete it: a round trip around the world.
pub(super) const HANDSHAKE: Duration = Duration::from_millis(250);

/// Lets no further client begin to connect. Who tries is refused once the socket is closed; until then its system tries
/// again by itself.
#[cfg(any(target_os = "linux", target_os = "android"))]
pub(super) fn stop_handshakes(listener: &TcpListener) {
    use socket2::{SockFilter, SockRef};

    // in the language of the kernel's packet filter, see `man 2 bpf` and RFC 9293 section 3.1: drop what has SYN and no ACK
    const FLAGS_AT: u32 = 13;
    const SYN: u32 = 0x02;
    const ACK: u32 = 0x10;
    let program = [
        SockFilter::new(0x30, 0, 0, FLAGS_AT),
        SockFilter::new(0x54, 0, 0, SYN | ACK),
        SockFilter::new(0x15, 0, 1, SYN),
        SockFilter::new(0x06, 0, 0, 0),
        SockFilter::new(0x06, 0, 0, u32::MAX),
    ];
    if let Err(error) = SockRef::from(listener).attach_filter(&program) {
        tracing::debug!(%error, "the system takes no packet filter: who connects in the very last moment is reset");
    }
}

/// Elsewhere a client that connects in the very last moment is reset.
#[cfg(not(any(target_os = "linux", target_os = "android")))]
pub(super) fn stop_handshakes(_listener: &TcpListener) {}

/// Closes the socket, and gives the connections that were made by then and not yet accepted.
pub(super) fn close(listener: TcpListener) -> Vec<TcpStream> {
    // the runtime may not know yet which connections the kernel has made: ask the kernel itself
    let listener = match listener.into_std() {
        Ok(listener) => listener,
        Err(error) => {
            tracing::warn!(%error, "cannot look for the last clients");
            return Vec::new();
        }
    };
    let mut last = Vec::new();
    loop {
        match listener.accept().and_then(|(stream, _peer)| own(stream)) {
            Ok(stream) => last.push(stream),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => return last,
            Err(error) if matches!(error.kind(), io::ErrorKind::ConnectionAborted | io::ErrorKind::Interrupted) => {}
            Err(error) => {
                tracing::warn!(%error, "cannot accept the last clients");
                return last;
            }
        }
    }
}

fn own(stream: std::net::TcpStream) -> io::Result<TcpStream> {
    stream.set_nonblocking(true)?;
    TcpStream::from_std(stream)
}
