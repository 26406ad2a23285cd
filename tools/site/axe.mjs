// Each page in a real browser, in light and in dark: axe's violations, what the browser complains of, and what a first view weighs.
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { addressOf } from "./pages.mjs";
import { firstView } from "./weight.mjs";

const AXE = await readFile(fileURLToPath(import.meta.resolve("axe-core/axe.min.js")), "utf8");
const AT_ONCE = 2; // pages; most of a visit is waiting
const VIEWS = [
  { scheme: "light", width: 1280, height: 900 },
  { scheme: "dark", width: 1280, height: 900 },
  { scheme: "light", width: 390, height: 844, isMobile: true },
];

/** Yield a fault for each violation and complaint. exceptions: see exceptions.mjs. */
export async function* browse(browser, home, pages, exceptions) {
  const waiting = pages.flatMap((name) => VIEWS.map((view) => ({ name, view })));
  const found = new Map(waiting.map((one) => [one, []])); // in their order, whichever is done first
  async function work() {
    for (let one = waiting.shift(); one; one = waiting.shift()) {
      const context = await browser.createBrowserContext(); // nothing is in its cache
      try {
        const { scheme, ...viewport } = one.view;
        for await (const fault of visit(await context.newPage(), home, one.name, scheme, viewport, exceptions)) found.get(one).push(fault);
      } finally {
        await context.close();
      }
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  yield* [...found.values()].flat();
}

async function* visit(page, home, name, scheme, viewport, exceptions) {
  const where = `${name} (${scheme}, ${viewport.width} px)`;
  const complaints = [];
  let transferred = 0;
  page.on("pageerror", (error) => complaints.push(`script failed: ${error.message}`));
  page.on("console", (said) => ["error", "warn"].includes(said.type()) && complaints.push(`console: ${said.text()}`));
  page.on("request", (sent) => /^(data|blob):/.test(sent.url()) || sent.url().startsWith(home) || complaints.push(`asks another host: ${sent.url()}`));
  const client = await page.createCDPSession();
  await client.send("Network.enable");
  client.on("Network.loadingFinished", ({ encodedDataLength }) => (transferred += encodedDataLength));
  await page.setViewport(viewport);
  await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }, { name: "prefers-reduced-motion", value: "reduce" }]);
  await page.goto(home + addressOf(name), { waitUntil: "networkidle0", timeout: 60_000 });
  yield* firstView(where, transferred);
  for (const complaint of complaints) yield `browser: ${where}: ${complaint}`;
  await page.evaluate(() => document.querySelectorAll("details").forEach((block) => (block.open = true)));
  await page.evaluate(AXE);
  const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
  for (const { id, help, nodes } of violations) {
    const left = nodes.filter((node) => !exceptions.excuse("axe", id, node.html));
    if (left.length) yield `axe: ${where}: ${id}: ${help} (${left.length}): ${left[0].html.slice(0, 200)} ${left[0].any[0]?.message ?? ""}`.trim();
  }
}
