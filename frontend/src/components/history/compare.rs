//! Two answers side by side: statuses and times, the headers that differ, the bodies line by line.

use leptos::prelude::*;

use super::{Words, ending};
use crate::{
    api::browser::wall_clock,
    components::{
        icon::{Glyph, Icon},
        sequence::party,
    },
    i18n::{t, t_string, use_i18n},
    model::{
        number,
        past::{
            call::Call,
            compare::{self, Header},
            lines::{self, Side},
        },
    },
};

/// The comparison.
#[component]
pub(super) fn Compared(
    /// The earlier call.
    first: Call,
    /// The later one.
    second: Call,
    /// What came of them.
    words: Words,
    /// Emptied when this is closed.
    picked: RwSignal<Vec<u64>>,
) -> impl IntoView {
    let i18n = use_i18n();
    let headers = headers(&compare::headers(&first, &second), words);
    let body = body(&compare::text(&first), &compare::text(&second));
    view! {
        <section class="compare" aria-labelledby="compare-h" data-testid="compare">
            <div class="band-head">
                <h3 id="compare-h">{t!(i18n, history.compare)}</h3>
                <div class="tools">
                    <button class="btn sm quiet" type="button" on:click=move |_| picked.set(Vec::new())>
                        <Icon glyph=Glyph::Cross size=12 />
                        {t!(i18n, history.close)}
                    </button>
                </div>
            </div>
            <div class="cols-3">
                <div class="scroll-x" data-testid="compare-facts">
                    {facts(&first, &second, words)}
                </div>
                <div class="stack-s" data-testid="compare-headers">
                    {headers}
                </div>
                <div class="stack-s" data-testid="compare-body">
                    {body}
                </div>
            </div>
        </section>
    }
}

/// Which calls these are, how they ended, who took how long.
fn facts(first: &Call, second: &Call, words: Words) -> impl IntoView + use<> {
    let i18n = use_i18n();
    let calls = [first, second];
    let cell = |text: String| view! { <td class="num">{text}</td> };
    let called = calls.map(|call| {
        view! {
            <td class="num">
                <code>{call.verb.clone()}</code>
                <br />
                <small class="faint">{wall_clock(call.at as f64)}</small>
            </td>
        }
    });
    let statuses = calls.map(|call| {
        let badge = if call.failed { "badge bad" } else { "badge" };
        let call = call.clone();
        let word = move || ending(i18n, words, &call);
        view! { <td class="num"><span class=badge>{word}</span></td> }
    });
    let same = (first.status == second.status).then(|| view! { <span class="faint">{t!(i18n, history.same)}</span> });
    let totals = calls.map(|call| call.answer().map(|answer| answer.cost.total_ms()));
    let bytes = calls.map(|call| call.answer().map(|answer| answer.cost.bytes_in));
    let byte = |count: Option<usize>| count.map_or_else(|| "–".to_owned(), |count| count.to_string());
    let steps = compare::times(first, second).into_iter().map(|row| {
        let who = row.party;
        let name = row.name;
        view! {
            <tr>
                <th scope="row">
                    <span class="muted">{move || party(i18n, who)}</span>
                    " "
                    <code>{name}</code>
                </th>
                {cell(took(row.first))}
                {cell(took(row.second))}
                {cell(difference(row.first, row.second))}
            </tr>
        }
    });
    let steps = steps.collect_view();
    view! {
        <table class="table tight">
            <thead>
                <tr>
                    <th scope="col">{t!(i18n, history.facts)}</th>
                    <th scope="col" class="num">{t!(i18n, history.first)}</th>
                    <th scope="col" class="num">{t!(i18n, history.second)}</th>
                    <th scope="col" class="num">{t!(i18n, history.difference)}</th>
                </tr>
            </thead>
            <tbody>
                <tr>
                    <th scope="row">{t!(i18n, history.call)}</th>
                    {called}
                    <td></td>
                </tr>
                <tr>
                    <th scope="row">{t!(i18n, history.col_status)}</th>
                    {statuses}
                    <td class="num">{same}</td>
                </tr>
                <tr>
                    <th scope="row">{t!(i18n, history.total)}</th>
                    {totals.map(|total| cell(took(total)))}
                    {cell(difference(totals[0], totals[1]))}
                </tr>
                {steps}
                <tr>
                    <th scope="row">{t!(i18n, history.col_in)}</th>
                    {bytes.map(|count| cell(byte(count)))}
                    {cell(match bytes {
                        [Some(first), Some(second)] if first != second => {
                            format!("{}{}", if second > first { '+' } else { '−' }, second.abs_diff(first))
                        }
                        _ => String::new(),
                    })}
                </tr>
            </tbody>
        </table>
    }
}

