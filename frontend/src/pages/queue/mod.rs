//! The queue bench, `/queue`: publisher left, what happened in the middle, the message's fate right; consumers,
//! arrived messages and history below. Nothing is consumed until somebody starts a consumer.
//!
//! - `publishing`, `job`, `run`: the publisher's state; `editor`, `rows`, `fate`: its views; `past`: as the history
//!   keeps it
//! - `consumer`, `consumers`: the consumers' state; `consumers_view`, `others`: its view
//! - `board`: what arrived, and what is in sight of it; `messages`: its view
//! - `journey`: one message from its publish to its consumer
//! - `readings`: what goes through and what waits; `recovery`: what an outage did

#![expect(unreachable_pub, reason = "the component macro widens what is restricted")]

mod board;
mod consumer;
mod consumers;
mod consumers_view;
mod editor;
mod fate;
mod job;
mod journey;
mod messages;
mod others;
mod past;
mod publishing;
mod readings;
mod recovery;
mod rows;
mod run;

use crosstalk_proto::step::Party;
use leptos::prelude::*;

use self::{
    consumers::Consumers, consumers_view::ConsumersView, editor::Editor, fate::FateView, journey::Journey,
    messages::MessagesView, others::Others, publishing::Publishing, readings::ReadingsView,
};
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
        queue::{draft::Bench, preset},
    },
    state::state,
};

/// Who takes part in a publish or a call.
const PARTIES: &[Party] = &[Party::Browser, Party::Server, Party::Link, Party::Worker, Party::Consumer];

super::page::lazy_route!(
    /// `/queue`
    QueueRoute,
    queue,
    |i18n| format!("{} · Crosstalk", crate::i18n::t_string!(i18n, queue.title)),
    Queue
);

/// What the bench holds; consumers run on while another page is shown.
#[derive(Clone, Copy, Debug)]
struct QueueState {
    journey: Journey,
    publishing: Publishing,
    consumers: Consumers,
    others: RwSignal<Others>,
}

impl QueueState {
    fn new() -> Self {
        let journey = Journey::new();
        let consumers = Consumers::new(journey);
        recovery::watch(consumers);
        consumers.replace(preset::first().consumers);
        Self { journey, publishing: Publishing::new(journey), consumers, others: RwSignal::new(Others::default()) }
    }
}

/// The queue bench, `/queue`.
#[component]
pub fn Queue() -> impl IntoView {
    let i18n = use_i18n();
    let QueueState { journey, publishing, consumers, others } = state(QueueState::new);
    let draft = move || Bench {
        message: publishing.draft(),
        consumers: consumers.list.read().iter().map(|consumer| consumer.draft()).collect(),
    };
    let restore = move |bench: Bench| {
        publishing.restore(bench.message);
        consumers.replace(bench.consumers);
    };
    let bookmark = bookmark::keep(preset::first(), draft, restore);
    let bridge = Bridge::get();
    let offset = bridge.clock_offset();
    view! {
        <div data-style="queue">
            <div class="page-head">
                <div>
                    <h1>{t!(i18n, queue.title)}</h1>
                    <p>{t!(i18n, queue.lead)}</p>
                </div>
                <div class="tools">
                    <CopyLink bookmark=bookmark />
                </div>
            </div>
            <ReadingsView publishing=publishing consumers=consumers others=others />
            <SplitPane>
                <Editor publishing=publishing bookmark=bookmark />
                <Splitter bar=0 />
                <Happened
                    style="queue"
                    parties=PARTIES
                    cost=Signal::derive(move || publishing.cost())
                    consumed=journey.consumed
                    failed=Signal::derive(move || publishing.failed())
                    busy=publishing.busy
                    said=Signal::derive(move || publishing.said())
                    offset=Signal::derive(move || offset.get().filter(|_| publishing.is_of_this_visit()))
                />
                <Splitter bar=1 />
                <FateView publishing=publishing />
                <WireView on=publishing.wire.on seen=publishing.wire.seen />
            </SplitPane>
            <ConsumersView consumers=consumers others=others />
            <MessagesView consumers=consumers />
            <HistoryBand
                style=Style::Queue
                heads=[|i18n| t_string!(i18n, queue.what), |i18n| t_string!(i18n, queue.routing_key)]
                words=past::WORDS
                shown=Signal::derive(move || publishing.shown_name())
                on_show=move |call: Call| publishing.show(&call)
                on_again=move |call: Call| publishing.again(&call)
            />
        </div>
    }
}
