//! The frame of a sample: what the component is called and when it is used, beside the component itself.

use leptos::prelude::*;

use crate::i18n::{Label, use_i18n};

/// A component of the page with its name and its purpose.
#[component]
pub(super) fn Spec(
    /// The name.
    name: Label,
    /// The name in the code: classes, or a component.
    #[prop(optional)]
    code: &'static str,
    /// When the component is used, and what it promises.
    text: Label,
    /// The component in its states: one element.
    children: Children,
) -> impl IntoView {
    let i18n = use_i18n();
    view! {
        <div class="spec">
            <div>
                <h3>
                    {move || name(i18n)}
                    {(!code.is_empty())
                        .then(|| {
                            view! {
                                " "
                                <code>{code}</code>
                            }
                        })}
                </h3>
                <p>{move || text(i18n)}</p>
            </div>
            {children()}
        </div>
    }
}
