//! The same job in bytes: each style does it twice over connections that are recorded, so that the first call can be told
//! from a later one.

use crosstalk_proto::amqp::Body;
use leptos::prelude::*;

use super::{
    hello::{REPLY_BUDGET_MS, REQUEST, Way},
    words,
};
use crate::{
    api::{bridge::Bridge, grpc, rest},
    components::wire::strips::{Strips, Weighed},
    i18n::{t, t_string, use_i18n},
    model::exchange::CallError,
    pages::{tasks::Tasks, wire::Wire},
};

/// How often each style does the job.
const CALLS: usize = 2;

/// The section.
#[component]
pub fn Bytes() -> impl IntoView {
    let i18n = use_i18n();
    let (tasks, bridge) = (Tasks::new(), Bridge::get());
    let wires = Way::ALL.map(|way| (way, Wire::always()));
    let busy = RwSignal::new(false);
    let weigh = move |_| {
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        tasks.spawn(async move {
            for (way, wire) in wires {
                weigh(bridge, way, wire).await;
            }
            busy.set(false);
        });
    };
    let styles = wires.map(|(way, wire)| Weighed {
        style: match way {
            Way::Rest => "rest",
            Way::Grpc => "grpc",
            Way::Queue => "queue",
        },
        name: Signal::derive(move || words::way(way)),
        seen: wire.seen.into(),
    });
    view! {
        <section class="band" aria-labelledby="bytes-h" data-testid="bytes">
            <div class="band-head">
                <h2 id="bytes-h">{t!(i18n, home.bytes)}</h2>
                <div class="tools">
                    <button
                        class="btn"
                        type="button"
                        data-testid="weigh"
                        data-busy=move || busy.get().then_some("")
                        aria-disabled=move || busy.get().then_some("true")
                        on:click=weigh
                    >
                        {move || if busy.get() { t_string!(i18n, home.sending) } else { t_string!(i18n, home.bytes_go) }}
                    </button>
                </div>
            </div>
            <p class="muted">{t!(i18n, home.bytes_text)}</p>
            <Strips styles=styles />
        </section>
    }
}

/// Has one style do the job, one call after the other, in one trace.
async fn weigh(bridge: Bridge, way: Way, wire: Wire) {
    let Some(trace) = wire.trace().await else { return };
    for _ in 0..CALLS {
        if let Err(error) = call(bridge, way, trace.clone()).await {
            wire.fail(error);
            return;
        }
    }
    wire.read();
}

async fn call(bridge: Bridge, way: Way, trace: String) -> Result<(), CallError> {
    match way {
        Way::Rest => rest::get_greeting("", Some(trace)).await?,
        Way::Grpc => grpc::say_hello("", Some(trace)).await?,
        Way::Queue => {
            let body = Body::Text(REQUEST.to_owned());
            bridge.call(body, "application/json", REPLY_BUDGET_MS, Some(trace)).await?.greeted
        }
    };
    Ok(())
}
