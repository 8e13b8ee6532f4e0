//! What every page has in common: its code is a part of the program that loads with its route, it has a title, and the
//! focus moves to it.

use futures_util::future::{LocalBoxFuture, select};
use gloo_timers::future::TimeoutFuture;
use leptos::{prelude::*, wasm_split::SplitLoaderError};
use send_wrapper::SendWrapper;
use wasm_bindgen::JsCast as _;
use web_sys::HtmlElement;

use crate::{
    i18n::{I18n, t, use_i18n},
    settings,
};

/// The element that a page is drawn in.
const MAIN: &str = "main";
/// How long a page waits for its data before it is drawn without.
const DATA_BUDGET_MS: u32 = 1_000;
/// The prerendered document that is shown until the first page is there.
const PRERENDERED: &str = "boot";

/// The title of the document while a page is shown, in the language of the page.
pub type Title = fn(I18n) -> String;

/// A page that has loaded: sets the title, moves the focus to the page, and makes way for the first one.
#[component]
pub fn Page(
    /// The title of the document.
    title: Title,
    /// The page.
    children: Children,
) -> impl IntoView {
    let i18n = use_i18n();
    Effect::new(move |_| document().set_title(&title(i18n)));
    Effect::new(|_| match document().get_element_by_id(PRERENDERED) {
        Some(prerendered) => {
            prerendered.remove();
            settings::mark("data-ready", "");
        }
        None => focus(),
    });
    children()
}

/// Declares the route `$route` whose page is downloaded when its address is opened: `$chunk` names the part of the program.
/// `$data` starts to load what the page needs from the server, beside the code; `$shown` ends when the page can be drawn with
/// it, so that nothing moves when it arrives.
macro_rules! lazy_route {
    ($(#[$doc:meta])* $route:ident, $chunk:ident, $title:expr, $page:ident $(, data = $data:expr, shown = $shown:expr)?) => {
        $(#[$doc])*
        #[derive(Debug)]
        pub struct $route;

        impl ::leptos_router::LazyRoute for $route {
            fn data() -> Self {
                $($data;)?
                Self
            }

            async fn view(_: Self) -> ::leptos::prelude::AnyView {
                let data: $crate::pages::page::Data = None$(.or(Some(Box::pin($shown))))?;
                let page = $crate::pages::page::load($chunk).await;
                $crate::pages::page::arrived(data).await;
                page
            }
        }

        #[::leptos::wasm_split::wasm_split($chunk, fallible, wasm_split_path = ::leptos::wasm_split)]
        fn $chunk() -> Result<::leptos::prelude::AnyView, ::leptos::wasm_split::SplitLoaderError> {
            use leptos::prelude::*;
            use $crate::pages::page::Page;
            Ok(view! { <Page title=$title><$page /></Page> }.into_any())
        }
    };
}
pub(crate) use lazy_route;

/// Ends when the data of a page has arrived; none for a page without data.
pub type Data = Option<LocalBoxFuture<'static, ()>>;

/// Waits for the data of a page, within a budget: then the page is drawn without it.
pub async fn arrived(data: Data) {
    if let Some(data) = data {
        select(data, TimeoutFuture::new(DATA_BUDGET_MS)).await;
    }
}

/// A page once it has loaded. If the download fails, says so and offers to try again.
pub async fn load<F, Fut>(load: F) -> AnyView
where
    F: Fn() -> Fut + Clone + Send + Sync + 'static,
    Fut: Future<Output = Result<AnyView, SplitLoaderError>> + 'static,
{
    if let Ok(page) = load().await {
        return page;
    }
    let attempts = RwSignal::new(0_u32);
    let page = move || {
        let (attempt, load) = (attempts.get(), load.clone());
        Suspend::new(SendWrapper::new(async move {
            if attempt > 0
                && let Ok(page) = load().await
            {
                return page;
            }
            view! { <NotLoaded on_again=move |()| attempts.update(|attempts| *attempts += 1) /> }.into_any()
        }))
    };
    page.into_any()
}

/// The code of a page could not be downloaded.
#[component]
fn NotLoaded(
    /// Downloads it again.
    #[prop(into)]
    on_again: Callback<()>,
) -> impl IntoView {
    let i18n = use_i18n();
    view! {
        <Page title=|i18n| format!("{} · Crosstalk", crate::i18n::t_string!(i18n, common.part_missing))>
            <div class="problem" data-style="bad" role="alert" data-testid="part-missing">
                <header>
                    <h1>{t!(i18n, common.part_missing)}</h1>
                </header>
                <p>{t!(i18n, common.part_missing_why)}</p>
                <footer>
                    <button class="btn sm" type="button" data-testid="part-again" on:click=move |_| on_again.run(())>
                        {t!(i18n, common.part_again)}
                    </button>
                </footer>
            </div>
        </Page>
    }
}

/// Moves the focus to the page, unless it is there already.
fn focus() {
    let main = document().get_element_by_id(MAIN);
    let main = main.filter(|main| !main.contains(document().active_element().as_deref()));
    if let Some(main) = main.and_then(|main| main.dyn_into::<HtmlElement>().ok()) {
        // an element that takes no focus is no loss
        let _ = main.focus();
    }
}
