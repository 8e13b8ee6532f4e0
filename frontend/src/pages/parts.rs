//! The pages as parts of the program, each named as its document is: what draws one is downloaded by [`load`], then [`view()`]
//! draws it.

use crosstalk_view::view;
use futures_util::future::join;

use super::{design::Design, grpc::Grpc, home::Home, not_found::NotFound, queue::Queue, rest::Rest};
use crate::{
    commands::DIALOGS,
    components::{history::BAND, sequence::steps::STEPS},
    dom::{IntoNode as _, Node},
    part::{Part, SplitLoaderError, part},
    past::PastCalls,
    router::route::Route,
};

/// Draws a page.
type Draw = fn() -> Node;

part!(HOME: Draw = || view! { <Home /> }, in home);
part!(REST: Draw = || view! { <Rest /> }, in rest);
part!(GRPC: Draw = || view! { <Grpc /> }, in grpc);
part!(QUEUE: Draw = || view! { <Queue /> }, in queue);
part!(DESIGN: Draw = || view! { <Design /> }, in later);

const fn part(route: Route) -> Option<&'static Part<Draw>> {
    match route {
        Route::Home => Some(&HOME),
        Route::Rest => Some(&REST),
        Route::Grpc => Some(&GRPC),
        Route::Queue => Some(&QUEUE),
        Route::Design => Some(&DESIGN),
        Route::Lost => None,
    }
}

/// Downloads what draws a page, unless it is there.
///
/// # Errors
/// When it cannot be had. It may be asked for again.
pub async fn load(route: Route) -> Result<(), SplitLoaderError> {
    match part(route) {
        Some(part) => {
            let has_history = !matches!(route, Route::Home | Route::Design);
            let (page, ()) = join(part.load(), async move {
                if has_history {
                    PastCalls::prepare().await;
                }
            })
            .await;
            page.map(drop)
        }
        None => Ok(()),
    }
}

/// Draws a page whose part is there, else nothing.
pub fn view(route: Route) -> Node {
    match part(route) {
        Some(part) => part.get().map_or_else(|| ().into_node(), |draw| draw()),
        None => view! { <NotFound /> },
    }
}

/// Downloads what may be wanted next, one after another, first what a call on this page draws.
pub async fn load_all() {
    // one that did not come now is asked for again when it is wanted
    let _ = STEPS.load().await;
    let _ = BAND.load().await;
    let _ = DIALOGS.load().await;
    for route in [Route::Home, Route::Rest, Route::Grpc, Route::Queue] {
        let _ = load(route).await;
    }
}
