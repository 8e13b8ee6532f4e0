//! The fate of what was published: what the broker said, what that means and what it does not.

use leptos::prelude::*;

use super::publishing::{Fate, Publishing};
use crate::{
    components::{cost::CostFacts, failure::Failure},
    i18n::{t, t_string, use_i18n},
};

/// The right column.
#[component]
pub(super) fn FateView(publishing: Publishing) -> impl IntoView {
    let i18n = use_i18n();
    let content = move || match publishing.outcome.get() {
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
                <h2 id="ans-h">{t!(i18n, queue.fate)}</h2>
                {content}
            </section>
        </div>
    }
}

#[component]
fn Told(fate: Fate) -> impl IntoView {
    let i18n = use_i18n();
    let Fate { confirmed, nacked, returned, reason, reply, cost } = fate;
    let answered = reply.is_some();
    let word = move || match () {
        () if answered => t_string!(i18n, queue.answered),
        () if returned > 0 => t_string!(i18n, queue.returned),
        () if nacked > 0 => t_string!(i18n, queue.nacked),
        () => t_string!(i18n, queue.confirmed),
    };
    let why = move || match () {
        () if answered => t_string!(i18n, queue.answered_why),
        () if returned > 0 => t_string!(i18n, queue.returned_why),
        () if nacked > 0 => t_string!(i18n, queue.nacked_why),
        () => t_string!(i18n, queue.confirmed_why),
    };
    let several = confirmed + nacked > 1;
    let row = |word: AnyView, count: u32| {
        view! {
            <tr>
                <th scope="row">{word}</th>
                <td class="num">{count}</td>
            </tr>
        }
    };
    view! {
        <div class="row row-between base">
            <span class="reading lg" data-testid="queue-fate">
                <b>{word}</b>
                {reason.map(|(code, text)| view! { " " <small>{code} " " {text}</small> })}
            </span>
            <CostFacts cost=cost />
        </div>
        {reply
            .map(|text| {
                view! {
                    <div class="code">
                        <pre tabindex="0" data-testid="queue-reply">{text}</pre>
                    </div>
                }
            })}
        <p class="muted">{why}</p>
        {several
            .then(move || {
                view! {
                    <table class="table tight" data-testid="queue-fates">
                        <tbody>
                            {row(t!(i18n, queue.confirmed).into_any(), confirmed)}
                            {row(t!(i18n, queue.returned).into_any(), returned)}
                            {row(t!(i18n, queue.nacked).into_any(), nacked)}
                        </tbody>
                    </table>
                    <p class="hint">{t!(i18n, queue.several_hint)}</p>
                }
            })}
    }
}
