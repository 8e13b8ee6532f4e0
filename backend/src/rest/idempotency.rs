//! `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header): the caller's name for one attempt at something.

use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};

use crate::error::Error;

/// The request header.
pub(super) const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
/// On an answer that was given before.
pub(super) const IDEMPOTENT_REPLAYED: HeaderName = HeaderName::from_static("idempotent-replayed");
/// The most characters of a key.
const MAX_KEY: usize = 255;

/// The key, taken as it is: quotes are part of it.
///
/// # Errors
/// 400 when it is empty, too long, not visible ASCII, or given twice.
pub(super) fn key(headers: &HeaderMap) -> Result<Option<&str>, Error> {
    let mut values = headers.get_all(&IDEMPOTENCY_KEY).iter();
    let Some(value) = values.next() else { return Ok(None) };
    // to_str lets blanks through, which are not visible
    let key = HeaderValue::to_str(value).unwrap_or_default();
    let visible = key.bytes().all(|byte| byte.is_ascii_graphic());
    if visible && (1..=MAX_KEY).contains(&key.len()) && values.next().is_none() {
        Ok(Some(key))
    } else {
        Err(Error::request(
            StatusCode::BAD_REQUEST,
            format!("Idempotency-Key is given once and is 1 to {MAX_KEY} visible ASCII characters; a UUID will do"),
        ))
    }
}
