// The models run here, away from the page's thread, so that nothing they do can hold up a frame.
// One thread and no special headers: any static host will do.
import { env, InferenceSession, Tensor } from "../../vendor/onnxruntime-web-1.30.0/ort.wasm.bundle.min.mjs";

const SIDE = 28;
const PIXELS = SIDE * SIDE;
const sessions = new Map(); // "e100/decoder" -> session

async function decode(run, latents) {
  const input = new Tensor("float32", latents, [latents.length / 2, 2]);
  const { pixels } = await sessions.get(`${run}/decoder`).run({ latent: input });
  return pixels.data;
}

const actions = {
  start({ wasm }) {
    env.wasm.numThreads = 1;
    env.wasm.wasmBinary = wasm.buffer;
    env.logLevel = "error";
  },
  async open({ run, part, model }) {
    sessions.set(`${run}/${part}`, await InferenceSession.create(model, { executionProviders: ["wasm"] }));
  },
  decode: ({ run, latents }) => decode(run, latents),
  async encode({ run, pixels }) {
    const input = new Tensor("float32", pixels, [1, 1, SIDE, SIDE]);
    const { mean, logvar } = await sessions.get(`${run}/encoder`).run({ images: input });
    return { mean: [...mean.data], deviation: [...logvar.data].map((value) => Math.exp(value / 2)) };
  },
  // One minus the mean entropy of the pixels, in bits: 1 where every pixel is black or white, 0 where all are even chances.
  async contrast({ run, latents }) {
    const pixels = await decode(run, latents);
    const found = new Float32Array(latents.length / 2);
    for (let point = 0; point < found.length; point++) {
      let entropy = 0;
      for (let index = point * PIXELS; index < (point + 1) * PIXELS; index++) {
        const p = pixels[index];
        if (p > 0 && p < 1) entropy -= p * Math.log2(p) + (1 - p) * Math.log2(1 - p);
      }
      found[point] = 1 - entropy / PIXELS;
    }
    return found;
  },
};

// One at a time, in the order in which they came: the runtime takes no second call while one is under way.
let last = Promise.resolve();
onmessage = ({ data: { id, action, ...values } }) => {
  last = last.then(async () => {
    try {
      postMessage({ id, result: await actions[action](values) });
    } catch (error) {
      postMessage({ id, error: String(error?.message ?? error) });
    }
  });
};
