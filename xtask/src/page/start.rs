//! How the program is started: after the first paint, by `frontend/start.js`, and not by what Trunk writes, which asks for
//! the program first of all.

use anyhow::{Context as _, Result};

/// Puts `start` into the document, in the place of Trunk's script, and takes out the links by which it loads ahead.
///
/// # Errors
/// When one of these is not there.
pub(super) fn defer(index: &str, start: &str) -> Result<String> {
    let (index, bindings) = without(index, "<link rel=\"modulepreload\"")?;
    let (index, program) = without(&index, "<link rel=\"preload\"")?;
    let script = "<script type=\"module\">";
    let (before, rest) = index.split_once(script).context("Trunk left no script that starts the program")?;
    let (_, after) = rest.split_once("</script>").context("Trunk's script has no end")?;
    let start = start.replace("{{ bindings }}", &bindings).replace("{{ program }}", &program);
    Ok(format!("{before}{script}\n{start}</script>{after}"))
}

/// The document without the first tag that begins so, and the `href` of that.
fn without(index: &str, tag: &str) -> Result<(String, String)> {
    let (before, rest) = index.split_once(tag).with_context(|| format!("Trunk left no {tag}"))?;
    let (attributes, after) = rest.split_once('>').context("a tag without an end")?;
    let href = attributes.split_once("href=\"").and_then(|(_, rest)| rest.split_once('"')).map(|(href, _)| href);
    Ok((format!("{before}{after}"), href.context("a link without an address")?.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_program_is_asked_for_by_our_own_script() {
        let index = "<head><script>boot</script><script type=\"module\">import init from '/a.js';</script>\
                     <link rel=\"modulepreload\" href=\"/a.js\" crossorigin><link rel=\"preload\" href=\"/a.wasm\" as=\"fetch\"></head>";
        let html = defer(index, "start('{{ bindings }}', '{{ program }}')").unwrap();
        let wanted = "<script type=\"module\">\nstart('/a.js', '/a.wasm')</script></head>";
        assert_eq!(html, format!("<head><script>boot</script>{wanted}"));
        assert!(defer("<head></head>", "").is_err());
    }
}
