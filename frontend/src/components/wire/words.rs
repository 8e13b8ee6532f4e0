//! What the two ends of a hop are called.

use crosstalk_proto::capture::Hop;

use crate::{
    i18n::{I18n, t_string},
    model::wire::Wire,
};

/// Who opened it, and who was asked.
pub(super) fn ends(i18n: I18n, hop: Hop) -> (&'static str, &'static str) {
    let server = t_string!(i18n, panels.party_server);
    match hop {
        Hop::Client => (t_string!(i18n, panels.party_browser), server),
        Hop::Own => (server, server),
        Hop::Broker => (server, t_string!(i18n, wire.broker)),
    }
}

/// All connections, with what they speak and between whom.
pub(super) fn connections(i18n: I18n, wire: &Wire) -> String {
    let told = wire.connections.iter().map(|connection| {
        let (client, server) = ends(i18n, connection.hop);
        let (from, to) = &connection.ends;
        [&connection.protocol, ", ", client, " ", from, " → ", server, " ", to].concat()
    });
    told.collect::<Vec<_>>().join("; ")
}
