//! The server over TLS: every style behind it, and a capture of both layers, what the ends say and what the network sees.

use std::{net::SocketAddr, sync::Arc};

use crosstalk_proto::{
    capture::{Armed, Capture, Connection, Sender},
    ws::{Answer, CallEvent, ClientMessage, Command, Request, ServerMessage, VERSION},
};
use crosstalk_testkit::Observer;
use futures_util::{SinkExt as _, StreamExt as _};
use hyper_util::rt::TokioIo;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::timeout,
};
use tokio_rustls::{
    TlsConnector,
    client::TlsStream,
    rustls::{
        ClientConfig, RootCertStore,
        crypto::ring,
        pki_types::{CertificateDer, ServerName, pem::PemObject as _},
    },
};
use tokio_tungstenite::tungstenite::Message;
use tonic::transport::Endpoint;

use crate::{
    capture_support::{BUDGET, CAPTURE_SECRET, PARENT, TRACE, all, bytes, only},
    grpc_support::hello,
    support::TestApp,
};

async fn spawn() -> TestApp {
    TestApp::builder().flag("tls", "self-signed").spawn().await
}

/// A client that trusts the certificate that the server has put into its folder, and no other.
async fn connect(app: &TestApp, address: SocketAddr, protocol: &str) -> TlsStream<TcpStream> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(app.data().join("self-signed.pem")).unwrap()).unwrap();
    let mut config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![protocol.as_bytes().to_vec()];
    let stream = TcpStream::connect(address).await.unwrap();
    let name = ServerName::try_from("localhost").unwrap();
    let connected = timeout(BUDGET, TlsConnector::from(Arc::new(config)).connect(name, stream)).await;
    let stream = connected.expect("the server does not shake hands").unwrap();
    assert_eq!(stream.get_ref().1.alpn_protocol(), Some(protocol.as_bytes()));
    stream
}

