// What a site consists of: its files, the pages that a reader reads, and one page of code for each kind of source file.
import { readdir, stat } from "node:fs/promises";
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

/** The pages that are opened in a browser. Pages of code are made from one template, and a test of report/codepages.py
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

export function addressOf(name) {
  return "/" + name.replace(/(^|\/)index\.html$/, "$1").split("/").map(encodeURIComponent).join("/");
}
