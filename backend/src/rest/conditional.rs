//! Conditional requests (RFC 9110, section 13): what may be answered with 304, and how a change is answered that was
//! decided on an older state. The order of the checks is that of section 13.2.2.

use axum::response::Response;
use http::{HeaderMap, HeaderValue, StatusCode, header};

use super::{
    answer,
    etag::{Tags, tags},
    media::Media,
};
use crate::{
    error::Error,
    greeting::{Condition, Revision, Revisions},
};

/// Of a read: `Some` when its answer has no body, because the caller has it.
///
/// # Errors
/// 412, 400.
pub(super) fn of_read(headers: &HeaderMap, etag: &HeaderValue) -> Result<Option<Response>, Error> {
    let opaque = etag.as_bytes();
    let opaque = &opaque[1..opaque.len() - 1];
    if let Some(wanted) = tags(headers, &header::IF_MATCH)?
        && !wanted.match_strongly(opaque)
    {
        let detail = "the representation is not one that If-Match names; read it without the condition";
        return Err(Error::request(StatusCode::PRECONDITION_FAILED, detail));
    }
    let known = tags(headers, &header::IF_NONE_MATCH)?.is_some_and(|known| known.match_weakly(opaque));
    Ok(known.then(|| answer::not_modified(etag.clone())))
}

/// Of a change.
///
/// # Errors
/// 400.
pub(super) fn of_change(headers: &HeaderMap) -> Result<Condition, Error> {
    let matches = tags(headers, &header::IF_MATCH)?.map(|tags| revisions(tags, false));
    let differs = tags(headers, &header::IF_NONE_MATCH)?.map(|tags| revisions(tags, true));
    Ok(Condition { matches, differs })
}

/// The strong tag of a greeting in a media type.
pub(super) fn etag(Revision { version, incarnation }: Revision, media: Media) -> HeaderValue {
    let suffix = suffix(media);
    HeaderValue::try_from(format!("\"{version}-{incarnation:x}{suffix}\""))
        .expect("hexadecimal digits are visible ASCII")
}

fn suffix(media: Media) -> &'static str {
    match media {
        Media::Json => "",
        Media::Protobuf => "-pb",
    }
}

/// A change is to the greeting and not to one representation of it, so that the tag of either will do. A tag that was
/// never ours names no revision.
fn revisions(tags: Tags, weak_too: bool) -> Revisions {
    match tags {
        Tags::Any => Revisions::Any,
        Tags::List(list) => Revisions::OneOf(
            list.iter().filter(|tag| weak_too || !tag.weak).filter_map(|tag| revision(&tag.opaque)).collect(),
        ),
    }
}

fn revision(opaque: &[u8]) -> Option<Revision> {
    let text = std::str::from_utf8(opaque).ok()?;
    let text = text.strip_suffix(suffix(Media::Protobuf)).unwrap_or(text);
    let (version, incarnation) = text.split_once('-')?;
    let revision = Revision { version: version.parse().ok()?, incarnation: i64::from_str_radix(incarnation, 16).ok()? };
    // one spelling only
    (etag(revision, Media::Json).as_bytes() == format!("\"{text}\"").as_bytes()).then_some(revision)
}

#[cfg(test)]
mod tests {
    use super::{etag, revision};
    use crate::{greeting::Revision, rest::media::Media};

    #[test]
    fn a_tag_names_its_revision_in_one_spelling() {
        let this = Revision { version: 3, incarnation: 0xbeef };
        assert_eq!(etag(this, Media::Json), "\"3-beef\"");
        assert_eq!(etag(this, Media::Protobuf), "\"3-beef-pb\"");
        assert_eq!(revision(b"3-beef"), Some(this));
        assert_eq!(revision(b"3-beef-pb"), Some(this));
        for other in ["", "3", "3-", "+3-beef", "03-beef", "3-BEEF", "3-beef-", "3-beef-pb-pb", "x"] {
            assert_eq!(revision(other.as_bytes()), None, "{other}");
        }
    }
}
