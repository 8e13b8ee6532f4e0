//! What gRPC tools ask any server: is it healthy, and what does it serve.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use prost::Message as _;
use prost_reflect::{DescriptorPool, DynamicMessage, Value};
use tokio::{sync::mpsc, time::timeout};
use tokio_stream::wrappers::ReceiverStream;
use tonic::Code;
use tonic_health::pb::{HealthCheckRequest, health_check_response::ServingStatus, health_client::HealthClient};
use tonic_reflection::pb::{
    v1::{
        ServerReflectionRequest, server_reflection_client::ServerReflectionClient,
        server_reflection_request::MessageRequest, server_reflection_response::MessageResponse,
    },
    v1alpha,
};

use crate::{
    grpc_support::{BUDGET, SAY_HELLO, channel, frame, frames, post},
    support::TestApp,
};

fn about(service: &str) -> HealthCheckRequest {
    HealthCheckRequest { service: service.to_owned() }
}

#[tokio::test]
async fn health_is_serving_until_the_end_begins() {
    let app = TestApp::spawn().await;
    let mut health = HealthClient::new(channel(app.grpc_addr()).await);
    for service in ["", "helloworld.Greeter"] {
        let answer = health.check(about(service)).await.unwrap().into_inner();
        assert_eq!(answer.status(), ServingStatus::Serving, "{service}");
    }
    assert_eq!(health.check(about("elsewhere.Service")).await.unwrap_err().code(), Code::NotFound);

    let mut watched = health.watch(about("helloworld.Greeter")).await.unwrap().into_inner();
    let mut next = async || timeout(BUDGET, watched.message()).await.unwrap();
    assert_eq!(next().await.unwrap().unwrap().status(), ServingStatus::Serving);
    app.shutdown.begin();
    assert_eq!(next().await.unwrap().unwrap().status(), ServingStatus::NotServing);
    assert_eq!(next().await.unwrap_err().code(), Code::Unavailable);
    app.stop().await;
}

/// One question at a time, as a reflection client asks.
async fn ask(app: &TestApp, question: MessageRequest) -> MessageResponse {
    let (requests, stream) = mpsc::channel(1);
    let request = ServerReflectionRequest { host: String::new(), message_request: Some(question) };
    requests.send(request).await.unwrap();
    let mut client = ServerReflectionClient::new(channel(app.addr()).await);
    let mut answers = client.server_reflection_info(ReceiverStream::new(stream)).await.unwrap().into_inner();
    let answer = timeout(BUDGET, answers.message()).await.unwrap().unwrap().unwrap();
    drop(requests);
    assert!(answers.message().await.unwrap().is_none());
    answer.message_response.unwrap()
}

#[tokio::test]
async fn the_contract_is_there_as_files() {
    let app = TestApp::spawn().await;
    let get = async |path: &str| app.client.get(app.url(path)).send().await.unwrap();
    let proto = get("/helloworld.proto").await;
    assert_eq!(proto.headers()["content-type"], "text/plain; charset=utf-8");
    assert!(proto.text().await.unwrap().contains("service Greeter {"));
    let descriptors = get("/helloworld.binpb").await;
    assert_eq!(descriptors.headers()["content-type"], "application/x-protobuf");
    let pool = DescriptorPool::decode(descriptors.bytes().await.unwrap()).unwrap();
    assert_eq!(pool.get_service_by_name("helloworld.Greeter").unwrap().methods().len(), 3);
    app.stop().await;
}

#[tokio::test]
async fn reflection_lists_the_services() {
    let app = TestApp::spawn().await;
    let answer = ask(&app, MessageRequest::ListServices(String::new())).await;
    let MessageResponse::ListServicesResponse(list) = answer else { panic!("{answer:?}") };
    let names: Vec<_> = list.service.iter().map(|service| service.name.as_str()).collect();
    for name in ["helloworld.Greeter", "grpc.health.v1.Health", "grpc.reflection.v1.ServerReflection"] {
        assert!(names.contains(&name), "{names:?}");
    }
    app.stop().await;
}

