//! The page's own WebSocket: commands that need no subscription.

use crosstalk_proto::{
    amqp::{Body, FieldValue},
    step::Party,
    ws::{AckMode, Answer, Command, LinkState, PublishOutcome, ServerMessage, close},
};
use futures_util::{SinkExt as _, StreamExt as _};
use tokio_tungstenite::tungstenite::{Error, Message, client::IntoClientRequest as _};

use crate::{
    bridge_client::{Amqp, Page, linked, queue_name, settles, to_queue},
    support::{TestApp, on_both_brokers},
};

#[tokio::test]
async fn the_server_says_hello_and_how_its_link_is() {
    let app = TestApp::spawn().await;
    let mut page = Page::open(&app).await;
    let ServerMessage::Hello { version: 1, server, instance } = page.next().await else { panic!("no hello") };
    assert!(server.starts_with("crosstalk/"));
    assert_eq!(instance, crosstalk::clock::instance());
    let ServerMessage::Link(_) = page.next().await else { panic!("no link") };
    let (reason, retry_in_ms) = page
        .until(|message| match message {
            ServerMessage::Link(LinkState::Down { reason, retry_in_ms, .. }) => Some((reason, retry_in_ms)),
            _ => None,
        })
        .await;
    assert!(reason.contains("nothing listens at 127.0.0.1:"), "{reason}");
    assert!(retry_in_ms <= 2_000);
    app.stop().await;
}

#[tokio::test]
async fn a_ping_gives_the_servers_clock() {
    let app = TestApp::spawn().await;
    let mut page = Page::open(&app).await;
    let (answer, _) = page.carry(Command::Ping).await.unwrap();
    let Answer::Pong { received_ms, sent_ms } = answer else { panic!("{answer:?}") };
    assert!(0.0 < received_ms && received_ms <= sent_ms);
    app.stop().await;
}

#[tokio::test]
async fn without_a_link_a_command_is_refused_as_unavailable() {
    let app = TestApp::spawn().await;
    let mut page = Page::open(&app).await;
    for command in [
        Command::Publish(to_queue("hello", "x")),
        Command::InspectQueue { queue: "hello".into() },
        Command::Subscribe { queue: "hello".into(), prefetch: 1, ack_mode: AckMode::Manual },
        Command::Call { body: Body::Text(String::new()), content_type: "text/plain".into(), timeout_ms: 1_000 },
    ] {
        let problem = page.carry(command).await.unwrap_err();
        assert_eq!(problem.status, 503, "{problem:?}");
    }
    app.stop().await;
}

#[tokio::test]
async fn a_published_message_is_confirmed_or_returned() {
    on_both_brokers(async |url| {
        let app = linked(url).await;
        let mut page = Page::open(&app).await;
        let ServerMessage::Link(LinkState::Up { product, .. }) =
            page.until(|m| matches!(m, ServerMessage::Link(_)).then_some(m)).await
        else {
            panic!("not up")
        };
        assert!(["RabbitMQ 3.", "Crosstalk broker "].iter().any(|known| product.starts_with(known)), "{product}");
        for mandatory in [true, false] {
            let mut message = to_queue("hello", "Hello, World!");
            message.mandatory = mandatory;
            let (answer, steps) = page.carry(Command::Publish(message)).await.unwrap();
            assert_eq!(answer, Answer::Published { outcome: PublishOutcome::Confirmed });
            let named: Vec<_> = steps.iter().map(|step| (step.party, step.name.as_str())).collect();
            assert_eq!(named, [(Party::Server, "parse"), (Party::Link, "publish"), (Party::Link, "confirm")]);
        }
        let (answer, _) = page.carry(Command::Publish(to_queue("test.nowhere", "x"))).await.unwrap();
        let returned = PublishOutcome::Returned { reply_code: 312, reply_text: "NO_ROUTE".into() };
        assert_eq!(answer, Answer::Published { outcome: returned });
        app.stop().await;
    })
    .await;
}

