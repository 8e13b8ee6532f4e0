//! What happened in passing, told in a corner for a while: it takes no focus, moves nothing, and is heard. Whoever has
//! something to tell asks for [`Toasts`], a context.

use std::{sync::Arc, time::Duration};

use leptos::prelude::*;

use super::icon::{Glyph, Icon};
use crate::i18n::{t, use_i18n};

/// How long one stays.
const SHOWN: Duration = Duration::from_secs(6);

/// Words that may change while they are shown.
pub type Words = Arc<dyn Fn() -> String + Send + Sync>;

/// What is told.
#[derive(Clone)]
pub struct Told {
    /// Of several of a kind the last one is told. For tests, too.
    pub kind: &'static str,
    /// What happened.
    pub title: Words,
    /// What that means.
    pub text: Words,
    /// It failed.
    pub bad: bool,
}

/// What is told now; a context.
#[derive(Clone, Copy, Debug)]
pub struct Toasts {
    told: RwSignal<Vec<(u32, Told)>>,
    last: StoredValue<u32>,
}

impl Toasts {
    /// Nothing is told yet.
    pub fn provide() {
        provide_context(Self { told: RwSignal::new(Vec::new()), last: StoredValue::new(0) });
    }

    /// Those of this page.
    pub fn get() -> Self {
        expect_context()
    }

    /// Tells it for a while.
    pub fn tell(self, kind: &'static str, bad: bool, title: String, text: String) {
        let number =
            self.stay(Told { kind, bad, title: Arc::new(move || title.clone()), text: Arc::new(move || text.clone()) });
        set_timeout(move || self.told.update(|told| told.retain(|(other, _)| *other != number)), SHOWN);
    }

    /// Tells it until somebody puts it away.
    pub fn stay(self, toast: Told) -> u32 {
        let number = self.last.get_value() + 1;
        self.last.set_value(number);
        self.told.update(|told| {
            told.retain(|(_, other)| other.kind != toast.kind);
            told.push((number, toast));
        });
        number
    }

    /// Puts away what is told of a kind.
    pub fn put_away(self, kind: &str) {
        self.told.update(|told| told.retain(|(_, other)| other.kind != kind));
    }
}

impl std::fmt::Debug for Told {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Told").field("kind", &self.kind).field("bad", &self.bad).finish_non_exhaustive()
    }
}

/// The corner. Once in a page.
#[component]
pub fn Corner() -> impl IntoView {
    let toasts = Toasts::get();
    view! {
        <div class="toasts" role="status">
            {move || {
                let one = |(_, told): (u32, Told)| {
                    let kind = told.kind;
                    view! { <Toast told=told on_close=move |()| toasts.put_away(kind) /> }
                };
                toasts.told.get().into_iter().map(one).collect_view()
            }}
        </div>
    }
}

/// A toast.
#[component]
pub fn Toast(
    /// What it says.
    told: Told,
    /// Is told when it is put away.
    #[prop(into)]
    on_close: Callback<()>,
) -> impl IntoView {
    let i18n = use_i18n();
    let Told { kind, title, text, bad } = told;
    view! {
        <div class="toast" data-state=bad.then_some("bad") data-testid=format!("toast-{kind}")>
            <Icon glyph=if bad { Glyph::Warning } else { Glyph::Done } />
            <div>
                <b>{move || title()}</b>
                <p>{move || text()}</p>
            </div>
            <button class="btn quiet sm icon" type="button" on:click=move |_| on_close.run(())>
                <Icon glyph=Glyph::Cross size=12 />
                <span class="vh">{t!(i18n, commands.close)}</span>
            </button>
        </div>
    }
}
