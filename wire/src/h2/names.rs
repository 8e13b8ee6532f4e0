//! The names of HTTP/2: types of frames and where they are defined, flags, settings, error codes (RFC 9113 §6, §7).

pub(super) const DATA: u8 = 0;
pub(super) const HEADERS: u8 = 1;
pub(super) const PRIORITY: u8 = 2;
pub(super) const RST_STREAM: u8 = 3;
pub(super) const SETTINGS: u8 = 4;
pub(super) const PUSH_PROMISE: u8 = 5;
pub(super) const PING: u8 = 6;
pub(super) const GOAWAY: u8 = 7;
pub(super) const WINDOW_UPDATE: u8 = 8;
pub(super) const CONTINUATION: u8 = 9;

const KINDS: &[(&str, &str)] = &[
    ("DATA", "RFC 9113 §6.1"),
    ("HEADERS", "RFC 9113 §6.2"),
    ("PRIORITY", "RFC 9113 §6.3"),
    ("RST_STREAM", "RFC 9113 §6.4"),
    ("SETTINGS", "RFC 9113 §6.5"),
    ("PUSH_PROMISE", "RFC 9113 §6.6"),
    ("PING", "RFC 9113 §6.7"),
    ("GOAWAY", "RFC 9113 §6.8"),
    ("WINDOW_UPDATE", "RFC 9113 §6.9"),
    ("CONTINUATION", "RFC 9113 §6.10"),
];

pub(super) fn kind(kind: u8) -> &'static str {
    match kind {
        0x0a => "ALTSVC",
        0x0c => "ORIGIN",
        0x10 => "PRIORITY_UPDATE",
        kind => KINDS.get(usize::from(kind)).map_or("extension", |(name, _)| name),
    }
}

pub(super) fn rule(kind: u8) -> &'static str {
    match kind {
        0x0a => "RFC 7838 §4",
        0x0c => "RFC 8336 §2",
        0x10 => "RFC 9218 §7.1",
        kind => KINDS.get(usize::from(kind)).map_or("RFC 9113 §5.5", |(_, rule)| rule),
    }
}

/// The flags that are set, by name.
pub(super) fn flags(kind: u8, flags: u8) -> String {
    let names: &[(u8, &str)] = match kind {
        DATA => &[(1, "END_STREAM"), (8, "PADDED")],
        HEADERS => &[(1, "END_STREAM"), (4, "END_HEADERS"), (8, "PADDED"), (0x20, "PRIORITY")],
        SETTINGS | PING => &[(1, "ACK")],
        PUSH_PROMISE => &[(4, "END_HEADERS"), (8, "PADDED")],
        CONTINUATION => &[(4, "END_HEADERS")],
        _ => &[],
    };
    let mut shown: Vec<_> =
        names.iter().filter(|(bit, _)| flags & bit != 0).map(|(_, name)| (*name).to_owned()).collect();
    let unknown = names.iter().fold(flags, |flags, (bit, _)| flags & !bit);
    if unknown != 0 {
        shown.push(format!("{unknown:#04x}"));
    }
    if shown.is_empty() { "none".to_owned() } else { shown.join(", ") }
}

pub(super) fn setting(id: u16) -> &'static str {
    match id {
        1 => "HEADER_TABLE_SIZE",
        2 => "ENABLE_PUSH",
        3 => "MAX_CONCURRENT_STREAMS",
        4 => "INITIAL_WINDOW_SIZE",
        5 => "MAX_FRAME_SIZE",
        6 => "MAX_HEADER_LIST_SIZE",
        8 => "ENABLE_CONNECT_PROTOCOL",
        9 => "NO_RFC7540_PRIORITIES",
        _ => "unknown setting",
    }
}

pub(super) fn error(code: u32) -> &'static str {
    const NAMES: &[&str] = &[
        "NO_ERROR",
        "PROTOCOL_ERROR",
        "INTERNAL_ERROR",
        "FLOW_CONTROL_ERROR",
        "SETTINGS_TIMEOUT",
        "STREAM_CLOSED",
        "FRAME_SIZE_ERROR",
        "REFUSED_STREAM",
        "CANCEL",
        "COMPRESSION_ERROR",
        "CONNECT_ERROR",
        "ENHANCE_YOUR_CALM",
        "INADEQUATE_SECURITY",
        "HTTP_1_1_REQUIRED",
    ];
    usize::try_from(code).ok().and_then(|code| NAMES.get(code).copied()).unwrap_or("unknown error")
}
