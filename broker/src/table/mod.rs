//! Encoded field tables (AMQP 0-9-1, section 4.2.5.5), in RabbitMQ's variant of the grammar. They are read in place and
//! never converted: names and texts are octets, which need not be UTF-8, and forwarded values keep their encoding. A
//! table is stored only after [`is_shallow`] has found it well-formed.
//!
//! - [`mod@fields`]: the fields of a table; [`mod@octets`]: numbers and parts of octets
//! - [`Arguments`]: the table of a method
//! - [`FieldValue`]: an encoded value and its conversions; [`mod@canonical`]: its canonical encoding
//! - [`mod@write`]: encodes new values

mod arguments;
mod canonical;
mod fields;
mod octets;
mod value;
pub(crate) mod write;

pub(crate) use self::{
    arguments::Arguments,
    fields::{Field, entries, find, is_shallow, sorted, table},
    octets::{long, take},
    value::FieldValue,
};
