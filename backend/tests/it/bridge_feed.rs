//! The WebSocket for anybody: bodies of a queue, one frame each.

use crosstalk_proto::ws::close;
use futures_util::SinkExt as _;
use tokio_tungstenite::tungstenite::Message;

use crate::{
    bridge_client::{Amqp, Stream, closed, frame, linked, queue_name, settles},
    support::{TestApp, on_both_brokers},
};

async fn open(app: &TestApp, queue: &str) -> Stream {
    tokio_tungstenite::connect_async(app.ws_url(&format!("/ws/queues/{queue}"))).await.unwrap().0
}

#[tokio::test]
async fn bodies_come_one_frame_each_and_are_acked_once_written() {
    on_both_brokers(async |url| {
        let app = linked(url).await;
        let client = Amqp::connect(url).await;
        let queue = queue_name("feed");
        client.declare(&queue, false).await;
        let mut bodies: Vec<Vec<u8>> = (0..1_000).map(|number: u32| number.to_string().into_bytes()).collect();
        bodies.extend([vec![], vec![0xff, 0], vec![b'x'; 300_000]]);
        client.publish_many(&queue, bodies.clone(), 1).await;
        let mut feed = open(&app, &format!("{queue}?prefetch=7")).await;
        for body in bodies {
            let expected = match String::from_utf8(body) {
                Ok(text) => Message::text(text),
                Err(error) => Message::binary(error.into_bytes()),
            };
            assert_eq!(frame(&mut feed).await, expected);
        }
        // what the client says is not looked at, and not taken amiss
        feed.send(Message::text("whatever")).await.unwrap();
        feed.send(Message::binary(vec![0, 0xff])).await.unwrap();
        feed.send(Message::Ping(b"x"[..].into())).await.unwrap();
        assert_eq!(frame(&mut feed).await, Message::Pong(b"x"[..].into()));
        client.publish(&queue, b"after that", Default::default()).await;
        assert_eq!(frame(&mut feed).await, Message::text("after that"));
        drop(feed);
        settles(&app, "crosstalk_consumers", 0).await;
        settles(&app, "crosstalk_websockets", 0).await;
        assert_eq!(client.counts(&queue).await, (0, 0));
        app.stop().await;
    })
    .await;
}

#[tokio::test]
async fn what_was_asked_in_vain_is_told_by_the_close_code() {
    on_both_brokers(async |url| {
        let app = linked(url).await;
        let client = Amqp::connect(url).await;
        let queue = queue_name("exclusive");
        let exclusive = lapin::options::QueueDeclareOptions { exclusive: true, ..Default::default() };
        client.channel.queue_declare(queue.as_str().into(), exclusive, Default::default()).await.unwrap();
        for (asked, code) in [
            ("test.unknown", close::NO_SUCH_QUEUE),
            (queue.as_str(), close::BROKER_REFUSED),
            ("greeter.rpc", close::BROKER_REFUSED),
        ] {
            let mut feed = open(&app, asked).await;
            let frame = closed(&mut feed).await;
            assert_eq!(u16::from(frame.code), code, "{asked}: {frame:?}");
        }
        // with the link as it was
        open(&app, "hello").await;
        for prefetch in ["0", "1001", "x"] {
            let address = app.ws_url(&format!("/ws/queues/hello?prefetch={prefetch}"));
            assert!(tokio_tungstenite::connect_async(address).await.is_err(), "{prefetch}");
        }
        app.stop().await;
        let brokerless = TestApp::spawn().await;
        let mut feed = open(&brokerless, "hello").await;
        assert_eq!(u16::from(closed(&mut feed).await.code), close::BROKER_DOWN);
        brokerless.stop().await;
    })
    .await;
}

#[tokio::test]
async fn a_deleted_queue_ends_its_feed() {
    on_both_brokers(async |url| {
        let app = linked(url).await;
        let client = Amqp::connect(url).await;
        let queue = queue_name("feed-deleted");
        client.declare(&queue, false).await;
        let mut feed = open(&app, &queue).await;
        settles(&app, "crosstalk_consumers", 1).await;
        client.channel.queue_delete(queue.as_str().into(), Default::default()).await.unwrap();
        assert_eq!(u16::from(closed(&mut feed).await.code), close::NO_SUCH_QUEUE);
        app.stop().await;
    })
    .await;
}
