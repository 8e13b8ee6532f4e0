//! What the page asks of its browser besides fetching: the time, randomness, its own address.

use wasm_bindgen::JsCast as _;
use web_sys::{Performance, PerformanceResourceTiming, Window};

use crate::model::trace;

/// A browser keeps 250 entries and then no more: at this many they are cleared.
const RESOURCES_KEPT: u32 = 200;

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

/// The wall clock, in milliseconds since 1970.
pub fn unix_ms() -> f64 {
    js_sys::Date::now()
}

/// A time of the wall clock as people here read it, `14:03:22.118`.
pub fn wall_clock(unix_ms: f64) -> String {
    let date = js_sys::Date::new(&unix_ms.into());
    let (hours, minutes, seconds) = (date.get_hours(), date.get_minutes(), date.get_seconds());
    format!("{hours:02}:{minutes:02}:{seconds:02}.{:03}", date.get_milliseconds())
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
pub(super) fn socket_url() -> String {
    let location = window().location();
    let secure = location.protocol().is_ok_and(|protocol| protocol == "https:");
    let scheme = if secure { "wss" } else { "ws" };
    format!("{scheme}://{}/ws", location.host().unwrap_or_default())
}

/// An address of the page's own origin as the browser resolves it; as it stands when it cannot be one.
pub fn absolute(path: &str) -> String {
    let origin = window().location().origin().unwrap_or_default();
    web_sys::Url::new_with_base(path, &origin).map_or_else(|_not_one| format!("{origin}{path}"), |url| url.href())
}

/// What the browser's network stack measured of a fetch.
#[derive(Clone, Copy, Debug)]
pub(super) struct NetworkTimes {
    /// The request was about to be sent.
    pub(super) request_start: f64,
    /// The first byte of the answer was there.
    pub(super) response_start: f64,
}

/// Resource Timing (W3C) of the newest fetch of `path` since `started_ms`; a browser may have none.
pub(super) fn network_times(path: &str, started_ms: f64) -> Option<NetworkTimes> {
    let performance = performance();
    let url = format!("{}{path}", window().location().origin().ok()?);
    let entries = performance.get_entries_by_name_with_entry_type(&url, "resource");
    if performance.get_entries_by_type("resource").length() > RESOURCES_KEPT {
        performance.clear_resource_timings();
    }
    let entry: PerformanceResourceTiming = entries.pop().dyn_into().ok()?;
    let times = NetworkTimes { request_start: entry.request_start(), response_start: entry.response_start() };
    (times.request_start >= started_ms && times.response_start >= times.request_start).then_some(times)
}

pub(super) fn window() -> Window {
    web_sys::window().expect("the page runs in a window")
}

fn performance() -> Performance {
    window().performance().expect("every browser has a performance clock")
}
