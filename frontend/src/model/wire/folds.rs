//! Which branches of a message's tree of fields are open, and so which fields have a row. A message of few fields begins open;
//! one of many begins with as many levels as fit on a few screens.

use super::Message;

/// The most rows that a tree begins with, its first level apart.
const BEGIN: usize = 200;

/// The open branches of one message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Folds {
    open: Vec<bool>,
    /// The field of each row.
    rows: Vec<usize>,
    /// For each field the one that it is a part of, itself for one at the top.
    parents: Vec<usize>,
    /// For each field its number among its siblings, from 1.
    numbers: Vec<usize>,
    /// For each field how many it has right below it; how many are at the top comes last.
    children: Vec<usize>,
}

impl Folds {
    /// As a message begins.
    pub fn of(message: &Message) -> Self {
        let count = message.fields.len();
        let (mut parents, mut numbers, mut children) = (Vec::new(), Vec::new(), vec![0; count + 1]);
        let mut above: Vec<usize> = Vec::new();
        let mut levels: Vec<usize> = Vec::new();
        for (at, field) in message.fields.iter().enumerate() {
            let depth = usize::from(field.depth).min(above.len());
            above.truncate(depth);
            let parent = above.last().copied();
            let siblings = &mut children[parent.unwrap_or(count)];
            *siblings += 1;
            numbers.push(*siblings);
            parents.push(parent.unwrap_or(at));
            above.push(at);
            levels.resize(levels.len().max(depth + 1), 0);
            levels[depth] += 1;
        }
        let mut rows = 0;
        let fits = levels.iter().take_while(|level| {
            rows += **level;
            rows <= BEGIN
        });
        let level = fits.count();
        let open = message.fields.iter().map(|field| usize::from(field.depth) + 1 < level).collect();
        let mut folds = Self { open, rows: Vec::new(), parents, numbers, children };
        folds.lay();
        folds
    }

    /// How many rows there are.
    pub fn rows(&self) -> usize {
        self.rows.len()
    }

    /// The field of a row.
    pub fn field(&self, row: usize) -> usize {
        self.rows.get(row).copied().unwrap_or(0)
    }

    /// The row of a field, or of the branch that hides it.
    pub fn row(&self, field: usize) -> usize {
        self.rows.partition_point(|shown| *shown <= field).saturating_sub(1)
    }

    /// The field itself where it has a row, else the branch that hides it.
    pub fn shown(&self, field: usize) -> usize {
        self.field(self.row(field))
    }

    /// Whether a branch is open; none for a field without fields below it.
    pub fn is_open(&self, field: usize) -> Option<bool> {
        (self.children.get(field).is_some_and(|below| *below > 0)).then(|| self.open[field])
    }

    /// The field that a field is a part of.
    pub fn parent(&self, field: usize) -> Option<usize> {
        self.parents.get(field).copied().filter(|parent| *parent != field)
    }

    /// The number of a field among its siblings, from 1, and how many these are.
    pub fn place(&self, field: usize) -> (usize, usize) {
        let siblings = self.parent(field).unwrap_or(self.children.len() - 1);
        (self.numbers.get(field).copied().unwrap_or(0), self.children[siblings])
    }

    /// Opens or closes a branch.
    pub fn set(&mut self, field: usize, open: bool) {
        if self.is_open(field).is_some_and(|now| now != open) {
            self.open[field] = open;
            self.lay();
        }
    }

    /// Opens whatever hides a field.
    pub fn reveal(&mut self, field: usize) {
        let above: Vec<_> = std::iter::successors(self.parent(field), |above| self.parent(*above)).collect();
        if above.iter().any(|above| !self.open[*above]) {
            for above in above {
                self.open[above] = true;
            }
            self.lay();
        }
    }

    fn lay(&mut self) {
        let mut shown = vec![true; self.open.len()];
        for at in 0..shown.len() {
            shown[at] = self.parent(at).is_none_or(|parent| shown[parent] && self.open[parent]);
        }
        self.rows = (0..shown.len()).filter(|at| shown[*at]).collect();
    }
}

#[cfg(test)]
mod tests {
    use crosstalk_proto::capture::{self, Kind, Sender};

    use super::*;
    use crate::model::wire::tests::{field, seen, wire};

    fn folds(depths: impl IntoIterator<Item = u16>) -> Folds {
        let fields = depths.into_iter().map(|depth| field(depth, 0, 1, Kind::Text)).collect();
        Folds::of(&wire(vec![capture::Message { fields, ..seen(Sender::Client, &[0.0]) }]).messages[0])
    }

    #[test]
    fn a_small_tree_begins_open_and_its_branches_close_and_open() {
        // 0 (1 (2 3) 4) 5
        let mut folds = folds([0, 1, 2, 2, 1, 0]);
        assert_eq!((folds.rows(), folds.is_open(1), folds.is_open(2)), (6, Some(true), None));
        folds.set(1, false);
        assert_eq!((0..folds.rows()).map(|row| folds.field(row)).collect::<Vec<_>>(), [0, 1, 4, 5]);
        assert_eq!((folds.shown(3), folds.row(4)), (1, 2));
        folds.set(0, false);
        assert_eq!((folds.rows(), folds.shown(3)), (2, 0));
        folds.reveal(3);
        assert_eq!((folds.rows(), folds.row(3)), (6, 3));
        assert_eq!([0, 1, 2, 3, 4].map(|at| folds.parent(at)), [None, Some(0), Some(1), Some(1), Some(0)]);
        assert_eq!([0, 3, 4, 5].map(|at| folds.place(at)), [(1, 2), (2, 2), (2, 2), (2, 2)]);
    }

    #[test]
    fn a_large_tree_begins_with_the_levels_that_fit() {
        // two branches of two, of a hundred each
        let of_two = || [0, 1].into_iter().chain([2; 100]).chain([1]).chain([2; 100]);
        let folds = folds(of_two().chain(of_two()));
        assert_eq!((folds.rows(), folds.is_open(0), folds.is_open(1)), (6, Some(true), Some(false)));
        // more on the first level than fit are shown all the same: something has to be
        assert_eq!(self::folds([0; 500]).rows(), 500);
        assert_eq!((self::folds([]).rows(), self::folds([]).shown(0)), (0, 0));
    }
}
