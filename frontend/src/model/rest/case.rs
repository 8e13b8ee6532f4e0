//! What a status means in the very case at hand: which tag was sent and which is current, where the new thing lives,
//! what there is instead. The page has the words.

use crosstalk_proto::problem::Problem;

use super::draft::Draft;

/// What is known of an answer.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'a> {
    /// The status.
    pub status: u16,
    /// Names in lower case.
    pub headers: &'a [(String, String)],
    /// When the answer is one.
    pub problem: Option<&'a Problem>,
    /// Bytes of the request's body.
    pub bytes_out: usize,
    /// Bytes of the answer's.
    pub bytes_in: usize,
    /// The tag that was last seen there before.
    pub current: Option<&'a str>,
}

/// The case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Case {
    /// A representation with its tag.
    Tagged {
        /// Its tag.
        etag: String,
    },
    /// The header fields of a representation, without the body.
    Headers {
        /// Its tag.
        etag: String,
    },
    /// The same as messages of gRPC are.
    Protobuf {
        /// Bytes of the body.
        bytes: usize,
    },
    /// A change that was made on a condition that held.
    ChangedIf {
        /// The tag that the caller had.
        tag: String,
        /// The tag there is now.
        etag: String,
    },
    /// A change without a condition.
    Changed {
        /// The tag there is now.
        etag: String,
    },
    /// Something new.
    Made {
        /// Where it lives.
        location: String,
        /// Its tag.
        etag: String,
        /// The same request again would not make another.
        repeatable: bool,
    },
    /// An idempotency key that was known: nothing was done.
    Replayed {
        /// What was made the first time.
        location: String,
    },
    /// It is gone.
    Deleted {
        /// What.
        path: String,
    },
    /// The methods there are.
    Allowed {
        /// `Allow`
        allow: String,
    },
    /// 304.
    Unchanged {
        /// The tag that the caller had.
        tag: String,
    },
    /// The body is not JSON, from here on.
    Malformed {
        /// From 1.
        line: u64,
        /// From 1.
        column: u64,
    },
    /// Nothing is there.
    Missing {
        /// Where.
        path: String,
    },
    /// Not with this method.
    Method {
        /// The one that was sent.
        method: String,
        /// Those there are.
        allow: String,
    },
    /// No such representation.
    Unacceptable {
        /// `Accept`
        accept: String,
    },
    /// Somebody else was faster.
    Conflict,
    /// A condition that did not hold.
    Unmet {
        /// Header and tag as they were sent.
        condition: String,
        /// The tag that was seen last, when it is another.
        current: Option<String>,
    },
    /// A body that is too large.
    TooLarge {
        /// How large.
        bytes: usize,
    },
    /// A type of body that is not read here.
    MediaType {
        /// `Content-Type`, may be empty.
        sent: String,
        /// What is read.
        taken: String,
    },
    /// A body whose members are not as they must be.
    Fields {
        /// Their pointers.
        pointers: String,
    },
    /// An idempotency key that came with another body before.
    KeyReused {
        /// The key.
        key: String,
    },
    /// Nothing more than the status says.
    Status,
}

/// The case at hand.
#[must_use]
pub fn of(draft: &Draft, facts: Facts<'_>) -> Case {
    let header = |name: &str| {
        let found = facts.headers.iter().find(|(header, _)| header == name);
        found.map(|(_, value)| value.clone())
    };
    let path = || draft.open_path();
    let sent = |name: &str| draft.header(name).unwrap_or_default().to_owned();
    match facts.status {
        200 | 204 if draft.method == "OPTIONS" => match header("allow") {
            Some(allow) => Case::Allowed { allow },
            None => Case::Status,
        },
        200 if matches!(draft.method.as_str(), "PUT" | "PATCH") => match (header("etag"), draft.header("if-match")) {
            (Some(etag), Some(tag)) => Case::ChangedIf { tag: tag.to_owned(), etag },
            (Some(etag), None) => Case::Changed { etag },
            _ => Case::Status,
        },
        200 if draft.method == "HEAD" => header("etag").map_or(Case::Status, |etag| Case::Headers { etag }),
        200 if header("content-type").is_some_and(|media| media.contains("protobuf")) => {
            Case::Protobuf { bytes: facts.bytes_in }
        }
        200 => header("etag").map_or(Case::Status, |etag| Case::Tagged { etag }),
        201 => match (header("location"), header("etag")) {
            (Some(location), _) if header("idempotent-replayed").is_some() => Case::Replayed { location },
            (Some(location), Some(etag)) => {
                let repeatable = draft.method == "PUT" || draft.header("idempotency-key").is_some();
                Case::Made { location, etag, repeatable }
            }
            _ => Case::Status,
        },
        204 if draft.method == "DELETE" => Case::Deleted { path: path() },
        304 => Case::Unchanged { tag: sent("if-none-match") },
        400 => place(facts.problem).unwrap_or(Case::Status),
        404 => Case::Missing { path: path() },
        405 => Case::Method { method: draft.method.clone(), allow: header("allow").unwrap_or_default() },
        406 => Case::Unacceptable { accept: sent("accept") },
        409 => Case::Conflict,
        412 => unmet(draft, facts.current),
        413 => Case::TooLarge { bytes: facts.bytes_out },
        415 => Case::MediaType {
            sent: sent("content-type"),
            taken: header("accept-patch").or_else(|| header("accept")).unwrap_or_default(),
        },
        422 => match facts.problem {
            Some(problem) if !problem.errors.is_empty() => {
                let pointer = |pointer: &str| if pointer.is_empty() { "/".to_owned() } else { pointer.to_owned() };
                let pointers: Vec<String> = problem.errors.iter().map(|error| pointer(&error.pointer)).collect();
                Case::Fields { pointers: pointers.join(", ") }
            }
            _ => draft.header("idempotency-key").map_or(Case::Status, |key| Case::KeyReused { key: key.to_owned() }),
        },
        _ => Case::Status,
    }
}

