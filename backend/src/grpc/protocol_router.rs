//! Which protocol a request speaks: native gRPC, which needs HTTP/2, gRPC-Web over any HTTP, or neither; such a
//! request is refused in the form that its client reads. Native calls skip the translation of gRPC-Web, which takes time.

use std::{
    convert::Infallible,
    future::Future,
    pin::Pin,
    task::{Context, Poll},
};

use axum::{
    body::Body,
    response::{IntoResponse as _, Response},
};
use http::{HeaderMap, HeaderValue, Method, Request, StatusCode, Uri, Version, header};
use pin_project_lite::pin_project;
use tonic_web::GrpcWebLayer;
use tower::{Layer as _, Service};

use super::{
    Error,
    call::{Calling, Calls, refusal},
    cardinality::{Checked, Requests},
};
use crate::{accept, state::AppState};

const NATIVE: &str = "application/grpc";
const WEB: &str = "application/grpc-web+proto";
const WEB_TEXT: &str = "application/grpc-web-text+proto";
const WEB_NAMES: [&str; 2] = [WEB, "application/grpc-web"];
const WEB_TEXT_NAMES: [&str; 2] = [WEB_TEXT, "application/grpc-web-text"];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Native,
    Web,
    WebText,
    /// gRPC with messages that are not protobuf.
    Foreign,
    NotGrpc,
}

impl Kind {
    fn of(headers: &HeaderMap) -> Self {
        let Some(Ok(text)) = headers.get(header::CONTENT_TYPE).map(HeaderValue::to_str) else { return Self::NotGrpc };
        if text == NATIVE {
            return Self::Native;
        }
        let text = text.split_once(';').map_or(text, |(kind, _parameters)| kind).trim().to_ascii_lowercase();
        match text.as_str() {
            "application/grpc" | "application/grpc+proto" => Self::Native,
            "application/grpc-web" | WEB => Self::Web,
            "application/grpc-web-text" | WEB_TEXT => Self::WebText,
            _ if text.starts_with(NATIVE) => Self::Foreign,
            _ => Self::NotGrpc,
        }
    }

    /// In which kind a request of this kind is answered: text and binary gRPC-Web as `Accept` weighs them, and what it
    /// refuses or does not name, as the request was sent (gRPC-Web, section Protocol differences).
    fn answered(self, headers: &HeaderMap) -> Self {
        let other = match self {
            Self::Web => Self::WebText,
            Self::WebText => Self::Web,
            Self::Native | Self::Foreign | Self::NotGrpc => return self,
        };
        let names = |kind| if kind == Self::Web { WEB_NAMES } else { WEB_TEXT_NAMES };
        let [own, others] = [names(self), names(other)];
        match accept::negotiate(headers, &[own[0], own[1], others[0], others[1]]) {
            Some(2..) => other,
            Some(_) | None => self,
        }
    }

    fn content_type(self) -> HeaderValue {
        HeaderValue::from_static(match self {
            Self::Native | Self::Foreign | Self::NotGrpc => NATIVE,
            Self::Web => WEB,
            Self::WebText => WEB_TEXT,
        })
    }

    fn refuse(self, error: Error) -> Response {
        let mut response = refusal(error).map(|()| Body::empty());
        response.headers_mut().insert(header::CONTENT_TYPE, self.content_type());
        response
    }
}

/// What a gRPC client is told about a path without a route; `None` when the request is not a gRPC call.
#[must_use]
pub fn unknown(method: &Method, uri: &Uri, headers: &HeaderMap) -> Option<Response> {
    if method != Method::POST {
        return None;
    }
    let kind = Kind::of(headers);
    (kind != Kind::NotGrpc).then(|| kind.answered(headers).refuse(Error::Unimplemented { path: uri.path().to_owned() }))
}

/// A service behind both protocols. The router clones it for every call, so it holds no more than the one service.
#[derive(Clone, Debug)]
pub(crate) struct ProtocolRouter<S> {
    service: Calls<S>,
}

impl<S> ProtocolRouter<S> {
    pub(crate) fn new(service: S, requests: Requests, app: &AppState) -> Self {
        Self { service: Calls::new(service, requests, app.clone()) }
    }
}

impl<S, F> Service<Request<Body>> for ProtocolRouter<S>
where
    S: Service<Request<Checked<Body>>, Response = http::Response<tonic::body::Body>, Error = Infallible, Future = F>
        + Service<
            Request<Checked<tonic::body::Body>>,
            Response = http::Response<tonic::body::Body>,
            Error = Infallible,
            Future = F,
        > + Clone,
    F: Future<Output = Result<http::Response<tonic::body::Body>, Infallible>> + Unpin,
{
    type Response = Response;
    type Error = Infallible;
    type Future = Passing<F>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Service::<Request<Body>>::poll_ready(&mut self.service, cx)
    }

    fn call(&mut self, mut request: Request<Body>) -> Passing<F> {
        if request.method() != Method::POST {
            return Passing::Refused { response: Some(not_post(request.uri().path())) };
        }
        match Kind::of(request.headers()) {
            Kind::Native if request.version() >= Version::HTTP_2 => {
                Passing::Native { inner: self.service.call(request) }
            }
            kind @ (Kind::Web | Kind::WebText) => {
                let headers = request.headers_mut();
                let answer = kind.answered(headers);
                // in the form that tonic-web compares them in
                headers.insert(header::CONTENT_TYPE, kind.content_type());
                headers.insert(header::ACCEPT, answer.content_type());
                Passing::Web { inner: GrpcWebLayer::new().layer(self.service.clone()).call(request) }
            }
            kind @ Kind::Foreign => {
                let content_type = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
                let content_type = content_type.unwrap_or_default().to_owned();
                Passing::Refused { response: Some(kind.refuse(Error::Encoding { content_type })) }
            }
            kind @ (Kind::Native | Kind::NotGrpc) => Passing::Refused { response: Some(not_spoken(kind)) },
        }
    }
}

