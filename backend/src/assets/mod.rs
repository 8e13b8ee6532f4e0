//! The page, carried in the binary: identity and brotli bytes as the build wrote them, nothing unpacked at start.
//! Every path without a route comes here: a file by its name, a page by its address in the [`language`] that was
//! asked for, else a Problem. A document bears the headers of its [`policy`].

mod language;
mod policy;

use axum::{
    Router,
    body::Body,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};

use self::{language::Language, policy::Policy};
use crate::{accept::preferences, error::Error, grpc, state::AppState};

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
const INDEX: &str = "/index.html";
/// Where the build puts the documents, as `PAGE.LANGUAGE.html`. The document of `/PAGE` is named after the page.
const SHELLS: &str = "/shell/";
/// The documents of `/`.
const HOME: &str = "home";
/// The documents of all other addresses.
const LOST: &str = "lost";

/// Serves the page; sets the fallback of the whole router.
pub fn routes(app: &AppState) -> Router<AppState> {
    let policy = Policy::new(app);
    Router::new().fallback(async move |method: Method, uri: Uri, headers: HeaderMap| {
        grpc::unknown(&method, &uri, &headers).unwrap_or_else(|| serve(&policy, &method, &uri, &headers))
    })
}

fn serve(policy: &Policy, method: &Method, uri: &Uri, headers: &HeaderMap) -> Response {
    let path = uri.path();
    let language = Language::wanted(uri, headers);
    let found = match page(path) {
        Some(name) => Some(shell(name, language)),
        None => ASSETS.iter().find(|asset| asset.path == path),
    };
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
            shell(LOST, language).respond(StatusCode::NOT_FOUND, policy, headers)
        }
        (None, _) => {
            Error::request(StatusCode::NOT_FOUND, format!("there is nothing at {path}; /api/docs lists what there is"))
                .into_response()
        }
    }
}

/// The name of the page at `path`, with or without a slash at its end: a page for which the build wrote a document.
fn page(path: &str) -> Option<&'static str> {
    let name = path.strip_prefix('/')?;
    match name.strip_suffix('/').unwrap_or(name) {
        "" => Some(HOME).filter(|_| path == "/"),
        name => ASSETS.iter().filter_map(Asset::page).find(|page| *page == name && ![HOME, LOST].contains(page)),
    }
}

/// The document of a page. A server that was built without the page has one document for all addresses.
fn shell(page: &str, language: Language) -> &'static Asset {
    let mut documents = ASSETS.iter().filter(|asset| asset.page() == Some(page));
    let shell = documents.find(|asset| asset.language() == Some(language));
    let index = || ASSETS.iter().find(|asset| asset.path == INDEX);
    shell.or_else(index).expect("the build embeds an index.html or fails")
}

/// Whether `Accept` names HTML itself, as browsers do for documents.
fn wants_html(headers: &HeaderMap) -> bool {
    preferences(headers, header::ACCEPT).any(|range| range.value.eq_ignore_ascii_case("text/html") && range.weight > 0)
}

fn takes_brotli(headers: &HeaderMap) -> bool {
    let coding = preferences(headers, header::ACCEPT_ENCODING).find(|coding| coding.value.eq_ignore_ascii_case("br"));
    coding.is_some_and(|coding| coding.weight > 0)
}

impl Asset {
    fn is_document(&self) -> bool {
        self.content_type.starts_with("text/html")
    }

    /// The page of which this is a document.
    fn page(&self) -> Option<&'static str> {
        self.path.strip_prefix(SHELLS)?.split_once('.').map(|(page, _)| page)
    }

    /// Of a document that there is in several.
    fn language(&self) -> Option<Language> {
        let (_page, language) = self.path.strip_prefix(SHELLS)?.strip_suffix(".html")?.split_once('.')?;
        Language::of(language)
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
        let vary = match self.language() {
            Some(language) => {
                headers.insert(header::CONTENT_LANGUAGE, HeaderValue::from_static(language.tag()));
                "accept-encoding, accept-language"
            }
            None => "accept-encoding",
        };
        headers.insert(header::VARY, HeaderValue::from_static(vary));
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

/// The build puts a hash of 16 hexadecimal digits into the name of a file, or of its folder.
fn is_hashed(path: &str) -> bool {
    path.split(['-', '.', '_', '/']).any(|part| part.len() == 16 && part.bytes().all(|b| b.is_ascii_hexdigit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(accept: &'static str, accept_encoding: &'static str, html: bool, brotli: bool) {
        let headers = HeaderMap::from_iter([
            (header::ACCEPT, HeaderValue::from_static(accept)),
            (header::ACCEPT_ENCODING, HeaderValue::from_static(accept_encoding)),
        ]);
        assert_eq!((wants_html(&headers), takes_brotli(&headers)), (html, brotli), "{accept} {accept_encoding}");
    }

    #[test]
    fn what_is_refused_by_its_weight_is_not_wanted() {
        check("text/html,application/xhtml+xml;q=0.9,*/*;q=0.8", "gzip, deflate, br", true, true);
        check("Text/HTML;q=0.1", "gzip;q=1.0, BR;q=0.5", true, true);
        check("text/html;q=0, */*", "br;q=0, gzip", false, false);
        check("*/*", "br;q=0.", false, false);
        check("text/html-not, application/json", "brotli, gzip", false, false);
        check("application/json;profile=\"a,text/html\"", "br;q=2", false, false);
    }
}
