//! Reflection (grpc.reflection.v1 and v1alpha): what services there are, and the files that describe them.
//!
//! `tonic-reflection` has the messages and the service traits. Its own service ends the stream when it is asked for something
//! unknown; the contract, `reflection.proto`, has an `error_response` for that, after which the client goes on asking. So the
//! questions are answered here, from the descriptors in a [`DescriptorPool`]. Both versions have the same messages under
//! another package; v1alpha is translated.

use std::pin::Pin;

use crosstalk_proto::helloworld;
use futures_util::{Stream, StreamExt as _};
use prost::Message;
use prost_reflect::{DescriptorPool, FileDescriptor};
use tonic::{Code, Request, Response, Status, Streaming};
use tonic_reflection::{
    pb::{
        v1::{
            self, ErrorResponse, ExtensionNumberResponse, FileDescriptorResponse, ListServiceResponse,
            ServerReflectionRequest, ServerReflectionResponse, ServiceResponse,
            server_reflection_request::MessageRequest, server_reflection_response::MessageResponse,
        },
        v1alpha,
    },
    server,
};

/// Answers questions about the descriptors. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Reflection {
    pool: DescriptorPool,
}

type Answers<T> = Pin<Box<dyn Stream<Item = Result<T, Status>> + Send>>;

impl Reflection {
    /// About everything that the server has.
    pub(crate) fn new() -> Self {
        let mut pool = DescriptorPool::new();
        for set in [
            helloworld::FILE_DESCRIPTOR_SET,
            tonic_health::pb::FILE_DESCRIPTOR_SET,
            v1::FILE_DESCRIPTOR_SET,
            v1alpha::FILE_DESCRIPTOR_SET,
        ] {
            pool.decode_file_descriptor_set(set).expect("the descriptors come from the compiler");
        }
        Self { pool }
    }

    fn answer(&self, request: ServerReflectionRequest) -> ServerReflectionResponse {
        let answer = match &request.message_request {
            Some(question) => self.find(question),
            None => {
                Err((Code::InvalidArgument, "the request asks nothing; set one field of message_request".to_owned()))
            }
        };
        let answer = answer.unwrap_or_else(|(code, error_message)| {
            MessageResponse::ErrorResponse(ErrorResponse { error_code: code as i32, error_message })
        });
        ServerReflectionResponse {
            valid_host: request.host.clone(),
            original_request: Some(request),
            message_response: Some(answer),
        }
    }

    fn find(&self, question: &MessageRequest) -> Result<MessageResponse, (Code, String)> {
        let file = |file: Option<FileDescriptor>, what: String| match file {
            Some(file) => {
                let file_descriptor_proto = vec![file.encode_to_vec()];
                Ok(MessageResponse::FileDescriptorResponse(FileDescriptorResponse { file_descriptor_proto }))
            }
            None => Err((Code::NotFound, format!("there is no {what}"))),
        };
        match question {
            MessageRequest::FileByFilename(name) => file(self.pool.get_file_by_name(name), format!("file {name:?}")),
            MessageRequest::FileContainingSymbol(symbol) => {
                file(self.file_with_symbol(symbol), format!("symbol {symbol:?}"))
            }
            MessageRequest::FileContainingExtension(extension) => {
                let (containing, number) = (&extension.containing_type, extension.extension_number);
                let message = self.pool.get_message_by_name(containing);
                let found =
                    message.zip(number.try_into().ok()).and_then(|(message, number)| message.get_extension(number));
                file(found.map(|found| found.parent_file()), format!("extension {number} of {containing:?}"))
            }
            MessageRequest::AllExtensionNumbersOfType(name) => {
                let message = self.pool.get_message_by_name(name);
                let message = message.ok_or_else(|| (Code::NotFound, format!("there is no message {name:?}")))?;
                let numbers = message.extensions().filter_map(|extension| extension.number().try_into().ok());
                Ok(MessageResponse::AllExtensionNumbersResponse(ExtensionNumberResponse {
                    base_type_name: name.clone(),
                    extension_number: numbers.collect(),
                }))
            }
            MessageRequest::ListServices(_) => {
                let services =
                    self.pool.services().map(|service| ServiceResponse { name: service.full_name().to_owned() });
                Ok(MessageResponse::ListServicesResponse(ListServiceResponse { service: services.collect() }))
            }
        }
    }

    /// The file that declares a symbol: a type, a service, or a part of one.
    fn file_with_symbol(&self, symbol: &str) -> Option<FileDescriptor> {
        let pool = &self.pool;
        let message = || pool.get_message_by_name(symbol).map(|message| message.parent_file());
        let service = || pool.get_service_by_name(symbol).map(|service| service.parent_file());
        let enumeration = || pool.get_enum_by_name(symbol).map(|found| found.parent_file());
        let extension = || pool.get_extension_by_name(symbol).map(|extension| extension.parent_file());
        message().or_else(service).or_else(enumeration).or_else(extension).or_else(|| self.file_with_part(symbol))
    }

