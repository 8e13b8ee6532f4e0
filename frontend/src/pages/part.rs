//! The benches as parts of the program: a part is downloaded by [`load`], then [`view()`] draws its page. Home is in what
//! every page needs: most of it is there anyway. Without the feature `split` the program is one piece.

use crosstalk_view::view;
use futures_util::FutureExt as _;
use leptos::wasm_split::SplitLoaderError;
#[cfg(feature = "split")]
use leptos::wasm_split::wasm_split;

use super::{design::Design, grpc::Grpc, home::Home, not_found::NotFound, queue::Queue, rest::Rest};
use crate::{
    dom::{IntoNode as _, Node},
    router::route::Route,
};

/// A page, or why its part did not come.
type Drawn = Result<Node, SplitLoaderError>;

/// A part with the name of the document it belongs to, which draws this component.
macro_rules! part {
    ($name:ident, $load:ident, $page:ident) => {
        #[cfg(feature = "split")]
        #[wasm_split($name, fallible, wasm_split_path = ::leptos::wasm_split, preload($load))]
        fn $name() -> Drawn {
            Ok(view! { <$page /> })
        }

        #[cfg(not(feature = "split"))]
        async fn $load() -> Result<(), SplitLoaderError> {
            Ok(())
        }

        #[cfg(not(feature = "split"))]
        async fn $name() -> Drawn {
            Ok(view! { <$page /> })
        }
    };
}

part!(rest, load_rest, Rest);
part!(grpc, load_grpc, Grpc);
part!(queue, load_queue, Queue);
part!(design, load_design, Design);

/// Downloads what draws a page, unless it is there.
///
/// # Errors
/// When it cannot be had. It may be asked for again.
pub async fn load(route: Route) -> Result<(), SplitLoaderError> {
    match route {
        Route::Rest => load_rest().await,
        Route::Grpc => load_grpc().await,
        Route::Queue => load_queue().await,
        Route::Design => load_design().await,
        Route::Home | Route::Lost => Ok(()),
    }
}

/// Draws a page whose part is there, else nothing.
pub fn view(route: Route) -> Node {
    let drawn = match route {
        Route::Home => return view! { <Home /> },
        Route::Rest => rest().now_or_never(),
        Route::Grpc => grpc().now_or_never(),
        Route::Queue => queue().now_or_never(),
        Route::Design => design().now_or_never(),
        Route::Lost => return view! { <NotFound /> },
    };
    drawn.and_then(Result::ok).unwrap_or_else(|| ().into_node())
}

/// Downloads the benches, one after another, so that the next one is there when it is wanted.
pub async fn load_all() {
    for route in [Route::Rest, Route::Grpc, Route::Queue] {
        // one that did not come now is asked for again when it is wanted
        let _ = load(route).await;
    }
}
