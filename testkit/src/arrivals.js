// Notes when each message of a stream of the gRPC bench was there, and when it was painted: `arrived[n - 1]` and
// `painted.get(n)` for the message that the table calls n, in milliseconds. Arrivals are noted where the page reads the
// network, paints where the browser's next frame but one begins: both beside the page's own code.
window.arrived = [];
window.painted = new Map();
const read = ReadableStreamDefaultReader.prototype.read;
ReadableStreamDefaultReader.prototype.read = function () {
    return read.call(this).then(result => {
        const now = performance.now();
        if (result.value) {
            // each body has its own frames
            const rest = this.rest ?? new Uint8Array();
            const bytes = new Uint8Array(rest.length + result.value.length);
            bytes.set(rest);
            bytes.set(result.value, rest.length);
            const view = new DataView(bytes.buffer);
            let at = 0;
            while (at + 5 <= bytes.length && at + 5 + view.getUint32(at + 1) <= bytes.length) {
                if (bytes[at] === 0) window.arrived.push(now);
                at += 5 + view.getUint32(at + 1);
            }
            this.rest = bytes.slice(at);
        }
        return result;
    });
};
new MutationObserver(records => {
    const added = records.flatMap(record => [...record.addedNodes]).filter(node => node.querySelectorAll);
    const rows = added.flatMap(node => [node, ...node.querySelectorAll('tr')])
        .filter(node => node.matches('[data-testid=grpc-messages] tbody tr:not(.space)'));
    const numbers = rows.map(row => Number(row.cells[0].innerText));
    requestAnimationFrame(() => requestAnimationFrame(() => {
        const now = performance.now();
        for (const number of numbers) if (!window.painted.has(number)) window.painted.set(number, now);
    }));
}).observe(document.body, { childList: true, subtree: true });
