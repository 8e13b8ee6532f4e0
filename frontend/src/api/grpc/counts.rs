//! What the server counts of its calls, from its `/metrics`: whether it noticed that a client went away.

use crate::api::fetch::{self, Outgoing};

/// Calls whose client went away before the end.
const CANCELLED: &str = "crosstalk_grpc_cancelled_total ";

/// How many calls were cancelled since the server started; none when it does not tell.
pub async fn cancelled() -> Option<u64> {
    let mut incoming =
        fetch::send(Outgoing { method: "GET", path: "/metrics", headers: &[], body: None }).await.ok()?;
    let mut bytes = Vec::new();
    while let Some(chunk) = incoming.chunk().await.ok()? {
        bytes.extend(chunk);
    }
    let text = String::from_utf8(bytes).ok()?;
    text.lines().find_map(|line| line.strip_prefix(CANCELLED))?.trim().parse().ok()
}
