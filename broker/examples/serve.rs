//! Runs a broker until Ctrl-C, for clients in other languages.
//!
//! `cargo run -p crosstalk-broker --example serve -- 127.0.0.1:5672`

use std::{env, net::SocketAddr};

use crosstalk_broker::{Broker, Config};

#[tokio::main]
#[expect(clippy::print_stdout, reason = "an example shows what it does")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let listen: SocketAddr = env::args().nth(1).as_deref().unwrap_or("127.0.0.1:0").parse()?;
    let broker = Broker::start(Config { listen, ..Config::default() }).await?;
    println!("{}", broker.amqp_url());
    tokio::signal::ctrl_c().await?;
    broker.shutdown().await;
    Ok(())
}
