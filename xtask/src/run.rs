//! `cargo xtask run`: set up, build, serve. The server replaces this process, so that Ctrl-C and every other signal
//! reach it and its exit code is that of the command.

use std::{
    env,
    net::{TcpStream, ToSocketAddrs as _},
    os::unix::process::CommandExt as _,
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, bail};

use crate::{
    page,
    process::{self, find, program},
    server,
    step::Steps,
};

const LISTEN: &str = "127.0.0.1:8080";
/// How long the browser waits for the server.
const OPEN: Duration = Duration::from_secs(30);

/// Builds and serves; returns only with an error.
pub(crate) fn run(steps: &mut Steps, open: bool, args: &[String]) -> Result<()> {
    page::build(steps)?;
    let binary = server::build(steps)?;
    let address = listen(args);
    if open {
        let mut opener = program(env::current_exe()?);
        opener.args(["open", &address]).spawn().context("cannot open the browser")?;
    }
    eprintln!("\n==> http://{address} (Ctrl-C ends it)");
    let error = program(&binary).args(args).exec();
    Err(error).with_context(|| format!("cannot run {}", binary.display()))
}

/// Opens the browser once something listens at `address`.
pub(crate) fn open(address: &str) -> Result<()> {
    let deadline = Instant::now() + OPEN;
    let target = address.to_socket_addrs()?.next().with_context(|| format!("{address} is no address"))?;
    while TcpStream::connect_timeout(&target, Duration::from_secs(1)).is_err() {
        if Instant::now() > deadline {
            bail!("nothing listens at {address}");
        }
        thread::park_timeout(Duration::from_millis(50));
    }
    let Some(opener) = ["xdg-open", "open"].into_iter().find_map(find) else {
        bail!("there is no program that opens a browser; the page is at http://{address}");
    };
    let mut command = program(opener);
    command.arg(format!("http://{address}"));
    process::run(command)
}

/// The address of the server: its flag, its variable, or its default.
fn listen(args: &[String]) -> String {
    let flag = args.iter().enumerate().find_map(|(at, arg)| match arg.strip_prefix("--listen") {
        Some("") => args.get(at + 1).cloned(),
        Some(value) => value.strip_prefix('=').map(str::to_owned),
        None => None,
    });
    flag.or_else(|| env::var("CROSSTALK_LISTEN").ok()).unwrap_or(LISTEN.to_owned())
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_address_is_found_among_the_arguments() {
        let listen = |args: &[&str]| super::listen(&args.iter().map(|&arg| arg.to_owned()).collect::<Vec<_>>());
        assert_eq!(listen(&["--listen", "127.0.0.1:1"]), "127.0.0.1:1");
        assert_eq!(listen(&["--listen=127.0.0.1:2"]), "127.0.0.1:2");
    }
}
