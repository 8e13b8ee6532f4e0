//! When what was there, by the page's own clock, and how far apart the messages of a stream came. What was not measured
//! has no row.

use leptos::prelude::*;

use super::calls::Calls;
use crate::{
    i18n::{Label, t, t_string, use_i18n},
    model::{grpc_record::Record, number},
};

/// The table.
#[component]
pub(super) fn Timing(calls: Calls) -> impl IntoView {
    let i18n = use_i18n();
    let record = move || calls.outcome.with(|outcome| Some(outcome.as_ref()?.as_ref().ok()?.record.clone()));
    let row = move |(name, at): (Label, Option<f64>)| {
        at.map(|at| {
            view! {
                <tr>
                    <th scope="row">{move || name(i18n)}</th>
                    <td class="num">{number::ms(at)}</td>
                </tr>
            }
        })
    };
    let rows = move |record: Record| {
        let since = |at: Option<f64>| at.map(|at| record.since(at));
        let many = record.messages > 1;
        let moments: [(Label, Option<f64>); 9] = [
            (|i18n| t_string!(i18n, grpc.at_encoded), since(Some(record.encoded_ms)).filter(|_| !record.driven)),
            (|i18n| t_string!(i18n, grpc.at_sent), since(record.sent_ms)),
            (|i18n| t_string!(i18n, grpc.at_first_byte), since(record.first_byte_ms)),
            (|i18n| t_string!(i18n, grpc.at_headers), since(record.headers_ms)),
            (|i18n| t_string!(i18n, grpc.at_message), since(record.first_ms).filter(|_| !many)),
            (|i18n| t_string!(i18n, grpc.at_first), since(record.first_ms).filter(|_| many)),
            (|i18n| t_string!(i18n, grpc.at_last), since(record.last_ms).filter(|_| many)),
            (|i18n| t_string!(i18n, grpc.at_trailers), since(record.trailers_ms)),
            (|i18n| t_string!(i18n, grpc.at_end), since(Some(record.ended_ms))),
        ];
        moments.map(row).collect_view()
    };
    let gaps = move || {
        let [least, mean, most] = calls.log.gaps()?.map(number::ms);
        Some(view! { <p class="hint">{t!(i18n, grpc.gaps, least = least, mean = mean, most = most)}</p> })
    };
    view! {
        {move || match record() {
            None => view! { <p class="hint">{t!(i18n, grpc.timing_blank)}</p> }.into_any(),
            Some(record) => {
                view! {
                    <table class="table tight" data-testid="grpc-timing">
                        <thead>
                            <tr>
                                <th scope="col">{t!(i18n, grpc.moment)}</th>
                                <th scope="col" class="num">{t!(i18n, grpc.at_ms)}</th>
                            </tr>
                        </thead>
                        <tbody>{rows(record)}</tbody>
                    </table>
                    {gaps}
                    <p class="hint">{t!(i18n, grpc.timing_note)}</p>
                }
                .into_any()
            }
        }}
    }
}
