//! The REST bench, `/rest`: request left, what happened in the middle, answer right, history below.
//!
//! - `editor`: presets and the request, with `auth` and `body`; `fields`: what they hold;
//!   `telling`: calls one after the other
//! - `answer`: status, headers, body, times; `explain`: a status in words
//! - `calls`: the state, and what sending does to it; `past`: a call as the history keeps it

#![expect(unreachable_pub, reason = "the component macro widens what is restricted")]

mod answer;
mod auth;
mod body;
mod calls;
mod editor;
mod explain;
mod fields;
mod past;
mod telling;

use crosstalk_proto::step::Party;
use leptos::prelude::*;

use self::{answer::AnswerView, calls::Calls, editor::Editor};
use crate::{
    api::bridge::Bridge,
    bookmark,
    components::{
        history::HistoryBand,
        sequence::Happened,
        shared_link::CopyLink,
        split::{SplitPane, Splitter},
        wire::WireView,
    },
    i18n::{t, t_string, use_i18n},
    model::{
        past::call::{Call, Style},
        rest::preset::Preset,
    },
    state::state,
};

/// Who takes part in a REST call.
const PARTIES: &[Party] = &[Party::Browser, Party::Server, Party::Store];

super::page::lazy_route!(
    /// `/rest`
    RestRoute,
    rest,
    |i18n| format!("{} · Crosstalk", crate::i18n::t_string!(i18n, rest.title)),
    Rest
);

/// The REST bench, `/rest`.
#[component]
pub fn Rest() -> impl IntoView {
    let i18n = use_i18n();
    let calls = state(Calls::new);
    let offset = Bridge::get().clock_offset();
    let first = Preset::Hello.draft(None, "");
    let bookmark = bookmark::keep(first, move || calls.fields.draft(), move |draft| calls.restore(draft));
    view! {
        <div data-style="rest">
            <div class="page-head">
                <div>
                    <h1>{t!(i18n, rest.title)}</h1>
                    <p>{t!(i18n, rest.lead)}</p>
                </div>
                <div class="tools">
                    <CopyLink bookmark=bookmark />
                    <a class="btn" href="/api/docs" rel="external">
                        {t!(i18n, rest.docs)}
                    </a>
                </div>
            </div>
            <SplitPane>
                <Editor calls=calls bookmark=bookmark />
                <Splitter bar=0 />
                <Happened
                    style="rest"
                    parties=PARTIES
                    cost=Signal::derive(move || calls.cost())
                    failed=Signal::derive(move || calls.failed())
                    busy=Signal::derive(move || calls.is_busy())
                    said=Signal::derive(move || calls.said())
                    offset=Signal::derive(move || {
                        // of an earlier page load's call the clocks are not known any more
                        offset.get().filter(|_| calls.shown.with(|shown| shown.as_ref().is_none_or(|shown| shown.is_of_this_visit)))
                    })
                />
                <Splitter bar=1 />
                <AnswerView calls=calls />
                <WireView on=calls.wire.on seen=calls.wire.seen />
            </SplitPane>
            <HistoryBand
                style=Style::Rest
                heads=[|i18n| t_string!(i18n, rest.method), |i18n| t_string!(i18n, rest.path)]
                shown=Signal::derive(move || calls.shown_name())
                on_show=move |call: Call| calls.show(&call)
                on_again=move |call: Call| calls.again(&call)
            />
        </div>
    }
}
