//! What was sent before, newest first, bounded.

use std::collections::VecDeque;

/// How many entries are kept.
pub const KEPT: usize = 50;

/// Entries with a number that never repeats.
#[derive(Clone, Debug)]
pub struct History<T> {
    entries: VecDeque<(u64, T)>,
    last: u64,
}

impl<T> Default for History<T> {
    fn default() -> Self {
        Self { entries: VecDeque::new(), last: 0 }
    }
}

impl<T> History<T> {
    /// Adds an entry and gives its number.
    pub fn push(&mut self, entry: T) -> u64 {
        self.last += 1;
        self.entries.push_front((self.last, entry));
        self.entries.truncate(KEPT);
        self.last
    }

    /// Forgets all; numbers go on.
    pub fn clear(&mut self) {
        self.entries.clear();
    }

    /// The entries with their numbers, newest first.
    pub fn iter(&self) -> impl Iterator<Item = &(u64, T)> {
        self.entries.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_entry_is_forgotten_first() {
        let mut history = History::default();
        for n in 1..=KEPT + 1 {
            history.push(n);
        }
        assert_eq!(history.iter().next(), Some(&(KEPT as u64 + 1, KEPT + 1)));
        assert_eq!(history.iter().last(), Some(&(2, 2)));
    }
}
