// The whole report as one PDF: node pdf.mjs [FOLDER-OF-THE-SITE] [FILE]
// The pages are put one after the other in a document of their own, which Chromium prints twice: the second time the
// contents know the pages on which the chapters begin.
import { existsSync } from "node:fs";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { PDFArray, PDFDict, PDFDocument, PDFName } from "pdf-lib";
import { inBrowser } from "./browser.mjs";

const HERE = dirname(fileURLToPath(import.meta.url));
const START = "/atividades/04-vae/visao-geral/";

/** Put title, contents and every page of the activity into the open page. Runs in the browser. */
async function compose() {
  const LONG = 16; // rows: a shorter table is kept on one page
  const own = [...document.querySelectorAll(".md-nav--primary a.md-nav__link")].map((link) => link.pathname);
  const top = location.pathname.replace(/atividades\/.*$/, ""); // the path of the site
  const paths = [...new Set(own)].filter((path) => path.startsWith(`${top}atividades/04-vae/`));
  const slugOf = (path) => path.split("/").filter(Boolean).at(-1);
  const published = document.querySelector("link[rel=canonical]")?.href;
  const base = published ? new URL(published).href.replace(/atividades\/.*$/, "") : null;
  const element = (name, className, text = "") => Object.assign(document.createElement(name), { className, textContent: text });
  const described = document.querySelector("meta[name=description]")?.content ?? "";
  const author = document.querySelector("meta[name=author]")?.content ?? "";

  const chapters = [];
  const origins = []; // of all chapters: an appendix
  const results = new Map(); // what is told of each result file is the same in every chapter

  /** Take the origins of a chapter's numbers out of it: heading and list are returned, the rows of results are gathered. */
  function takeOrigins(article, prefix) {
    const block = article.querySelector("details.origins");
    if (!block) return [];
    let heading = block.previousElementSibling;
    while (heading && heading.localName !== "h2") heading = heading.previousElementSibling;
    heading?.remove();
    for (const row of block.querySelectorAll("tbody tr")) {
      const cell = row.querySelector("[id]");
      if (!cell) continue;
      const name = cell.id.slice(prefix.length);
      cell.id = name;
      if (!results.has(name)) results.set(name, row);
    }
    for (const link of block.querySelectorAll("a[href^='#']")) {
      if (link.hash.startsWith(`#${prefix}resultado-`)) link.hash = link.hash.slice(prefix.length + 1);
    }
    const table = block.querySelector("table");
    header ??= table?.querySelector("thead");
    table?.remove();
    block.remove();
    const title = element("h2", "", article.querySelector("h1").textContent.trim());
    return [title, ...block.querySelectorAll("ul")];
  }
  let header = null;
  for (const path of paths) {
    const page = new DOMParser().parseFromString(await (await fetch(path)).text(), "text/html");
    const article = document.importNode(page.querySelector("article"), true);
    const prefix = `${slugOf(path)}--`;
    for (const useless of article.querySelectorAll(".headerlink, form, script, .md-source-file, img[src$='#only-dark'], .md-content__button")) useless.remove();
    for (const named of article.querySelectorAll("[id]")) named.id = prefix + named.id;
    for (const label of article.querySelectorAll("label[for]")) label.htmlFor = prefix + label.htmlFor;
    for (const image of article.querySelectorAll("img")) {
      image.src = new URL(image.getAttribute("src"), location.origin + path);
      image.loading = "eager";
    }
    for (const link of article.querySelectorAll("a[href]")) {
      const target = new URL(link.getAttribute("href"), location.origin + path);
      if (target.origin !== location.origin) continue;
      if (paths.includes(target.pathname)) link.href = `#${slugOf(target.pathname)}--${target.hash.slice(1)}`.replace(/--$/, "");
      else if (base) link.href = base + target.pathname.slice(top.length) + target.hash; // code and results are files of the site
      else link.removeAttribute("href");
    }
    for (const details of article.querySelectorAll("details")) details.open = true;
    origins.push(...takeOrigins(article, prefix));
    for (const figure of article.querySelectorAll("figure.table")) figure.classList.toggle("pdf-long", figure.querySelectorAll("tr").length > LONG);
    const chapter = document.createElement("article");
    chapter.className = "pdf-chapter md-content__inner md-typeset";
    chapter.id = slugOf(path);
    chapter.append(...article.childNodes);
    chapters.push(chapter);
  }

  if (origins.length) {
    const appendix = element("article", "pdf-chapter pdf-origins md-content__inner md-typeset");
    appendix.id = "origem-dos-numeros";
    const table = document.createElement("table");
    if (header) table.append(header);
    table.append(document.createElement("tbody"));
    table.tBodies[0].append(...results.values());
    appendix.append(element("h1", "", "Origem dos números"), ...origins, element("h2", "", "Resultados"), table);
    chapters.push(appendix);
  }

  const title = element("section", "pdf-title md-typeset");
  const activity = document.querySelector(".md-tabs__item--active")?.textContent.trim() ?? "";
  title.append(element("p", "pdf-title__site", "Relatório"), element("h1", "", activity), element("p", "pdf-title__lead", described));
  if (author) title.append(element("p", "pdf-title__by", author));
  title.append(element("p", "pdf-title__by", base ?? ""));
  const contents = element("nav", "pdf-contents md-typeset");
  const list = element("ol", "");
  for (const chapter of chapters) {
    const parts = [...chapter.querySelectorAll("h1, h2")];
    for (const part of parts) {
      if (!part.id) part.id = `${chapter.id}--titulo`;
      const item = element("li", part.localName === "h1" ? "pdf-contents__chapter" : "pdf-contents__part");
      const link = Object.assign(element("a", "", part.textContent.trim()), { href: `#${part.id}` });
      item.append(link, element("span", "pdf-contents__page"));
      list.append(item);
    }
  }
  contents.append(element("h2", "", "Sumário"), list);
  document.body.replaceChildren(title, contents, ...chapters);
  document.title = `${activity}: relatório`;
  document.body.setAttribute("data-md-color-scheme", "default");
  renderMathInElement(document.body, { delimiters: [{ left: "\\[", right: "\\]", display: true }, { left: "\\(", right: "\\)", display: false }], throwOnError: false });
  await Promise.all([...document.images].map((image) => image.decode().catch(() => {})));
  await document.fonts.ready;
  return [...document.images].filter((image) => !image.naturalWidth).map((image) => image.src);
}

