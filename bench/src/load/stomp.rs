//! STOMP 1.2 as used by Web STOMP: one STOMP frame in each WebSocket frame.

use anyhow::Context as _;

/// The WebSocket subprotocol.
pub(crate) const SUBPROTOCOL: &str = "v12.stomp";
/// No heart-beats, with the broker's default user.
pub(crate) const CONNECT: &str =
    "CONNECT\naccept-version:1.2\nhost:/\nlogin:guest\npasscode:guest\nheart-beat:0,0\n\n\0";
/// The maximum prefetch that the subject allows for a page.
const PREFETCH: u16 = crosstalk_proto::ws::MAX_PREFETCH;

/// Subscribes to a queue that exists; with `acks`, an ack is for all messages before it as well.
pub(crate) fn subscribe(queue: &str, acks: bool) -> String {
    let mode = if acks { format!("ack:client\nprefetch-count:{PREFETCH}") } else { "ack:auto".to_owned() };
    format!("SUBSCRIBE\nid:0\ndestination:/amq/queue/{queue}\n{mode}\n\n\0")
}

/// Acks the message in `frame` and all before it.
///
/// # Errors
/// When it has no ack id.
pub(crate) fn ack(frame: &str) -> anyhow::Result<String> {
    let head = frame.split_once("\n\n").map_or(frame, |(head, _body)| head);
    let id = head.lines().find_map(|line| line.strip_prefix("ack:")).context("a message has no ack id")?;
    Ok(format!("ACK\nid:{id}\n\n\0"))
}

/// The body of a MESSAGE frame; after its end there may be line feeds.
///
/// # Errors
/// When it is another frame.
pub(crate) fn body(frame: &str) -> anyhow::Result<&str> {
    let parse = || frame.strip_prefix("MESSAGE\n")?.split_once("\n\n")?.1.trim_end_matches('\n').strip_suffix('\0');
    parse().with_context(|| format!("Web STOMP sent another frame: {frame}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const FRAME: &str = "MESSAGE\nsubscription:0\ndestination:/queue/q\nack:T_0@@x@@7\ncontent-length:5\n\nhello\0";

    #[test]
    fn a_message_gives_its_body_and_its_ack() {
        assert_eq!(body(FRAME).unwrap(), "hello");
        assert_eq!(body(&format!("{FRAME}\n")).unwrap(), "hello");
        assert_eq!(ack(FRAME).unwrap(), "ACK\nid:T_0@@x@@7\n\n\0");
        assert!(body("ERROR\nmessage:no\n\n\0").is_err());
    }

    #[test]
    fn only_a_subscription_with_acks_has_a_prefetch() {
        assert!(subscribe("q", true).contains("\nack:client\nprefetch-count:1000\n"));
        assert!(subscribe("q", false).ends_with("\nack:auto\n\n\0"));
    }
}
