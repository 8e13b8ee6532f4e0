//! A body that is typed as hexadecimal: pairs of digits, blanks wherever one likes.

/// Where it stops being hexadecimal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The letter that is none, or none when the last byte has but one digit.
    pub letter: Option<char>,
    /// Where, in bytes of the text.
    pub at: usize,
    /// What could be read before.
    pub before: Vec<u8>,
}

/// Reads it.
///
/// # Errors
/// At the first letter that is no digit, or when a digit is missing.
pub fn read(text: &str) -> Result<Vec<u8>, Fault> {
    let mut bytes = Vec::with_capacity(text.len() / 2);
    let mut high = None;
    for (at, letter) in text.char_indices().filter(|(_, letter)| !letter.is_whitespace()) {
        let Some(digit) = letter.to_digit(16).and_then(|digit| u8::try_from(digit).ok()) else {
            return Err(Fault { letter: Some(letter), at, before: bytes });
        };
        high = match high {
            None => Some(digit),
            Some(high) => {
                bytes.push(high << 4 | digit);
                None
            }
        };
    }
    if high.is_some() { Err(Fault { letter: None, at: text.trim_end().len(), before: bytes }) } else { Ok(bytes) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_make_bytes_and_the_first_fault_is_named() {
        assert_eq!(read("0a 03\n41 6 4 61"), Ok(b"\n\x03Ada".to_vec()));
        assert_eq!(read(""), Ok(Vec::new()));
        assert_eq!(read("0a 0g"), Err(Fault { letter: Some('g'), at: 4, before: vec![10] }));
        assert_eq!(read("0a 0 "), Err(Fault { letter: None, at: 4, before: vec![10] }));
    }
}
