//! What is drawn once there are steps: a part of the program of its own.

use leptos::prelude::*;

use crosstalk_proto::step::Party;
use crosstalk_view::view;

use super::{Said, list::StepList, playback::Playback, player::Player, words};
use crate::{dom::Node, i18n::use_i18n, model::sequence::Row, part::part};

/// What the part does.
#[derive(Debug)]
pub struct Steps {
    /// Draws the buttons.
    pub(super) player: fn(Stepped) -> Node,
    /// Draws the list.
    pub(super) list: fn(Stepped) -> Node,
}

part!(
    /// The part.
    pub STEPS: Steps = Steps { player, list }, in later
);

/// What there is to draw.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stepped {
    /// `rest`, `grpc` or `queue`.
    pub(super) style: &'static str,
    /// Who took part, from left to right.
    pub(super) parties: Memo<Vec<Party>>,
    /// The steps.
    pub(super) rows: Memo<Vec<Row>>,
    /// What request and answer are called.
    pub(super) said: Signal<Said>,
    /// Which one is looked at.
    pub(super) playback: Playback,
}

fn player(stepped: Stepped) -> Node {
    let i18n = use_i18n();
    let Stepped { style, rows, said, playback, .. } = stepped;
    let told = move || {
        let opened = playback.opened().and_then(|at| rows.with(|rows| rows.get(at).cloned()));
        opened.map(|row| words::told(i18n, style, &row, &said.read())).unwrap_or_default()
    };
    let count = Memo::new(move |_| rows.with(Vec::len));
    view! { <Player playback=playback count=count told=Signal::derive(told) /> }
}

fn list(stepped: Stepped) -> Node {
    let Stepped { style, parties, rows, said, playback } = stepped;
    view! { <StepList style=style parties=parties rows=rows said=said playback=playback /> }
}
