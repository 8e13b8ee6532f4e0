//! Reads JSON and says exactly what is wrong with it: 400 with line and column when it is not JSON, 422 with a JSON
//! pointer (RFC 6901) when it is, but not of the expected shape.

use crosstalk_proto::problem::FieldProblem;
use http::StatusCode;
use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::error::Category;
use serde_path_to_error::Segment;

use crate::error::Error;

/// Reads the whole of `body`, which must be one object.
///
/// # Errors
/// 400 or 422, see above.
pub(super) fn from_slice<T: DeserializeOwned>(body: &[u8]) -> Result<T, Error> {
    // serde takes an array for a struct as well, member by member
    if !body.trim_ascii_start().starts_with(b"{") {
        let read = serde_json::from_slice::<IgnoredAny>(body);
        return Err(
            read.map_or_else(|syntax| malformed(&syntax), |_| misshapen(String::new(), "it is not an object".into()))
        );
    }
    let mut deserializer = serde_json::Deserializer::from_slice(body);
    let value = serde_path_to_error::deserialize(&mut deserializer).map_err(|error| {
        if error.inner().classify() != Category::Data {
            return malformed(error.inner());
        }
        // what ends in the middle is malformed, whatever is wrong with the part that can be read
        serde_json::from_slice::<IgnoredAny>(body).map_or_else(
            |syntax| malformed(&syntax),
            |_| misshapen(pointer(error.path()), without_place(error.inner())),
        )
    })?;
    deserializer.end().map_err(|error| malformed(&error))?;
    Ok(value)
}

fn malformed(error: &serde_json::Error) -> Error {
    let (line, column) = (error.line() as u64, error.column().max(1) as u64);
    let what = without_place(error);
    Error::in_body(
        StatusCode::BAD_REQUEST,
        format!("the body is not JSON: {what}, in line {line}, column {column}"),
        FieldProblem { pointer: String::new(), detail: what, line: Some(line), column: Some(column) },
    )
}

fn misshapen(pointer: String, what: String) -> Error {
    let place = if pointer.is_empty() { "the body".to_owned() } else { format!("{pointer} in the body") };
    Error::in_body(
        StatusCode::UNPROCESSABLE_ENTITY,
        format!("{place} is not as it must be: {what}"),
        FieldProblem { pointer, detail: what, line: None, column: None },
    )
}

/// The message alone: serde_json appends ` at line 1 column 2`.
fn without_place(error: &serde_json::Error) -> String {
    let text = error.to_string();
    match text.rfind(" at line ") {
        Some(end) => text[..end].to_owned(),
        None => text,
    }
}

fn pointer(path: &serde_path_to_error::Path) -> String {
    let mut pointer = String::new();
    for segment in path {
        match segment {
            Segment::Seq { index } => pointer.push_str(&format!("/{index}")),
            Segment::Map { key: name } | Segment::Enum { variant: name } => {
                pointer.push('/');
                pointer.push_str(&name.replace('~', "~0").replace('/', "~1"));
            }
            Segment::Unknown => break,
        }
    }
    pointer
}

#[cfg(test)]
mod tests {
    use crosstalk_proto::rest::NewGreeting;

    use super::from_slice;

    #[track_caller]
    fn check(body: &str, status: u16, pointer: &str, line: Option<u64>, column: Option<u64>) {
        let problem = from_slice::<NewGreeting>(body.as_bytes()).unwrap_err().problem();
        let place = &problem.errors[0];
        assert_eq!(
            (problem.status, place.pointer.as_str(), place.line, place.column),
            (status, pointer, line, column),
            "{problem:?}"
        );
    }

    #[test]
    fn malformed_json_is_placed_by_line_and_column() {
        check("", 400, "", Some(1), Some(1));
        check("{\n  \"name\": Ada\n}", 400, "", Some(2), Some(11));
        check("{\"name\":\"Ada\"}}", 400, "", Some(1), Some(15));
        check("{\"name\":1", 400, "", Some(1), Some(9));
        check(&"[".repeat(100_000), 400, "", Some(1), Some(100_000));
        check(&"{\"a\":".repeat(1_000), 400, "", Some(1), Some(5_000));
    }

    #[test]
    fn a_wrong_shape_is_placed_by_pointer() {
        check("[]", 422, "", None, None);
        check("[\"Ada\"]", 422, "", None, None);
        check("null", 422, "", None, None);
        check("{}", 422, "", None, None);
        check("{\"name\":1}", 422, "/name", None, None);
        check("{\"name\":null}", 422, "/name", None, None);
        check("{\"name\":\"Ada\",\"a/b~\":1}", 422, "/a~1b~0", None, None);
        check("{\"name\":\"Ada\",\"name\":\"Ada\"}", 422, "", None, None);
    }
}
