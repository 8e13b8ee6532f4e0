//! The page as a first visitor meets it: what is downloaded, and what Lighthouse says of each page on its slow 4G and slow
//! phone, with the headers that the server really sends. No peer: the figures themselves are judged.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

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
/// What a visitor waits for, of each of [`PAGES`]; the parts of the other pages come while this one is looked at.
const FIRST: [Spec; 4] =
    [first("visit/home/first"), first("visit/rest/first"), first("visit/grpc/first"), first("visit/queue/first")];
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

const fn first(name: &'static str) -> Spec {
    row(name, "before it is there, in brotli", Unit::Kilobytes, Some(Goal::AtMost(300.0)))
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
    let sizes = !wanted(&[SIZE]).is_empty() || !wanted(&FIRST).is_empty();
    if !sizes && PAGES.iter().all(|(_, specs)| wanted(specs).is_empty()) {
        return Ok(rows);
    }
    let (subject, _broker) = Subject::start_with_own_broker().await?;
    if sizes {
        let sizes = Sizes::weigh(&subject).await?;
        for (spec, kilobytes) in [(SIZE, sizes.all)].into_iter().chain(FIRST.into_iter().zip(sizes.first)) {
            if !wanted(&[spec]).is_empty() {
                rows.push(Row::alone(spec, &[kilobytes]));
            }
        }
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

/// Kilobytes, as a browser gets them.
#[derive(Clone, Debug)]
struct Sizes {
    /// The home page and every file that it names, of whatever page.
    all: f64,
    /// Of each of [`PAGES`], without the files that only other pages need.
    first: Vec<f64>,
}

impl Sizes {
    async fn weigh(subject: &Subject) -> anyhow::Result<Self> {
        let client = reqwest::Client::builder().timeout(DOWNLOAD).build()?;
        let get = async |path: &str| {
            let request = client.get(subject.server.url(path)).header("accept-encoding", "br");
            anyhow::Ok(request.send().await?.error_for_status().with_context(|| format!("the page names {path}"))?)
        };
        let document = client.get(subject.server.url("/")).send().await?.text().await?;
        let (_, parts) = document.split_once("const parts = ").context("the page does not tell its parts")?;
        let (parts, _) = parts.split_once(";\n").context("the parts have no end")?;
        let parts: BTreeMap<String, Vec<String>> = serde_json::from_str(parts)?;
        // pages have no dot in their address, files do
        let named = document.split(['"', '\'']).filter(|text| text.starts_with('/') && text.contains('.'));
        let named: BTreeSet<&str> = named.filter(|text| !text.contains(char::is_whitespace)).collect();
        anyhow::ensure!(named.iter().any(|path| path.ends_with(".wasm")), "the page names no program: {named:?}");
        let mut files = BTreeMap::new();
        for path in named {
            files.insert(path, get(path).await?.bytes().await?.len());
        }
        let mut sizes = Self { all: 0.0, first: Vec::with_capacity(PAGES.len()) };
        for (address, _) in PAGES {
            let document = get(address).await?.bytes().await?.len();
            let own = parts.get(address).map_or(&[][..], Vec::as_slice);
            let is_of_another = |path: &str| {
                let among = |files: &[String]| files.iter().any(|file| file == path);
                !among(own) && parts.values().any(|files| among(files))
            };
            let first = files.iter().filter(|(path, _)| !is_of_another(path)).map(|(_, bytes)| bytes).sum::<usize>();
            sizes.first.push((document + first) as f64 / 1000.0);
            sizes.all = sizes.all.max((document + files.values().sum::<usize>()) as f64 / 1000.0);
        }
        Ok(sizes)
    }
}