/// A request by hand on a connection of its own, and all that came back.
async fn exchange(app: &TestApp, address: SocketAddr, head: &str) -> String {
    let mut stream = connect(app, address, "http/1.1").await;
    stream.write_all(format!("{head}\r\n\r\n").as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    timeout(BUDGET, stream.read_to_end(&mut answer)).await.expect("the server did not answer").unwrap();
    String::from_utf8(answer).unwrap()
}

fn head(method: &str, path: &str) -> String {
    format!("{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\ntraceparent: {PARENT}")
}

#[tokio::test]
async fn every_style_is_served_and_alpn_tells_which_http() {
    let app = spawn().await;
    let answer = exchange(&app, app.addr(), &head("GET", "/api/v1/resource?name=Ada")).await;
    assert!(answer.starts_with("HTTP/1.1 200 OK") && answer.ends_with(r#"{"message":"Hello, Ada"}"#), "{answer}");

    for address in [app.addr(), app.grpc_addr()] {
        let stream = connect(&app, address, "h2").await;
        let mut once = Some(TokioIo::new(stream));
        let connector = tower::service_fn(move |_: http::Uri| {
            std::future::ready(once.take().ok_or_else(|| std::io::Error::other("dialled twice")))
        });
        let endpoint = Endpoint::from_static("http://localhost").origin("https://localhost".parse().unwrap());
        let channel = endpoint.connect_with_connector(connector).await.unwrap();
        let mut client = crosstalk_proto::helloworld::greeter_client::GreeterClient::new(channel);
        let reply = client.say_hello(hello("Ada")).await.unwrap();
        assert_eq!(reply.get_ref().message, "Hello, Ada");
    }
    app.stop().await;
}

#[tokio::test]
async fn a_client_in_the_clear_is_told_so() {
    let app = spawn().await;
    let mut stream = TcpStream::connect(app.addr()).await.unwrap();
    stream.write_all(format!("{}\r\n\r\n", head("GET", "/")).as_bytes()).await.unwrap();
    let mut answer = String::new();
    timeout(BUDGET, stream.read_to_string(&mut answer)).await.unwrap().unwrap();
    assert!(answer.starts_with("HTTP/1.1 400 ") && answer.contains("https://"), "{answer}");
    app.stop().await;
}

#[tokio::test]
async fn clients_that_say_nothing_do_not_hold_up_the_end() {
    let app = spawn().await;
    let _silent = TcpStream::connect(app.addr()).await.unwrap();
    let mut slow = TcpStream::connect(app.addr()).await.unwrap();
    slow.write_all(b"\x16\x03\x01").await.unwrap();
    // who comes after them is served: they were accepted
    assert!(exchange(&app, app.addr(), &head("GET", "/healthz")).await.starts_with("HTTP/1.1 200 "));
    app.stop().await;
}

/// The page's streams are driven over the server's own listener, which speaks TLS as well then.
#[tokio::test]
async fn the_page_drives_a_stream_over_a_secure_socket() {
    let app = spawn().await;
    let stream = connect(&app, app.addr(), "http/1.1").await;
    let (mut socket, _answer) = tokio_tungstenite::client_async("wss://localhost/ws", stream).await.unwrap();
    let opening = [
        ClientMessage::Hello { version: VERSION },
        request(1, Command::CallOpen { metadata: Vec::new(), deadline_ms: None }),
        request(2, Command::CallSend { call: 1, name: "Ada".to_owned() }),
        request(3, Command::CallHalfClose { call: 1 }),
    ];
    for message in opening {
        socket.send(Message::text(serde_json::to_string(&message).unwrap())).await.unwrap();
    }
    let mut replies = Vec::new();
    let code = loop {
        let frame = timeout(BUDGET, socket.next()).await.expect("the server says nothing").unwrap().unwrap();
        let Message::Text(text) = frame else { continue };
        match serde_json::from_str(&text).unwrap() {
            ServerMessage::Answer { id: 1, answer, .. } => assert_eq!(answer, Answer::CallOpened { call: 1 }),
            ServerMessage::Call { event: CallEvent::Message { message }, .. } => replies.push(message),
            ServerMessage::Call { event: CallEvent::Trailers { code, .. }, .. } => break code,
            _ => {}
        }
    };
    assert_eq!((replies, code), (vec!["Hello, Ada".to_owned()], 0));
    drop(socket);
    app.stop().await;
}

fn request(id: u64, command: Command) -> ClientMessage {
    ClientMessage::Request(Request { id, traceparent: None, command })
}

async fn capture(app: &TestApp, secret: &str) -> Capture {
    let head = head("GET", &format!("/api/v1/captures/{TRACE}"));
    let answer = exchange(app, app.addr(), &format!("{head}\r\n{CAPTURE_SECRET}: {secret}")).await;
    let (_, body) = answer.split_once("\r\n\r\n").unwrap();
    serde_json::from_str(body).unwrap()
}

#[tokio::test]
async fn a_capture_has_what_the_ends_say_and_what_the_network_sees() {
    let app = spawn().await;
    let armed = exchange(&app, app.addr(), &head("PUT", &format!("/api/v1/captures/{TRACE}"))).await;
    assert!(armed.starts_with("HTTP/1.1 201 "), "{armed}");
    let armed: Armed = serde_json::from_str(armed.split_once("\r\n\r\n").unwrap().1).unwrap();
    let observer = Observer::before(app.addr()).await.unwrap();
    let head = head("GET", "/api/v1/resource?name=Confidential");
    let answer = exchange(&app, observer.address(), &head).await;
    // the name of the server is what the network reads of a hello
    let seen = observer.ended("localhost", BUDGET).await.unwrap();

    let capture = capture(&app, &armed.secret).await;
    // the first: reading it is a call of the same trace
    let connection = &capture.connections[0];
    let ends = |from| String::from_utf8(all(connection, from)).unwrap();
    assert_eq!((ends(Sender::Client), ends(Sender::Server)), (format!("{head}\r\n\r\n"), answer));
    let network = Connection { messages: connection.network.clone(), ..connection.clone() };
    assert_eq!((all(&network, Sender::Client), all(&network, Sender::Server)), (seen.client, seen.server));

    let records: Vec<String> =
        network.messages.iter().map(|record| format!("{:?} {}", record.from, record.value)).collect();
    assert_eq!(records[..2], ["Client client_hello", "Server server_hello"]);
    assert!(records.iter().filter(|record| record.ends_with("application_data")).count() >= 4, "{records:?}");
    let fields = |name: &str| {
        let fields = network.messages[0].fields.iter().filter(|field| field.name == name);
        fields.map(|field| field.value.clone()).collect::<Vec<_>>()
    };
    assert_eq!(
        (fields("server name"), fields("protocol")),
        (vec!["localhost".to_owned()], vec!["http/1.1".to_owned()])
    );
    let whole: Vec<u8> = network.messages.iter().flat_map(bytes).collect();
    let reads = |text: &str| whole.windows(text.len()).any(|window| window == text.as_bytes());
    assert!(!reads("Confidential") && reads("localhost"));
    app.stop().await;
}

#[tokio::test]
async fn without_tls_both_layers_are_one() {
    let app = TestApp::spawn().await;
    let secret = crate::capture_support::arm(&app, TRACE).await;
    app.client.get(app.url("/api/v1/resource")).header("traceparent", PARENT).send().await.unwrap();
    let capture = crate::capture_support::read(&app, TRACE, &secret).await;
    assert_eq!(only(&capture).network, []);
    app.stop().await;
}
