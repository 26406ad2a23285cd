// Each check finds the fault it is there for, and nothing on a sound page: node --test
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { browse } from "./axe.mjs";
import { inBrowser } from "./browser.mjs";
import { Exceptions } from "./exceptions.mjs";
import { validate } from "./html.mjs";
import { least, score } from "./lighthouse.mjs";
import { follow } from "./links.mjs";
import { filesOf, htmlOf, opened } from "./pages.mjs";
import { proseOf, spell } from "./spelling.mjs";
import { wholeSite } from "./weight.mjs";

const HERE = dirname(fileURLToPath(import.meta.url));
const folders = [];
after(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true }))));

const page = (body, head = "") =>
  `<!doctype html>\n<html lang="pt-BR">\n<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">` +
  `<title>Página</title><link rel="icon" href="data:,">${head}</head>\n<body><main><h1>Página</h1>${body}</main></body>\n</html>\n`;

async function site(files) {
  const root = await mkdtemp(join(tmpdir(), "laudo-site-"));
  folders.push(root);
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(root, name)), { recursive: true });
    await writeFile(join(root, name), content);
  }
  return root;
}
async function all(faults) {
  const found = [];
  for await (const fault of faults) found.push(fault);
  return found;
}
const none = () => new Exceptions([]);

test("links, anchors and images that lead nowhere", async () => {
  const root = await site({
    "index.html": page('<a href="a/">A</a> <a href="a/#aqui">aqui</a> <a href="#la">lá</a> <a href="a/#nada">?</a> <a href="b/">B</a> <img src="x.png" alt="x"> <a href="https://e.org/x">fora</a>'),
    "a/index.html": page('<p id="aqui">A <a href="/..%2F..%2F..%2F..%2F..%2F..%2Fetc%2Fpasswd">fora da pasta</a></p>'),
    "404.html": page('<a href="/a/">A</a>'),
  });
  assert.deepEqual(await all(follow(root, htmlOf(await filesOf(root)))), [
    "links: a/index.html: <a> leads to no file: /..%2F..%2F..%2F..%2F..%2F..%2Fetc%2Fpasswd",
    "links: index.html: <a> leads to no anchor: #la",
    "links: index.html: <a> leads to no anchor: a/#nada",
    "links: index.html: <a> leads to no file: b/",
    "links: index.html: <img> leads to no file: x.png",
  ]);
});

test("a site that is to be read below a path is served and followed there", async () => {
  const canonical = '<meta name="description" content="Um texto sobre isto."><link rel="canonical" href="https://fulana.example/laudo/">';
  const style = '<link rel="stylesheet" href="/laudo/a.css">';
  const root = await site({
    "index.html": page('<a href="a/">A</a>', canonical),
    "a/index.html": page('<a href="..">acima</a>'),
    "a.css": "p { color: #000 }",
    "404.html": page('<p><a href="/laudo/a/">A página</a></p>', style),
  });
  const files = htmlOf(await filesOf(root));
  assert.deepEqual(await all(follow(root, files)), []);
  const seen = await all(inBrowser(root, async function* (browser, home) {
    assert.match(home, /\/laudo$/);
    yield* browse(browser, home, files, none());
    yield* (await all(score(browser, home, ["index.html"]))).filter((fault) => !fault.includes("performance"));
    yield* await Promise.all(["/laudo/a/", "/a/", "/laudo/nada"].map(async (path) => (await fetch(new URL(path, home))).status));
  }));
  assert.deepEqual(seen, [200, 404, 404]);
  await writeFile(join(root, "a/index.html"), page('<a href="/a/">fora do caminho</a>'));
  assert.deepEqual(await all(follow(root, files)), ["links: a/index.html: <a> leads to no file: /a/"]);
});

test("invalid HTML, and an exception for one element", async () => {
  const root = await site({ "index.html": page('<p id="x">um<p id="x">dois'), "clean.html": page("<p>um</p>") });
  const found = await all(validate(root, ["index.html", "clean.html"], none()));
  assert.ok(found.length > 0 && found.every((fault) => fault.startsWith("html: index.html:")), found.join("\n"));
  assert.ok(found.some((fault) => fault.includes("no-dup-id")));
  const excused = new Exceptions([{ tool: "html", rule: "no-dup-id", match: "Duplicate ID", reason: "um teste" }]);
  assert.equal((await all(validate(root, ["index.html"], excused))).some((fault) => fault.includes("no-dup-id")), false);
});

test("an exception that excuses nothing is a fault, and one without a reason is refused", () => {
  const exceptions = new Exceptions([{ tool: "axe", rule: "region", match: "x", reason: "um teste" }]);
  assert.equal(exceptions.unused(["axe"]).length, 1);
  assert.deepEqual(exceptions.unused(["html"]), []);
  assert.ok(exceptions.excuse("axe", "region", "<p class=x>"));
  assert.deepEqual(exceptions.unused(["axe"]), []);
  assert.throws(() => new Exceptions([{ tool: "axe", rule: "region", match: "x" }]), /no reason/);
});

