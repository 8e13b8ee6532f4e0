//! Exchanges and how they route (AMQP 0-9-1, section 3.1).

use std::{collections::BTreeMap, sync::Arc};

use super::{
    QueueId,
    matching::{headers_match, topic_matches},
    message::Message,
};
use crate::table::{Arguments, FieldValue};

/// The argument with the alternate exchange, which gets the messages that match no binding.
pub(super) const ALTERNATE: &str = "alternate-exchange";

/// The type of an exchange.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ExchangeType {
    Direct,
    Fanout,
    Topic,
    Headers,
}

impl ExchangeType {
    pub(crate) fn named(name: &str) -> Option<Self> {
        match name {
            "direct" => Some(Self::Direct),
            "fanout" => Some(Self::Fanout),
            "topic" => Some(Self::Topic),
            "headers" => Some(Self::Headers),
            _other => None,
        }
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Direct => "direct",
            Self::Fanout => "fanout",
            Self::Topic => "topic",
            Self::Headers => "headers",
        }
    }
}

/// The destination of a binding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Destination {
    Queue(QueueId),
    Exchange(Arc<str>),
}

/// A binding of an exchange. The key of the map is its routing key.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Binding {
    pub(crate) destination: Destination,
    pub(crate) arguments: Arguments,
}

/// An exchange with its bindings.
#[derive(Clone, Debug)]
pub(crate) struct Exchange {
    pub(crate) name: Arc<str>,
    pub(crate) kind: ExchangeType,
    pub(crate) durable: bool,
    pub(crate) auto_delete: bool,
    pub(crate) internal: bool,
    pub(crate) arguments: Arguments,
    /// By routing key.
    pub(crate) bindings: BTreeMap<Box<[u8]>, Vec<Binding>>,
}

impl Exchange {
    /// A durable exchange without bindings.
    pub(crate) fn new(name: &str, kind: ExchangeType) -> Self {
        Self {
            name: name.into(),
            kind,
            durable: true,
            auto_delete: false,
            internal: false,
            arguments: Arguments::default(),
            bindings: BTreeMap::new(),
        }
    }

    /// The alternate exchange.
    pub(crate) fn alternate(&self) -> Option<&[u8]> {
        self.arguments.get(ALTERNATE).and_then(FieldValue::text)
    }

    /// Adds a binding. Returns true if it is new.
    pub(crate) fn bind(&mut self, key: &str, binding: Binding) -> bool {
        let bindings = self.bindings.entry(key.as_bytes().into()).or_default();
        let new = !bindings.contains(&binding);
        if new {
            bindings.push(binding);
        }
        new
    }

    /// Removes the bindings for which `gone` is true. Returns true if there was one.
    pub(crate) fn unbind(&mut self, mut gone: impl FnMut(&[u8], &Binding) -> bool) -> bool {
        let mut any = false;
        self.bindings.retain(|key, bindings| {
            let before = bindings.len();
            bindings.retain(|binding| !gone(key, binding));
            any |= bindings.len() < before;
            !bindings.is_empty()
        });
        any
    }

    /// The destinations for one of the message's routing keys.
    pub(crate) fn route<'a>(
        &'a self,
        key: &'a [u8],
        message: &'a Message,
    ) -> Box<dyn Iterator<Item = &'a Destination> + 'a> {
        let all = || self.bindings.iter().flat_map(|(key, bindings)| bindings.iter().map(move |one| (&**key, one)));
        match self.kind {
            ExchangeType::Direct => {
                Box::new(self.bindings.get(key).into_iter().flatten().map(|binding| &binding.destination))
            }
            ExchangeType::Fanout => Box::new(all().map(|(_key, binding)| &binding.destination)),
            ExchangeType::Topic => Box::new(
                all()
                    .filter(move |(pattern, _)| topic_matches(pattern, key))
                    .map(|(_key, binding)| &binding.destination),
            ),
            ExchangeType::Headers => {
                let headers = message.headers();
                Box::new(
                    all()
                        .filter(move |(_key, binding)| headers_match(&binding.arguments, headers))
                        .map(|(_key, binding)| &binding.destination),
                )
            }
        }
    }
}