fn not_post(path: &str) -> Response {
    let detail = format!("{path} is a method of gRPC; call it with POST and a gRPC or gRPC-Web client");
    let mut response = crate::error::Error::request(StatusCode::METHOD_NOT_ALLOWED, detail).into_response();
    response.headers_mut().insert(header::ALLOW, HeaderValue::from_static("POST"));
    response
}

fn not_spoken(kind: Kind) -> Response {
    let detail = if kind == Kind::Native {
        "native gRPC needs HTTP/2; over HTTP/1.1 speak gRPC-Web, application/grpc-web+proto"
    } else {
        "this is a method of gRPC; the content type is application/grpc, application/grpc-web+proto or application/grpc-web-text"
    };
    crate::error::Error::request(StatusCode::UNSUPPORTED_MEDIA_TYPE, detail).into_response()
}

pin_project! {
    /// A request on its way.
    #[project = PassingProjected]
    pub(crate) enum Passing<F> {
        Native { #[pin] inner: Calling<F> },
        Web { #[pin] inner: tonic_web::ResponseFuture<Calling<F>> },
        Refused { response: Option<Response> },
    }
}

impl<F> Future for Passing<F>
where
    F: Future<Output = Result<http::Response<tonic::body::Body>, Infallible>> + Unpin,
{
    type Output = Result<Response, Infallible>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        match self.project() {
            PassingProjected::Native { inner } => inner.poll(cx).map_ok(|response| response.map(Body::new)),
            PassingProjected::Web { inner } => inner.poll(cx).map_ok(|response| response.map(Body::new)),
            PassingProjected::Refused { response } => {
                Poll::Ready(Ok(response.take().expect("a future is not polled after its end")))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, HeaderValue, header};

    use super::Kind;

    #[test]
    fn content_types_are_told_apart() {
        for (content_type, kind) in [
            ("application/grpc", Kind::Native),
            ("application/grpc+proto", Kind::Native),
            ("Application/gRPC; charset=utf-8", Kind::Native),
            ("application/grpc-web", Kind::Web),
            ("application/grpc-web+proto", Kind::Web),
            ("application/grpc-web-text", Kind::WebText),
            ("application/grpc-web-text+proto; v=1", Kind::WebText),
            ("application/grpc+json", Kind::Foreign),
            ("application/grpc-web+thrift", Kind::Foreign),
            ("application/json", Kind::NotGrpc),
            ("", Kind::NotGrpc),
        ] {
            let headers = HeaderMap::from_iter([(header::CONTENT_TYPE, HeaderValue::from_static(content_type))]);
            assert_eq!(Kind::of(&headers), kind, "{content_type}");
        }
        assert_eq!(Kind::of(&HeaderMap::new()), Kind::NotGrpc);
    }

    #[track_caller]
    fn check(kind: Kind, accept: &[&'static str], answered: Kind) {
        let mut headers = HeaderMap::new();
        for value in accept {
            headers.append(header::ACCEPT, HeaderValue::from_static(value));
        }
        assert_eq!(kind.answered(&headers), answered, "{headers:?}");
    }

    #[test]
    fn accept_decides_between_text_and_binary() {
        use Kind::{Web, WebText};
        for kind in [Web, WebText] {
            for accept in ["*/*", "application/*", "application/json", "", "application/grpc", "nonsense"] {
                check(kind, &[accept], kind);
            }
            check(kind, &[], kind);
            check(kind, &["application/grpc-web-text;q=1"], WebText);
            check(kind, &["Application/gRPC-Web-Text+proto; charset=utf-8"], WebText);
            check(kind, &["text/plain, application/grpc-web-text;q=0.9, */*;q=0.1"], WebText);
            check(kind, &["application/grpc-web;q=0.2, application/grpc-web-text;q=0.8"], WebText);
            check(kind, &["application/json", "application/grpc-web-text"], WebText);
            check(kind, &["application/grpc-web+proto"], Web);
            check(kind, &["application/grpc-web;q=0.8, application/grpc-web-text;q=0.2"], Web);
            check(kind, &["*/*, application/grpc-web-text+proto;q=0, application/grpc-web-text;q=0"], Web);
            check(kind, &["application/grpc-web-text, application/grpc-web"], kind);
            check(kind, &["application/grpc-web-text;q=0, application/grpc-web;q=0"], kind);
        }
        check(Kind::Native, &["application/grpc-web-text"], Kind::Native);
    }
}
