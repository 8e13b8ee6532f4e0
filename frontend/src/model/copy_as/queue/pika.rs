//! A message as pika publishes it, in Python.

use std::fmt::Write as _;

use crosstalk_proto::amqp::FieldValue;

use super::{Call, Plain, REPLY_TO, hex};
use crate::model::{copy_as::quoted, queue::preset::QUEUE};

/// The program.
pub(super) fn program(call: &Call<'_>) -> String {
    let mut text = "import pika\n".to_owned();
    if call.mandatory {
        text.push_str("import pika.exceptions\n");
    }
    let timed = |value: &FieldValue| matches!(value, FieldValue::Timestamp(_));
    if call.properties.headers.values().any(timed) {
        text.push_str("from datetime import datetime, timezone\n");
    }
    let _ = write!(
        text,
        "\nlink = pika.BlockingConnection(pika.URLParameters({}))\nchannel = link.channel()\nchannel.confirm_delivery()\n",
        quoted(call.url)
    );
    if call.declares() {
        let _ = writeln!(text, "channel.queue_declare(queue={})", quoted(QUEUE));
    }
    if call.asks {
        let _ = write!(
            text,
            "\n\ndef on_reply(channel, method, properties, body):\n    print(body)\n    channel.stop_consuming()\n\n\n\
             channel.basic_consume({}, on_reply, auto_ack=True)\n",
            quoted(REPLY_TO)
        );
    }
    let mut indent = String::new();
    if call.count > 1 {
        let _ = writeln!(text, "for _ in range({}):", call.count);
        indent.push_str("    ");
    }
    if call.mandatory {
        let _ = writeln!(text, "{indent}try:");
        indent.push_str("    ");
    }
    let body = call.text.map_or_else(
        || format!("bytes.fromhex(\"{}\")", hex(&call.bytes)),
        |text| format!("{}.encode()", quoted(text)),
    );
    let _ = writeln!(text, "{indent}channel.basic_publish(");
    let _ = writeln!(text, "{indent}    exchange={},", quoted(call.exchange));
    let _ = writeln!(text, "{indent}    routing_key={},", quoted(call.routing_key));
    let _ = writeln!(text, "{indent}    body={body},");
    let _ = writeln!(text, "{indent}    properties=pika.BasicProperties(");
    for (name, value) in call.plain() {
        let value = match value {
            Plain::Text(text) => quoted(text),
            Plain::Number(number) => number.to_string(),
        };
        let _ = writeln!(text, "{indent}        {name}={value},");
    }
    if !call.properties.headers.is_empty() {
        let _ = writeln!(text, "{indent}        headers={{");
        for (name, value) in &call.properties.headers {
            let _ = writeln!(text, "{indent}            {}: {},", quoted(name), python(value));
        }
        let _ = writeln!(text, "{indent}        }},");
    }
    let _ = writeln!(text, "{indent}    ),");
    if call.mandatory {
        let _ = writeln!(text, "{indent}    mandatory=True,\n{indent})");
        let _ = writeln!(text, "{indent}print(\"confirmed\")");
        let outer = &indent[4..];
        let _ = write!(
            text,
            "{outer}except pika.exceptions.UnroutableError as error:\n{indent}method = error.messages[0].method\n\
             {indent}print(\"returned:\", method.reply_code, method.reply_text)\n"
        );
    } else {
        let _ = writeln!(text, "{indent})\n{indent}print(\"confirmed\")");
    }
    if call.asks {
        text.push_str("channel.start_consuming()\n");
    }
    text.push_str("link.close()");
    text
}

fn python(value: &FieldValue) -> String {
    match value {
        FieldValue::Boolean(value) => if *value { "True" } else { "False" }.to_owned(),
        FieldValue::LongInt(value) => value.to_string(),
        FieldValue::LongLongInt(value) => format!("pika.compat.long({value})"),
        FieldValue::Double(value) => format!("{value:?}"),
        FieldValue::Timestamp(value) => format!("datetime.fromtimestamp({value}, timezone.utc)"),
        FieldValue::Bytes(text) => format!("__import__(\"base64\").b64decode({})", quoted(text)),
        FieldValue::LongString(text) => quoted(text),
        _ => "None".to_owned(),
    }
}