fn headers(rows: &[Header], words: Words) -> impl IntoView + use<> {
    let i18n = use_i18n();
    let [differ, none_differs] = words.pairs;
    let named = move |name: &str| (words.named)(name).map_or_else(|| name.to_owned(), |word| word(i18n).to_owned());
    let same: Vec<String> = rows.iter().filter(|row| row.is_same()).map(|row| row.name.clone()).collect();
    let alike = !same.is_empty();
    let same = move || {
        let names: Vec<String> = same.iter().map(|name| named(name)).collect();
        t_string!(i18n, history.headers_same, names = names.join(", "))
    };
    let differing: Vec<Header> = rows.iter().filter(|row| !row.is_same()).cloned().collect();
    let none = differing.is_empty();
    let value = |value: Option<String>| value.unwrap_or_else(|| "–".to_owned());
    let row = |row: Header| {
        view! {
            <tr>
                <th scope="row">{move || named(&row.name)}</th>
                <td>{value(row.first)}</td>
                <td>{value(row.second)}</td>
            </tr>
        }
    };
    view! {
        <h4>{move || differ(i18n)}</h4>
        {none.then(|| view! { <p class="hint">{move || none_differs(i18n)}</p> })}
        {(!none)
            .then(|| {
                view! {
                    <table class="headers two">
                        <thead>
                            <tr>
                                <th scope="col">{t!(i18n, history.name)}</th>
                                <th scope="col">{t!(i18n, history.first)}</th>
                                <th scope="col">{t!(i18n, history.second)}</th>
                            </tr>
                        </thead>
                        <tbody>{differing.into_iter().map(row).collect_view()}</tbody>
                    </table>
                }
            })}
        {alike.then(|| view! { <p class="hint">{same}</p> })}
    }
}

fn body(first: &str, second: &str) -> impl IntoView + use<> {
    let i18n = use_i18n();
    let lines = lines::compare(first, second);
    let word = if lines.is_empty() {
        t!(i18n, history.body_none).into_any()
    } else if first == second {
        t!(i18n, history.body_same).into_any()
    } else {
        t!(i18n, history.body_legend).into_any()
    };
    let line = |line: &lines::Line<'_>| {
        let (side, sign) = match line.side {
            Side::Both => ("both", "  "),
            Side::First => ("first", "− "),
            Side::Second => ("second", "+ "),
        };
        view! { <span class=side>{format!("{sign}{}\n", line.text)}</span> }
    };
    let lines = (!lines.is_empty()).then(|| {
        view! {
            <div class="code diff">
                <pre tabindex="0">{lines.iter().map(line).collect_view()}</pre>
            </div>
        }
    });
    view! {
        <h4>{t!(i18n, history.body)}</h4>
        <p class="hint">{word}</p>
        {lines}
    }
}

fn took(ms: Option<f64>) -> String {
    ms.map_or_else(|| "–".to_owned(), number::ms)
}

fn difference(first: Option<f64>, second: Option<f64>) -> String {
    let (Some(first), Some(second)) = (first, second) else { return String::new() };
    let sign = if second < first { '−' } else { '+' };
    format!("{sign}{}", number::ms((second - first).abs()))
}
