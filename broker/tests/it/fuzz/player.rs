//! Runs a sequence on a broker over one connection, and records the broker's answers and the numbers of ready
//! messages.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::timeout,
};

use super::act::{Act, CHANNELS, QUEUES, Sequence, WORKING};
use crate::encode::{NO_FIELDS, TICKET, method, short};

/// How long a broker may take to answer a question.
const ANSWER: Duration = Duration::from_secs(20);
/// The channel for reading the counts.
const ASKING: u16 = 9;
const PROTOCOL: &[u8] = b"AMQP\x00\x00\x09\x01";

/// How often RabbitMQ's counts are read again before the operation counts as finished.
#[derive(Clone, Copy, Debug)]
pub(super) struct Patience {
    /// The expected maximum.
    rounds: usize,
    /// Further reads after it seems to be finished.
    more: usize,
}

impl Patience {
    pub(super) fn short() -> Self {
        Self { rounds: 60, more: 1 }
    }

    pub(super) fn long() -> Self {
        Self { rounds: 600, more: 25 }
    }
}

/// The result of an operation.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Step {
    /// What the broker sent, by channel.
    said: BTreeMap<u16, Vec<String>>,
    /// Ready messages and consumers of each queue; none if the connection has ended.
    counts: Vec<(u32, u32)>,
}

impl Step {
    /// Whether the same messages were delivered in another order or to another consumer, and all else is the same. On RabbitMQ
    /// dead letters of two queues that meet in a third come in any order, and the turns of two consumers of one queue depend
    /// on when each is ready.
    pub(super) fn is_reordered(&self, other: &Self) -> bool {
        let is_delivery = |line: &&String| line.starts_with("[60, 60]") || line.starts_with("[60, 71]");
        let deliveries = |step: &Self| {
            let mut lines: Vec<_> =
                step.said.values().flatten().filter(is_delivery).map(|line| without_tag(line)).collect();
            lines.sort_unstable();
            lines
        };
        let rest = |step: &Self| {
            let of_channel = |said: &Vec<String>| said.iter().filter(|line| !is_delivery(line)).cloned().collect();
            let rest = step.said.iter().map(|(channel, said)| (*channel, of_channel(said)));
            rest.filter(|(_channel, said): &(u16, Vec<String>)| !said.is_empty()).collect::<Vec<_>>()
        };
        self.counts == other.counts && deliveries(self) == deliveries(other) && rest(self) == rest(other)
    }

    /// Whether the connection ended with the same words; other channels may have delivered something before.
    pub(super) fn ends_as(&self, other: &Self) -> bool {
        self.counts.is_empty() && other.counts.is_empty() && self.said.get(&0) == other.said.get(&0)
    }

    fn is_as_much_as(&self, other: &Self) -> bool {
        let lengths = |step: &Self| step.said.iter().map(|(channel, said)| (*channel, said.len())).collect::<Vec<_>>();
        self.counts == other.counts && lengths(self) == lengths(other)
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.counts)?;
        for (channel, said) in &self.said {
            for line in said {
                write!(f, "\n      [{channel}] {line}")?;
            }
        }
        Ok(())
    }
}

/// Runs a sequence; `expected` is its result on another broker.
pub(super) async fn play(
    address: &str,
    sequence: &Sequence,
    expected: Option<&[Step]>,
    patience: Patience,
) -> Vec<Step> {
    let mut player = Player::connect(address).await;
    let mut steps: Vec<Step> = Vec::new();
    for (at, act) in sequence.acts.iter().enumerate() {
        player.write(&act.frames(sequence)).await;
        if let Act::All(acts) = act {
            // channels are concurrent, and the counts are read on another one
            player.hears(WORKING, acts.len()).await;
        }
        if matches!(act, Act::ReplaceQueue { .. } | Act::ReplaceExchange { .. }) {
            // while a queue is not there it cannot be asked for
            let is_answered = |line: &String| ["[50, 11]", "[40, 11]", "closed"].iter().any(|it| line.starts_with(it));
            player.hears_line(WORKING, is_answered).await;
        }
        let mut step = Step::default();
        let mut settled = 0;
        for _round in 0..patience.rounds {
            step.counts = player.counts(sequence).await;
            player.hand_over(&mut step);
            let is_done = match expected.and_then(|steps| steps.get(at)) {
                Some(expected) => step.is_as_much_as(expected),
                None => true,
            };
            settled = if is_done { settled + 1 } else { 0 };
            if settled > patience.more || step.counts.is_empty() {
                break;
            }
        }
        for said in step.said.values_mut() {
            // confirms arrive in any order
            if said.iter().all(|line| line.starts_with("confirm")) {
                said.sort();
            }
        }
        let is_over = step.counts.is_empty();
        steps.push(step);
        if is_over {
            break;
        }
    }
    steps
}

