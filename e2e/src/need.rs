//! The environment of the tests. `cargo xtask test` sets all variables. A missing variable has a default, and an error
//! names the variable and the remedy. No test is skipped.
//!
//! | variable | what | default |
//! | --- | --- | --- |
//! | `CROSSTALK_BIN` | the binary under test | `target/release/crosstalk` |
//! | `CROSSTALK_PYTHON` | a Python with `e2e/clients/requirements.txt` installed | `python3` on PATH |
//! | `CROSSTALK_NODE_MODULES` | a folder `node_modules` with `e2e/clients/package.json` installed | none |
//! | `CROSSTALK_SCHEMATHESIS` | the program `schemathesis` | the one beside the Python, or on PATH |

use std::{env, path::PathBuf};

use anyhow::{Context as _, Result, ensure};

const REMEDY: &str = "`cargo xtask test` sets it up";

/// The root of the workspace where the test was started, not where it was compiled: clones may share a target folder.
#[must_use]
pub fn workspace() -> PathBuf {
    let manifest =
        PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into()));
    manifest.parent().expect("this crate is a folder of the workspace").to_owned()
}

/// The folder where cargo builds, from the path of the test binary, so that it is right for any `CARGO_TARGET_DIR`.
#[must_use]
pub fn target() -> PathBuf {
    env::var_os("CARGO_TARGET_DIR").map_or_else(|| workspace().join("target"), PathBuf::from)
}

/// The binary under test: the release build.
///
/// # Errors
/// When it is missing.
pub fn binary() -> Result<PathBuf> {
    let path = given("CROSSTALK_BIN").unwrap_or_else(|| target().join("release").join("crosstalk"));
    ensure!(
        path.is_file(),
        "there is no binary at {}: build it (`cargo xtask run` does) or name one in CROSSTALK_BIN; {REMEDY}",
        path.display()
    );
    Ok(path)
}

/// A Python in which the stock clients are installed.
#[must_use]
pub fn python() -> PathBuf {
    given("CROSSTALK_PYTHON").unwrap_or_else(|| PathBuf::from("python3"))
}

/// The remedy in the error of a Python client that did not run.
#[must_use]
pub fn python_remedy() -> String {
    format!(
        "{} needs the packages of e2e/clients/requirements.txt; CROSSTALK_PYTHON names another Python, {REMEDY}",
        python().display()
    )
}

/// The folder `node_modules` of the JavaScript clients.
///
/// # Errors
/// When the variable is not set, or is not a folder.
pub fn node_modules() -> Result<PathBuf> {
    let path = given("CROSSTALK_NODE_MODULES").with_context(|| {
        format!("CROSSTALK_NODE_MODULES is not set: the packages of e2e/clients/package.json are needed; {REMEDY}")
    })?;
    ensure!(path.is_dir(), "CROSSTALK_NODE_MODULES is {}, which is no folder; {REMEDY}", path.display());
    Ok(path)
}

/// The program `schemathesis`.
#[must_use]
pub fn schemathesis() -> PathBuf {
    let beside = || Some(python().with_file_name("schemathesis")).filter(|path| path.is_file());
    given("CROSSTALK_SCHEMATHESIS").or_else(beside).unwrap_or_else(|| PathBuf::from("schemathesis"))
}

fn given(variable: &str) -> Option<PathBuf> {
    env::var_os(variable).filter(|value| !value.is_empty()).map(PathBuf::from)
}
