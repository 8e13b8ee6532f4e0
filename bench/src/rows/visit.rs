//! The page as a first visitor meets it: what is downloaded, and what Lighthouse says of each page on its slow 4G and slow
//! phone, with the headers that the server really sends. No peer: the figures themselves are judged.

use std::time::Duration;

use anyhow::Context as _;

use crate::{
    harness::{
        Plan,
        row::{Goal, Row, Spec, Unit},
    },
    load::lighthouse::{Lighthouse, Scores},
    peers::subject::{NAME, Subject},
};

/// The pages, with their rows.
const PAGES: [(&str, [Spec; 4]); 4] = [
    ("/", rows(["visit/home/performance", "visit/home/others", "visit/home/lcp", "visit/home/shift"])),
    ("/rest", rows(["visit/rest/performance", "visit/rest/others", "visit/rest/lcp", "visit/rest/shift"])),
    ("/grpc", rows(["visit/grpc/performance", "visit/grpc/others", "visit/grpc/lcp", "visit/grpc/shift"])),
    ("/queue", rows(["visit/queue/performance", "visit/queue/others", "visit/queue/lcp", "visit/queue/shift"])),
];
const SIZE: Spec = row("visit/size", "all of it in brotli", Unit::Kilobytes, Some(Goal::AtMost(300.0)));
/// How long the whole page may take to come over loopback.
const DOWNLOAD: Duration = Duration::from_secs(20);

const fn rows([performance, others, lcp, shift]: [&'static str; 4]) -> [Spec; 4] {
    [
        row(performance, "Lighthouse, performance", Unit::Points, Some(Goal::AtLeast(98.0))),
        row(others, "Lighthouse, least of the other categories", Unit::Points, Some(Goal::AtLeast(100.0))),
        row(lcp, "largest contentful paint", Unit::Milliseconds, Some(Goal::AtMost(1500.0))),
        row(shift, "layout shift, thousandths", Unit::Points, Some(Goal::AtMost(1.0))),
    ]
}

const fn row(name: &'static str, what: &'static str, unit: Unit, goal: Option<Goal>) -> Spec {
    Spec { name, what, unit, subject: NAME, peer: None, goal }
}

/// Measures those of the rows that are asked for.
///
/// # Errors
/// When the server does not start, or Lighthouse does not run.
pub(crate) async fn measure(plan: &Plan) -> anyhow::Result<Vec<Row>> {
    let mut rows = Vec::new();
    let wanted = |specs: &[Spec]| plan.select(specs);
    if wanted(&[SIZE]).is_empty() && PAGES.iter().all(|(_, specs)| wanted(specs).is_empty()) {
        return Ok(rows);
    }
    let (subject, _broker) = Subject::start_with_own_broker().await?;
    if !wanted(&[SIZE]).is_empty() {
        rows.push(Row::alone(SIZE, &[size(&subject).await?]));
    }
    for (path, specs) in PAGES {
        if wanted(&specs).is_empty() {
            continue;
        }
        let lighthouse = Lighthouse::prepare()?;
        let url = subject.server.url(path);
        let mut rounds = Vec::with_capacity(plan.rounds);
        for round in 1..=plan.rounds {
            let scores = lighthouse.look_at(&url).await?;
            eprintln!("visit {path}: round {round} of {}: {scores:?}", plan.rounds);
            rounds.push(scores);
        }
        let figures: [fn(&Scores) -> f64; 4] = [
            |scores| scores.performance,
            |scores| scores.others,
            |scores| scores.largest_paint_ms,
            |scores| scores.layout_shift * 1000.0,
        ];
        for (spec, figure) in specs.into_iter().zip(figures) {
            if !wanted(&[spec]).is_empty() {
                rows.push(Row::alone(spec, &rounds.iter().map(figure).collect::<Vec<_>>()));
            }
        }
    }
    Ok(rows)
}

/// Kilobytes of the home page and of all that it names, as a browser gets them.
async fn size(subject: &Subject) -> anyhow::Result<f64> {
    let client = reqwest::Client::builder().timeout(DOWNLOAD).build()?;
    let get = async |path: &str| {
        let request = client.get(subject.server.url(path)).header("accept-encoding", "br");
        anyhow::Ok(request.send().await?.error_for_status()?)
    };
    let mut bytes = get("/").await?.bytes().await?.len();
    let document = client.get(subject.server.url("/")).send().await?.text().await?;
    let mut paths: Vec<&str> = document.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    // pages have no dot in their address, files do
    paths.retain(|path| path.starts_with('/') && path.contains('.'));
    paths.sort_unstable();
    paths.dedup();
    anyhow::ensure!(paths.iter().any(|path| path.ends_with(".wasm")), "the page names no program: {paths:?}");
    for path in paths {
        bytes += get(path).await.with_context(|| format!("the page names {path}"))?.bytes().await?.len();
    }
    Ok(bytes as f64 / 1000.0)
}
