// Colours of the scheme that the reader has chosen: vae/figures/palette.json, as the page's data carry it.

export const isDark = () => document.body.dataset.mdColorScheme === "slate";

export function watchScheme(listener) {
  new MutationObserver(listener).observe(document.body, { attributeFilter: ["data-md-color-scheme"] });
}

export function channels(colour) {
  return [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));
}
