//! The broker behind TLS: the link to it, a captured job in both layers, and certificates that are not to be trusted.

use std::{net::SocketAddr, path::PathBuf, process::Command, sync::Arc};

use crosstalk_broker::{Broker, Config};
use crosstalk_proto::{
    amqp::Body,
    capture::{Connection, Sender},
    ws::{self, Answer, LinkState, PublishOutcome, ServerMessage},
};
use crosstalk_testkit::{Child, Observer, RabbitMq, ports, wait_until};
use tempfile::TempDir;
use tokio::{
    net::{TcpListener, TcpStream},
    task::JoinSet,
};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{ServerConfig, crypto::ring, pki_types::PrivatePkcs8KeyDer},
};

use crate::{
    bridge_client::Page,
    capture_support::{BUDGET, TRACE, all, arm, carry, check_frames, check_shown, only, publish, read},
    support::TestApp,
};

/// Ends TLS before a server that does not speak it.
struct Terminator {
    address: SocketAddr,
    folder: TempDir,
    _tasks: JoinSet<()>,
}

impl Terminator {
    /// With a certificate for `name`.
    async fn before(server: SocketAddr, name: &str) -> Self {
        let made = rcgen::generate_simple_self_signed([name.to_owned()]).unwrap();
        let folder = TempDir::new().unwrap();
        std::fs::write(folder.path().join("certificate.pem"), made.cert.pem()).unwrap();
        let key = PrivatePkcs8KeyDer::from(made.signing_key.serialize_der());
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![made.cert.der().clone()], key.into())
            .unwrap();
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let mut tasks = JoinSet::new();
        tasks.spawn(async move {
            let mut carrying = JoinSet::new();
            while let Ok((near, _peer)) = listener.accept().await {
                let acceptor = acceptor.clone();
                carrying.spawn(async move {
                    // a client that does not trust us leaves
                    let Ok(mut near) = acceptor.accept(near).await else { return };
                    let mut far = TcpStream::connect(server).await.unwrap();
                    drop(tokio::io::copy_bidirectional(&mut near, &mut far).await);
                });
            }
        });
        Self { address, folder, _tasks: tasks }
    }

    fn certificate(&self) -> PathBuf {
        self.folder.path().join("certificate.pem")
    }
}

fn amqps(address: SocketAddr, trusted: PathBuf) -> String {
    format!("amqps://guest:guest@{address}/%2f?cacertfile={}", trusted.display())
}

async fn linked(url: String) -> TestApp {
    let app = TestApp::builder().amqp_url(url).spawn().await;
    let ready = async || app.get("/readyz").await.json()["status"] == "ready";
    wait_until(BUDGET, ready).await.unwrap();
    app
}

async fn next_link<T>(page: &mut Page, of: impl Fn(LinkState) -> Option<T>) -> T {
    page.until(|message| match message {
        ServerMessage::Link(state) => of(state),
        _ => None,
    })
    .await
}

#[tokio::test]
async fn the_link_goes_over_tls_and_a_captured_job_has_both_layers() {
    let rabbit = RabbitMq::shared().await;
    let port = rabbit.amqps_port().unwrap();
    let observer = Observer::before(([127, 0, 0, 1], port).into()).await.unwrap();
    let app = linked(amqps(observer.address(), rabbit.certificate())).await;
    let mut page = Page::open(&app).await;
    let product = next_link(&mut page, |state| match state {
        LinkState::Up { product, .. } => Some(product),
        _ => None,
    });
    assert!(product.await.starts_with("RabbitMQ "));
    let body = Body::Text("Ada".to_owned());
    let call = ws::Command::Call { body, content_type: String::new(), timeout_ms: 10_000 };
    let (answer, _steps) = page.carry(call).await.unwrap();
    assert!(matches!(&answer, Answer::Reply { body: Body::Text(text), .. } if text == "Hello, Ada"), "{answer:?}");

    let secret = arm(&app, TRACE).await;
    assert_eq!(carry(&mut page, publish()).await, Answer::Published { outcome: PublishOutcome::Confirmed });
    let capture = read(&app, TRACE, &secret).await;
    let connection = only(&capture);
    assert_eq!((connection.protocol.as_str(), &capture.missing), ("AMQP 0-9-1", &None));
    check_frames(
        connection,
        &["0-9-1", "connection.start-ok", "basic.publish", "content body", "basic.ack", "connection.close-ok"],
    );
    // nothing of AMQP is in what the network sees, which is to the byte what an observer on the path saw
    let network = Connection { messages: connection.network.clone(), ..connection.clone() };
    let (client, server) = (all(&network, Sender::Client), all(&network, Sender::Server));
    let seen = observer.ended(&client[..64], BUDGET).await.unwrap();
    assert!(seen.client == client && seen.server.starts_with(&server));
    assert!(client.len() > all(connection, Sender::Client).len());
    assert!(!client.windows(5).any(|bytes| bytes == b"hello" || bytes == b"guest"));
    app.stop().await;
}

