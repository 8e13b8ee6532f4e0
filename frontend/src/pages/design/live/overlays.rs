//! Samples of what opens over the page: a dialog, a toast.

use leptos::prelude::*;

use crate::{
    components::{dialog::Dialog, toast::Toasts},
    i18n::{t, t_string, use_i18n},
    pages::design::spec::Spec,
};

/// A button that opens a dialog.
#[component]
pub(super) fn Dialogs() -> impl IntoView {
    let i18n = use_i18n();
    let open = RwSignal::new(false);
    let title = Signal::derive(move || t_string!(i18n, design.title).to_owned());
    view! {
        <Spec
            name=|i18n| t_string!(i18n, design.dialog)
            code="Dialog"
            text=|i18n| t_string!(i18n, design.dialog_text)
        >
            <div class="stack-s">
                <div class="btn-row">
                    <button class="btn" type="button" data-testid="design-open" on:click=move |_| open.set(true)>
                        {t!(i18n, design.open)}
                    </button>
                </div>
                <Dialog testid="design-dialog" open=open title=title>
                    <div>{t!(i18n, design.words)}</div>
                </Dialog>
            </div>
        </Spec>
    }
}

/// Buttons that show a toast, one of a success and one of a failure.
#[component]
pub(super) fn Toasted() -> impl IntoView {
    let i18n = use_i18n();
    let toasts = Toasts::get();
    let tell = move |bad: bool| {
        let (title, text) = untrack(|| {
            let title = if bad { t_string!(i18n, design.fail) } else { t_string!(i18n, design.tell) };
            (title.to_owned(), t_string!(i18n, design.words).to_owned())
        });
        toasts.tell("sample", bad, title, text);
    };
    view! {
        <Spec
            name=|i18n| t_string!(i18n, design.toast)
            code="Toast"
            text=|i18n| t_string!(i18n, design.toast_text)
        >
            <div class="stack-s">
                <div class="btn-row">
                    <button class="btn" type="button" data-testid="design-tell" on:click=move |_| tell(false)>
                        {t!(i18n, design.tell)}
                    </button>
                    <button class="btn" type="button" on:click=move |_| tell(true)>
                        {t!(i18n, design.fail)}
                    </button>
                </div>
            </div>
        </Spec>
    }
}
