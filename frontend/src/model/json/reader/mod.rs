//! Goes along the tokens of a JSON text and hands out plain values: all of reading that knows no type. What is not as it is wanted is
//! noted, and something else is handed out, so that the code which serde's derive makes for each type, [`super::access`] in it, has no
//! way out at each value; [`Reader::finish`] tells.

mod names;

use std::borrow::Cow;

use serde::de::{Error as _, Expected, Unexpected};

pub(super) use self::names::{Fields, OVER};
use super::{
    error::Error,
    escape,
    tape::{self, Kind, Token},
};

/// What is there when nothing is left.
const NOTHING: Token = Token { kind: Kind::Null, start: 0, end: 0 };

/// A number, as exact as it can be.
#[derive(Clone, Copy, Debug)]
pub(super) enum Number {
    Unsigned(u64),
    Signed(i64),
    Float(f64),
}

#[derive(Debug)]
pub(super) struct Reader<'t> {
    text: &'t str,
    tokens: Vec<Token>,
    /// The token that is read next.
    at: usize,
    /// The token that is to blame when something is wrong.
    blamed: usize,
    /// What was wrong first. Nothing is read after it.
    wrong: Option<Error>,
}

impl<'t> Reader<'t> {
    #[inline(never)]
    pub(super) fn new(bytes: &'t [u8]) -> Result<Self, Error> {
        let text = std::str::from_utf8(bytes)
            .map_err(|error| Error::at(bytes, error.valid_up_to() + 1, "invalid unicode code point"))?;
        let tape = tape::scan(bytes)?;
        match tape.too_deep {
            Some(at) => Err(Error::at(bytes, at + 1, "recursion limit exceeded")),
            None => Ok(Self { text, tokens: tape.tokens, at: 0, blamed: 0, wrong: None }),
        }
    }

    /// What was read, unless something was wrong.
    pub(super) fn finish<T>(&mut self, read: Result<T, Error>) -> Result<T, Error> {
        let read = read.map_err(|error| self.placed(error));
        match self.wrong.take() {
            Some(first) => Err(first),
            None => read,
        }
    }

    /// Where the fault is, as a JSON pointer (RFC 6901).
    pub(super) fn pointer(&self) -> String {
        let (mut pointer, mut within) = (String::new(), 0);
        while within < self.blamed {
            let is_object = self.tokens[within].kind == Kind::Object;
            let (mut key, mut index) = (within + 1, 0_usize);
            let value = loop {
                let value = key + usize::from(is_object);
                let next = self.behind(value);
                if self.blamed < next {
                    break value;
                }
                (key, index) = (next, index + 1);
            };
            let name = if is_object { self.meant(self.tokens[key]) } else { Ok(index.to_string().into()) };
            pointer.push('/');
            pointer.push_str(&name.unwrap_or_default().replace('~', "~0").replace('/', "~1"));
            // of a key its value is to blame
            within = value;
        }
        pointer
    }

    #[cold]
    #[inline(never)]
    fn placed(&self, error: Error) -> Error {
        let start = self.tokens.get(self.blamed).map_or(0, |token| token.start);
        error.placed(self.text.as_bytes(), start + 1)
    }

    #[cold]
    #[inline(never)]
    fn note(&mut self, error: Error) {
        if self.wrong.is_none() {
            self.wrong = Some(self.placed(error));
        }
    }

    /// The token that is read next.
    pub(super) fn kind(&self) -> Kind {
        self.tokens.get(self.at).map_or(NOTHING.kind, |token| token.kind)
    }

    #[inline(never)]
    fn next(&mut self) -> Token {
        match self.tokens.get(self.at) {
            Some(token) if self.wrong.is_none() => {
                self.blamed = self.at;
                self.at += 1;
                *token
            }
            _ => NOTHING,
        }
    }

    /// The token after a value.
    fn behind(&self, at: usize) -> usize {
        match self.tokens.get(at) {
            Some(Token { kind: Kind::Array | Kind::Object, end, .. }) => *end,
            _ => at + 1,
        }
    }

    #[inline(never)]
    pub(super) fn skip(&mut self) {
        self.at = self.behind(self.at);
    }

