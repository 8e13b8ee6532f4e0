//! Debian packages that the tests need. A missing package is installed if that is possible without asking; otherwise
//! the error has the command.

use std::path::Path;

use anyhow::{Context as _, Result, bail};

use crate::process::{self, find, output, program};

/// A Debian package, and how to find out that its content is installed.
struct Package {
    name: &'static str,
    present: fn() -> bool,
}

const TESTS: &[Package] = &[
    Package { name: "rabbitmq-server", present: rabbitmq },
    Package { name: "chromium", present: chromium },
    Package { name: "chromium-driver", present: || find("chromedriver").is_some() },
    Package { name: "curl", present: || find("curl").is_some() },
    Package { name: "nodejs", present: || find("node").is_some() },
    Package { name: "npm", present: || find("npm").is_some() },
    Package { name: "python3-venv", present: venv },
    Package { name: "tshark", present: || find("tshark").is_some() },
];

const BENCH: &[Package] = &[
    Package { name: "rabbitmq-server", present: rabbitmq },
    Package { name: "chromium", present: || find("chromium").or_else(|| find("google-chrome")).is_some() },
    Package { name: "chromium-driver", present: || find("chromedriver").is_some() },
    Package { name: "python3-venv", present: venv },
    Package { name: "wrk", present: || find("wrk").is_some() },
    Package { name: "nghttp2-client", present: || find("h2load").is_some() },
    Package { name: "chromium", present: chromium },
    Package { name: "nodejs", present: || find("node").is_some() },
    Package { name: "npm", present: || find("npm").is_some() },
];

/// Installs `$@` as root. A broker in a package must not start as a service, because the tests start their own.
const INSTALL: &str = r#"
set -e
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
    trap 'rm -f "$policy"' EXIT
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod 755 "$policy"
fi
export DEBIAN_FRONTEND=noninteractive
apt-get -o DPkg::Lock::Timeout=300 -q update
apt-get -o DPkg::Lock::Timeout=300 -q -y --no-install-recommends install "$@"
"#;

/// Installs everything for `cargo xtask test`.
pub(crate) fn for_tests() -> Result<()> {
    provide(TESTS)
}

/// Installs everything for `cargo xtask bench`.
pub(crate) fn for_bench() -> Result<()> {
    provide(BENCH)
}

fn provide(packages: &[Package]) -> Result<()> {
    let missing = missing(packages);
    if missing.is_empty() {
        return Ok(());
    }
    let command = format!("sudo apt-get install {}", missing.join(" "));
    if find("apt-get").is_none() {
        bail!("missing: {}; on Debian: {command}", missing.join(", "));
    }
    let Some(mut install) = as_root() else {
        bail!("missing: {}; install them with: {command}", missing.join(", "));
    };
    eprintln!("    installing {}", missing.join(", "));
    install.args(["sh", "-c", INSTALL, "install"]).args(&missing);
    process::run(install).with_context(|| format!("could not install what is missing; try: {command}"))?;
    let still = self::missing(packages);
    if !still.is_empty() {
        bail!("still missing after their installation: {}", still.join(", "));
    }
    Ok(())
}

fn missing(packages: &[Package]) -> Vec<&'static str> {
    packages.iter().filter(|package| !(package.present)()).map(|package| package.name).collect()
}

/// A command that runs its arguments as root, if that needs no password.
fn as_root() -> Option<std::process::Command> {
    let mut id = program("id");
    id.arg("-u");
    if output(id).is_ok_and(|id| id.trim() == "0") {
        return Some(program("env"));
    }
    let mut probe = program("sudo");
    probe.args(["-n", "true"]);
    output(probe).ok()?;
    let mut sudo = program("sudo");
    sudo.arg("-n");
    Some(sudo)
}

fn rabbitmq() -> bool {
    Path::new("/usr/lib/rabbitmq/bin/rabbitmq-server").is_file() || find("rabbitmq-server").is_some()
}

fn chromium() -> bool {
    find("chromium").or_else(|| find("google-chrome")).is_some()
}

fn venv() -> bool {
    ["python3", "/usr/bin/python3"].into_iter().any(crate::clients::can_make_venv)
}
