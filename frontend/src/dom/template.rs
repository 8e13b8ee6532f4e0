//! Elements from markup: parsed once, then copied.

use std::cell::RefCell;

use leptos::prelude::document;
use wasm_bindgen::JsCast as _;
use web_sys::{Element, HtmlTemplateElement};

/// Markup by its address: it is a constant.
type Key = (usize, usize);

thread_local! {
    /// In the order of their keys.
    static PARSED: RefCell<Vec<(Key, Element)>> = const { RefCell::new(Vec::new()) };
}

/// The element that some markup is. What is `drawn` stands in an `svg` that it has for its namespace alone.
pub(super) fn copy(html: &'static str, drawn: bool) -> Element {
    let key = (html.as_ptr() as usize, html.len());
    let element = PARSED.with_borrow_mut(|parsed| {
        let at = match parsed.binary_search_by_key(&key, |(key, _)| *key) {
            Ok(at) => at,
            Err(at) => {
                parsed.insert(at, (key, parse(html, drawn)));
                at
            }
        };
        parsed[at].1.clone_node_with_deep(true)
    });
    element.expect("an element can be copied").unchecked_into()
}

fn parse(html: &str, drawn: bool) -> Element {
    let template: HtmlTemplateElement =
        document().create_element("template").expect("the name is a valid one").unchecked_into();
    template.set_inner_html(html);
    let first = template.content().first_element_child();
    let element = if drawn { first.and_then(|svg| svg.first_element_child()) } else { first };
    element.expect("markup is an element")
}
