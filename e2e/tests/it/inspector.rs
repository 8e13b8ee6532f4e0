//! Reads the wire inspector on the page, with checks that hold for every capture.

use std::{collections::BTreeMap, fmt::Write as _};

use anyhow::{Context as _, Result, ensure};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use crosstalk_e2e::{Page, Server};
use crosstalk_proto::capture::{Capture, Message};
use serde_json::json;

/// The byte that replaces a masked byte.
const MASK: u8 = b'*';
/// The visible rows: their numbers and their bytes, in hexadecimal and as characters.
const ROWS: &str = "return [...document.querySelectorAll('.hex .hex-row')].map(row => [
        Number(row.style.getPropertyValue('--at')),
        row.querySelector('.h1').innerText + ' ' + row.querySelector('.h2').innerText,
        row.querySelector('.asc.a').textContent + row.querySelector('.asc.b').textContent])";
/// Lets the page download the file, and records its request.
const OVERHEAR: &str = "const real = window.fetch;
    window.fetch = request => {
        window.asked = [request.url, request.headers.get('capture-secret')];
        window.fetch = real;
        return real.call(window, request);
    };
    document.querySelector('[data-testid=wire-file]').click()";
const COUNT: &str = "return Number(document.querySelector('.hex .rows').style.getPropertyValue('--rows'))";

/// What the page shows of a call.
pub(crate) struct Shown {
    /// The beginning of its `traceparent`.
    pub(crate) trace: String,
    /// Each connection, in the order in which they became part of the capture.
    pub(crate) connections: Vec<Talk>,
    /// The labels of the buttons, in order.
    pub(crate) titles: Vec<String>,
}

/// What the page shows of a connection.
#[derive(Default)]
pub(crate) struct Talk {
    pub(crate) protocol: String,
    pub(crate) sent: Vec<u8>,
    pub(crate) answered: Vec<u8>,
}

impl Shown {
    /// The only connection.
    pub(crate) fn only(&self) -> Result<&Talk> {
        let [talk] = &self.connections[..] else { anyhow::bail!("{} connections", self.connections.len()) };
        Ok(talk)
    }

    /// The connection with this protocol.
    pub(crate) fn over(&self, protocol: &str) -> Result<&Talk> {
        let mut talks = self.connections.iter().filter(|talk| talk.protocol == protocol);
        let talk = talks.next().with_context(|| format!("no connection speaks {protocol}"))?;
        ensure!(talks.next().is_none(), "several connections speak {protocol}");
        Ok(talk)
    }
}

/// Chooses each message of a capture, and reads its bytes off the rows. The capture that the server has is the same, and
/// whole.
pub(crate) async fn shown(page: &Page, server: &Server) -> Result<Shown> {
    page.find("wire-file").await?;
    // only the page has the secret, and sends it to download the file
    page.run(OVERHEAR, &[]).await?;
    let asked = page.run("return window.asked", &[]).await?;
    let [file, secret] = [0, 1].map(|at| asked[at].as_str().map(str::to_owned));
    let (file, secret) = file.zip(secret).context("the page downloads the file with a secret")?;
    let trace = file.split('/').rev().nth(1).context("the file names the trace")?;
    let told = reqwest::Client::new().get(server.url(&format!("/api/v1/captures/{trace}")));
    let capture: Capture = told.header("capture-secret", secret).send().await?.error_for_status()?.json().await?;
    check(&capture)?;
    let of_each = capture.connections.iter().enumerate();
    let mut told: Vec<_> =
        of_each.flat_map(|(at, connection)| connection.messages.iter().map(move |message| (at, message))).collect();
    told.sort_by(|(_, one), (_, other)| start(one).total_cmp(&start(other)));

    let talk = |protocol: &String| Talk { protocol: protocol.clone(), ..Talk::default() };
    let connections = capture.connections.iter().map(|connection| talk(&connection.protocol)).collect();
    let mut shown = Shown { trace: format!("00-{trace}"), connections, titles: Vec::new() };
    ensure!(page.count("wire-message").await? == told.len() as u64, "not every message is shown");
    for (at, (connection, told)) in told.into_iter().enumerate() {
        let choose = "const it = document.getElementById('wire-m' + arguments[0]); it.click();
            return [it.hasAttribute('data-out'), it.innerText]";
        let chosen = page.run(choose, &[json!(at)]).await?;
        let pressed = format!("document.getElementById('wire-m{at}').getAttribute('aria-pressed') === 'true'");
        page.until("the message is chosen", &pressed).await?;
        let shown_bytes = rows(page).await?;
        ensure!(shown_bytes == bytes(told)?, "message {at} is shown as another than the server told");
        let size = format!("{} B", shown_bytes.len());
        let words = chosen[1].as_str().unwrap_or_default();
        ensure!(words.contains(&size), "{words} has {size}");
        let talk = &mut shown.connections[connection];
        let side = if chosen[0] == true { &mut talk.sent } else { &mut talk.answered };
        side.extend(shown_bytes);
        shown.titles.push(words.lines().next().unwrap_or_default().to_owned());
    }
    let whole = |talk: &Talk| !talk.sent.is_empty() && !talk.answered.is_empty();
    ensure!(!shown.connections.is_empty() && shown.connections.iter().all(whole), "something is missing");
    Ok(shown)
}

