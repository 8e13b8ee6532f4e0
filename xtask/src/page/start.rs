//! How the program is started: after the first paint, by `frontend/start.js`, and not by what Trunk writes, which asks for
//! the program first of all.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result};

use super::{parts::Program, shells};

/// Puts `start` into the document, in the place of Trunk's script, and takes out the links by which that loads ahead.
///
/// # Errors
/// When one of these is not there.
pub(super) fn defer(index: &str, start: &str, program: &Program) -> Result<String> {
    let index = without(index, "<link rel=\"modulepreload\"")?;
    let index = without(&index, "<link rel=\"preload\"")?;
    let script = "<script type=\"module\">";
    let (before, rest) = index.split_once(script).context("Trunk left no script that starts the program")?;
    let (_, after) = rest.split_once("</script>").context("Trunk's script has no end")?;
    let mut start = start.to_owned();
    for (name, value) in [
        ("{{ program }}", program.wasm.as_str()),
        ("{{ bindings }}", &program.bindings),
        ("{{ loader }}", &program.loader),
        ("{{ parts }}", &serde_json::to_string(&by_address(program))?),
    ] {
        start = start.replace(name, value);
    }
    Ok(format!("{before}{script}\n{start}</script>{after}"))
}

/// What the page at an address needs besides what every page needs; also, by their names, the parts that no page begins with.
fn by_address(program: &Program) -> BTreeMap<&str, &[String]> {
    let parts = program.parts.iter();
    parts.map(|(name, files)| (shells::address(name).unwrap_or(name), files.as_slice())).collect()
}

/// The document without the first tag that begins so.
fn without(index: &str, tag: &str) -> Result<String> {
    let (before, rest) = index.split_once(tag).with_context(|| format!("Trunk left no {tag}"))?;
    let (_, after) = rest.split_once('>').context("a tag without an end")?;
    Ok(format!("{before}{after}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_program_is_asked_for_by_our_own_script() {
        let index = "<head><script>boot</script><script type=\"module\">import init from '/a.js';</script>\
                     <link rel=\"modulepreload\" href=\"/a.js\" crossorigin><link rel=\"preload\" href=\"/a.wasm\" as=\"fetch\"></head>";
        let program = Program {
            wasm: "/p/a.wasm".to_owned(),
            bindings: "/p/a.js".to_owned(),
            loader: "/p/l.js".to_owned(),
            parts: ["rest", "wire"].map(|name| (name.to_owned(), vec![format!("/p/{name}.wasm")])).into(),
        };
        let html = defer(index, "{{ parts }} '{{ bindings }}' '{{ program }}' '{{ loader }}'", &program).unwrap();
        let wanted = r#"{"/rest":["/p/rest.wasm"],"wire":["/p/wire.wasm"]} '/p/a.js' '/p/a.wasm' '/p/l.js'"#;
        assert_eq!(html, format!("<head><script>boot</script><script type=\"module\">\n{wanted}</script></head>"));
        assert!(defer("<head></head>", "", &program).is_err());
    }
}
