//! The style sheet: `style/index.css` with all its imports, in one minified file. A browser paints once it has all
//! style sheets, so one file is faster than several.

use std::{
    hash::{DefaultHasher, Hash as _, Hasher as _},
    path::Path,
};

use anyhow::{Result, anyhow};
use lightningcss::{
    bundler::{Bundler, FileProvider},
    stylesheet::{MinifyOptions, ParserOptions, PrinterOptions},
};

/// Bundles `entry` with its imports into a file of `dist` and returns the address of that file.
///
/// # Errors
/// When a style sheet cannot be read or parsed.
pub(super) fn write(entry: &Path, dist: &Path) -> Result<String> {
    let css = bundle(entry)?;
    let mut hash = DefaultHasher::new();
    css.hash(&mut hash);
    // the server serves a file as immutable if its name has 16 hexadecimal digits
    let name = format!("style-{:016x}.css", hash.finish());
    std::fs::write(dist.join(&name), css)?;
    Ok(format!("/{name}"))
}

fn bundle(entry: &Path) -> Result<String> {
    let files = FileProvider::new();
    // the errors of lightningcss borrow from `files`
    let mut sheet = Bundler::new(&files, None, ParserOptions::default())
        .bundle(entry)
        .map_err(|error| anyhow!("cannot bundle {}: {error}", entry.display()))?;
    sheet.minify(MinifyOptions::default()).map_err(|error| anyhow!("cannot minify {}: {error}", entry.display()))?;
    Ok(sheet.to_css(PrinterOptions { minify: true, ..PrinterOptions::default() })?.code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_style_sheet_holds_its_imports_in_their_order() {
        let folder = std::env::temp_dir().join(format!("crosstalk-style-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("index.css"), "@import \"a.css\"; @import \"b.css\";").unwrap();
        std::fs::write(folder.join("a.css"), "/* why */\na b , .c :hover { margin: calc(1rem + 2px) 0; }").unwrap();
        std::fs::write(folder.join("b.css"), "b { content: \"a  { b\"; }").unwrap();
        let css = bundle(&folder.join("index.css")).unwrap();
        std::fs::remove_dir_all(folder).unwrap();
        assert_eq!(css, "a b,.c :hover{margin:calc(1rem + 2px) 0}b{content:\"a  { b\"}");
    }

    #[test]
    fn a_missing_import_is_an_error() {
        let file = std::env::temp_dir().join(format!("crosstalk-missing-{}.css", std::process::id()));
        std::fs::write(&file, "@import \"nowhere.css\";").unwrap();
        let error = bundle(&file).unwrap_err();
        std::fs::remove_file(file).unwrap();
        assert!(error.to_string().contains("No such file"), "{error}");
    }
}
