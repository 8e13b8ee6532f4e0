//! A table of many rows in a window of a few: only the rows in sight are in the document. All rows have one height. What
//! is added on top does not move what one reads further down, and while one stays at the top, the newest stay in sight.
//!
//! The scroll box takes the focus, so the keys that scroll do; `aria-rowcount` and `aria-rowindex` say where one is.

use std::{hash::Hash, ops::Range};

use leptos::{html, prelude::*};
use wasm_bindgen::JsCast as _;
use web_sys::HtmlElement;

/// The height of a row until one was measured, in px.
const ROW: f64 = 32.0;
/// The fewest rows that are drawn; the box may be empty when it is measured.
const ROOM: usize = 12;
/// Rows beyond either edge, so that scrolling finds some.
const MARGIN: usize = 3;

/// The table.
#[component]
pub fn VirtualList<T, K>(
    /// Of the table, for tests.
    testid: &'static str,
    /// The id of its heading; with `-list` behind it the id of its scroll box.
    label: &'static str,
    /// The cells of its head.
    head: AnyView,
    /// How many these are.
    columns: usize,
    /// How many rows there are.
    #[prop(into)]
    count: Signal<usize>,
    /// How many were ever added on top.
    #[prop(into)]
    added: Signal<u64>,
    /// The rows of a range; what it reads is tracked.
    #[prop(into)]
    rows: Callback<Range<usize>, Vec<T>>,
    /// Names a row; another name is another row.
    key: fn(&T) -> K,
    /// Draws a row, a `<tr>` with its roles.
    #[prop(into)]
    row: Callback<T, AnyView>,
    /// Beneath the rows: what to say when there are none.
    children: Children,
) -> impl IntoView
where
    T: Send + Sync + 'static,
    K: Eq + Hash + 'static,
{
    let (scroller, body) = (NodeRef::<html::Div>::new(), NodeRef::<html::Tbody>::new());
    let (top, height, room) = (RwSignal::new(0.0), RwSignal::new(ROW), RwSignal::new(ROOM));
    let range = Memo::new(move |_| {
        let count = count.get();
        let first = ((top.get() / height.get()) as usize).saturating_sub(MARGIN).min(count);
        first..(first + room.get() + 2 * MARGIN).min(count)
    });
    let space = move |rows: usize| format!("{}px", rows as f64 * height.get());

    let on_scroll = move |_| {
        if let Some(scroller) = scroller.get_untracked() {
            top.set(f64::from(scroller.scroll_top()));
            room.set(ROOM.max((f64::from(scroller.client_height()) / height.get_untracked()).ceil() as usize));
        }
    };
    Effect::new(move |before: Option<u64>| {
        let now = added.get();
        let more = now.saturating_sub(before.unwrap_or(now)) as f64 * height.get_untracked();
        if let Some(scroller) = scroller.get_untracked().filter(|_| more > 0.0) {
            let at = f64::from(scroller.scroll_top());
            if at >= height.get_untracked() / 2.0 {
                scroller.set_scroll_top((at + more) as i32);
            }
        }
        now
    });
    Effect::new(move |_| {
        let first = range.get().start;
        added.track();
        // once the rows of this range are in the document
        request_animation_frame(move || {
            let Some(body) = body.try_get_untracked().flatten() else {
                return;
            };
            let rows = body.children();
            let drawn = (1..rows.length().saturating_sub(1)).filter_map(|at| rows.item(at));
            for (at, row) in drawn.enumerate() {
                // the head is the first row; the name is a valid one
                let _ = row.set_attribute("aria-rowindex", &(first + at + 2).to_string());
                let measured = row.unchecked_into::<HtmlElement>().offset_height();
                if at == 0 && measured > 0 && f64::from(measured) != height.get_untracked() {
                    height.set(f64::from(measured));
                }
            }
        });
    });

    view! {
        <div
            class="live"
            tabindex="0"
            role="group"
            id=format!("{label}-list")
            aria-labelledby=label
            node_ref=scroller
            on:scroll=on_scroll
        >
            // with roles: a style sheet may draw the rows as blocks, which would take them away
            <table class="table tight pad" role="table" data-testid=testid aria-rowcount=move || (count.get() + 1).to_string()>
                <thead role="rowgroup">
                    <tr role="row" aria-rowindex="1">{head}</tr>
                </thead>
                <tbody role="rowgroup" node_ref=body>
                    <tr class="space" aria-hidden="true">
                        <td colspan=columns style:height=move || space(range.get().start)></td>
                    </tr>
                    <For each=move || rows.run(range.get()) key=key let:item>
                        {row.run(item)}
                    </For>
                    <tr class="space" aria-hidden="true">
                        <td colspan=columns style:height=move || space(count.get().saturating_sub(range.get().end))></td>
                    </tr>
                </tbody>
            </table>
            {children()}
        </div>
    }
}
