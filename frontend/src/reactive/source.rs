//! A value that is read, wherever it comes from.

use std::{marker::PhantomData, sync::Arc};

use leptos::prelude::{self as engine, ReadUntracked as _, Track as _};

use super::{
    Read, RwSignal, StoredValue,
    guard::Reading,
    value::{Value, disposed},
};

/// A value that is read, wherever it comes from.
pub struct Signal<T> {
    source: Source,
    kind: PhantomData<fn() -> T>,
}

/// A signal that is worked out from others, and changes when what comes out does.
pub type Memo<T> = Signal<T>;

/// What is set, of whatever type.
pub(super) type Cell = engine::RwSignal<Value>;

/// Says a value anew. As a `dyn Fn` it would come with code for being called once and for all; so below.
pub(super) trait Say: Send + Sync {
    fn say(&self) -> Value;
}

impl<F: Fn() -> Value + Send + Sync> Say for F {
    fn say(&self) -> Value {
        self()
    }
}

/// Works a value out from the one before.
trait WorkOut: Send + Sync {
    fn work_out(&self, before: Option<&Value>) -> Value;
}

impl<F: Fn(Option<&Value>) -> Value + Send + Sync> WorkOut for F {
    fn work_out(&self, before: Option<&Value>) -> Value {
        self(before)
    }
}

/// Where a value comes from, of whatever type.
#[derive(Clone, Copy)]
pub(super) enum Source {
    Cell(Cell),
    Memo(engine::Memo<Value>),
    Said(StoredValue<Arc<dyn Say>>),
}

impl Source {
    /// What is set, of a source that was made of that.
    #[inline(never)]
    pub(super) fn cell(self) -> Cell {
        match self {
            Self::Cell(cell) => cell,
            Self::Memo(_) | Self::Said(_) => unreachable!("a signal that is set is made of a cell"),
        }
    }

    #[inline(never)]
    fn memo(work_out: Box<dyn WorkOut>, same: fn(&Value, &Value) -> bool) -> Self {
        Self::Memo(engine::Memo::new_owning(move |before: Option<Value>| {
            let now = work_out.work_out(before.as_ref());
            let changed = before.is_none_or(|before| !same(&before, &now));
            (now, changed)
        }))
    }

    #[inline(never)]
    fn said(say: Arc<dyn Say>) -> Self {
        Self::Said(StoredValue::new(say))
    }

    #[inline(never)]
    fn track(self) {
        match self {
            Self::Cell(cell) => cell.track(),
            Self::Memo(memo) => memo.track(),
            // what it reads is followed
            Self::Said(_) => drop(self.now()),
        }
    }

    /// None when it is gone.
    #[inline(never)]
    fn now(self) -> Option<Reading> {
        match self {
            Self::Cell(cell) => cell.try_read_untracked().map(Reading::Cell),
            Self::Memo(memo) => memo.try_read_untracked().map(Reading::Memo),
            Self::Said(say) => say.try_get_value().map(|say| Reading::Said(say.say())),
        }
    }

    #[inline(never)]
    fn try_read_untracked(self) -> Option<Reading> {
        engine::untrack(|| self.now())
    }

    #[inline(never)]
    fn read_untracked(self) -> Reading {
        self.try_read_untracked().unwrap_or_else(|| disposed())
    }

    #[inline(never)]
    fn read(self) -> Reading {
        if !matches!(self, Self::Said(_)) {
            self.track();
        }
        self.now().unwrap_or_else(|| disposed())
    }
}

fn same<T: PartialEq + 'static>(one: &Value, other: &Value) -> bool {
    one.of::<T>() == other.of()
}

handle!(Signal<T>);

impl<T: Send + Sync + 'static> From<T> for Signal<T> {
    fn from(value: T) -> Self {
        Self::stored(value)
    }
}

impl<T: Default + Send + Sync + 'static> Default for Signal<T> {
    fn default() -> Self {
        Self::stored(T::default())
    }
}

impl From<&str> for Signal<String> {
    fn from(text: &str) -> Self {
        Self::stored(text.to_owned())
    }
}

impl<T> Signal<T> {
    pub(super) fn of(source: Source) -> Self {
        Self { source, kind: PhantomData }
    }

    pub(super) fn source(self) -> Source {
        self.source
    }

    /// Follows it.
    pub fn track(self) {
        self.source.track();
    }
}

impl<T: Send + Sync + 'static> Signal<T> {
    /// A value that stays as it is.
    pub fn stored(value: T) -> Self {
        RwSignal::new(value).read_only()
    }

    /// What a function says anew whenever it is read.
    pub fn derive(say: impl Fn() -> T + Send + Sync + 'static) -> Self {
        Self::of(Source::said(Arc::new(move || Value::new(say()))))
    }

    /// A [`Memo`]: it is worked out from the one before and from what it reads, when that changed and somebody asks.
    pub fn new(work_out: impl Fn(Option<&T>) -> T + Send + Sync + 'static) -> Self
    where
        T: PartialEq,
    {
        Self::of(Source::memo(
            Box::new(move |before: Option<&Value>| Value::new(work_out(before.map(Value::of)))),
            same::<T>,
        ))
    }
}

impl<T: 'static> Signal<T> {
    /// Reads it, and follows it.
    pub fn read(self) -> Read<T> {
        Read::new(self.source.read())
    }

    /// Reads it.
    pub fn read_untracked(self) -> Read<T> {
        Read::new(self.source.read_untracked())
    }

    /// Reads it, and follows it.
    pub fn with<U>(self, read: impl FnOnce(&T) -> U) -> U {
        read(&self.read())
    }

    /// Reads it.
    pub fn with_untracked<U>(self, read: impl FnOnce(&T) -> U) -> U {
        read(&self.read_untracked())
    }

    /// A copy; follows it.
    pub fn get(self) -> T
    where
        T: Clone,
    {
        T::clone(&self.read())
    }

    /// A copy.
    pub fn get_untracked(self) -> T
    where
        T: Clone,
    {
        T::clone(&self.read_untracked())
    }

    /// A copy, if it is there still.
    pub fn try_get_untracked(self) -> Option<T>
    where
        T: Clone,
    {
        self.source.try_read_untracked().map(|reading| T::clone(&Read::new(reading)))
    }
}
