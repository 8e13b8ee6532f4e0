//! What the editor holds: the fields of a request. Path and query are two views of the same.

use leptos::prelude::*;

use crate::{
    api::browser::absolute,
    components::pairs::Pairs,
    model::{
        address::Row,
        copy_as::{self, Snippet, rest::Call},
        rest::{
            draft::{Auth, Draft, Form},
            query,
        },
    },
};

/// The fields.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fields {
    pub(super) method: RwSignal<String>,
    pub(super) path: RwSignal<String>,
    /// What the path's query says, and what is not sent.
    pub(super) query: Pairs,
    pub(super) headers: Pairs,
    pub(super) auth: RwSignal<Auth>,
    pub(super) body: RwSignal<String>,
    pub(super) form: RwSignal<Form>,
}

impl Fields {
    pub(super) fn new() -> Self {
        let this = Self {
            method: RwSignal::new(String::new()),
            path: RwSignal::new(String::new()),
            query: Pairs::new(&[]),
            headers: Pairs::new(&[]),
            auth: RwSignal::new(Auth::None),
            body: RwSignal::new(String::new()),
            form: RwSignal::new(Form::Text),
        };
        // a row of the query was edited; what was typed into the path is in the rows already
        Effect::new(move |_| {
            let rows = this.query.rows().into_iter().filter(|row| row.on);
            let sent: Vec<(String, String)> = rows.map(|row| (row.name, row.value)).collect();
            let path = this.path.get_untracked();
            if query::parse(&path) != sent {
                this.path.set(query::with(&path, &sent));
            }
        });
        this
    }

    /// All of them; tracked.
    pub(super) fn draft(self) -> Draft {
        Draft {
            method: self.method.get(),
            path: self.path.get(),
            unsent: self.query.rows().into_iter().filter(|row| !row.on).collect(),
            headers: self.headers.rows(),
            auth: self.auth.get(),
            body: self.body.get(),
            form: self.form.get(),
        }
    }

    /// The request in other languages; tracked.
    pub(super) fn snippets(self) -> Vec<Snippet> {
        let draft = self.draft();
        let (url, headers, body) = (absolute(draft.path.trim()), draft.sent_headers(), draft.bytes());
        copy_as::rest::snippets(Call { method: &draft.method, url: &url, headers: &headers, body: &body })
    }

    /// Takes what was typed into the path.
    pub(super) fn type_path(self, path: String) {
        let unsent = untrack(|| self.query.rows()).into_iter().filter(|row| !row.on).collect();
        self.fill_query(&path, unsent);
        self.path.set(path);
    }

    /// Replaces all of them.
    pub(super) fn fill(self, draft: Draft) {
        self.method.set(draft.method);
        self.fill_query(&draft.path, draft.unsent);
        self.path.set(draft.path);
        self.headers.set_rows(draft.headers);
        self.auth.set(draft.auth);
        self.body.set(draft.body);
        self.form.set(draft.form);
    }

    fn fill_query(self, path: &str, unsent: Vec<Row>) {
        let sent = query::parse(path).into_iter().map(|(name, value)| Row { on: true, name, value });
        self.query.set_rows(sent.chain(unsent));
    }
}
