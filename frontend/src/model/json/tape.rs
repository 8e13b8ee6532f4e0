//! The values and keys of a JSON text (RFC 8259) in the order they are written, each with its place: what [`super::reader`]
//! makes typed values of. Here it is decided whether a text is JSON at all. Numbers and escapes are looked at, but not taken apart.

use super::{error::Error, escape::plain_len};

/// A container may be in this many others.
const MAX_DEPTH: usize = 127;
/// Of what is in no container.
const NONE: usize = usize::MAX;

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Null,
    False,
    True,
    Number,
    /// Text or a key that is meant as it is written.
    Plain,
    /// Text or a key with escapes.
    Escaped,
    Array,
    /// A key and its value by turns follow.
    Object,
}

/// A value or a key.
#[derive(Clone, Copy, Debug)]
pub(super) struct Token {
    pub(super) kind: Kind,
    /// Its first byte; of text the first one within the quotes.
    pub(super) start: usize,
    /// Behind its last byte; of text the closing quote. Of a container the token that follows all that is in it.
    pub(super) end: usize,
}

/// All tokens of a text.
#[derive(Debug)]
pub(super) struct Tape {
    pub(super) tokens: Vec<Token>,
    /// The byte where it is deeper than a reader goes.
    pub(super) too_deep: Option<usize>,
}

/// Reads a text.
///
/// # Errors
/// Where it stops being JSON.
pub(super) fn scan(text: &[u8]) -> Result<Tape, Error> {
    let mut scanner = Scanner::new(text);
    scanner.one()?;
    match scanner.peek() {
        None => Ok(scanner.tape),
        Some(_) => Err(scanner.wrong("trailing characters")),
    }
}

/// How long the value is that a text begins with.
///
/// # Errors
/// When there is none.
pub(super) fn len_of_value(text: &[u8]) -> Result<usize, Error> {
    let mut scanner = Scanner::new(text);
    scanner.one()?;
    Ok(scanner.at)
}

struct Scanner<'t> {
    text: &'t [u8],
    at: usize,
    depth: usize,
    /// The innermost container that is not closed yet; until then its `end` is the one around it.
    open: usize,
    tape: Tape,
}

impl<'t> Scanner<'t> {
    fn new(text: &'t [u8]) -> Self {
        Self { text, at: 0, depth: 0, open: NONE, tape: Tape { tokens: Vec::new(), too_deep: None } }
    }

    /// A value and all that is in it.
    #[inline(never)]
    fn one(&mut self) -> Result<(), Error> {
        loop {
            let mut is_first = self.value()?;
            loop {
                if self.open == NONE {
                    return Ok(());
                }
                let is_array = self.tape.tokens[self.open].kind == Kind::Array;
                match self.peek() {
                    Some(b',') if !is_first => {
                        self.at += 1;
                        if self.peek() == Some(if is_array { b']' } else { b'}' }) {
                            return Err(self.wrong("trailing comma"));
                        }
                        break;
                    }
                    Some(b']') if is_array => self.close(),
                    Some(b'}') if !is_array => self.close(),
                    Some(_) if is_first => break,
                    Some(_) if is_array => return Err(self.wrong("expected `,` or `]`")),
                    Some(_) => return Err(self.wrong("expected `,` or `}`")),
                    None if is_array => return Err(self.wrong("EOF while parsing a list")),
                    None => return Err(self.wrong("EOF while parsing an object")),
                }
                is_first = false;
            }
            if self.tape.tokens[self.open].kind == Kind::Object {
                self.key()?;
            }
        }
    }

    /// A value, or the beginning of one: then the answer is `true`.
    fn value(&mut self) -> Result<bool, Error> {
        let Some(first) = self.peek() else { return Err(self.wrong("EOF while parsing a value")) };
        match first {
            b'n' => self.word(b"null", Kind::Null)?,
            b'f' => self.word(b"false", Kind::False)?,
            b't' => self.word(b"true", Kind::True)?,
            b'"' => self.string()?,
            b'-' | b'0'..=b'9' => self.number()?,
            b'[' => self.open(Kind::Array),
            b'{' => self.open(Kind::Object),
            _ => return Err(self.wrong("expected value")),
        }
        Ok(matches!(first, b'[' | b'{'))
    }

    fn key(&mut self) -> Result<(), Error> {
        match self.peek() {
            Some(b'"') => self.string()?,
            Some(_) => return Err(self.wrong("key must be a string")),
            None => return Err(self.wrong("EOF while parsing an object")),
        }
        match self.peek() {
            Some(b':') => self.at += 1,
            Some(_) => return Err(self.wrong("expected `:`")),
            None => return Err(self.wrong("EOF while parsing an object")),
        }
        Ok(())
    }

