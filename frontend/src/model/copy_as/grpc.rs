//! A gRPC call as grpcurl, Python, Rust and JavaScript make it. None needs generated code: grpcurl asks reflection, Python
//! compiles the server's `.proto` as it starts, JavaScript reads its descriptor, and Rust's messages are written out here.

use std::fmt::Write as _;

use base64::Engine as _;

use super::{Snippet, quoted, rust, shell};
use crate::model::{
    grpc_web::Metadata,
    protobuf::{
        contract::{Message, Method},
        json::{self, Values},
        kind::{BASE64, Datum, Kind, Whole},
    },
};

/// What is called.
#[derive(Clone, Copy, Debug)]
pub struct Call<'a> {
    /// `http://127.0.0.1:8080`
    pub origin: &'a str,
    /// Which method.
    pub method: &'a Method,
    /// The request.
    pub values: &'a Values,
    /// Values of names that end in `-bin` are base64.
    pub metadata: &'a Metadata,
    /// How long the caller waits, in milliseconds.
    pub deadline_ms: Option<u32>,
}

/// The languages, in the order of [`snippets`].
pub const LANGUAGES: [&str; 4] = ["grpcurl", "Python", "Rust", "JavaScript"];

/// In all languages.
#[must_use]
pub fn snippets(call: &Call<'_>) -> Vec<Snippet> {
    let texts = [grpcurl(call), python(call), tonic(call), connect(call)];
    LANGUAGES.into_iter().zip(texts).map(|(language, text)| Snippet { language, text }).collect()
}

fn grpcurl(call: &Call<'_>) -> String {
    let mut text = "grpcurl".to_owned();
    if !is_secure(call) {
        text.push_str(" -plaintext");
    }
    if let Some(ms) = call.deadline_ms {
        let _ = write!(text, " \\\n  -max-time {}", seconds(ms));
    }
    for (name, value) in call.metadata {
        let _ = write!(text, " \\\n  -H {}", shell(&format!("{name}: {value}")));
    }
    let message = json::write(&call.method.request, call.values, false);
    let _ = write!(text, " \\\n  -d {} \\\n  {} {}", shell(&message), authority(call), call.method.path());
    text
}

fn python(call: &Call<'_>) -> String {
    let Method { file, name, service, request, reply, client_streams, server_streams } = call.method;
    let (origin, address) = (call.origin, quoted(&authority(call)));
    let channel = if is_secure(call) {
        format!("secure_channel({address}, grpc.ssl_channel_credentials())")
    } else {
        format!("insecure_channel({address})")
    };
    let needs_base64 = call.metadata.iter().any(|(name, _)| is_binary(name))
        || call.values.iter().any(|(_, datum)| matches!(datum, Datum::Bytes(_)));
    let base64 = if needs_base64 { "import base64\n\n" } else { "" };
    let short = service.rsplit('.').next().unwrap_or_default();
    let fields: Vec<String> =
        fields(request, call.values, python_value).map(|(name, value)| format!("{name}={value}")).collect();
    let message = format!("protos.{}({})", request.short_name(), fields.join(", "));
    let message = if *client_streams { format!("iter([{message}])") } else { message };
    let mut arguments = format!("            {message},\n");
    if let Some(ms) = call.deadline_ms {
        let _ = writeln!(arguments, "            timeout={},", seconds(ms));
    }
    if !call.metadata.is_empty() {
        let pair = |(name, value): &(String, String)| {
            let value = if is_binary(name) { decoded(value) } else { quoted(value) };
            format!("({}, {value})", quoted(name))
        };
        let pairs: Vec<String> = call.metadata.iter().map(pair).collect();
        let _ = writeln!(arguments, "            metadata=[{}],", pairs.join(", "));
    }
    let shown = only_field(reply).map_or_else(|| "reply".to_owned(), |field| format!("reply.{field}"));
    let made = format!("services.{short}Stub(channel).{name}(\n{arguments}        )");
    let made = if *server_streams {
        format!("        replies = {made}\n        for reply in replies:\n            print({shown})\n")
    } else {
        format!("        reply = {made}\n        print({shown})\n")
    };
    format!(
        "# pip install grpcio grpcio-tools\n# curl -O {origin}/{file}\n{base64}import grpc\n\n\
         protos, services = grpc.protos_and_services({})\n\
         with grpc.{channel} as channel:\n    try:\n{made}    \
         except grpc.RpcError as error:\n        print(error.code().name, error.details())",
        quoted(file)
    )
}

