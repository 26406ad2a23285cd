// The PDF of the site that make check-site has built.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { PDFDocument, PDFName } from "pdf-lib";
import { makePdf, pagesOf } from "./pdf.mjs";

const SITE = fileURLToPath(new URL("../../site", import.meta.url));

test("every chapter is in the PDF, where the contents say", async () => {
  const { bytes, contents } = await makePdf(SITE);
  const pdf = await PDFDocument.load(bytes);
  const chapters = (await readdir(join(SITE, "atividades/04-vae"), { withFileTypes: true })).filter((entry) => entry.isDirectory() && existsSync(join(SITE, "atividades/04-vae", entry.name, "index.html")));
  const slugs = new Set(contents.map(({ anchor }) => anchor.split("--")[0]));
  for (const { name } of chapters) assert.ok(slugs.has(name), `${name} is not in the contents`);
  const places = await pagesOf(bytes); // of the PDF as printed the second time, with its numbers in the contents
  for (const { anchor, page } of contents) assert.equal(page, places.get(anchor), anchor);
  const pages = contents.map(({ page }) => page);
  assert.deepEqual(pages, [...pages].sort((a, b) => a - b));
  assert.ok(pages[0] > 2 && pages.at(-1) <= pdf.getPageCount());
  assert.equal(pdf.catalog.get(PDFName.of("Lang")).decodeText(), "pt-BR");
  assert.ok(pdf.catalog.has(PDFName.of("Outlines")) && pdf.catalog.has(PDFName.of("StructTreeRoot")));
  assert.match(pdf.getTitle(), /^Atividade 4/);
});
