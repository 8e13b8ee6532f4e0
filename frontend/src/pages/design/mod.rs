//! The page of the components, `/design`: each in its states. Samples of markup and style are shown in both themes, whatever
//! the theme of the visitor is; the components that react are shown once, in the theme of the visitor.
//!
//! - [`mod@live`]: the components that react
//! - `foundations`, `buttons`, `fields`, `readings`, `tables`, `notices`, `lanes`: samples, by theme
//! - `spec`: the frame of each sample

#![expect(unreachable_pub, reason = "the component macro widens what is restricted")]

mod buttons;
mod fields;
mod foundations;
mod lanes;
mod live;
mod notices;
mod readings;
mod spec;
mod tables;

use leptos::prelude::*;

use self::{
    buttons::Buttons,
    fields::{Fields, Selects},
    foundations::{Colours, Typography},
    lanes::Lanes,
    live::Live,
    notices::{Banners, Blank, Problem},
    readings::Readings,
    tables::{CodeBlock, Table},
};
use crate::i18n::{Label, t, t_string, use_i18n};

super::page::lazy_route!(
    /// `/design`
    DesignRoute,
    design,
    |i18n| format!("{} · Crosstalk", crate::i18n::t_string!(i18n, design.title)),
    Design
);

/// The page of the components, `/design`.
#[component]
pub fn Design() -> impl IntoView {
    let i18n = use_i18n();
    view! {
        <div data-style="design">
            <div class="page-head">
                <div>
                    <h1>{t!(i18n, design.title)}</h1>
                    <p>{t!(i18n, design.lead)}</p>
                </div>
            </div>
            <div class="sheets">
                <section class="sheet" data-testid="sheet-live" aria-labelledby="live-h">
                    <h2 id="live-h">{t!(i18n, design.live)}</h2>
                    <Live />
                </section>
                <Sheet theme="light" name=|i18n| t_string!(i18n, common.theme_light) />
                <Sheet theme="dark" name=|i18n| t_string!(i18n, common.theme_dark) />
            </div>
        </div>
    }
}

/// All samples in one theme.
#[component]
fn Sheet(
    /// `light` or `dark`; ids end in it, because the page has two sheets.
    theme: &'static str,
    /// The name of the theme.
    name: Label,
) -> impl IntoView {
    let i18n = use_i18n();
    let id = format!("sheet-{theme}");
    view! {
        <section class="sheet" data-theme=theme data-testid=id.clone() aria-labelledby=id.clone()>
            <h2 id=id.clone()>{move || name(i18n)}</h2>
            <div>
                <Colours />
                <Typography />
                <Buttons theme=theme />
                <Fields theme=theme />
                <Selects theme=theme />
                <Readings />
                <Table theme=theme />
                <CodeBlock theme=theme />
                <Banners />
                <Problem />
                <Blank />
                <Lanes theme=theme />
            </div>
        </section>
    }
}
