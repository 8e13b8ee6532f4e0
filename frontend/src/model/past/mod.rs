//! The calls before, of all benches, newest first and bounded. They are kept in the browser and travel in files, so
//! what is here holds no credentials, but for [`Call::whole`], which is never written.
//!
//! - [`call`]: one call; [`file`](mod@file): the text that calls are kept in
//! - [`others`]: calls of other clients, beside them
//! - [`compare`]: two answers side by side; [`lines`]: two texts line by line

pub mod call;
pub mod compare;
pub mod file;
pub mod lines;
pub mod others;

use self::call::{Call, Style};

/// How many calls of each bench are kept.
pub const KEPT: usize = 50;

/// The calls, newest first.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Past {
    calls: Vec<Call>,
}

impl Past {
    /// Adds a call and gives its name: its own time, or the next that no other call has.
    pub fn push(&mut self, mut call: Call) -> u64 {
        while self.get(call.at).is_some() {
            call.at += 1;
        }
        let name = call.at;
        self.insert(call.bounded());
        self.bound();
        name
    }

    /// Adds the calls of a file that are not here yet. Gives how many those are.
    pub fn merge(&mut self, calls: Vec<Call>) -> usize {
        let mut added = 0;
        for call in calls {
            if self.get(call.at).is_none() {
                self.insert(call.bounded());
                added += 1;
            }
        }
        self.bound();
        added
    }

    /// Takes over what another tab has kept. What this page load alone knows of a call stays.
    pub fn replace(&mut self, calls: Vec<Call>) {
        let before = std::mem::take(self);
        for call in calls {
            self.insert(before.get(call.at).cloned().unwrap_or(call));
        }
        self.bound();
    }

    /// The call of this name.
    #[must_use]
    pub fn get(&self, name: u64) -> Option<&Call> {
        self.calls.iter().find(|call| call.at == name)
    }

    /// The calls of a bench, newest first.
    pub fn of(&self, style: Style) -> impl Iterator<Item = &Call> {
        self.calls.iter().filter(move |call| call.style == style)
    }

    /// All calls, newest first.
    #[must_use]
    pub fn calls(&self) -> &[Call] {
        &self.calls
    }

    /// Forgets the calls of a bench.
    pub fn clear(&mut self, style: Style) {
        self.calls.retain(|call| call.style != style);
    }

    fn insert(&mut self, call: Call) {
        let at = self.calls.partition_point(|before| before.at > call.at);
        self.calls.insert(at, call);
    }

    fn bound(&mut self) {
        let mut kept = [0; Style::ALL.len()];
        self.calls.retain(|call| {
            let count = &mut kept[call.style as usize];
            *count += 1;
            *count <= KEPT
        });
    }
}

#[cfg(test)]
mod tests {
    use super::{call::sample, *};

    #[test]
    fn the_oldest_call_of_a_bench_is_forgotten_first_and_no_name_comes_twice() {
        let mut past = Past::default();
        past.push(Call { style: Style::Grpc, ..sample(1) });
        let names: Vec<u64> = (0..=KEPT).map(|_| past.push(sample(1))).collect();
        assert_eq!(names.last(), Some(&(KEPT as u64 + 2)));
        let kept: Vec<u64> = past.of(Style::Rest).map(|call| call.at).collect();
        assert_eq!((kept.len(), kept.first(), kept.last()), (KEPT, names.last(), Some(&3)));
        assert_eq!(past.of(Style::Grpc).count(), 1, "another bench's calls are counted apart");
        past.clear(Style::Rest);
        assert_eq!(past.calls().len(), 1);
    }

    #[test]
    fn what_is_here_already_is_not_added_again() {
        let mut past = Past::default();
        past.push(sample(5));
        assert_eq!(past.merge(vec![sample(7), sample(5), sample(3)]), 2);
        assert_eq!(past.calls().iter().map(|call| call.at).collect::<Vec<_>>(), [7, 5, 3]);
    }

    #[test]
    fn another_tabs_calls_do_not_make_this_one_forget_its_credentials() {
        let mut past = Past::default();
        past.push(Call { whole: Some("1&token=x".to_owned()), ..sample(5) });
        past.replace(vec![sample(6), sample(5)]);
        assert_eq!(past.get(5).and_then(|call| call.whole.as_deref()), Some("1&token=x"));
        past.replace(Vec::new());
        assert_eq!(past.calls(), []);
    }
}
