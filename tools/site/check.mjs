// Hold the built site against what is asked of it: node check.mjs [--only axe,html,…] [--page PART-OF-A-NAME] [FOLDER]
// Prints each fault on a line and ends with 1 if there is one, with 2 if it was called wrongly or lacks a tool.
import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { inBrowser } from "./browser.mjs";
import { Exceptions } from "./exceptions.mjs";
import { filesOf, htmlOf, opened } from "./pages.mjs";
import { wholeSite } from "./weight.mjs";

const HERE = dirname(fileURLToPath(import.meta.url));
const TOOLS = ["weight", "links", "html", "spelling", "axe", "lighthouse"];

async function main() {
  const { values, positionals } = parseArgs({ allowPositionals: true, options: { only: { type: "string" }, page: { type: "string" }, exceptions: { type: "string" } } });
  const root = resolve(positionals[0] ?? join(HERE, "../../site"));
  if (!existsSync(join(root, "index.html"))) return usage(`${root} holds no site: run make site first.`);
  const tools = values.only?.split(",") ?? TOOLS;
  const unknown = tools.filter((tool) => !TOOLS.includes(tool));
  if (unknown.length) return usage(`--only knows ${TOOLS.join(", ")}, not ${unknown.join(", ")}.`);

  const exceptions = Exceptions.read(values.exceptions ?? join(HERE, "exceptions.json"));
  const files = (await filesOf(root)).filter(({ name }) => !values.page || name.includes(values.page) || !name.endsWith(".html"));
  let faults = 0;
  for (const tool of tools) {
    const started = Date.now();
    let found = 0;
    for await (const fault of run(tool, root, files, exceptions)) {
      console.error(fault);
      found += 1;
    }
    console.log(`${tool}: ${found ? `${found} fault(s)` : "clean"}, ${Math.round((Date.now() - started) / 1000)} s`);
    faults += found;
  }
  const unused = values.page ? [] : exceptions.unused(tools);
  for (const fault of unused) console.error(fault);
  faults += unused.length;
  console.log(faults ? `${faults} fault(s) in ${root}.` : `No fault found in ${root}.`);
  return faults ? 1 : 0;
}

async function* run(tool, root, files, exceptions) {
  if (tool === "weight") yield* wholeSite(files);
  if (tool === "links") yield* (await import("./links.mjs")).follow(root, htmlOf(files));
  if (tool === "html") yield* (await import("./html.mjs")).validate(root, opened(files), exceptions);
  if (tool === "spelling") yield* (await import("./spelling.mjs")).spell(root, htmlOf(files));
  if (tool === "axe") {
    const { browse } = await import("./axe.mjs");
    yield* inBrowser(root, (browser, home) => browse(browser, home, opened(files), exceptions));
  }
  if (tool === "lighthouse") {
    const { score } = await import("./lighthouse.mjs");
    yield* inBrowser(root, (browser, home) => score(browser, home, opened(files)));
  }
}

function usage(message) {
  console.error(`check-site: ${message}`);
  return 2;
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error.code?.startsWith("ERR_PARSE_ARGS_") ? `check-site: ${error.message}` : error);
  process.exitCode = 2;
}
