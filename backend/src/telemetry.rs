//! What the operator sees: structured logs, and the counters behind `/metrics`.
//! The registry belongs to the [`crate::state::AppState`], not to the process, so that many servers can live in one test.
//! A payload is never logged and never a label.

use std::{sync::Arc, time::Duration};

use prometheus_client::{
    encoding::{EncodeLabelSet, text::encode},
    metrics::{
        counter::Counter,
        family::Family,
        gauge::Gauge,
        histogram::{Histogram, exponential_buckets},
    },
    registry::Registry,
};
use tracing_subscriber::EnvFilter;

use crate::config::{Config, LogFormat};

/// Whatever is asked for, these libraries are not to write payloads: lapin logs a returned message whole, and every refusal
/// as an error of its own (what matters of it we say ourselves); tungstenite logs frames.
const DISCREET: [&str; 3] = ["lapin=off", "tungstenite=info", "tokio_tungstenite=info"];

/// Starts logging to standard error.
pub fn init(config: &Config) {
    let filter = DISCREET.iter().fold(EnvFilter::new(&config.log), |filter, directive| {
        filter.add_directive(directive.parse().expect("a directive of our own"))
    });
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    match config.log_format {
        LogFormat::Text => builder.init(),
        LogFormat::Json => builder.json().flatten_event(true).init(),
    }
}

/// Which style a request belongs to, for metrics.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Surface {
    /// `/api/…`
    Rest,
    /// A gRPC or gRPC-Web path.
    Grpc,
    /// A WebSocket handshake.
    WebSocket,
    /// The page, probes and everything else.
    Page,
}

const SURFACES: [(Surface, &str); 4] =
    [(Surface::Rest, "rest"), (Surface::Grpc, "grpc"), (Surface::WebSocket, "websocket"), (Surface::Page, "page")];
const CLASSES: [&str; 5] = ["1xx", "2xx", "3xx", "4xx", "5xx"];

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Labels {
    surface: &'static str,
    class: &'static str,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct SurfaceLabel {
    surface: &'static str,
}

/// The counters. Cheap to clone; the hot ones are looked up once, here.
#[derive(Clone, Debug)]
pub struct Metrics {
    registry: Arc<Registry>,
    requests: [[Counter; CLASSES.len()]; SURFACES.len()],
    durations: [Histogram; SURFACES.len()],
    /// Open TCP connections.
    pub connections: Gauge,
    /// Open WebSockets.
    pub websockets: Gauge,
    /// Consumers at the broker, of all WebSockets.
    pub consumers: Gauge,
    /// Messages delivered to WebSockets.
    pub deliveries: Counter,
    /// Messages published, whatever became of them.
    pub published: Counter,
    /// Requests of `greeter.rpc` that were requeued, because their replies could not be sent.
    pub requests_requeued: Counter,
    /// 1 while the link to the broker works.
    pub link_up: Gauge,
    /// Handlers that panicked.
    pub panics: Counter,
    /// gRPC calls that are running.
    pub grpc_in_flight: Gauge,
    /// gRPC calls whose client went away before the end.
    pub grpc_cancelled: Counter,
}

impl Metrics {
    /// All counters at 0.
    #[must_use]
    pub fn new() -> Self {
        let mut registry = Registry::with_prefix("crosstalk");
        let requests = Family::<Labels, Counter>::default();
        let durations = Family::<SurfaceLabel, Histogram>::new_with_constructor(|| {
            Histogram::new(exponential_buckets(0.000_05, 4.0, 9))
        });
        registry.register("requests", "Requests answered", requests.clone());
        registry.register(
            "request_duration_seconds",
            "From the head of a request to the head of its answer",
            durations.clone(),
        );
        let mut gauge = |name: &str, help: &str| {
            let gauge: Gauge = Gauge::default();
            registry.register(name, help, gauge.clone());
            gauge
        };
        let connections = gauge("connections", "Open TCP connections");
        let websockets = gauge("websockets", "Open WebSockets");
        let consumers = gauge("consumers", "Consumers at the broker, of all WebSockets");
        let link_up = gauge("link_up", "1 while the link to the broker works");
        let grpc_in_flight = gauge("grpc_in_flight", "gRPC calls that are running");
        let mut counter = |name: &str, help: &str| {
            let counter: Counter = Counter::default();
            registry.register(name, help, counter.clone());
            counter
        };
        Self {
            requests: SURFACES
                .map(|(_, surface)| CLASSES.map(|class| requests.get_or_create(&Labels { surface, class }).clone())),
            durations: SURFACES.map(|(_, surface)| durations.get_or_create(&SurfaceLabel { surface }).clone()),
            connections,
            websockets,
            consumers,
            link_up,
            grpc_in_flight,
            deliveries: counter("deliveries", "Messages delivered to WebSockets"),
            published: counter("published", "Messages published, whatever became of them"),
            requests_requeued: counter(
                "requests_requeued",
                "Requests of greeter.rpc that were requeued, because their replies could not be sent",
            ),
            panics: counter("panics", "Handlers that panicked"),
            grpc_cancelled: counter("grpc_cancelled", "gRPC calls whose client went away before the end"),
            registry: Arc::new(registry),
        }
    }

    /// Counts an answered request.
    pub fn answered(&self, surface: Surface, status: http::StatusCode, took: Duration) {
        let class = usize::from(status.as_u16() / 100).clamp(1, CLASSES.len()) - 1;
        self.requests[surface as usize][class].inc();
        self.durations[surface as usize].observe(took.as_secs_f64());
    }

    /// The exposition text of `/metrics`.
    #[must_use]
    pub fn expose(&self) -> String {
        let mut text = String::new();
        encode(&mut text, &self.registry).expect("a String takes every character");
        text
    }
}

impl Default for Metrics {
    fn default() -> Self {
        Self::new()
    }
}
