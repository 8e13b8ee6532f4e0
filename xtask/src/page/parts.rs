//! The program in parts: what draws one page only is a file of its own, which is downloaded with that page. Takes apart what
//! was linked, before wasm-bindgen, and puts all files into one folder of dist/ that is named by a hash of them, so that
//! they name each other as they are.

use std::{
    collections::BTreeMap,
    fs,
    hash::{DefaultHasher, Hash as _, Hasher as _},
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context as _, Result};

use crate::process::{self, cargo, output, program};

/// Of the files that every page needs.
const NAME: &str = "crosstalk";
/// Fetches parts for the program.
const LOADER: &str = "__wasm_split.js";

/// What today's rustc emits; wasm-opt takes only what it is told.
const FEATURES: &[&str] = &[
    "--enable-bulk-memory",
    "--enable-nontrapping-float-to-int",
    "--enable-sign-ext",
    "--enable-mutable-globals",
    "--enable-reference-types",
    "--enable-multivalue",
];

/// The tools it takes.
#[derive(Debug)]
pub(super) struct Tools {
    pub(super) wasm_split: PathBuf,
    pub(super) wasm_bindgen: PathBuf,
    /// Without it the program is larger.
    pub(super) wasm_opt: Option<Command>,
}

/// The files of the program, by their addresses.
#[derive(Debug)]
pub(super) struct Program {
    /// What every page needs.
    pub(super) wasm: String,
    /// The module that starts it.
    pub(super) bindings: String,
    /// The module that fetches parts for it.
    pub(super) loader: String,
    /// What a page needs besides, by its name.
    pub(super) parts: BTreeMap<String, Vec<String>>,
}

/// Puts the program into dist/, made of what cargo has linked.
///
/// # Errors
/// When one of the tools fails, or a file cannot be written.
pub(super) fn write(dist: &Path, tools: &Tools) -> Result<Program> {
    let folder = dist.join(".program");
    // left by a build that was broken off
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    let mut command = program(&tools.wasm_split);
    command.args(["--out-name", NAME]).arg(linked()?).arg(&folder);
    process::run(command)?;
    let loader = fs::read_to_string(folder.join(LOADER))?;
    let parts = parts(&loader)?;
    // a part that does not come is the page's business, and the browser itself says that a request failed
    fs::write(folder.join(LOADER), loader.replace("console.error(e);", ""))?;

    // it writes over what it reads, so that is elsewhere
    let whole = dist.join(".whole.wasm");
    fs::rename(folder.join(NAME).with_extension("wasm"), &whole)?;
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
    Ok(Program {
        wasm: at(&format!("{NAME}_bg.wasm")),
        bindings: at(&format!("{NAME}.js")),
        loader: at(LOADER),
        parts: parts.into_iter().map(|(name, files)| (name, files.iter().map(|file| at(file)).collect())).collect(),
    })
}

/// Which files each part is made of, by its name, as the loader says it: its own, and those it shares with others.
fn parts(loader: &str) -> Result<BTreeMap<String, Vec<String>>> {
    let mut parts = BTreeMap::new();
    for part in loader.split("export const __wasm_split_load_").skip(1) {
        let (name, rest) = part.split_once(" = ").context("the loader of a part has no name")?;
        let (own, shared) = rest.rsplit_once(", [").context("the loader of a part names no others")?;
        let (shared, _) = shared.split_once(']').context("the loader of a part names others without end")?;
        // what the compiler made the same in two parts is in what they share, and leaves nothing of their own
        let own =
            own.split_once("new URL(\"./").and_then(|(_, url)| url.split_once('"')).map(|(file, _)| file.to_owned());
        let shared = shared.split(", ").filter_map(|name| Some(name.strip_prefix("__")?.to_owned() + ".wasm"));
        parts.insert(name.to_owned(), own.into_iter().chain(shared).collect());
    }
    Ok(parts)
}

/// What cargo has linked, with what in it refers to what.
fn linked() -> Result<PathBuf> {
    let metadata = output(cargo(&["metadata", "--format-version=1", "--quiet", "--no-deps"])?)?;
    let metadata: serde_json::Value = serde_json::from_str(&metadata)?;
    let target = metadata["target_directory"].as_str().context("cargo metadata names no target directory")?;
    Ok(Path::new(target).join("wasm32-unknown-unknown/wasm-release/crosstalk-frontend.wasm"))
}

fn shrink(wasm_opt: &Command, file: &Path) -> Result<()> {
    let small = file.with_extension("small");
    let mut command = program(wasm_opt.get_program());
    command.args(wasm_opt.get_args()).arg("-Oz").args(FEATURES).arg(file).arg("-o").arg(&small);
    process::run(command)?;
    fs::rename(small, file)?;
    Ok(())
}

/// Of the names and contents of all files.
fn hash(folder: &Path) -> Result<u64> {
    let mut hash = DefaultHasher::new();
    for file in files(folder)? {
        file.file_name().hash(&mut hash);
        fs::read(file)?.hash(&mut hash);
    }
    Ok(hash.finish())
}

fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>>>()?;
    files.sort();
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_loader_tells_what_a_part_is_made_of() {
        let loader = r#"
const __chunk_1 = makeLoad(() => fetch(new URL("./chunk_1.wasm", import.meta.url)), []);
export const __wasm_split_load_rest = wrapAsyncCb(makeLoad(() => {
    const src = fetch(new URL("./split_rest.wasm", import.meta.url));
}, [__chunk_1, __chunk_2]));
export const __wasm_split_load_home = wrapAsyncCb(makeLoad(() => async (_imp) => ({}), []));
"#;
        let parts = parts(loader).unwrap();
        assert_eq!(parts["rest"], ["split_rest.wasm", "chunk_1.wasm", "chunk_2.wasm"]);
        assert!(parts["home"].is_empty());
    }
}
