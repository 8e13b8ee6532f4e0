//! Starts a broker, publishes a message to it with lapin, and gets it back.
//!
//! `cargo run -p crosstalk-broker --example lapin`

use crosstalk_broker::{Broker, Config};
use futures_util::StreamExt as _;
use lapin::{
    BasicProperties, Connection, ConnectionProperties,
    options::{BasicAckOptions, BasicConsumeOptions, BasicPublishOptions, QueueDeclareOptions},
    types::FieldTable,
};

#[tokio::main]
#[expect(clippy::print_stdout, reason = "an example shows what it does")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let broker = Broker::start(Config::default()).await?;
    println!("a broker listens at {}", broker.amqp_url());

    let connection = Connection::connect(&broker.amqp_url(), ConnectionProperties::default()).await?;
    let channel = connection.create_channel().await?;
    channel.queue_declare("hello".into(), QueueDeclareOptions::default(), FieldTable::default()).await?;
    channel
        .basic_publish(
            "".into(),
            "hello".into(),
            BasicPublishOptions::default(),
            b"Hello, World!",
            BasicProperties::default(),
        )
        .await?;

    let mut consumer =
        channel.basic_consume("hello".into(), "".into(), BasicConsumeOptions::default(), FieldTable::default()).await?;
    if let Some(delivery) = consumer.next().await.transpose()? {
        println!("{}", String::from_utf8_lossy(&delivery.data));
        delivery.ack(BasicAckOptions::default()).await?;
    }
    println!("{:?}", broker.queues("/"));

    connection.close(0, "".into()).await?;
    broker.shutdown().await;
    Ok(())
}