fn tonic(call: &Call<'_>) -> String {
    let Method { request, reply, client_streams, server_streams, .. } = call.method;
    let messages = if request == reply { vec![request] } else { vec![request, reply] };
    let messages: String = messages.into_iter().map(|message| struct_of(message)).collect();
    let mut values: Vec<String> =
        fields(request, call.values, rust_value).map(|(name, value)| format!("{name}: {value}")).collect();
    if values.len() < request.fields.len() {
        values.push("..Default::default()".to_owned());
    }
    let message = match values.as_slice() {
        [] => format!("{} {{}}", request.short_name()),
        values => format!("{} {{ {} }}", request.short_name(), values.join(", ")),
    };
    let message = if *client_streams { format!("tokio_stream::iter([{message}])") } else { message };
    let mut shape = String::new();
    if let Some(ms) = call.deadline_ms {
        let _ = writeln!(shape, "    request.set_timeout(std::time::Duration::from_millis({ms}));");
    }
    for (name, value) in call.metadata {
        let (append, value) = if is_binary(name) {
            let bytes = BASE64.decode(value).unwrap_or_default();
            ("append_bin", format!("tonic::metadata::MetadataValue::from_bytes(&{bytes:?})"))
        } else {
            ("append", format!("{}.parse()?", rust(value)))
        };
        let _ = writeln!(shape, "    request.metadata_mut().{append}({}, {value});", rust(name));
    }
    let mutable = if shape.is_empty() { "" } else { "mut " };
    let shown = only_field(reply).map_or_else(|| "{reply:?}\"".to_owned(), |field| format!("{{}}\", reply.{field}"));
    let kind = if *client_streams {
        "streaming"
    } else if *server_streams {
        "server_streaming"
    } else {
        "unary"
    };
    let taken = if *server_streams {
        format!("    while let Some(reply) = reply.message().await? {{\n        println!(\"{shown});\n    }}\n")
    } else {
        format!("    println!(\"{shown});\n")
    };
    let taken_mutable = if *server_streams { "mut " } else { "" };
    let of = format!("{}, {}", request.short_name(), reply.short_name());
    let stream = if *client_streams { " tokio-stream" } else { "" };
    format!(
        "// cargo add prost tonic tonic-prost{stream}; cargo add tokio --features full\n{messages}\
         #[tokio::main]\nasync fn main() -> Result<(), Box<dyn std::error::Error>> {{\n    \
         let channel = tonic::transport::Endpoint::from_static({}).connect().await?;\n    \
         let mut client = tonic::client::Grpc::new(channel);\n    \
         client.ready().await?;\n    \
         let {mutable}request = tonic::Request::new({message});\n{shape}    \
         let path = tonic::codegen::http::uri::PathAndQuery::from_static({});\n    \
         let codec = tonic_prost::ProstCodec::<{of}>::default();\n    \
         let {taken_mutable}reply = client.{kind}(request, path, codec).await?.into_inner();\n\
         {taken}    Ok(())\n}}",
        rust(call.origin),
        rust(&format!("/{}", call.method.path()))
    )
}

/// A message as prost derives it.
fn struct_of(message: &Message) -> String {
    let mut text = format!("#[derive(Clone, PartialEq, prost::Message)]\nstruct {} {{\n", message.short_name());
    for field in &message.fields {
        let (attribute, kind) = match field.kind {
            Kind::Text => ("string", "String"),
            Kind::Bytes => ("bytes = \"vec\"", "Vec<u8>"),
            Kind::Bool => ("bool", "bool"),
            Kind::Double => ("double", "f64"),
            Kind::Float => ("float", "f32"),
            Kind::Whole(Whole { name, long, signed, .. }) => (
                name,
                match (long, signed) {
                    (true, true) => "i64",
                    (true, false) => "u64",
                    (false, true) => "i32",
                    (false, false) => "u32",
                },
            ),
            Kind::Other => continue,
        };
        let _ = writeln!(text, "    #[prost({attribute}, tag = \"{}\")]\n    {}: {kind},", field.number, field.name);
    }
    text + "}\n\n"
}

