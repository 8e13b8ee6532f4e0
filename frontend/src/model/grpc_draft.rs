//! What the gRPC bench holds: which method, its message, and how it is called. A link restores all of it.

use std::ops::RangeInclusive;

use super::{
    address::{self, Error, Fields, Row},
    grpc_metadata,
    grpc_web::Metadata,
};

/// The method whose metadata shapes its stream, and how: `helloworld.proto` says so in words, which no descriptor does.
pub const SHAPED: &str = "helloworld.Greeter/SayHelloStreamReply";
/// The metadata that says how many messages come.
pub const COUNT: &str = "x-count";
/// How many may be asked for.
pub const COUNTS: RangeInclusive<u32> = 1..=10_000;
/// The metadata that says how far apart they are.
pub const INTERVAL: &str = "x-interval-ms";
/// How far apart they may be.
pub const INTERVALS: RangeInclusive<u32> = 0..=60_000;
/// A deadline further away than this is none.
pub const DEADLINES: RangeInclusive<u32> = 1..=3_600_000;

/// The fields of the editor, as they are typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// `helloworld.Greeter/SayHello`
    pub method: String,
    /// The message as JSON.
    pub message: String,
    /// Whether it is written as JSON, not by the form.
    pub as_json: bool,
    /// `x-count`, for the method that is shaped by it.
    pub count: String,
    /// `x-interval-ms`, likewise.
    pub interval: String,
    /// In milliseconds; empty for none.
    pub deadline: String,
    /// In order.
    pub metadata: Vec<Row>,
}

impl Default for Draft {
    fn default() -> Self {
        Self {
            method: "helloworld.Greeter/SayHello".to_owned(),
            message: "{\n  \"name\": \"World!\"\n}".to_owned(),
            as_json: false,
            count: "5".to_owned(),
            interval: "200".to_owned(),
            deadline: "10000".to_owned(),
            metadata: Vec::new(),
        }
    }
}

impl address::Draft for Draft {
    fn write(&self, fields: &mut Fields) {
        fields.put("method", self.method.as_str());
        fields.put("message", self.message.as_str());
        if self.as_json {
            fields.put("as", "json");
        }
        fields.put("count", self.count.as_str());
        fields.put("interval", self.interval.as_str());
        fields.put("deadline", self.deadline.as_str());
        fields.put_rows("m", "off", &self.metadata);
    }

    fn read(fields: &Fields) -> Result<Self, Error> {
        let text = |name| fields.get(name).map(str::to_owned);
        Ok(Self {
            method: text("method")?,
            message: text("message")?,
            as_json: fields.get("as").is_ok_and(|form| form == "json"),
            count: text("count")?,
            interval: text("interval")?,
            deadline: text("deadline")?,
            metadata: fields.rows("m", "off")?,
        })
    }
}

/// A number as it was typed, when it is one of those.
pub fn number(typed: &str, among: &RangeInclusive<u32>) -> Option<u32> {
    typed.trim().parse().ok().filter(|number| among.contains(number))
}

impl Draft {
    /// The deadline, if there is one.
    ///
    /// # Errors
    /// With what was typed, when it is no deadline.
    pub fn deadline_ms(&self) -> Result<Option<u32>, &str> {
        match self.deadline.trim() {
            "" => Ok(None),
            typed => number(typed, &DEADLINES).map(Some).ok_or(typed),
        }
    }

    /// What is sent: that which shapes the stream, where there is one, and the rows; none when something is wrong with it.
    pub fn sent_metadata(&self) -> Option<Metadata> {
        let mut sent = Vec::new();
        let shaped = self.method == SHAPED;
        if shaped {
            for (name, typed, among) in [(COUNT, &self.count, &COUNTS), (INTERVAL, &self.interval, &INTERVALS)] {
                sent.push((name.to_owned(), number(typed, among)?.to_string()));
            }
        }
        for row in self.metadata.iter().filter(|row| row.on) {
            grpc_metadata::check(&row.name, &row.value).ok()?;
            let name = row.name.trim().to_ascii_lowercase();
            if !shaped || (name != COUNT && name != INTERVAL) {
                sent.push((name, row.value.trim().to_owned()));
            }
        }
        Some(sent)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn rows() -> impl Strategy<Value = Vec<Row>> {
        let row = (any::<bool>(), "\\PC*", "\\PC*").prop_map(|(on, name, value)| Row { on, name, value });
        let public = row.prop_filter("no credential", |row| !address::is_secret(&row.name));
        prop::collection::vec(public, 0..5)
    }

    proptest! {
        #[test]
        fn a_link_restores_every_field(
            texts in prop::array::uniform5("\\PC*"),
            message in any::<String>(),
            as_json: bool,
            metadata in rows(),
        ) {
            let [method, count, interval, deadline, _] = texts;
            let draft = Draft { method, message, as_json, count, interval, deadline, metadata };
            let written = address::write(&draft);
            prop_assert!(!written.withheld);
            prop_assert_eq!(address::read::<Draft>(&written.fragment), Some(Ok(draft)));
        }
    }

    #[test]
    fn a_credential_is_not_in_the_link() {
        let row = Row { on: true, name: "authorization".to_owned(), value: "Bearer sesame".to_owned() };
        let written = address::write(&Draft { metadata: vec![row], ..Draft::default() });
        assert!(written.withheld && !written.fragment.contains("sesame"), "{}", written.fragment);
    }

    #[test]
    fn the_shape_is_sent_once_and_only_where_it_means_something() {
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let row = |on, (name, value): (&str, &str)| Row { on, name: name.to_owned(), value: value.to_owned() };
        let metadata =
            vec![row(true, ("X-Count", "9")), row(true, ("x-tenant ", "demo")), row(false, ("no name", "x"))];
        let plain = Draft { metadata, count: "3 ".to_owned(), interval: "0".to_owned(), ..Draft::default() };
        let shaped = Draft { method: SHAPED.to_owned(), ..plain.clone() };
        let tenant = pair("x-tenant", "demo");
        assert_eq!(shaped.sent_metadata(), Some(vec![pair(COUNT, "3"), pair(INTERVAL, "0"), tenant.clone()]));
        assert_eq!(plain.sent_metadata(), Some(vec![pair(COUNT, "9"), tenant]));
        assert_eq!(Draft { count: "many".to_owned(), ..shaped }.sent_metadata(), None);
        assert_eq!(Draft { metadata: vec![row(true, ("no name", "x"))], ..plain }.sent_metadata(), None);
    }

    #[test]
    fn numbers_are_those_that_the_server_takes() {
        assert_eq!(number(" 10000 ", &COUNTS), Some(10_000));
        for wrong in ["", "0", "10001", "1.5", "-1", "many"] {
            assert_eq!(number(wrong, &COUNTS), None, "{wrong}");
        }
    }
}
