//! Samples of a table and of a block of code.

use leptos::prelude::*;

use super::spec::Spec;
use crate::i18n::{t, t_string, use_i18n};

/// A table of calls, one of which is selected.
#[component]
pub(super) fn Table(
    /// The theme that the sample is shown in.
    theme: &'static str,
) -> impl IntoView {
    let i18n = use_i18n();
    view! {
        <Spec
            name=|i18n| t_string!(i18n, design.table)
            code=".table"
            text=|i18n| t_string!(i18n, design.table_text)
        >
            <div
                class="scroll-x"
                tabindex="0"
                role="group"
                aria-label=move || format!("{}, {theme}", t_string!(i18n, design.table))
                data-style="rest"
            >
                <table class="table pad">
                    <thead>
                        <tr>
                            <th scope="col">{t!(i18n, history.call)}</th>
                            <th scope="col">{t!(i18n, history.col_status)}</th>
                            <th scope="col" class="num">"ms"</th>
                            <th scope="col" class="num">"B"</th>
                        </tr>
                    </thead>
                    <tbody>
                        <tr>
                            <th scope="row"><code>"GET /api/v1/resource"</code></th>
                            <td><span class="badge">"200 OK"</span></td>
                            <td class="num"><b>"1.41"</b></td>
                            <td class="num">"27"</td>
                        </tr>
                        <tr data-now="">
                            <th scope="row"><code>"POST /api/v1/resource"</code></th>
                            <td><span class="badge">"201 Created"</span></td>
                            <td class="num"><b>"2.08"</b></td>
                            <td class="num">"163"</td>
                        </tr>
                        <tr>
                            <th scope="row"><code>"GET /api/v1/resource/1"</code></th>
                            <td><span class="badge bad">"404 Not Found"</span></td>
                            <td class="num"><b>"0.93"</b></td>
                            <td class="num zero">"0"</td>
                        </tr>
                    </tbody>
                </table>
            </div>
        </Spec>
    }
}

/// A block of code with a mistake that is marked.
#[component]
pub(super) fn CodeBlock(
    /// The theme that the sample is shown in.
    theme: &'static str,
) -> impl IntoView {
    let i18n = use_i18n();
    view! {
        <Spec
            name=|i18n| t_string!(i18n, design.code)
            code=".code"
            text=|i18n| t_string!(i18n, design.code_text)
        >
            <div class="code">
                <pre
                    tabindex="0"
                    role="region"
                    aria-label=move || format!("{}, {theme}", t_string!(i18n, design.code))
                    lang="en"
                >
                    <code>
                        <span class="ln">"1"</span>
                        "{\n"
                        <span class="ln">"2"</span>
                        "  \"name\": "
                        <span class="s">"\"Ada\""</span>
                        <mark>","</mark>
                        "\n"
                        <span class="ln">"3"</span>
                        "}\n"
                        <span class="c">"// line 2, column 16: trailing comma"</span>
                    </code>
                </pre>
            </div>
        </Spec>
    }
}