    fn open(&mut self, kind: Kind) {
        self.depth += 1;
        if self.depth > MAX_DEPTH && self.tape.too_deep.is_none() {
            self.tape.too_deep = Some(self.at);
        }
        let own = self.tape.tokens.len();
        self.tape.tokens.push(Token { kind, start: self.at, end: self.open });
        self.open = own;
        self.at += 1;
    }

    fn close(&mut self) {
        let behind = self.tape.tokens.len();
        self.open = std::mem::replace(&mut self.tape.tokens[self.open].end, behind);
        self.depth -= 1;
        self.at += 1;
    }

    fn word(&mut self, word: &[u8], kind: Kind) -> Result<(), Error> {
        let start = self.at;
        for letter in word {
            match self.next() {
                Some(found) if found == *letter => {}
                Some(_) => return Err(self.behind("expected ident")),
                None => return Err(self.behind("EOF while parsing a value")),
            }
        }
        self.tape.tokens.push(Token { kind, start, end: self.at });
        Ok(())
    }

    fn string(&mut self) -> Result<(), Error> {
        self.at += 1;
        let (start, mut kind) = (self.at, Kind::Plain);
        loop {
            self.at += plain_len(&self.text[self.at..]);
            match self.text.get(self.at) {
                Some(b'"') => break,
                Some(b'\\') => {
                    kind = Kind::Escaped;
                    self.at += 1;
                    self.escape()?;
                }
                Some(_) => return Err(self.behind("control character (\\u0000-\\u001F) found while parsing a string")),
                None => return Err(self.behind("EOF while parsing a string")),
            }
        }
        self.tape.tokens.push(Token { kind, start, end: self.at });
        self.at += 1;
        Ok(())
    }

    fn escape(&mut self) -> Result<(), Error> {
        match self.next() {
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => Ok(()),
            Some(b'u') => {
                let Some(digits) = self.text.get(self.at..self.at + 4) else {
                    self.at = self.text.len();
                    return Err(self.behind("EOF while parsing a string"));
                };
                self.at += 4;
                if digits.iter().all(u8::is_ascii_hexdigit) { Ok(()) } else { Err(self.behind("invalid escape")) }
            }
            Some(_) => Err(self.behind("invalid escape")),
            None => Err(self.behind("EOF while parsing a string")),
        }
    }

    fn number(&mut self) -> Result<(), Error> {
        let start = self.at;
        if self.text[start] == b'-' {
            self.at += 1;
        }
        match self.next() {
            Some(b'0') if self.here().is_ascii_digit() => return Err(self.wrong("invalid number")),
            Some(b'0'..=b'9') => self.digits(),
            _ => return Err(self.behind("invalid number")),
        }
        if self.here() == b'.' {
            self.at += 1;
            if !self.here().is_ascii_digit() {
                return Err(self.wrong("invalid number"));
            }
            self.digits();
        }
        if matches!(self.here(), b'e' | b'E') {
            self.at += 1;
            if matches!(self.here(), b'+' | b'-') {
                self.at += 1;
            }
            if !self.next().is_some_and(|byte| byte.is_ascii_digit()) {
                return Err(self.behind("invalid number"));
            }
            self.digits();
        }
        self.tape.tokens.push(Token { kind: Kind::Number, start, end: self.at });
        Ok(())
    }

    fn digits(&mut self) {
        while self.here().is_ascii_digit() {
            self.at += 1;
        }
    }

    /// The byte here; 0 behind the text, where no byte of a number is.
    fn here(&self) -> u8 {
        self.text.get(self.at).copied().unwrap_or_default()
    }

    fn next(&mut self) -> Option<u8> {
        let byte = self.text.get(self.at).copied();
        self.at += usize::from(byte.is_some());
        byte
    }

    /// The byte behind white space, not taken yet.
    fn peek(&mut self) -> Option<u8> {
        loop {
            match self.text.get(self.at) {
                Some(b' ' | b'\n' | b'\t' | b'\r') => self.at += 1,
                byte => return byte.copied(),
            }
        }
    }

    /// The byte here is wrong.
    fn wrong(&self, what: &str) -> Error {
        Error::at(self.text, self.at + 1, what)
    }

    /// The byte before is wrong, or the text ends.
    fn behind(&self, what: &str) -> Error {
        Error::at(self.text, self.at, what)
    }
}
