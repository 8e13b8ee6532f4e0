//! An answer, read whole, with what every refusal must have checked once.

use crosstalk_proto::problem::{PROBLEM_JSON, Problem};
use http::{HeaderMap, StatusCode};
use serde_json::Value;

use super::TestApp;

/// Status, headers and body.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    /// Sends the request and reads the answer.
    pub(crate) async fn to(request: reqwest::RequestBuilder) -> Self {
        let response = request.send().await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        Self { status, headers, body: response.bytes().await.unwrap().to_vec() }
    }

    /// A header; empty when it is missing.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    /// The JSON, members in the order of their names: how serde_json keeps them depends on who else is built with it.
    pub(crate) fn json(&self) -> Value {
        let mut json: Value = serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"));
        json.sort_all_objects();
        json
    }

    /// The JSON with what differs from run to run named instead.
    pub(crate) fn stable_json(&self) -> Value {
        let mut json = self.json();
        for member in ["request_id", "created_at", "updated_at"] {
            if let Some(value) = json.get_mut(member) {
                *value = Value::String(format!("[{member}]"));
            }
        }
        json
    }

    /// The refusal, which must be of this status and have all that a refusal has.
    #[track_caller]
    pub(crate) fn problem(&self, status: u16) -> Problem {
        assert_eq!(self.status, status, "{self:?}");
        assert_eq!(self.header("content-type"), PROBLEM_JSON);
        let problem: Problem = serde_json::from_slice(&self.body).unwrap();
        assert_eq!(problem.status, status);
        assert!(problem.kind.starts_with("/problems/"), "{problem:?}");
        assert!(!problem.request_id.is_empty() && !problem.detail.is_empty(), "{problem:?}");
        problem
    }
}

impl TestApp {
    /// A request by method and path.
    pub(crate) fn request(&self, method: &str, path: &str) -> reqwest::RequestBuilder {
        self.client.request(method.parse().unwrap(), self.url(path))
    }

    /// `GET`.
    pub(crate) async fn get(&self, path: &str) -> Answer {
        Answer::to(self.request("GET", path)).await
    }

    /// `PUT` of a name, without a condition.
    pub(crate) async fn put(&self, path: &str, name: &str) -> Answer {
        Answer::to(self.request("PUT", path).json(&serde_json::json!({ "name": name }))).await
    }
}
