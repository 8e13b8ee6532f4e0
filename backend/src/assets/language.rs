//! Which language a document is wanted in: the address says it, `?lang=zh`, else the browser does. What a visitor chose
//! on the page before, only the browser knows; the document sets that right by itself.

use http::{HeaderMap, Uri, header};

use crate::accept::preferences;

/// A language of the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Language {
    English,
    Chinese,
}

impl Language {
    /// English, unless something else is asked for.
    pub(super) fn wanted(uri: &Uri, headers: &HeaderMap) -> Self {
        let queries = uri.query().unwrap_or_default().split('&');
        let named = queries.filter_map(|query| query.strip_prefix("lang=")).find_map(Self::of);
        named.or_else(|| accepted(headers)).unwrap_or(Self::English)
    }

    /// Its primary subtag, which is also how the build names files.
    const fn primary(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Chinese => "zh",
        }
    }

    /// As HTTP and HTML name it.
    pub(super) const fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Chinese => "zh-CN",
        }
    }

    /// What a language tag (RFC 5646) names, whatever its region.
    pub(super) fn of(tag: &str) -> Option<Self> {
        let primary = tag.split(['-', '_']).next().unwrap_or_default();
        [Self::English, Self::Chinese].into_iter().find(|language| primary.eq_ignore_ascii_case(language.primary()))
    }
}

/// The first of the weightiest that there is (RFC 9110, section 12.5.4).
fn accepted(headers: &HeaderMap) -> Option<Language> {
    let mut best = (0, None);
    for range in preferences(headers, header::ACCEPT_LANGUAGE) {
        if let Some(language) = Language::of(range.value).filter(|_| range.weight > best.0) {
            best = (range.weight, Some(language));
        }
    }
    best.1
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[track_caller]
    fn check(uri: &str, accepts: &'static str, wanted: Language) {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT_LANGUAGE, HeaderValue::from_static(accepts));
        assert_eq!(Language::wanted(&uri.parse().unwrap(), &headers), wanted, "{uri} {accepts}");
    }

    #[test]
    fn the_address_is_before_the_browser() {
        check("/?lang=zh", "en", Language::Chinese);
        check("/?a=1&lang=en", "zh-CN", Language::English);
        check("/?lang=fr", "zh-CN", Language::Chinese);
    }

    #[test]
    fn the_weightiest_that_there_is_counts() {
        check("/", "zh-CN,zh;q=0.9,en;q=0.8", Language::Chinese);
        check("/", "fr, en;q=0.3, zh-Hans;q=0.7", Language::Chinese);
        check("/", "de", Language::English);
        check("/", "zh;q=0", Language::English);
        check("/", "", Language::English);
        check("/", "zhuang", Language::English);
        check("/", "en;q=0.5, zh;q=inf", Language::English);
        check("/", "zh;q=0.2;x=1, en;q=0.1", Language::Chinese);
    }
}
