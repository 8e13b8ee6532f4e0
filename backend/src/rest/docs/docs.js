// What Swagger UI leaves out for readers of screens and for the keyboard: levels of headings without a gap, tables of
// responses that are tables, a name for the field of a body, and samples that the keyboard can scroll.
const each = (css, change) => document.querySelectorAll(css).forEach(change);
new MutationObserver(() => {
  each("h3, h4, h5", (heading) => heading.setAttribute("aria-level", heading.tagName[1] - 1));
  each("table[role=region]", (table) => table.removeAttribute("role"));
  each("textarea.body-param__text", (area) => area.setAttribute("aria-label", "Request body"));
  each("pre:not([tabindex])", (sample) => (sample.tabIndex = 0));
}).observe(document.getElementById("swagger-ui"), { childList: true, subtree: true });
