//! The queue bench, `/queue`: publisher left, what happened in the middle, the message's fate right; consumer,
//! arrived messages and history below. Nothing is consumed until somebody starts the consumer.
//!
//! - `publishing`: the publisher's state; `editor`, `fate`, `history`: its views
//! - `consuming`: the consumer's state; `consumer`, `messages`: its views
//! - `waiting`: how many messages are ready in the queue

#![expect(unreachable_pub, reason = "the component macro widens what is restricted")]

mod consumer;
mod consuming;
mod editor;
mod fate;
mod history;
mod messages;
mod publishing;
mod waiting;

use crosstalk_proto::step::Party;
use leptos::prelude::*;

use self::{
    consumer::ConsumerView, consuming::Consuming, editor::Editor, fate::FateView, history::HistoryView,
    messages::MessagesView, publishing::Publishing, waiting::WaitingView,
};
use crate::{
    api::bridge::Bridge,
    components::sequence::Happened,
    i18n::{t, use_i18n},
};

/// The queue of the bench, declared as stock tutorials declare it.
const QUEUE: &str = "hello";
/// Who takes part in a publish or a call.
const PARTIES: &[Party] = &[Party::Browser, Party::Server, Party::Link, Party::Worker];

/// The queue bench, `/queue`.
#[component]
pub fn Queue() -> impl IntoView {
    let i18n = use_i18n();
    let (publishing, consuming) = (Publishing::new(), Consuming::new());
    view! {
        <div data-style="queue">
            <div class="page-head">
                <div>
                    <h1>{t!(i18n, queue.title)}</h1>
                    <p>{t!(i18n, queue.lead)}</p>
                </div>
            </div>
            <WaitingView consuming=consuming />
            <div class="bench" data-testid="bench">
                <Editor publishing=publishing />
                <Happened
                    style="queue"
                    parties=PARTIES
                    cost=Signal::derive(move || publishing.cost())
                    failed=Signal::derive(move || publishing.failed())
                    busy=publishing.busy
                    said=Signal::derive(move || publishing.said())
                    offset=Bridge::get().clock_offset()
                />
                <FateView publishing=publishing />
            </div>
            <ConsumerView consuming=consuming />
            <MessagesView consuming=consuming />
            <HistoryView publishing=publishing />
        </div>
    }
}
