//! Names that the broker generates: of queues, of consumers and of addresses for direct reply-to.

/// A generated name. It has 22 random characters, so it is unique in practice.
pub(super) fn generated(prefix: &str) -> String {
    const LENGTH: usize = 22;
    std::iter::repeat_with(fastrand::alphanumeric).take(LENGTH).fold(prefix.to_owned(), |mut name, letter| {
        name.push(letter);
        name
    })
}
