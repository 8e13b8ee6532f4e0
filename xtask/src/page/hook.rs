//! What Trunk runs after it has compiled the page: its `post_build` hook, see `Trunk.toml`. It works in Trunk's staging
//! folder, which becomes dist/ when the hook succeeds.

use std::{
    collections::BTreeMap,
    env, fs,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result};

use super::{
    prerender::{self, Page},
    program::{self, Program, Tools},
    replaced, style,
};
use crate::{root, step::Steps, tools};

/// Splits the program, bundles the style sheet, and writes a document for each page and language.
///
/// # Errors
/// When Trunk did not start this, a tool fails, or a source is missing or malformed.
pub(crate) fn run(steps: &mut Steps) -> Result<()> {
    let variable = |name: &str| env::var_os(name).with_context(|| format!("Trunk runs this command, and sets {name}"));
    let staging = PathBuf::from(variable("TRUNK_STAGING_DIR")?);
    let release = variable("TRUNK_PROFILE")? == "release";
    let tools = Tools {
        wasm_bindgen: tools::wasm_bindgen(steps)?,
        wasm_opt: if release { tools::wasm_opt(steps).map(|(command, _)| command) } else { None },
    };
    remove_unsplit(&staging)?;
    // the profile in index.html, and cargo's default one
    let program = program::write(&staging, if release { "wasm-release" } else { "debug" }, &tools)?;
    let style = style::write(&root().join("style/index.css"), &staging)?;
    let frontend = root().join("frontend");
    let pages = prerender::pages(&frontend)?;
    let index = linked(&fs::read_to_string(staging.join("index.html"))?, &program, &pages, &style)?;
    prerender::write(&frontend, &pages, &staging, &index)
}

/// Removes Trunk's unsplit program.
fn remove_unsplit(staging: &Path) -> Result<()> {
    for entry in fs::read_dir(staging)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "wasm" || extension == "js") {
            fs::remove_file(path)?;
        } else if path.ends_with("snippets") {
            fs::remove_dir_all(path)?;
        }
    }
    Ok(())
}

/// The document with the addresses of the style sheet and of the program's files.
fn linked(index: &str, program: &Program, pages: &[Page], style: &str) -> Result<String> {
    let chunks = serde_json::to_string(&by_address(program, pages))?;
    let addresses = [
        ("/style.css", style),
        ("{{ wasm }}", &program.wasm),
        ("{{ bindings }}", &program.bindings),
        ("{{ loader }}", &program.loader),
        ("{{ chunks }}", &chunks),
    ];
    replaced(index, addresses).context("index.html with boot.js and start.js")
}

/// The chunks that each address needs besides the one that all need. Split points that belong to no address keep their names.
fn by_address<'a>(program: &'a Program, pages: &'a [Page]) -> BTreeMap<&'a str, &'a [String]> {
    let address = |name: &'a str| pages.iter().find(|page| page.name == name).map_or(name, |page| &page.address);
    program.chunks.iter().map(|(name, files)| (address(name), files.as_slice())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_document_names_the_files_of_the_program() {
        let program = Program {
            wasm: "/p/a.wasm".to_owned(),
            bindings: "/p/a.js".to_owned(),
            loader: "/p/l.js".to_owned(),
            chunks: ["rest", "wire"].map(|name| (name.to_owned(), vec![format!("/p/{name}.wasm")])).into(),
        };
        let pages = [Page::named("rest")];
        let index = "<link href=\"/style.css\">{{ chunks }} {{ bindings }} {{ wasm }} {{ loader }} {{__OTHER__}}";
        let chunks = r#"{"/rest":["/p/rest.wasm"],"wire":["/p/wire.wasm"]}"#;
        let wanted = format!("<link href=\"/s.css\">{chunks} /p/a.js /p/a.wasm /p/l.js {{{{__OTHER__}}}}");
        assert_eq!(linked(index, &program, &pages, "/s.css").unwrap(), wanted);
        let error = linked("/style.css", &program, &pages, "/s.css").unwrap_err();
        assert!(format!("{error:#}").contains("{{ wasm }}"), "{error:#}");
    }
}
