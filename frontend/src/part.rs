//! Parts of the program, which are downloaded when they are wanted: a table of functions each, and what only these need is in
//! the part. A native build is one piece, and every part is there.

use std::{future::Future, pin::Pin, sync::LazyLock};

use crosstalk_view::view;
use futures_util::FutureExt as _;
pub use leptos::wasm_split::SplitLoaderError;
use leptos::{prelude::*, reactive::signal::ArcTrigger};
use wasm_bindgen_futures::spawn_local;

use crate::{
    dom::{IntoNode as _, Node},
    i18n::{t, use_i18n},
    reactive::{Effect, RwSignal},
};

/// What a download gives.
pub type Loading<T> = Pin<Box<dyn Future<Output = Result<&'static T, SplitLoaderError>>>>;

/// A part, with what it can do. [`part!`] makes one.
#[derive(Debug)]
pub struct Part<T: 'static> {
    load: fn() -> Loading<T>,
}

impl<T> Part<T> {
    /// What is to be had so.
    pub const fn new(load: fn() -> Loading<T>) -> Self {
        Self { load }
    }

    /// Downloads it, unless it is there.
    ///
    /// # Errors
    /// When it cannot be had. It may be asked for again.
    pub fn load(&self) -> Loading<T> {
        (self.load)()
    }

    /// The part, if it is there.
    pub fn get(&self) -> Option<&'static T> {
        self.load().now_or_never()?.ok()
    }

    /// Does something with it as soon as it is there: at once, if it is. What does not come does nothing.
    pub fn then(&'static self, then: impl FnOnce(&'static T) + 'static) {
        match self.get() {
            Some(part) => then(part),
            None => spawn_local(async {
                if let Ok(part) = self.load().await {
                    then(part);
                }
            }),
        }
    }

    /// What it draws, as soon as it is there; when it does not come, that, and how to ask for it again.
    pub fn draw(&'static self, draw: impl Fn(&'static T) -> Node + Send + Sync + 'static) -> Node {
        match self.get() {
            Some(part) => untrack(|| draw(part)),
            None => draw_later(
                Box::new(|| Box::pin(async { self.load().await.map(|_| &()) })),
                Box::new(move || self.get().map(|part| untrack(|| draw(part)))),
            ),
        }
    }
}

/// What `draw` gives once `load` has done its work.
fn draw_later(
    load: Box<dyn Fn() -> Loading<()> + Send + Sync>,
    draw: Box<dyn Fn() -> Option<Node> + Send + Sync>,
) -> Node {
    // whether there is still hope
    let coming = RwSignal::new(true);
    Effect::new(move |_| {
        AGAIN.track();
        coming.set(true);
        let loaded = load();
        spawn_local(async move {
            let _ = loaded.await;
            // what was drawn may be gone
            coming.try_set(false);
        });
    });
    let drawn = move || match draw() {
        Some(node) => node,
        None if coming.get() => ().into_node(),
        None => view! { <Missing /> },
    };
    drawn.into_node()
}

/// Declares a part: `part!(NAME: Table = Table { … }, in name)`, where `name` is that of its file.
macro_rules! part {
    ($(#[$doc:meta])* $vis:vis $name:ident: $kind:ty = $given:expr, in $part:ident) => {
        $(#[$doc])*
        $vis static $name: $crate::part::Part<$kind> = {
            static GIVEN: $kind = $given;

            #[cfg(target_family = "wasm")]
            #[::leptos::wasm_split::wasm_split($part, fallible, wasm_split_path = ::leptos::wasm_split)]
            fn $part() -> Result<&'static $kind, $crate::part::SplitLoaderError> {
                Ok(&GIVEN)
            }

            #[cfg(not(target_family = "wasm"))]
            async fn $part() -> Result<&'static $kind, $crate::part::SplitLoaderError> {
                Ok(&GIVEN)
            }

            $crate::part::Part::new(|| Box::pin($part()))
        };
    };
}
pub(crate) use part;

/// All parts that did not come are asked for again.
static AGAIN: LazyLock<ArcTrigger> = LazyLock::new(ArcTrigger::new);

/// Says that a part is missing, and asks for all that are.
#[component]
fn Missing() -> impl IntoView {
    let i18n = use_i18n();
    view! {
        <div class="problem" data-style="bad" role="alert" data-testid="part-missing">
            <header>
                <h3>{t!(i18n, common.part_missing)}</h3>
            </header>
            <p>{t!(i18n, common.part_missing_why)}</p>
            <footer>
                <button class="btn sm" type="button" data-testid="part-again" on:click=move |_| AGAIN.notify()>
                    {t!(i18n, common.part_again)}
                </button>
            </footer>
        </div>
    }
}
