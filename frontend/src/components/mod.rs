//! Parts of pages. They take props and give callbacks; none of them fetches.
//!
//! - [`header`], [`footer`], [`chip`], [`banner`]: the frame
//! - [`scope`], [`lane`]: parties as lines, time to the right
//! - [`mod@icon`]: drawings

pub mod banner;
pub mod chip;
pub mod footer;
pub mod header;
pub mod icon;
pub mod lane;
pub mod scope;
