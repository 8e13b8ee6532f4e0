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
use crosstalk_view::view;
use leptos::prelude::*;

use self::{
    consumers::Consumers, consumers_view::ConsumersView, editor::Editor, fate::FateView, journey::Journey,
    messages::MESSAGES, others::Others, publishing::Publishing, readings::ReadingsView,
};
use crate::{
    api::bridge::Bridge,
    boot::Apart,
    components::{
        history::HistoryBand,
        sequence::Happened,
        shared_link::CopyLink,
        split::{SplitPane, Splitter},
        wire::WireView,
    },
    i18n::{keys::queue as key, t, use_i18n},
    model::{
        past::call::{Call, Style},
        queue::{draft::Bench, preset},
    },
    router::bookmark,
};

/// Who takes part in a publish or a call.
const PARTIES: &[Party] = &[Party::Browser, Party::Server, Party::Link, Party::Worker, Party::Consumer];

/// The queue bench, `/queue`.
#[component]
pub fn Queue() -> impl IntoView {
    let i18n = use_i18n();
    let journey = Journey::new();
    let (publishing, consumers) = (Publishing::new(journey), Consumers::new(journey));
    recovery::watch(consumers);
    let others = RwSignal::new(Others::default());
    let first = preset::first();
    consumers.replace(first.consumers.clone());
    let draft = move || Bench {
        message: publishing.draft(),
        consumers: consumers.list.read().iter().map(|consumer| consumer.draft()).collect(),
    };
    let restore = move |bench: Bench| {
        publishing.restore(bench.message);
        consumers.replace(bench.consumers);
    };
    let bookmark = bookmark::keep(first, draft, restore);
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
                <Apart>
                    <Editor publishing=publishing bookmark=bookmark />
                </Apart>
                <Splitter bar=0 />
                <Apart>
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
                </Apart>
                <Splitter bar=1 />
                <Apart>
                    <FateView publishing=publishing />
                </Apart>
                <Apart>
                    <WireView on=publishing.wire.on seen=publishing.wire.seen />
                </Apart>
            </SplitPane>
            <Apart>
                <ConsumersView consumers=consumers others=others />
            </Apart>
            <Apart>
                {MESSAGES.draw(move |draw| draw(consumers))}
            </Apart>
            <Apart>
                <HistoryBand
                    style=Style::Queue
                    heads=[key::what, key::routing_key]
                    words=past::WORDS
                    shown=Signal::derive(move || publishing.shown_name())
                    on_show=move |call: Call| publishing.show(&call)
                    on_again=move |call: Call| publishing.again(&call)
                />
            </Apart>
        </div>
    }
}
