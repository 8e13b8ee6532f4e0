//! The server's own descriptor, which reflection would tell a native client; a browser cannot make that call.

use crate::{
    api::fetch::{self, Outgoing},
    model::{exchange::CallError, protobuf::contract::Contract},
};

/// Where it is.
const PATH: &str = "/helloworld.binpb";

/// Reads it.
///
/// # Errors
/// When the server does not answer, or answers something else.
pub async fn read() -> Result<Contract, CallError> {
    let mut incoming = fetch::send(Outgoing { method: "GET", path: PATH, headers: &[], body: None }).await?;
    let mut bytes = Vec::new();
    while let Some(chunk) = incoming.chunk().await? {
        bytes.extend(chunk);
    }
    if incoming.status != 200 {
        return Err(CallError::Unreadable(format!("HTTP {} for {PATH}", incoming.status)));
    }
    Contract::read(&bytes).map_err(|error| CallError::Unreadable(format!("{PATH}: {error}")))
}
