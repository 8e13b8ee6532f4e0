//! Captures: what the server recorded of the sockets for one trace.

use super::{
    browser,
    fetch::{self, Outgoing},
};
use crate::model::{
    exchange::CallError,
    trace::{TRACEPARENT, trace_id},
};

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
    ask("PUT", &trace).await?;
    Ok(trace)
}

/// Reads a capture: JSON, as the contract has it.
///
/// # Errors
/// When there is none of this trace, or no more.
pub async fn read(trace: &str) -> Result<Vec<u8>, CallError> {
    ask("GET", trace).await
}

/// Where a capture is to be had as a file.
pub fn file(trace: &str) -> String {
    format!("{}/pcapng", path(trace))
}

fn path(trace: &str) -> String {
    format!("/api/v1/captures/{trace}")
}

async fn ask(method: &str, trace: &str) -> Result<Vec<u8>, CallError> {
    let outgoing = Outgoing { method, path: &path(trace), headers: &[], body: None };
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
