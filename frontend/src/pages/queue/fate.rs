//! The fate of what was published: what the broker said, what that means and what it does not; of a run, the counts.

use crosstalk_proto::ws::LinkState;
use leptos::prelude::*;

use super::publishing::{Fate, Publishing};
use crate::{
    api::{bridge::Bridge, browser::socket_url},
    components::{bar::Bar, copy_as::CopyAs, cost::CostFacts, failure::Failure},
    i18n::{Label, t, t_string, use_i18n},
    model::{copy_as, number, queue::tally::Tally},
};

/// The right column.
#[component]
pub(super) fn FateView(publishing: Publishing) -> impl IntoView {
    let i18n = use_i18n();
    let content = move || match publishing.shown.get().map(|shown| shown.outcome) {
        None => view! {
            <div class="blank">
                <p>{t!(i18n, queue.fate_blank)}</p>
            </div>
        }
        .into_any(),
        Some(Err(error)) => view! {
            <div data-testid="queue-fate">
                <Failure error=error />
            </div>
        }
        .into_any(),
        Some(Ok(fate)) => view! { <Told fate=fate /> }.into_any(),
    };
    view! {
        <div class="ans">
            <section class="stack-s" aria-labelledby="ans-h" aria-live="polite">
                <h2 id="ans-h" tabindex="-1">{t!(i18n, queue.fate)}</h2>
                {content}
            </section>
            <PublishAs publishing=publishing />
        </div>
    }
}

/// The message of the editor as programs in other languages.
#[component]
fn PublishAs(publishing: Publishing) -> impl IntoView {
    let link = Bridge::get().broker();
    let snippets = move || {
        let url = link.with(|link| match link.as_ref().map(|link| &link.state) {
            Some(LinkState::Up { client_url: Some(url), .. }) => url.clone(),
            Some(
                LinkState::Up { address, .. } | LinkState::Connecting { address } | LinkState::Down { address, .. },
            ) => address.clone(),
            None => copy_as::queue::ADDRESS.to_owned(),
        });
        copy_as::queue::snippets(&publishing.draft(), &url, &socket_url(None))
    };
    view! { <CopyAs snippets=Signal::derive(snippets) /> }
}

/// The word for a fate, what it means, and of how many messages it is true: the worst that happened to any message.
pub(super) fn words(fate: &Fate) -> (Label, Label, u32) {
    let Tally { sent, confirmed, returned, nacked, refused, unknown, .. } = fate.tally;
    match () {
        () if fate.reply.is_some() => {
            (|i18n| t_string!(i18n, queue.answered), |i18n| t_string!(i18n, queue.answered_why), 1)
        }
        () if unknown > 0 => {
            (|i18n| t_string!(i18n, queue.unknown), |i18n| t_string!(i18n, queue.unknown_why), unknown)
        }
        () if refused > 0 => {
            (|i18n| t_string!(i18n, queue.refused), |i18n| t_string!(i18n, queue.refused_why), refused)
        }
        () if nacked > 0 => (|i18n| t_string!(i18n, queue.nacked), |i18n| t_string!(i18n, queue.nacked_why), nacked),
        () if returned > 0 => {
            (|i18n| t_string!(i18n, queue.returned), |i18n| t_string!(i18n, queue.returned_why), returned)
        }
        () if fate.going => (|i18n| t_string!(i18n, queue.going), |i18n| t_string!(i18n, queue.going_why), sent),
        () if sent < fate.count => {
            (|i18n| t_string!(i18n, queue.stopped_run), |i18n| t_string!(i18n, queue.stopped_run_why), sent)
        }
        () => (|i18n| t_string!(i18n, queue.confirmed), |i18n| t_string!(i18n, queue.confirmed_why), confirmed),
    }
}

#[component]
fn Told(fate: Fate) -> impl IntoView {
    let i18n = use_i18n();
    let (word, why, _) = words(&fate);
    let Fate { count, tally, reply, cost, .. } = fate;
    let reason = tally.reason.clone().filter(|_| tally.returned > 0);
    view! {
        <div class="row row-between base">
            <span class="reading lg" data-testid="queue-fate">
                <b>{move || word(i18n)}</b>
                {reason.map(|(code, text)| view! { " " <small>{code} " " {text}</small> })}
            </span>
            {cost.map(|cost| view! { <CostFacts cost=cost /> })}
        </div>
        {reply
            .map(|text| {
                view! {
                    <div class="code">
                        <pre tabindex="0" data-testid="queue-reply">{text}</pre>
                    </div>
                }
            })}
        <p class="muted">{move || why(i18n)}</p>
        {(count > 1).then(|| view! { <Counts count=count tally=tally.clone() /> })}
        {tally.error.map(|error| view! { <Failure error=error /> })}
    }
}

/// The counts of a run, with bars: of how many were ordered.
#[component]
fn Counts(count: u32, tally: Tally) -> impl IntoView {
    let i18n = use_i18n();
    let row = |word: Label, figure: u32| {
        let part = f64::from(figure) / f64::from(count);
        view! {
            <tr>
                <th scope="row">{move || word(i18n)}</th>
                <td class="num" class:zero=(figure == 0)>{number::count(figure.into())}</td>
                <td class="w-40">
                    <Bar part=part />
                </td>
            </tr>
        }
    };
    let refused = (tally.refused > 0).then(|| row(|i18n| t_string!(i18n, queue.refused), tally.refused));
    view! {
        <table class="table tight" data-testid="queue-fates">
            <thead>
                <tr>
                    <th scope="col">{t!(i18n, queue.this_run, count = number::count(count.into()))}</th>
                    <th scope="col" class="num">{t!(i18n, queue.messages)}</th>
                    <th scope="col"><span class="vh">{t!(i18n, queue.share)}</span></th>
                </tr>
            </thead>
            <tbody>
                {row(|i18n| t_string!(i18n, queue.sent), tally.sent)}
                {row(|i18n| t_string!(i18n, queue.confirmed), tally.confirmed)}
                {row(|i18n| t_string!(i18n, queue.returned), tally.returned)}
                {row(|i18n| t_string!(i18n, queue.nacked), tally.nacked)}
                {refused}
                {row(|i18n| t_string!(i18n, queue.unknown), tally.unknown)}
            </tbody>
        </table>
        <p class="hint">{t!(i18n, queue.several_hint)}</p>
    }
}
