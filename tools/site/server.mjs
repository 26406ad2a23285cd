// The built site as a static host serves it: gzip for text, index.html for folders, 404.html for what is not there.
import { createServer } from "node:http";
import { readFile, stat } from "node:fs/promises";
import { extname, join, normalize, sep } from "node:path";
import { gzipSync } from "node:zlib";

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

export async function fileOf(root, pathname) {
  const path = normalize(join(root, decodeURIComponent(pathname)));
  if (path !== root && !path.startsWith(root + sep)) return null;
  const found = await stat(path).catch(() => null);
  if (found?.isDirectory()) return fileOf(root, join(pathname, "index.html"));
  return found ? path : null;
}

/** Serve a folder; resolves to { origin, close }. */
export function serve(root) {
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
      const path = await fileOf(root, pathname);
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
      resolve({ origin: `http://127.0.0.1:${server.address().port}`, close });
    });
  });
}