    /// The text from the next value on.
    pub(super) fn rest(&self) -> &'t str {
        let start = self.tokens.get(self.at).map_or(self.text.len(), |token| match token.kind {
            Kind::Plain | Kind::Escaped => token.start - 1,
            _ => token.start,
        });
        self.text.get(start..).unwrap_or_default()
    }

    fn written(&self, token: Token) -> &'t str {
        self.text.get(token.start..token.end).unwrap_or_default()
    }

    fn meant(&self, text: Token) -> Result<Cow<'t, str>, Error> {
        let written = self.written(text);
        if text.kind == Kind::Plain { Ok(Cow::Borrowed(written)) } else { escape::resolve(written).map(Cow::Owned) }
    }

    /// Text, or a key.
    #[inline(never)]
    pub(super) fn text(&mut self, wanted: &dyn Expected) -> Cow<'t, str> {
        let token = self.next();
        if !matches!(token.kind, Kind::Plain | Kind::Escaped) {
            self.mismatch(token, wanted);
            return Cow::Borrowed("");
        }
        self.meant(token).unwrap_or_else(|error| {
            self.note(error);
            Cow::Borrowed("")
        })
    }

    #[inline(never)]
    pub(super) fn string(&mut self, wanted: &dyn Expected) -> String {
        self.text(wanted).into_owned()
    }

    #[inline(never)]
    pub(super) fn boolean(&mut self, wanted: &dyn Expected) -> bool {
        let token = self.next();
        if !matches!(token.kind, Kind::True | Kind::False) {
            self.mismatch(token, wanted);
        }
        token.kind == Kind::True
    }

    #[inline(never)]
    pub(super) fn null(&mut self, wanted: &dyn Expected) {
        let token = self.next();
        if token.kind != Kind::Null {
            self.mismatch(token, wanted);
        }
    }

    /// Takes a null, if there is one.
    #[inline(never)]
    pub(super) fn is_null(&mut self) -> bool {
        let is_null = self.kind() == Kind::Null;
        self.at += usize::from(is_null);
        is_null
    }

    #[inline(never)]
    pub(super) fn number(&mut self, wanted: &dyn Expected) -> Number {
        let token = self.next();
        if token.kind != Kind::Number {
            self.mismatch(token, wanted);
            return Number::Unsigned(0);
        }
        let number = number(self.written(token));
        number.unwrap_or_else(|| {
            self.note(Error::custom("number out of range"));
            Number::Unsigned(0)
        })
    }

    /// A whole number within bounds; below zero its two's complement.
    #[inline(never)]
    pub(super) fn whole(&mut self, min: i64, max: u64, wanted: &dyn Expected) -> u64 {
        let error = match self.number(wanted) {
            Number::Unsigned(number) if number <= max => return number,
            Number::Signed(number) if number >= min => return number as u64,
            Number::Unsigned(number) => Error::invalid_value(Unexpected::Unsigned(number), wanted),
            Number::Signed(number) => Error::invalid_value(Unexpected::Signed(number), wanted),
            Number::Float(number) => Error::invalid_type(Unexpected::Float(number), wanted),
        };
        self.note(error);
        0
    }

    #[inline(never)]
    pub(super) fn float(&mut self, wanted: &dyn Expected) -> f64 {
        match self.number(wanted) {
            Number::Unsigned(number) => number as f64,
            Number::Signed(number) => number as f64,
            Number::Float(number) => number,
        }
    }

    /// Goes into a container; the answer is what [`Self::is_over`] wants.
    #[inline(never)]
    pub(super) fn enter(&mut self, kind: Kind, wanted: &dyn Expected) -> usize {
        let token = self.next();
        if token.kind != kind {
            self.mismatch(token, wanted);
        }
        token.end
    }

    /// Goes into an array of so many values.
    #[inline(never)]
    pub(super) fn enter_tuple(&mut self, len: usize, wanted: &dyn Expected) -> usize {
        let end = self.enter(Kind::Array, wanted);
        let (mut at, mut found) = (self.at, 0);
        while at < end {
            (at, found) = (self.behind(at), found + 1);
        }
        if found != len {
            self.note(Error::invalid_length(found, wanted));
        }
        end
    }

    /// Whether all of the container that ends there was read.
    #[inline(never)]
    pub(super) fn is_over(&mut self, end: usize) -> bool {
        self.wrong.is_some() || self.at >= end
    }

    /// What was read is not what is wanted.
    #[cold]
    #[inline(never)]
    fn mismatch(&mut self, found: Token, wanted: &dyn Expected) {
        let text;
        let found = match found.kind {
            Kind::Null => Unexpected::Unit,
            Kind::False => Unexpected::Bool(false),
            Kind::True => Unexpected::Bool(true),
            Kind::Number => match number(self.written(found)) {
                Some(Number::Unsigned(number)) => Unexpected::Unsigned(number),
                Some(Number::Signed(number)) => Unexpected::Signed(number),
                Some(Number::Float(number)) => Unexpected::Float(number),
                None => Unexpected::Other("number"),
            },
            Kind::Plain | Kind::Escaped => {
                text = self.meant(found).unwrap_or_default();
                Unexpected::Str(&text)
            }
            Kind::Array => Unexpected::Seq,
            Kind::Object => Unexpected::Map,
        };
        self.note(Error::invalid_type(found, wanted));
    }
}

/// A number, unless no number of the program's is so large.
fn number(written: &str) -> Option<Number> {
    if let Ok(number) = written.parse() {
        return Some(Number::Unsigned(number));
    }
    match written.parse() {
        // of whole numbers there is no zero below zero
        Ok(number) if number < 0 => Some(Number::Signed(number)),
        _ => written.parse().ok().filter(|number: &f64| number.is_finite()).map(Number::Float),
    }
}