fn place(problem: Option<&Problem>) -> Option<Case> {
    let error = problem?.errors.first()?;
    Some(Case::Malformed { line: error.line?, column: error.column? })
}

fn unmet(draft: &Draft, current: Option<&str>) -> Case {
    let condition = |name| Some((name, draft.header(name)?));
    let Some((name, tag)) = ["If-Match", "If-None-Match"].into_iter().find_map(condition) else {
        return Case::Status;
    };
    let current = current.filter(|current| *current != tag);
    Case::Unmet { condition: format!("{name}: {tag}"), current: current.map(str::to_owned) }
}

#[cfg(test)]
mod tests {
    use crosstalk_proto::problem::FieldProblem;

    use super::{
        super::preset::{COLLECTION, JSON, request},
        *,
    };

    #[track_caller]
    fn check(draft: &Draft, status: u16, headers: &[(&str, &str)], expected: Case) {
        let headers: Vec<_> = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let facts =
            Facts { status, headers: &headers, problem: None, bytes_out: 70_000, bytes_in: 12, current: Some("\"2\"") };
        assert_eq!(of(draft, facts), expected);
    }

    #[test]
    fn each_status_is_told_with_what_was_sent_and_what_there_is() {
        let one = "/api/v1/resource/1";
        let put = request("PUT", one, &[("If-Match", "\"1\"")], "{}");
        check(&put, 200, &[("etag", "\"3\"")], Case::ChangedIf { tag: "\"1\"".to_owned(), etag: "\"3\"".to_owned() });
        let condition = "If-Match: \"1\"".to_owned();
        check(&put, 412, &[], Case::Unmet { condition, current: Some("\"2\"".to_owned()) });
        let post = request("POST", COLLECTION, &[JSON], "{}");
        let made = [("location", one), ("etag", "\"1\"")];
        let (location, etag) = (one.to_owned(), "\"1\"".to_owned());
        check(&post, 201, &made, Case::Made { location: location.clone(), etag, repeatable: false });
        let replayed = [("location", one), ("etag", "\"1\""), ("idempotent-replayed", "true")];
        check(&post, 201, &replayed, Case::Replayed { location });
        check(&post, 413, &[], Case::TooLarge { bytes: 70_000 });
        let (sent, taken) = ("application/json".to_owned(), "x/y".to_owned());
        check(&post, 415, &[("accept", "x/y")], Case::MediaType { sent, taken });
        check(&post, 503, &[], Case::Status);
        let allow = "GET, HEAD".to_owned();
        check(&put, 405, &[("allow", "GET, HEAD")], Case::Method { method: "PUT".to_owned(), allow });
        let get = request("GET", one, &[("If-None-Match", "\"1\"")], "");
        check(&get, 304, &[], Case::Unchanged { tag: "\"1\"".to_owned() });
        check(&get, 404, &[], Case::Missing { path: one.to_owned() });
        let head = request("HEAD", one, &[], "");
        let protobuf = [("content-type", "application/x-protobuf"), ("etag", "x")];
        check(&head, 200, &protobuf, Case::Headers { etag: "x".to_owned() });
        check(&get, 200, &[("content-type", "application/x-protobuf"), ("etag", "x")], Case::Protobuf { bytes: 12 });
    }

    fn facts(status: u16, problem: Option<&Problem>) -> Facts<'_> {
        Facts { status, headers: &[], problem, bytes_out: 0, bytes_in: 0, current: None }
    }

    #[test]
    fn a_problem_names_its_place() {
        let mut problem = Problem {
            kind: String::new(),
            title: String::new(),
            status: 400,
            detail: String::new(),
            request_id: String::new(),
            errors: vec![FieldProblem { pointer: "/name".into(), detail: String::new(), line: None, column: None }],
        };
        let post = request("POST", COLLECTION, &[JSON], "{}");
        assert_eq!(of(&post, facts(422, Some(&problem))), Case::Fields { pointers: "/name".to_owned() });
        problem.errors[0].line = Some(2);
        problem.errors[0].column = Some(3);
        assert_eq!(of(&post, facts(400, Some(&problem))), Case::Malformed { line: 2, column: 3 });
        let keyed = request("POST", COLLECTION, &[("Idempotency-Key", "k")], "{}");
        assert_eq!(of(&keyed, facts(422, None)), Case::KeyReused { key: "k".to_owned() });
    }
}
