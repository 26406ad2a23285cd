// Files of the explorer: fetched from the page's own site, unpacked, and compared with the checksum that the page was built with.

export class AssetError extends Error {}

async function bytesOf(response, onBytes) {
  const chunks = [];
  let total = 0;
  for (const reader = response.body.getReader(); ; ) {
    const { done, value } = await reader.read();
    if (done) break;
    chunks.push(value);
    total += value.length;
    onBytes(value.length);
  }
  const bytes = new Uint8Array(total);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}

// A server that declares the compression (Content-Encoding) has had the browser unpack the file already; the first bytes tell.
async function unpacked(bytes) {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

export async function sha256(bytes) {
  if (!globalThis.crypto?.subtle) throw new AssetError("o navegador só confere arquivos em endereços https ou localhost");
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

// asset: {file, bytes, sha256}, the checksum being that of the unpacked content. base: the address that file is relative to.
// cache: as fetch has it. A file's name stays when it is published anew, so its address ends with its checksum: what a
// browser or a host keeps of an older publication has another address.
export async function fetchAsset(base, asset, cache = "default", onBytes = () => {}) {
  const name = asset.file.split("/").pop();
  let packed;
  try {
    const response = await fetch(new URL(`${asset.file}?${asset.sha256.slice(0, 12)}`, base), { cache });
    if (!response.ok) throw new AssetError(`o servidor não tem o arquivo ${name} (resposta ${response.status})`);
    packed = await bytesOf(response, onBytes);
  } catch (error) {
    throw error instanceof AssetError ? error : new AssetError(`o arquivo ${name} não chegou inteiro`, { cause: error });
  }
  const bytes = await unpacked(packed).catch(() => packed); // what cannot be unpacked has not the right checksum either
  if ((await sha256(bytes)) !== asset.sha256) {
    throw new AssetError(`o arquivo ${name} não é o que foi publicado: a soma sha256 é outra`);
  }
  return bytes;
}
