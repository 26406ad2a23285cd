// What a reader waits for, and what a host keeps.
const FIRST_VIEW = 500_000; // bytes transferred until a page is at rest, not scrolled
const WHOLE_SITE = 25_000_000; // bytes

export function firstView(where, transferred) {
  return transferred > FIRST_VIEW ? [`weight: ${where}: a first view transfers ${Math.round(transferred / 1000)} KB, more than ${FIRST_VIEW / 1000} KB`] : [];
}

export function wholeSite(files) {
  const size = files.reduce((sum, file) => sum + file.size, 0);
  return size > WHOLE_SITE ? [`weight: the whole site is ${(size / 1e6).toFixed(1)} MB, more than ${WHOLE_SITE / 1e6} MB`] : [];
}