#[tokio::test]
async fn a_client_that_knows_nothing_can_call_by_reflection() {
    let app = TestApp::spawn().await;
    let answer = ask(&app, MessageRequest::FileContainingSymbol("helloworld.Greeter".to_owned())).await;
    let MessageResponse::FileDescriptorResponse(files) = answer else { panic!("{answer:?}") };
    let mut pool = DescriptorPool::new();
    for file in files.file_descriptor_proto {
        pool.decode_file_descriptor_proto(file.as_slice()).unwrap();
    }
    let service = pool.get_service_by_name("helloworld.Greeter").unwrap();
    let methods: Vec<_> = service
        .methods()
        .map(|method| (method.name().to_owned(), method.is_client_streaming(), method.is_server_streaming()))
        .collect();
    let expected =
        [("SayHello", false, false), ("SayHelloStreamReply", false, true), ("SayHelloBidiStream", true, true)];
    assert_eq!(methods, expected.map(|(name, client, server)| (name.to_owned(), client, server)));

    let method = service.methods().next().unwrap();
    let mut request = DynamicMessage::new(method.input());
    request.set_field_by_name("name", Value::String("reflection".to_owned()));
    let text = BASE64_STANDARD.encode(frame(0, &request.encode_to_vec()));
    let headers = ["content-type: application/grpc-web-text", "accept: application/grpc-web+proto"];
    let answer = post(app.addr(), SAY_HELLO, &headers, text.as_bytes()).await;
    let (_, reply) = frames(&answer.body).swap_remove(0);
    let reply = DynamicMessage::decode(method.output(), reply).unwrap();
    assert_eq!(reply.get_field_by_name("message").unwrap().as_str(), Some("Hello, reflection"));
    app.stop().await;
}

#[tokio::test]
async fn older_clients_find_the_reflection_they_know() {
    use v1alpha::{server_reflection_request::MessageRequest, server_reflection_response::MessageResponse};
    let app = TestApp::spawn().await;
    let request = v1alpha::ServerReflectionRequest {
        host: String::new(),
        message_request: Some(MessageRequest::ListServices(String::new())),
    };
    let channel = channel(app.addr()).await;
    let mut client = v1alpha::server_reflection_client::ServerReflectionClient::new(channel);
    let requests = futures_util::stream::iter([request]);
    let mut answers = client.server_reflection_info(requests).await.unwrap().into_inner();
    let answer = answers.message().await.unwrap().unwrap().message_response.unwrap();
    let MessageResponse::ListServicesResponse(list) = answer else { panic!("{answer:?}") };
    assert!(list.service.iter().any(|service| service.name == "helloworld.Greeter"));
    app.stop().await;
}

#[tokio::test]
async fn an_unknown_symbol_is_an_error_in_the_stream_and_the_stream_goes_on() {
    let app = TestApp::spawn().await;
    let questions = [
        MessageRequest::ListServices("*".to_owned()),
        MessageRequest::FileContainingSymbol("nope.Nope".to_owned()),
        MessageRequest::FileByFilename("nope.proto".to_owned()),
        MessageRequest::FileContainingSymbol("helloworld.Greeter".to_owned()),
    ];
    let asked = questions
        .map(|question| ServerReflectionRequest { host: "localhost".to_owned(), message_request: Some(question) });
    let mut client = ServerReflectionClient::new(channel(app.addr()).await);
    let requests = futures_util::stream::iter(asked.clone());
    let mut answers = client.server_reflection_info(requests).await.unwrap().into_inner();
    let mut codes = Vec::new();
    for asked in asked {
        let answer = timeout(BUDGET, answers.message()).await.unwrap().unwrap().expect("the stream goes on");
        assert_eq!((answer.original_request, answer.valid_host.as_str()), (Some(asked), "localhost"));
        codes.push(match answer.message_response.unwrap() {
            MessageResponse::ErrorResponse(error) => error.error_code,
            _ => 0,
        });
    }
    assert_eq!(codes, [0, Code::NotFound as i32, Code::NotFound as i32, 0]);
    assert!(answers.message().await.unwrap().is_none());

    use v1alpha::{server_reflection_request as request, server_reflection_response as response};
    let asked = ["nope.Nope", "helloworld.Greeter"].map(|symbol| v1alpha::ServerReflectionRequest {
        host: String::new(),
        message_request: Some(request::MessageRequest::FileContainingSymbol(symbol.to_owned())),
    });
    let mut client = v1alpha::server_reflection_client::ServerReflectionClient::new(channel(app.grpc_addr()).await);
    let mut answers = client.server_reflection_info(futures_util::stream::iter(asked)).await.unwrap().into_inner();
    let answer = answers.message().await.unwrap().unwrap().message_response.unwrap();
    let response::MessageResponse::ErrorResponse(error) = answer else { panic!("{answer:?}") };
    assert_eq!(error.error_code, Code::NotFound as i32);
    let answer = answers.message().await.unwrap().unwrap().message_response.unwrap();
    assert!(matches!(answer, response::MessageResponse::FileDescriptorResponse(_)), "{answer:?}");
    app.stop().await;
}
