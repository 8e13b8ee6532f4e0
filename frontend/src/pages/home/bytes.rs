//! The same job in bytes: each style does it twice over connections that are recorded, so that the first call can be told
//! from a later one.

use crosstalk_proto::amqp::Body;
use leptos::prelude::*;

use super::hello::{REPLY_BUDGET_MS, REQUEST};
use crate::{
    api::{
        bridge::{Bridge, errand::Errand},
        grpc, rest,
    },
    components::wire::strips::{Strips, Weighed},
    i18n::{t, t_string, use_i18n},
    model::exchange::CallError,
    pages::{tasks::Tasks, wire::Wire},
};

/// How often each does the job.
const CALLS: u32 = 2;

/// What is compared.
#[derive(Clone, Copy, Debug)]
enum Weighing {
    Rest,
    GrpcWeb,
    GrpcNative,
    Queue,
}

impl Weighing {
    /// All, from top to bottom.
    const ALL: [Self; 4] = [Self::Rest, Self::GrpcWeb, Self::GrpcNative, Self::Queue];

    /// The hue, and a name for tests.
    fn keys(self) -> (&'static str, &'static str) {
        match self {
            Self::Rest => ("rest", "rest"),
            Self::GrpcWeb => ("grpc", "grpc-web"),
            Self::GrpcNative => ("grpc", "grpc-native"),
            Self::Queue => ("queue", "queue"),
        }
    }
}

/// The section.
#[component]
pub fn Bytes() -> impl IntoView {
    let i18n = use_i18n();
    let (tasks, bridge) = (Tasks::new(), Bridge::get());
    let wires = Weighing::ALL.map(|weighing| (weighing, Wire::always()));
    let busy = RwSignal::new(false);
    let weigh = move |_| {
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        tasks.spawn(async move {
            for (weighing, wire) in wires {
                weigh(bridge, weighing, wire).await;
            }
            busy.set(false);
        });
    };
    let name = move |weighing| match weighing {
        Weighing::Rest => "REST",
        Weighing::GrpcWeb => "gRPC-Web",
        Weighing::GrpcNative => t_string!(i18n, home.bytes_native_name),
        Weighing::Queue => t_string!(i18n, common.queue),
    };
    let what = move |weighing| match weighing {
        Weighing::Rest => t_string!(i18n, home.bytes_rest),
        Weighing::GrpcWeb => t_string!(i18n, home.bytes_web),
        Weighing::GrpcNative => t_string!(i18n, home.bytes_native),
        Weighing::Queue => t_string!(i18n, home.bytes_queue),
    };
    let styles = wires.map(|(weighing, wire)| Weighed {
        style: weighing.keys().0,
        key: weighing.keys().1,
        name: Signal::derive(move || name(weighing).to_owned()),
        what: Signal::derive(move || what(weighing).to_owned()),
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

/// Has one do the job, one call after the other, in one trace.
async fn weigh(bridge: Bridge, weighing: Weighing, wire: Wire) {
    let Some(trace) = wire.trace().await else { return };
    match calls(bridge, weighing, trace).await {
        Ok(()) => wire.read(),
        Err(error) => wire.fail(error),
    }
}

async fn calls(bridge: Bridge, weighing: Weighing, trace: String) -> Result<(), CallError> {
    let again = || Some(trace.clone());
    match weighing {
        Weighing::Rest => {
            for _ in 0..CALLS {
                rest::get_greeting("", again()).await?;
            }
        }
        Weighing::GrpcWeb => {
            for _ in 0..CALLS {
                grpc::say_hello("", again()).await?;
            }
        }
        Weighing::GrpcNative => bridge.greet(CALLS, trace).await?,
        Weighing::Queue => {
            let errand = Errand::begin(Some(&trace)).await.ok_or(CallError::NotConnected)?;
            for _ in 0..CALLS {
                let body = Body::Text(REQUEST.to_owned());
                errand.bridge().call(body, "application/json", REPLY_BUDGET_MS, again()).await?;
            }
            errand.end().await;
        }
    }
    Ok(())
}
