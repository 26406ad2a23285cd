// The built site as a static host serves it: gzip for text, index.html for folders, 404.html for what is not there.
import { createServer } from "node:http";
import { readFile, stat } from "node:fs/promises";
import { extname, join, normalize, sep } from "node:path";
import { gzipSync } from "node:zlib";
import { baseOf } from "./pages.mjs";

const TYPES = {
  ".css": "text/css; charset=utf-8",
  ".csv": "text/csv; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".map": "application/json",
  ".mjs": "text/javascript; charset=utf-8",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".txt": "text/plain; charset=utf-8",
  ".wasm": "application/wasm",
  ".webp": "image/webp",
  ".woff2": "font/woff2",
  ".xml": "application/xml",
};
const COMPRESSED = new Set([".css", ".csv", ".html", ".js", ".json", ".mjs", ".svg", ".txt", ".wasm", ".xml"]);

/** The file that a host of the site, which is read below base, answers a path with; null for none. */
export async function fileOf(root, base, pathname) {
  return pathname.startsWith(base) ? fileBelow(root, pathname.slice(base.length)) : null;
}

async function fileBelow(root, pathname) {
  const path = normalize(join(root, decodeURIComponent(pathname)));
  if (path !== root && !path.startsWith(root + sep)) return null;
  const found = await stat(path).catch(() => null);
  if (found?.isDirectory()) return fileBelow(root, join(pathname, "index.html"));
  return found ? path : null;
}

/** Serve a site below the path that it was built for; resolves to { home, close }, home being its address without the last slash. */
export async function serve(root) {
  const base = await baseOf(root);
  const answers = new Map(); // by path: compressing a page once is enough
  async function answer(path) {
    if (!answers.has(path)) {
      const type = extname(path);
      const body = await readFile(path);
      const zipped = COMPRESSED.has(type);
      const headers = { "content-type": TYPES[type] ?? "application/octet-stream", "cache-control": "max-age=600" };
      if (zipped) headers["content-encoding"] = "gzip";
      answers.set(path, { headers, body: zipped ? gzipSync(body) : body });
    }
    return answers.get(path);
  }
  const server = createServer(async (request, response) => {
    try {
      const { pathname } = new URL(request.url, "http://localhost");
      const path = await fileOf(root, base, pathname);
      const { headers, body } = await answer(path ?? join(root, "404.html"));
      response.writeHead(path ? 200 : 404, { ...headers, "content-length": body.length }).end(body);
    } catch (error) {
      response.writeHead(500).end(String(error));
    }
  });
  return new Promise((resolve, reject) => {
    server.on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const close = () => (server.closeAllConnections(), server.close());
      resolve({ home: `http://127.0.0.1:${server.address().port}${base.slice(0, -1)}`, close });
    });
  });
}
