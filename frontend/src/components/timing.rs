//! Where the time of a call went: what the browser's network stack measured (Resource Timing) and what the others did
//! (Server-Timing), on one axis. What nobody measured is not here.

use crosstalk_proto::step::{Party, Step};
use leptos::prelude::*;

use super::sequence::party;
use crate::{
    i18n::{I18n, t, t_string, use_i18n},
    model::{clock::Offset, exchange::Cost, number, timeline},
};

/// The two tables.
#[component]
pub fn Timing(
    /// Of the call.
    cost: Cost,
    /// Phases of the network stack, on the page's clock.
    network: Vec<Step>,
    /// Between the clocks.
    offset: Option<Offset>,
) -> impl IntoView {
    let i18n = use_i18n();
    let total = cost.total_ms().max(f64::MIN_POSITIVE);
    let others = timeline::place(&cost, offset).blocks;
    let others = others.into_iter().filter(|block| block.party != Party::Browser);
    let row = move |name: AnyView, from: f64, took: f64| {
        let percent = |ms: f64| format!("{:.2}%", (ms / total * 100.0).clamp(0.0, 100.0));
        view! {
            <tr>
                <th scope="row">{name}</th>
                <td class="num"><b>{number::ms(took)}</b></td>
                <td>
                    <svg class="bar" aria-hidden="true">
                        <rect class="g" width="100%" height="3" y="4.5"></rect>
                        <rect class="b" x=percent(from) width=percent(took) height="9" y="1.5"></rect>
                    </svg>
                </td>
            </tr>
        }
    };
    let reused = !network.is_empty() && !network.iter().any(|step| step.name == "connect");
    let silent = network.is_empty();
    let phases = network.into_iter().map(|step| {
        let (from, took) = (step.start_ms - cost.started_ms, step.dur_ms);
        row((move || phase(i18n, &step.name)).into_any(), from, took)
    });
    let phases = phases.collect_view();
    let others = others.map(|block| {
        let who = block.party;
        let name = view! {
            <span class="muted">{move || party(i18n, who)}</span>
            " "
            <code>{block.name}</code>
        };
        row(name.into_any(), block.from, block.to - block.from)
    });
    let others = others.collect::<Vec<_>>();
    let untold = others.is_empty();
    view! {
        <div class="timing stack-s" data-testid="timing">
            <table class="table tight">
                <caption>{t!(i18n, timing.network)}</caption>
                <tbody>{phases}</tbody>
            </table>
            {reused.then(|| view! { <p class="hint">{t!(i18n, timing.reused)}</p> })}
            {silent.then(|| view! { <p class="hint">{t!(i18n, timing.silent)}</p> })}
            <table class="table tight">
                <caption>{t!(i18n, timing.others)}</caption>
                <tbody>{others}</tbody>
            </table>
            {untold.then(|| view! { <p class="hint">{t!(i18n, timing.untold)}</p> })}
        </div>
    }
}

fn phase(i18n: I18n, name: &str) -> &'static str {
    match name {
        "queued" => t_string!(i18n, timing.queued),
        "dns" => t_string!(i18n, timing.dns),
        "connect" => t_string!(i18n, timing.connect),
        "tls" => t_string!(i18n, timing.tls),
        "waiting" => t_string!(i18n, timing.waiting),
        _ => t_string!(i18n, timing.content),
    }
}
