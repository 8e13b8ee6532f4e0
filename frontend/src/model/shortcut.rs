//! What can be done from anywhere on the page, and by which keys: one table, which the keys, the palette and the help
//! sheet all read, so that none of them can know more or less than the others.

/// Something to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Command {
    /// Opens the palette.
    Palette,
    /// Opens the help sheet.
    Help,
    /// Sends what the page shown holds.
    Send,
    /// Chooses a preset of the page shown, counted from 1.
    Preset(u8),
    /// Goes to a page.
    Go(&'static str),
    /// Goes on to the next theme.
    Theme,
    /// Goes on to the next language.
    Language,
}

/// What is pressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keys {
    /// A key with Ctrl, or with ⌘; also while one types.
    Mod(&'static str),
    /// A character.
    One(char),
    /// Two, one after the other.
    Two(char, char),
    /// A digit from 1.
    Digit,
}

/// Everything, in the order of the help sheet.
pub const TABLE: [(Command, Keys); 11] = [
    (Command::Palette, Keys::Mod("k")),
    (Command::Send, Keys::Mod("Enter")),
    (Command::Preset(0), Keys::Digit),
    (Command::Go("/"), Keys::Two('g', 'h')),
    (Command::Go("/rest"), Keys::Two('g', 'r')),
    (Command::Go("/grpc"), Keys::Two('g', 'g')),
    (Command::Go("/queue"), Keys::Two('g', 'q')),
    (Command::Go("/design"), Keys::Two('g', 'd')),
    (Command::Theme, Keys::One('t')),
    (Command::Language, Keys::One('l')),
    (Command::Help, Keys::One('?')),
];

impl Keys {
    /// As they are written on the keys, each for itself.
    pub fn caps(self, mac: bool) -> Vec<String> {
        match self {
            Self::Mod(key) => vec![if mac { "⌘" } else { "Ctrl" }.to_owned(), cap(key)],
            Self::One(key) => vec![cap(key.encode_utf8(&mut [0; 4]))],
            Self::Two(first, second) => [first, second].map(|key| cap(key.encode_utf8(&mut [0; 4]))).to_vec(),
            Self::Digit => vec!["1".to_owned(), "9".to_owned()],
        }
    }
}

fn cap(key: &str) -> String {
    if key.len() == 1 { key.to_ascii_uppercase() } else { key.to_owned() }
}

/// A key that went down.
#[derive(Clone, Copy, Debug, Default)]
pub struct Press<'a> {
    /// Its name, as a browser gives it.
    pub key: &'a str,
    /// With Ctrl or ⌘.
    pub modified: bool,
    /// With Alt, which makes it mean something else.
    pub alt: bool,
    /// It is meant for a text, or keys without Ctrl are switched off.
    pub typing: bool,
}

/// Hears keys and tells what they ask for.
#[derive(Clone, Copy, Debug, Default)]
pub struct Listener {
    /// The first of two.
    first: Option<char>,
}

impl Listener {
    /// What is asked for by this key, and those before it.
    pub fn hear(&mut self, press: Press<'_>) -> Option<Command> {
        let first = self.first.take();
        if press.alt {
            return None;
        }
        if press.modified {
            let is = |keys: Keys| matches!(keys, Keys::Mod(key) if key.eq_ignore_ascii_case(press.key));
            return TABLE.into_iter().find(|(_, keys)| is(*keys)).map(|(command, _)| command);
        }
        let mut characters = press.key.chars();
        let (Some(character), None, false) = (characters.next(), characters.next(), press.typing) else {
            return None;
        };
        let character = character.to_ascii_lowercase();
        if let Some(digit) = character.to_digit(10).and_then(|digit| u8::try_from(digit).ok()) {
            return (digit > 0).then_some(Command::Preset(digit));
        }
        let wanted = match first {
            Some(first) => Keys::Two(first, character),
            None => Keys::One(character),
        };
        let found = TABLE.into_iter().find(|(_, keys)| *keys == wanted).map(|(command, _)| command);
        let begins = |keys: Keys| matches!(keys, Keys::Two(first, _) if first == character);
        if found.is_none() && TABLE.into_iter().any(|(_, keys)| begins(keys)) {
            self.first = Some(character);
        }
        found
    }
}

/// Whether every word of `query` is somewhere in `text`, whatever the case.
pub fn is_named(text: &str, query: &str) -> bool {
    let text = text.to_lowercase();
    query.to_lowercase().split_whitespace().all(|word| text.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(key: &str) -> Press<'_> {
        Press { key, ..Press::default() }
    }

    /// The help sheet shows the table: what it says must be so.
    #[test]
    fn every_line_of_the_table_does_what_it_says() {
        for (command, keys) in TABLE {
            let mut listener = Listener::default();
            let mut hear = |press: Press<'_>| listener.hear(press);
            let (mut one, mut two) = ([0; 4], [0; 4]);
            let heard = match keys {
                Keys::Mod(key) => hear(Press { modified: true, typing: true, ..plain(key) }),
                Keys::One(key) => hear(plain(key.encode_utf8(&mut one))),
                Keys::Two(first, second) => {
                    assert_eq!(hear(plain(first.encode_utf8(&mut one))), None);
                    hear(plain(second.encode_utf8(&mut two)))
                }
                Keys::Digit => hear(plain("7")),
            };
            let expected = if keys == Keys::Digit { Command::Preset(7) } else { command };
            assert_eq!(heard, Some(expected), "{keys:?}");
        }
    }

    #[test]
    fn who_types_is_left_alone() {
        let mut listener = Listener::default();
        for key in ["g", "r", "?", "t", "1"] {
            assert_eq!(listener.hear(Press { typing: true, ..plain(key) }), None, "{key}");
        }
        assert_eq!(listener.hear(Press { alt: true, ..plain("t") }), None);
        assert_eq!(listener.hear(Press { modified: true, ..plain("t") }), None, "the browser's own");
    }

    #[test]
    fn two_keys_count_only_one_after_the_other() {
        let mut listener = Listener::default();
        for key in ["g", "x", "r", "g", "Escape", "r"] {
            assert_eq!(listener.hear(plain(key)), None, "{key}");
        }
        assert_eq!(listener.hear(plain("g")), None);
        assert_eq!(listener.hear(plain("g")), Some(Command::Go("/grpc")));
        assert_eq!(listener.hear(plain("r")), None, "it is over after two");
    }

    #[test]
    fn a_command_is_found_by_parts_of_its_words() {
        assert!(is_named("Go to the gRPC bench", "grpc GO"));
        assert!(is_named("去队列实验台 queue", "队列"));
        assert!(!is_named("Go to the gRPC bench", "rest"));
        assert!(is_named("anything", " "));
    }
}
