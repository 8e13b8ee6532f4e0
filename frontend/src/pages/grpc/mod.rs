//! The gRPC bench, `/grpc`: call left, what happened in the middle, answer right, history below.
//!
//! - `calls`: the state, and the two calls a browser can make; `bidi`: the third, driven through the server
//! - `editor`: what to call; `answer`: messages as they arrive, headers, trailers; `explain`: a status in words

#![expect(unreachable_pub, reason = "the component macro widens what is restricted")]

mod answer;
mod bidi;
mod calls;
mod editor;
mod explain;
mod history;

use crosstalk_proto::step::Party;
use leptos::prelude::*;

use self::{answer::AnswerView, calls::Calls, editor::Editor, history::HistoryView};
use crate::{
    api::bridge::Bridge,
    components::sequence::Happened,
    i18n::{t, use_i18n},
};

/// Who takes part in a gRPC call.
const PARTIES: &[Party] = &[Party::Browser, Party::Server];

/// The gRPC bench, `/grpc`.
#[component]
pub fn Grpc() -> impl IntoView {
    let i18n = use_i18n();
    let calls = Calls::new();
    view! {
        <div data-style="grpc">
            <div class="page-head">
                <div>
                    <h1>{t!(i18n, grpc.title)}</h1>
                    <p>{t!(i18n, grpc.lead)}</p>
                </div>
            </div>
            <div class="bench" data-testid="bench">
                <Editor calls=calls />
                <Happened
                    style="grpc"
                    parties=PARTIES
                    cost=Signal::derive(move || calls.cost())
                    failed=Signal::derive(move || calls.failed())
                    busy=Signal::derive(move || calls.is_busy())
                    said=Signal::derive(move || calls.said())
                    offset=Bridge::get().clock_offset()
                />
                <AnswerView calls=calls />
            </div>
            <HistoryView calls=calls />
        </div>
    }
}
