//! The methods of AMQP 0-9-1 with RabbitMQ's extensions, and the properties of a content: names, numbers and types.

/// The encoding of an argument.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Type {
    Bit,
    Octet,
    Short,
    Long,
    LongLong,
    ShortStr,
    LongStr,
    Table,
    Timestamp,
}

/// A method: class, number, name, and arguments in order.
pub(crate) type Method = (u16, u16, &'static str, &'static [(&'static str, Type)]);

/// The method of this number.
pub(crate) fn method(class: u16, number: u16) -> Option<&'static Method> {
    METHODS.iter().find(|method| (method.0, method.1) == (class, number))
}

/// The properties of a content of class basic, in the order of their flags, from the highest bit.
pub(crate) const PROPERTIES: &[(&str, Type)] = &[
    ("content-type", Type::ShortStr),
    ("content-encoding", Type::ShortStr),
    ("headers", Type::Table),
    ("delivery-mode", Type::Octet),
    ("priority", Type::Octet),
    ("correlation-id", Type::ShortStr),
    ("reply-to", Type::ShortStr),
    ("expiration", Type::ShortStr),
    ("message-id", Type::ShortStr),
    ("timestamp", Type::Timestamp),
    ("type", Type::ShortStr),
    ("user-id", Type::ShortStr),
    ("app-id", Type::ShortStr),
    ("cluster-id", Type::ShortStr),
];

use Type::{Bit, Long, LongLong, LongStr, Octet, Short, ShortStr, Table};

/// All methods.
pub(crate) const METHODS: &[Method] = &[
    (
        10,
        10,
        "connection.start",
        &[
            ("version-major", Octet),
            ("version-minor", Octet),
            ("server-properties", Table),
            ("mechanisms", LongStr),
            ("locales", LongStr),
        ],
    ),
    (
        10,
        11,
        "connection.start-ok",
        &[("client-properties", Table), ("mechanism", ShortStr), ("response", LongStr), ("locale", ShortStr)],
    ),
    (10, 20, "connection.secure", &[("challenge", LongStr)]),
    (10, 21, "connection.secure-ok", &[("response", LongStr)]),
    (10, 30, "connection.tune", &[("channel-max", Short), ("frame-max", Long), ("heartbeat", Short)]),
    (10, 31, "connection.tune-ok", &[("channel-max", Short), ("frame-max", Long), ("heartbeat", Short)]),
    (10, 40, "connection.open", &[("virtual-host", ShortStr), ("capabilities", ShortStr), ("insist", Bit)]),
    (10, 41, "connection.open-ok", &[("known-hosts", ShortStr)]),
    (
        10,
        50,
        "connection.close",
        &[("reply-code", Short), ("reply-text", ShortStr), ("class-id", Short), ("method-id", Short)],
    ),
    (10, 51, "connection.close-ok", &[]),
    (10, 60, "connection.blocked", &[("reason", ShortStr)]),
    (10, 61, "connection.unblocked", &[]),
    (10, 70, "connection.update-secret", &[("new-secret", LongStr), ("reason", ShortStr)]),
    (10, 71, "connection.update-secret-ok", &[]),
    (20, 10, "channel.open", &[("out-of-band", ShortStr)]),
    (20, 11, "channel.open-ok", &[("channel-id", LongStr)]),
    (20, 20, "channel.flow", &[("active", Bit)]),
    (20, 21, "channel.flow-ok", &[("active", Bit)]),
    (
        20,
        40,
        "channel.close",
        &[("reply-code", Short), ("reply-text", ShortStr), ("class-id", Short), ("method-id", Short)],
    ),
    (20, 41, "channel.close-ok", &[]),
    (
        30,
        10,
        "access.request",
        &[("realm", ShortStr), ("exclusive", Bit), ("passive", Bit), ("active", Bit), ("write", Bit), ("read", Bit)],
    ),
    (30, 11, "access.request-ok", &[("ticket", Short)]),
    (
        40,
        10,
        "exchange.declare",
        &[
            ("ticket", Short),
            ("exchange", ShortStr),
            ("type", ShortStr),
            ("passive", Bit),
            ("durable", Bit),
            ("auto-delete", Bit),
            ("internal", Bit),
            ("nowait", Bit),
            ("arguments", Table),
        ],
    ),
    (40, 11, "exchange.declare-ok", &[]),
    (40, 20, "exchange.delete", &[("ticket", Short), ("exchange", ShortStr), ("if-unused", Bit), ("nowait", Bit)]),
    (40, 21, "exchange.delete-ok", &[]),
    (
        40,
        30,
        "exchange.bind",
        &[
            ("ticket", Short),
            ("destination", ShortStr),
            ("source", ShortStr),
            ("routing-key", ShortStr),
            ("nowait", Bit),
            ("arguments", Table),
        ],
    ),
    (40, 31, "exchange.bind-ok", &[]),
    (
        40,
        40,
        "exchange.unbind",
        &[
            ("ticket", Short),
            ("destination", ShortStr),
            ("source", ShortStr),
            ("routing-key", ShortStr),
            ("nowait", Bit),
            ("arguments", Table),
        ],
    ),
    (40, 51, "exchange.unbind-ok", &[]),
    (
        50,
        10,
        "queue.declare",
        &[
            ("ticket", Short),
            ("queue", ShortStr),
            ("passive", Bit),
            ("durable", Bit),
            ("exclusive", Bit),
            ("auto-delete", Bit),
            ("nowait", Bit),
            ("arguments", Table),
        ],
    ),
    (50, 11, "queue.declare-ok", &[("queue", ShortStr), ("message-count", Long), ("consumer-count", Long)]),
    (
        50,
        20,
        "queue.bind",
        &[
            ("ticket", Short),
            ("queue", ShortStr),
            ("exchange", ShortStr),
            ("routing-key", ShortStr),
            ("nowait", Bit),
            ("arguments", Table),
        ],
    ),
    (50, 21, "queue.bind-ok", &[]),
    (50, 30, "queue.purge", &[("ticket", Short), ("queue", ShortStr), ("nowait", Bit)]),
    (50, 31, "queue.purge-ok", &[("message-count", Long)]),
    (
        50,
        40,
        "queue.delete",
        &[("ticket", Short), ("queue", ShortStr), ("if-unused", Bit), ("if-empty", Bit), ("nowait", Bit)],
    ),
    (50, 41, "queue.delete-ok", &[("message-count", Long)]),
    (
        50,
        50,
        "queue.unbind",
        &[
            ("ticket", Short),
            ("queue", ShortStr),
            ("exchange", ShortStr),
            ("routing-key", ShortStr),
            ("arguments", Table),
        ],
    ),
    (50, 51, "queue.unbind-ok", &[]),
    (60, 10, "basic.qos", &[("prefetch-size", Long), ("prefetch-count", Short), ("global", Bit)]),
    (60, 11, "basic.qos-ok", &[]),
    (
        60,
        20,
        "basic.consume",
        &[
            ("ticket", Short),
            ("queue", ShortStr),
            ("consumer-tag", ShortStr),
            ("no-local", Bit),
            ("no-ack", Bit),
            ("exclusive", Bit),
            ("nowait", Bit),
            ("arguments", Table),
        ],
    ),
    (60, 21, "basic.consume-ok", &[("consumer-tag", ShortStr)]),
    (60, 30, "basic.cancel", &[("consumer-tag", ShortStr), ("nowait", Bit)]),
    (60, 31, "basic.cancel-ok", &[("consumer-tag", ShortStr)]),
    (
        60,
        40,
        "basic.publish",
        &[("ticket", Short), ("exchange", ShortStr), ("routing-key", ShortStr), ("mandatory", Bit), ("immediate", Bit)],
    ),
    (
        60,
        50,
        "basic.return",
        &[("reply-code", Short), ("reply-text", ShortStr), ("exchange", ShortStr), ("routing-key", ShortStr)],
    ),
    (
        60,
        60,
        "basic.deliver",
        &[
            ("consumer-tag", ShortStr),
            ("delivery-tag", LongLong),
            ("redelivered", Bit),
            ("exchange", ShortStr),
            ("routing-key", ShortStr),
        ],
    ),
    (60, 70, "basic.get", &[("ticket", Short), ("queue", ShortStr), ("no-ack", Bit)]),
    (
        60,
        71,
        "basic.get-ok",
        &[
            ("delivery-tag", LongLong),
            ("redelivered", Bit),
            ("exchange", ShortStr),
            ("routing-key", ShortStr),
            ("message-count", Long),
        ],
    ),
    (60, 72, "basic.get-empty", &[("cluster-id", ShortStr)]),
    (60, 80, "basic.ack", &[("delivery-tag", LongLong), ("multiple", Bit)]),
    (60, 90, "basic.reject", &[("delivery-tag", LongLong), ("requeue", Bit)]),
    (60, 100, "basic.recover-async", &[("requeue", Bit)]),
    (60, 110, "basic.recover", &[("requeue", Bit)]),
    (60, 111, "basic.recover-ok", &[]),
    (60, 120, "basic.nack", &[("delivery-tag", LongLong), ("multiple", Bit), ("requeue", Bit)]),
    (85, 10, "confirm.select", &[("nowait", Bit)]),
    (85, 11, "confirm.select-ok", &[]),
    (90, 10, "tx.select", &[]),
    (90, 11, "tx.select-ok", &[]),
    (90, 20, "tx.commit", &[]),
    (90, 21, "tx.commit-ok", &[]),
    (90, 30, "tx.rollback", &[]),
    (90, 31, "tx.rollback-ok", &[]),
];

#[cfg(test)]
mod tests {
    use amq_protocol::frame::{AMQPFrame, parse_frame};

    use super::*;

    /// A frame with the method, all arguments empty or 0.
    fn frame((class, number, _, arguments): &Method) -> Vec<u8> {
        let mut payload = [class.to_be_bytes(), number.to_be_bytes()].concat();
        let mut before = None;
        for (_, kind) in *arguments {
            let len = match kind {
                Bit if before == Some(Bit) => 0,
                Bit | Octet | ShortStr => 1,
                Short => 2,
                Long | LongStr | Table => 4,
                LongLong | Type::Timestamp => 8,
            };
            payload.extend(vec![0; len]);
            before = Some(*kind);
        }
        let size = u32::try_from(payload.len()).unwrap().to_be_bytes();
        [b"\x01\0\x01".as_slice(), &size, &payload, b"\xce"].concat()
    }

    #[test]
    fn another_codec_reads_the_same_arguments_by_the_same_names() {
        for method in METHODS {
            let bytes = frame(method);
            let (rest, found) = parse_frame(bytes.as_slice()).unwrap_or_else(|error| panic!("{method:?}: {error}"));
            assert!(rest.is_empty(), "{method:?}");
            let AMQPFrame::Method(1, class) = found else { panic!("{method:?}: {found:?}") };
            let shown = format!("{class:?}").to_lowercase();
            let name: String = method.2.split('.').next_back().unwrap().split('-').collect();
            assert!(shown.contains(&name), "{method:?}: {shown}");
            for (argument, _) in method.3 {
                // arguments that are no longer used have no name in the specification
                let old = [
                    "ticket",
                    "prefetch-size",
                    "insist",
                    "capabilities",
                    "known-hosts",
                    "out-of-band",
                    "channel-id",
                    "cluster-id",
                    "realm",
                ];
                assert!(
                    old.contains(argument)
                        || method.0 == 30
                        || shown.contains(&argument.replace("type", "kind").replace('-', "_")),
                    "{argument} {shown}"
                );
            }
        }
    }
}
