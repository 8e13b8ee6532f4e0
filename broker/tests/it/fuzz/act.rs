//! The operations of a sequence. A sequence begins with declarations that are never refused, has one mode for the
//! publishing channel, and ends by fetching all remaining messages.

use fastrand::Rng;

use crate::encode::{NO_FIELDS, TICKET, array, fields, long, method, publish, short};

/// The channel that publishes, fetches and settles, and those that consume.
pub(super) const WORKING: u16 = 1;
pub(super) const CHANNELS: [u16; 3] = [WORKING, 2, 3];
/// The number of queues.
pub(super) const QUEUES: usize = 4;
const EXCHANGES: usize = 3;
/// Operations of a sequence between its declarations and its end.
const ACTS: usize = 30;
/// Words of routing keys and patterns, some of which are not UTF-8.
const WORDS: [&[u8]; 5] = [b"a", b"b", b"\xff", b"\xc3\xa9", b""];
const PATTERNS: [&[u8]; 6] = [b"a", b"*", b"#", b"a.*", b"#.b", b"*.#.a"];

/// An operation.
#[derive(Clone, Debug)]
pub(super) enum Act {
    DeclareQueue {
        queue: usize,
        arguments: Vec<(&'static str, Argument)>,
    },
    DeclareExchange {
        exchange: usize,
        kind: &'static str,
        alternate: Option<usize>,
    },
    BindQueue {
        queue: usize,
        exchange: usize,
        key: Vec<u8>,
        arguments: Vec<(Vec<u8>, Vec<u8>)>,
    },
    BindExchange {
        to: usize,
        from: usize,
        key: Vec<u8>,
    },
    UnbindQueue {
        queue: usize,
        exchange: usize,
        key: Vec<u8>,
        arguments: Vec<(Vec<u8>, Vec<u8>)>,
    },
    UnbindExchange {
        to: usize,
        from: usize,
        key: Vec<u8>,
    },
    /// Deletes a queue and declares it again. The broker may refuse to delete it; then it is not declared either.
    ReplaceQueue {
        queue: usize,
        if_unused: bool,
        if_empty: bool,
        arguments: Vec<(&'static str, Argument)>,
    },
    /// As [`Act::ReplaceQueue`].
    ReplaceExchange {
        exchange: usize,
        if_unused: bool,
        kind: &'static str,
    },
    Select {
        confirms: bool,
    },
    Publish {
        to: Target,
        key: Vec<u8>,
        mandatory: bool,
        properties: Properties,
        body: u8,
    },
    Get {
        queue: usize,
        no_ack: bool,
    },
    Ack {
        channel: u16,
        tag: u64,
        multiple: bool,
    },
    Nack {
        channel: u16,
        tag: u64,
        multiple: bool,
        requeue: bool,
    },
    Reject {
        channel: u16,
        tag: u64,
        requeue: bool,
    },
    Recover {
        channel: u16,
    },
    Prefetch {
        channel: u16,
        count: u16,
        global: bool,
    },
    Consume {
        channel: u16,
        queue: usize,
        no_ack: bool,
        exclusive: bool,
        priority: Option<Vec<u8>>,
    },
    Cancel {
        channel: u16,
    },
    Purge {
        queue: usize,
    },
    Commit,
    Rollback,
    CloseChannel {
        channel: u16,
    },
    /// Several operations without waiting for answers.
    All(Vec<Act>),
}

/// The value of a queue's argument, which may be the name of another queue or of an exchange.
#[derive(Clone, Debug)]
pub(super) enum Argument {
    Value(Vec<u8>),
    Queue(usize),
    Exchange(usize),
}

/// Where a message is published to.
#[derive(Clone, Copy, Debug)]
pub(super) enum Target {
    Queue(usize),
    Exchange(usize),
    Missing,
}

/// The properties of a message. Names of queues are known only when it is encoded.
#[derive(Clone, Debug, Default)]
pub(super) struct Properties {
    headers: Vec<(Vec<u8>, Header)>,
    delivery_mode: Option<u8>,
    priority: Option<u8>,
    correlation_id: Option<Vec<u8>>,
    expiration: Option<&'static str>,
}

#[derive(Clone, Debug)]
enum Header {
    Value(Vec<u8>),
    /// Keys that are names of queues, in an array.
    Queues(Vec<usize>),
    /// Deaths of queues: reason and count.
    Deaths(Vec<(usize, &'static str, Option<Vec<u8>>)>),
}

/// A sequence and the names that it uses.
#[derive(Debug)]
pub(super) struct Sequence {
    prefix: String,
    pub(super) acts: Vec<Act>,
}

impl Sequence {
    /// The sequence of a seed. Its names depend on the attempt, because the queues of an earlier attempt may still exist.
    pub(super) fn new(seed: u64, attempt: usize) -> Self {
        let mut rng = Rng::with_seed(seed);
        let has_priorities = rng.bool();
        let mut maker = Maker { rng, published: 0, tag: 0, bindings: Vec::new(), has_priorities };
        Self { prefix: format!("fuzz{seed:010}.{attempt}."), acts: maker.acts() }
    }

    pub(super) fn queue(&self, queue: usize) -> Vec<u8> {
        format!("{}q{queue}", self.prefix).into_bytes()
    }

    fn exchange(&self, exchange: usize) -> Vec<u8> {
        format!("{}x{exchange}", self.prefix).into_bytes()
    }
}

/// The state of the generator.
#[derive(Debug)]
struct Maker {
    rng: Rng,
    published: u8,
    /// Approximately the last delivery tag of the fetching channel.
    tag: u64,
    bindings: Vec<Act>,
    /// Queues with priorities, or times to live. Not both: RabbitMQ finds a message of a higher priority that has expired only
    /// when the message before it is taken.
    has_priorities: bool,
}

impl Maker {
    fn acts(&mut self) -> Vec<Act> {
        let mut acts = Vec::new();
        for exchange in 0..EXCHANGES {
            let kind = self.one_of(&["direct", "fanout", "topic", "headers"]);
            let alternate = self.chance(4).then(|| self.rng.usize(0..EXCHANGES));
            acts.push(Act::DeclareExchange { exchange, kind, alternate });
        }
        for queue in 0..QUEUES {
            let arguments = self.queue_arguments(queue);
            acts.push(Act::DeclareQueue { queue, arguments });
        }
        let mut acts = vec![Act::All(acts)];
        for _ in 0..self.rng.usize(2..6) {
            acts.push(self.binding());
        }
        match self.rng.u8(0..4) {
            0 => acts.push(Act::Select { confirms: true }),
            1 => acts.push(Act::Select { confirms: false }),
            _plain => {}
        }
        for _ in 0..ACTS {
            acts.push(self.act());
        }
        // requeue all deliveries, then check the remaining messages
        acts.extend(CHANNELS.map(|channel| Act::CloseChannel { channel }));
        let rest = usize::from(self.published) + 1;
        acts.extend((0..QUEUES).flat_map(|queue| vec![Act::Get { queue, no_ack: true }; rest.min(10)]));
        acts
    }

    fn act(&mut self) -> Act {
        let channel = CHANNELS[self.rng.usize(0..CHANNELS.len())];
        match self.rng.u8(0..100) {
            0..35 => self.publish(),
            35..50 => {
                self.tag += 1;
                Act::Get { queue: self.queue(), no_ack: self.chance(4) }
            }
            50..60 => Act::Ack { channel, tag: self.tag(channel), multiple: self.rng.bool() },
            60..68 => {
                Act::Nack { channel, tag: self.tag(channel), multiple: self.rng.bool(), requeue: self.rng.bool() }
            }
            68..72 => Act::Reject { channel, tag: self.tag(channel), requeue: self.rng.bool() },
            72..74 => Act::Recover { channel },
            74..77 => Act::Prefetch { channel, count: self.rng.u16(0..3), global: self.rng.bool() },
            77..82 => self.consume(),
            82..85 => Act::Cancel { channel: CHANNELS[self.rng.usize(1..3)] },
            85..87 => Act::Purge { queue: self.queue() },
            87..91 => Act::Commit,
            91..93 => Act::Rollback,
            93..95 => self.binding(),
            95 => self.unbinding(),
            96 => {
                let queue = self.queue();
                Act::DeclareQueue { queue, arguments: self.odd_arguments() }
            }
            97 => self.replacement(),
            _rest => {
                if channel == WORKING {
                    self.tag = 0;
                }
                Act::CloseChannel { channel }
            }
        }
    }

    /// Mostly a consumer on a queue of its own: between two consumers of a queue, RabbitMQ's turns depend on when each is ready.
    fn consume(&mut self) -> Act {
        let channel = CHANNELS[self.rng.usize(1..3)];
        let queue = if self.chance(5) { 1 } else { usize::from(channel) - 1 };
        let priority = self.chance(4).then(|| self.integer(3));
        Act::Consume { channel, queue, no_ack: self.chance(4), exclusive: self.chance(8), priority }
    }

    /// Removes one of the bindings that were made, or one that was not.
    fn unbinding(&mut self) -> Act {
        let binding = match self.bindings.len() {
            0 => self.binding(),
            count => self.bindings[self.rng.usize(0..count)].clone(),
        };
        match binding {
            Act::BindExchange { to, from, key } => Act::UnbindExchange { to, from, key },
            Act::BindQueue { queue, exchange, key, arguments } => Act::UnbindQueue { queue, exchange, key, arguments },
            other => other,
        }
    }

    fn replacement(&mut self) -> Act {
        let if_unused = self.chance(3);
        if self.chance(4) {
            let kind = self.one_of(&["direct", "fanout", "topic", "headers"]);
            return Act::ReplaceExchange { exchange: self.rng.usize(0..EXCHANGES), if_unused, kind };
        }
        let queue = self.queue();
        Act::ReplaceQueue { queue, if_unused, if_empty: self.chance(3), arguments: self.queue_arguments(queue) }
    }

    fn publish(&mut self) -> Act {
        self.published += 1;
        let to = match self.rng.u8(0..20) {
            0..9 => Target::Queue(self.queue()),
            9..19 => Target::Exchange(self.rng.usize(0..EXCHANGES)),
            _rare => Target::Missing,
        };
        Act::Publish {
            to,
            key: self.key(),
            mandatory: self.chance(3),
            properties: self.properties(),
            body: self.published,
        }
    }

    fn properties(&mut self) -> Properties {
        let mut properties = Properties::default();
        if self.chance(3) {
            properties.priority = Some(self.rng.u8(0..6));
        }
        if self.chance(4) {
            properties.delivery_mode = Some(if self.chance(12) { self.rng.u8(..) } else { self.rng.u8(1..3) });
        }
        if self.chance(5) {
            properties.correlation_id = Some(self.octets());
        }
        if !self.has_priorities && self.chance(4) {
            properties.expiration =
                Some(if self.chance(8) { self.one_of(&["", "-1", "1.5", "a"]) } else { self.time() });
        }
        for _ in 0..self.rng.usize(0..4) {
            let header = match self.rng.u8(0..12) {
                0 => (b"CC".to_vec(), Header::Queues(self.some_queues())),
                1 => (b"BCC".to_vec(), Header::Queues(self.some_queues())),
                2 => (b"CC".to_vec(), Header::Value(self.value(0))),
                3..5 => (b"x-death".to_vec(), Header::Deaths(self.deaths())),
                5 => (b"x-death".to_vec(), Header::Value(long(b"often"))),
                _other => (self.one_of(&WORDS).to_vec(), Header::Value(self.value(0))),
            };
            // some implementations refuse a table with a duplicate name
            if !properties.headers.iter().any(|(name, _value)| *name == header.0) {
                properties.headers.push(header);
            }
        }
        properties
    }

    /// Deaths without a rejection by a consumer: after one, RabbitMQ does not detect cycles.
    fn deaths(&mut self) -> Vec<(usize, &'static str, Option<Vec<u8>>)> {
        let death = |maker: &mut Self| {
            let count = maker.rng.i8(1..5);
            let count = maker.rng.bool().then(|| maker.integer(count));
            (maker.queue(), maker.one_of(&["maxlen", "expired"]), count)
        };
        (0..self.rng.usize(1..4)).map(|_| death(self)).collect()
    }

    fn binding(&mut self) -> Act {
        let exchange = self.rng.usize(0..EXCHANGES);
        let key = if self.rng.bool() { self.one_of(&PATTERNS).to_vec() } else { b"a".to_vec() };
        if self.chance(4) {
            let binding = Act::BindExchange { to: self.rng.usize(0..EXCHANGES), from: exchange, key };
            self.bindings.push(binding.clone());
            return binding;
        }
        let mut arguments = Vec::new();
        if self.chance(3) {
            let mode = self.one_of(&["all", "any", "all-with-x", "any-with-x"]);
            arguments.push((b"x-match".to_vec(), long(mode.as_bytes())));
        }
        for word in [b"a".to_vec(), b"\xff".to_vec(), b"x-death".to_vec()] {
            if self.chance(3) {
                arguments.push((word, self.value(0)));
            }
        }
        let binding = Act::BindQueue { queue: self.queue(), exchange, key, arguments };
        self.bindings.push(binding.clone());
        binding
    }

    /// A time to live in milliseconds that has passed at once, or not within a run.
    fn time(&mut self) -> &'static str {
        self.one_of(&["0", "3600000"])
    }

    /// Valid arguments.
    fn queue_arguments(&mut self, queue: usize) -> Vec<(&'static str, Argument)> {
        let mut arguments = Vec::new();
        if self.chance(2) {
            let most = self.rng.i8(0..4);
            arguments.push(("x-max-length", Argument::Value(self.integer(most))));
        }
        if self.chance(5) {
            arguments.push(("x-max-length-bytes", Argument::Value(self.integer(3))));
        }
        if self.chance(2) {
            let overflow = self.one_of(&["drop-head", "reject-publish", "reject-publish-dlx"]);
            arguments.push(("x-overflow", Argument::Value(long(overflow.as_bytes()))));
        }
        if self.chance(2) {
            if self.rng.bool() {
                arguments.push(("x-dead-letter-exchange", Argument::Value(long(b""))));
                // not to the queue itself, which would be an endless cycle
                let next = (queue + 1) % QUEUES;
                arguments.push(("x-dead-letter-routing-key", Argument::Queue(next)));
            } else {
                arguments.push(("x-dead-letter-exchange", Argument::Exchange(self.rng.usize(0..EXCHANGES))));
                if self.rng.bool() {
                    arguments.push(("x-dead-letter-routing-key", Argument::Value(long(&self.key()))));
                }
            }
        }
        if self.chance(4) {
            let time =
                if self.rng.bool() { self.integer(0) } else { [&b"I"[..], &3_600_000_i32.to_be_bytes()].concat() };
            arguments.push(("x-message-ttl", Argument::Value(time)));
        }
        if self.has_priorities && self.chance(2) {
            let most = self.rng.i8(1..4);
            arguments.push(("x-max-priority", Argument::Value(self.integer(most))));
        }
        arguments
    }

    /// Arbitrary arguments, for an existing queue.
    fn odd_arguments(&mut self) -> Vec<(&'static str, Argument)> {
        let names = [
            "x-max-length",
            "x-message-ttl",
            "x-overflow",
            "x-max-priority",
            "x-dead-letter-exchange",
            "x-queue-type",
            "x-single-active-consumer",
            "x-unknown",
        ];
        let mut arguments: Vec<(&'static str, Argument)> = Vec::new();
        for _ in 0..self.rng.usize(0..3) {
            let name = self.one_of(&names);
            if !arguments.iter().any(|(other, _value)| *other == name) {
                // none that a refusal shows in full
                arguments.push((name, Argument::Value(self.value(2))));
            }
        }
        arguments
    }

    /// A value of any type.
    fn value(&mut self, depth: u8) -> Vec<u8> {
        match self.rng.u8(0..if depth > 1 { 9 } else { 12 }) {
            0..3 => {
                let number = self.rng.i8(-1..4);
                self.integer(number)
            }
            3 => [b't', self.rng.u8(0..2)].to_vec(),
            4 => [b"d", &self.one_of(&[0.5_f64, 1.0, -2.0]).to_be_bytes()[..]].concat(),
            5 => [b"T", &self.rng.u64(0..3).to_be_bytes()[..]].concat(),
            6 => long(&self.octets()),
            7 => [b"x\0\0\0\x01", &self.octets()[..1]].concat(),
            8 => b"V".to_vec(),
            9 => [b"D\x02", &self.rng.u32(0..3).to_be_bytes()[..]].concat(),
            10 => array(&(0..self.rng.usize(0..3)).map(|_| self.value(depth + 1)).collect::<Vec<_>>()),
            _table => {
                let inner = self.value(depth + 1);
                [&b"F"[..], &fields(&[(self.one_of(&WORDS), inner)])].concat()
            }
        }
    }

    /// A number in any type that can represent it.
    fn integer(&mut self, number: i8) -> Vec<u8> {
        let wide = i64::from(number).to_be_bytes();
        let signed = [(b'b', 1), (b's', 2), (b'I', 4), (b'l', 8)];
        let unsigned = [(b'B', 1), (b'u', 2), (b'i', 4)];
        let types = if number < 0 { signed.to_vec() } else { [&signed[..], &unsigned].concat() };
        let (kind, size) = self.one_of(&types);
        [&[kind], &wide[8 - size..]].concat()
    }

    fn octets(&mut self) -> Vec<u8> {
        self.one_of(&[&b"a"[..], b"1", b"\xff\xfe", b"\xc3\xa9"]).to_vec()
    }

    fn key(&mut self) -> Vec<u8> {
        let words: Vec<&[u8]> = (0..self.rng.usize(1..4)).map(|_| self.one_of(&WORDS)).collect();
        words.join(&b'.')
    }

    fn some_queues(&mut self) -> Vec<usize> {
        (0..self.rng.usize(0..3)).map(|_| self.queue()).collect()
    }

    fn tag(&mut self, channel: u16) -> u64 {
        let known = if channel == WORKING { self.tag } else { u64::from(self.published) / 4 };
        match self.rng.u8(0..12) {
            0 => 0,
            1 => known + 2,
            _likely => self.rng.u64(0..=known.max(1)).max(1),
        }
    }

    fn queue(&mut self) -> usize {
        self.rng.usize(0..QUEUES)
    }

    fn chance(&mut self, of: u8) -> bool {
        self.rng.u8(0..of) == 0
    }

    fn one_of<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.rng.usize(0..all.len())]
    }
}

impl Act {
    /// The frames of the operation.
    pub(super) fn frames(&self, names: &Sequence) -> Vec<u8> {
        let queue = |queue: usize| short(&names.queue(queue));
        let exchange = |exchange: usize| short(&names.exchange(exchange));
        let tagged = |tag: u64, bits: u8| [&tag.to_be_bytes()[..], &[bits]].concat();
        match self {
            Self::DeclareQueue { queue: number, arguments } => {
                // exclusive
                method(WORKING, 50, 10, &[TICKET, &queue(*number), &[0b100], &written(arguments, names)])
            }
            Self::DeclareExchange { exchange: number, kind, alternate } => {
                let alternate = alternate.map(|other| ("alternate-exchange", long(&names.exchange(other))));
                let arguments: Vec<_> = alternate.into_iter().collect();
                // auto-delete
                let kind = short(kind.as_bytes());
                method(WORKING, 40, 10, &[TICKET, &exchange(*number), &kind, &[0b100], &fields(&arguments)])
            }
            Self::ReplaceQueue { queue: number, if_unused, if_empty, arguments } => {
                let bits = u8::from(*if_unused) | u8::from(*if_empty) << 1;
                let declare = Self::DeclareQueue { queue: *number, arguments: arguments.clone() };
                [method(WORKING, 50, 40, &[TICKET, &queue(*number), &[bits]]), declare.frames(names)].concat()
            }
            Self::ReplaceExchange { exchange: number, if_unused, kind } => {
                let declare = Self::DeclareExchange { exchange: *number, kind, alternate: None };
                let delete = method(WORKING, 40, 20, &[TICKET, &exchange(*number), &[u8::from(*if_unused)]]);
                [delete, declare.frames(names)].concat()
            }
            Self::UnbindQueue { queue: number, exchange: from, key, arguments } => {
                method(WORKING, 50, 50, &[TICKET, &queue(*number), &exchange(*from), &short(key), &fields(arguments)])
            }
            Self::UnbindExchange { to, from, key } => {
                method(WORKING, 40, 40, &[TICKET, &exchange(*to), &exchange(*from), &short(key), &[0], NO_FIELDS])
            }
            Self::BindQueue { queue: number, exchange: from, key, arguments } => {
                let arguments = fields(arguments);
                method(WORKING, 50, 20, &[TICKET, &queue(*number), &exchange(*from), &short(key), &[0], &arguments])
            }
            Self::BindExchange { to, from, key } => {
                method(WORKING, 40, 30, &[TICKET, &exchange(*to), &exchange(*from), &short(key), &[0], NO_FIELDS])
            }
            Self::Select { confirms: true } => method(WORKING, 85, 10, &[&[0]]),
            Self::Select { confirms: false } => method(WORKING, 90, 10, &[]),
            Self::Publish { to, key, mandatory, properties, body } => {
                let (to, key) = match to {
                    Target::Queue(queue) => (Vec::new(), names.queue(*queue)),
                    Target::Exchange(exchange) => (names.exchange(*exchange), key.clone()),
                    Target::Missing => (b"missing\xff".to_vec(), key.clone()),
                };
                publish(WORKING, (&to, &key), u8::from(*mandatory), &properties.written(names), &[*body])
            }
            Self::Get { queue: number, no_ack } => {
                method(WORKING, 60, 70, &[TICKET, &queue(*number), &[u8::from(*no_ack)]])
            }
            Self::Ack { channel, tag, multiple } => method(*channel, 60, 80, &[&tagged(*tag, u8::from(*multiple))]),
            Self::Nack { channel, tag, multiple, requeue } => {
                method(*channel, 60, 120, &[&tagged(*tag, u8::from(*multiple) | u8::from(*requeue) << 1)])
            }
            Self::Reject { channel, tag, requeue } => method(*channel, 60, 90, &[&tagged(*tag, u8::from(*requeue))]),
            Self::Recover { channel } => method(*channel, 60, 110, &[&[1]]),
            Self::Prefetch { channel, count, global } => {
                method(*channel, 60, 10, &[&[0; 4], &count.to_be_bytes(), &[u8::from(*global)]])
            }
            Self::Consume { channel, queue: number, no_ack, exclusive, priority } => {
                let priority: Vec<_> = priority.iter().map(|value| ("x-priority", value.clone())).collect();
                let queue = queue(*number);
                let bits = [u8::from(*no_ack) << 1 | u8::from(*exclusive) << 2];
                method(*channel, 60, 20, &[TICKET, &queue, &short(b"tag"), &bits, &fields(&priority)])
            }
            Self::Cancel { channel } => method(*channel, 60, 30, &[&short(b"tag"), &[0]]),
            Self::Purge { queue: number } => method(WORKING, 50, 30, &[TICKET, &queue(*number), &[0]]),
            Self::Commit => method(WORKING, 90, 20, &[]),
            Self::Rollback => method(WORKING, 90, 30, &[]),
            Self::All(acts) => acts.iter().flat_map(|act| act.frames(names)).collect(),
            // opened again when its answer comes
            Self::CloseChannel { channel } => method(*channel, 20, 40, &[&[0, 200], &short(b"bye"), &[0; 4]]),
        }
    }
}

/// The table of a queue's arguments.
fn written(arguments: &[(&'static str, Argument)], names: &Sequence) -> Vec<u8> {
    let value = |argument: &Argument| match argument {
        Argument::Value(value) => value.clone(),
        Argument::Queue(queue) => long(&names.queue(*queue)),
        Argument::Exchange(exchange) => long(&names.exchange(*exchange)),
    };
    fields(&arguments.iter().map(|(name, argument)| (*name, value(argument))).collect::<Vec<_>>())
}

impl Properties {
    /// Flags and list.
    fn written(&self, names: &Sequence) -> Vec<u8> {
        let value = |header: &Header| match header {
            Header::Value(value) => value.clone(),
            Header::Queues(queues) => array(&queues.iter().map(|queue| long(&names.queue(*queue))).collect::<Vec<_>>()),
            Header::Deaths(deaths) => {
                let death = |(queue, reason, count): &(usize, &str, Option<Vec<u8>>)| {
                    let mut death = vec![("queue", long(&names.queue(*queue))), ("reason", long(reason.as_bytes()))];
                    death.extend(count.iter().map(|count| ("count", count.clone())));
                    [&b"F"[..], &fields(&death)].concat()
                };
                array(&deaths.iter().map(death).collect::<Vec<_>>())
            }
        };
        let headers: Vec<_> = self.headers.iter().map(|(name, header)| (name, value(header))).collect();
        let (mut flags, mut list) = (0_u16, Vec::new());
        if !headers.is_empty() {
            flags |= 0x2000;
            list.extend(fields(&headers));
        }
        for (flag, octet) in [(0x1000, self.delivery_mode), (0x0800, self.priority)] {
            flags |= octet.map_or(0, |_there| flag);
            list.extend(octet);
        }
        if let Some(id) = &self.correlation_id {
            flags |= 0x0400;
            list.extend(short(id));
        }
        if let Some(time) = self.expiration {
            flags |= 0x0100;
            list.extend(short(time.as_bytes()));
        }
        [&flags.to_be_bytes()[..], &list].concat()
    }
}
