//! A table of headers, metadata or trailers: names and values as they came.

use leptos::prelude::*;

/// Names and values under a caption.
#[component]
pub fn HeadersTable(
    /// What they are; empty for none.
    #[prop(into)]
    caption: String,
    /// In order.
    rows: Vec<(String, String)>,
    /// The row to be seen first, by its name.
    #[prop(default = "")]
    lit: &'static str,
) -> impl IntoView {
    view! {
        <table class="headers">
            {(!caption.is_empty()).then(|| view! { <caption>{caption}</caption> })}
            <tbody>
                {rows
                    .into_iter()
                    .map(|(name, value)| {
                        let is_lit = name == lit;
                        view! {
                            <tr data-lit=is_lit.then_some("")>
                                <th scope="row">{name}</th>
                                <td>{value}</td>
                            </tr>
                        }
                    })
                    .collect_view()}
            </tbody>
        </table>
    }
}
