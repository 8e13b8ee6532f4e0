//! The call of a bench as a program somebody can run: what each language writes, and how each quotes.

pub mod grpc;
pub mod queue;
pub mod rest;

/// A program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snippet {
    /// The language, or the tool, as its people write it.
    pub language: &'static str,
    /// The text, without a last line break.
    pub text: String,
}

/// A POSIX shell's word.
fn shell(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_./:@,".contains(&byte);
    if !text.is_empty() && text.bytes().all(plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// A string of Python and of JavaScript alike: JSON's is one of both.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// A string of Rust.
fn rust(text: &str) -> String {
    format!("{text:?}")
}

/// The format of a POSIX `printf` that writes these bytes.
fn printf(bytes: &[u8]) -> String {
    let mut text = String::new();
    for byte in bytes {
        match byte {
            b'%' => text.push_str("%%"),
            b'\'' | b'\\' | 0..=0x1f | 0x7f.. => text.push_str(&format!("\\{byte:03o}")),
            _ => text.push(char::from(*byte)),
        }
    }
    format!("'{text}'")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shell_word_is_quoted_where_it_must_be() {
        assert_eq!(shell("http://127.0.0.1:8080/"), "http://127.0.0.1:8080/");
        assert_eq!(shell("it's $HOME"), r"'it'\''s $HOME'");
        assert_eq!(shell(""), "''");
    }

    #[test]
    fn bytes_are_written_in_octal() {
        assert_eq!(printf(b"\n\x031'%\xff"), r"'\012\0031\047%%\377'");
    }

    #[test]
    fn a_string_keeps_what_is_in_it() {
        let text = "\"a\" \\ \n\u{1} 你 😀";
        assert_eq!(quoted(text), "\"\\\"a\\\" \\\\ \\n\\u0001 你 😀\"");
        assert_eq!(rust(text), "\"\\\"a\\\" \\\\ \\n\\u{1} 你 😀\"");
    }
}
