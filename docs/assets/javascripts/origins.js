// The origins of the numbers are unfolded until here, so that without scripts a number still leads to its own.
function targetOf(hash) {
  return document.getElementById(decodeURIComponent(hash.slice(1)));
}
function unfoldAround(target) {
  const folded = target?.closest("details:not([open])");
  if (folded) folded.open = true;
  return Boolean(folded);
}
function showTarget() {
  const target = targetOf(location.hash);
  if (unfoldAround(target)) target.scrollIntoView();
}
document$.subscribe(() => {
  for (const origins of document.querySelectorAll("details.origins")) origins.open = false;
  showTarget();
});
addEventListener("hashchange", showTarget);
addEventListener("click", (event) => {
  const link = event.target.closest?.("a[href^='#']");
  if (link) unfoldAround(targetOf(link.hash)); // before the browser goes there
});
