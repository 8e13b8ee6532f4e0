//! Programs that cargo and npm can install without root, each in the exact version that is needed: from PATH if it has
//! that version, else from the cache folder, else installed there, by cargo-binstall if it is on PATH.

use std::{
    env,
    ffi::OsString,
    fs,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use anyhow::{Context as _, Result, bail, ensure};

use crate::{
    cache,
    process::{self, cargo, find, lines, output, program},
    step::{Outcome, Steps},
};

const TRUNK: &str = "0.21.14";
const CARGO_DENY: &str = "0.20.2";
const BINARYEN: &str = "132.0.0";
const WASM: &str = "wasm32-unknown-unknown";
/// The time limit of cargo-binstall for one program.
const DOWNLOAD: Duration = Duration::from_secs(120);

/// Adds the compilation target of the page to the toolchain in use.
pub(crate) fn wasm_target(steps: &mut Steps) -> Result<()> {
    steps.step_with("compilation target wasm32", || {
        let mut sysroot = program("rustc");
        sysroot.args(["--print", "sysroot"]);
        let library = Path::new(output(sysroot)?.trim()).join("lib/rustlib").join(WASM);
        if library.is_dir() {
            return Ok(((), Outcome::UpToDate));
        }
        // where rustup may not install by itself, the toolchain file does not install the target
        let mut rustup = program("rustup");
        rustup.args(["target", "add", WASM]);
        process::run(rustup).context("the page needs a toolchain managed by rustup, or one with this target")?;
        Ok(((), Outcome::Done))
    })
}

/// Adds the toolchain's own checkers if they are missing.
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

/// The program that builds the page, without its parts that download: TLS, and the search for a newer version.
pub(crate) fn trunk(steps: &mut Steps) -> Result<PathBuf> {
    let install =
        Install { default_features: false, usually: "2 to 3 minutes", ..Install::new("trunk", "trunk", TRUNK) };
    binary(steps, install)
}

/// The program that makes JavaScript bindings. It must have exactly the version that the page is linked with.
pub(crate) fn wasm_bindgen(steps: &mut Steps) -> Result<PathBuf> {
    let version = locked_version("wasm-bindgen")?;
    let install = Install {
        // its lock file has versions that were withdrawn
        locked: false,
        // its test runner needs TLS
        default_features: false,
        optimised: &["walrus", "wasm-bindgen-cli-support", "wasmparser"],
        usually: "1 to 2 minutes",
        ..Install::new("wasm-bindgen", "wasm-bindgen-cli", &version)
    };
    binary(steps, install)
}

/// The program that checks dependencies against deny.toml.
pub(crate) fn cargo_deny(steps: &mut Steps) -> Result<PathBuf> {
    binary(steps, Install::new("cargo-deny", "cargo-deny", CARGO_DENY))
}

/// The command `wasm-opt` from npm's package, if it can be installed. The text is its version.
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

/// PATH with the folders of `tools` in front.
pub(crate) fn path_with(tools: &[&Path]) -> Result<OsString> {
    let folders = tools.iter().filter_map(|tool| tool.parent()).map(Path::to_owned);
    let path = env::var_os("PATH").unwrap_or_default();
    Ok(env::join_paths(folders.chain(env::split_paths(&path)))?)
}

/// The path of the program in `install`.
fn binary(steps: &mut Steps, install: Install<'_>) -> Result<PathBuf> {
    let Install { name, version, .. } = install;
    steps.step_with(&format!("{name} {version}"), || {
        let root = cache::folder("tools")?;
        let cached = root.join("bin").join(name);
        if let Some(path) = find(name).into_iter().chain([cached.clone()]).find(|path| has_version(path, version)) {
            return Ok((path, Outcome::UpToDate));
        }
        install.run(&root)?;
        if !has_version(&cached, version) {
            bail!("{} is not version {version} after its installation", cached.display());
        }
        Ok((cached, Outcome::Done))
    })
}

/// A program and how it is installed.
#[derive(Clone, Copy, Debug)]
struct Install<'a> {
    name: &'a str,
    /// The crate that has the program.
    package: &'a str,
    version: &'a str,
    /// Whether to use the lock file of the package.
    locked: bool,
    default_features: bool,
    /// The crates that do most of the work. All others are compiled without optimization: with the release profile of
    /// these programs, compiling takes several minutes longer, and running saves less.
    optimised: &'a [&'a str],
    /// The usual compile time on two cores.
    usually: &'a str,
}

impl<'a> Install<'a> {
    const fn new(name: &'a str, package: &'a str, version: &'a str) -> Self {
        Self { name, package, version, locked: true, default_features: true, optimised: &[], usually: "some minutes" }
    }

    /// Installs it into `root`.
    fn run(self, root: &Path) -> Result<()> {
        if let Some(binstall) = find("cargo-binstall") {
            eprintln!("    cargo-binstall downloads it into {}", root.display());
            match self.download(&binstall, root) {
                Ok(()) => return Ok(()),
                Err(error) => eprintln!("    {error:#}"),
            }
        }
        eprintln!("    compiling it into {}: usually {} on two cores, once", root.display(), self.usually);
        if self.locked {
            // a lock file may have a version that was withdrawn
            self.compile(root, true).or_else(|error| {
                eprintln!("    {error:#}; once more without its lock file");
                self.compile(root, false)
            })
        } else {
            self.compile(root, false)
        }
    }

    fn download(self, binstall: &Path, root: &Path) -> Result<()> {
        let mut command = program(binstall);
        command.args([self.package, "--version", &format!("={}", self.version), "--no-confirm", "--force"]);
        command.args(["--no-symlinks", "--disable-strategies", "compile", "--install-path"]).arg(root.join("bin"));
        ensure!(lines(command, DOWNLOAD, |line| eprintln!("{line}"))?, "cargo-binstall has no {}", self.package);
        Ok(())
    }

    fn compile(self, root: &Path, locked: bool) -> Result<()> {
        let version = format!("={}", self.version);
        let mut command = cargo(&["install", self.package, "--version", &version, "--force", "--quiet", "--debug"])?;
        command.args(["--bin", self.name]);
        if locked {
            command.arg("--locked");
        }
        if !self.default_features {
            command.arg("--no-default-features");
        }
        for package in self.optimised {
            command.arg("--config").arg(format!("profile.dev.package.{package}.opt-level=1"));
        }
        // compiling without optimization is fastest
        command.envs([
            ("CARGO_INCREMENTAL", "0"),
            ("CARGO_PROFILE_DEV_CODEGEN_UNITS", "16"),
            ("CARGO_PROFILE_DEV_DEBUG", "0"),
            ("CARGO_PROFILE_DEV_DEBUG_ASSERTIONS", "false"),
            ("CARGO_PROFILE_DEV_OVERFLOW_CHECKS", "false"),
        ]);
        // in a temporary folder, because it shares no artifact with the workspace
        command.arg("--root").arg(root).env_remove("CARGO_TARGET_DIR");
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
