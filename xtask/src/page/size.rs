//! What a first visit downloads: program, bindings, style and the largest document, compressed as the server sends them.

use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
};

use anyhow::Result;

/// What it may be, in bytes; `cargo xtask bench visit` judges it.
const MOST: usize = 300_000;

/// Prints the size of each part of the page and of all of it.
///
/// # Errors
/// When a file cannot be read.
pub(super) fn tell(dist: &Path) -> Result<()> {
    let mut parts: Vec<(String, usize, usize)> = Vec::new();
    let mut documents: Vec<(String, usize, usize)> = Vec::new();
    for path in files(dist)? {
        let bytes = fs::read(&path)?;
        let name = path.strip_prefix(dist)?.display().to_string();
        let is_document = path.extension().is_some_and(|extension| extension == "html");
        let part = (name, bytes.len(), brotli(&bytes)?);
        if is_document { documents.push(part) } else { parts.push(part) }
    }
    parts.extend(documents.into_iter().max_by_key(|(_, _, small)| *small));
    parts.sort_by_key(|(_, _, small)| std::cmp::Reverse(*small));
    for (name, bytes, small) in &parts {
        eprintln!("    {small:>8} B of {bytes:>8} B  {name}");
    }
    let all: usize = parts.iter().map(|(_, _, small)| small).sum();
    let verdict = if all > MOST { "MORE THAN" } else { "of at most" };
    eprintln!("    {all:>8} B in brotli, {verdict} {MOST} B");
    Ok(())
}

fn files(folder: &Path) -> Result<Vec<PathBuf>> {
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
    Ok(found)
}

/// As `backend/build.rs` compresses for a release.
fn brotli(bytes: &[u8]) -> Result<usize> {
    let mut writer = brotli::CompressorWriter::new(Vec::new(), 4096, 11, 22);
    writer.write_all(bytes)?;
    Ok(writer.into_inner().len())
}
