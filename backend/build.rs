//! Embeds the page: writes a table of the files in `dist/`, each also compressed with brotli, and the hashes of
//! the inline scripts in index.html for the Content-Security-Policy. Without `dist/` (built by `cargo xtask page`)
//! a page that says so is embedded instead.

use std::{
    env,
    fmt::Write as _,
    fs,
    io::Write as _,
    path::{Path, PathBuf},
};

use anyhow::Context as _;
use base64::Engine as _;
use sha2::Digest as _;

fn main() -> anyhow::Result<()> {
    let manifest = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?);
    let out = PathBuf::from(env::var("OUT_DIR")?);
    let dist = manifest.join("../dist");
    println!("cargo:rerun-if-changed={}", dist.display());
    println!("cargo:rerun-if-changed=fallback");
    println!("cargo:rerun-if-changed=migrations");
    let root = if dist.join("index.html").is_file() { dist } else { manifest.join("fallback") };
    let mut files = Vec::new();
    list(&root, &mut files)?;
    files.sort();

    let mut table = String::from("&[\n");
    for (at, file) in files.iter().enumerate() {
        let bytes = fs::read(file).with_context(|| file.display().to_string())?;
        let path = format!("/{}", file.strip_prefix(&root)?.display());
        let mime = mime_guess::from_path(file).first_or_octet_stream();
        let kind = if mime.type_() == "text" { format!("{mime}; charset=utf-8") } else { mime.to_string() };
        let digest = sha2::Sha256::digest(&bytes);
        let etag = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(&digest[..12]);
        let brotli = out.join(format!("asset-{at}.br"));
        fs::write(&brotli, compress(&bytes)?)?;
        writeln!(
            table,
            "Asset {{ path: {path:?}, content_type: {kind:?}, etag: \"\\\"{etag}\\\"\", etag_br: \"\\\"{etag}-br\\\"\", \
             identity: include_bytes!({:?}), brotli: include_bytes!({brotli:?}) }},",
            file.canonicalize()?
        )?;
    }
    table.push(']');
    fs::write(out.join("assets.rs"), table)?;

    let index = fs::read_to_string(root.join("index.html"))?;
    fs::write(out.join("script-hashes.txt"), script_hashes(&index))?;
    Ok(())
}

fn list(folder: &Path, files: &mut Vec<PathBuf>) -> anyhow::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let hidden = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
        if path.is_dir() {
            list(&path, files)?;
        } else if !hidden {
            files.push(path);
        }
    }
    Ok(())
}

/// Brotli at its best where the result is shipped, quick where it is not.
fn compress(bytes: &[u8]) -> anyhow::Result<Vec<u8>> {
    let quality = if env::var("PROFILE").as_deref() == Ok("release") { 11 } else { 5 };
    let mut writer = brotli::CompressorWriter::new(Vec::new(), 4096, quality, 22);
    writer.write_all(bytes)?;
    Ok(writer.into_inner())
}

/// `'sha256-…'` of each inline script, separated by spaces (CSP level 3, section 6.7.3).
fn script_hashes(html: &str) -> String {
    html.split("<script")
        .skip(1)
        .filter_map(|rest| rest.split_once('>'))
        .filter(|(attributes, _)| !attributes.contains("src="))
        .filter_map(|(_, rest)| rest.split_once("</script>"))
        .map(|(script, _)| {
            let digest = sha2::Sha256::digest(script.as_bytes());
            format!("'sha256-{}'", base64::engine::general_purpose::STANDARD.encode(digest))
        })
        .collect::<Vec<_>>()
        .join(" ")
}
