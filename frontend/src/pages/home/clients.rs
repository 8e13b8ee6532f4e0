//! "Bring your own client": commands that work against the very server this page came from.

use crosstalk_proto::ws::LinkState;
use leptos::prelude::*;

use crate::{
    api::bridge::Bridge,
    i18n::{t, t_string, use_i18n},
};

/// Where a broker is when none has been found yet.
const USUAL_BROKER: &str = "127.0.0.1:5672";

/// The commands.
#[component]
pub fn Clients() -> impl IntoView {
    let i18n = use_i18n();
    let location = window().location();
    let origin = location.origin().unwrap_or_default();
    let host = location.host().unwrap_or_default();
    let secure = origin.starts_with("https:");
    let (socket, plaintext) = if secure { ("wss", "") } else { ("ws", "-plaintext ") };
    let link = Bridge::get().broker();
    let broker = move || {
        let address = link.get().map(|link| match link.state {
            LinkState::Connecting { address } | LinkState::Up { address, .. } | LinkState::Down { address, .. } => {
                address
            }
        });
        broker_host(address.as_deref().unwrap_or(USUAL_BROKER)).to_owned()
    };
    view! {
        <section class="band" aria-labelledby="clients">
            <div class="band-head">
                <h2 id="clients">{t!(i18n, home.clients)}</h2>
            </div>
            <p class="muted">{t!(i18n, home.clients_text)}</p>
            <div
                class="term specimen"
                tabindex="0"
                role="region"
                aria-label=move || t_string!(i18n, home.clients_label)
                data-testid="clients"
            >
                <b>"$"</b>
                " curl "
                <b>{format!("'{origin}/api/v1/resource?name=Ada'")}</b>
                "\n"
                <b>"$"</b>
                {format!(" grpcurl {plaintext}-d ")}
                <b>{format!("'{{\"name\":\"Ada\"}}' {host} helloworld.Greeter/SayHello")}</b>
                "\n"
                <b>"$"</b>
                " websocat "
                <b>{format!("{socket}://{host}/ws/queues/hello")}</b>
                "\n"
                <b>"$"</b>
                " python3 -c \"import pika; c = pika.BlockingConnection(pika.URLParameters("
                <b>{move || format!("'amqp://{}'", broker())}</b>
                ")); h = c.channel(); h.queue_declare("
                <b>"'hello'"</b>
                "); h.basic_publish('', "
                <b>"'hello'"</b>
                ", b'Hi'); c.close()\""
            </div>
        </section>
    }
}

/// Host and port of a broker's address, whether or not it is a URL.
fn broker_host(address: &str) -> &str {
    let address = address.split_once("://").map_or(address, |(_, rest)| rest);
    address.split_once('/').map_or(address, |(host, _)| host)
}
