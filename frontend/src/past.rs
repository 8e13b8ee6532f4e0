//! The calls before, of all benches, as this browser keeps them: a context. Tabs share them: what one keeps, the
//! others take over. What reads and writes their text is a part of the program of its own, since a first visit has none.

use leptos::{ev, prelude::*};

use crate::{
    api::browser::download,
    model::past::{
        Past,
        call::{Call, Style},
        file,
    },
    part::{SplitLoaderError, part},
    settings::storage,
};

/// Where the browser keeps them.
const KEY: &str = "history";

/// What the part does.
#[derive(Debug)]
struct File {
    read: fn(&str) -> Result<Vec<Call>, file::Error>,
    write: fn(&mut dyn Iterator<Item = &Call>) -> String,
}

part!(FILE: File = File { read: file::read, write: |calls| file::write(calls) }, in later);

/// Why a file gave no calls.
#[derive(Clone, Debug, PartialEq)]
pub enum Rejected {
    /// It is no such file; nothing is added then.
    Wrong(file::Error),
    /// What reads it could not be downloaded.
    PartMissing,
}

impl From<SplitLoaderError> for Rejected {
    fn from(_: SplitLoaderError) -> Self {
        Self::PartMissing
    }
}

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

    /// Downloads what reads them, if there are any: a page that lists them is not to be there without.
    pub async fn prepare() {
        if kept_text().is_some() {
            // one that does not come is asked for again when it is needed
            let _ = FILE.load().await;
        }
    }

    /// Those of this browser.
    pub fn get() -> Self {
        let this: Self = expect_context();
        if !this.asked.get_value() {
            this.asked.set_value(true);
            if kept_text().is_some() {
                FILE.then(move |file| this.read_kept(file));
            }
            // lives as long as the page does; told of the changes of other tabs only
            let _ = window_event_listener(ev::storage, move |_| {
                FILE.then(move |file| this.list.update(|list| list.replace(kept_calls(file))));
            });
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
        FILE.then(move |file| {
            let text = self.list.with_untracked(|list| (file.write)(&mut list.of(style)));
            download(&format!("crosstalk-{}-history.json", style.name()), &text);
        });
    }

    /// Adds the calls of a file, whatever benches they are of, and gives how many are new.
    ///
    /// # Errors
    /// [`Rejected`]
    pub async fn import(self, text: &str) -> Result<usize, Rejected> {
        let calls = (FILE.load().await?.read)(text).map_err(Rejected::Wrong)?;
        let added = self.list.try_update(|list| list.merge(calls)).unwrap_or_default();
        self.keep();
        Ok(added)
    }

    fn keep(self) {
        FILE.then(move |file| {
            // not to be written over, should its reader only have come now
            self.read_kept(file);
            let text = self.list.with_untracked(|list| (file.write)(&mut list.calls().iter()));
            let kept = storage().is_some_and(|storage| storage.set_item(KEY, &text).is_ok());
            self.kept.set(kept);
        });
    }

    fn read_kept(self, file: &File) {
        if !self.read.get_value() {
            self.read.set_value(true);
            let before = kept_calls(file);
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
fn kept_calls(file: &File) -> Vec<Call> {
    kept_text().and_then(|text| (file.read)(&text).ok()).unwrap_or_default()
}
