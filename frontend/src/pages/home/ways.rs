//! "Take one apart": where each style's bench is, and what can be found out there.

use leptos::prelude::*;

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
                    <h3><a href="/rest">"REST"</a></h3>
                    <p>{t!(i18n, home.rest_way)}</p>
                    <ul>
                        <li><a href="/rest">{t!(i18n, home.rest_try_1)}<code>"If-Match"</code></a></li>
                        <li><a href="/rest">{t!(i18n, home.rest_try_2)}<code>"Idempotency-Key"</code></a></li>
                        <li><a href="/rest">{t!(i18n, home.rest_try_3)}<code>"x-protobuf"</code></a></li>
                    </ul>
                    <a href="/rest" class="btn">{t!(i18n, home.rest_open)}</a>
                </article>
                <article class="way" data-style="grpc">
                    <h3><a href="/grpc">"gRPC"</a></h3>
                    <p>{t!(i18n, home.grpc_way)}</p>
                    <ul>
                        <li><a href="/grpc">{t!(i18n, home.grpc_try_1)}<code>"CANCELLED"</code></a></li>
                        <li><a href="/grpc">{t!(i18n, home.grpc_try_2)}<code>"grpc-timeout"</code></a></li>
                        <li><a href="/grpc">{t!(i18n, home.grpc_try_3)}<code>"BidiStream"</code></a></li>
                    </ul>
                    <a href="/grpc" class="btn">{t!(i18n, home.grpc_open)}</a>
                </article>
                <article class="way" data-style="queue">
                    <h3><a href="/queue">{t!(i18n, common.queue)}</a></h3>
                    <p>{t!(i18n, home.queue_way)}</p>
                    <ul>
                        <li><a href="/queue">{t!(i18n, home.queue_try_1)}<code>"redelivered"</code></a></li>
                        <li><a href="/queue">{t!(i18n, home.queue_try_2)}<code>"basic.ack"</code></a></li>
                        <li><a href="/queue">{t!(i18n, home.queue_try_3)}<code>"basic.qos"</code></a></li>
                    </ul>
                    <a href="/queue" class="btn">{t!(i18n, home.queue_open)}</a>
                </article>
            </div>
        </section>
    }
}
