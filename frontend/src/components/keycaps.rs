//! Keys as they are written on a keyboard.

use leptos::prelude::*;

use crate::{
    i18n::{t_string, use_i18n},
    model::shortcut::Keys,
};

/// The keys of a shortcut.
#[component]
pub fn Keycaps(
    /// Which.
    keys: Keys,
) -> impl IntoView {
    let i18n = use_i18n();
    let mac = window().navigator().platform().is_ok_and(|platform| platform.starts_with("Mac"));
    let between = move || match keys {
        Keys::Mod(_) | Keys::One(_) => " ",
        Keys::Two(..) => t_string!(i18n, commands.then),
        Keys::Digit => t_string!(i18n, commands.to),
    };
    let caps = keys.caps(mac).into_iter().enumerate();
    view! {
        <span class="keys">
            {caps
                .map(|(at, cap)| {
                    view! {
                        {(at > 0).then(|| view! { <small>{between}</small> })}
                        <kbd>{cap}</kbd>
                    }
                })
                .collect_view()}
        </span>
    }
}
