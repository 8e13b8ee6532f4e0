//! What the editor holds, in other languages.

use super::request::Typed;
use crate::{
    api::browser::absolute,
    model::copy_as::{
        Snippet,
        grpc::{self, Call},
    },
};

impl Typed {
    /// One program for each language, empty while something is wrong with a field; tracked.
    pub(super) fn snippets(self) -> Vec<Snippet> {
        let Some(request) = self.request() else {
            return grpc::LANGUAGES.map(|language| Snippet { language, text: String::new() }).to_vec();
        };
        let method = &*request.method;
        let values = self.values(method).unwrap_or_default();
        let origin = absolute("/");
        grpc::snippets(&Call {
            origin: origin.trim_end_matches('/'),
            method,
            values: &values,
            metadata: &request.metadata,
            deadline_ms: request.deadline_ms,
        })
    }
}
