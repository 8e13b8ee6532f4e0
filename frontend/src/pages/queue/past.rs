//! A publish or a question of this bench as the history keeps it, and back. Outcomes are named by the methods of AMQP.

use crosstalk_proto::amqp::Body;

use super::{fate, publishing::Fate};
use crate::{
    components::history::Words,
    i18n::{I18n, Label, t_string},
    model::{
        address::{self, Written},
        exchange::{CallError, Cost},
        number,
        past::call::{Answer, Call, Message, Outcome, Style},
        queue::{
            draft::{Bench, MessageDraft},
            tally::Tally,
        },
    },
};

/// How the history words what came of a run.
pub(super) const WORDS: Words =
    Words { ended, pairs: [|i18n| t_string!(i18n, queue.counts), |i18n| t_string!(i18n, queue.counts_none)], named };

/// The counts of a run, as pairs.
const COUNTS: [&str; 7] = ["ordered", "sent", "confirmed", "returned", "nacked", "refused", "unknown"];

/// A run that began at `at`, in milliseconds since 1970.
pub(super) fn call(at: f64, draft: &MessageDraft, came: &Result<Fate, CallError>) -> Call {
    let asks = draft.ask.is_some();
    let bench = Bench { message: draft.clone(), consumers: Vec::new() };
    let Written { fragment, withheld } = address::write(&bench);
    let (status, failed, outcome) = match came {
        Ok(fate) => (status(fate), is_bad(&fate.tally), Outcome::Answer(answer(fate))),
        Err(error) => (refusal(error), true, Outcome::Error(error.clone())),
    };
    Call {
        at: at as u64,
        style: Style::Queue,
        verb: if asks { "call" } else { "basic.publish" }.to_owned(),
        what: draft.routing_key.clone(),
        request: fragment,
        withheld,
        status,
        failed,
        outcome,
        whole: Some(address::write_whole(&bench)),
    }
}

/// What was published.
pub(super) fn draft(call: &Call) -> Option<MessageDraft> {
    let bench = address::read::<Bench>(call.fragment())?;
    bench.ok().map(|bench| bench.message)
}

/// What became of it.
pub(super) fn fate(call: &Call) -> Result<Fate, CallError> {
    let answer = match &call.outcome {
        Outcome::Answer(answer) => answer,
        Outcome::Error(error) => return Err(error.clone()),
    };
    let count = |name: &str| {
        let pair = answer.headers.iter().find(|(known, _)| known == name);
        pair.and_then(|(_, figure)| figure.parse().ok()).unwrap_or_default()
    };
    let [ordered, sent, confirmed, returned, nacked, refused, unknown] = COUNTS.map(count);
    let reason = u16::try_from(answer.code).ok().filter(|code| *code > 0).map(|code| (code, answer.reason.clone()));
    let reply = answer.messages.first().map(|message| match &message.body {
        Body::Text(text) | Body::Base64(text) => text.clone(),
    });
    let tally = Tally { sent, confirmed, returned, nacked, refused, unknown, reason, error: None };
    Ok(Fate { count: ordered, tally, going: false, reply, cost: Some(answer.cost.clone()) })
}

/// How it ended, in words: the worst that happened, to how many of a run of many, and why it was returned. With what the
/// server refused it; empty when there is no answer.
fn ended(i18n: I18n, call: &Call) -> String {
    let Ok(fate) = fate(call) else { return call.status.clone() };
    let (word, _, figure) = fate::words(&fate);
    let mut words = word(i18n).to_owned();
    if fate.count > 1 {
        words = format!("{words} {}", number::count(figure.into()));
    }
    match fate.tally.reason {
        Some((code, text)) if fate.tally.returned > 0 => format!("{words}, {code} {text}"),
        _ => words,
    }
}

/// One of [`COUNTS`], as a person reads it.
fn named(count: &str) -> Option<Label> {
    const NAMES: [Label; COUNTS.len()] = [
        |i18n| t_string!(i18n, queue.count),
        |i18n| t_string!(i18n, queue.sent),
        |i18n| t_string!(i18n, queue.confirmed),
        |i18n| t_string!(i18n, queue.returned),
        |i18n| t_string!(i18n, queue.nacked),
        |i18n| t_string!(i18n, queue.refused),
        |i18n| t_string!(i18n, queue.unknown),
    ];
    COUNTS.iter().zip(NAMES).find(|(known, _)| **known == count).map(|(_, name)| name)
}

fn is_bad(tally: &Tally) -> bool {
    tally.returned + tally.nacked + tally.refused + tally.unknown > 0
}

/// With what the server refused it; empty when it said nothing.
fn refusal(error: &CallError) -> String {
    match error {
        CallError::Problem(problem) => format!("{} {}", problem.status, problem.title),
        _ => String::new(),
    }
}

/// The worst that happened, and how often in a run of many.
fn status(fate: &Fate) -> String {
    let Tally { confirmed, returned, nacked, refused, unknown, reason, .. } = &fate.tally;
    let returned_as = reason.as_ref().map(|(code, text)| format!("{code} {text}")).unwrap_or_default();
    let (figure, word) = match () {
        () if fate.reply.is_some() => (1, "basic.deliver"),
        () if *unknown > 0 => (*unknown, "?"),
        () if *refused > 0 => (*refused, "channel.close"),
        () if *nacked > 0 => (*nacked, "basic.nack"),
        () if *returned > 0 => (*returned, returned_as.as_str()),
        () => (*confirmed, "basic.ack"),
    };
    if fate.count == 1 { word.to_owned() } else { format!("{} {word}", number::count(figure.into())) }
}

fn answer(fate: &Fate) -> Answer {
    let Tally { sent, confirmed, returned, nacked, refused, unknown, reason, error: _ } = &fate.tally;
    let figures = [fate.count, *sent, *confirmed, *returned, *nacked, *refused, *unknown];
    let (code, reason) = reason.clone().unwrap_or_default();
    let nothing = Cost { started_ms: 0.0, ended_ms: 0.0, steps: Vec::new(), bytes_out: 0, bytes_in: 0 };
    let cost = fate.cost.clone().unwrap_or(nothing);
    let message = |text: &String| Message { at_ms: cost.total_ms(), body: Body::Text(text.clone()) };
    Answer {
        code: code.into(),
        reason,
        headers: COUNTS.iter().zip(figures).map(|(name, figure)| ((*name).to_owned(), figure.to_string())).collect(),
        trailers: Vec::new(),
        messages: fate.reply.iter().map(message).collect(),
        left_out: 0,
        cut: None,
        cost,
        network: Vec::new(),
    }
}
