//! What the page asks of its browser besides fetching: the time, randomness, its own address.

use crosstalk_proto::step::Step;
use gloo_timers::future::TimeoutFuture;
use js_sys::{Array, Date, Uint8Array};
use wasm_bindgen::{JsCast as _, JsValue};
use web_sys::{Blob, BlobPropertyBag, HtmlAnchorElement, Performance, PerformanceResourceTiming, Url, Window};

use crate::model::{exchange::browser_step, trace};

/// A browser keeps 250 entries and then no more: at this many they are cleared.
const RESOURCES_KEPT: u32 = 200;
/// How often an entry is looked for that is not there yet.
const ENTRY_LOOKS: u32 = 3;
const ENTRY_LOOKS_APART_MS: u32 = 5;

/// The page's monotonic clock, `performance.now()`, in milliseconds.
pub fn now_ms() -> f64 {
    performance().now()
}

/// How fine the page's clock is, in milliseconds: the smallest step it was seen to make.
pub fn clock_step_ms() -> f64 {
    /// Enough to see a step of 0.1 ms.
    const LOOKS: usize = 20_000;
    let mut finest = f64::INFINITY;
    let mut last = now_ms();
    let mut steps = 0;
    for _ in 0..LOOKS {
        let now = now_ms();
        if now > last {
            finest = finest.min(now - last);
            steps += 1;
            if steps == 8 {
                break;
            }
        }
        last = now;
    }
    finest
}

/// What the wall clock said at a time of the page's clock, in milliseconds since 1970.
pub fn unix_of(at_ms: f64) -> f64 {
    performance().time_origin() + at_ms
}

/// The wall clock, in milliseconds since 1970.
pub fn unix_ms() -> f64 {
    Date::now()
}

/// A time of the wall clock as people here read it, `14:03:22.118`; of another day `2026-11-22 14:03`.
pub fn wall_clock(unix_ms: f64) -> String {
    let date = Date::new(&unix_ms.into());
    let (hours, minutes, seconds) = (date.get_hours(), date.get_minutes(), date.get_seconds());
    if date.to_date_string() != Date::new_0().to_date_string() {
        let (year, month, day) = (date.get_full_year(), date.get_month() + 1, date.get_date());
        return format!("{year}-{month:02}-{day:02} {hours:02}:{minutes:02}");
    }
    format!("{hours:02}:{minutes:02}:{seconds:02}.{:03}", date.get_milliseconds())
}

/// Gives a person a text as a JSON file.
pub fn download(name: &str, text: &str) {
    give(name, "application/json", |options| {
        Blob::new_with_str_sequence_and_options(&Array::of1(&text.into()), options)
    });
}

/// Gives a person bytes as a file of this media type.
pub fn download_bytes(name: &str, kind: &str, bytes: &[u8]) {
    let parts = Array::of1(&Uint8Array::from(bytes));
    give(name, kind, |options| Blob::new_with_u8_array_sequence_and_options(&parts, options));
}

fn give(name: &str, kind: &str, blob: impl FnOnce(&BlobPropertyBag) -> Result<Blob, JsValue>) {
    let given = || -> Result<(), JsValue> {
        let options = BlobPropertyBag::new();
        options.set_type(kind);
        let blob = blob(&options)?;
        let url = Url::create_object_url_with_blob(&blob)?;
        let document = window().document().ok_or(JsValue::NULL)?;
        let link: HtmlAnchorElement = document.create_element("a")?.unchecked_into();
        link.set_href(&url);
        link.set_download(name);
        link.click();
        Url::revoke_object_url(&url)
    };
    // only a browser that has none of it fails, and it has nothing to offer instead
    let _ = given();
}

/// A new `traceparent`.
pub fn traceparent() -> String {
    let mut random = [0; 24];
    // an ancient browser would leave zeros: the trace is then of no use, the call is
    if let Ok(crypto) = window().crypto() {
        let _ = crypto.get_random_values_with_u8_array(&mut random);
    }
    trace::traceparent(random)
}

