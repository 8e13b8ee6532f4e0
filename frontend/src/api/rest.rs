//! HTTP calls as the REST panel sends them: any method, path, headers and body, and all there is to know of the
//! answer. Dropping the future aborts the call.

use crosstalk_proto::{
    problem::{PROBLEM_JSON, Problem},
    rest::Message,
    status::Readiness,
    step::Step,
};

use super::{
    browser::{network_times, now_ms, traceparent},
    fetch::{self, Outgoing},
};
use crate::model::{
    exchange::{BUSY, CallError, Cost, Greeted, browser_step},
    server_timing,
};

/// A request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// `GET` and so on.
    pub method: String,
    /// From the root, with its query.
    pub path: String,
    /// In order.
    pub headers: Vec<(String, String)>,
    /// Not sent with `GET` and `HEAD`, which have none in a browser.
    pub body: Vec<u8>,
}

/// A request's answer, whatever its status.
#[derive(Clone, Debug, PartialEq)]
pub struct Exchange {
    /// The status code.
    pub status: u16,
    /// The reason phrase; empty over HTTP/2.
    pub reason: String,
    /// Names in lower case, sorted by the browser.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
    /// When and how big.
    pub cost: Cost,
    /// What the browser's network stack measured, in order; empty when it tells nothing.
    pub network: Vec<Step>,
}

impl Exchange {
    /// The first header of this name.
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(header, _)| header == name)?;
        Some(&found.1)
    }

    /// The body as a problem, when that is what it says it is.
    pub fn problem(&self) -> Option<Problem> {
        let content_type = self.header("content-type")?;
        content_type.starts_with(PROBLEM_JSON).then(|| serde_json::from_slice(&self.body).ok()).flatten()
    }
}

/// Sends a request and reads its whole answer. `traceparent` is added unless the caller has set one.
///
/// # Errors
/// When there is no answer; an answer of any status is none.
pub async fn send(request: &Request) -> Result<Exchange, CallError> {
    let mut headers = request.headers.clone();
    if !headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("traceparent")) {
        headers.push(("traceparent".to_owned(), traceparent()));
    }
    let bodyless = matches!(request.method.as_str(), "GET" | "HEAD");
    let body = (!bodyless && !request.body.is_empty()).then_some(request.body.as_slice());

    let started_ms = now_ms();
    let mut incoming =
        fetch::send(Outgoing { method: &request.method, path: &request.path, headers: &headers, body }).await?;
    let mut bytes = Vec::new();
    while let Some(chunk) = incoming.chunk().await? {
        bytes.extend_from_slice(&chunk);
    }
    let read_ms = now_ms();

    let network = network_times(&request.path, started_ms).await;
    let started_ms = network.as_ref().map_or(started_ms, |times| times.start);
    let ended_ms = network.as_ref().map_or(read_ms, |times| times.response_end);
    let sent_ms = network.as_ref().map_or(started_ms, |times| times.request_start);
    let answered_ms = network.as_ref().map_or(incoming.at_ms, |times| times.response_start);
    let mut steps = vec![browser_step("send", started_ms, sent_ms), browser_step("receive", answered_ms, ended_ms)];
    steps.extend((read_ms > ended_ms).then(|| browser_step(BUSY, ended_ms, read_ms)));
    steps.extend(incoming.header("server-timing").map(server_timing::parse).unwrap_or_default());
    Ok(Exchange {
        status: incoming.status,
        reason: std::mem::take(&mut incoming.reason),
        headers: std::mem::take(&mut incoming.headers),
        cost: Cost { started_ms, ended_ms, steps, bytes_out: body.map_or(0, <[u8]>::len), bytes_in: bytes.len() },
        body: bytes,
        network: network.map(|times| times.phases).unwrap_or_default(),
    })
}

/// The job over REST, within a trace of the caller's or one of its own; an empty name is the default one.
///
/// # Errors
/// When there is no greeting; a problem of the server's comes as [`CallError::Problem`].
pub async fn get_greeting(name: &str, trace: Option<String>) -> Result<Greeted, CallError> {
    let query = if name.is_empty() {
        String::new()
    } else {
        format!("?name={}", String::from(js_sys::encode_uri_component(name)))
    };
    let exchange = get(format!("/api/v1/resource{query}"), trace).await?;
    let message: Message = read(&exchange)?;
    Ok(Greeted { text: message.message, cost: exchange.cost })
}

/// What the server says of its parts, `/readyz`.
///
/// # Errors
/// When the server cannot be reached or says something else.
pub async fn readiness() -> Result<Readiness, CallError> {
    // 503 has the same body: that is how one learns what is missing
    serde_json::from_slice(&get("/readyz".to_owned(), None).await?.body)
        .map_err(|error| CallError::Unreadable(error.to_string()))
}

async fn get(path: String, trace: Option<String>) -> Result<Exchange, CallError> {
    let mut headers = vec![("accept".to_owned(), "application/json".to_owned())];
    headers.extend(trace.map(|trace| ("traceparent".to_owned(), trace)));
    send(&Request { method: "GET".to_owned(), path, headers, body: Vec::new() }).await
}

fn succeeded(exchange: &Exchange) -> Result<(), CallError> {
    if let Some(problem) = exchange.problem() {
        return Err(CallError::Problem(Box::new(problem)));
    }
    if exchange.status != 200 {
        return Err(CallError::Unreadable(format!("HTTP {} {}", exchange.status, exchange.reason)));
    }
    Ok(())
}

fn read<T: serde::de::DeserializeOwned>(exchange: &Exchange) -> Result<T, CallError> {
    succeeded(exchange)?;
    serde_json::from_slice(&exchange.body).map_err(|error| CallError::Unreadable(error.to_string()))
}
