// Runs before the first paint: theme, language and mode of the page, from its address, then from what was chosen
// before, then from the system. `src/settings.rs` goes on from what this leaves on <html>.
(() => {
  const root = document.documentElement;
  const query = new URLSearchParams(location.search);
  const stored = (key) => { try { return localStorage.getItem(key); } catch { return null; } };
  const theme = query.get('theme') ?? stored('theme');
  if (theme === 'light' || theme === 'dark') root.dataset.theme = theme;
  const known = (tag) => (/^zh\b/i.test(tag ?? '') ? 'zh-CN' : /^en\b/i.test(tag ?? '') ? 'en' : null);
  const system = () => navigator.languages.map(known).find(Boolean);
  root.lang = known(query.get('lang')) ?? known(stored('lang')) ?? system() ?? 'en';
  if (query.get('embed') === '1') root.dataset.embed = '';
  if (query.get('speed') === 'instant') root.dataset.speed = 'instant';
})();
