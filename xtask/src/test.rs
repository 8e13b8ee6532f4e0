//! `cargo xtask test`: all checks, in order, each artifact built once. A failed check does not stop the others. The
//! last line counts the tests.

use std::process::ExitCode;

use anyhow::{Result, bail};

use crate::{
    clients, debian, page, process,
    process::{cargo, program},
    server,
    step::Steps,
    suite::{self, Count},
    tools, words,
};

/// Sets up, checks and tests. It returns an exit code and no error, so that the counts are the last line.
pub(crate) fn test(steps: &mut Steps) -> ExitCode {
    let mut count = Count::default();
    let done = all(steps, &mut count);
    eprintln!("\n{}", steps.table());
    if let Err(error) = &done {
        eprintln!("error: {error:#}");
    }
    println!("{count}");
    if done.is_err() || steps.failed() || count.failed > 0 { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

fn all(steps: &mut Steps, count: &mut Count) -> Result<()> {
    steps.step("Debian packages", debian::for_tests)?;
    let python = clients::python(steps, "e2e", "e2e/clients/requirements.txt")?;
    let modules = clients::node_modules(steps, "e2e", "e2e/clients")?;
    tools::checkers(steps)?;
    tools::wasm_target(steps)?;

    steps.check("format", || process::run(cargo(&["fmt", "--all", "--check"])?));
    steps.check("banned words", || words::check(&[]));
    steps.check("lints, native", || {
        process::run(cargo(&["clippy", "--workspace", "--all-targets", "--quiet", "--", "-D", "warnings"])?)
    });
    steps.check("lints, wasm", || {
        let target = ["clippy", "--package", "crosstalk-frontend", "--target", "wasm32-unknown-unknown", "--quiet"];
        let mut command = cargo(&target)?;
        command.args(["--", "-D", "warnings"]);
        process::run(command)
    });
    steps.check("documentation", || {
        let mut command = cargo(&["doc", "--workspace", "--no-deps", "--document-private-items", "--quiet"])?;
        // the documentation is for developers, so a map may link to private items
        command.env("RUSTDOCFLAGS", "-D warnings -A rustdoc::private-intra-doc-links");
        process::run(command)
    });
    match tools::cargo_deny(steps) {
        Ok(deny) => {
            steps.check("dependencies", || {
                let mut command = program(&deny);
                command.args(["--workspace", "check", "bans", "licenses", "sources"]);
                process::run(command)
            });
        }
        Err(error) => eprintln!("error: {error:#}"),
    }

    let Some(binaries) = steps.check("build of the tests", suite::build) else {
        bail!("no test could be run");
    };
    let local = || binaries.iter().filter(|binary| !binary.is_end_to_end());
    counted(steps, count, "unit and integration tests", || suite::run(local(), &[]));
    counted(steps, count, "tests in documentation", suite::docs);

    let released = page::build(steps).and_then(|()| server::build(steps));
    match released {
        Ok(binary) => {
            let env = [("CROSSTALK_BIN", binary), ("CROSSTALK_PYTHON", python), ("CROSSTALK_NODE_MODULES", modules)];
            let end_to_end = || binaries.iter().filter(|binary| binary.is_end_to_end());
            counted(steps, count, "end-to-end tests", || suite::run(end_to_end(), &env));
        }
        Err(error) => {
            eprintln!("error: {error:#}");
            steps.not_run("end-to-end tests");
        }
    }
    Ok(())
}

fn counted(steps: &mut Steps, count: &mut Count, name: &str, run: impl FnOnce() -> Result<Count>) {
    steps.check(name, || {
        let result = run();
        *count += match &result {
            Ok(run) => *run,
            Err(error) => suite::count_of(error),
        };
        result
    });
}
