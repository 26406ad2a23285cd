// Entry: the button that loads the explorer, and what the page says when it cannot be loaded.
import { App } from "./app.js";
import { AssetError, fetchAsset } from "./assets.js";
import { Engine } from "./engine.js";

const RUNTIME = new URL("../../vendor/", import.meta.url);

const part = (root, name) => root.querySelector(`[data-part="${name}"]`);

async function fetchManifest(address) {
  const response = await fetch(address, { cache: "no-cache" }).catch(() => null);
  if (!response?.ok) throw new AssetError("a descrição dos dados não está no servidor");
  return response.json();
}

// Everything at once: afterwards the explorer asks for nothing more, online or not.
async function load(address, cache, onShare) {
  const manifest = await fetchManifest(address);
  const wanted = [manifest.labels, manifest.images, ...manifest.models.flatMap(({ points, decoder, encoder }) => [points, decoder, encoder])];
  const total = [manifest.runtime, ...wanted].reduce((sum, { bytes }) => sum + bytes, 0);
  let got = 0;
  const onBytes = (bytes) => onShare((got += bytes) / total);
  const [runtime, ...contents] = await Promise.all([
    fetchAsset(RUNTIME, manifest.runtime, cache, onBytes),
    ...wanted.map((asset) => fetchAsset(address, asset, cache, onBytes)),
  ]);
  const content = new Map(wanted.map((asset, index) => [asset, contents[index]]));
  const engine = new Engine();
  try {
    await engine.start(runtime);
    for (const { run, decoder, encoder } of manifest.models) {
      await engine.open(run, "decoder", content.get(decoder));
      await engine.open(run, "encoder", content.get(encoder));
    }
    return new App(manifest, content, engine);
  } catch (error) {
    engine.stop();
    throw error;
  }
}

export function connect(root) {
  const [fallback, start, button, progress, status] = ["fallback", "start", "load", "progress", "status"].map((name) => part(root, name));
  const still = root.querySelector("figure");
  const untouched = part(root, "app").cloneNode(true);
  let cache = "default";
  fallback.hidden = true;
  start.hidden = false;

  function fail(error) {
    console.info(error); // the whole of it, for who looks; the reader gets the sentence
    const reason = error instanceof AssetError ? error.message : "o modelo não pôde ser executado neste navegador";
    part(root, "app").replaceWith(untouched.cloneNode(true));
    part(root, "reason").textContent = ` Desta vez, ${reason}.`;
    still.hidden = fallback.hidden = start.hidden = false; // it may go well the next time
    button.disabled = false;
    progress.hidden = true;
    status.textContent = "";
    cache = "reload"; // what came wrong may have been kept
    delete root.explorer;
    root.dataset.state = "failed";
  }

  button.addEventListener("click", async () => {
    let app = null;
    let failed = false;
    const onFault = (error) => {
      if (failed) return; // one fault of the worker is told by all who wait for it
      failed = true;
      app?.engine.stop();
      fail(error);
    };
    button.disabled = true;
    progress.value = 0;
    progress.hidden = false;
    fallback.hidden = true;
    status.textContent = "Carregando o explorador";
    delete root.dataset.state;
    try {
      app = await load(root.querySelector(".explorer__manifest").href, cache, (share) => (progress.value = share));
      await app.open(part(root, "app"), onFault);
      if (failed) return;
      start.hidden = still.hidden = true;
      status.textContent = "Explorador carregado";
      root.explorer = app; // for who looks closer, and for the tests
      root.dataset.state = "ready";
      app.focus();
    } catch (error) {
      onFault(error);
    }
  });
}
