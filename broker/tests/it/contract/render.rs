//! Renders a broker's methods for a transcript: one line per method, with everything that must be the same on every
//! broker.

use amq_protocol::{
    frame::AMQPFrame,
    protocol::{AMQPClass, BasicProperties, access, basic, channel, confirm, connection, exchange, queue, tx},
    types::AMQPValue,
};

use super::values::{show_properties, show_table};

/// Properties and body of a message.
#[derive(Clone, Debug, Default)]
pub(super) struct Content {
    pub(super) properties: BasicProperties,
    pub(super) body: Vec<u8>,
}

/// A method of the server as a line, with its content if it has one.
pub(super) fn method(class: &AMQPClass, content: Option<&Content>) -> String {
    match class {
        AMQPClass::Connection(method) => on_connection(method),
        AMQPClass::Channel(method) => on_channel(method),
        AMQPClass::Exchange(method) => on_exchange(method),
        AMQPClass::Queue(method) => on_queue(method),
        AMQPClass::Basic(method) => on_basic(method) + &content.map(show_content).unwrap_or_default(),
        AMQPClass::Access(access::AMQPMethod::RequestOk(_)) => "access.request-ok".to_owned(),
        AMQPClass::Confirm(confirm::AMQPMethod::SelectOk(_)) => "confirm.select-ok".to_owned(),
        AMQPClass::Tx(tx::AMQPMethod::SelectOk(_)) => "tx.select-ok".to_owned(),
        AMQPClass::Tx(tx::AMQPMethod::CommitOk(_)) => "tx.commit-ok".to_owned(),
        AMQPClass::Tx(tx::AMQPMethod::RollbackOk(_)) => "tx.rollback-ok".to_owned(),
        other => format!("{other:?}"),
    }
}

/// A sent frame, shortened.
pub(super) fn sent(frame: &AMQPFrame) -> String {
    let AMQPFrame::Method(channel, class) = frame else { return format!("{frame:?}") };
    let shown = format!("{class:?}").replace("ShortString(\"", "\"").replace("\")", "\"");
    let fields = shown.split(", ").filter(|field| !field.ends_with(": false"));
    format!("[{channel}] {}", fields.collect::<Vec<_>>().join(", "))
}

/// ` "hello" priority=5`; a long body by its length.
fn show_content(content: &Content) -> String {
    let body = match str::from_utf8(&content.body) {
        Ok(text) if text.len() <= 80 => format!("{text:?}"),
        _ => format!("({} bytes)", content.body.len()),
    };
    format!(" {body}{}", show_properties(&content.properties))
}

fn on_connection(method: &connection::AMQPMethod) -> String {
    use connection::AMQPMethod as M;
    match method {
        M::Start(start) => {
            let capabilities = match start.server_properties.inner().get("capabilities") {
                Some(AMQPValue::FieldTable(table)) => show_table(table),
                other => format!("{other:?}"),
            };
            let (major, minor) = (start.version_major, start.version_minor);
            let text = |name: &str| match start.server_properties.inner().get(name) {
                Some(AMQPValue::LongString(text)) => text.to_string(),
                other => format!("{other:?}"),
            };
            // the patch level depends on the installed package
            let version: Vec<String> = text("version").split('.').take(2).map(str::to_owned).collect();
            let product = format!("{} {}", text("product"), version.join("."));
            let (mechanisms, locales) = (&start.mechanisms, &start.locales);
            format!("connection.start {major}-{minor} {product} {mechanisms} {locales} {capabilities}")
        }
        M::Tune(tune) => {
            format!(
                "connection.tune channel-max={} frame-max={} heartbeat={}",
                tune.channel_max, tune.frame_max, tune.heartbeat
            )
        }
        M::OpenOk(_) => "connection.open-ok".to_owned(),
        M::Close(close) => {
            let (code, text) = (close.reply_code, &close.reply_text);
            format!("connection.close {code} {text} ({},{})", close.class_id, close.method_id)
        }
        M::CloseOk(_) => "connection.close-ok".to_owned(),
        M::Blocked(blocked) => format!("connection.blocked {}", blocked.reason),
        M::Unblocked(_) => "connection.unblocked".to_owned(),
        M::UpdateSecretOk(_) => "connection.update-secret-ok".to_owned(),
        other => format!("{other:?}"),
    }
}

fn on_channel(method: &channel::AMQPMethod) -> String {
    use channel::AMQPMethod as M;
    match method {
        M::OpenOk(_) => "channel.open-ok".to_owned(),
        M::Flow(flow) => format!("channel.flow active={}", flow.active),
        M::FlowOk(flow) => format!("channel.flow-ok active={}", flow.active),
        M::Close(close) => {
            let (code, text) = (close.reply_code, &close.reply_text);
            format!("channel.close {code} {text} ({},{})", close.class_id, close.method_id)
        }
        M::CloseOk(_) => "channel.close-ok".to_owned(),
        other => format!("{other:?}"),
    }
}

fn on_exchange(method: &exchange::AMQPMethod) -> String {
    use exchange::AMQPMethod as M;
    match method {
        M::DeclareOk(_) => "exchange.declare-ok".to_owned(),
        M::DeleteOk(_) => "exchange.delete-ok".to_owned(),
        M::BindOk(_) => "exchange.bind-ok".to_owned(),
        M::UnbindOk(_) => "exchange.unbind-ok".to_owned(),
        other => format!("{other:?}"),
    }
}

fn on_queue(method: &queue::AMQPMethod) -> String {
    use queue::AMQPMethod as M;
    match method {
        M::DeclareOk(ok) => {
            format!("queue.declare-ok {} messages={} consumers={}", ok.queue, ok.message_count, ok.consumer_count)
        }
        M::BindOk(_) => "queue.bind-ok".to_owned(),
        M::UnbindOk(_) => "queue.unbind-ok".to_owned(),
        M::PurgeOk(ok) => format!("queue.purge-ok messages={}", ok.message_count),
        M::DeleteOk(ok) => format!("queue.delete-ok messages={}", ok.message_count),
        other => format!("{other:?}"),
    }
}

fn on_basic(method: &basic::AMQPMethod) -> String {
    use basic::AMQPMethod as M;
    let again = |redelivered: bool| if redelivered { " redelivered" } else { "" };
    match method {
        M::QosOk(_) => "basic.qos-ok".to_owned(),
        M::ConsumeOk(ok) => format!("basic.consume-ok {}", ok.consumer_tag),
        M::CancelOk(ok) => format!("basic.cancel-ok {}", ok.consumer_tag),
        M::Cancel(cancel) => format!("basic.cancel {} nowait={}", cancel.consumer_tag, cancel.nowait),
        M::Return(back) => {
            format!("basic.return {} {} {}/{}", back.reply_code, back.reply_text, back.exchange, back.routing_key)
        }
        M::Deliver(d) => {
            let again = again(d.redelivered);
            format!("basic.deliver {} #{}{again} {}/{}", d.consumer_tag, d.delivery_tag, d.exchange, d.routing_key)
        }
        M::GetOk(ok) => {
            let (again, left) = (again(ok.redelivered), ok.message_count);
            format!("basic.get-ok #{}{again} {}/{} left={left}", ok.delivery_tag, ok.exchange, ok.routing_key)
        }
        M::GetEmpty(_) => "basic.get-empty".to_owned(),
        M::RecoverOk(_) => "basic.recover-ok".to_owned(),
        M::Ack(ack) => format!("basic.ack #{}", ack.delivery_tag),
        M::Nack(nack) => format!("basic.nack #{}", nack.delivery_tag),
        other => format!("{other:?}"),
    }
}