/** The page, from 1, on which each destination of a PDF lies. */
export async function pagesOf(bytes) {
  const pdf = await PDFDocument.load(bytes);
  const numbers = new Map(pdf.getPages().map((page, index) => [page.ref.toString(), index + 1]));
  const named = pdf.catalog.lookupMaybe(PDFName.of("Dests"), PDFDict);
  const found = new Map();
  for (const [name, target] of named?.entries() ?? []) {
    const array = pdf.context.lookup(target);
    if (array instanceof PDFArray) found.set(decodeURIComponent(name.decodeText()), numbers.get(array.get(0).toString()));
  }
  return found;
}

/** Return { bytes, contents: [{ title, anchor, page }] }: the PDF of a built site. */
export async function makePdf(root) {
  const style = await readFile(join(HERE, "pdf.css"), "utf8");
  const results = [];
  for await (const result of inBrowser(root, async function* (browser, home) {
    const page = await browser.newPage();
    await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: "light" }]);
    await page.goto(home + START, { waitUntil: "networkidle0" });
    await page.addStyleTag({ content: style });
    const broken = await page.evaluate(compose);
    if (broken.length) throw new Error(`Images that cannot be shown: ${broken.join(", ")}.`);
    const print = () => page.pdf({ preferCSSPageSize: true, printBackground: true, outline: true, tagged: true, timeout: 300_000 });
    const starts = await pagesOf(await print());
    const contents = await page.evaluate((known) => {
      return [...document.querySelectorAll(".pdf-contents li")].map((item) => {
        const link = item.querySelector("a");
        const number = known[decodeURIComponent(link.hash.slice(1))];
        if (!number) throw new Error(`The contents name a heading that is on no page: ${link.textContent}.`);
        item.querySelector("span").textContent = number;
        return { title: link.textContent, anchor: decodeURIComponent(link.hash.slice(1)), page: number };
      });
    }, Object.fromEntries(starts));
    yield { bytes: await print(), contents };
  })) results.push(result);
  return results[0];
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const root = resolve(process.argv[2] ?? join(HERE, "../../site"));
  const file = resolve(process.argv[3] ?? join(HERE, "../../build/relatorio.pdf"));
  if (!existsSync(join(root, START, "index.html"))) {
    console.error(`pdf: ${root} holds no site of the report: run make site first.`);
    process.exit(2);
  }
  const { bytes } = await makePdf(root);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(`${file}.part`, bytes);
  await rename(`${file}.part`, file);
  console.log(`${file}: ${(await PDFDocument.load(bytes)).getPageCount()} pages, ${(bytes.length / 1e6).toFixed(1)} MB`);
}