test("what a browser sees: axe in each scheme, complaints, weight", async () => {
  const heavy = Buffer.alloc(600_000);
  for (let i = 0; i < heavy.length; i += 1) heavy[i] = (i * 2654435761) >>> 13; // does not compress
  const dark = "<style>@media (prefers-color-scheme: dark) { :root { background: #000 } p { color: #222 } }</style>";
  const root = await site({
    "clean.html": page("<p>texto</p>"),
    "dark.html": page("<p>só se lê no claro</p>", dark),
    "folded.html": page('<details><summary>mais</summary><p style="color: #ddd">cinza</p></details>'),
    "heavy.html": page('<p>texto</p><script>fetch("/heavy.bin")</script>'),
    "heavy.bin": heavy,
    "loud.html": page('<p>texto</p><script>fetch("http://127.0.0.2:9/x").catch(() => {}); nada()</script>'),
  });
  const found = await all(inBrowser(root, (browser, home) => browse(browser, home, ["clean.html", "dark.html", "folded.html", "heavy.html", "loud.html"], none())));
  const about = (name) => found.filter((fault) => fault.includes(name));
  assert.deepEqual(about("clean.html"), []);
  assert.match(about("dark.html").join("\n"), /^axe: dark\.html \(dark, 1280 px\): color-contrast[^\n]*$/);
  assert.equal(about("folded.html").length, 3);
  assert.match(about("heavy.html").join("\n"), /^weight: heavy\.html \(light, 1280 px\): a first view transfers 6\d\d KB/);
  assert.match(about("loud.html").join("\n"), /script failed: nada is not defined/);
  assert.match(about("loud.html").join("\n"), /asks another host: http:\/\/127\.0\.0\.2:9\/x/);
});

test("a score that falls short", async () => {
  const root = await site({ "index.html": page('<p>texto</p><img src="x.svg">'), "x.svg": '<svg xmlns="http://www.w3.org/2000/svg"/>' });
  const found = await all(inBrowser(root, (browser, home) => score(browser, home, ["index.html"])));
  assert.match(found.join("\n"), /lighthouse: index\.html: accessibility \d\d, less than 95: [^\n]*image-alt/);
  assert.match(found.join("\n"), /lighthouse: index\.html: seo \d\d, less than 95: [^\n]*meta-description/);
  assert.equal(least("atividades/04-vae/explorador/index.html"), 90);
});

test("misspelt Portuguese, in the text, in what is read aloud, and in a figure", async () => {
  const body = "<p>Uma estatistica e uma <b>evidên</b>cia, em <code>latent_mean</code>, e10-mean/42 e vae/train.py.</p><p><i lang='en'>the whole</i>, <span translate='no'>XIAO, Han</span></p>";
  const root = await site({
    "index.html": page(`<article>${body}<img src="x.png" alt="Uma imajem"></article><nav>The menu</nav>`, '<meta name="description" content="Descrissão">'),
    "a/figuras/x.claro.svg": '<svg xmlns="http://www.w3.org/2000/svg"><style>nowordhere</style><text>época e épca</text></svg>',
    "a/codigo/x.py.html": page("<article>whatever</article>"),
  });
  const found = await all(spell(root, htmlOf(await filesOf(root))));
  assert.deepEqual(found.map((fault) => fault.split(": ")[2].split(" ")[0]).sort(), ["Descrissão", "estatistica", "imajem", "épca"].sort());
});

test("what is read as prose", () => {
  assert.deepEqual(proseOf("<nav>fora</nav><article><p>um<br>dois <code>x</code>três</p><td>qua</td><td>tro</td></article>"), ["um", "dois três", "qua", "tro"]);
});

test("the weight of the whole site", () => {
  assert.deepEqual(wholeSite([{ size: 24e6 }, { size: 1e6 }]), []);
  assert.match(wholeSite([{ size: 24e6 }, { size: 1e6 + 1 }]).join(), /^weight: the whole site is 25\.0 MB/);
});

test("of the pages of code, the shortest of each kind is opened", async () => {
  const root = await site({ "index.html": "", "a/codigo/x.py.html": "x", "a/codigo/y.py.html": "yy", "a/codigo/z.json.html": "z", "assets/p.png": "" });
  assert.deepEqual(opened(await filesOf(root)), ["index.html", "a/codigo/x.py.html", "a/codigo/z.json.html"]);
});

const command = (...given) =>
  new Promise((done) => execFile(process.execPath, [join(HERE, "check.mjs"), ...given], (error, stdout, stderr) => done({ code: error?.code ?? 0, stdout, stderr })));

test("the command ends with 0, 1 or 2", async () => {
  const sound = await site({ "index.html": page("<p>texto</p>") });
  const broken = await site({ "index.html": page('<a href="nada/">?</a>') });
  const faulty = await command("--only", "weight,links", broken);
  assert.equal(faulty.code, 1);
  assert.match(faulty.stderr, /leads to no file: nada\//);
  assert.match(faulty.stdout, /1 fault\(s\) in/);
  assert.equal((await command("--only", "weight,links", sound)).code, 0);
  for (const wrong of [[join(sound, "nothing")], ["--only", "spelt", sound], ["--onyl", "axe"], ["--only"]]) {
    const { code, stderr } = await command(...wrong);
    assert.equal(code, 2, stderr);
    assert.match(stderr, /^check-site: [^\n]+\n$/);
  }
});
