//! Builds the release server. It embeds dist/ as it is at that moment.

use std::{env, path::PathBuf};

use anyhow::{Result, ensure};

use crate::{process, root, step::Steps};

/// Builds the binary `crosstalk` if necessary and returns its path.
pub(crate) fn build(steps: &mut Steps) -> Result<PathBuf> {
    steps.step("server", || {
        let binary = target().join("release").join("crosstalk");
        if !binary.is_file() {
            eprintln!("    usually 8 minutes on two cores the first time");
        }
        process::run(process::cargo(&["build", "--release", "--package", "crosstalk"])?)?;
        ensure!(binary.is_file(), "cargo left no binary at {}", binary.display());
        Ok(binary)
    })
}

/// The folder where cargo builds.
pub(crate) fn target() -> PathBuf {
    // a relative path is relative to where cargo was called, and xtask calls it in the root
    env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), |folder| root().join(folder))
}
