//! Reads the query of a URL: `application/x-www-form-urlencoded`, UTF-8.

use axum::extract::Query;
use http::{StatusCode, Uri};
use percent_encoding::percent_decode_str;
use serde::de::DeserializeOwned;

use crate::error::Error;

/// Reads the parameters that `T` names; others mean nothing here and are passed over.
///
/// # Errors
/// 400 when a parameter has a wrong value, comes twice, or is not UTF-8.
pub(super) fn parse<T: DeserializeOwned>(uri: &Uri) -> Result<T, Error> {
    let bad = |what: &str| Error::request(StatusCode::BAD_REQUEST, format!("the query cannot be read: {what}"));
    if percent_decode_str(uri.query().unwrap_or_default()).decode_utf8().is_err() {
        return Err(bad("it is not UTF-8"));
    }
    let Query(parameters) = Query::try_from_uri(uri).map_err(|rejection| {
        let text = rejection.body_text();
        bad(text.strip_prefix("Failed to deserialize query string: ").unwrap_or(&text))
    })?;
    Ok(parameters)
}
