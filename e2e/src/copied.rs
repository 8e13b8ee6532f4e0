//! Runs the programs that *copy as* produces like a person would: in a shell, in Python, in node, and in a new cargo
//! project.

use std::{
    ffi::OsString,
    fs,
    os::unix::fs::symlink,
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Context as _, Result};
use tempfile::TempDir;

use crate::{need, script};

const BUDGET: Duration = Duration::from_secs(60);
/// A Rust program is compiled first, and so are its dependencies the first time.
const BUILD_BUDGET: Duration = Duration::from_secs(300);

/// The dependencies of all copied Rust programs, with the features for calls over loopback.
const DEPENDENCIES: &str = r#"
futures-util = "0.3"
lapin = { version = "4", default-features = false, features = ["tokio"] }
prost = "0.14"
reqwest = { version = "0.13", default-features = false }
tokio = { version = "1", features = ["full"] }
tokio-stream = { version = "0.1", default-features = false }
tonic = { version = "0.14", default-features = false, features = ["channel", "codegen"] }
tonic-prost = { version = "0.14", default-features = false }
"#;

/// Runs text that is pasted into a shell.
///
/// # Errors
/// When it fails or does not end in time; with its output.
pub async fn shell(text: &str) -> Result<String> {
    run("sh", &["-c", text], BUDGET).await
}

/// Runs a Python program, after installing what its first lines name.
///
/// # Errors
/// As [`shell`].
pub async fn python(text: &str) -> Result<String> {
    let fetch: Vec<&str> =
        text.lines().filter_map(|line| line.strip_prefix("# ")).filter(|line| line.starts_with("curl ")).collect();
    let python = here(&need::python())?;
    let lines = [fetch, vec![r#"exec "$0" -c "$1""#]].concat().join(" && ");
    run("sh", &["-c", &lines, &python.display().to_string(), text], BUDGET).await
}

/// Runs a JavaScript module with the packages of `e2e/clients/package.json` and with the browsers' WebSocket, which
/// node has by default from version 22 on.
///
/// # Errors
/// As [`shell`].
pub async fn javascript(text: &str) -> Result<String> {
    let folder = TempDir::with_prefix("crosstalk-e2e-copied-")?;
    symlink(std::path::absolute(need::node_modules()?)?, folder.path().join("node_modules"))?;
    run_in(&folder, "node", &["--experimental-websocket", "--input-type=module", "-e", text], BUDGET).await
}

/// Runs a Rust program as the `main.rs` of a new project, with the dependency versions of this workspace.
///
/// # Errors
/// As [`shell`], and when it does not compile.
pub async fn rust(name: &str, text: &str) -> Result<String> {
    let project = need::target().join("copied").join(name);
    fs::create_dir_all(project.join("src"))?;
    let manifest = format!(
        "[package]\nname = \"copied-{name}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n\n[dependencies]{DEPENDENCIES}"
    );
    fs::write(project.join("Cargo.toml"), manifest)?;
    fs::copy(need::workspace().join("Cargo.lock"), project.join("Cargo.lock"))?;
    fs::write(project.join("src/main.rs"), text)?;
    let manifest = project.join("Cargo.toml").display().to_string();
    let target = need::target().join("copied/target").display().to_string();
    run("cargo", &["run", "--quiet", "--manifest-path", &manifest, "--target-dir", &target], BUILD_BUDGET).await
}

async fn run(program: impl AsRef<Path>, args: &[&str], budget: Duration) -> Result<String> {
    run_in(&TempDir::with_prefix("crosstalk-e2e-copied-")?, program, args, budget).await
}

async fn run_in(folder: &TempDir, program: impl AsRef<Path>, args: &[&str], budget: Duration) -> Result<String> {
    let args: Vec<OsString> = args.iter().map(OsString::from).collect();
    let program = program.as_ref();
    let program = here(program)?;
    script::program(&program, &args, folder.path(), budget)
        .await
        .with_context(|| format!("{} ran: {args:?}", program.display()))
}

/// A path with a folder is relative to this process's folder, not to that of the program.
fn here(program: &Path) -> Result<PathBuf> {
    Ok(if program.components().count() > 1 { std::path::absolute(program)? } else { program.to_owned() })
}
