//! The history of calls of all benches, stored in this browser: a context. Tabs share the history: what one tab stores, the
//! others take over.

use leptos::{ev, prelude::*};

use crate::{
    api::browser::download,
    model::past::{
        Past,
        call::{Call, Style},
        file,
    },
    settings::storage,
};

/// Where the browser keeps them.
const KEY: &str = "history";

/// The calls before.
#[derive(Clone, Copy, Debug)]
pub struct PastCalls {
    list: RwSignal<Past>,
    kept: RwSignal<bool>,
    asked: StoredValue<bool>,
    /// What was kept before is in the list.
    read: StoredValue<bool>,
}

impl PastCalls {
    /// Becomes a context. What is kept is read by the first page that asks for it.
    pub fn provide() {
        provide_context(Self {
            list: RwSignal::new(Past::default()),
            kept: RwSignal::new(storage().is_some()),
            asked: StoredValue::new(false),
            read: StoredValue::new(false),
        });
    }

    /// Those of this browser.
    pub fn get() -> Self {
        let this: Self = expect_context();
        if !this.asked.get_value() {
            this.asked.set_value(true);
            this.read_kept();
            // lives as long as the page; the browser reports the changes of other tabs only
            let _ = window_event_listener(ev::storage, move |_| this.list.update(|list| list.replace(kept_calls())));
        }
        this
    }

    /// All of them; tracked.
    pub fn list(self) -> Signal<Past> {
        self.list.into()
    }

    /// Whether they outlive the page; tracked.
    pub fn are_kept(self) -> bool {
        self.kept.get()
    }

    /// Keeps a call, and gives its name.
    pub fn push(self, call: Call) -> u64 {
        let name = self.list.try_update(|list| list.push(call)).unwrap_or_default();
        self.keep();
        name
    }

    /// Forgets the calls of a bench.
    pub fn clear(self, style: Style) {
        self.list.update(|list| list.clear(style));
        self.keep();
    }

    /// Gives the calls of a bench as a file.
    pub fn export(self, style: Style) {
        let text = self.list.with_untracked(|list| file::write(list.of(style)));
        download(&format!("crosstalk-{}-history.json", style.name()), &text);
    }

    /// Adds the calls of a file, whatever benches they are of, and gives how many are new.
    ///
    /// # Errors
    /// When the text is not a file of calls; nothing is added then.
    pub fn import(self, text: &str) -> Result<usize, file::Error> {
        let calls = file::read(text)?;
        let added = self.list.try_update(|list| list.merge(calls)).unwrap_or_default();
        self.keep();
        Ok(added)
    }

    fn keep(self) {
        // what other pages stored must not be written over
        self.read_kept();
        let text = self.list.with_untracked(|list| file::write(list.calls().iter()));
        let kept = storage().is_some_and(|storage| storage.set_item(KEY, &text).is_ok());
        self.kept.set(kept);
    }

    fn read_kept(self) {
        if !self.read.get_value() {
            self.read.set_value(true);
            let before = kept_calls();
            if !before.is_empty() {
                self.list.update(|list| {
                    list.merge(before);
                });
            }
        }
    }
}

fn kept_text() -> Option<String> {
    storage()?.get_item(KEY).ok().flatten()
}

/// What another version of the page has kept is of no use to this one.
fn kept_calls() -> Vec<Call> {
    kept_text().and_then(|text| file::read(&text).ok()).unwrap_or_default()
}
