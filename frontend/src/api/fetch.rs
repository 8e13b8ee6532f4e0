//! One fetch: status and headers first, then the body chunk by chunk. `rest` and `grpc` are made of it.
//!
//! Dropping what is returned, or the future itself, aborts the fetch. Only the page's own origin is asked.

use gloo_net::http::Request;
use js_sys::{Reflect, Uint8Array};
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortController, ReadableStreamDefaultReader, RequestCache, RequestInit};

use super::{browser::now_ms, flight::Flight};
use crate::model::exchange::CallError;

/// What to send.
#[derive(Clone, Copy, Debug)]
pub(super) struct Outgoing<'a> {
    /// `GET` and so on.
    pub(super) method: &'a str,
    /// From the root of the page's own origin, with its query.
    pub(super) path: &'a str,
    /// In order; a name may come twice.
    pub(super) headers: &'a [(String, String)],
    /// None for methods without one.
    pub(super) body: Option<&'a [u8]>,
}

/// An answer whose body is still coming.
#[derive(Debug)]
pub(super) struct Incoming {
    /// The status code.
    pub(super) status: u16,
    /// The reason phrase; empty over HTTP/2.
    pub(super) reason: String,
    /// In the browser's order, names in lower case.
    pub(super) headers: Vec<(String, String)>,
    /// When the headers were there, on the page's clock.
    pub(super) at_ms: f64,
    reader: Option<ReadableStreamDefaultReader>,
    _abort: AbortOnDrop,
    _flight: Flight,
}

#[derive(Debug)]
struct AbortOnDrop(AbortController);

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        self.0.abort(); // of no effect once the body was read
    }
}

/// Sends a request and waits for the headers of its answer.
///
/// # Errors
/// [`CallError::Refused`] when the browser does not send it, [`CallError::Unreachable`] when no
/// headers come: nothing listens, or the connection broke before them.
pub(super) async fn send(outgoing: Outgoing<'_>) -> Result<Incoming, CallError> {
    if !outgoing.path.starts_with('/') || outgoing.path.starts_with("//") {
        return Err(CallError::Refused(format!("{} is not a path of this server", outgoing.path)));
    }
    let flight = Flight::start();
    let abort = AbortOnDrop(AbortController::new().map_err(|error| refused(&error))?);
    let request = build(outgoing, &abort.0)?;
    let response = request.send().await.map_err(|_error| CallError::Unreachable)?;
    let at_ms = now_ms();
    let reader = response.body().map(|body| body.get_reader().unchecked_into());
    Ok(Incoming {
        status: response.status(),
        reason: response.status_text(),
        headers: response.headers().entries().collect(),
        at_ms,
        reader,
        _abort: abort,
        _flight: flight,
    })
}

impl Incoming {
    /// The next bytes of the body; `None` at its end.
    ///
    /// # Errors
    /// [`CallError::Lost`] when the connection broke.
    pub(super) async fn chunk(&mut self) -> Result<Option<Vec<u8>>, CallError> {
        let Some(reader) = &self.reader else {
            return Ok(None);
        };
        let result = JsFuture::from(reader.read()).await.map_err(|_error| CallError::Lost)?;
        let done = Reflect::get(&result, &"done".into()).is_ok_and(|done| done.is_truthy());
        if done {
            self.reader = None;
            return Ok(None);
        }
        let value = Reflect::get(&result, &"value".into()).unwrap_or(JsValue::UNDEFINED);
        Ok(Some(Uint8Array::new(&value).to_vec()))
    }

    /// The value of a header.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(header, _)| header == name)?;
        Some(&found.1)
    }
}

fn build(outgoing: Outgoing<'_>, abort: &AbortController) -> Result<Request, CallError> {
    // those of gloo-net panic on a name or value that the browser refuses
    let headers = web_sys::Headers::new().map_err(|error| refused(&error))?;
    for (name, value) in outgoing.headers {
        headers.append(name, value).map_err(|error| refused(&error))?;
    }
    let init = RequestInit::new();
    init.set_method(outgoing.method);
    init.set_headers(&headers);
    init.set_signal(Some(&abort.signal()));
    // the browser's cache would answer in the server's place
    init.set_cache(RequestCache::NoStore);
    if let Some(body) = outgoing.body {
        init.set_body(&Uint8Array::from(body));
    }
    // gloo-net's own builder appends `&` to a path with a query
    let request = web_sys::Request::new_with_str_and_init(outgoing.path, &init);
    request.map(Request::from).map_err(|error| refused(&error))
}

fn refused(error: &JsValue) -> CallError {
    let words = error.dyn_ref::<js_sys::Error>().map_or_else(String::new, |error| String::from(error.message()));
    CallError::Refused(words)
}