/// lapin hands a return to whichever of several publishes is confirmed first; here each must get its own.
#[tokio::test]
async fn many_at_once_each_get_their_own_fate() {
    on_both_brokers(async |url| {
        let app = linked(url).await;
        let mut pages = [Page::open(&app).await, Page::open(&app).await];
        let mut asked = Vec::new();
        for number in 0..200 {
            for (at, page) in pages.iter_mut().enumerate() {
                let routed = number % 2 == at;
                let queue = if routed { "hello" } else { "test.nowhere" };
                asked.push((at, page.ask(Command::Publish(to_queue(queue, "x"))).await, routed));
            }
        }
        for (at, id, routed) in asked {
            let (answer, _) = pages[at].answer(id).await.unwrap();
            let confirmed = answer == Answer::Published { outcome: PublishOutcome::Confirmed };
            assert_eq!(confirmed, routed, "{answer:?}");
        }
        settles(&app, "crosstalk_published_total", 400).await;
        app.stop().await;
    })
    .await;
}

#[tokio::test]
async fn an_unknown_exchange_is_told_and_harms_nobody_else() {
    on_both_brokers(async |url| {
        let app = linked(url).await;
        let mut page = Page::open(&app).await;
        let mut ids = Vec::new();
        for number in 0..40 {
            let mut message = to_queue("hello", "x");
            message.mandatory = false;
            if number % 4 == 0 {
                message.exchange = "test.unknown".into();
            }
            ids.push((number, page.ask(Command::Publish(message)).await));
        }
        for (number, id) in ids {
            match page.answer(id).await {
                Ok((answer, _)) => {
                    assert_eq!(answer, Answer::Published { outcome: PublishOutcome::Confirmed });
                    assert_ne!(number % 4, 0);
                }
                Err(problem) => {
                    assert_eq!((number % 4, problem.status), (0, 404), "{problem:?}");
                    assert!(problem.detail.contains("test.unknown"), "{problem:?}");
                }
            }
        }
        let up = page.carry(Command::InspectQueue { queue: "hello".into() }).await;
        assert!(up.is_ok(), "{up:?}");
        app.stop().await;
    })
    .await;
}

#[tokio::test]
async fn messages_of_one_page_keep_their_order() {
    on_both_brokers(async |url| {
        let app = linked(url).await;
        let client = Amqp::connect(url).await;
        for mandatory in [true, false] {
            let queue = queue_name("order");
            client.declare(&queue, false).await;
            let mut arrivals = client.consume(&queue).await;
            let mut page = Page::open(&app).await;
            for number in 0..200 {
                let mut message = to_queue(&queue, &number.to_string());
                message.mandatory = mandatory;
                page.ask(Command::Publish(message)).await;
            }
            for number in 0..200 {
                let arrived = arrivals.next().await.unwrap().unwrap();
                assert_eq!(arrived.data, number.to_string().into_bytes());
            }
        }
        app.stop().await;
    })
    .await;
}