#[derive(Debug)]
struct Player {
    socket: TcpStream,
    input: Vec<u8>,
    said: BTreeMap<u16, Vec<String>>,
    /// Methods with an incomplete content, and the number of missing bytes.
    partial: BTreeMap<u16, (String, u64)>,
    confirmed: BTreeMap<u16, BTreeSet<u64>>,
    /// The counts that were read.
    answers: Vec<(u32, u32)>,
    is_over: bool,
}

impl Player {
    async fn connect(address: &str) -> Self {
        let socket = TcpStream::connect(address).await.expect("the broker accepts connections");
        socket.set_nodelay(true).expect("the socket is open");
        let (said, partial, confirmed) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        let mut player =
            Self { socket, input: Vec::new(), said, partial, confirmed, answers: Vec::new(), is_over: false };
        player.write(PROTOCOL).await;
        let response = b"\0guest\0guest";
        let length = u32::try_from(response.len()).expect("it is short").to_be_bytes();
        let start_ok = method(0, 10, 11, &[NO_FIELDS, &short(b"PLAIN"), &length, response, &short(b"en_US")]);
        let tune_ok = method(0, 10, 31, &[&2_047_u16.to_be_bytes(), &131_072_u32.to_be_bytes(), &[0; 2]]);
        player.write(&[start_ok, tune_ok, method(0, 10, 40, &[&short(b"/"), &short(b""), &[0]])].concat()).await;
        let opened = CHANNELS.into_iter().chain([ASKING]).map(open).collect::<Vec<_>>().concat();
        player.write(&opened).await;
        player.hears(ASKING, 1).await;
        player.said.clear();
        player
    }

    /// Writes bytes. A closed peer is noticed when reading.
    async fn write(&mut self, bytes: &[u8]) {
        let _gone = self.socket.write_all(bytes).await;
    }

    /// Waits until a channel has this many lines.
    async fn hears(&mut self, channel: u16, lines: usize) {
        while self.said.get(&channel).is_none_or(|said| said.len() < lines) && !self.is_over {
            self.read_within_budget().await;
        }
    }

    /// Waits until a channel has said a line.
    async fn hears_line(&mut self, channel: u16, is_line: impl Fn(&String) -> bool) {
        while !self.said.get(&channel).is_some_and(|said| said.iter().any(&is_line)) && !self.is_over {
            self.read_within_budget().await;
        }
    }

    async fn read_within_budget(&mut self) {
        if timeout(ANSWER, self.read()).await.is_err() {
            self.said.entry(ASKING).or_default().push(format!("no answer within {ANSWER:?}"));
            self.is_over = true;
        }
    }

    /// Ready messages and consumers of each queue; none if the connection has ended.
    async fn counts(&mut self, sequence: &Sequence) -> Vec<(u32, u32)> {
        self.answers.clear();
        let ask = |queue| method(ASKING, 50, 10, &[TICKET, &short(&sequence.queue(queue)), &[1], NO_FIELDS]);
        let questions: Vec<u8> = (0..QUEUES).flat_map(ask).collect();
        self.write(&questions).await;
        while self.answers.len() < QUEUES && !self.is_over {
            self.read_within_budget().await;
        }
        if self.is_over { Vec::new() } else { self.answers.clone() }
    }

    fn hand_over(&mut self, step: &mut Step) {
        for (channel, mut said) in std::mem::take(&mut self.said) {
            step.said.entry(channel).or_default().append(&mut said);
        }
    }

