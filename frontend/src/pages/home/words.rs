//! What parties, steps, messages and failures are called, and the sentences that are made of what was measured.

use crosstalk_proto::step::Party;

use super::hello::{Hello, Part, Way};
use crate::{
    api::browser::clock_step_ms,
    components::failure::by_status,
    i18n::{I18n, Locale, t_string},
    model::{
        exchange::{BUSY, CallError, Greeted},
        grpc_record::TRAILERS,
        number::ms,
        timeline::{Message, Placement, Timeline},
    },
};

pub(super) fn way(i18n: I18n, way: Way) -> String {
    match way {
        Way::Rest => "REST".to_owned(),
        Way::Grpc => "gRPC".to_owned(),
        Way::Queue => t_string!(i18n, common.queue).to_owned(),
    }
}

pub(super) fn party(i18n: I18n, party: Party) -> String {
    match party {
        Party::Browser => t_string!(i18n, panels.party_browser),
        Party::Server => t_string!(i18n, panels.party_server),
        Party::Caller => t_string!(i18n, panels.party_caller),
        Party::Store => t_string!(i18n, panels.party_store),
        Party::Link => t_string!(i18n, panels.party_link),
        Party::Worker => t_string!(i18n, panels.party_worker),
        Party::Consumer => t_string!(i18n, panels.party_consumer),
    }
    .to_owned()
}

/// A step the page has no word for keeps its own.
pub(super) fn step(i18n: I18n, name: &str) -> String {
    match name {
        "encode" => t_string!(i18n, sequence.send_grpc),
        "send" => t_string!(i18n, home.step_send),
        "receive" => t_string!(i18n, home.step_receive),
        "decode" => t_string!(i18n, sequence.decode),
        BUSY => t_string!(i18n, sequence.busy),
        "deadline" => t_string!(i18n, sequence.deadline),
        "reply" => t_string!(i18n, sequence.reply),
        "parse" => t_string!(i18n, home.step_parse),
        "greet" => t_string!(i18n, home.step_greet),
        "publish" => t_string!(i18n, home.step_publish),
        "deliver" => t_string!(i18n, home.step_deliver),
        other => other,
    }
    .to_owned()
}

/// What is written at a message's arrival in a lane.
pub(super) fn message(i18n: I18n, way: Way, message: &Message) -> Option<String> {
    let word = match (way, message.receiver, message.sender) {
        (_, _, _) if message.aside => t_string!(i18n, home.message_confirm),
        (Way::Rest, Party::Server, Party::Browser) => "GET /api/v1/resource",
        (Way::Rest, Party::Browser, _) => "200 OK",
        (Way::Grpc, Party::Server, Party::Browser) => "SayHello",
        // three things come back, and the last of them tells how it went
        (Way::Grpc, Party::Browser, _) if message.step != TRAILERS => return None,
        (Way::Grpc, Party::Browser, _) => t_string!(i18n, home.message_reply_trailers),
        (Way::Queue, Party::Server, Party::Browser) => "WebSocket",
        (Way::Queue, Party::Link, Party::Worker) => t_string!(i18n, home.message_reply),
        (Way::Queue, Party::Link, _) => t_string!(i18n, home.message_publish),
        (Way::Queue, Party::Worker, _) => t_string!(i18n, home.message_deliver),
        (Way::Queue, Party::Browser, _) => t_string!(i18n, home.message_answer),
        _ => return None,
    };
    Some(word.to_owned())
}

/// Why there is no answer, in the visitor's language where the page says it and in the server's words where it does.
pub(super) fn failure(i18n: I18n, error: &CallError) -> String {
    match error {
        CallError::Problem(problem) if i18n.get_locale() == Locale::en => problem.detail.clone(),
        CallError::Problem(problem) => by_status(i18n, problem.status).to_owned(),
        CallError::Unreachable => t_string!(i18n, home.fail_unreachable).to_owned(),
        CallError::NotConnected => t_string!(i18n, home.fail_not_connected).to_owned(),
        CallError::Lost => t_string!(i18n, home.fail_lost).to_owned(),
        CallError::TimedOut { after_ms } => t_string!(i18n, home.fail_timed_out, ms = *after_ms),
        other => other.to_string(),
    }
}

