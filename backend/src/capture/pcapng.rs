//! A capture as a pcapng file, for Wireshark. Only the payload was recorded: the packets around it are made here, with the
//! ends of the connection and the times at which its bytes were seen. The file says so itself.

use std::{borrow::Cow, io, net::SocketAddr, time::Duration};

use crosstalk_wire::{Party, Protocol};
use etherparse::{PacketBuilder, PacketBuilderStep, TcpHeader};
use pcap_file::{
    DataLink, PcapError,
    pcapng::{
        PcapNgWriter,
        blocks::{
            enhanced_packet::EnhancedPacketBlock,
            interface_description::{InterfaceDescriptionBlock, InterfaceDescriptionOption},
            section_header::{SectionHeaderBlock, SectionHeaderOption},
        },
    },
};

use super::{
    conversation::{Conversation, LIMITS},
    recording::Recording,
    snapshot::Snapshot,
};

const COMMENT: &str = "Captured by Crosstalk within the server: the payload is what went over the socket, with credentials \
    masked and other callers' messages left out, and of a connection with TLS once more as the network sees it; the IP and TCP headers around it are synthesised, and the server's port is the \
    protocol's own.";
/// The most payload of one packet.
const SEGMENT: usize = 16 * 1024;
const WINDOW: u16 = u16::MAX;
const HOPS: u8 = 64;
/// Times are in nanoseconds.
const RESOLUTION: u8 = 9;
/// By which a tool knows the protocol, wherever the server or the broker listens; and the one with TLS below it.
fn ports(protocol: Protocol) -> (u16, u16) {
    match protocol {
        Protocol::Amqp => (5672, 5671),
        Protocol::Http1 | Protocol::Http2 | Protocol::WebSocket | Protocol::Tls => (80, 443),
    }
}

/// Writes a capture down. Takes its time: not to be done where others wait.
///
/// # Errors
/// When it cannot be put into packets.
pub(super) fn pcapng(taken: &Snapshot, writer: &mut dyn io::Write) -> io::Result<()> {
    let section = SectionHeaderBlock {
        options: vec![
            SectionHeaderOption::Comment(Cow::Borrowed(COMMENT)),
            SectionHeaderOption::UserApplication(Cow::Borrowed(concat!("Crosstalk ", env!("CARGO_PKG_VERSION")))),
        ],
        ..SectionHeaderBlock::default()
    };
    let mut writer = PcapNgWriter::with_section_header(writer, section).map_err(other)?;
    let interface = InterfaceDescriptionBlock {
        linktype: DataLink::RAW,
        snaplen: 0,
        options: vec![InterfaceDescriptionOption::IfTsResol(RESOLUTION)],
    };
    writer.write_pcapng_block(interface).map_err(other)?;
    let mut left = LIMITS;
    let mut conversation = |recording: &Recording| Conversation::of(recording, taken.trace_id, &mut left);
    let layers = taken.connections.iter().flat_map(|recording| {
        let above = conversation(recording);
        let (port, secure_port) = ports(above.protocol);
        let below = recording.network().map(|network| (conversation(&network), network, secure_port));
        [Some((above, recording.clone(), port)), below]
    });
    for (conversation, recording, port) in layers.flatten() {
        let opened = recording.opened_at.duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        for (at, packet) in packets(&conversation, recording.ends, port)? {
            let block = EnhancedPacketBlock {
                interface_id: 0,
                timestamp: opened + Duration::from_nanos(at),
                original_len: u32::try_from(packet.len()).unwrap_or(u32::MAX),
                data: Cow::Owned(packet),
                options: Vec::new(),
            };
            writer.write_pcapng_block(block).map_err(other)?;
        }
    }
    Ok(())
}

/// The packets of a connection: its handshake, then every piece as one or more segments.
fn packets(
    conversation: &Conversation,
    mut ends: (SocketAddr, SocketAddr),
    port: u16,
) -> io::Result<Vec<(u64, Vec<u8>)>> {
    ends.1.set_port(port);
    // sequence numbers start at 0, and the handshake counts as one byte
    let (mut client, mut server) = (1_u32, 1_u32);
    let mut packets = vec![
        (0, packet(ends, 0, &[], |tcp| tcp.syn())?),
        (0, packet((ends.1, ends.0), 0, &[], |tcp| tcp.syn().ack(1))?),
        (0, packet(ends, 1, &[], |tcp| tcp.ack(1))?),
    ];
    for said in &conversation.messages {
        let mut bytes = &said.bytes[..];
        for (at, len) in &said.pieces {
            let (piece, rest) = bytes.split_at((*len).min(bytes.len()));
            bytes = rest;
            for segment in piece.chunks(SEGMENT) {
                let (route, sent, seen) = match said.from {
                    Party::Client => (ends, &mut client, server),
                    Party::Server => ((ends.1, ends.0), &mut server, client),
                };
                packets.push((*at, packet(route, *sent, segment, |tcp| tcp.ack(seen).psh())?));
                *sent += u32::try_from(segment.len()).unwrap_or(u32::MAX);
            }
        }
    }
    Ok(packets)
}

type Step = PacketBuilderStep<TcpHeader>;

fn packet(
    (from, to): (SocketAddr, SocketAddr),
    sequence: u32,
    payload: &[u8],
    flags: impl FnOnce(Step) -> Step,
) -> io::Result<Vec<u8>> {
    let ip = match (from, to) {
        (SocketAddr::V4(from), SocketAddr::V4(to)) => PacketBuilder::ipv4(from.ip().octets(), to.ip().octets(), HOPS),
        (from, to) => PacketBuilder::ipv6(v6(from), v6(to), HOPS),
    };
    let tcp = flags(ip.tcp(from.port(), to.port(), sequence, WINDOW));
    let mut packet = Vec::with_capacity(tcp.size(payload.len()));
    tcp.write(&mut packet, payload).map_err(io::Error::other)?;
    Ok(packet)
}

fn v6(address: SocketAddr) -> [u8; 16] {
    match address {
        SocketAddr::V4(address) => address.ip().to_ipv6_mapped().octets(),
        SocketAddr::V6(address) => address.ip().octets(),
    }
}

fn other(error: PcapError) -> io::Error {
    io::Error::other(error)
}
