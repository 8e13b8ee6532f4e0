//! The OpenAPI description and the server agree, checked by an independent tool.

use std::time::Duration;

use anyhow::Result;
use crosstalk_e2e::{Broker, Server, evidence_folder, need, script};

const BUDGET: Duration = Duration::from_secs(150);
/// Enough for each parameter and each body to be malformed in every way the tool knows, and no more than a minute.
const EXAMPLES: u32 = 30;
const SEED: &str = "1";

#[tokio::test]
async fn schemathesis_finds_no_failure() -> Result<()> {
    let server = Server::start(&Broker::absent()).await?;
    let arguments = [
        "--config-file".into(),
        need::workspace().join("backend/schemathesis.toml").into(),
        "run".into(),
        server.url("/api/openapi.json").into(),
        "--max-examples".into(),
        EXAMPLES.to_string().into(),
        // the same requests in every run: what fails can be found again
        "--seed".into(),
        SEED.into(),
    ];
    // it keeps a cache in the current folder
    script::program(&need::schemathesis(), &arguments, &evidence_folder()?, BUDGET).await?;
    server.stop().await
}
