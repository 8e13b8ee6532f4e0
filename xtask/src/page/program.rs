//! The split program of the page: code of only one route is a chunk of its own, downloaded with that route. wasm-split
//! splits what cargo has linked, and wasm-bindgen makes the bindings. All files are in one folder of dist/ whose name
//! has a hash of their contents, so they can refer to each other by plain names and be cached for ever.

use std::{
    collections::BTreeMap,
    fs,
    hash::{DefaultHasher, Hash as _, Hasher as _},
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context as _, Result, anyhow};
use wasm_split_cli_support::{Options, transform};

use super::files;
use crate::process::{self, cargo, output, program};

/// The name of the common chunk.
const NAME: &str = "crosstalk";
/// The module that downloads the other chunks.
const LOADER: &str = "__wasm_split.js";

/// The WebAssembly features that rustc uses; wasm-opt must be told them.
const FEATURES: &[&str] = &[
    "--enable-bulk-memory",
    "--enable-nontrapping-float-to-int",
    "--enable-sign-ext",
    "--enable-mutable-globals",
    "--enable-reference-types",
    "--enable-multivalue",
];

/// The tools that build the program.
#[derive(Debug)]
pub(super) struct Tools {
    pub(super) wasm_bindgen: PathBuf,
    /// Makes the chunks smaller; takes several seconds.
    pub(super) wasm_opt: Option<Command>,
}

/// The addresses of the program's files.
#[derive(Debug)]
pub(super) struct Program {
    /// The common chunk.
    pub(super) wasm: String,
    /// The module that instantiates it.
    pub(super) bindings: String,
    /// The module that downloads the other chunks.
    pub(super) loader: String,
    /// The files of each split point, by its name.
    pub(super) chunks: BTreeMap<String, Vec<String>>,
}

/// Splits the program that cargo linked with `profile` and writes its files into `dist`.
///
/// # Errors
/// When one of the tools fails, or a file cannot be written.
pub(super) fn write(dist: &Path, profile: &str, tools: &Tools) -> Result<Program> {
    let folder = dist.join(".program");
    let whole = dist.join(".whole.wasm");
    let chunks = split(&linked(profile)?, &folder, &whole)?;
    let mut command = program(&tools.wasm_bindgen);
    command.args(["--target=web", "--no-typescript", "--keep-lld-exports", "--no-demangle", "--out-name", NAME]);
    command.arg("--out-dir").arg(&folder).arg(&whole);
    process::run(command)?;
    fs::remove_file(&whole)?;
    if let Some(wasm_opt) = &tools.wasm_opt {
        for file in files(&folder)?.iter().filter(|file| file.extension().is_some_and(|extension| extension == "wasm"))
        {
            shrink(wasm_opt, file)?;
        }
    }

    let address = format!("program-{:016x}", hash(&folder)?);
    fs::rename(&folder, dist.join(&address))?;
    let at = |file: &str| format!("/{address}/{file}");
    let chunks = chunks.into_iter().map(|(name, files)| (name, files.iter().map(|file| at(file)).collect()));
    Ok(Program {
        wasm: at(&format!("{NAME}_bg.wasm")),
        bindings: at(&format!("{NAME}.js")),
        loader: at(LOADER),
        chunks: chunks.collect(),
    })
}

/// Writes the chunks into `folder`, and the input of wasm-bindgen to `main`. Returns the files of each split point.
fn split(linked: &Path, folder: &Path, main: &Path) -> Result<BTreeMap<String, Vec<String>>> {
    let input = fs::read(linked).with_context(|| format!("cannot read {}", linked.display()))?;
    let (module, loader) = (format!("./{NAME}.js"), format!("./{LOADER}"));
    let mut options = Options::new(&input);
    (options.output_dir, options.main_out_path) = (folder, main);
    (options.main_module, options.link_name) = (&module, &loader);
    let split = transform(options).map_err(|error| anyhow!("cannot split {}: {error:#}", linked.display()))?;
    // the page reports a failed download of a chunk itself, so the loader's line in the console would be a duplicate
    let loader = folder.join(LOADER);
    fs::write(&loader, fs::read_to_string(&loader)?.replace("console.error(e);", ""))?;
    let names = |stems: Vec<String>| stems.into_iter().map(|stem| stem + ".wasm").collect();
    Ok(split.prefetch_map.into_iter().map(|(name, stems)| (name, names(stems))).collect())
}

/// The linked program with its relocations.
fn linked(profile: &str) -> Result<PathBuf> {
    let metadata = output(cargo(&["metadata", "--format-version=1", "--quiet", "--no-deps"])?)?;
    let metadata: serde_json::Value = serde_json::from_str(&metadata)?;
    let target = metadata["target_directory"].as_str().context("cargo metadata names no target directory")?;
    Ok(Path::new(target).join("wasm32-unknown-unknown").join(profile).join("crosstalk-frontend.wasm"))
}

fn shrink(wasm_opt: &Command, file: &Path) -> Result<()> {
    let small = file.with_extension("small");
    let mut command = program(wasm_opt.get_program());
    command.args(wasm_opt.get_args()).arg("-Oz").args(FEATURES).arg(file).arg("-o").arg(&small);
    // without its warnings about the name section that rustc writes
    output(command)?;
    fs::rename(small, file)?;
    Ok(())
}

/// A hash of the names and contents of all files in `folder`.
fn hash(folder: &Path) -> Result<u64> {
    let mut hash = DefaultHasher::new();
    for file in files(folder)? {
        file.strip_prefix(folder)?.hash(&mut hash);
        fs::read(file)?.hash(&mut hash);
    }
    Ok(hash.finish())
}