    async fn read(&mut self) {
        if matches!(self.socket.read_buf(&mut self.input).await, Ok(0) | Err(_)) {
            self.is_over = true;
            return;
        }
        while let Some(head) = self.input.first_chunk::<7>() {
            let size = u32::from_be_bytes([head[3], head[4], head[5], head[6]]);
            let whole = usize::try_from(size).expect("frames are small") + 8;
            if self.input.len() < whole {
                break;
            }
            let frame: Vec<u8> = self.input.drain(..whole).collect();
            let channel = u16::from_be_bytes([frame[1], frame[2]]);
            self.take(frame[0], channel, &frame[7..whole - 1]).await;
        }
    }

    async fn take(&mut self, kind: u8, channel: u16, payload: &[u8]) {
        if kind == 8 {
            return;
        }
        if kind != 1 {
            let (mut line, left) = self.partial.remove(&channel).expect("a content follows its method");
            line.push_str(&format!(" | {}", shown(payload)));
            // the header has the size of the body
            let left = match kind {
                2 => u64::from_be_bytes(payload[4..12].try_into().expect("eight octets")),
                _body => left - u64::try_from(payload.len()).expect("frames are small"),
            };
            if left == 0 {
                self.said.entry(channel).or_default().push(line);
            } else {
                self.partial.insert(channel, (line, left));
            }
            return;
        }
        let said = self.said.entry(channel).or_default();
        let ids = [payload[1], payload[3]];
        match ids {
            [50, 11] if channel == ASKING => {
                let counts = &payload[payload.len() - 8..];
                let number = |at: usize| u32::from_be_bytes(counts[at..at + 4].try_into().expect("four octets"));
                self.answers.push((number(0), number(4)));
                self.said.remove(&channel);
            }
            [60, tag @ (80 | 120)] => {
                let last = u64::from_be_bytes(payload[4..12].try_into().expect("eight octets"));
                let confirmed = self.confirmed.entry(channel).or_default();
                let first = if payload[12] & 1 == 1 { 1 } else { last };
                let fresh = (first..=last).filter(|tag| confirmed.insert(*tag));
                let what = if tag == 80 { "confirm" } else { "confirm not" };
                said.extend(fresh.map(|tag| format!("{what} {tag}")));
                if said.is_empty() {
                    self.said.remove(&channel);
                }
            }
            [20, 40] => {
                said.push(format!("closed: {}", payload[4..].escape_ascii()));
                self.confirmed.remove(&channel);
                self.write(&[method(channel, 20, 41, &[]), open(channel)].concat()).await;
            }
            [20, 41] => {
                said.push("closed".to_owned());
                self.confirmed.remove(&channel);
                self.write(&open(channel)).await;
            }
            [60, 50 | 60 | 71] => {
                self.partial.insert(channel, (format!("{ids:?} {}", shown(&payload[4..])), 0));
                if said.is_empty() {
                    self.said.remove(&channel);
                }
            }
            [10, 50] => {
                said.push(format!("closed: {}", payload[4..].escape_ascii()));
                self.write(&method(0, 10, 51, &[])).await;
                self.is_over = true;
            }
            ids => said.push(format!("{ids:?} {}", shown(&payload[4..]))),
        }
    }
}

fn open(channel: u16) -> Vec<u8> {
    method(channel, 20, 10, &[&[0]])
}

/// The octets, without the times of deaths.
fn shown(octets: &[u8]) -> String {
    const TIME: &[u8] = b"\x04timeT";
    let mut octets = octets.to_vec();
    let times: Vec<usize> =
        (0..octets.len()).filter(|at| octets[*at..].starts_with(TIME)).map(|at| at + TIME.len()).collect();
    for at in times {
        let end = octets.len().min(at + 8);
        octets[at..end].fill(b'.');
    }
    octets.escape_ascii().to_string()
}

/// A delivery without the octets of its tag, which are the first after that of its consumer.
fn without_tag(line: &str) -> String {
    match line.split_once(r"\x03tag\x00\x00\x00\x00\x00\x00\x00") {
        Some((method, rest)) => format!("{method} {}", &rest[rest.len().min(4)..]),
        None => line.to_owned(),
    }
}