#[tokio::test]
async fn what_is_published_arrives_as_it_was_with_its_trace() {
    on_both_brokers(async |url| {
        let app = linked(url).await;
        let client = Amqp::connect(url).await;
        let queue = queue_name("intact");
        client.declare(&queue, false).await;
        let mut page = Page::open(&app).await;
        let mut message = to_queue(&queue, "");
        message.body = Body::Base64("/wA=".into());
        message.properties.priority = Some(3);
        message.properties.headers.insert("n".into(), FieldValue::LongLongInt(i64::MAX.to_string()));
        message.properties.headers.insert("u".into(), FieldValue::LongUint(7));
        message.properties.headers.insert("b".into(), FieldValue::ShortShortUint(7));
        message.properties.headers.insert("s".into(), FieldValue::ShortUint(7));
        let sent = message.properties.clone();
        page.carry(Command::Publish(message)).await.unwrap();
        page.subscribe(&queue, 1, AckMode::Automatic).await;
        let mut delivery = page.deliveries_of(1).await.remove(0);
        assert_eq!(delivery.body, Body::Base64("/wA=".into()));
        let traceparent = delivery.properties.headers.remove("traceparent");
        assert!(matches!(traceparent, Some(FieldValue::LongString(text)) if text.starts_with("00-")));
        assert_eq!(delivery.properties, sent);
        app.stop().await;
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_sent_is_refused_before_it_harms_the_link() {
    on_both_brokers(async |url| {
        let app = linked(url).await;
        let mut page = Page::open(&app).await;
        let long = "x".repeat(256);
        let mut key = to_queue(&long, "x");
        let mut header = to_queue("hello", "x");
        header.properties.headers.insert("h".into(), FieldValue::LongString("x".repeat(100_000)));
        let mut base64 = to_queue("hello", "x");
        base64.body = Body::Base64("%".into());
        key.mandatory = false;
        for message in [key, header, base64] {
            let problem = page.carry(Command::Publish(message)).await.unwrap_err();
            assert_eq!(problem.status, 422, "{problem:?}");
        }
        // these the broker itself refuses, by closing the channel
        let mut user = to_queue("hello", "x");
        user.properties.user_id = Some("somebody".into());
        let mut expiration = to_queue("hello", "x");
        expiration.properties.expiration = Some("soon".into());
        let mut reply_to = to_queue("hello", "x");
        reply_to.properties.reply_to = Some("amq.rabbitmq.reply-to".into());
        for message in [user, expiration, reply_to] {
            let problem = page.carry(Command::Publish(message)).await.unwrap_err();
            assert_eq!(problem.status, 409, "{problem:?}");
        }
        let (answer, _) = page.carry(Command::Publish(to_queue("hello", "x"))).await.unwrap();
        assert_eq!(answer, Answer::Published { outcome: PublishOutcome::Confirmed });
        app.stop().await;
    })
    .await;
}

#[tokio::test]
async fn a_call_is_answered_with_the_steps_of_every_party() {
    on_both_brokers(async |url| {
        let app = linked(url).await;
        let mut page = Page::open(&app).await;
        let call = |body: &str, content_type: &str| Command::Call {
            body: Body::Text(body.into()),
            content_type: content_type.into(),
            timeout_ms: 5_000,
        };
        let (answer, steps) = page.carry(call(r#"{"name":"Ada"}"#, "application/json")).await.unwrap();
        let Answer::Reply { body, properties } = answer else { panic!("{answer:?}") };
        assert_eq!(body, Body::Text(r#"{"message":"Hello, Ada"}"#.into()));
        assert_eq!(properties.content_type.as_deref(), Some("application/json"));
        let named: Vec<_> = steps.iter().map(|step| (step.party, step.name.as_str())).collect();
        assert_eq!(
            named,
            [
                (Party::Link, "publish"),
                (Party::Link, "confirm"),
                (Party::Worker, "parse"),
                (Party::Worker, "greet"),
                (Party::Link, "deliver"),
            ]
        );
        let (answer, _) = page.carry(call("{", "application/json")).await.unwrap();
        let Answer::Reply { properties, .. } = answer else { panic!("{answer:?}") };
        assert_eq!(properties.content_type.as_deref(), Some("application/problem+json"));
        for timeout_ms in [0, 60_001] {
            let body = Body::Text(String::new());
            let command = Command::Call { body, content_type: "text/plain".into(), timeout_ms };
            assert_eq!(page.carry(command).await.unwrap_err().status, 422);
        }
        app.stop().await;
    })
    .await;
}

#[tokio::test]
async fn a_queue_is_counted_and_an_unknown_one_told() {
    on_both_brokers(async |url| {
        let app = linked(url).await;
        let client = Amqp::connect(url).await;
        let queue = queue_name("counts");
        client.declare(&queue, false).await;
        client.publish_many(&queue, vec![b"x".to_vec(); 3], 1).await;
        let mut page = Page::open(&app).await;
        let (answer, _) = page.carry(Command::InspectQueue { queue }).await.unwrap();
        assert_eq!(answer, Answer::Queue { messages: 3, consumers: 0, listed: None });
        let problem = page.carry(Command::InspectQueue { queue: "test.unknown".into() }).await.unwrap_err();
        assert_eq!(problem.status, 404);
        app.stop().await;
    })
    .await;
}

#[tokio::test]
async fn what_is_not_of_the_protocol_ends_the_conversation_with_the_right_code() {
    let app = TestApp::spawn().await;
    let big = format!(r#"{{"type":"hello","version":1,"x":"{}"}}"#, "x".repeat(300 * 1024));
    let cases = [
        (Message::text("{"), close::PROTOCOL_ERROR),
        (Message::text(r#"{"type":"hello","version":99}"#), close::PROTOCOL_ERROR),
        (Message::binary(&b"x"[..]), close::UNSUPPORTED_DATA),
        (Message::text(big), close::MESSAGE_TOO_BIG),
    ];
    for (message, code) in cases {
        let mut page = Page::connect(&app).await;
        page.socket.send(message).await.unwrap();
        let frame = page.closed().await;
        assert_eq!(u16::from(frame.code), code, "{frame:?}");
        assert!(!frame.reason.is_empty());
    }
    let mut page = Page::open(&app).await;
    page.send_text(r#"{"type":"request","id":9,"command":{"do":"dance"}}"#).await;
    assert_eq!(page.answer(9).await.unwrap_err().status, 400);
    page.carry(Command::Ping).await.unwrap();
    settles(&app, "crosstalk_panics_total", 0).await;
    app.stop().await;
}

#[tokio::test]
async fn text_that_is_not_utf8_is_told_so() {
    use tokio::io::AsyncWriteExt as _;
    let app = TestApp::spawn().await;
    let mut page = Page::connect(&app).await;
    // a masked text frame of one byte, 0xff, under the mask 0
    page.socket.get_mut().write_all(&[0x81, 0x81, 0, 0, 0, 0, 0xff]).await.unwrap();
    assert_eq!(u16::from(page.closed().await.code), close::INVALID_UTF8);
    // a frame with a reserved bit, and one without a mask
    for frame in [&[0xc1, 0x80, 0, 0, 0, 0][..], &[0x81, 0x01, b'x']] {
        let mut page = Page::connect(&app).await;
        page.socket.get_mut().write_all(frame).await.unwrap();
        assert_eq!(u16::from(page.closed().await.code), close::PROTOCOL_ERROR);
    }
    app.stop().await;
}

#[tokio::test]
async fn pages_of_a_foreign_origin_are_refused_before_the_upgrade() {
    let app = TestApp::builder().flag("cors-origins", "https://tutorial.example.org").spawn().await;
    let own = format!("http://{}", app.addr());
    for (origin, enters) in [
        (own.as_str(), true),
        ("https://tutorial.example.org", true),
        ("http://evil.example.org", false),
        ("null", false),
    ] {
        for path in ["/ws", "/ws/queues/hello"] {
            let mut request = app.ws_url(path).into_client_request().unwrap();
            request.headers_mut().insert("origin", origin.parse().unwrap());
            match tokio_tungstenite::connect_async(request).await {
                Ok(_) => assert!(enters, "{origin}"),
                Err(Error::Http(answer)) => assert_eq!((answer.status().as_u16(), enters), (403, false), "{origin}"),
                Err(other) => panic!("{other}"),
            }
        }
    }
    let plain = app.client.get(app.url("/ws")).send().await.unwrap();
    assert_eq!(plain.status().as_u16(), 426);
    app.stop().await;
}

#[tokio::test]
async fn a_server_that_stops_says_so_on_every_socket() {
    on_both_brokers(async |url| {
        let app = linked(url).await;
        let mut page = Page::open(&app).await;
        page.subscribe("hello", 1, AckMode::Manual).await;
        let (mut feed, _) = tokio_tungstenite::connect_async(app.ws_url("/ws/queues/hello")).await.unwrap();
        settles(&app, "crosstalk_consumers", 2).await;
        // one that never reads must not hold up the end
        let _deaf = Page::open(&app).await;
        let stopping = tokio::spawn(app.stop());
        assert_eq!(u16::from(page.closed().await.code), close::GOING_AWAY);
        assert_eq!(u16::from(crate::bridge_client::closed(&mut feed).await.code), close::GOING_AWAY);
        assert!(feed.next().await.is_none());
        stopping.await.unwrap();
    })
    .await;
}
