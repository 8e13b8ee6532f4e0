//! Third-party clients in Python and JavaScript for the end-to-end tests and benchmarks: a virtual environment and a
//! `node_modules` in the cache folder, made again when the package lists change.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result};

use crate::{
    cache::{self, Stamp},
    process::{self, output, program},
    root,
    step::{Outcome, Steps},
};

/// The Python of a virtual environment with all packages of `requirements`, a file in the workspace.
pub(crate) fn python(steps: &mut Steps, name: &str, requirements: &str) -> Result<PathBuf> {
    steps.step_with(&format!("Python packages ({name})"), || {
        let folder = cache::folder(&format!("python-{name}"))?;
        let python = folder.join("bin/python");
        let requirements = root().join(requirements);
        let base = ["python3", "/usr/bin/python3"].into_iter().find(|python| can_make_venv(python));
        let base = base.context("no python3 with its module venv")?;
        let mut stamp = Stamp::new(folder.join("stamp"));
        stamp.path(&requirements)?;
        stamp.text(&version(base)?);
        if stamp.fresh() && python.is_file() {
            return Ok((python, Outcome::UpToDate));
        }
        let mut venv = program(base);
        venv.args(["-m", "venv", "--clear"]).arg(&folder);
        process::run(venv)?;
        let mut pip = program(&python);
        pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r"]).arg(&requirements);
        process::run(pip)?;
        stamp.write()?;
        Ok((python, Outcome::Done))
    })
}

/// A folder `node_modules` with all packages of `package.json` (and its lock file, if there is one) in `source`, a folder
/// in the workspace.
pub(crate) fn node_modules(steps: &mut Steps, name: &str, source: &str) -> Result<PathBuf> {
    steps.step_with(&format!("JavaScript packages ({name})"), || {
        let folder = cache::folder(&format!("node-{name}"))?;
        let modules = folder.join("node_modules");
        let lists = ["package.json", "package-lock.json"].map(|name| root().join(source).join(name));
        let mut stamp = Stamp::new(folder.join("stamp"));
        for list in &lists {
            stamp.path(list)?;
        }
        if stamp.fresh() && modules.is_dir() {
            return Ok((modules, Outcome::UpToDate));
        }
        if folder.exists() {
            fs::remove_dir_all(&folder)?;
        }
        fs::create_dir_all(&folder)?;
        for list in lists.iter().filter(|list| list.is_file()) {
            fs::copy(list, folder.join(list.file_name().expect("it was just joined")))?;
        }
        let mut npm = program("npm");
        npm.args(["install", "--no-audit", "--no-fund", "--loglevel=error", "--prefix"]).arg(&folder);
        npm.current_dir(&folder);
        process::run(npm)?;
        stamp.write()?;
        Ok((modules, Outcome::Done))
    })
}

/// True if this Python can make a virtual environment with pip; on Debian that needs a further package.
pub(crate) fn can_make_venv(python: &str) -> bool {
    let mut command = program(python);
    command.args(["-c", "import venv, ensurepip"]);
    output(command).is_ok()
}

fn version(python: &str) -> Result<String> {
    let mut command = program(Path::new(python));
    command.args(["-c", "import sys; print(sys.version, sys.base_prefix)"]);
    output(command)
}
