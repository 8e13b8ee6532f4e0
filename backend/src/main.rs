//! The binary `crosstalk`: parses, binds, runs. What it runs is in the library.

use clap::Parser as _;
use crosstalk::{Config, Listeners, Shutdown, telemetry};

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let config = Config::parse().validated()?;
    telemetry::init(&config);
    let listeners = Listeners::bind(&config).await?;
    let shutdown = Shutdown::on_signals()?;
    crosstalk::run(listeners, config, shutdown).await
}
