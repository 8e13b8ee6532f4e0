//! The same job in each style as strips of bytes, all to one scale, with what they sum up to.

use leptos::prelude::*;

use super::Captured;
use crate::{
    components::failure::Failure,
    i18n::{t, t_string, use_i18n},
    model::{
        number,
        wire::{
            Wire,
            strip::{Strip, Weight},
        },
    },
};

/// How many there are to compare.
pub const STYLES: usize = 4;

/// One style.
#[derive(Clone, Copy, Debug)]
pub struct Weighed {
    /// `rest`, `grpc` or `queue`: the hue.
    pub style: &'static str,
    /// For tests.
    pub key: &'static str,
    /// What it is called.
    pub name: Signal<String>,
    /// What it is, in a sentence.
    pub what: Signal<String>,
    /// The capture of its calls.
    pub seen: Signal<Captured>,
}

/// The strips, once something was captured.
#[component]
pub fn Strips(
    /// From top to bottom.
    styles: [Weighed; STYLES],
) -> impl IntoView {
    let seen = Memo::new(move |_| styles.iter().any(|style| matches!(*style.seen.read(), Captured::Seen { .. })));
    let failed = move |style: Weighed| match style.seen.get() {
        Captured::Failed(error) => Some(view! { <Failure error=error /> }),
        Captured::None | Captured::Waiting | Captured::Seen { .. } => None,
    };
    view! {
        {move || seen.get().then(|| view! { <Table styles=styles /> })}
        {move || styles.map(failed).collect_view()}
    }
}

/// The same, drawn.
#[component]
fn Table(styles: [Weighed; STYLES]) -> impl IntoView {
    let i18n = use_i18n();
    let weights = Memo::new(move |_| styles.map(|style| style.seen.with(weight)));
    let scale = move |weights: &[Option<Weight>]| {
        let whole = weights.iter().flatten().map(|weight| weight.whole().bytes());
        whole.max().unwrap_or(0)
    };
    let said = move || {
        let weights = weights.read();
        let later = |weight: &Option<Weight>| Some(number::count(weight.as_ref()?.later.as_ref()?.bytes() as u64));
        let later = weights.iter().map(later).collect::<Option<Vec<_>>>()?;
        let [rest, web, native, queue] = <[String; STYLES]>::try_from(later).ok()?;
        Some(t_string!(i18n, wire.strips_said, rest = rest, web = web, native = native, queue = queue))
    };
    let table = move || {
        let weights = weights.get();
        let most = scale(&weights);
        let rows = styles.iter().zip(weights).map(|(style, weight)| rows(*style, weight, most)).collect_view();
        (most > 0).then(|| {
            view! {
                <div class="scroll-x" tabindex="0" role="group" aria-label=move || t_string!(i18n, wire.strips)>
                    <table class="table tight" data-testid="strips">
                        <thead>
                            <tr>
                                <th scope="col">{t!(i18n, wire.strips_call)}</th>
                                <th scope="col" class="num">{t!(i18n, wire.strips_out)}</th>
                                <th scope="col" class="num">{t!(i18n, wire.strips_back)}</th>
                                <th scope="col" class="wide">
                                    {t!(i18n, wire.strips_both, most = number::count(most as u64))}
                                </th>
                                <th scope="col" class="num">{t!(i18n, wire.strips_sum)}</th>
                                <th scope="col" class="num">{t!(i18n, wire.strips_payload)}</th>
                            </tr>
                        </thead>
                        {rows}
                    </table>
                </div>
            }
        })
    };
    let legend = [
        ("frame", t!(i18n, wire.strips_framing).into_any()),
        ("meta", t!(i18n, wire.strips_headers).into_any()),
        ("payload", t!(i18n, wire.strips_payload).into_any()),
        ("apart", t!(i18n, wire.strips_connection).into_any()),
    ];
    let legend = legend.map(|(kind, word)| {
        view! {
            <li>
                <svg class="strip" aria-hidden="true">
                    <rect data-k=kind width="100%" height="100%"></rect>
                </svg>
                {word}
            </li>
        }
    });
    view! {
        <div class="stack-s near">
            {table} <ul class="legend" aria-label=move || t_string!(i18n, wire.strips_legend)>
                {legend.collect_view()}
            </ul> <p class="verdict" role="status" data-testid="strips-said">
                {said}
            </p>
        </div>
    }
}

/// None while there is nothing to weigh.
fn weight(seen: &Captured) -> Option<Weight> {
    match seen {
        Captured::Seen { told, .. } => Wire::read(told).ok().map(|wire| Weight::of(&wire)),
        Captured::None | Captured::Waiting | Captured::Failed(_) => None,
    }
}

fn rows(style: Weighed, weight: Option<Weight>, most: usize) -> Option<impl IntoView> {
    let i18n = use_i18n();
    let weight = weight?;
    let apart = weight.connection.pieces.len();
    let mut strips = vec![
        (t_string!(i18n, wire.strips_whole), weight.whole(), apart),
        (t_string!(i18n, wire.strips_first), weight.first, 0),
    ];
    strips.extend(weight.later.map(|later| (t_string!(i18n, wire.strips_later), later, 0)));
    let Weighed { style, key, name, what, .. } = style;
    let rows = strips.into_iter().map(|(what, strip, apart)| row(what, &strip, apart, most));
    let rows = rows.collect::<Vec<_>>();
    Some(view! {
        <tbody data-style=style data-testid=format!("strips-{key}")>
            <tr class="group">
                <th scope="rowgroup" colspan="6">
                    <div class="held">
                        <span class="key">{name}</span>
                        <p>{what}</p>
                    </div>
                </th>
            </tr>
            {rows}
        </tbody>
    })
}

/// The cells of a strip; `apart` of its first pieces are the connection's.
fn row(what: &'static str, strip: &Strip, apart: usize, most: usize) -> impl IntoView + use<> {
    let percent = |bytes: usize| number::fixed(bytes as f64 * 100.0 / most.max(1) as f64, 3) + "%";
    let mut at = 0;
    let pieces = strip.pieces.iter().enumerate().map(|(nth, (class, bytes))| {
        let from = at;
        at += bytes;
        let apart = (nth < apart).then_some("");
        view! { <rect data-k=*class data-apart=apart x=percent(from) width=percent(*bytes) height="12"></rect> }
    });
    let figures = [strip.out, strip.back].map(|bytes| number::count(bytes as u64));
    let [out, back] = figures;
    view! {
        <tr>
            <td class="nowrap">{what}</td>
            <td class="num">{out}</td>
            <td class="num">{back}</td>
            <td>
                <svg class="strip" aria-hidden="true">
                    {pieces.collect::<Vec<_>>()}
                </svg>
            </td>
            <td class="num">
                <b>{number::count(strip.bytes() as u64)}</b>
            </td>
            <td class="num">{number::count(strip.payload as u64)}</td>
        </tr>
    }
}
