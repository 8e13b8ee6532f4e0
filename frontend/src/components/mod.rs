//! Parts of pages. They take props and give callbacks; none of them fetches.
//!
//! - [`header`], [`footer`], [`chip`], [`banner`]: the frame
//! - [`scope`], [`lane`]: parties as lines, time to the right
//! - [`sequence`]: the same step by step, the middle of a bench
//! - [`virtual_list`], [`sparkline`], [`bar`]: many rows, a minute, a part
//! - [`copy`], [`copy_as`], [`cost`], [`failure`], [`headers`], [`pairs`], [`shared_link`], [`tabs`], [`timing`]:
//!   what the benches share
//! - [`history`]: the calls before, each to be run again, two to be compared
//! - [`preset_picker`]: the presets of a bench as one select
//! - [`split`]: the columns of a bench, with bars between them
//! - [`dialog`], [`palette`], [`keycaps`], [`toast`]: what opens over the page
//! - [`mod@wire`]: the bytes of a call, field by field
//! - [`json_error`]: what is wrong with a JSON text, in words
//! - [`icon`][]: drawings

pub mod banner;
pub mod bar;
pub mod chip;
pub mod copy;
pub mod copy_as;
pub mod cost;
pub mod dialog;
pub mod failure;
pub mod footer;
pub mod format_json;
pub mod header;
pub mod headers;
pub mod history;
pub mod icon;
pub mod json_error;
pub mod keycaps;
pub mod lane;
pub mod pairs;
pub mod palette;
pub mod preset_picker;
pub mod scope;
pub mod sequence;
pub mod shared_link;
pub mod sparkline;
pub mod split;
pub mod tabs;
pub mod timing;
pub mod toast;
pub mod virtual_list;
pub mod wire;
