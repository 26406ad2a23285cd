// The Portuguese of the pages and of their figures: code, mathematics, names and authors' titles in English are not asked.
import { readFile, readdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { mergeSettings, readSettings, spellCheckDocument } from "cspell-lib";
import { Parser } from "htmlparser2";

const HERE = dirname(fileURLToPath(import.meta.url));
const SILENT = new Set(["code", "pre", "kbd", "samp", "var", "script", "style", "math", "bdi"]);
const SILENT_CLASS = /(^|\s)(arithmatex|headerlink|md-nav)(\s|$)/;
const APART = new Set(["p", "li", "td", "th", "dt", "dd", "div", "br", "figcaption", "h1", "h2", "h3", "h4", "summary", "option", "label", "text", "tr"]);
const VOID = new Set(["area", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"]);
const SPOKEN = ["alt", "title", "aria-label", "content"];

const NAMES = ["Urls", String.raw`/[\w-]+\/\d+/g`, String.raw`/[\w\/-]+\.(py|json|md|yml)\b/g`]; // a run and its seed, a file

/** Return the words that a reader of a page or figure meets, as plain lines. */
export function proseOf(markup, { svg = false } = {}) {
  const lines = [];
  let text = "";
  const open = []; // for each open element, whether it is silent
  let article = svg ? 1 : 0;
  const flush = () => {
    if (text.trim()) lines.push(text.trim());
    text = "";
  };
  const parser = new Parser({
    onopentag(name, attributes) {
      if (APART.has(name)) flush();
      if (name === "article" || name === "title") article += 1;
      const foreign = attributes.translate === "no" || (attributes.lang && !attributes.lang.startsWith("pt"));
      const silent = open.includes(true) || SILENT.has(name) || foreign || SILENT_CLASS.test(attributes.class ?? "");
      const described = name === "meta" && attributes.name === "description";
      if (!silent && (article || described)) for (const key of SPOKEN) if (attributes[key] && (key !== "content" || described)) lines.push(attributes[key]);
      if (!VOID.has(name)) open.push(silent);
    },
    ontext(data) {
      if (article && !open.includes(true)) text += data;
    },
    onclosetag(name) {
      if (VOID.has(name)) return;
      if (APART.has(name)) flush();
      if (name === "article" || name === "title") {
        flush();
        article -= 1;
      }
      open.pop();
    },
  }, { xmlMode: svg });
  parser.end(markup);
  flush();
  return lines;
}

/** Yield a fault for each word of a page or figure that neither the dictionary nor words.txt knows. */
export async function* spell(root, pages) {
  const settings = await dictionaries();
  const figures = (await readdir(root, { recursive: true })).filter((name) => /\bfiguras\/.*\.claro\.svg$/.test(name)).sort();
  const wrong = new Map(); // a word is told once, with the first place
  for (const name of [...pages.filter((page) => !page.includes("codigo/")), ...figures]) {
    const lines = proseOf(await readFile(join(root, name), "utf8"), { svg: name.endsWith(".svg") });
    const text = lines.map((line) => line.normalize("NFC").replaceAll("\u00ad", "")).join("\n");
    const { issues } = await spellCheckDocument({ uri: "text.txt", text, languageId: "plaintext", locale: "pt_BR" }, { generateSuggestions: false, noConfigSearch: true }, settings);
    for (const { text: word, line } of issues) if (!wrong.has(word)) wrong.set(word, `spelling: ${name}: ${word} (${line.text.trim().slice(0, 120)})`);
  }
  yield* wrong.values();
}

async function dictionaries() {
  const portuguese = await readSettings(fileURLToPath(import.meta.resolve("@cspell/dict-pt-br/cspell-ext.json")));
  const words = (await readFile(join(HERE, "words.txt"), "utf8")).split("\n").map((line) => line.replace(/#.*/, "").trim()).filter(Boolean);
  return mergeSettings(portuguese, { language: "pt_BR", words, minWordLength: 3, enabled: true, ignoreRegExpList: NAMES });
}