/// All rows of the message that is chosen, as one scrolls through them.
async fn rows(page: &Page) -> Result<Vec<u8>> {
    let count = page.run(COUNT, &[]).await?.as_u64().context("a number of rows")?;
    let mut seen = BTreeMap::new();
    while let Some(next) = (0..count).find(|row| !seen.contains_key(row)) {
        let scroll = "const hex = document.querySelector('.hex');
            hex.scrollTop = hex.scrollHeight / arguments[1] * arguments[0]";
        page.run(scroll, &[json!(next), json!(count)]).await?;
        let drawn = format!(
            "[...document.querySelectorAll('.hex .hex-row')].some(r => r.style.getPropertyValue('--at') === '{next}')"
        );
        page.until("the row in sight is drawn", &drawn).await?;
        let rows = page.run(ROWS, &[]).await?;
        for row in rows.as_array().context("rows")? {
            let (hex, text) = (row[1].as_str().unwrap_or_default(), row[2].as_str().unwrap_or_default());
            let bytes: Vec<u8> =
                hex.split_whitespace().map(|byte| u8::from_str_radix(byte, 16)).collect::<Result<_, _>>()?;
            let dots = |byte: &u8| if matches!(byte, b' '..=b'~') { char::from(*byte) } else { '·' };
            ensure!(text == bytes.iter().map(dots).collect::<String>(), "{hex} is not {text}");
            seen.insert(row[0].as_u64().context("a row has a number")?, bytes);
        }
    }
    Ok(seen.into_values().flatten().collect())
}

/// Of every message the leaves join to its bytes; so do the pieces it was seen in and what they are counted as.
pub(crate) fn check(capture: &Capture) -> Result<()> {
    for message in capture.connections.iter().flat_map(|connection| &connection.messages) {
        let len = u32::try_from(bytes(message)?.len())?;
        let mut at = 0;
        for (nth, field) in message.fields.iter().enumerate() {
            if message.fields.get(nth + 1).is_none_or(|next| next.depth <= field.depth) {
                ensure!(field.start == at, "a gap before {field:?}");
                at += field.len;
            }
        }
        let totals = message.totals;
        let sums =
            [at, message.chunks.iter().map(|chunk| chunk.len).sum(), totals.framing + totals.headers + totals.payload];
        ensure!(sums == [len; 3], "{sums:?} and not {len} bytes: {message:?}");
    }
    Ok(())
}

/// `shown` is a part of `seen`, but for so many masks.
pub(crate) fn same(shown: &[u8], seen: &[u8], masks: usize) -> Result<()> {
    let alike = |part: &&[u8]| part.iter().zip(shown).all(|(seen, shown)| seen == shown || *shown == MASK);
    let Some(part) = seen.windows(shown.len()).find(alike) else {
        let mut told = String::new();
        for (what, bytes) in [("the page shows", shown), ("seen was", seen)] {
            writeln!(told, "{what} {:?}", String::from_utf8_lossy(bytes))?;
        }
        anyhow::bail!("{told}");
    };
    let masked = part.iter().zip(shown).filter(|(seen, shown)| seen != shown).count();
    ensure!(masked == masks, "{masked} bytes are masked, and not {masks}");
    Ok(())
}

fn bytes(message: &Message) -> Result<Vec<u8>> {
    Ok(BASE64_STANDARD.decode(&message.bytes)?)
}

fn start(message: &Message) -> f64 {
    message.chunks.first().map_or(0.0, |chunk| chunk.at_ms)
}