/// A number in 0..1, for jitter.
pub(super) fn random() -> f64 {
    js_sys::Math::random()
}

/// The address of the page's WebSocket.
pub fn socket_url(traceparent: Option<&str>) -> String {
    let location = window().location();
    let secure = location.protocol().is_ok_and(|protocol| protocol == "https:");
    let scheme = if secure { "wss" } else { "ws" };
    let query = traceparent.map_or_else(String::new, |parent| ["?", trace::TRACEPARENT, "=", parent].concat());
    format!("{scheme}://{}/ws{query}", location.host().unwrap_or_default())
}

/// An address of the page's own origin as the browser resolves it; as it stands when it cannot be one.
pub fn absolute(path: &str) -> String {
    let origin = window().location().origin().unwrap_or_default();
    Url::new_with_base(path, &origin).map_or_else(|_not_one| format!("{origin}{path}"), |url| url.href())
}

/// What the browser's network stack measured of a fetch.
#[derive(Clone, Debug)]
pub(super) struct NetworkTimes {
    /// The fetch began.
    pub(super) start: f64,
    /// The request was about to be sent.
    pub(super) request_start: f64,
    /// The first byte of the answer was there.
    pub(super) response_start: f64,
    /// The last byte was there.
    pub(super) response_end: f64,
    /// What it did one after the other; what took no time, a connection that was there for one, is not in it.
    pub(super) phases: Vec<Step>,
}

/// Resource Timing (W3C) of the first fetch of `path` since `started_ms`, whose body has been read to its end. A browser may
/// have none; it may add the entry some tasks after the end of the body.
pub(super) async fn network_times(path: &str, started_ms: f64) -> Option<NetworkTimes> {
    for _ in 0..ENTRY_LOOKS {
        if let Some(times) = network_entry(path, started_ms) {
            return Some(times);
        }
        TimeoutFuture::new(ENTRY_LOOKS_APART_MS).await;
    }
    network_entry(path, started_ms)
}

fn network_entry(path: &str, started_ms: f64) -> Option<NetworkTimes> {
    let performance = performance();
    let entries = performance.get_entries_by_name_with_entry_type(&absolute(path), "resource");
    let entries = entries.iter().filter_map(|entry| entry.dyn_into::<PerformanceResourceTiming>().ok());
    let entry = entries.into_iter().find_map(|entry| {
        let (start, request_start) = (entry.start_time(), entry.request_start());
        let (response_start, response_end) = (entry.response_start(), entry.response_end());
        let is_whole = request_start >= started_ms && response_start >= request_start && response_end >= response_start;
        is_whole.then(|| NetworkTimes { start, request_start, response_start, response_end, phases: phases(&entry) })
    });
    if performance.get_entries_by_type("resource").length() > RESOURCES_KEPT {
        performance.clear_resource_timings();
    }
    entry
}

fn phases(entry: &PerformanceResourceTiming) -> Vec<Step> {
    let (connect, secure) = (entry.connect_start(), entry.secure_connection_start());
    // TLS is the last part of connecting; 0 where there is none
    let connected = if secure > 0.0 { secure } else { entry.connect_end() };
    let spans = [
        ("dns", entry.domain_lookup_start(), entry.domain_lookup_end()),
        ("connect", connect, connected),
        ("tls", secure, if secure > 0.0 { entry.connect_end() } else { 0.0 }),
        ("waiting", entry.request_start(), entry.response_start()),
        ("content", entry.response_start(), entry.response_end()),
    ];
    let spans = spans.into_iter().filter(|(_, from, to)| to > from);
    // from the page's wish to the first of these: the browser's own queue
    let first = spans.clone().map(|(_, from, _)| from).fold(entry.request_start(), f64::min);
    let queued = Some(("queued", entry.start_time(), first)).filter(|(_, from, to)| to > from);
    queued.into_iter().chain(spans).map(|(name, from, to)| browser_step(name, from, to)).collect()
}

pub(super) fn window() -> Window {
    web_sys::window().expect("the page runs in a window")
}

fn performance() -> Performance {
    window().performance().expect("every browser has a performance clock")
}
