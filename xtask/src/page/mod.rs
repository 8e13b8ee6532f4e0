//! Builds the page into dist/: Trunk compiles it, and its hook does the rest.
//!
//! - [`hook`]: runs after the compilation, in `trunk build` and `trunk serve` too
//! - [`mod@program`]: the program, split into chunks
//! - [`style`]: the style sheet
//! - [`prerender`]: a prerendered document for each page and language
//! - [`size`]: the size of the download
//!
//! `cargo xtask` skips the build while its inputs are unchanged, by a stamp in dist/. The stamp is hidden, so the
//! server does not embed it.

pub(crate) mod hook;
mod prerender;
mod program;
mod size;
mod style;

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result, ensure};

use crate::{
    cache::Stamp,
    process::{self, output, program},
    root,
    step::{Outcome, Steps},
    tools,
};

/// Builds dist/, including all set-up.
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
        stamp.text(wasm_opt.map_or("", |(_, version)| version));
        for input in inputs()? {
            stamp.path(&root().join(input))?;
        }
        if stamp.fresh() {
            return Ok(((), Outcome::UpToDate));
        }
        eprintln!("    usually 5 minutes on two cores the first time, half a minute after a change");
        let mut command = program(&trunk);
        command.args(["build", "--release", "--offline", "--skip-version-check"]);
        command.env("PATH", tools::path_with(&[&trunk, &wasm_bindgen])?);
        // Trunk reads it as a flag and accepts only true and false
        command.env_remove("NO_COLOR");
        process::run(command)?;
        stamp.write()?;
        Ok(((), Outcome::Done))
    })
}

/// Builds dist/ and prints its size.
pub(crate) fn build_and_weigh(steps: &mut Steps) -> Result<()> {
    build(steps)?;
    steps.step("size of the page", || size::print(&root().join("dist")))
}

/// The inputs of the page: the paths that `trunk serve` watches.
fn inputs() -> Result<Vec<String>> {
    let config: toml::Table = fs::read_to_string(root().join("Trunk.toml"))?.parse()?;
    let watch = config.get("watch").and_then(|watch| watch.get("watch")).and_then(toml::Value::as_array);
    let paths = watch.context("Trunk.toml has no watch.watch")?.iter();
    paths.map(|path| Ok(path.as_str().context("Trunk.toml watches something that is no path")?.to_owned())).collect()
}

/// `text` with each of `changes` applied once.
///
/// # Errors
/// When a text to replace is missing.
fn replaced<'a>(text: &str, changes: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<String> {
    changes.into_iter().try_fold(text.to_owned(), |text, (from, to)| {
        ensure!(text.contains(from), "there is no {from}");
        Ok(text.replacen(from, to, 1))
    })
}

/// All files below `folder`, in order, without hidden ones.
pub(crate) fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let hidden = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
        if path.is_dir() {
            found.extend(files(&path)?);
        } else if !hidden {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::Value;

    use super::*;
    use crate::process::cargo;

    /// The folders of `package` and of its path dependencies.
    fn folders(packages: &[Value], package: &str, found: &mut BTreeSet<PathBuf>) {
        let package = packages.iter().find(|candidate| candidate["name"] == package).unwrap();
        let manifest = Path::new(package["manifest_path"].as_str().unwrap());
        if found.insert(manifest.parent().unwrap().to_owned()) {
            let dependencies = package["dependencies"].as_array().unwrap();
            for dependency in dependencies.iter().filter(|dependency| dependency["path"].is_string()) {
                folders(packages, dependency["name"].as_str().unwrap(), found);
            }
        }
    }

    #[test]
    fn the_page_is_built_again_when_one_of_its_crates_changes() {
        let metadata = output(cargo(&["metadata", "--format-version=1", "--quiet", "--no-deps"]).unwrap()).unwrap();
        let metadata: Value = serde_json::from_str(&metadata).unwrap();
        let mut found = BTreeSet::new();
        folders(metadata["packages"].as_array().unwrap(), "crosstalk-frontend", &mut found);
        assert!(found.len() > 1);
        let watched: Vec<PathBuf> = inputs().unwrap().iter().map(|path| root().join(path)).collect();
        for folder in found {
            assert!(watched.contains(&folder), "Trunk.toml does not watch {}", folder.display());
        }
    }
}
