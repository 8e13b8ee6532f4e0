//! What the page weighs, compressed as the server sends it: what a first visit to each page waits for, and all of it, which
//! comes while the visitor looks at that page.

use std::{
    collections::BTreeMap,
    fs,
    io::Write as _,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result};

/// What a first visit may wait for, and what all of it is meant to come to, in bytes; `cargo xtask bench visit` judges both.
const MOST: usize = 300_000;

/// Prints the size of each file of the page, of a first visit to each page, and of all.
///
/// # Errors
/// When a file cannot be read.
pub(super) fn tell(dist: &Path) -> Result<()> {
    let mut files: Vec<(String, usize, usize)> = Vec::new();
    let mut documents: Vec<(String, usize, usize)> = Vec::new();
    for path in self::files(dist)? {
        let bytes = fs::read(&path)?;
        let name = format!("/{}", path.strip_prefix(dist)?.display());
        // fetched by who opens that page
        if name.starts_with("/design/") {
            continue;
        }
        let is_document = path.extension().is_some_and(|extension| extension == "html");
        let file = (name, bytes.len(), brotli(&bytes)?);
        if is_document { documents.push(file) } else { files.push(file) }
    }
    files.extend(documents.into_iter().max_by_key(|(_, _, small)| *small));
    files.sort_by_key(|(_, _, small)| std::cmp::Reverse(*small));
    for (name, bytes, small) in &files {
        eprintln!("    {small:>8} B of {bytes:>8} B  {name}");
    }
    let mut parts = parts(&fs::read_to_string(dist.join("index.html"))?)?;
    parts.entry("/".to_owned()).or_default();
    let all: usize = files.iter().map(|(_, _, small)| small).sum();
    for (address, own) in parts.iter().filter(|(name, _)| name.starts_with('/')) {
        let is_of_another = |name: &String| !own.contains(name) && parts.values().any(|files| files.contains(name));
        let first: usize = files.iter().filter(|(name, _, _)| !is_of_another(name)).map(|(_, _, small)| small).sum();
        eprintln!("    {first:>8} B in brotli before {address} is there, {}", verdict(first));
    }
    eprintln!("    {all:>8} B in brotli, all of it, {}", verdict(all));
    Ok(())
}

fn verdict(bytes: usize) -> String {
    let word = if bytes > MOST { "MORE THAN" } else { "of at most" };
    format!("{word} {MOST} B")
}

/// What the page at each address needs besides what every page needs, as the document says it, and the other parts.
fn parts(document: &str) -> Result<BTreeMap<String, Vec<String>>> {
    let (_, rest) = document.split_once("const parts = ").context("the document does not tell the parts")?;
    let (parts, _) = rest.split_once(";\n").context("the parts have no end")?;
    Ok(serde_json::from_str(parts)?)
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
