//! What is typed in the editor, and the call that it makes.

use leptos::prelude::*;

use std::{fmt, sync::Arc};

use crate::{
    api::{browser::now_ms, grpc::contract},
    components::pairs::Pairs,
    model::{
        exchange::CallError,
        grpc_draft::{COUNTS, Draft, INTERVALS, SHAPED, number},
        grpc_web::Metadata,
        protobuf::{
            contract::{Contract, Method},
            json::{self, Fault, Values},
        },
    },
    state::state,
};

/// The tab with the message as JSON.
pub(super) const JSON: usize = 1;

/// The fields.
#[derive(Clone, Copy, Debug)]
pub(super) struct Typed {
    /// What the server offers; none until it has told.
    pub(super) contract: ServerContract,
    /// Which method, as [`Method::path`].
    pub(super) method: RwSignal<String>,
    /// The message as JSON; the form is a view of it.
    pub(super) message: RwSignal<String>,
    /// 0 is the form, [`JSON`] the text.
    pub(super) tab: RwSignal<usize>,
    pub(super) count: RwSignal<String>,
    pub(super) interval: RwSignal<String>,
    pub(super) deadline: RwSignal<String>,
    pub(super) metadata: Pairs,
}

/// A call to be made.
#[derive(Clone, Debug)]
pub(super) struct Request {
    /// What was typed, to be typed again.
    pub(super) draft: Draft,
    pub(super) method: Arc<Method>,
    /// When the page began to encode it.
    pub(super) began_ms: f64,
    /// Encoded.
    pub(super) message: Vec<u8>,
    pub(super) metadata: Metadata,
    pub(super) deadline_ms: Option<u32>,
}

/// The descriptor of the services that the server offers.
#[derive(Clone, Copy)]
pub(super) struct ServerContract(LocalResource<Result<Contract, CallError>>);

impl fmt::Debug for ServerContract {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ServerContract")
    }
}

impl ServerContract {
    /// Starts to load the descriptor.
    pub(super) fn load() -> Self {
        Self(LocalResource::new(contract::read))
    }

    /// Ends when there is a descriptor, or a reason why there is none.
    pub(super) async fn loaded(self) {
        drop(self.0.await);
    }

    /// The descriptor, or why there is none; tracked. None while it loads.
    pub(super) fn get(self) -> Option<Result<Contract, CallError>> {
        self.0.get()
    }

    /// Reads the descriptor; tracked. None while it loads, or when there is none.
    fn with<T>(self, read: impl FnOnce(&Contract) -> Option<T>) -> Option<T> {
        self.0.with(|contract| read(contract.as_ref()?.as_ref().ok()?))
    }

    /// True once there is a descriptor; tracked.
    pub(super) fn is_known(self) -> bool {
        self.with(|_| Some(())).is_some()
    }

    /// Loads the descriptor again.
    pub(super) fn load_again(self) {
        self.0.refetch();
    }
}

impl Typed {
    pub(super) fn new() -> Self {
        let draft = Draft::default();
        Self {
            contract: state(ServerContract::load),
            method: RwSignal::new(draft.method),
            message: RwSignal::new(draft.message),
            tab: RwSignal::new(0),
            count: RwSignal::new(draft.count),
            interval: RwSignal::new(draft.interval),
            deadline: RwSignal::new(draft.deadline),
            metadata: Pairs::new(&[]),
        }
    }

    /// The method; tracked. None while the server has not told, or when it has no such method.
    pub(super) fn chosen(self) -> Option<Method> {
        self.named(&self.method.read())
    }

    fn named(self, path: &str) -> Option<Method> {
        self.contract.with(|contract| contract.methods().find(|method| method.path() == path).cloned())
    }

    /// Whether the method's metadata shapes its stream; tracked.
    pub(super) fn is_shaped(self) -> bool {
        self.method.with(|method| method == SHAPED)
    }

    /// The message, or what is wrong with it; tracked.
    pub(super) fn values(self, method: &Method) -> Result<Values, Fault> {
        json::read(&method.request, &self.message.read())
    }

    /// How long the stream takes at least, in milliseconds, when it is shaped; tracked.
    pub(super) fn least_ms(self) -> Option<u64> {
        let count = number(&self.count.read(), &COUNTS)?;
        let interval = number(&self.interval.read(), &INTERVALS)?;
        self.is_shaped().then(|| u64::from(count - 1) * u64::from(interval))
    }

    /// The call; none while something is wrong with a field; tracked.
    pub(super) fn request(self) -> Option<Request> {
        self.make(self.draft())
    }

    /// The call that a draft makes; none while something is wrong with it; tracked.
    pub(super) fn make(self, draft: Draft) -> Option<Request> {
        let began_ms = now_ms();
        let method = self.named(&draft.method)?;
        let values = json::read(&method.request, &draft.message).ok()?;
        let message = json::encode(&method.request, &values);
        let (metadata, deadline_ms) = (draft.sent_metadata()?, draft.deadline_ms().ok()?);
        Some(Request { draft, method: Arc::new(method), began_ms, message, metadata, deadline_ms })
    }

    /// All of it, for the address; tracked.
    pub(super) fn draft(self) -> Draft {
        Draft {
            method: self.method.get(),
            message: self.message.get(),
            as_json: self.tab.get() == JSON,
            count: self.count.get(),
            interval: self.interval.get(),
            deadline: self.deadline.get(),
            metadata: self.metadata.rows(),
        }
    }

    /// Types it.
    pub(super) fn restore(self, draft: Draft) {
        self.method.set(draft.method);
        self.message.set(draft.message);
        self.tab.set(if draft.as_json { JSON } else { 0 });
        self.count.set(draft.count);
        self.interval.set(draft.interval);
        self.deadline.set(draft.deadline);
        self.metadata.set_rows(draft.metadata);
    }
}
