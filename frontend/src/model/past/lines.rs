//! Two texts line by line: which lines both have, in their order, and which only one has.

/// More lines than this are not compared one with another: the middle is then all of one and all of the other.
const MAX_CELLS: usize = 1_000_000;

/// Who has a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Both.
    Both,
    /// The first text only.
    First,
    /// The second text only.
    Second,
}

/// A line of either text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line<'a> {
    /// Who has it.
    pub side: Side,
    /// Without its end.
    pub text: &'a str,
}

/// All lines of both texts: the longest common subsequence, and between its lines what only one has, the first's first.
#[must_use]
pub fn compare<'a>(first: &'a str, second: &'a str) -> Vec<Line<'a>> {
    let (a, b): (Vec<&str>, Vec<&str>) = (first.lines().collect(), second.lines().collect());
    let head = a.iter().zip(&b).take_while(|(a, b)| a == b).count();
    let tail = a[head..].iter().rev().zip(b[head..].iter().rev()).take_while(|(a, b)| a == b).count();
    let (a_middle, b_middle) = (&a[head..a.len() - tail], &b[head..b.len() - tail]);
    let line = |side| move |text: &&'a str| Line { side, text };
    let mut lines: Vec<Line<'a>> = a[..head].iter().map(line(Side::Both)).collect();
    if a_middle.len() * b_middle.len() > MAX_CELLS {
        lines.extend(a_middle.iter().map(line(Side::First)));
        lines.extend(b_middle.iter().map(line(Side::Second)));
    } else {
        walk(a_middle, b_middle, &mut lines);
    }
    lines.extend(a[a.len() - tail..].iter().map(line(Side::Both)));
    lines
}

/// From the start of both to their ends, along the longest common subsequence.
fn walk<'a>(a: &[&'a str], b: &[&'a str], lines: &mut Vec<Line<'a>>) {
    let width = b.len() + 1;
    // how many lines the rests of both have in common
    let mut common = vec![0_u32; (a.len() + 1) * width];
    for i in (0..a.len()).rev() {
        for j in (0..b.len()).rev() {
            common[i * width + j] = if a[i] == b[j] {
                common[(i + 1) * width + j + 1] + 1
            } else {
                common[(i + 1) * width + j].max(common[i * width + j + 1])
            };
        }
    }
    let (mut i, mut j) = (0, 0);
    while i < a.len() || j < b.len() {
        if i < a.len() && j < b.len() && a[i] == b[j] {
            lines.push(Line { side: Side::Both, text: a[i] });
            (i, j) = (i + 1, j + 1);
        } else if j == b.len() || i < a.len() && common[(i + 1) * width + j] >= common[i * width + j + 1] {
            lines.push(Line { side: Side::First, text: a[i] });
            i += 1;
        } else {
            lines.push(Line { side: Side::Second, text: b[j] });
            j += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_changed_line_is_in_its_place() {
        let lines = compare("{\n\"a\": 1,\n\"b\": 2\n}", "{\n\"a\": 1,\n\"b\": 3\n}");
        let marks: String = lines.iter().map(|line| mark(line.side)).collect();
        assert_eq!(marks, "  -+ ");
        assert_eq!(compare("", ""), []);
    }

    #[test]
    fn texts_too_long_to_compare_keep_their_lines() {
        let text = |word: &str| (0..1_100).map(|n| format!("{word}{n}\n")).collect::<String>();
        let (a, b) = (text("a"), text("b"));
        assert_eq!(compare(&a, &b).len(), 2_200);
    }

    proptest! {
        #[test]
        fn each_text_is_what_it_has(a in "[abc\n]{0,40}", b in "[abc\n]{0,40}") {
            let lines = compare(&a, &b);
            for (text, other) in [(&a, Side::Second), (&b, Side::First)] {
                let kept: Vec<&str> = lines.iter().filter(|line| line.side != other).map(|line| line.text).collect();
                prop_assert_eq!(kept, text.lines().collect::<Vec<_>>());
            }
        }
    }

    fn mark(side: Side) -> char {
        match side {
            Side::Both => ' ',
            Side::First => '-',
            Side::Second => '+',
        }
    }
}
