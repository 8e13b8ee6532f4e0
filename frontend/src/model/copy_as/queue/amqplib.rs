//! A message as amqplib publishes it, in JavaScript.

use std::fmt::Write as _;

use crosstalk_proto::amqp::FieldValue;

use super::{Call, Plain, REPLY_TO, hex};
use crate::model::{copy_as::quoted, queue::preset::QUEUE};

/// The program.
pub(super) fn program(call: &Call<'_>) -> String {
    let mut text = format!(
        "// npm install amqplib\nimport amqplib from \"amqplib\";\n\nconst link = await amqplib.connect({});\n\
         const channel = await link.createConfirmChannel();\n",
        quoted(call.url)
    );
    if call.declares() {
        let _ = writeln!(text, "await channel.assertQueue({}, {{ durable: false }});", quoted(QUEUE));
    }
    if call.mandatory {
        text.push_str(
            "channel.on(\"return\", ({ fields }) => console.log(\"returned:\", fields.replyCode, fields.replyText));\n",
        );
    }
    if call.asks {
        let _ = writeln!(
            text,
            "const reply = new Promise((resolve) => channel.consume({}, resolve, {{ noAck: true }}));",
            quoted(REPLY_TO)
        );
    }
    let body = call.text.map_or_else(|| format!("\"{}\", \"hex\"", hex(&call.bytes)), quoted);
    let indent = if call.count > 1 { "  " } else { "" };
    if call.count > 1 {
        let _ = writeln!(text, "for (let sent = 0; sent < {}; sent += 1) {{", call.count);
    }
    let _ = writeln!(
        text,
        "{indent}channel.publish({}, {}, Buffer.from({body}), {{",
        quoted(call.exchange),
        quoted(call.routing_key)
    );
    for (name, value) in call.plain() {
        let value = match value {
            Plain::Text(text) => quoted(text),
            Plain::Number(number) => number.to_string(),
        };
        let _ = writeln!(text, "{indent}  {}: {value},", camel(name));
    }
    if !call.properties.headers.is_empty() {
        let _ = writeln!(text, "{indent}  headers: {{");
        for (name, value) in &call.properties.headers {
            let _ = writeln!(text, "{indent}    {}: {},", quoted(name), javascript(value));
        }
        let _ = writeln!(text, "{indent}  }},");
    }
    if call.mandatory {
        let _ = writeln!(text, "{indent}  mandatory: true,");
    }
    let _ = writeln!(text, "{indent}}});");
    if call.count > 1 {
        text.push_str("}\n");
    }
    text.push_str("await channel.waitForConfirms();\nconsole.log(\"confirmed\");\n");
    if call.asks {
        text.push_str("console.log((await reply).content.toString());\n");
    }
    text.push_str("await link.close();");
    text
}

fn javascript(value: &FieldValue) -> String {
    match value {
        FieldValue::Boolean(value) => value.to_string(),
        FieldValue::LongInt(value) => format!("{{ \"!\": \"int\", value: {value} }}"),
        FieldValue::LongLongInt(value) => format!("{{ \"!\": \"long\", value: {value} }}"),
        FieldValue::Double(value) => format!("{{ \"!\": \"double\", value: {value:?} }}"),
        FieldValue::Timestamp(value) => format!("{{ \"!\": \"timestamp\", value: {value} }}"),
        FieldValue::Bytes(text) => format!("Buffer.from({}, \"base64\")", quoted(text)),
        FieldValue::LongString(text) => quoted(text),
        _ => "null".to_owned(),
    }
}

/// `content_type` as JavaScript has it, `contentType`.
pub(super) fn camel(name: &str) -> String {
    let mut words = name.split('_');
    let mut text = words.next().unwrap_or_default().to_owned();
    for word in words {
        text.push_str(&word[..1].to_ascii_uppercase());
        text.push_str(&word[1..]);
    }
    text
}
