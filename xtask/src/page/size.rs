//! The size of the page, compressed with brotli as the server sends it: for each route the download before the first
//! visit can use it, and all files together. `cargo xtask bench visit` measures the same on the network.

use std::{collections::BTreeMap, fs, io::Write as _, path::Path};

use anyhow::{Context as _, Result};

use super::files;

/// Prints the size of each file of the page, of a first visit to each route, and of all.
///
/// # Errors
/// When a file cannot be read.
pub(super) fn print(dist: &Path) -> Result<()> {
    let mut sizes: Vec<(String, usize, usize)> = Vec::new();
    let mut documents: Vec<(String, usize, usize)> = Vec::new();
    for path in files(dist)? {
        let bytes = fs::read(&path)?;
        let name = format!("/{}", path.strip_prefix(dist)?.display());
        let is_document = path.extension().is_some_and(|extension| extension == "html");
        let file = (name, bytes.len(), brotli(&bytes)?);
        if is_document { documents.push(file) } else { sizes.push(file) }
    }
    // a visit downloads one document
    sizes.extend(documents.into_iter().max_by_key(|(_, _, small)| *small));
    sizes.sort_by_key(|(_, _, small)| std::cmp::Reverse(*small));
    for (name, bytes, small) in &sizes {
        eprintln!("    {small:>8} B of {bytes:>8} B  {name}");
    }
    let mut chunks = chunks(&fs::read_to_string(dist.join("index.html"))?)?;
    chunks.entry("/".to_owned()).or_default();
    for (address, own) in chunks.iter().filter(|(name, _)| name.starts_with('/')) {
        let is_of_another = |name: &String| !own.contains(name) && chunks.values().any(|files| files.contains(name));
        let first: usize = sizes.iter().filter(|(name, _, _)| !is_of_another(name)).map(|(_, _, small)| small).sum();
        eprintln!("    {first:>8} B in brotli before {address} can be used");
    }
    let all: usize = sizes.iter().map(|(_, _, small)| small).sum();
    eprintln!("    {all:>8} B in brotli in all");
    Ok(())
}

/// The chunks of each address in addition to the common one, from `frontend/start.js`.
fn chunks(document: &str) -> Result<BTreeMap<String, Vec<String>>> {
    let (_, rest) = document.split_once("const chunks = ").context("the document has no table of chunks")?;
    let (chunks, _) = rest.split_once(";\n").context("the table of chunks has no end")?;
    Ok(serde_json::from_str(chunks)?)
}

/// Compresses like `backend/build.rs` in a release build.
fn brotli(bytes: &[u8]) -> Result<usize> {
    let mut writer = brotli::CompressorWriter::new(Vec::new(), 4096, 11, 22);
    writer.write_all(bytes)?;
    Ok(writer.into_inner().len())
}
