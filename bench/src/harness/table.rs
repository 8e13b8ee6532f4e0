//! The table of a run, as text.

use std::fmt::Write as _;

use crosstalk_measure::Verdict;

use super::row::{Goal, Row, Unit};

const HEAD: [&str; 8] = ["row", "subject", "peer", "ratio", "interval", "goal", "verdict", "CPU per op: subject, peer"];

/// Renders the rows in columns of the necessary width.
pub(crate) fn render(rows: &[Row]) -> String {
    let lines: Vec<[String; 8]> = std::iter::once(HEAD.map(str::to_owned)).chain(rows.iter().map(cells)).collect();
    let widths: [usize; 8] =
        std::array::from_fn(|column| lines.iter().map(|line| line[column].chars().count()).max().unwrap_or(0));
    let mut text = String::new();
    for (number, line) in lines.iter().enumerate() {
        for (cell, width) in line.iter().zip(widths) {
            let _infallible = write!(text, "{cell:<width$}  ");
        }
        text.truncate(text.trim_end().len());
        text.push('\n');
        if number == 0 {
            text.push_str(&"-".repeat(widths.iter().sum::<usize>() + 2 * (widths.len() - 1)));
            text.push('\n');
        }
    }
    text
}

fn cells(row: &Row) -> [String; 8] {
    let spec = row.spec;
    let judged = |value: f64| if spec.peer.is_some() { plain(value) } else { figure(value, spec.unit) };
    [
        format!("{}  {}", spec.name, spec.what),
        figure(row.subject, spec.unit),
        row.peer
            .zip(spec.peer)
            .or_else(|| row.before.map(|before| (before.median, "before")))
            .map_or_else(String::new, |(value, name)| format!("{} {name}", figure(value, spec.unit))),
        if spec.peer.is_some() { plain(row.judged.estimate) } else { String::new() },
        format!("{} .. {}", judged(row.judged.low), judged(row.judged.high)),
        match spec.goal {
            Some(Goal::AtLeast(bound)) => format!(">= {}", judged(bound)),
            Some(Goal::AtMost(bound)) => format!("<= {}", judged(bound)),
            Some(Goal::AsBeforeOrAtLeast(bound)) => format!(">= {} or before", judged(bound)),
            None => String::new(),
        },
        match row.verdict() {
            None => "shown",
            Some(Verdict::Met) => "met",
            Some(Verdict::Unclear) => "unclear",
            Some(Verdict::Missed) => "MISSED",
        }
        .to_owned(),
        row.cpu.map_or_else(String::new, |(subject, peer)| format!("{:.1} µs, {:.1} µs", subject * 1e6, peer * 1e6)),
    ]
}

/// A figure with its unit.
pub(crate) fn figure(value: f64, unit: Unit) -> String {
    match unit {
        Unit::PerSecond => format!("{}/s", grouped(value)),
        Unit::Milliseconds => format!("{value:.2} ms"),
        Unit::Megabytes => format!("{value:.1} MB"),
        Unit::Count | Unit::Points => format!("{value:.0}"),
        Unit::Kilobytes => format!("{value:.1} KB"),
    }
}

fn plain(ratio: f64) -> String {
    if ratio >= 10.0 { format!("{ratio:.0}") } else { format!("{ratio:.2}") }
}

/// A number with separators, as in 158,000.
fn grouped(value: f64) -> String {
    let digits = format!("{value:.0}");
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use crosstalk_measure::Interval;

    use super::{super::row::Spec, *};

    #[test]
    fn a_table_says_figure_peer_ratio_interval_goal_verdict_and_cpu() {
        let spec = Spec {
            name: "rest/axum",
            what: "GET",
            unit: Unit::PerSecond,
            subject: "crosstalk",
            peer: Some("axum"),
            goal: Some(Goal::AtLeast(0.9)),
        };
        let row = Row {
            spec,
            subject: 158_000.4,
            peer: Some(160_000.0),
            judged: Interval { low: 0.97, estimate: 0.988, high: 1.02, coverage: 0.9375 },
            before: None,
            cpu: Some((5.2e-6, 5.1e-6)),
        };
        let alone =
            Row::alone(Spec { name: "idle/memory", unit: Unit::Megabytes, peer: None, goal: None, ..spec }, &[17.25])
                .unwrap();
        let points = Spec { name: "visit/score", unit: Unit::Points, peer: None, ..spec };
        let points = Spec { goal: Some(Goal::AsBeforeOrAtLeast(95.0)), ..points };
        let text = render(&[row, alone, Row::beside(points, &[96.0], &[91.0]).unwrap()]);
        let cells = |line: usize| -> Vec<&str> {
            text.lines().nth(line).unwrap().split("  ").map(str::trim).filter(|cell| !cell.is_empty()).collect()
        };
        assert_eq!(
            cells(2),
            [
                "rest/axum",
                "GET",
                "158,000/s",
                "160,000/s axum",
                "0.99",
                "0.97 .. 1.02",
                ">= 0.90",
                "met",
                "5.2 µs, 5.1 µs"
            ]
        );
        assert_eq!(cells(3), ["idle/memory", "GET", "17.2 MB", "17.2 MB .. 17.2 MB", "shown"]);
        assert_eq!(cells(4), ["visit/score", "GET", "96", "91 before", "96 .. 96", ">= 95 or before", "met"]);
    }

    #[test]
    fn thousands_are_apart() {
        assert_eq!(
            ["7", "999", "1,000", "1,234,567"],
            [7.4, 999.0, 1_000.0, 1_234_567.0].map(grouped).each_ref().map(String::as_str)
        );
    }
}
