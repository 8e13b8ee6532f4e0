//! One table: how the domains' errors look over HTTP ([`Problem`]) and over gRPC ([`tonic::Status`]).
//! Inner detail is logged here, once, and never sent.

use axum::response::{IntoResponse, Response};
use crosstalk_proto::problem::{FieldProblem, PROBLEM_JSON, Problem};
use http::{HeaderName, HeaderValue, StatusCode, header};
use tonic_types::{ErrorDetails, StatusExt as _};

use crate::{capture, greeting, grpc, queue};

/// Everything that can go wrong, by the context it went wrong in.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The job or its store.
    #[error(transparent)]
    Greeting(#[from] greeting::Error),
    /// A gRPC call as such.
    #[error(transparent)]
    Grpc(#[from] grpc::Error),
    /// The broker, or the way to it.
    #[error(transparent)]
    Queue(#[from] queue::Error),
    /// What was recorded of connections.
    #[error(transparent)]
    Capture(#[from] capture::Error),
    /// The request itself cannot be understood or is not acceptable, before any domain saw it.
    #[error("{detail}")]
    Request {
        /// Of the 4xx class.
        status: StatusCode,
        /// What is wrong and the remedy.
        detail: String,
        /// Where in the body.
        errors: Vec<FieldProblem>,
        /// What the answer has to say beside it, `Allow` or `Accept`.
        headers: Vec<(HeaderName, HeaderValue)>,
    },
    /// Something broke here that is not the caller's fault.
    #[error("something broke on the server; the request id finds it in the log")]
    Internal(String),
}

impl Error {
    /// A request that is wrong as a whole.
    pub fn request(status: StatusCode, detail: impl Into<String>) -> Self {
        Self::Request { status, detail: detail.into(), errors: Vec::new(), headers: Vec::new() }
    }

    /// A request that is wrong in one place of its body.
    pub fn in_body(status: StatusCode, detail: impl Into<String>, place: FieldProblem) -> Self {
        Self::Request { status, detail: detail.into(), errors: vec![place], headers: Vec::new() }
    }

    /// Adds a header to the answer over HTTP.
    #[must_use]
    pub fn with(mut self, name: HeaderName, value: HeaderValue) -> Self {
        if let Self::Request { headers, .. } = &mut self {
            headers.push((name, value));
        }
        self
    }

    /// The HTTP status (RFC 9110, section 15).
    #[must_use]
    pub fn http_status(&self) -> StatusCode {
        use capture::Error as C;
        use greeting::Error as G;
        use grpc::Error as R;
        use queue::Error as Q;
        match self {
            Self::Greeting(G::InvalidName(_) | G::KeyReused { .. }) | Self::Queue(Q::Unsendable(_)) => {
                StatusCode::UNPROCESSABLE_ENTITY
            }
            Self::Greeting(G::InvalidId(_))
            | Self::Grpc(R::Metadata { .. } | R::NoRequest | R::ManyRequests)
            | Self::Capture(C::NotAnId) => StatusCode::BAD_REQUEST,
            Self::Greeting(G::NotFound { .. })
            | Self::Grpc(R::Unimplemented { .. })
            | Self::Capture(C::Unknown { .. })
            | Self::Queue(Q::Refused { code: 404, .. }) => StatusCode::NOT_FOUND,
            Self::Greeting(G::PreconditionFailed(_)) => StatusCode::PRECONDITION_FAILED,
            Self::Greeting(G::Full { .. }) => StatusCode::INSUFFICIENT_STORAGE,
            Self::Greeting(G::Store(_))
            | Self::Grpc(R::GoingAway)
            | Self::Capture(C::Crowded)
            | Self::Queue(Q::Down { .. } | Q::Blocked { .. } | Q::Broken { .. } | Q::NoWorker { .. }) => {
                StatusCode::SERVICE_UNAVAILABLE
            }
            Self::Grpc(R::MetadataTooLarge { .. }) => StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
            Self::Grpc(R::DeadlineExceeded(_)) | Self::Queue(Q::Silent { .. } | Q::NoReply { .. }) => {
                StatusCode::GATEWAY_TIMEOUT
            }
            Self::Grpc(R::Encoding { .. }) => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::Grpc(R::Busy { .. }) | Self::Queue(Q::Busy { .. }) | Self::Capture(C::Busy) => {
                StatusCode::TOO_MANY_REQUESTS
            }
            Self::Capture(C::NoSecret) | Self::Queue(Q::Refused { code: 403, .. }) => StatusCode::FORBIDDEN,
            Self::Queue(Q::Refused { code: 405, .. }) => StatusCode::LOCKED,
            Self::Greeting(G::Contended { .. }) | Self::Grpc(R::RequestsEnded) | Self::Queue(Q::Refused { .. }) => {
                StatusCode::CONFLICT
            }
            Self::Queue(Q::Unknown { .. }) => StatusCode::BAD_GATEWAY,
            Self::Request { status, .. } => *status,
            Self::Internal(_) | Self::Capture(C::Unwritable(_)) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// The gRPC status code.
    #[must_use]
    pub fn grpc_code(&self) -> tonic::Code {
        use capture::Error as C;
        use greeting::Error as G;
        use grpc::Error as R;
        use queue::Error as Q;
        match self {
            Self::Greeting(G::InvalidName(_) | G::InvalidId(_))
            | Self::Capture(C::NotAnId)
            | Self::Grpc(R::Metadata { .. })
            | Self::Queue(Q::Unsendable(_))
            | Self::Request { .. } => tonic::Code::InvalidArgument,
            Self::Greeting(G::NotFound { .. })
            | Self::Capture(C::Unknown { .. })
            | Self::Queue(Q::Refused { code: 404, .. }) => tonic::Code::NotFound,
            Self::Greeting(G::PreconditionFailed(_) | G::Contended { .. }) => tonic::Code::Aborted,
            Self::Greeting(G::KeyReused { .. }) => tonic::Code::AlreadyExists,
            Self::Greeting(G::Full { .. })
            | Self::Grpc(R::MetadataTooLarge { .. } | R::Busy { .. })
            | Self::Queue(Q::Busy { .. })
            | Self::Capture(C::Busy | C::Crowded) => tonic::Code::ResourceExhausted,
            Self::Greeting(G::Store(_))
            | Self::Grpc(R::GoingAway)
            | Self::Queue(Q::Down { .. } | Q::Blocked { .. } | Q::Broken { .. } | Q::NoWorker { .. }) => {
                tonic::Code::Unavailable
            }
            Self::Grpc(R::DeadlineExceeded(_)) | Self::Queue(Q::Silent { .. } | Q::NoReply { .. }) => {
                tonic::Code::DeadlineExceeded
            }
            Self::Grpc(R::Unimplemented { .. } | R::Encoding { .. } | R::NoRequest | R::ManyRequests) => {
                tonic::Code::Unimplemented
            }
            Self::Capture(C::NoSecret) | Self::Queue(Q::Refused { code: 403, .. }) => tonic::Code::PermissionDenied,
            Self::Grpc(R::RequestsEnded) | Self::Queue(Q::Refused { .. }) => tonic::Code::FailedPrecondition,
            Self::Queue(Q::Unknown { .. }) => tonic::Code::Unknown,
            Self::Internal(_) | Self::Capture(C::Unwritable(_)) => tonic::Code::Internal,
        }
    }

    /// The problem, with a fresh request id under which the inner detail is in the log.
    #[must_use]
    pub fn problem(&self) -> Problem {
        let status = self.http_status();
        let request_id = self.logged();
        let errors = match self {
            Self::Request { errors, .. } => errors.clone(),
            Self::Greeting(greeting::Error::InvalidName(detail)) => {
                vec![FieldProblem { pointer: "/name".into(), detail: detail.clone(), line: None, column: None }]
            }
            Self::Greeting(_) | Self::Grpc(_) | Self::Queue(_) | Self::Capture(_) | Self::Internal(_) => Vec::new(),
        };
        problem(status, self.to_string(), request_id, errors)
    }

    /// The status, with `google.rpc` details: what is wrong with which field, or when to try again.
    #[must_use]
    pub fn status(&self) -> tonic::Status {
        let request_id = self.logged();
        let mut details = ErrorDetails::new();
        details.set_request_info(request_id, "");
        match self {
            Self::Greeting(greeting::Error::InvalidName(detail)) => {
                details.add_bad_request_violation("name", detail.clone());
            }
            Self::Grpc(grpc::Error::Metadata { key, problem }) => {
                details.add_bad_request_violation(format!("metadata.{key}"), problem.clone());
            }
            Self::Greeting(greeting::Error::Store(_)) | Self::Grpc(grpc::Error::GoingAway) => {
                details.set_retry_info(Some(std::time::Duration::from_secs(1)));
            }
            Self::Queue(error) if error.retry() == queue::error::Retry::Yes => {
                details.set_retry_info(Some(std::time::Duration::from_secs(1)));
            }
            Self::Greeting(_)
            | Self::Grpc(_)
            | Self::Queue(_)
            | Self::Capture(_)
            | Self::Request { .. }
            | Self::Internal(_) => {}
        }
        tonic::Status::with_error_details(self.grpc_code(), self.to_string(), details)
    }

    /// Logs the inner detail of what is our fault, and gives the id to find it by.
    fn logged(&self) -> String {
        let request_id = ulid::Ulid::generate().to_string();
        match self {
            Self::Greeting(greeting::Error::Store(inner)) => {
                tracing::error!(%request_id, error = %inner, "the store failed");
            }
            Self::Queue(error) if error.fault() == queue::error::Fault::Broker => {
                tracing::warn!(%request_id, %error, "the broker failed");
            }
            Self::Capture(capture::Error::Unwritable(inner)) => {
                tracing::error!(%request_id, error = %inner, "a capture cannot be written down");
            }
            Self::Internal(inner) => tracing::error!(%request_id, error = %inner, "internal error"),
            Self::Greeting(_) | Self::Grpc(_) | Self::Queue(_) | Self::Capture(_) | Self::Request { .. } => {
                tracing::debug!(%request_id, error = %self, "refused")
            }
        }
        request_id
    }
}

/// A [`Problem`] of the kind that its status names.
#[must_use]
pub fn problem(status: StatusCode, detail: String, request_id: String, errors: Vec<FieldProblem>) -> Problem {
    Problem {
        kind: format!("/problems/{}", slug(status)),
        title: status.canonical_reason().unwrap_or("Unknown").to_owned(),
        status: status.as_u16(),
        detail,
        request_id,
        errors,
    }
}

/// What the problems of a status are called in their `type`, `not-found`.
#[must_use]
pub fn slug(status: StatusCode) -> String {
    status.canonical_reason().unwrap_or("unknown").to_ascii_lowercase().replace(' ', "-")
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let problem = self.problem();
        let body = serde_json::to_vec(&problem).expect("a Problem is a plain JSON object");
        let mut response = (self.http_status(), body).into_response();
        let answer = response.headers_mut();
        answer.insert(header::CONTENT_TYPE, HeaderValue::from_static(PROBLEM_JSON));
        match self {
            Self::Request { headers, .. } => answer.extend(headers),
            Self::Greeting(greeting::Error::Store(_)) | Self::Capture(capture::Error::Crowded) => {
                answer.insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
            }
            Self::Greeting(_) | Self::Grpc(_) | Self::Queue(_) | Self::Capture(_) | Self::Internal(_) => {}
        }
        response
    }
}
