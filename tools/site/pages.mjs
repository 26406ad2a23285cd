// What a site consists of: its files, the pages that a reader reads, and one page of code for each kind of source file.
import { readdir, readFile, stat } from "node:fs/promises";
import { basename, extname, join, relative } from "node:path";

const CODE = /(^|\/)codigo\//;

/** Every file below root as { name, size }, in order. */
export async function filesOf(root) {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const names = entries.filter((entry) => entry.isFile()).map((entry) => relative(root, join(entry.parentPath, entry.name)));
  return Promise.all(names.sort().map(async (name) => ({ name, size: (await stat(join(root, name))).size })));
}

export function htmlOf(files) {
  return files.filter(({ name }) => name.endsWith(".html")).map(({ name }) => name);
}

/** The pages that are opened in a browser. Pages of code are made from one template, and a test of report/rendering/codepages.py
 * holds every colour of theirs against its ground: the shortest of each kind of file stands for all. */
export function opened(files) {
  const pages = files.filter(({ name }) => name.endsWith(".html"));
  const shortest = new Map();
  for (const page of pages.filter(({ name }) => CODE.test(name))) {
    const kind = extname(basename(page.name, ".html"));
    if (!shortest.has(kind) || shortest.get(kind).size > page.size) shortest.set(kind, page);
  }
  return [...pages.filter(({ name }) => !CODE.test(name)), ...shortest.values()].map(({ name }) => name);
}

/** The path below which a site is to be read, "/" or "/laudo/": of the address it was built for, which its home page names.
 * What is shown for an address that is not there (404.html) links from that path, whatever the address. */
export async function baseOf(root) {
  const home = await readFile(join(root, "index.html"), "utf8").catch(() => "");
  const [canonical = ""] = home.match(/<link\b[^>]*\brel="canonical"[^>]*>/) ?? [];
  const [, address] = canonical.match(/\bhref="([^"]+)"/) ?? [];
  return address && URL.canParse(address) ? new URL("./", address).pathname : "/";
}

/** Where a file of the site is read, below the path of the site. */
export function addressOf(name) {
  return "/" + name.replace(/(^|\/)index\.html$/, "$1").split("/").map(encodeURIComponent).join("/");
}
