//! The gRPC bench, `/grpc`: call left, what happened in the middle, answer right, history below.
//!
//! - `request`: what is typed; `methods`, `message`, `editor`: how one types it
//! - `calls`: the state, and the calls a browser can make; `bidi`: the one that is driven through the server; `log`: messages
//! - `answer`, `messages`, `timing`: what came; `explain`: a status in words; `past`: a call as the history keeps it
//! - `snippets`: the same in other languages

#![expect(unreachable_pub, reason = "the component macro widens what is restricted")]

mod answer;
mod bidi;
mod calls;
mod editor;
mod explain;
mod log;
mod message;
mod messages;
mod methods;
mod past;
mod request;
mod snippets;
mod timing;

use crosstalk_proto::step::Party;
use leptos::prelude::*;

use self::{answer::AnswerView, calls::Calls, editor::Editor, request::ServerContract};
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
        grpc_draft::Draft,
        past::call::{Call, Style},
    },
    state::state,
};

/// Who takes part in a gRPC call.
const PARTIES: &[Party] = &[Party::Browser, Party::Caller, Party::Server];

super::page::lazy_route!(
    /// `/grpc`
    GrpcRoute,
    grpc,
    |i18n| format!("{} · Crosstalk", crate::i18n::t_string!(i18n, grpc.title)),
    Grpc,
    data = state(ServerContract::load),
    shown = state(ServerContract::load).loaded()
);

/// The gRPC bench, `/grpc`.
#[component]
pub fn Grpc() -> impl IntoView {
    let i18n = use_i18n();
    let calls = state(Calls::new);
    let typed = calls.typed;
    let offset = Bridge::get().clock_offset();
    let bookmark = bookmark::keep(Draft::default(), move || typed.draft(), move |draft| typed.restore(draft));
    view! {
        <div data-style="grpc">
            <div class="page-head">
                <div>
                    <h1>{t!(i18n, grpc.title)}</h1>
                    <p>{t!(i18n, grpc.lead)}</p>
                </div>
                <div class="tools">
                    <CopyLink bookmark=bookmark />
                    <a class="btn" href="/helloworld.proto" rel="external">
                        "helloworld.proto"
                    </a>
                </div>
            </div>
            <SplitPane>
                <Editor calls=calls bookmark=bookmark />
                <Splitter bar=0 />
                <Happened
                    style="grpc"
                    parties=PARTIES
                    cost=Signal::derive(move || calls.cost())
                    failed=Signal::derive(move || calls.failed())
                    busy=Signal::derive(move || calls.is_busy())
                    said=Signal::derive(move || calls.said())
                    offset=Signal::derive(move || {
                        // of an earlier page load's call the clocks are not known any more
                        offset.get().filter(|_| calls.shown.get().is_none_or(|shown| shown.is_of_this_visit))
                    })
                    marks=Signal::derive(move || calls.log.marks())
                />
                <Splitter bar=1 />
                <AnswerView calls=calls />
                <WireView on=calls.wire.on seen=calls.wire.seen />
            </SplitPane>
            <HistoryBand
                style=Style::Grpc
                heads=[|i18n| t_string!(i18n, grpc.method), |i18n| t_string!(i18n, grpc.message)]
                shown=Signal::derive(move || calls.shown_name())
                on_show=move |call: Call| calls.show(&call)
                on_again=move |call: Call| calls.again(&call)
            />
        </div>
    }
}
