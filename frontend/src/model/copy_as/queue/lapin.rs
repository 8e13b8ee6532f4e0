//! A message as lapin publishes it, in Rust.

use std::fmt::Write as _;

use crosstalk_proto::amqp::{Body, FieldValue};

use super::{Call, Plain, REPLY_TO};
use crate::model::{copy_as::rust, payload, queue::preset::QUEUE};

/// The program.
pub(super) fn program(call: &Call<'_>) -> String {
    let mut text = "// cargo add lapin; cargo add tokio --features full".to_owned();
    if call.asks {
        text.push_str("; cargo add futures-util\nuse futures_util::StreamExt;");
    }
    let _ = write!(
        text,
        "\nuse lapin::{{BasicProperties, Confirmation, Connection, ConnectionProperties, options::*, types::*}};\n\n\
         #[tokio::main]\nasync fn main() -> lapin::Result<()> {{\n    \
         let link = Connection::connect({}, ConnectionProperties::default()).await?;\n    \
         let channel = link.create_channel().await?;\n    \
         channel.confirm_select(ConfirmSelectOptions::default()).await?;\n",
        rust(call.url)
    );
    if call.declares() {
        let _ = writeln!(
            text,
            "    channel.queue_declare({}.into(), QueueDeclareOptions::default(), FieldTable::default()).await?;",
            rust(QUEUE)
        );
    }
    if call.asks {
        let _ = write!(
            text,
            "    let options = BasicConsumeOptions {{ no_ack: true, ..BasicConsumeOptions::default() }};\n    \
             let mut replies =\n        channel.basic_consume({}.into(), \"\".into(), options, FieldTable::default()).await?;\n",
            rust(REPLY_TO)
        );
    }
    if !call.properties.headers.is_empty() {
        text.push_str("    let mut headers = FieldTable::default();\n");
        for (name, value) in &call.properties.headers {
            let _ = writeln!(text, "    headers.insert({}.into(), {});", rust(name), amqp_value(value));
        }
    }
    text.push_str("    let properties = BasicProperties::default()");
    for (name, value) in call.plain() {
        let value = match value {
            Plain::Text(text) => format!("{}.into()", rust(text)),
            Plain::Number(number) => number.to_string(),
        };
        let _ = write!(text, "\n        .with_{name}({value})");
    }
    if !call.properties.headers.is_empty() {
        text.push_str("\n        .with_headers(headers)");
    }
    text.push_str(";\n");
    let mandatory = if call.mandatory {
        "BasicPublishOptions { mandatory: true, ..BasicPublishOptions::default() }"
    } else {
        "BasicPublishOptions::default()"
    };
    let body = call.text.map_or_else(|| format!("&{:?}", call.bytes), |text| format!("{}.as_bytes()", rust(text)));
    let (indent, cloned) = if call.count > 1 { ("        ", ".clone()") } else { ("    ", "") };
    if call.count > 1 {
        let _ = writeln!(text, "    for _ in 0..{} {{", call.count);
    }
    let _ = write!(
        text,
        "{indent}let options = {mandatory};\n{indent}let confirm = channel\n{indent}    \
         .basic_publish({}.into(), {}.into(), options, {body}, properties{cloned})\n{indent}    .await?\n{indent}    .await?;\n\
         {indent}match confirm {{\n{indent}    Confirmation::Ack(Some(returned)) => {{\n{indent}        \
         println!(\"returned: {{}} {{}}\", returned.reply_code, returned.reply_text)\n{indent}    }}\n{indent}    \
         Confirmation::Ack(None) => println!(\"confirmed\"),\n{indent}    other => println!(\"{{other:?}}\"),\n{indent}}}\n",
        rust(call.exchange),
        rust(call.routing_key)
    );
    if call.count > 1 {
        text.push_str("    }\n");
    }
    if call.asks {
        text.push_str(
            "    if let Some(reply) = replies.next().await {\n        \
             println!(\"{}\", String::from_utf8_lossy(&reply?.data));\n    }\n",
        );
    }
    text.push_str("    link.close(200, \"done\".into()).await\n}");
    text
}

fn amqp_value(value: &FieldValue) -> String {
    match value {
        FieldValue::Boolean(value) => format!("AMQPValue::Boolean({value})"),
        FieldValue::LongInt(value) => format!("AMQPValue::LongInt({value})"),
        FieldValue::LongLongInt(value) => format!("AMQPValue::LongLongInt({value})"),
        FieldValue::Double(value) => format!("AMQPValue::Double({value:?})"),
        FieldValue::Timestamp(value) => format!("AMQPValue::Timestamp({value})"),
        FieldValue::Bytes(text) => {
            let bytes = payload::bytes_of(&Body::Base64(text.clone()));
            format!("AMQPValue::ByteArray(ByteArray::from(vec!{bytes:?}))")
        }
        FieldValue::LongString(text) => format!("AMQPValue::LongString({}.into())", rust(text)),
        _ => "AMQPValue::Void".to_owned(),
    }
}
