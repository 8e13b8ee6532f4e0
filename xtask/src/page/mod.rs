//! Builds the page into dist/: Trunk with everything it would download given to it, then wasm-opt, then one style sheet
//! ([`style`]) and a document for each page and language ([`shells`]) that starts the program ([`start`]). [`size`] tells what
//! a visitor downloads.
//! Skipped while its inputs are the same: a stamp in dist/ (hidden, so the server does not embed it) tells.

mod shells;
mod size;
mod start;
mod style;

use std::{fs, path::PathBuf};

use anyhow::{Context as _, Result};

use crate::{
    cache::Stamp,
    process::{self, output, program},
    root,
    step::{Outcome, Steps},
    tools,
};

/// What the page is made of.
const INPUTS: &[&str] = &[
    "frontend",
    "proto",
    "style",
    "xtask/src/page",
    "Trunk.toml",
    "Cargo.toml",
    "Cargo.lock",
    "rust-toolchain.toml",
    ".cargo",
];

/// What today's rustc emits; wasm-opt takes only what it is told.
const FEATURES: &[&str] = &[
    "--enable-bulk-memory",
    "--enable-nontrapping-float-to-int",
    "--enable-sign-ext",
    "--enable-mutable-globals",
    "--enable-reference-types",
    "--enable-multivalue",
];

/// Builds dist/, with all set-up.
pub(crate) fn build(steps: &mut Steps) -> Result<()> {
    tools::wasm_target(steps)?;
    let trunk = tools::trunk(steps)?;
    let wasm_bindgen = tools::wasm_bindgen(steps)?;
    let wasm_opt = tools::wasm_opt(steps);
    steps.step_with("page", || {
        let mut rustc = program("rustc");
        rustc.arg("--version");
        let mut stamp = Stamp::new(root().join("dist/.stamp"));
        stamp.text(&output(rustc)?);
        stamp.text(wasm_opt.as_ref().map_or("", |(_, version)| version));
        for input in INPUTS {
            stamp.path(&root().join(input))?;
        }
        if stamp.fresh() {
            return Ok(((), Outcome::UpToDate));
        }
        let mut command = program(&trunk);
        command.args(["build", "--release", "--offline", "--skip-version-check"]);
        command.env("PATH", tools::path_with(&[&trunk, &wasm_bindgen])?);
        // Trunk reads it as a flag and takes nothing but true and false
        command.env_remove("NO_COLOR");
        process::run(command)?;
        if let Some((mut command, _)) = wasm_opt {
            let wasm = wasm()?;
            let before = fs::metadata(&wasm)?.len();
            let small = wasm.with_extension("small");
            command.arg("-Oz").args(FEATURES).arg(&wasm).arg("-o").arg(&small);
            process::run(command)?;
            fs::rename(&small, &wasm)?;
            eprintln!("    wasm-opt: {} KB, was {} KB", fs::metadata(&wasm)?.len() / 1000, before / 1000);
        }
        let dist = root().join("dist");
        let index = fs::read_to_string(dist.join("index.html"))?;
        let index = start::defer(&index, &fs::read_to_string(root().join("frontend/start.js"))?)?;
        let index = style::bundle(&dist, &index)?;
        shells::write(&root().join("frontend"), &dist, &index)?;
        stamp.write()?;
        Ok(((), Outcome::Done))
    })
}

/// Builds dist/ and tells how large the page is.
pub(crate) fn build_and_weigh(steps: &mut Steps) -> Result<()> {
    build(steps)?;
    steps.step("size of the page", || size::tell(&root().join("dist")))
}

/// The page's code in dist/.
fn wasm() -> Result<PathBuf> {
    let dist = root().join("dist");
    let entries = fs::read_dir(&dist)?.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>>>()?;
    let wasm = entries.into_iter().find(|path| path.extension().is_some_and(|extension| extension == "wasm"));
    wasm.with_context(|| format!("Trunk left no .wasm file in {}", dist.display()))
}
