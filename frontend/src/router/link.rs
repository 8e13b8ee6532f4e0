//! Which clicks go to another page of ours, and where the visitor looks when it is there.

use leptos::{ev::MouseEvent, prelude::*};
use wasm_bindgen::JsCast as _;
use web_sys::{Element, HtmlAnchorElement, HtmlElement};

use super::route::Route;

/// Where a link goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Target {
    /// In full.
    pub(super) href: String,
    /// The path alone.
    pub(super) path: String,
    /// The id of an element of the new page, if it names one.
    pub(super) fragment: Option<String>,
}

/// The page that a click leads to, when the browser would load it in this very window, and it is not this one.
pub(super) fn to_a_page(event: &MouseEvent) -> Option<Target> {
    let plain = event.button() == 0 && !(event.ctrl_key() || event.shift_key() || event.alt_key() || event.meta_key());
    if !plain || event.default_prevented() {
        return None;
    }
    let clicked = event.target()?.dyn_into::<Element>().ok()?;
    let link = clicked.closest("a[href]").ok()??.dyn_into::<HtmlAnchorElement>().ok()?;
    let location = window().location();
    let elsewhere = !matches!(link.target().as_str(), "" | "_self")
        || link.has_attribute("download")
        || location.origin() != Ok(link.origin());
    let path = link.pathname();
    let within = location.pathname().as_ref() == Ok(&path) && !link.hash().is_empty();
    // what is no page of ours, another part of the server answers
    if elsewhere || within || Route::of(&path) == Route::Lost {
        return None;
    }
    let fragment = link.hash().strip_prefix('#').filter(|id| !id.is_empty()).map(str::to_owned);
    Some(Target { href: link.href(), path, fragment })
}

/// To the element that the address names, else to the top of the page; the focus goes to its content.
pub(super) fn look_at(fragment: Option<&str>, content: &str) {
    let named = fragment.and_then(|id| document().get_element_by_id(id));
    match &named {
        Some(element) => element.scroll_into_view(),
        None => window().scroll_to_with_x_and_y(0.0, 0.0),
    }
    let content = named.or_else(|| document().get_element_by_id(content));
    // who was there before this frame, and types already, is left alone
    let content = content.filter(|element| !element.contains(document().active_element().as_deref()));
    if let Some(element) = content.and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
        // fails for what cannot have focus; that is no loss
        let _ = element.focus();
    }
}
