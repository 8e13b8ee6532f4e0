//! Rules for the browser's console: no uncaught error, no policy violation and no error logged by the page. The
//! browser's own lines about a failure that a test causes are allowed in that test only.

use thirtyfour::BrowserLogEntry;

/// Chromedriver's name for the level of an error.
const ERROR: &str = "SEVERE";

/// The failures that a test causes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Console {
    /// None.
    #[default]
    Clean,
    /// Failing requests or sockets; the browser reports each.
    NetworkFailures,
}

impl Console {
    /// The lines that are not allowed.
    #[must_use]
    pub fn forbidden(self, lines: &[BrowserLogEntry]) -> Vec<String> {
        lines
            .iter()
            .filter(|line| line.level == ERROR || line.source.as_deref() == Some("security"))
            .filter(|line| !(self == Self::NetworkFailures && is_network_failure(line)))
            .map(|line| format!("{} {}: {}", line.level, line.source.as_deref().unwrap_or("-"), line.message))
            .collect()
    }
}

/// True for a line that the browser wrote itself; lines of `console.error` have the source `console-api`.
fn is_network_failure(line: &BrowserLogEntry) -> bool {
    let own = line.source.as_deref() != Some("console-api");
    own && (line.message.contains("Failed to load resource") || line.message.contains("WebSocket connection to"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(level: &str, source: &str, message: &str) -> BrowserLogEntry {
        BrowserLogEntry { level: level.into(), message: message.into(), timestamp: 0, source: Some(source.into()) }
    }

    #[test]
    fn an_error_of_the_page_is_never_allowed() {
        let lines = [
            line("SEVERE", "console-api", "WebSocket connection to somewhere: I made this up"),
            line("SEVERE", "security", "Refused to load a script: Content Security Policy"),
            line("SEVERE", "javascript", "Uncaught RuntimeError: unreachable"),
        ];
        assert_eq!(Console::NetworkFailures.forbidden(&lines).len(), 3);
    }

    #[test]
    fn a_failure_is_reported_by_the_browser_only_where_it_was_asked_for() {
        let lines = [line("SEVERE", "network", "http://x/y - Failed to load resource: net::ERR_CONNECTION_REFUSED")];
        assert_eq!(Console::Clean.forbidden(&lines).len(), 1);
        assert!(Console::NetworkFailures.forbidden(&lines).is_empty());
    }
}
