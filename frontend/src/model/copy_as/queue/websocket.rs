//! A message as any WebSocket client hands it to this server, in JavaScript: the page's own bridge, `/ws`. It runs in a
//! browser's console as well as in Node 22, and the message comes to the broker by the server's link.

use std::fmt::Write as _;

use crosstalk_proto::{
    amqp::Body,
    ws::{Command, Publish, VERSION},
};

use super::Call;
use crate::model::{copy_as::quoted, payload};

/// How long the server waits for a worker's reply, in milliseconds.
const TIMEOUT_MS: u32 = 5_000;

/// The program.
pub(super) fn program(call: &Call<'_>, url: &str) -> String {
    let body = call.text.map_or_else(|| payload::to_body(call.bytes.clone()), |text| Body::Text(text.to_owned()));
    let command = if call.asks {
        let content_type = call.properties.content_type.clone().unwrap_or_default();
        Command::Call { body, content_type, timeout_ms: TIMEOUT_MS }
    } else {
        Command::Publish(Publish {
            exchange: call.exchange.to_owned(),
            routing_key: call.routing_key.to_owned(),
            mandatory: call.mandatory,
            properties: call.properties.clone(),
            body,
        })
    };
    let command = serde_json::to_string_pretty(&command).expect("a command is plain data with text keys");
    let mut text = format!(
        "// for a browser's console, or Node 22\nconst socket = new WebSocket({});\nconst command = {command};\n\n\
         let id = 0;\n\
         const next = () => socket.send(JSON.stringify({{ type: \"request\", id: (id += 1), command }}));\n\
         socket.onopen = () => {{\n  socket.send(JSON.stringify({{ type: \"hello\", version: {VERSION} }}));\n  next();\n}};\n\
         socket.onmessage = ({{ data }}) => {{\n  const {{ answer, refusal }} = JSON.parse(data);\n  \
         if (!answer && !refusal) return; // what the page shows besides\n  \
         if (refusal) console.log(\"refused:\", refusal.problem.detail);\n",
        quoted(url)
    );
    text.push_str(if call.asks {
        "  else console.log(answer.answer.reply.body.text);\n"
    } else {
        "  else {\n    const { outcome } = answer.answer.published;\n    const { returned } = outcome;\n    \
         console.log(returned ? `returned: ${returned.reply_code} ${returned.reply_text}` : outcome);\n  }\n"
    });
    if call.count > 1 {
        let _ = writeln!(text, "  if (id < {}) next();\n  else socket.close();", call.count);
    } else {
        text.push_str("  socket.close();\n");
    }
    text.push_str("};");
    text
}
