//! Where the words of a lane go: beside what they name, and left out where they would run into something else.

use crosstalk_proto::step::Party;

use super::{
    axis::Axis,
    timeline::{Message, Timeline},
};

/// The track's width that words are fitted for, in px; words are hidden where it is much narrower.
const TRACK_PX: f64 = 620.0;
/// A letter's width in px; a Chinese one is twice as wide.
const LETTER_PX: f64 = 6.3;
/// Room between a word and what it names, and the next thing, in px.
const GAP_PX: f64 = 16.0;

/// A word in a lane.
#[derive(Clone, Debug, PartialEq)]
pub struct Word {
    /// Whose line it is on.
    pub party: Party,
    /// Where, in per cent of the axis.
    pub at: f64,
    /// To the right of that place instead of the left.
    pub after: bool,
    /// The word itself.
    pub text: String,
}

/// Places the words that `name` gives to messages.
pub fn words(timeline: &Timeline, axis: &Axis, name: impl Fn(&Message) -> Option<String>) -> Vec<Word> {
    timeline.messages.iter().filter_map(|message| word(timeline, axis, message, name(message)?)).collect()
}

fn word(timeline: &Timeline, axis: &Axis, message: &Message, text: String) -> Option<Word> {
    let party = message.receiver;
    let arrived = axis.percent(message.arrived);
    let need = (width_px(&text) + GAP_PX) / TRACK_PX * 100.0;
    let blocks: Vec<(f64, f64)> = timeline
        .blocks
        .iter()
        .filter(|block| block.party == party)
        .map(|block| (axis.percent(block.from), axis.percent(block.to)))
        .collect();

    let room_before =
        arrived - blocks.iter().filter(|(from, _)| *from < arrived - 0.05).map(|(_, to)| *to).fold(0.0, f64::max);
    if room_before >= need {
        return Some(Word { party, at: arrived, after: false, text });
    }
    // blocks that touch the message's, or that it comes in the midst of, are one to the eye
    let end = blocks.iter().fold(
        arrived,
        |end, (from, to)| {
            if *to >= arrived - 0.05 && *from <= end + 1.0 { end.max(*to) } else { end }
        },
    );
    let next = blocks.iter().map(|(from, _)| *from).filter(|from| *from > end).fold(100.0, f64::min);
    // the answer's arrival has the end mark behind it
    (party != Party::Browser && next - end >= need).then_some(Word { party, at: end, after: true, text })
}

fn width_px(text: &str) -> f64 {
    text.chars().map(|letter| if letter.is_ascii() { LETTER_PX } else { 2.0 * LETTER_PX }).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::timeline::Block;

    fn timeline(server_from: f64, server_to: f64) -> Timeline {
        let block = |party, from, to| Block { party, name: "work".to_owned(), from, to };
        Timeline {
            blocks: vec![
                block(Party::Browser, 0.0, 1.0),
                block(Party::Server, server_from, server_to),
                block(Party::Browser, 9.0, 10.0),
            ],
            messages: vec![Message {
                sender: Party::Browser,
                receiver: Party::Server,
                left: 1.0,
                arrived: server_from,
                step: "work".to_owned(),
                aside: false,
            }],
            answered: 10.0,
            end: 10.0,
            placement: None,
            shift: None,
        }
    }

    #[track_caller]
    fn check(server: (f64, f64), text: &str, expected: Option<(f64, bool)>) {
        let timeline = timeline(server.0, server.1);
        let words = words(&timeline, &Axis::fit(10.0), |_| Some(text.to_owned()));
        assert_eq!(words.first().map(|word| (word.at, word.after)), expected);
    }

    #[test]
    fn a_word_stands_before_what_it_names_or_after_it_or_nowhere() {
        check((5.0, 6.0), "GET /", Some((50.0, false)));
        check((1.0, 2.0), "GET /api", Some((20.0, true)));
        check((1.0, 9.5), "GET /api/v1/resource", None);
    }

    #[test]
    fn a_word_does_not_stand_on_work_that_it_comes_in_the_midst_of() {
        let mut timeline = timeline(3.0, 3.5);
        timeline.blocks.insert(1, Block { party: Party::Server, name: "work".to_owned(), from: 1.5, to: 5.0 });
        let words = words(&timeline, &Axis::fit(10.0), |_| Some("GET".to_owned()));
        assert_eq!(words.first().map(|word| (word.at, word.after)), Some((50.0, true)));
    }
}
