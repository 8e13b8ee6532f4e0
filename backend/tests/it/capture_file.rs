//! The file that is downloaded: packets in order, whose payload is what was captured.

use etherparse::{NetSlice, SlicedPacket, TransportSlice};
use http::StatusCode;
use pcap_file::pcapng::{Block, PcapNgReader};

use crate::{
    capture_support::{PARENT, TRACE, arm, ask},
    support::{Answer, TestApp},
};

#[tokio::test]
async fn the_packets_of_the_file_carry_what_was_said() {
    let app = TestApp::spawn().await;
    let secret = arm(&app, TRACE).await;
    let call = app.request("GET", "/api/v1/resource?name=Ada").header("traceparent", PARENT);
    let call = call.header("cookie", "session=s3cret");
    assert_eq!(Answer::to(call).await.status, StatusCode::OK);
    let file = ask(&app, TRACE, "/pcapng", &secret).await;
    assert_eq!((file.status, file.header("content-type")), (StatusCode::OK, "application/x-pcapng"));
    assert!(file.header("content-disposition").contains(&format!("crosstalk-{TRACE}.pcapng")), "{file:?}");

    let mut reader = PcapNgReader::new(file.body.as_slice()).unwrap();
    let (mut client, mut server) = (String::new(), String::new());
    let mut time = std::time::Duration::ZERO;
    while let Some(block) = reader.next_block() {
        let Block::EnhancedPacket(packet) = block.unwrap() else { continue };
        assert!(packet.timestamp >= time, "time went backwards");
        time = packet.timestamp;
        let packet = SlicedPacket::from_ip(&packet.data).unwrap();
        assert!(matches!(packet.net, Some(NetSlice::Ipv4(_))), "{packet:?}");
        let Some(TransportSlice::Tcp(tcp)) = packet.transport else { panic!("{packet:?}") };
        let said = if tcp.destination_port() == 80 { &mut client } else { &mut server };
        if tcp.syn() {
            assert_eq!(tcp.sequence_number(), 0);
        } else {
            assert_eq!(tcp.sequence_number() as usize, 1 + said.len());
        }
        said.push_str(std::str::from_utf8(tcp.payload()).unwrap());
    }
    assert!(client.starts_with("GET /api/v1/resource?name=Ada HTTP/1.1\r\n"), "{client}");
    assert!(client.contains("cookie: **************\r\n") && client.ends_with("\r\n\r\n"), "{client}");
    assert!(server.starts_with("HTTP/1.1 200 OK\r\n") && server.ends_with(r#"{"message":"Hello, Ada"}"#), "{server}");
    app.stop().await;
}
