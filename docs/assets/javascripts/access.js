// What the theme and KaTeX leave unsaid to readers by ear and by keyboard.
document$.subscribe(() => {
  document.querySelector(".md-search")?.setAttribute("aria-label", "Busca");
});

// A box that scrolls sideways fades at the edge beyond which there is more (figures.css), and can be reached, and then
// scrolled, from the keyboard; one that fits is no stop on the way.
const SCROLLERS = "figure.figure > p, .md-typeset__scrollwrap, .image-columns, div.arithmatex, pre > code";
const reachable = new ResizeObserver((entries) => {
  for (const { target } of entries) markScroller(target);
});
function markScroller(box) {
  const hidden = box.scrollWidth - box.clientWidth;
  if (hidden > 0) box.tabIndex = 0;
  else box.removeAttribute("tabindex");
  // A pixel is the rounding of zoomed pages.
  box.classList.toggle("more-before", box.scrollLeft > 1);
  box.classList.toggle("more-after", box.scrollLeft < hidden - 1);
}
document$.subscribe(() => {
  reachable.disconnect();
  const boxes = [...document.querySelectorAll(SCROLLERS)];
  for (const box of boxes) {
    reachable.observe(box);
    box.addEventListener("scroll", () => markScroller(box), { passive: true });
  }
  document.fonts.ready.then(() => boxes.forEach(markScroller)); // a formula is wider in its own face
});