    fn file_with_part(&self, symbol: &str) -> Option<FileDescriptor> {
        let (parent, name) = symbol.rsplit_once('.')?;
        let pool = &self.pool;
        let method = || {
            let service = pool.get_service_by_name(parent)?;
            service.methods().any(|method| method.name() == name).then(|| service.parent_file())
        };
        let field = || {
            let message = pool.get_message_by_name(parent)?;
            let has = message.get_field_by_name(name).is_some() || message.oneofs().any(|oneof| oneof.name() == name);
            has.then(|| message.parent_file())
        };
        // the values of an enum are in the scope that the enum is in; other servers take its name in front as well
        let value = || {
            let has = |value: &prost_reflect::EnumValueDescriptor| value.full_name() == symbol;
            let declared = pool.all_enums().find(|found| found.values().any(|value| has(&value)));
            let within = || pool.get_enum_by_name(parent).filter(|found| found.get_value_by_name(name).is_some());
            declared.or_else(within).map(|found| found.parent_file())
        };
        method().or_else(field).or_else(value)
    }
}

/// The same message of the other version.
fn translated<T: Message + Default>(message: &impl Message) -> Result<T, Status> {
    T::decode(message.encode_to_vec().as_slice()).map_err(|error| Status::internal(error.to_string()))
}

#[tonic::async_trait]
impl server::v1::ServerReflection for Reflection {
    type ServerReflectionInfoStream = Answers<ServerReflectionResponse>;

    async fn server_reflection_info(
        &self,
        request: Request<Streaming<ServerReflectionRequest>>,
    ) -> Result<Response<Self::ServerReflectionInfoStream>, Status> {
        let reflection = self.clone();
        let answers = request.into_inner().map(move |question| question.map(|question| reflection.answer(question)));
        Ok(Response::new(Box::pin(answers)))
    }
}

#[tonic::async_trait]
impl server::v1alpha::ServerReflection for Reflection {
    type ServerReflectionInfoStream = Answers<v1alpha::ServerReflectionResponse>;

    async fn server_reflection_info(
        &self,
        request: Request<Streaming<v1alpha::ServerReflectionRequest>>,
    ) -> Result<Response<Self::ServerReflectionInfoStream>, Status> {
        let reflection = self.clone();
        let answers = request.into_inner().map(move |question| {
            let question: ServerReflectionRequest = translated(&question?)?;
            translated(&reflection.answer(question))
        });
        Ok(Response::new(Box::pin(answers)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(question: MessageRequest, expected: Result<&str, Code>) {
        let reflection = Reflection::new();
        let request = ServerReflectionRequest { host: "h".to_owned(), message_request: Some(question) };
        let response = reflection.answer(request.clone());
        assert_eq!((&*response.valid_host, response.original_request), ("h", Some(request)));
        match (response.message_response.unwrap(), expected) {
            (MessageResponse::FileDescriptorResponse(files), Ok(name)) => {
                let file = prost_types::FileDescriptorProto::decode(files.file_descriptor_proto[0].as_slice()).unwrap();
                assert_eq!(file.name(), name);
            }
            (MessageResponse::ErrorResponse(error), Err(code)) => assert_eq!(error.error_code, code as i32),
            (answer, _) => panic!("{answer:?}"),
        }
    }

    #[test]
    fn every_kind_of_symbol_is_found() {
        for (symbol, file) in [
            ("helloworld.Greeter", "helloworld.proto"),
            ("helloworld.Greeter.SayHello", "helloworld.proto"),
            ("helloworld.HelloRequest", "helloworld.proto"),
            ("helloworld.HelloRequest.name", "helloworld.proto"),
            ("grpc.health.v1.HealthCheckResponse.ServingStatus", "health.proto"),
            ("grpc.health.v1.HealthCheckResponse.SERVING", "health.proto"),
            ("grpc.health.v1.HealthCheckResponse.ServingStatus.SERVING", "health.proto"),
        ] {
            check(MessageRequest::FileContainingSymbol(symbol.to_owned()), Ok(file));
        }
        check(MessageRequest::FileByFilename("helloworld.proto".to_owned()), Ok("helloworld.proto"));
    }

    #[test]
    fn what_is_unknown_is_an_error_and_no_more() {
        for symbol in
            ["", ".", "nope.Nope", "helloworld", "helloworld.Greeter.Nope", "helloworld.HelloRequest.", "Greeter"]
        {
            check(MessageRequest::FileContainingSymbol(symbol.to_owned()), Err(Code::NotFound));
            check(MessageRequest::AllExtensionNumbersOfType(symbol.to_owned()), Err(Code::NotFound));
            check(MessageRequest::FileByFilename(symbol.to_owned()), Err(Code::NotFound));
        }
        for (containing_type, extension_number) in
            [("helloworld.HelloRequest", 1), ("helloworld.HelloRequest", -1), ("", 0)]
        {
            let extension = v1::ExtensionRequest { containing_type: containing_type.to_owned(), extension_number };
            check(MessageRequest::FileContainingExtension(extension), Err(Code::NotFound));
        }
        let nothing = Reflection::new().answer(ServerReflectionRequest::default()).message_response;
        let Some(MessageResponse::ErrorResponse(error)) = nothing else { panic!("{nothing:?}") };
        assert_eq!(error.error_code, Code::InvalidArgument as i32);
    }
}
