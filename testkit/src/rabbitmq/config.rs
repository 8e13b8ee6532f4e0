//! The configuration of a private node: options, ports, files and environment. All files are in its folder, and all
//! listeners are on loopback.

use std::{
    ffi::OsString,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use crate::{Error, ports};

/// What a node offers in addition to AMQP 0-9-1.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// RabbitMQ's own WebSocket bridge.
    pub web_stomp: bool,
    /// The management API.
    pub management: bool,
    /// AMQP over TLS as well, with a certificate made for `localhost` and 127.0.0.1.
    pub tls: bool,
    /// Further lines of `rabbitmq.conf`, as `consumer_timeout = 5000`.
    pub settings: Vec<String>,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Ports {
    pub(super) amqp: u16,
    pub(super) epmd: u16,
    pub(super) web_stomp: Option<u16>,
    pub(super) management: Option<u16>,
    pub(super) tls: Option<u16>,
    distribution: u16,
}

impl Ports {
    pub(super) fn free(options: &Options) -> Self {
        Self {
            amqp: ports::free(),
            epmd: ports::free(),
            web_stomp: options.web_stomp.then(ports::free),
            management: options.management.then(ports::free),
            tls: options.tls.then(ports::free),
            distribution: ports::free(),
        }
    }
}

/// Where the node's output goes.
pub(super) fn console(folder: &Path) -> PathBuf {
    folder.join("console.log")
}

/// The certificate of a node with TLS.
pub(super) fn certificate(folder: &Path) -> PathBuf {
    folder.join("certificate.pem")
}

/// Writes the node's configuration files.
pub(super) fn write(folder: &Path, options: &Options, ports: &Ports) -> Result<(), Error> {
    let mut settings =
        vec!["listeners.tcp.local = 127.0.0.1:".to_owned() + &ports.amqp.to_string(), "log.console = true".to_owned()];
    let mut plugins = Vec::new();
    if let Some(port) = ports.web_stomp {
        plugins.push("rabbitmq_web_stomp");
        settings.extend([
            "stomp.listeners.tcp = none".to_owned(),
            "web_stomp.tcp.ip = 127.0.0.1".to_owned(),
            format!("web_stomp.tcp.port = {port}"),
        ]);
    }
    if let Some(port) = ports.management {
        plugins.push("rabbitmq_management");
        settings.extend(["management.tcp.ip = 127.0.0.1".to_owned(), format!("management.tcp.port = {port}")]);
    }
    let mut files = Vec::new();
    if let Some(port) = ports.tls {
        let made = rcgen::generate_simple_self_signed(["localhost", "127.0.0.1"].map(str::to_owned))?;
        let key = folder.join("key.pem");
        settings.extend([
            format!("listeners.ssl.local = 127.0.0.1:{port}"),
            format!("ssl_options.certfile = {}", certificate(folder).display()),
            format!("ssl_options.keyfile = {}", key.display()),
        ]);
        files.extend([(certificate(folder), made.cert.pem()), (key, made.signing_key.serialize_pem())]);
    }
    settings.extend(options.settings.iter().cloned());
    files.extend([
        (folder.join("rabbitmq.conf"), settings.join("\n") + "\n"),
        (folder.join("enabled_plugins"), format!("[{}].\n", plugins.join(","))),
    ]);
    for (path, text) in files {
        fs::write(&path, text).map_err(|source| Error::Prepare { path, source })?;
    }
    Ok(())
}

/// The environment of the node, and of the tools that talk to it.
pub(super) fn environment(command: &mut Command, folder: &Path, ports: &Ports) {
    let inherited = std::env::vars_os().map(|(name, _value)| name);
    for name in inherited.filter(|name| name.to_string_lossy().starts_with("RABBITMQ_")) {
        command.env_remove(name);
    }
    let own: [(&str, OsString); 14] = [
        // the start script replaces itself by the Erlang machine, so its process id is the one to signal
        ("RUNNING_UNDER_SYSTEMD", "true".into()),
        ("ERL_EPMD_ADDRESS", "127.0.0.1".into()),
        ("ERL_EPMD_PORT", ports.epmd.to_string().into()),
        ("HOME", folder.into()),
        ("LC_ALL", "C.UTF-8".into()),
        ("RABBITMQ_CONFIG_FILE", folder.join("rabbitmq.conf").into()),
        ("RABBITMQ_CONF_ENV_FILE", "/dev/null".into()),
        ("RABBITMQ_DIST_PORT", ports.distribution.to_string().into()),
        ("RABBITMQ_ENABLED_PLUGINS_FILE", folder.join("enabled_plugins").into()),
        ("RABBITMQ_LOG_BASE", folder.join("log").into()),
        ("RABBITMQ_MNESIA_BASE", folder.join("data").into()),
        ("RABBITMQ_NODENAME", format!("crosstalk-{}@localhost", ports.amqp).into()),
        ("RABBITMQ_PID_FILE", folder.join("pid").into()),
        ("RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS", "-kernel inet_dist_use_interface {127,0,0,1}".into()),
    ];
    command.envs(own).current_dir(folder);
}
