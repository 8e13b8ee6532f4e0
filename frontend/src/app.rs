//! The frame of the page: contexts, header, routes, footer.

use leptos::prelude::*;
use leptos_router::{
    components::{Route, Router, Routes},
    path,
};

use crate::{
    i18n::I18nContextProvider,
    pages::{grpc::Grpc, home::Home, queue::Queue, rest::Rest},
};

/// The whole page.
#[component]
pub fn App() -> impl IntoView {
    view! {
        <I18nContextProvider enable_cookie=false set_lang_attr_on_html=false set_dir_attr_on_html=false>
            <Router>
                <main id="main" class="wrap">
                    <Routes fallback=|| "404">
                        <Route path=path!("/") view=Home />
                        <Route path=path!("/rest") view=Rest />
                        <Route path=path!("/grpc") view=Grpc />
                        <Route path=path!("/queue") view=Queue />
                    </Routes>
                </main>
            </Router>
        </I18nContextProvider>
    }
}
