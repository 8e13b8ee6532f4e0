// Starts the program after the first paint: on a slow line, the downloads must not delay what can be read at once.
// The build (xtask/src/page) fills in the names of the files, and the chunks that each address needs.
const chunks = {{ chunks }};
const start = async () => {
  const wasm = fetch('{{ wasm }}');
  for (const href of chunks[location.pathname.replace(/(.)\/$/, '$1')] ?? []) {
    document.head.append(Object.assign(document.createElement('link'), { rel: 'preload', as: 'fetch', crossOrigin: '', href }));
  }
  const [{ default: init }] = await Promise.all([import('{{ bindings }}'), import('{{ loader }}')]);
  await init({ module_or_path: wasm });
};
// a page in the background is not painted
if (document.hidden) start();
else requestAnimationFrame(() => setTimeout(start));
