//! The cache of downloaded and built tools: `${XDG_CACHE_HOME:-~/.cache}/crosstalk`, shared by all clones. A [`Stamp`]
//! beside a result is a hash of its inputs.

use std::{
    env, fs,
    hash::{DefaultHasher, Hash as _, Hasher as _},
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result};

/// The cache folder, or a folder in it.
pub(crate) fn folder(name: &str) -> Result<PathBuf> {
    let cache = env::var_os("XDG_CACHE_HOME").filter(|value| !value.is_empty()).map(PathBuf::from);
    let home = || env::var_os("HOME").map(|home| PathBuf::from(home).join(".cache"));
    let cache = cache.or_else(home).context("neither XDG_CACHE_HOME nor HOME is set")?;
    Ok(cache.join("crosstalk").join(name))
}

/// A fingerprint of inputs, kept in a file with the result.
#[derive(Debug)]
pub(crate) struct Stamp {
    file: PathBuf,
    hash: DefaultHasher,
}

impl Stamp {
    pub(crate) fn new(file: PathBuf) -> Self {
        Self { file, hash: DefaultHasher::new() }
    }

    /// Adds a text, for instance a version.
    pub(crate) fn text(&mut self, text: &str) {
        text.hash(&mut self.hash);
    }

    /// Adds a file, or all files of a folder, by path and content. A missing file counts as missing.
    ///
    /// # Errors
    /// When something that exists cannot be read.
    pub(crate) fn path(&mut self, path: &Path) -> Result<()> {
        path.hash(&mut self.hash);
        if path.is_dir() {
            let entries = fs::read_dir(path).with_context(|| format!("cannot read {}", path.display()))?;
            let mut entries = entries.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>>>()?;
            entries.sort();
            for entry in entries {
                self.path(&entry)?;
            }
        } else if path.exists() {
            fs::read(path).with_context(|| format!("cannot read {}", path.display()))?.hash(&mut self.hash);
        }
        Ok(())
    }

    /// True if the result was made from the same inputs.
    pub(crate) fn fresh(&self) -> bool {
        fs::read_to_string(&self.file).is_ok_and(|text| text.trim() == self.value())
    }

    /// Records that the result is up to date.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub(crate) fn write(&self) -> Result<()> {
        fs::write(&self.file, self.value() + "\n").with_context(|| format!("cannot write {}", self.file.display()))
    }

    fn value(&self) -> String {
        format!("{:016x}", self.hash.finish())
    }
}
