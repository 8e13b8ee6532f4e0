//! CPU time and resident memory of a process, from the system (proc(5)).

use std::fs;

use anyhow::Context as _;

/// CPU seconds, user and system, of all processes of the group `group` (field 5 of `/proc/*/stat`): a server with its
/// workers, when it was started in a group of its own.
///
/// # Errors
/// When `/proc` cannot be read, or no process is in the group.
pub(crate) fn cpu_of_group(group: u32) -> anyhow::Result<f64> {
    let mut found = false;
    let mut ticks = 0;
    for entry in fs::read_dir("/proc").context("cannot list /proc")? {
        let path = entry.context("cannot list /proc")?.path();
        let is_process = path.file_name().is_some_and(|name| name.to_string_lossy().parse::<u32>().is_ok());
        // a process may end while the list is read
        if is_process && let Ok(stat) = fs::read_to_string(path.join("stat")) {
            let stat = Stat::parse(&stat).with_context(|| format!("cannot read {}/stat", path.display()))?;
            if stat.group == group {
                found = true;
                ticks += stat.ticks;
            }
        }
    }
    anyhow::ensure!(found, "the server of process group {group} is gone");
    Ok(seconds(ticks))
}

/// CPU seconds of one process.
///
/// # Errors
/// When there is no such process.
pub(crate) fn cpu_of(process: u32) -> anyhow::Result<f64> {
    let path = format!("/proc/{process}/stat");
    let stat = fs::read_to_string(&path).with_context(|| format!("cannot read {path}"))?;
    Ok(seconds(Stat::parse(&stat).with_context(|| format!("cannot read {path}"))?.ticks))
}

fn seconds(ticks: u64) -> f64 {
    ticks as f64 / rustix::param::clock_ticks_per_second() as f64
}

/// Resident memory of a process, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Memory {
    pub(crate) resident: u64,
    /// Memory that the process allocated.
    pub(crate) anonymous: u64,
    /// Pages of its binary and libraries, which the system can drop and share.
    pub(crate) file: u64,
}

impl Memory {
    /// Reads `/proc/{process}/status`.
    ///
    /// # Errors
    /// When there is no such process.
    pub(crate) fn of(process: u32) -> anyhow::Result<Self> {
        let path = format!("/proc/{process}/status");
        let status = fs::read_to_string(&path).with_context(|| format!("cannot read {path}"))?;
        Self::parse(&status).with_context(|| format!("{path} does not tell the resident memory"))
    }

    fn parse(status: &str) -> Option<Self> {
        let field = |name: &str| {
            let value = status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))?;
            value.trim().strip_suffix(" kB")?.parse::<u64>().ok().map(|kib| kib * 1024)
        };
        Some(Self { resident: field("VmRSS")?, anonymous: field("RssAnon")?, file: field("RssFile")? })
    }
}

struct Stat {
    group: u32,
    ticks: u64,
}

impl Stat {
    /// The name in the second field may have any character, also parentheses; the other fields follow the last
    /// parenthesis.
    fn parse(stat: &str) -> Option<Self> {
        let (_name, rest) = stat.rsplit_once(')')?;
        let fields: Vec<&str> = rest.split_whitespace().collect();
        // `rest` begins with field 3; pgrp is field 5, utime and stime are 14 and 15
        let field = |number: usize| fields.get(number - 3)?.parse::<u64>().ok();
        Some(Self { group: u32::try_from(field(5)?).ok()?, ticks: field(14)? + field(15)? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_parentheses_does_not_shift_the_fields() {
        let stat = Stat::parse("42 (a) b (c) S 1 40 40 0 -1 4194560 9 0 0 0 250 50 7 7 20 0 1 0 1 2 3").unwrap();
        assert_eq!((stat.group, stat.ticks), (40, 300));
    }

    #[test]
    fn memory_is_in_bytes() {
        let memory =
            Memory::parse("Name:\tx\nVmRSS:\t   17000 kB\nRssAnon:\t    5000 kB\nRssFile:\t   12000 kB\n").unwrap();
        assert_eq!(memory, Memory { resident: 17_408_000, anonymous: 5_120_000, file: 12_288_000 });
    }

    #[test]
    fn this_process_is_known() {
        assert!(cpu_of(std::process::id()).is_ok());
        assert!(Memory::of(std::process::id()).unwrap().resident > 0);
        assert!(cpu_of_group(u32::MAX).is_err());
    }
}
