// Starts the program once the document was painted: on a slow line, what can be read at once must not wait behind what is
// downloaded for later. xtask/src/page puts it into the documents in place of Trunk's own start.
const start = async () => {
  const program = fetch('{{ program }}');
  const { default: init } = await import('{{ bindings }}');
  await init({ module_or_path: program });
};
// what is in the background is not painted, and need not wait
if (document.hidden) start(); else requestAnimationFrame(() => setTimeout(start));
