//! Programs that cargo and npm can install without root, each in the exact version that is needed: from PATH if it has
//! that, else from the cache folder, else installed there.

use std::{
    env,
    ffi::OsString,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context as _, Result, bail};

use crate::{
    cache,
    process::{self, cargo, find, output, program},
    step::{Outcome, Steps},
};

const TRUNK: &str = "0.21.14";
const CARGO_DENY: &str = "0.20.2";
const BINARYEN: &str = "132.0.0";
const WASM: &str = "wasm32-unknown-unknown";

/// How a tool is compiled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Build {
    /// Without optimisation: these tools do little, and their own release profiles take minutes.
    Quick,
    /// As its author releases it: it reads and writes the whole page.
    Optimised,
}

/// Adds the compilation target of the page to the toolchain in use.
pub(crate) fn wasm_target(steps: &mut Steps) -> Result<()> {
    steps.step_with("compilation target wasm32", || {
        let mut sysroot = program("rustc");
        sysroot.args(["--print", "sysroot"]);
        let library = Path::new(output(sysroot)?.trim()).join("lib/rustlib").join(WASM);
        if library.is_dir() {
            return Ok(((), Outcome::UpToDate));
        }
        // a toolchain file that names the target does not install it where rustup may not install by itself
        let mut rustup = program("rustup");
        rustup.args(["target", "add", WASM]);
        process::run(rustup).context("the page needs a toolchain managed by rustup, or one with this target")?;
        Ok(((), Outcome::Done))
    })
}

/// Adds the toolchain's own checkers, where it came without.
pub(crate) fn checkers(steps: &mut Steps) -> Result<()> {
    steps.step_with("rustfmt and clippy", || {
        let present = |name: &str| cargo(&[name, "--version"]).and_then(output).is_ok();
        if present("fmt") && present("clippy") {
            return Ok(((), Outcome::UpToDate));
        }
        let mut rustup = program("rustup");
        rustup.args(["component", "add", "rustfmt", "clippy"]);
        process::run(rustup)?;
        Ok(((), Outcome::Done))
    })
}

/// The program that builds the page.
pub(crate) fn trunk(steps: &mut Steps) -> Result<PathBuf> {
    crate_binary(steps, "trunk", "trunk", TRUNK, Build::Quick)
}

/// The program that makes JavaScript bindings: it must be of the very version the page is linked with.
pub(crate) fn wasm_bindgen(steps: &mut Steps) -> Result<PathBuf> {
    let version = locked_version("wasm-bindgen")?;
    crate_binary(steps, "wasm-bindgen-cli", "wasm-bindgen", &version, Build::Optimised)
}

/// The program that checks dependencies against deny.toml.
pub(crate) fn cargo_deny(steps: &mut Steps) -> Result<PathBuf> {
    crate_binary(steps, "cargo-deny", "cargo-deny", CARGO_DENY, Build::Quick)
}

/// `wasm-opt` as a command, when it can be had: npm's package carries a current one. The text is its version.
pub(crate) fn wasm_opt(steps: &mut Steps) -> Option<(Command, &'static str)> {
    let larger = |why: &str| eprintln!("    the page will be a third larger than it could be: {why}");
    let Some(node) = find("npm").and(find("node")) else {
        larger("wasm-opt comes with npm, which is not installed");
        return None;
    };
    let installed = steps.step_with(&format!("wasm-opt (binaryen {BINARYEN})"), || {
        let folder = cache::folder(&format!("tools/binaryen-{BINARYEN}"))?;
        let script = folder.join("node_modules/binaryen/bin/wasm-opt");
        if script.is_file() {
            return Ok((script, Outcome::UpToDate));
        }
        fs::create_dir_all(&folder)?;
        let mut npm = program("npm");
        npm.args(["install", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error", "--prefix"]);
        npm.arg(&folder).arg(format!("binaryen@{BINARYEN}"));
        process::run(npm)?;
        Ok((script, Outcome::Done))
    });
    match installed {
        Ok(script) => {
            let mut command = program(node);
            command.arg(script);
            Some((command, BINARYEN))
        }
        Err(error) => {
            larger(&format!("{error:#}"));
            None
        }
    }
}

/// PATH with the folders of `tools` before it.
pub(crate) fn path_with(tools: &[&Path]) -> Result<OsString> {
    let folders = tools.iter().filter_map(|tool| tool.parent()).map(Path::to_owned);
    let path = env::var_os("PATH").unwrap_or_default();
    Ok(env::join_paths(folders.chain(env::split_paths(&path)))?)
}

/// The binary `name` of the crate `package`.
fn crate_binary(steps: &mut Steps, package: &str, name: &str, version: &str, build: Build) -> Result<PathBuf> {
    steps.step_with(&format!("{name} {version}"), || {
        let root = cache::folder("tools")?;
        let cached = root.join("bin").join(name);
        if let Some(path) = find(name).into_iter().chain([cached.clone()]).find(|path| has_version(path, version)) {
            return Ok((path, Outcome::UpToDate));
        }
        Install { build, ..Install::new(package, version, &root) }.run()?;
        if !has_version(&cached, version) {
            bail!("{} is not version {version} after its installation", cached.display());
        }
        Ok((cached, Outcome::Done))
    })
}

/// How cargo is to install a crate.
#[derive(Clone, Copy, Debug)]
struct Install<'a> {
    package: &'a str,
    version: &'a str,
    build: Build,
    root: &'a Path,
}

impl<'a> Install<'a> {
    const fn new(package: &'a str, version: &'a str, root: &'a Path) -> Self {
        Self { package, version, build: Build::Optimised, root }
    }

    fn run(self) -> Result<()> {
        eprintln!("    installing it into {}: some minutes on two cores, once", self.root.display());
        // a lock file may name a version that was withdrawn since
        self.try_run(true).or_else(|error| {
            eprintln!("    {error:#}; once more without its lock file");
            self.try_run(false)
        })
    }

    fn try_run(self, locked: bool) -> Result<()> {
        let version = format!("={}", self.version);
        let mut command = cargo(&["install", self.package, "--version", &version, "--force", "--quiet"])?;
        if locked {
            command.arg("--locked");
        }
        if self.build == Build::Quick {
            command.arg("--debug").env("CARGO_PROFILE_DEV_DEBUG", "0");
        }
        // in a temporary folder: the workspace's own artifacts have nothing in common with it
        command.arg("--root").arg(self.root).env_remove("CARGO_TARGET_DIR");
        process::run(command)
    }
}

fn has_version(path: &Path, version: &str) -> bool {
    let mut command = program(path);
    command.arg("--version");
    output(command).is_ok_and(|text| text.split_whitespace().nth(1) == Some(version))
}

/// The version of a dependency in Cargo.lock.
fn locked_version(package: &str) -> Result<String> {
    let metadata = output(cargo(&["metadata", "--format-version=1", "--quiet"])?)?;
    let metadata: serde_json::Value = serde_json::from_str(&metadata)?;
    let packages = metadata["packages"].as_array().context("cargo metadata lists no packages")?;
    let found = packages.iter().find(|entry| entry["name"] == package);
    let version = found.and_then(|entry| entry["version"].as_str());
    Ok(version.with_context(|| format!("{package} is no dependency of the workspace"))?.to_owned())
}
