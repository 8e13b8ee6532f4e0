// Starts the program once the document is on the screen: on a slow line, what can be read at once must not wait behind what
// is downloaded for later. xtask/src/page puts it into the documents in place of Trunk's own start.
const parts = {{ parts }};
const start = async () => {
  const program = fetch('{{ program }}');
  const loader = import('{{ loader }}');
  // what the program will ask for at this address, so that it need not be there before that is on its way
  for (const href of parts[location.pathname.replace(/(.)\/$/, '$1')] ?? []) {
    document.head.append(Object.assign(document.createElement('link'), { rel: 'preload', as: 'fetch', crossOrigin: '', href }));
  }
  const { default: init } = await import('{{ bindings }}');
  await loader;
  await init({ module_or_path: program });
};
let begun = false;
const begin = () => { if (!begun) { begun = true; start(); } };
// what is in the background is not painted, and need not wait
if (document.hidden) begin();
new PerformanceObserver(begin).observe({ type: 'paint', buffered: true });
// nor is what no browser tells of
setTimeout(begin, 1000);
