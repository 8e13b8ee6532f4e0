//! Where set-up keeps what it fetched or built: `${XDG_CACHE_HOME:-~/.cache}/crosstalk`, shared by all clones.
//! A [`Stamp`] beside a result says from which inputs it was made.

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

    /// Adds a text, a version say.
    pub(crate) fn text(&mut self, text: &str) {
        text.hash(&mut self.hash);
    }

    /// Adds a file, or all files of a folder, by path and content. What does not exist counts as such.
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

    /// Whether the result was made from the same inputs.
    pub(crate) fn fresh(&self) -> bool {
        fs::read_to_string(&self.file).is_ok_and(|text| text.trim() == self.value())
    }

    /// Notes that it now is.
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
