//! The Python peers, from PyPI into a venv in the cache folder, made once per list of requirements.
//!
//! - Flask's own server, as `flask run` has it, without its line of log per request; keeping connections open makes it
//!   no faster
//! - gunicorn with 2 workers of 8 threads, on the same application: threads keep connections open, which makes it about
//!   three times as fast as its default, one connection for each request
//! - grpcio's synchronous server with 10 threads, as its documentation shows it; its asyncio server needs half as
//!   much CPU time again

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use anyhow::Context as _;
use crosstalk_testkit::ports;
use tempfile::TempDir;
use tokio::process::Command;

use super::Server;

/// How long downloading and installing the packages may take.
const INSTALL: Duration = Duration::from_secs(600);

const REQUIREMENTS: &str = include_str!("../../peers/requirements.txt");
const FLASK: &str = include_str!("../../peers/flask_peer.py");
const GRPCIO: &str = include_str!("../../peers/grpcio_peer.py");
const PROTO: &str = include_str!("../../../proto/proto/helloworld.proto");

/// The venv, and a folder with the peers' scripts.
#[derive(Debug)]
pub(crate) struct Python {
    venv: PathBuf,
    scripts: TempDir,
}

impl Python {
    /// Makes the venv if it is missing, writes the scripts and generates the gRPC stubs.
    ///
    /// # Errors
    /// When Python is missing or the packages cannot be installed; with the remedy.
    pub(crate) async fn prepare() -> anyhow::Result<Self> {
        let venv = cache()?.join("bench-venv");
        let stamp = venv.join("requirements.txt");
        if fs::read_to_string(&stamp).ok().as_deref() != Some(REQUIREMENTS) {
            eprintln!("installing Python's peers into {}", venv.display());
            make(&venv).await.context("cannot make a Python venv: sudo apt-get install python3-venv")?;
            let wanted = venv.join("wanted.txt");
            fs::write(&wanted, REQUIREMENTS)?;
            let mut pip = Command::new(venv.join("bin/python"));
            pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r"]).arg(&wanted);
            run(&mut pip).await.context("cannot install the Python peers")?;
            fs::rename(&wanted, &stamp)?;
        }
        let scripts = TempDir::with_prefix("crosstalk-bench-").context("cannot make a folder for scripts")?;
        let python = Self { venv, scripts };
        for (name, text) in [("flask_peer.py", FLASK), ("grpcio_peer.py", GRPCIO), ("helloworld.proto", PROTO)] {
            fs::write(python.path(name), text)?;
        }
        let mut stubs = Command::new(python.program("python"));
        stubs.args(["-m", "grpc_tools.protoc", "-I.", "--python_out=.", "--grpc_python_out=.", "helloworld.proto"]);
        run(stubs.current_dir(python.scripts.path())).await.context("cannot generate Python's gRPC stubs")?;
        Ok(python)
    }

    /// Starts Flask's own server.
    ///
    /// # Errors
    /// When it does not start.
    pub(crate) async fn start_flask(&self) -> anyhow::Result<Server> {
        self.start_script("flask", "flask_peer.py").await
    }

    /// Starts grpcio's server.
    ///
    /// # Errors
    /// When it does not start.
    pub(crate) async fn start_grpcio(&self) -> anyhow::Result<Server> {
        self.start_script("grpcio", "grpcio_peer.py").await
    }

    /// Starts gunicorn.
    ///
    /// # Errors
    /// When it does not start.
    pub(crate) async fn start_gunicorn(&self) -> anyhow::Result<Server> {
        let port = ports::free();
        let mut command = std::process::Command::new(self.program("gunicorn"));
        command.args(["--workers", "2", "--threads", "8", "--bind", &format!("127.0.0.1:{port}"), "flask_peer:app"]);
        command.current_dir(self.scripts.path());
        Server::start("gunicorn", command, port).await
    }

    async fn start_script(&self, name: &'static str, script: &str) -> anyhow::Result<Server> {
        let port = ports::free();
        let mut command = std::process::Command::new(self.program("python"));
        command.arg(script).arg(port.to_string()).current_dir(self.scripts.path());
        Server::start(name, command, port).await
    }

    fn program(&self, name: &str) -> PathBuf {
        self.venv.join("bin").join(name)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.scripts.path().join(name)
    }
}

/// With the first Python on PATH, or with Debian's if that one has no venv module.
async fn make(venv: &Path) -> anyhow::Result<()> {
    let venv_by = |python: &str| {
        let mut command = Command::new(python);
        command.args(["-m", "venv", "--clear"]).arg(venv);
        command
    };
    match run(&mut venv_by("python3")).await {
        Ok(()) => Ok(()),
        Err(_incomplete) => run(&mut venv_by("/usr/bin/python3")).await,
    }
}

/// `crosstalk` in the user's cache folder.
fn cache() -> anyhow::Result<PathBuf> {
    let absolute = |name: &str| env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let folder = absolute("XDG_CACHE_HOME")
        .or_else(|| absolute("HOME").map(|home| home.join(".cache")))
        .context("neither XDG_CACHE_HOME nor HOME names a folder")?
        .join("crosstalk");
    fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    Ok(folder)
}

async fn run(command: &mut Command) -> anyhow::Result<()> {
    let program = Path::new(command.as_std().get_program()).display().to_string();
    command.stdin(Stdio::null()).kill_on_drop(true);
    let output = tokio::time::timeout(INSTALL, command.output())
        .await
        .with_context(|| format!("{program} did not end within {INSTALL:?}"))?
        .with_context(|| format!("cannot run {program}"))?;
    let error = String::from_utf8_lossy(&output.stderr);
    anyhow::ensure!(output.status.success(), "{program} failed ({}): {}", output.status, error.trim());
    Ok(())
}
