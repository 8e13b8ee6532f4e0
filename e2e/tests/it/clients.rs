//! Third-party clients work unchanged, except for the address.

use anyhow::{Context as _, Result};
use crosstalk_e2e::{Broker, Server, need, script};

#[tokio::test]
async fn requests_gets_the_greeting_with_a_bearer_header() -> Result<()> {
    let server = Server::start(&Broker::absent()).await?;
    let said = script::python("requests_get.py", &[&server.url("")]).await?;
    assert_eq!(said.trim(), "200 {'message': 'Hello, World!'}");
    server.stop().await
}

/// The stub is generated here by the official tools, from the file that is published.
#[tokio::test]
async fn a_grpcio_stub_is_greeted_on_both_ports() -> Result<()> {
    let server = Server::start(&Broker::absent()).await?;
    let proto = need::workspace().join("proto/proto/helloworld.proto");
    let proto = proto.to_str().context("the workspace's path is UTF-8")?;
    for port in [server.http_port(), server.grpc_port()] {
        let said = script::python("grpcio_client.py", &[&format!("127.0.0.1:{port}"), proto, "Ada"]).await?;
        assert!(said.contains("Hello, Ada"), "{said}");
    }
    server.stop().await
}

#[tokio::test]
async fn the_official_browser_clients_are_greeted() -> Result<()> {
    let server = Server::start(&Broker::absent()).await?;
    for client in ["grpc_web_client.mjs", "connect_web_client.mjs"] {
        let said = script::node(client, &[&server.url(""), "Ada"]).await?;
        assert!(said.contains("Hello, Ada"), "{client}: {said}");
    }
    server.stop().await
}
