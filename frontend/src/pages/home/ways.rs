//! "Take one apart": where each style's bench is, and what can be found out there.

use leptos::prelude::*;
use leptos_router::components::A;

use crate::i18n::{t, use_i18n};

/// The three cards.
#[component]
pub fn Ways() -> impl IntoView {
    let i18n = use_i18n();
    view! {
        <section class="band" aria-labelledby="ways">
            <div class="band-head">
                <h2 id="ways">{t!(i18n, home.ways)}</h2>
            </div>
            <div class="cols-3">
                <article class="way" data-style="rest">
                    <h3><A href="/rest">"REST"</A></h3>
                    <p>{t!(i18n, home.rest_way)}</p>
                    <ul>
                        <li><A href="/rest">{t!(i18n, home.rest_try_1)}<code>"If-Match"</code></A></li>
                        <li><A href="/rest">{t!(i18n, home.rest_try_2)}<code>"Idempotency-Key"</code></A></li>
                        <li><A href="/rest">{t!(i18n, home.rest_try_3)}<code>"x-protobuf"</code></A></li>
                    </ul>
                    <A href="/rest" attr:class="btn">{t!(i18n, home.rest_open)}</A>
                </article>
                <article class="way" data-style="grpc">
                    <h3><A href="/grpc">"gRPC"</A></h3>
                    <p>{t!(i18n, home.grpc_way)}</p>
                    <ul>
                        <li><A href="/grpc">{t!(i18n, home.grpc_try_1)}<code>"CANCELLED"</code></A></li>
                        <li><A href="/grpc">{t!(i18n, home.grpc_try_2)}<code>"grpc-timeout"</code></A></li>
                        <li><A href="/grpc">{t!(i18n, home.grpc_try_3)}<code>"BidiStream"</code></A></li>
                    </ul>
                    <A href="/grpc" attr:class="btn">{t!(i18n, home.grpc_open)}</A>
                </article>
                <article class="way" data-style="queue">
                    <h3><A href="/queue">{t!(i18n, common.queue)}</A></h3>
                    <p>{t!(i18n, home.queue_way)}</p>
                    <ul>
                        <li><A href="/queue">{t!(i18n, home.queue_try_1)}<code>"redelivered"</code></A></li>
                        <li><A href="/queue">{t!(i18n, home.queue_try_2)}<code>"basic.ack"</code></A></li>
                        <li><A href="/queue">{t!(i18n, home.queue_try_3)}<code>"basic.qos"</code></A></li>
                    </ul>
                    <A href="/queue" attr:class="btn">{t!(i18n, home.queue_open)}</A>
                </article>
            </div>
        </section>
    }
}
