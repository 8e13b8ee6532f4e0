//! A process that cannot outlive its owner.
//!
//! It runs in its own process group, which is killed on drop. If the owner ends without a drop (a static, a panic with
//! abort, SIGKILL), a small shell does it: it waits on a pipe that only the owner holds, and kills the group when the
//! pipe closes.

use std::{
    io,
    os::unix::process::{CommandExt as _, ExitStatusExt as _},
    path::{Path, PathBuf},
    process::{self, Command, ExitStatus, Stdio},
    time::{Duration, Instant},
};

use rustix::process::{Pid, Signal, kill_process, kill_process_group};

use crate::Error;

/// Waits for the end of its input, then kills the group `$1` and removes the folder `$2`, if there is one.
const WATCHDOG: &str = r#"read _; kill -s KILL -- "-$1" 2>/dev/null; [ -z "$2" ] || { sleep 1; rm -rf -- "$2"; }"#;

/// A running process with all its descendants; dropping it kills them.
#[derive(Debug)]
pub struct Child {
    program: PathBuf,
    process: process::Child,
    watchdog: process::Child,
    /// known once the process was waited for; its id may then belong to another process
    ended: Option<ExitStatus>,
}

impl Child {
    /// Starts `command` in a process group of its own.
    ///
    /// # Errors
    /// [`Error::Run`] when it cannot be started.
    pub fn spawn(command: Command) -> Result<Self, Error> {
        Self::spawn_with_folder(command, None)
    }

    /// As [`Child::spawn`]; if the owner dies without dropping, `folder` is removed as well.
    pub(crate) fn spawn_with_folder(mut command: Command, folder: Option<&Path>) -> Result<Self, Error> {
        let program = PathBuf::from(command.get_program());
        let run = |program: &Path, source| Error::Run { program: program.to_owned(), source };
        let process = command.process_group(0).spawn().map_err(|source| run(&program, source))?;
        let watchdog = Command::new("sh")
            .args(["-c", WATCHDOG, "watchdog", &process.id().to_string()])
            .arg(folder.unwrap_or(Path::new("")))
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0)
            .spawn()
            .map_err(|source| run(Path::new("sh"), source));
        let watchdog = match watchdog {
            Ok(watchdog) => watchdog,
            Err(error) => {
                signal_group(&process, Signal::KILL);
                return Err(error);
            }
        };
        Ok(Self { program, process, watchdog, ended: None })
    }

    /// The id of the process itself.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.process.id()
    }

    /// The path it was started with.
    #[must_use]
    pub fn program(&self) -> &Path {
        &self.program
    }

    /// The exit status, once the process has ended.
    ///
    /// # Errors
    /// When the system does not know the process, which it always does.
    pub fn ended(&mut self) -> io::Result<Option<ExitStatus>> {
        if self.ended.is_none() {
            self.ended = self.process.try_wait()?;
        }
        Ok(self.ended)
    }

    /// Asks the process itself to end (SIGTERM), as a service manager would.
    pub fn terminate(&mut self) {
        if matches!(self.ended(), Ok(None)) {
            let _gone = kill_process(pid(&self.process), Signal::TERM);
        }
    }

    /// Ends the process and its descendants at once (SIGKILL) and waits until it is gone.
    pub fn kill(&mut self) -> ExitStatus {
        if let Ok(Some(status)) = self.ended() {
            return status;
        }
        signal_group(&self.process, Signal::KILL);
        let status = self.process.wait().unwrap_or(ExitStatus::from_raw(Signal::KILL.as_raw()));
        self.ended = Some(status);
        status
    }

    /// Waits until the process has ended by itself; `None` when it has not within `budget`.
    pub async fn wait(&mut self, budget: Duration) -> Option<ExitStatus> {
        let start = Instant::now();
        loop {
            match self.ended() {
                Ok(None) if start.elapsed() < budget => tokio::time::sleep(Duration::from_millis(5)).await,
                Ok(status) => return status,
                Err(_unknown) => return None,
            }
        }
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        // before the process is reaped: the watchdog must not use an id that belongs to another process by now
        let _gone = self.watchdog.kill();
        let _status = self.watchdog.wait();
        self.kill();
    }
}

fn pid(process: &process::Child) -> Pid {
    i32::try_from(process.id()).ok().and_then(Pid::from_raw).expect("the id of a running process is a positive i32")
}

fn signal_group(process: &process::Child, signal: Signal) {
    let _gone = kill_process_group(pid(process), signal);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn alive(pid: Pid) -> bool {
        rustix::process::test_kill_process(pid).is_ok()
    }

    #[tokio::test]
    async fn a_dropped_child_takes_its_descendants_with_it() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("pid");
        let mut command = Command::new("sh");
        command.args(["-c", "sleep 600 & echo $! > \"$1\"; wait", "sh"]).arg(&file);
        let child = Child::spawn(command).unwrap();
        let written = || std::future::ready(std::fs::read_to_string(&file).is_ok_and(|text| text.ends_with('\n')));
        crate::wait_until(Duration::from_secs(5), written).await.unwrap();
        let grandchild = Pid::from_raw(std::fs::read_to_string(&file).unwrap().trim().parse().unwrap()).unwrap();
        assert!(alive(grandchild));
        drop(child);
        let stat = format!("/proc/{}/stat", grandchild.as_raw_nonzero());
        // an orphan that is not reaped stays as a zombie
        let gone = || std::future::ready(std::fs::read_to_string(&stat).map_or(true, |stat| stat.contains(") Z ")));
        crate::wait_until(Duration::from_secs(5), gone).await.unwrap();
    }

    #[tokio::test]
    async fn an_owner_that_dies_without_dropping_leaves_nothing() {
        let child = Child::spawn({
            let mut command = Command::new("sleep");
            command.arg("600");
            command
        });
        let mut child = std::mem::ManuallyDrop::new(child.unwrap());
        // when the owner is gone, the system closes its end of the pipe
        drop(child.watchdog.stdin.take());
        let status = child.wait(Duration::from_secs(5)).await.unwrap();
        assert_eq!(status.signal(), Some(Signal::KILL.as_raw()));
        let _status = child.watchdog.wait();
    }
}
