//! Chromedriver, and the settings with which Chromium runs headless, also as root, and without network traffic of its
//! own. The test brings its WebDriver client. Each session has a new profile, which is removed with the [`Browser`].

use std::{
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Duration,
};

use tempfile::TempDir;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use crate::{Child, Error, ports, wait::wait_until};

/// Chromedriver starts in well under a second; a loaded machine needs more.
const START: Duration = Duration::from_secs(30);

/// JavaScript for the gRPC bench: it sets `arrived[n - 1]` when message `n` of the table arrives, and `painted.get(n)`
/// when it is painted, in milliseconds.
pub const WATCH_ARRIVALS: &str = include_str!("arrivals.js");

const REMEDY: &str = "sudo apt-get install chromium chromium-driver";

/// Chromium's flags: no sandbox (root cannot have one), no network traffic of its own, stable rendering.
const FLAGS: &[&str] = &[
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-extensions",
    "--no-proxy-server",
    "--force-color-profile=srgb",
    "--hide-scrollbars",
];

/// A running chromedriver; dropping it kills it with all its browsers.
#[derive(Debug)]
pub struct Chromedriver {
    child: Child,
    port: u16,
}

/// The settings of one browser session.
#[derive(Debug)]
pub struct Browser {
    profile: TempDir,
    binary: PathBuf,
}

impl Chromedriver {
    /// Starts chromedriver on a free port and waits until it answers.
    ///
    /// # Errors
    /// [`Error::Missing`] with the command that installs it, or why it did not start.
    pub async fn start() -> Result<Self, Error> {
        let program = find(&["chromedriver"]).ok_or(Error::Missing { program: "chromedriver", remedy: REMEDY })?;
        let port = ports::free();
        let mut command = Command::new(&program);
        command.arg(format!("--port={port}")).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let mut driver = Self { child: Child::spawn(command)?, port };
        let answered = wait_until(START, || ready(port)).await;
        if let Ok(Some(status)) = driver.child.ended() {
            return Err(Error::Ended { program, status, log: String::new() });
        }
        match answered {
            Ok(()) => Ok(driver),
            Err(_late) => Err(Error::NotReady { program, budget: START, log: String::new() }),
        }
    }

    /// The address for a WebDriver client.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }
}

impl Browser {
    /// A browser with a profile of its own.
    ///
    /// # Errors
    /// [`Error::Missing`] with the command that installs Chromium.
    pub fn new() -> Result<Self, Error> {
        let binary = find(&["chromium", "chromium-browser", "google-chrome"])
            .ok_or(Error::Missing { program: "chromium", remedy: REMEDY })?;
        let profile = TempDir::with_prefix("crosstalk-browser-")
            .map_err(|source| Error::Prepare { path: std::env::temp_dir(), source })?;
        Ok(Self { profile, binary })
    }

    /// The path of Chromium, for the capability `goog:chromeOptions.binary`.
    #[must_use]
    pub fn binary(&self) -> &Path {
        &self.binary
    }

    /// Chromium's arguments, for `goog:chromeOptions.args`.
    pub fn args(&self) -> impl Iterator<Item = String> {
        let profile = format!("--user-data-dir={}", self.profile.path().display());
        FLAGS.iter().map(|&flag| flag.to_owned()).chain([profile])
    }
}

/// The first of `names` that is on PATH.
fn find(names: &[&str]) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    names
        .iter()
        .find_map(|name| std::env::split_paths(&path).map(|folder| folder.join(name)).find(|file| file.is_file()))
}

/// True if `GET /status` says that a session can be made (W3C WebDriver, section 8.3).
async fn ready(port: u16) -> bool {
    let ask = async {
        let mut stream = TcpStream::connect(("127.0.0.1", port)).await?;
        stream.write_all(b"GET /status HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").await?;
        // the connection stays open, so there is no end to wait for; the answer is one small packet
        let mut answer = vec![0; 4096];
        let length = stream.read(&mut answer).await?;
        Ok::<_, std::io::Error>(String::from_utf8_lossy(&answer[..length]).contains("\"ready\":true"))
    };
    ask.await.unwrap_or(false)
}
