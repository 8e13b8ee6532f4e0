//! The secret of a capture. Its trace id is in every message of the calls that are captured, so every consumer of a queue has
//! the trace id; the secret is only in the answer to arming and in the requests that read the capture.

use std::fmt;

use http::{HeaderMap, HeaderName};
use subtle::{Choice, ConstantTimeEq};

/// The request header that has it. The dissectors mask its value, as that of every header whose name says `secret`.
pub const CAPTURE_SECRET: HeaderName = HeaderName::from_static("capture-secret");

const BYTES: usize = 16;

/// 128 random bits. Does not print.
#[derive(Clone)]
pub struct Secret([u8; BYTES]);

impl Secret {
    /// A new one.
    pub(super) fn generate() -> Self {
        let mut bytes = [0; BYTES];
        getrandom::fill(&mut bytes).expect("every system that this is built for has random bytes");
        Self(bytes)
    }

    /// As the answer to arming writes it: 32 hexadecimal digits.
    #[must_use]
    pub fn expose(&self) -> String {
        format!("{:032x}", u128::from_be_bytes(self.0))
    }

    /// That of a request; `None` without the header. What cannot be a secret, or is there twice, is one that fits nothing.
    #[must_use]
    pub fn of(headers: &HeaderMap) -> Option<Given> {
        let mut values = headers.get_all(CAPTURE_SECRET).iter();
        let value = values.next()?;
        let text = value.to_str().ok().filter(|text| text.len() == 2 * BYTES && values.next().is_none());
        let digits = text.filter(|text| text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')));
        let number = digits.and_then(|digits| u128::from_str_radix(digits, 16).ok());
        Some(Given(number.map(|number| Self(number.to_be_bytes()))))
    }
}

/// What a request gives as a secret.
#[derive(Clone, Debug)]
pub struct Given(Option<Secret>);

impl Given {
    /// Whether it is this one, in constant time.
    pub(super) fn is(&self, secret: &Secret) -> bool {
        self.0.as_ref().map_or(Choice::from(0), |given| given.0.ct_eq(&secret.0)).into()
    }
}

impl From<Secret> for Given {
    fn from(secret: Secret) -> Self {
        Self(Some(secret))
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn given(values: &[&str]) -> Option<Given> {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(CAPTURE_SECRET, HeaderValue::from_str(value).unwrap());
        }
        Secret::of(&headers)
    }

    #[test]
    fn only_the_secret_itself_fits() {
        let [secret, other] = [Secret::generate(), Secret::generate()];
        let text = secret.expose();
        assert!(given(&[&text]).unwrap().is(&secret) && !given(&[&text]).unwrap().is(&other));
        let (upper, longer) = (format!("{}F", &text[1..]), format!("{text}0"));
        for bad in ["", "0", &text[1..], &upper, &longer, &other.expose(), "+0000000000000000000000000000000", "é"] {
            assert!(!given(&[bad]).unwrap().is(&secret), "{bad}");
        }
        assert!(!given(&[&text, &text]).unwrap().is(&secret));
        assert!(given(&[]).is_none());
    }

    #[test]
    fn a_secret_does_not_print() {
        let secret = Secret::generate();
        assert!(!format!("{secret:?}").contains(&secret.expose()));
        assert!(!format!("{:?}", Given::from(secret.clone())).contains(&secret.expose()));
    }
}
