//! Finds RabbitMQ on this machine. The wrapper of the package in /usr/sbin changes to a system user, so the script
//! behind it, which runs as the calling user, comes first.

use std::{
    path::PathBuf,
    process::{Command, Stdio},
};

use crate::Error;

const PACKAGED: &str = "/usr/lib/rabbitmq/bin/rabbitmq-server";

/// The path of the start script `rabbitmq-server`, with `rabbitmqctl` beside it.
pub(super) fn server() -> Result<PathBuf, Error> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let on_path = std::env::split_paths(&path).map(|folder| folder.join("rabbitmq-server"));
    std::iter::once(PathBuf::from(PACKAGED))
        .chain(on_path)
        .chain([PathBuf::from("/usr/sbin/rabbitmq-server")])
        .find(|file| file.is_file())
        .ok_or(Error::Missing { program: "rabbitmq-server", remedy: "sudo apt-get install rabbitmq-server" })
}

/// Erlang's port mapper in the foreground. A node that finds a running one does not start a shared one that would stay.
pub(super) fn epmd(port: u16) -> Command {
    let mut command = Command::new("epmd");
    command.args(["-address", "127.0.0.1", "-port", &port.to_string()]);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command
}
