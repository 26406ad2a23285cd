// Every link, anchor and image that stays in the site leads somewhere. Other hosts are not asked: a check must not depend on them.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Parser } from "htmlparser2";
import { addressOf, baseOf } from "./pages.mjs";
import { fileOf } from "./server.mjs";

const ADDRESSES = { a: ["href"], area: ["href"], link: ["href"], use: ["href", "xlink:href"], img: ["src"], script: ["src"], source: ["src"], iframe: ["src"], video: ["src", "poster"], audio: ["src"], image: ["href"], object: ["data"], form: ["action"] };
const ANYWHERE = "http://site.invalid";

/** Return { ids, links: [[element, address]] } of a page. */
export function anatomy(html) {
  const ids = new Set();
  const links = [];
  const parser = new Parser({
    onopentag(element, attributes) {
      if (attributes.id) ids.add(attributes.id);
      if (element === "a" && attributes.name) ids.add(attributes.name);
      for (const name of ADDRESSES[element] ?? []) if (name in attributes) links.push([element, attributes[name]]);
      for (const candidate of attributes.srcset?.split(/,\s+/) ?? []) links.push([element, candidate.trim().split(/\s+/)[0]]);
    },
  });
  parser.end(html);
  return { ids, links };
}

/** Yield a fault for each address of a page that leads nowhere in the site. */
export async function* follow(root, names) {
  const base = await baseOf(root);
  const top = ANYWHERE + base.slice(0, -1);
  const pages = new Map();
  for (const name of names) pages.set(join(root, name), { name, ...anatomy(await readFile(join(root, name), "utf8")) });
  const known = new Map(); // files by pathname: most links are to the same few
  for (const { name, links } of pages.values()) {
    for (const [element, address] of new Map(links.map((link) => [link.join(" "), link])).values()) {
      let url;
      try {
        url = new URL(address, top + addressOf(name));
      } catch {
        yield `links: ${name}: <${element}> has no valid address: ${address}`;
        continue;
      }
      if (url.origin !== ANYWHERE) continue; // another host, or no address of a file: mailto:, data:
      if (!known.has(url.pathname)) known.set(url.pathname, await fileOf(root, base, url.pathname));
      const target = known.get(url.pathname);
      const anchor = decodeURIComponent(url.hash.slice(1));
      if (!target) yield `links: ${name}: <${element}> leads to no file: ${address}`;
      // Material hides one of two images by an anchor that no element has; an empty one is the page's top.
      else if (anchor && element !== "img" && pages.has(target) && !pages.get(target).ids.has(anchor)) {
        yield `links: ${name}: <${element}> leads to no anchor: ${address}`;
      }
    }
  }
}
