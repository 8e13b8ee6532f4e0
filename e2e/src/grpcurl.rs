//! Carries out a grpcurl command: a shell splits it into words, and reflection provides the types. The program itself
//! is in no package registry that these tests may use.

use std::{str::FromStr as _, time::Duration};

use anyhow::{Context as _, Result, bail};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use http::uri::PathAndQuery;
use prost_reflect::{DescriptorPool, DynamicMessage, MessageDescriptor, MethodDescriptor, Value, prost::Message as _};
use tokio_stream::StreamExt as _;
use tonic::{
    Request, Status,
    client::Grpc,
    codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder},
    metadata::{AsciiMetadataKey, BinaryMetadataKey, BinaryMetadataValue},
    transport::{Channel, Endpoint},
};
use tonic_reflection::pb::v1::{
    ServerReflectionRequest, server_reflection_client::ServerReflectionClient,
    server_reflection_request::MessageRequest, server_reflection_response::MessageResponse,
};

use crate::copied;

/// A parsed command line.
#[derive(Debug, Default)]
struct Command {
    budget: Option<Duration>,
    headers: Vec<(String, String)>,
    data: String,
    address: String,
    method: String,
}

/// Makes the call of a command line and returns the replies, one per line.
///
/// # Errors
/// When grpcurl would not accept the command, or the call fails.
pub async fn run(text: &str) -> Result<String> {
    // the shell handles quotes and line ends as it would for the program
    let words = copied::shell(&format!("grpcurl() {{ printf '%s\\n' \"$@\"; }}\n{text}")).await?;
    let command = Command::parse(words.lines())?;
    let channel = Endpoint::from_shared(format!("http://{}", command.address))?.connect().await?;
    let method = method(channel.clone(), &command.method).await?;
    let (_, rest) = command.method.split_once('/').context("SERVICE/METHOD")?;
    let path = format!("/{}/{rest}", method.parent_service().full_name());
    let mut request = Request::new(tokio_stream::iter([message(method.input(), &command.data)?]));
    command.shape(&mut request)?;
    let mut client = Grpc::new(channel);
    client.ready().await?;
    let mut replies =
        client.streaming(request, PathAndQuery::from_str(&path)?, Dynamic(method.output())).await?.into_inner();
    let mut said = Vec::new();
    while let Some(reply) = replies.message().await? {
        said.push(text_of(&reply));
    }
    Ok(said.join("\n"))
}

impl Command {
    fn parse<'a>(mut words: impl Iterator<Item = &'a str>) -> Result<Self> {
        let mut command = Self::default();
        let mut places = Vec::new();
        while let Some(word) = words.next() {
            let mut value = || words.next().with_context(|| format!("{word} takes a value"));
            match word {
                "-plaintext" => {}
                "-max-time" => command.budget = Some(Duration::from_secs_f64(value()?.parse()?)),
                "-d" => value()?.clone_into(&mut command.data),
                "-H" => {
                    let (name, content) = value()?.split_once(": ").context("a header is NAME: VALUE")?;
                    command.headers.push((name.to_owned(), content.to_owned()));
                }
                flag if flag.starts_with('-') => bail!("{flag} is no flag that is expected here"),
                place => places.push(place.to_owned()),
            }
        }
        let [address, method] = places.try_into().ok().context("ADDRESS SERVICE/METHOD")?;
        Ok(Self { address, method, ..command })
    }

    /// Sets deadline and metadata.
    fn shape<T>(&self, request: &mut Request<T>) -> Result<()> {
        if let Some(budget) = self.budget {
            request.set_timeout(budget);
        }
        for (name, value) in &self.headers {
            if name.ends_with("-bin") {
                let value = BinaryMetadataValue::from_bytes(&BASE64_STANDARD.decode(value)?);
                request.metadata_mut().append_bin(BinaryMetadataKey::from_str(name)?, value);
            } else {
                request.metadata_mut().append(AsciiMetadataKey::from_str(name)?, value.parse()?);
            }
        }
        Ok(())
    }
}

/// The descriptor of a method, from reflection.
async fn method(channel: Channel, wanted: &str) -> Result<MethodDescriptor> {
    let (service, name) = wanted.split_once('/').context("SERVICE/METHOD")?;
    let question = ServerReflectionRequest {
        host: String::new(),
        message_request: Some(MessageRequest::FileContainingSymbol(service.to_owned())),
    };
    let mut client = ServerReflectionClient::new(channel);
    let mut answers = client.server_reflection_info(tokio_stream::iter([question])).await?.into_inner();
    let answer = answers.next().await.context("no answer")??;
    let Some(MessageResponse::FileDescriptorResponse(files)) = answer.message_response else {
        bail!("reflection knows no {service}: {answer:?}")
    };
    let mut pool = DescriptorPool::new();
    for file in files.file_descriptor_proto {
        pool.decode_file_descriptor_proto(file.as_slice())?;
    }
    let service = pool.get_service_by_name(service).with_context(|| format!("no {service}"))?;
    service.methods().find(|method| method.name() == name).with_context(|| format!("no {name}"))
}

fn message(kind: MessageDescriptor, json: &str) -> Result<DynamicMessage> {
    let mut message = DynamicMessage::new(kind);
    let fields: serde_json::Map<String, serde_json::Value> = serde_json::from_str(json)?;
    for (name, value) in fields {
        let text = value.as_str().context("only texts are expected here")?;
        message.try_set_field_by_name(&name, Value::String(text.to_owned()))?;
    }
    Ok(message)
}

fn text_of(reply: &DynamicMessage) -> String {
    let fields = reply.fields().map(|(field, value)| match value {
        Value::String(text) => format!("{}: {text}", field.name()),
        other => format!("{}: {other}", field.name()),
    });
    fields.collect::<Vec<_>>().join(", ")
}

/// Messages of types known only at run time.
struct Dynamic(MessageDescriptor);

impl Codec for Dynamic {
    type Encode = DynamicMessage;
    type Decode = DynamicMessage;
    type Encoder = Writer;
    type Decoder = Reader;

    fn encoder(&mut self) -> Writer {
        Writer
    }

    fn decoder(&mut self) -> Reader {
        Reader(self.0.clone())
    }
}

struct Writer;

impl Encoder for Writer {
    type Item = DynamicMessage;
    type Error = Status;

    fn encode(&mut self, item: DynamicMessage, buffer: &mut EncodeBuf<'_>) -> Result<(), Status> {
        item.encode(buffer).map_err(|error| Status::internal(error.to_string()))
    }
}

struct Reader(MessageDescriptor);

impl Decoder for Reader {
    type Item = DynamicMessage;
    type Error = Status;

    fn decode(&mut self, buffer: &mut DecodeBuf<'_>) -> Result<Option<DynamicMessage>, Status> {
        DynamicMessage::decode(self.0.clone(), buffer).map(Some).map_err(|error| Status::internal(error.to_string()))
    }
}
