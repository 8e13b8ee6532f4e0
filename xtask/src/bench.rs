//! `cargo xtask bench`: builds what is measured, sets up the peers, and runs the crate `bench`.

use anyhow::Result;

use crate::{clients, debian, page, process, server, step::Steps};

/// Measures; `args` are passed to the benchmark.
pub(crate) fn bench(steps: &mut Steps, args: &[String]) -> Result<()> {
    steps.step("Debian packages", debian::for_bench)?;
    let modules = clients::node_modules(steps, "bench", "bench/peers")?;
    page::build(steps)?;
    let binary = server::build(steps)?;
    let mut command = process::cargo(&["run", "--release", "--package", "crosstalk-bench", "--"])?;
    command.args(args).env("CROSSTALK_BIN", binary).env("CROSSTALK_NODE_MODULES", modules);
    process::run(command)
}
