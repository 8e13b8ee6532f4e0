//! The WebSocket handshake: what is not one is refused by the status that tells the client why.

use crate::support::{Answer, TestApp};

const NONCE: &str = "dGhlIHNhbXBsZSBub25jZQ==";
const CONNECTION: (&str, &str) = ("connection", "upgrade");
const UPGRADE: (&str, &str) = ("upgrade", "websocket");
const VERSION: (&str, &str) = ("sec-websocket-version", "13");
const KEY: (&str, &str) = ("sec-websocket-key", NONCE);

/// Asks both sockets.
async fn ask(app: &TestApp, method: &str, headers: &[(&str, &str)]) -> [Answer; 2] {
    let ask = async |path| {
        let request = app.request(method, path);
        Answer::to(headers.iter().fold(request, |request, (name, value)| request.header(*name, *value))).await
    };
    [ask("/ws").await, ask("/ws/queues/hello").await]
}

#[tokio::test]
async fn a_whole_handshake_is_accepted() {
    let app = TestApp::spawn().await;
    for upgrade in [UPGRADE, ("upgrade", "WebSocket"), ("upgrade", "h2c, websocket")] {
        for connection in [CONNECTION, ("connection", "keep-alive, Upgrade")] {
            for answer in ask(&app, "GET", &[connection, upgrade, VERSION, KEY]).await {
                assert_eq!(answer.status, 101, "{answer:?}");
                assert_eq!(answer.header("sec-websocket-accept"), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
            }
        }
    }
    app.stop().await;
}

#[tokio::test]
async fn a_request_that_asks_for_no_websocket_is_told_to_upgrade() {
    let app = TestApp::spawn().await;
    for headers in [
        &[][..],
        &[CONNECTION, VERSION, KEY],
        &[UPGRADE, VERSION, KEY],
        &[CONNECTION, ("upgrade", "h2c"), VERSION, KEY],
        &[CONNECTION, ("upgrade", "websockets"), VERSION, KEY],
    ] {
        for answer in ask(&app, "GET", headers).await {
            answer.problem(426);
            assert_eq!(
                (answer.header("upgrade"), answer.header("connection")),
                ("websocket", "upgrade"),
                "{headers:?}"
            );
        }
    }
    for answer in ask(&app, "HEAD", &[]).await {
        assert_eq!((answer.status.as_u16(), answer.header("upgrade")), (426, "websocket"));
    }
    for answer in ask(&app, "POST", &[CONNECTION, UPGRADE, VERSION, KEY]).await {
        answer.problem(405);
        assert_eq!(answer.header("allow"), "GET, HEAD");
    }
    assert_eq!(app.get("/problems/upgrade-required").await.status, 200);
    app.stop().await;
}

#[tokio::test]
async fn another_version_is_told_the_one_that_is_spoken() {
    let app = TestApp::spawn().await;
    let version = |text| ("sec-websocket-version", text);
    for versions in
        [&[][..], &[version("8")], &[version("14")], &[version("13, 8")], &[version("013")], &[VERSION, version("8")]]
    {
        for answer in ask(&app, "GET", &[&[CONNECTION, UPGRADE, KEY], versions].concat()).await {
            answer.problem(426);
            assert_eq!((answer.header("sec-websocket-version"), answer.header("upgrade")), ("13", "websocket"));
        }
    }
    app.stop().await;
}

#[tokio::test]
async fn a_key_is_sixteen_bytes_in_base64() {
    let app = TestApp::spawn().await;
    let key = |text| ("sec-websocket-key", text);
    let long = NONCE.repeat(2);
    for keys in [
        &[][..],
        &[key("")],
        &[key("dGhl")],
        &[key("not base64, but as long!")],
        &[key("dGhlIHNhbXBsZSBub25jZQ")],
        &[key("dGhlIHNhbXBsZSBub25jZSE=")],
        &[key("dGhlIHNhbXBsZSBub25jZR==")],
        &[key(&long)],
        &[KEY, KEY],
    ] {
        for answer in ask(&app, "GET", &[&[CONNECTION, UPGRADE, VERSION], keys].concat()).await {
            answer.problem(400);
        }
    }
    app.stop().await;
}