fn connect(call: &Call<'_>) -> String {
    let Method { file, name, service, request, reply, client_streams, server_streams } = call.method;
    if *client_streams {
        return format!("// A browser cannot make this call: gRPC-Web has no stream of requests.\n// {service}/{name}");
    }
    let values: Vec<String> = call
        .values
        .iter()
        .map(|(at, datum)| {
            let field = &request.fields[*at];
            format!("{}: {}", quoted(&field.json_name), javascript_value(field.kind, datum))
        })
        .collect();
    let message = if values.is_empty() { "{}".to_owned() } else { format!("{{ {} }}", values.join(", ")) };
    let mut options: Vec<String> = call.deadline_ms.map(|ms| format!("timeoutMs: {ms}")).into_iter().collect();
    if !call.metadata.is_empty() {
        let pair = |(name, value): &(String, String)| format!("[{}, {}]", quoted(name), quoted(value));
        let pairs: Vec<String> = call.metadata.iter().map(pair).collect();
        options.push(format!("headers: [{}]", pairs.join(", ")));
    }
    let options = if options.is_empty() { String::new() } else { format!(", {{ {} }}", options.join(", ")) };
    let mut letters = name.chars();
    let function: String = letters.next().map(|first| first.to_ascii_lowercase()).into_iter().chain(letters).collect();
    let shown = match reply.fields.as_slice() {
        [field] => format!("reply.{}", field.json_name),
        _ => "reply".to_owned(),
    };
    let made = format!("client.{function}({message}{options})");
    let made = if *server_streams {
        format!("for await (const reply of {made}) console.log({shown});")
    } else {
        format!("const reply = await {made};\nconsole.log({shown});")
    };
    let descriptors = file.trim_end_matches(".proto");
    format!(
        "// npm install @bufbuild/protobuf @connectrpc/connect @connectrpc/connect-web\n\
         import {{ createFileRegistry, fromBinary }} from \"@bufbuild/protobuf\";\n\
         import {{ FileDescriptorSetSchema }} from \"@bufbuild/protobuf/wkt\";\n\
         import {{ createClient }} from \"@connectrpc/connect\";\n\
         import {{ createGrpcWebTransport }} from \"@connectrpc/connect-web\";\n\n\
         const baseUrl = {};\n\
         const file = await (await fetch(`${{baseUrl}}/{descriptors}.binpb`)).arrayBuffer();\n\
         const registry = createFileRegistry(fromBinary(FileDescriptorSetSchema, new Uint8Array(file)));\n\
         const client = createClient(registry.getService({}), createGrpcWebTransport({{ baseUrl }}));\n\n{made}",
        quoted(call.origin),
        quoted(service)
    )
}

fn fields<'a>(
    message: &'a Message,
    values: &'a Values,
    value: fn(&Datum, Kind) -> String,
) -> impl Iterator<Item = (&'a str, String)> {
    values.iter().map(move |(at, datum)| {
        let field = &message.fields[*at];
        (field.name.as_str(), value(datum, field.kind))
    })
}

fn python_value(datum: &Datum, kind: Kind) -> String {
    match datum {
        Datum::Bool(value) => (if *value { "True" } else { "False" }).to_owned(),
        Datum::Bytes(bytes) => decoded(&BASE64.encode(bytes)),
        _ => plain(datum, kind),
    }
}

fn rust_value(datum: &Datum, kind: Kind) -> String {
    match datum {
        Datum::Text(text) => format!("{}.to_owned()", rust(text)),
        Datum::Bytes(bytes) => format!("vec!{bytes:?}"),
        _ => plain(datum, kind),
    }
}

fn javascript_value(kind: Kind, datum: &Datum) -> String {
    match (datum, kind) {
        (Datum::Bytes(bytes), _) => format!("Uint8Array.from({bytes:?})"),
        (Datum::Whole(_), Kind::Whole(Whole { long: true, .. })) => plain(datum, kind) + "n",
        _ => plain(datum, kind),
    }
}

/// As JSON has it, which all three read alike, but for a long number, which JSON has as a text.
fn plain(datum: &Datum, kind: Kind) -> String {
    let json = kind.write(datum);
    if matches!(datum, Datum::Whole(_)) { json.trim_matches('"').to_owned() } else { json }
}

/// Bytes in Python.
fn decoded(base64: &str) -> String {
    let padded = format!("{base64}{}", &"==="[..(4 - base64.len() % 4) % 4]);
    format!("base64.b64decode({})", quoted(&padded))
}

