//! Some calls one after the other, each made of what the ones before were answered, and what they show together.

use super::{
    draft::Draft,
    preset::{COLLECTION, JSON, request},
};

/// Some calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Story {
    /// Two editors change what both have read.
    LostUpdate,
    /// The same, each with `If-Match`.
    Guarded,
    /// What the editor holds, sent twice.
    Twice,
}

/// One of the two who change the same thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Editor {
    /// Writes first.
    A,
    /// Has not seen what A wrote.
    B,
}

/// A call of a story.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// A greeting is stored.
    Make,
    /// Somebody reads it.
    Read(Editor),
    /// Somebody changes it.
    Change(Editor),
    /// A looks what has become of it.
    Look,
    /// The same request, for the first or the second time.
    Send,
}

/// What is known of an answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    /// The status.
    pub status: u16,
    /// Where the thing lives.
    pub location: Option<String>,
    /// Which version it is.
    pub etag: Option<String>,
    /// Whom it greets.
    pub name: Option<String>,
}

/// What a story shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// A's change is gone, although it was accepted.
    Lost {
        /// What A wrote.
        mine: &'static str,
        /// What is there now.
        now: String,
        /// What A was told.
        status: u16,
    },
    /// B was refused, and A's change stands.
    Kept {
        /// What is there now.
        now: String,
    },
    /// Both answers name the same thing.
    Once {
        /// Where it is.
        location: String,
    },
    /// Two things were made.
    Twice {
        /// The one.
        first: String,
        /// The other.
        second: String,
    },
    /// Nothing was made, twice.
    Same {
        /// Of the second answer.
        status: u16,
    },
    /// Something else than the story tells.
    Otherwise,
}

const EDITED: [Act; 6] =
    [Act::Make, Act::Read(Editor::A), Act::Read(Editor::B), Act::Change(Editor::A), Act::Change(Editor::B), Act::Look];

impl Editor {
    /// What this one writes.
    #[must_use]
    pub const fn writes(self) -> &'static str {
        match self {
            Self::A => "Ada Lovelace",
            Self::B => "Ada Byron",
        }
    }
}

impl Story {
    /// Its calls in their order.
    #[must_use]
    pub const fn acts(self) -> &'static [Act] {
        match self {
            Self::LostUpdate | Self::Guarded => &EDITED,
            Self::Twice => &[Act::Send, Act::Send],
        }
    }

    /// The next request, made of the answers so far; `own` is what the editor held. None when the story is over, or
    /// cannot go on.
    #[must_use]
    pub fn next(self, seen: &[Seen], own: &Draft) -> Option<Draft> {
        let act = *self.acts().get(seen.len())?;
        let place = seen.first().and_then(|made| made.location.as_deref());
        let accept = ("Accept", "application/json");
        Some(match act {
            Act::Send => own.clone(),
            Act::Make => request("POST", COLLECTION, &[JSON, accept], r#"{"name":"Ada"}"#),
            Act::Read(_) | Act::Look => request("GET", place?, &[accept], ""),
            Act::Change(editor) => {
                let body = format!(r#"{{"name":"{}"}}"#, editor.writes());
                // what this editor has read, and not what is there by now
                let read = &seen[if editor == Editor::A { 1 } else { 2 }];
                let guard = read.etag.as_deref().filter(|_| self == Self::Guarded);
                let mut headers = vec![JSON, accept];
                headers.extend(guard.map(|etag| ("If-Match", etag)));
                request("PUT", place?, &headers, &body)
            }
        })
    }

    /// What the answers show, once all are there.
    #[must_use]
    pub fn verdict(self, seen: &[Seen]) -> Option<Verdict> {
        Some(match seen {
            [first, second] if self == Self::Twice => match (&first.location, &second.location) {
                (Some(one), Some(other)) if one == other => Verdict::Once { location: one.clone() },
                (Some(one), Some(other)) => Verdict::Twice { first: one.clone(), second: other.clone() },
                _ if first.status == second.status => Verdict::Same { status: second.status },
                _ => Verdict::Otherwise,
            },
            [_, _, _, a, b, look] => {
                let now = look.name.clone().unwrap_or_default();
                let (mine, theirs) = (Editor::A.writes(), Editor::B.writes());
                match (a.status, b.status) {
                    (200, 200) if now == theirs => Verdict::Lost { mine, now, status: a.status },
                    (200, 412) if now == mine => Verdict::Kept { now },
                    _ => Verdict::Otherwise,
                }
            }
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A store with one greeting, as the server keeps it.
    #[derive(Default)]
    struct Store {
        version: u32,
        name: String,
    }

    impl Store {
        fn answer(&mut self, draft: &Draft) -> Seen {
            let etag = format!("\"{}\"", self.version);
            if draft.header("if-match").is_some_and(|tag| tag != etag) {
                return Seen { status: 412, ..Seen::default() };
            }
            if draft.method != "GET" {
                self.version += 1;
                self.name = draft.body.replace("{\"name\":\"", "").replace("\"}", "");
            }
            let status = if draft.method == "POST" { 201 } else { 200 };
            let location = (status == 201).then(|| format!("/api/v1/resource/{}", self.version));
            Seen { status, location, etag: Some(format!("\"{}\"", self.version)), name: Some(self.name.clone()) }
        }
    }

    fn told(story: Story, own: &Draft) -> (Vec<Seen>, Option<Verdict>) {
        let (mut store, mut seen) = (Store::default(), Vec::new());
        while let Some(draft) = story.next(&seen, own) {
            seen.push(store.answer(&draft));
        }
        let verdict = story.verdict(&seen);
        (seen, verdict)
    }

    #[test]
    fn without_a_condition_the_first_change_is_lost() {
        let (_, verdict) = told(Story::LostUpdate, &Draft::default());
        assert_eq!(verdict, Some(Verdict::Lost { mine: "Ada Lovelace", now: "Ada Byron".to_owned(), status: 200 }));
    }

    #[test]
    fn with_if_match_the_second_is_refused() {
        let (seen, verdict) = told(Story::Guarded, &Draft::default());
        assert_eq!(seen.iter().map(|seen| seen.status).collect::<Vec<_>>(), [201, 200, 200, 200, 412, 200]);
        assert_eq!(verdict, Some(Verdict::Kept { now: "Ada Lovelace".to_owned() }));
    }

    #[test]
    fn sending_twice_tells_whether_it_was_done_twice() {
        let post = request("POST", COLLECTION, &[JSON], r#"{"name":"Ada"}"#);
        assert!(matches!(told(Story::Twice, &post).1, Some(Verdict::Twice { .. })));
        let get = request("GET", COLLECTION, &[], "");
        assert_eq!(told(Story::Twice, &get).1, Some(Verdict::Same { status: 200 }));
        let once = Seen { status: 201, location: Some("/x".to_owned()), ..Seen::default() };
        let verdict = Story::Twice.verdict(&[once.clone(), once]);
        assert_eq!(verdict, Some(Verdict::Once { location: "/x".to_owned() }));
    }

    #[test]
    fn a_story_without_its_greeting_goes_no_further() {
        let refused = Seen { status: 503, ..Seen::default() };
        assert_eq!(Story::LostUpdate.next(std::slice::from_ref(&refused), &Draft::default()), None);
        assert_eq!(Story::LostUpdate.verdict(&[refused]), None);
    }
}
