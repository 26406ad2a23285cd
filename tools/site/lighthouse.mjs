// Lighthouse's four scores of each page, as a desktop computer sees it, its network simulated (so that the machine's own does not count).
// The mobile setting is not asked: it multiplies the time of a machine's own processor by four, and on a shared one that measures its other users.
import lighthouse, { desktopConfig } from "lighthouse";
import { addressOf } from "./pages.mjs";

const LEAST = 95;
const LEAST_EXPLORER = 90; // it runs a network in the page
const CATEGORIES = ["performance", "accessibility", "best-practices", "seo"];
const RUNS = 3; // of a page that falls short the first time: the median counts
// A local server needs no second of silence to be sure that it is done, and nobody looks at the picture.
const QUICK = { disableFullPageScreenshot: true, networkQuietThresholdMs: 500, cpuQuietThresholdMs: 500, pauseAfterFcpMs: 500, pauseAfterLoadMs: 500 };

export function least(name) {
  return name.includes("explorador") ? LEAST_EXPLORER : LEAST;
}

/** Yield a fault for each score below what is asked. */
export async function* score(browser, home, pages) {
  for (const name of pages) {
    const results = [await audit(browser, home + addressOf(name))];
    while (results.length < RUNS && shortOf(name, results[0]).length) results.push(await audit(browser, home + addressOf(name)));
    const middle = results.sort((a, b) => total(a) - total(b))[Math.floor(results.length / 2)];
    for (const category of shortOf(name, middle)) yield said(name, middle, category);
  }
}

async function audit(browser, address) {
  const page = await browser.newPage();
  try {
    const { lhr } = await lighthouse(address, { logLevel: "silent", onlyCategories: CATEGORIES, ...QUICK }, desktopConfig, page);
    if (lhr.runtimeError) throw new Error(`Lighthouse on ${address}: ${lhr.runtimeError.message}`);
    return lhr;
  } finally {
    await page.close();
  }
}

function percent(lhr, category) {
  return Math.round((lhr.categories[category].score ?? 0) * 100);
}

function total(lhr) {
  return CATEGORIES.reduce((sum, category) => sum + percent(lhr, category), 0);
}

function shortOf(name, lhr) {
  return CATEGORIES.filter((category) => percent(lhr, category) < least(name));
}

function said(name, lhr, category) {
  const costly = lhr.categories[category].auditRefs.filter(({ id, weight }) => weight > 0 && (lhr.audits[id].score ?? 1) < 0.9);
  const why = costly.map(({ id }) => `${id} ${lhr.audits[id].displayValue ?? ""}`.trim()).join(", ");
  return `lighthouse: ${name}: ${category} ${percent(lhr, category)}, less than ${least(name)}: ${why}`;
}
