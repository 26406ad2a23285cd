// The models as the page sees them: questions to the worker, each answered by a promise.

export class Engine {
  constructor() {
    this.worker = new Worker(new URL("worker.js", import.meta.url), { type: "module" });
    this.waiting = new Map();
    this.asked = 0;
    this.worker.onmessage = ({ data: { id, result, error } }) => {
      const { resolve, reject } = this.waiting.get(id);
      this.waiting.delete(id);
      if (error === undefined) resolve(result);
      else reject(new Error(error));
    };
    this.worker.onerror = (event) => {
      event.preventDefault(); // it is told to the reader
      for (const { reject } of this.waiting.values()) reject(new Error(event.message || "o modelo parou"));
      this.waiting.clear();
    };
  }

  ask(action, values, transfer = []) {
    return new Promise((resolve, reject) => {
      const id = ++this.asked;
      this.waiting.set(id, { resolve, reject });
      this.worker.postMessage({ id, action, ...values }, transfer);
    });
  }

  start(wasm) {
    return this.ask("start", { wasm }, [wasm.buffer]);
  }

  open(run, part, model) {
    return this.ask("open", { run, part, model }, [model.buffer]);
  }

  // latents: pairs one after another. Returns probabilities, 784 a pair.
  decode(run, latents) {
    return this.ask("decode", { run, latents: Float32Array.from(latents) });
  }

  // pixels: 784 values in [0, 1]. Returns mean and deviation of q(z|x), two values each.
  encode(run, pixels) {
    return this.ask("encode", { run, pixels: Float32Array.from(pixels) });
  }

  contrast(run, latents) {
    return this.ask("contrast", { run, latents: Float32Array.from(latents) });
  }

  stop() {
    this.worker.terminate();
  }
}