#[tokio::test]
async fn the_bytes_within_tls_are_those_that_the_broker_reads() {
    let listen = ([127, 0, 0, 1], 0).into();
    let broker = Broker::start(Config { listen, ..Config::default() }).await.unwrap();
    let observer = Observer::before(broker.addr()).await.unwrap();
    let terminator = Terminator::before(observer.address(), "127.0.0.1").await;
    let app = linked(amqps(terminator.address, terminator.certificate())).await;
    let mut page = Page::open(&app).await;
    let secret = arm(&app, TRACE).await;
    assert_eq!(carry(&mut page, publish()).await, Answer::Published { outcome: PublishOutcome::Confirmed });
    let seen = observer.ended(TRACE, BUDGET).await.unwrap();
    let capture = read(&app, TRACE, &secret).await;
    check_shown(&all(only(&capture), Sender::Client), &seen.client, "\0guest\0guest".len());
    check_shown(&all(only(&capture), Sender::Server), &seen.server, 0);
    app.stop().await;
    broker.shutdown().await;
}

/// What the page is told of a broker with which there is no link.
async fn reason(url: String) -> String {
    let app = TestApp::builder().amqp_url(url).spawn().await;
    let mut page = Page::open(&app).await;
    let reason = next_link(&mut page, |state| match state {
        LinkState::Down { reason, .. } => Some(reason),
        _ => None,
    })
    .await;
    app.stop().await;
    reason
}

#[tokio::test]
async fn the_page_says_why_a_broker_is_not_trusted_and_what_to_do() {
    let rabbit = RabbitMq::shared().await;
    let (plain, secure) = (rabbit.amqp_port(), rabbit.amqps_port().unwrap());
    let elsewhere = Terminator::before(([127, 0, 0, 1], plain).into(), "elsewhere.example").await;
    for (url, says) in [
        (
            format!("amqps://guest:guest@127.0.0.1:{secure}/%2f"),
            &["certificate", "cacertfile in AMQP_URL", "SSL_CERT_FILE"][..],
        ),
        (amqps(elsewhere.address, elsewhere.certificate()), &["certificate", "not for 127.0.0.1", "AMQP_URL"]),
        (format!("amqps://guest:guest@127.0.0.1:{plain}/%2f"), &["does not speak TLS", "AMQP_URL"]),
        (format!("amqp://guest:guest@127.0.0.1:{secure}/%2f"), &["speaks TLS", "AMQP_URL", "amqps://"]),
    ] {
        let reason = reason(url).await;
        assert!(says.iter().all(|word| reason.contains(word)) && !reason.contains("guest"), "{reason}");
    }
}

#[tokio::test]
async fn the_environment_may_name_whom_to_trust() {
    let rabbit = RabbitMq::shared().await;
    let (data, port) = (TempDir::new().unwrap(), ports::free());
    let mut command = Command::new(env!("CARGO_BIN_EXE_crosstalk"));
    command
        .arg(format!("--listen=127.0.0.1:{port}"))
        .arg("--grpc-listen=127.0.0.1:0")
        .arg(format!("--data={}", data.path().display()))
        .env("AMQP_URL", format!("amqps://guest:guest@localhost:{}/%2f", rabbit.amqps_port().unwrap()))
        .env("SSL_CERT_FILE", rabbit.certificate());
    let _server = Child::spawn(command).unwrap();
    let ready = async || {
        let answer = reqwest::get(format!("http://127.0.0.1:{port}/readyz")).await;
        let Ok(answer) = answer else { return false };
        answer.text().await.is_ok_and(|text| text.contains(r#""status":"ready""#))
    };
    wait_until(BUDGET, ready).await.unwrap();
}
