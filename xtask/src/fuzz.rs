//! `cargo xtask fuzz`: runs each dissector of `crosstalk-wire` on random malformed input for some minutes, on one core
//! and with the lowest priority. The same seed gives the same cases; a failing case is printed.

use anyhow::Result;

use crate::{process, server, step::Steps};

/// The names in the example `fuzz` of `crosstalk-wire`.
const DISSECTORS: [&str; 8] = ["http1", "json", "websocket", "grpc", "protobuf", "h2", "amqp", "tls"];

/// Fuzzes those dissectors whose name contains `filter`.
pub(crate) fn fuzz(steps: &mut Steps, minutes: u32, seed: u64, filter: &str) -> Result<()> {
    steps.step("fuzzer", || {
        process::run(process::cargo(&["build", "--release", "--package", "crosstalk-wire", "--example", "fuzz"])?)
    })?;
    let fuzzer = server::target().join("release/examples/fuzz");
    for dissector in DISSECTORS.into_iter().filter(|dissector| dissector.contains(filter)) {
        let mut command = process::program("nice");
        command.args(["-n", "19"]).arg(&fuzzer).args([&(minutes * 60).to_string(), dissector, &seed.to_string()]);
        process::run(command)?;
    }
    Ok(())
}