fn only_field(message: &Message) -> Option<&str> {
    match message.fields.as_slice() {
        [field] => Some(&field.name),
        _ => None,
    }
}

fn is_binary(name: &str) -> bool {
    name.ends_with("-bin")
}

fn is_secure(call: &Call<'_>) -> bool {
    call.origin.starts_with("https://")
}

/// Host and port.
fn authority(call: &Call<'_>) -> String {
    let host = call.origin.split_once("://").map_or(call.origin, |(_, host)| host);
    let has_port =
        host.rsplit(':').next().is_some_and(|port| !port.is_empty() && port.bytes().all(|b| b.is_ascii_digit()));
    match (has_port && host.contains(':'), is_secure(call)) {
        (true, _) => host.to_owned(),
        (false, true) => format!("{host}:443"),
        (false, false) => format!("{host}:80"),
    }
}

/// Milliseconds as seconds, without zeros at the end.
fn seconds(ms: u32) -> String {
    let text = format!("{}.{:03}", ms / 1_000, ms % 1_000);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::protobuf::contract::tests::greeter;

    fn texts(method: usize, message: &str, metadata: &[(&str, &str)], deadline_ms: Option<u32>) -> Vec<String> {
        let contract = greeter();
        let method = &contract.services[0].methods[method];
        let values = json::read(&method.request, message).expect("a message");
        let metadata = metadata.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let call = Call { origin: "http://127.0.0.1:8080", method, values: &values, metadata: &metadata, deadline_ms };
        snippets(&call).into_iter().map(|snippet| snippet.text).collect()
    }

    #[test]
    fn grpcurl_is_given_what_the_page_sends() {
        let texts = texts(0, r#"{"name":"O'Neil"}"#, &[("x-tenant", "a b"), ("trace-bin", "AAEC")], Some(20));
        assert_eq!(
            texts[0],
            "grpcurl -plaintext \\\n  -max-time 0.02 \\\n  -H 'x-tenant: a b' \\\n  -H 'trace-bin: AAEC' \\\n  \
             -d '{ \"name\": \"O'\\''Neil\" }' \\\n  127.0.0.1:8080 helloworld.Greeter/SayHello"
        );
        assert!(texts[1].contains("import base64") && texts[1].contains("(\"trace-bin\", base64.b64decode(\"AAEC\"))"));
        assert!(texts[2].contains("append_bin(\"trace-bin\", tonic::metadata::MetadataValue::from_bytes(&[0, 1, 2]))"));
        assert!(texts[3].contains("[\"x-tenant\", \"a b\"]") && texts[3].contains("timeoutMs: 20"));
    }

    #[test]
    fn what_is_not_said_is_left_out() {
        for text in texts(0, "{}", &[], None) {
            assert!(!text.contains("timeout") && !text.contains("metadata") && !text.contains("base64"), "{text}");
        }
    }

    #[test]
    fn each_kind_of_call_is_made_as_its_language_makes_it() {
        let stream = texts(1, r#"{"name":"Ada"}"#, &[], None);
        assert!(stream[1].contains("for reply in replies:"));
        assert!(stream[2].contains("client.server_streaming(") && stream[2].contains("reply.message().await?"));
        assert!(stream[3].contains("for await (const reply of client.sayHelloStreamReply({ \"name\": \"Ada\" }))"));
        let both = texts(2, r#"{"name":"Ada"}"#, &[], None);
        assert!(both[1].contains("iter([protos.HelloRequest(name=\"Ada\")])"));
        assert!(both[2].contains("tokio_stream::iter([HelloRequest { name: \"Ada\".to_owned() }])"));
        assert!(both[3].starts_with("// A browser cannot make this call"));
    }

    #[test]
    fn a_port_is_always_named_and_seconds_have_no_zeros() {
        let method = Method::default();
        let (values, metadata) = (Vec::new(), Vec::new());
        for (origin, address) in [
            ("http://127.0.0.1:8080", "127.0.0.1:8080"),
            ("https://crosstalk.example", "crosstalk.example:443"),
            ("http://[::1]:8080", "[::1]:8080"),
        ] {
            let call = Call { origin, method: &method, values: &values, metadata: &metadata, deadline_ms: None };
            assert_eq!(authority(&call), address);
        }
        assert_eq!([seconds(20), seconds(1_000), seconds(1_500)], ["0.02", "1", "1.5"]);
    }
}
