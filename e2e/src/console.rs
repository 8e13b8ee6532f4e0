//! What a browser's console may hold: no uncaught error, no violated policy, no error of the page's own, ever.
//! The browser's own lines about a failure that the test asked for are allowed, and only where it did.

use thirtyfour::BrowserLogEntry;

/// What chromedriver calls an error.
const ERROR: &str = "SEVERE";

/// What a test asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Console {
    /// Nothing that fails.
    #[default]
    Clean,
    /// Requests or sockets that fail: the browser reports each by itself.
    NetworkFailures,
}

impl Console {
    /// The lines that may not be there.
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

/// The browser's own words, which a page cannot write: `console.error` has the source `console-api`.
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
