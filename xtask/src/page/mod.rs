//! Builds the page into dist/: Trunk with everything it would download given to it, then the program in parts ([`parts`]),
//! one style sheet ([`style`]) and a document for each page and language ([`shells`]) that starts the program ([`start`]).
//! [`size`] tells what a visitor downloads; [`sheet`] is for those alone who look at the components.
//! Skipped while its inputs are the same: a stamp in dist/ (hidden, so the server does not embed it) tells.

mod parts;
mod sheet;
mod shells;
mod size;
mod start;
mod style;

use std::fs;

use anyhow::Result;

use self::parts::Tools;
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

/// Builds dist/, with all set-up.
pub(crate) fn build(steps: &mut Steps) -> Result<()> {
    tools::wasm_target(steps)?;
    let trunk = tools::trunk(steps)?;
    let (wasm_split, wasm_bindgen) = (tools::wasm_split(steps)?, tools::wasm_bindgen(steps)?);
    let (wasm_opt, version) = tools::wasm_opt(steps).unzip();
    let tools = Tools { wasm_split, wasm_bindgen, wasm_opt };
    steps.step_with("page", || {
        let mut rustc = program("rustc");
        rustc.arg("--version");
        let mut stamp = Stamp::new(root().join("dist/.stamp"));
        stamp.text(&output(rustc)?);
        stamp.text(version.unwrap_or_default());
        for input in INPUTS {
            stamp.path(&root().join(input))?;
        }
        if stamp.fresh() {
            return Ok(((), Outcome::UpToDate));
        }
        let mut command = program(&trunk);
        command.args(["build", "--release", "--features", "split", "--offline", "--skip-version-check"]);
        command.env("PATH", tools::path_with(&[&trunk, &tools.wasm_bindgen])?);
        // Trunk reads it as a flag and takes nothing but true and false
        command.env_remove("NO_COLOR");
        process::run(command)?;
        let dist = root().join("dist");
        // Trunk's own bindings, of the program in one piece
        for path in fs::read_dir(&dist)?.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>>>()? {
            if path.extension().is_some_and(|extension| extension == "wasm" || extension == "js") {
                fs::remove_file(path)?;
            }
        }
        let program = parts::write(&dist, &tools)?;
        let index = fs::read_to_string(dist.join("index.html"))?;
        let index = start::defer(&index, &fs::read_to_string(root().join("frontend/start.js"))?, &program)?;
        let index = style::bundle(&dist, &index)?;
        shells::write(&root().join("frontend"), &dist, &index)?;
        sheet::write(&root().join("frontend/design"), &dist)?;
        stamp.write()?;
        Ok(((), Outcome::Done))
    })
}

/// Builds dist/ and tells how large the page is.
pub(crate) fn build_and_weigh(steps: &mut Steps) -> Result<()> {
    build(steps)?;
    steps.step("size of the page", || size::tell(&root().join("dist")))
}
