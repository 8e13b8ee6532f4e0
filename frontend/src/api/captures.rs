//! Captures: what the server recorded of the sockets for one trace. A capture is read with the secret that arming it gave; the
//! secrets stay in this file.

use std::{cell::RefCell, collections::VecDeque};

use crosstalk_proto::capture::Armed;

use super::{
    browser,
    fetch::{self, Outgoing},
};
use crate::model::{
    exchange::CallError,
    trace::{TRACEPARENT, trace_id},
};

/// As many captures as the server keeps.
const MAX_SECRETS: usize = 64;
const CAPTURE_SECRET: &str = "capture-secret";

thread_local! {
    /// The secrets of the captures that were armed last, by trace.
    static SECRETS: RefCell<VecDeque<(String, String)>> = const { RefCell::new(VecDeque::new()) };
}

/// Arms a capture of the trace that `headers` carry; they get one when they have none. Gives the trace id.
///
/// # Errors
/// When the server cannot be reached, or has too many captures armed.
pub async fn arm(headers: &mut Vec<(String, String)>) -> Result<String, CallError> {
    let is_parent = |name: &str| name.eq_ignore_ascii_case(TRACEPARENT);
    let own = headers.iter().find(|(name, _)| is_parent(name)).and_then(|(_, parent)| trace_id(parent));
    let trace = if let Some(own) = own {
        own.to_owned()
    } else {
        let parent = browser::traceparent();
        let trace = trace_id(&parent).unwrap_or_default().to_owned();
        headers.retain(|(name, _)| !is_parent(name));
        headers.push((TRACEPARENT.to_owned(), parent));
        trace
    };
    let body = ask("PUT", &path(&trace), &trace).await?;
    let armed: Armed = serde_json::from_slice(&body).map_err(|error| CallError::Unreadable(error.to_string()))?;
    SECRETS.with_borrow_mut(|secrets| {
        secrets.retain(|(known, _)| *known != trace);
        secrets.truncate(MAX_SECRETS - 1);
        secrets.push_front((trace.clone(), armed.secret));
    });
    Ok(trace)
}

/// Reads a capture: JSON, as the contract has it.
///
/// # Errors
/// When there is none of this trace, or no more.
pub async fn read(trace: &str) -> Result<Vec<u8>, CallError> {
    ask("GET", &path(trace), trace).await
}

/// Gives a person a capture as a file for Wireshark.
///
/// # Errors
/// When there is none of this trace, or no more.
pub async fn download(trace: &str) -> Result<(), CallError> {
    let file = ask("GET", &format!("{}/pcapng", path(trace)), trace).await?;
    browser::download_bytes(&format!("crosstalk-{trace}.pcapng"), "application/x-pcapng", &file);
    Ok(())
}

fn path(trace: &str) -> String {
    format!("/api/v1/captures/{trace}")
}

async fn ask(method: &str, path: &str, trace: &str) -> Result<Vec<u8>, CallError> {
    let secret = SECRETS.with_borrow(|secrets| secrets.iter().find(|(known, _)| known == trace).cloned());
    let headers = secret.map(|(_, secret)| (CAPTURE_SECRET.to_owned(), secret));
    let outgoing = Outgoing { method, path, headers: headers.as_slice(), body: None };
    let mut incoming = fetch::send(outgoing).await?;
    let mut body = Vec::new();
    while let Some(chunk) = incoming.chunk().await? {
        body.extend_from_slice(&chunk);
    }
    if incoming.status < 300 {
        return Ok(body);
    }
    let problem = serde_json::from_slice(&body).map_err(|error| CallError::Unreadable(error.to_string()))?;
    Err(CallError::Problem(Box::new(problem)))
}