/// Somebody said no, as against nobody saying anything.
pub(super) fn is_refusal(error: &CallError) -> bool {
    !matches!(error, CallError::Lost | CallError::TimedOut { .. } | CallError::Cancelled | CallError::Unreachable)
}

/// The result in a sentence, for the live region.
pub(super) fn status(i18n: I18n, hello: &Hello) -> String {
    let Some(sent_at) = hello.sent_at() else {
        return t_string!(i18n, home.status_idle).to_owned();
    };
    if hello.is_busy() {
        return t_string!(i18n, home.status_sending).to_owned();
    }
    let time = String::from(js_sys::Date::new(&sent_at.into()).to_locale_time_string("en-GB"));
    let answers = answers(hello);
    let failed: Vec<String> = Way::ALL
        .into_iter()
        .filter(|each| matches!(hello.part(*each), Part::Failed { .. }))
        .map(|each| way(i18n, each))
        .collect();
    let first = answers.first().map(|(_, greeted)| greeted.text.clone()).unwrap_or_default();
    let same = answers.iter().all(|(_, greeted)| greeted.text == first);
    match (answers.len(), same) {
        (3, true) => t_string!(i18n, home.status_all, time = time, text = first),
        (0, _) => t_string!(i18n, home.status_none, time = time),
        (_, _) => {
            let failed = failed.join(t_string!(i18n, home.and));
            t_string!(i18n, home.status_some, time = time, count = answers.len(), failed = failed)
        }
    }
}

/// What the run amounts to.
pub(super) fn verdict(i18n: I18n, hello: &Hello) -> String {
    if !hello.was_sent() || hello.is_busy() || answers(hello).is_empty() {
        return String::new();
    }
    let work: Vec<String> = answers(hello)
        .into_iter()
        .filter_map(|(each, greeted)| {
            let greet = greeted.cost.steps.iter().find(|step| step.name == "greet")?;
            Some(t_string!(i18n, home.verdict_item, way = way(i18n, each), ms = ms(greet.dur_ms)))
        })
        .collect();
    let one_run = t_string!(i18n, home.verdict_one_run);
    if work.is_empty() {
        return one_run.to_owned();
    }
    let work = work.join(t_string!(i18n, home.twin_join));
    format!("{}{one_run}", t_string!(i18n, home.verdict, work = work))
}

/// How the others' steps came to their places, and how fine the page's clock is.
pub(super) fn clocks(i18n: I18n, hello: &Hello, placed: &[(Way, Timeline)]) -> String {
    if hello.is_busy() || placed.is_empty() {
        return String::new();
    }
    let fine = ms(clock_step_ms());
    let by_clocks = placed.iter().find_map(|(_, timeline)| match timeline.placement? {
        Placement::Clocks { uncertainty_ms } => Some(uncertainty_ms),
        Placement::Centred => None,
    });
    let centred: Vec<String> = placed
        .iter()
        .filter(|(_, timeline)| timeline.placement == Some(Placement::Centred))
        .map(|(each, _)| way(i18n, *each))
        .collect();
    let unmeasured = placed.iter().all(|(_, timeline)| timeline.placement.is_none());
    let how = match by_clocks {
        _ if unmeasured => t_string!(i18n, home.clock_nothing).to_owned(),
        Some(uncertainty) if centred.is_empty() => t_string!(i18n, home.clock_offset, ms = ms(uncertainty)),
        Some(uncertainty) => {
            let centred = centred.join(t_string!(i18n, home.and));
            t_string!(i18n, home.clock_mixed, ms = ms(uncertainty), centred = centred)
        }
        None => t_string!(i18n, home.clock_centred).to_owned(),
    };
    format!("{how}{}", t_string!(i18n, home.clock_step, ms = fine))
}

fn answers(hello: &Hello) -> Vec<(Way, Greeted)> {
    Way::ALL
        .into_iter()
        .filter_map(|way| match hello.part(way) {
            Part::Answered(greeted) => Some((way, greeted)),
            _ => None,
        })
        .collect()
}
