//! `cargo xtask fuzz`: each dissector of `crosstalk-wire` against what nobody would send, for some minutes each, on one core and
//! with the lowest priority. The same seed gives the same cases; a case that fails is printed.

use anyhow::Result;

use crate::{process, server, step::Steps};

/// As the example `fuzz` of `crosstalk-wire` names them.
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
