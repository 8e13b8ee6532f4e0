//! The page, carried in the binary: identity and brotli bytes as the build wrote them, nothing unpacked at start.
//! Every path that nobody else serves comes here: a file by its name, the page for its own routes, else a Problem.

use axum::{
    Router,
    body::Body,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};

use crate::{error::Error, grpc, router::App};

#[derive(Debug)]
struct Asset {
    path: &'static str,
    content_type: &'static str,
    etag: &'static str,
    etag_br: &'static str,
    identity: &'static [u8],
    brotli: &'static [u8],
}

static ASSETS: &[Asset] = include!(concat!(env!("OUT_DIR"), "/assets.rs"));
const SCRIPT_HASHES: &str = include_str!(concat!(env!("OUT_DIR"), "/script-hashes.txt"));
const INDEX: &str = "/index.html";
/// What the page's own router knows; each is answered with the page.
const PAGES: [&str; 4] = ["/", "/rest", "/grpc", "/queue"];

/// Serves the page; sets the fallback of the whole router.
pub fn routes(app: &App) -> Router<App> {
    let policy = Policy::new(app);
    Router::new().fallback(async move |method: Method, uri: Uri, headers: HeaderMap| {
        grpc::unknown(&method, &uri, &headers).unwrap_or_else(|| serve(&policy, &method, &uri, &headers))
    })
}

fn serve(policy: &Policy, method: &Method, uri: &Uri, headers: &HeaderMap) -> Response {
    let path = uri.path();
    let known = PAGES.contains(&path.strip_suffix('/').filter(|p| !p.is_empty()).unwrap_or(path));
    let wanted = if known { INDEX } else { path };
    let found = ASSETS.iter().find(|asset| asset.path == wanted);
    match (found, method) {
        (Some(asset), &(Method::GET | Method::HEAD)) => asset.respond(StatusCode::OK, policy, headers),
        (Some(_), _) => {
            let mut refused = Error::request(
                StatusCode::METHOD_NOT_ALLOWED,
                format!("{path} is a file of the page; it can be read with GET or HEAD"),
            )
            .into_response();
            refused.headers_mut().insert(header::ALLOW, HeaderValue::from_static("GET, HEAD"));
            refused
        }
        // a person who mistyped sees the page, which says so; a program gets a Problem
        (None, &Method::GET) if wants_html(headers) && !path.starts_with("/api/") => {
            index().respond(StatusCode::NOT_FOUND, policy, headers)
        }
        (None, _) => {
            Error::request(StatusCode::NOT_FOUND, format!("there is nothing at {path}; /api/docs lists what there is"))
                .into_response()
        }
    }
}

fn index() -> &'static Asset {
    ASSETS.iter().find(|asset| asset.path == INDEX).expect("the build embeds an index.html or fails")
}

fn wants_html(headers: &HeaderMap) -> bool {
    headers
        .get(header::ACCEPT)
        .and_then(|accept| accept.to_str().ok())
        .is_some_and(|accept| accept.contains("text/html"))
}

fn takes_brotli(headers: &HeaderMap) -> bool {
    headers
        .get_all(header::ACCEPT_ENCODING)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|coding| {
            let mut parts = coding.split(';').map(str::trim);
            let name = parts.next().unwrap_or_default();
            let refused = parts.any(|weight| matches!(weight, "q=0" | "q=0.0" | "q=0.00" | "q=0.000"));
            name.eq_ignore_ascii_case("br") && !refused
        })
}

impl Asset {
    fn is_document(&self) -> bool {
        self.content_type.starts_with("text/html")
    }

    fn respond(&self, status: StatusCode, policy: &Policy, request: &HeaderMap) -> Response {
        let smaller = self.brotli.len() < self.identity.len();
        let brotli = smaller && takes_brotli(request);
        let (etag, bytes) = if brotli { (self.etag_br, self.brotli) } else { (self.etag, self.identity) };
        let same = request
            .get(header::IF_NONE_MATCH)
            .and_then(|tags| tags.to_str().ok())
            .is_some_and(|tags| tags.split(',').any(|tag| tag.trim().trim_start_matches("W/") == etag));
        let mut response = if same && status == StatusCode::OK {
            StatusCode::NOT_MODIFIED.into_response()
        } else {
            let mut response = (status, Body::from(bytes)).into_response();
            response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(self.content_type));
            if brotli {
                response.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static("br"));
            }
            response
        };
        let headers = response.headers_mut();
        headers.insert(header::ETAG, HeaderValue::from_static(etag));
        headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
        headers.insert("cross-origin-resource-policy", HeaderValue::from_static("same-origin"));
        let caching = if self.is_document() {
            "no-cache"
        } else if is_hashed(self.path) {
            "public, max-age=31536000, immutable"
        } else {
            "no-cache"
        };
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(caching));
        if self.is_document() {
            policy.apply(headers);
        }
        response
    }
}

/// Trunk puts a hash of 16 hexadecimal digits into the names of the files it makes.
fn is_hashed(path: &str) -> bool {
    path.split(['-', '.', '_']).any(|part| part.len() == 16 && part.bytes().all(|b| b.is_ascii_hexdigit()))
}

/// The headers of a document: what it may load, who may frame it, and the isolation that gives it a fine clock.
#[derive(Clone, Debug)]
struct Policy {
    csp: HeaderValue,
    framed: bool,
}

impl Policy {
    fn new(app: &App) -> Self {
        let embed = &app.config.embed_origins;
        let ancestors = if embed.is_empty() {
            "'none'".to_owned()
        } else {
            embed.iter().map(crate::config::Origin::as_str).collect::<Vec<_>>().join(" ")
        };
        let csp = format!(
            "default-src 'none'; script-src 'self' 'wasm-unsafe-eval' {SCRIPT_HASHES}; style-src 'self'; img-src 'self' data:; \
             connect-src 'self'; font-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors {ancestors}"
        );
        let csp = HeaderValue::try_from(csp).expect("origins and hashes are visible ASCII");
        Self { csp, framed: !embed.is_empty() }
    }

    fn apply(&self, headers: &mut HeaderMap) {
        headers.insert(header::CONTENT_SECURITY_POLICY, self.csp.clone());
        headers.insert("cross-origin-opener-policy", HeaderValue::from_static("same-origin"));
        headers.insert("cross-origin-embedder-policy", HeaderValue::from_static("require-corp"));
        headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
        if self.framed {
            // a framed document has to allow it by this policy too
            headers.insert("cross-origin-resource-policy", HeaderValue::from_static("cross-origin"));
        }
    }
}
