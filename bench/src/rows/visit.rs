//! The page at a first visit, route by route: the downloaded bytes, and Lighthouse's report for a slow phone on slow
//! 4G, with the real headers of the server.
//!
//! There is no peer; the figures themselves are judged. `--before` names an older server: it takes turns with the
//! subject, and each row prints both.

use crosstalk_measure::rounds::order;

use crate::{
    harness::{
        Plan,
        row::{Goal, Row, Spec, Unit},
    },
    load::{
        download::Download,
        lighthouse::{Lighthouse, Scores},
    },
    peers::subject::{NAME, Subject},
};

/// A route of the page with its rows.
struct Route {
    path: &'static str,
    sizes: [Spec; 2],
    scores: [Spec; 5],
}

macro_rules! route {
    ($name:literal, $path:literal) => {
        Route {
            path: $path,
            sizes: sizes([concat!("visit/", $name, "/used"), concat!("visit/", $name, "/all")]),
            scores: scores([
                concat!("visit/", $name, "/performance"),
                concat!("visit/", $name, "/others"),
                concat!("visit/", $name, "/lcp"),
                concat!("visit/", $name, "/shift"),
                concat!("visit/", $name, "/blocking"),
            ]),
        }
    };
}

const fn sizes([used, all]: [&'static str; 2]) -> [Spec; 2] {
    [row(used, "brotli before it can be used", Unit::Kilobytes, None), row(all, "brotli in all", Unit::Kilobytes, None)]
}

/// The figures of [`sizes`].
const SIZES: [fn(&Download) -> f64; 2] = [|download| download.used, |download| download.all];

const fn scores([performance, others, lcp, shift, blocking]: [&'static str; 5]) -> [Spec; 5] {
    [
        row(performance, "Lighthouse, performance", Unit::Points, Some(Goal::AsBeforeOrAtLeast(95.0))),
        row(others, "Lighthouse, least of the other categories", Unit::Points, Some(Goal::AtLeast(100.0))),
        row(lcp, "largest contentful paint", Unit::Milliseconds, Some(Goal::AtMost(1500.0))),
        row(shift, "layout shift, thousandths", Unit::Points, Some(Goal::AtMost(1.0))),
        row(blocking, "total blocking time", Unit::Milliseconds, None),
    ]
}

/// The figures of [`scores`].
const SCORES: [fn(&Scores) -> f64; 5] = [
    |scores| scores.performance,
    |scores| scores.others,
    |scores| scores.largest_paint_ms,
    |scores| scores.layout_shift * 1000.0,
    |scores| scores.blocking_ms,
];

const fn row(name: &'static str, what: &'static str, unit: Unit, goal: Option<Goal>) -> Spec {
    Spec { name, what, unit, subject: NAME, peer: None, goal }
}

const ROUTES: [Route; 4] =
    [route!("home", "/"), route!("rest", "/rest"), route!("grpc", "/grpc"), route!("queue", "/queue")];

/// Viewers that show one style each, with their size in kilobytes as measured once on 2026-11-30, to compare the sizes
/// of the page with.
const VIEWERS: [(Spec, f64); 3] = [
    (row("visit/viewer/swagger-ui", "Swagger UI 5.35, brotli in all", Unit::Kilobytes, None), 403.0),
    (row("visit/viewer/asyncapi", "AsyncAPI's component, brotli in all", Unit::Kilobytes, None), 446.0),
    (row("visit/viewer/scalar", "Scalar, brotli in all", Unit::Kilobytes, None), 855.0),
];

/// Measures those of the rows that are asked for.
///
/// # Errors
/// When a server or the browser does not start, or Lighthouse does not run.
pub(crate) async fn measure(plan: &Plan) -> anyhow::Result<Vec<Row>> {
    let wanted = |specs: &[Spec]| !plan.select(specs).is_empty();
    if !ROUTES.iter().any(|route| wanted(&route.sizes) || wanted(&route.scores)) {
        return Ok(Vec::new());
    }
    let (subject, _broker) = Subject::start_with_own_broker().await?;
    let before = match &plan.before {
        Some(binary) => Some(Subject::start_other_with_own_broker(binary).await?.0),
        None => None,
    };
    let servers: Vec<&Subject> = std::iter::once(&subject).chain(&before).collect();

    let mut rows = Vec::new();
    for route in ROUTES.iter().filter(|route| wanted(&route.sizes)) {
        let mut downloads = Vec::with_capacity(servers.len());
        for server in &servers {
            downloads.push(vec![Download::of(&server.server.url(route.path)).await?]);
        }
        eprintln!("visit {}: {downloads:?}", route.path);
        rows.extend(judged(&route.sizes, &SIZES, &downloads)?);
    }
    if !rows.is_empty() {
        for (spec, kilobytes) in VIEWERS {
            rows.push(Row::alone(spec, &[kilobytes])?);
        }
    }
    for route in ROUTES.iter().filter(|route| wanted(&route.scores)) {
        rows.extend(judged(&route.scores, &SCORES, &look(plan, route, &servers).await?)?);
    }
    rows.retain(|row| wanted(&[row.spec]));
    Ok(rows)
}

/// The rows for figures that were measured in each round, for the subject and, if there is one, for the older server.
///
/// # Errors
/// As [`Row::beside`].
fn judged<T>(specs: &[Spec], figures: &[fn(&T) -> f64], measured: &[Vec<T>]) -> anyhow::Result<Vec<Row>> {
    let rows = specs.iter().zip(figures).map(|(spec, figure)| {
        let of = |server: usize| -> Vec<f64> { measured.get(server).into_iter().flatten().map(figure).collect() };
        Row::beside(*spec, &of(0), &of(1))
    });
    rows.collect()
}

/// Lighthouse's scores for a route of each server, round by round. The servers take turns; every other round runs
/// backwards.
async fn look(plan: &Plan, route: &Route, servers: &[&Subject]) -> anyhow::Result<Vec<Vec<Scores>>> {
    let lighthouse = Lighthouse::prepare()?;
    let mut scores = vec![Vec::with_capacity(plan.rounds); servers.len()];
    for round in 1..=plan.rounds {
        for server in order(round - 1, servers.len()) {
            let seen = lighthouse.look_at(&servers[server].server.url(route.path)).await?;
            let name = if server == 0 { NAME } else { "before" };
            eprintln!("visit {}: round {round} of {}: {name} {seen:?}", route.path, plan.rounds);
            scores[server].push(seen);
        }
    }
    Ok(scores)
}
