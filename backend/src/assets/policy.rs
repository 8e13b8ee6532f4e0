//! The headers of a document: what it may load, who may frame it, and the isolation that gives it a fine clock.

use http::{HeaderMap, HeaderValue, header};

use crate::{config::Origin, state::AppState};

/// `'sha256-…'` of each inline script, as the build found them.
const SCRIPT_HASHES: &str = include_str!(concat!(env!("OUT_DIR"), "/script-hashes.txt"));

/// The headers of a document of this server.
#[derive(Clone, Debug)]
pub(super) struct Policy {
    csp: HeaderValue,
    framed: bool,
}

impl Policy {
    pub(super) fn new(app: &AppState) -> Self {
        let embed = &app.config.embed_origins;
        let ancestors = if embed.is_empty() {
            "'none'".to_owned()
        } else {
            embed.iter().map(Origin::as_str).collect::<Vec<_>>().join(" ")
        };
        let csp = format!(
            "default-src 'none'; script-src 'self' 'wasm-unsafe-eval' {SCRIPT_HASHES}; style-src 'self'; img-src 'self' data:; \
             connect-src 'self'; font-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors {ancestors}"
        );
        let csp = HeaderValue::try_from(csp).expect("origins and hashes are visible ASCII");
        Self { csp, framed: !embed.is_empty() }
    }

    pub(super) fn apply(&self, headers: &mut HeaderMap) {
        headers.insert(header::CONTENT_SECURITY_POLICY, self.csp.clone());
        headers.insert("cross-origin-opener-policy", HeaderValue::from_static("same-origin"));
        headers.insert("cross-origin-embedder-policy", HeaderValue::from_static("require-corp"));
        headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
        if self.framed {
            // a framed document has to allow it by this policy too
            headers.insert("cross-origin-resource-policy", HeaderValue::from_static("cross-origin"));
        }
    }
}
