//! A story as it is told: its calls as a list, each with what it was answered, and at the end what they show.

use leptos::prelude::*;

use super::calls::Calls;
use crate::{
    i18n::{I18n, t, t_string, use_i18n},
    model::rest::story::{Act, Editor, Seen, Story, Verdict},
};

/// A story, and how far it is.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Telling {
    pub(super) story: Story,
    seen: Vec<Seen>,
    /// Name in the history and status of each call.
    done: Vec<(u64, String)>,
}

impl Telling {
    pub(super) fn new(story: Story) -> Self {
        Self { story, seen: Vec::new(), done: Vec::new() }
    }

    pub(super) fn add(&mut self, name: u64, status: String, seen: Seen) {
        self.done.push((name, status));
        self.seen.push(seen);
    }
}

/// The list; nothing when there is no story.
#[component]
pub(super) fn StoryView(calls: Calls) -> impl IntoView {
    let i18n = use_i18n();
    move || {
        let telling = calls.telling.get()?;
        let is_busy = calls.is_busy();
        let shown = calls.shown.with(|shown| shown.as_ref().map(|shown| shown.name));
        let (reached, acts) = (telling.done.len(), telling.story.acts());
        let row = |(at, act): (usize, &Act)| {
            let text = words(i18n, telling.story, *act);
            let done = telling.done.get(at).cloned();
            let is_next = is_busy && at == reached;
            view! {
                <li data-now=is_next.then_some("") aria-current=is_next.then_some("step")>
                    <span>{text}</span>
                    {done
                        .map(|(name, status)| {
                            let code = status.split(' ').next().unwrap_or_default().to_owned();
                            let class = if status.starts_with('2') { "badge" } else { "badge bad" };
                            view! {
                                <button
                                    type="button"
                                    class=class
                                    title=status.clone()
                                    aria-label=format!("{}: {text}, {status}", t_string!(i18n, history.show))
                                    aria-current=(shown == Some(name)).then_some("true")
                                    on:click=move |_| calls.show_named(name)
                                >
                                    {code}
                                </button>
                            }
                        })}
                </li>
            }
        };
        let verdict = telling.story.verdict(&telling.seen).map(|verdict| judged(i18n, &verdict));
        Some(view! {
            <section class="story" aria-label=move || t_string!(i18n, rest.story) data-testid="rest-story">
                <p class="hint">{intro(i18n, telling.story)}</p>
                <ol>{acts.iter().enumerate().map(row).collect_view()}</ol>
                <p role="status" class="verdict" data-testid="rest-verdict">
                    {verdict}
                </p>
            </section>
        })
    }
}

/// The button that tells the story of the preset.
#[component]
pub(super) fn TellButton(calls: Calls) -> impl IntoView {
    let i18n = use_i18n();
    move || {
        let story = calls.preset.get().and_then(|preset| preset.story());
        let (testid, story) = match story {
            Some(story) => ("rest-story-run", story),
            None => ("rest-twice", Story::Twice),
        };
        let is_story = story != Story::Twice;
        let word = match story {
            Story::Twice => t!(i18n, rest.send_twice).into_any(),
            _ => t!(i18n, rest.run_all, count = story.acts().len()).into_any(),
        };
        view! {
            <button
                class="btn"
                class:hue=is_story
                type="button"
                data-testid=testid
                aria-disabled=move || calls.is_busy().to_string()
                on:click=move |_| calls.tell(story)
            >
                {word}
            </button>
        }
    }
}

fn intro(i18n: I18n, story: Story) -> &'static str {
    match story {
        Story::LostUpdate => t_string!(i18n, rest.story_lost),
        Story::Guarded => t_string!(i18n, rest.story_guarded),
        Story::Twice => t_string!(i18n, rest.story_twice),
    }
}

fn words(i18n: I18n, story: Story, act: Act) -> &'static str {
    match (act, story) {
        (Act::Make, _) => t_string!(i18n, rest.act_make),
        (Act::Read(Editor::A), _) => t_string!(i18n, rest.act_read_a),
        (Act::Read(Editor::B), _) => t_string!(i18n, rest.act_read_b),
        (Act::Change(Editor::A), Story::Guarded) => t_string!(i18n, rest.act_guarded_a),
        (Act::Change(Editor::B), Story::Guarded) => t_string!(i18n, rest.act_guarded_b),
        (Act::Change(Editor::A), _) => t_string!(i18n, rest.act_change_a),
        (Act::Change(Editor::B), _) => t_string!(i18n, rest.act_change_b),
        (Act::Look, _) => t_string!(i18n, rest.act_look),
        (Act::Send, _) => t_string!(i18n, rest.act_send),
    }
}

fn judged(i18n: I18n, verdict: &Verdict) -> String {
    match verdict {
        Verdict::Lost { mine, now, status } => {
            t_string!(i18n, rest.verdict_lost, mine = mine, now = now, status = status)
        }
        Verdict::Kept { now } => t_string!(i18n, rest.verdict_kept, now = now),
        Verdict::Once { location } => t_string!(i18n, rest.verdict_once, location = location),
        Verdict::Twice { first, second } => t_string!(i18n, rest.verdict_twice, first = first, second = second),
        Verdict::Same { status } => t_string!(i18n, rest.verdict_same, status = status),
        Verdict::Otherwise => t_string!(i18n, rest.verdict_otherwise).to_owned(),
    }
}
