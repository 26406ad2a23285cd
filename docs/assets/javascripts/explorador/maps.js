// What may lie below the points: the prior's mass with its holes, or the contrast of what is decoded.
import { cells, picture } from "./plane.js";
import { channels } from "./theme.js";

const SIZE = 64; // cells a side of the map of contrast
const BATCH = 16; // decoded at once: a few milliseconds, so that a reader who moves meanwhile hardly waits

// One bit a cell, as numpy packs them: rows from the lowest z2 up.
function unpackBits(text, count) {
  const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  return Array.from({ length: count }, (_, index) => (bytes[index >> 3] >> (7 - (index & 7))) & 1);
}

export class Maps {
  constructor(engine, manifest) {
    Object.assign(this, { engine, view: manifest.view, side: manifest.holes_side });
    this.holes = new Map(manifest.models.map(({ run, holes }) => [run, unpackBits(holes, this.side ** 2)]));
    this.contrast = new Map(); // run -> values, NaN where not yet known
  }

  // Returns the picture of a map for a model, null for none. onMore is called as a map of contrast grows, onFault if it cannot.
  picture(kind, run, colours, onMore, onFault) {
    if (kind === "prior") return this.#prior(run, colours);
    if (kind === "contrast") return this.#contrast(run, colours, onMore, onFault);
    return null;
  }

  // Whether nothing of a model's map of contrast is still to come.
  complete(run) {
    return !this.contrast.get(run)?.some(Number.isNaN);
  }

  #prior(run, colours) {
    const places = cells(this.view, this.side);
    const [ramp, holes] = [channels(colours.ramp), channels(colours.holes)];
    return picture(this.holes.get(run), this.side, (hole, index) => {
      const [x, y] = places[index];
      const density = Math.exp(-(x * x + y * y) / 2); // of its greatest value
      return hole ? [holes, 0.75 * Math.sqrt(density)] : [ramp, 0.6 * density];
    });
  }

  #contrast(run, colours, onMore, onFault) {
    if (!this.contrast.has(run)) this.#measure(run, onMore).catch(onFault);
    const values = this.contrast.get(run);
    const low = values.reduce((least, value) => (value < least ? value : least), 1); // NaN is less than nothing
    const ramp = channels(colours.ramp);
    return picture(values, SIZE, (value) => [ramp, Number.isNaN(value) ? 0 : 0.75 * ((value - low) / (1 - low || 1))]);
  }

  async #measure(run, onMore) {
    const places = cells(this.view, SIZE);
    const values = new Float32Array(places.length).fill(NaN);
    this.contrast.set(run, values);
    for (let at = 0; at < places.length; at += BATCH) {
      values.set(await this.engine.contrast(run, places.slice(at, at + BATCH).flat()), at);
      if ((at / BATCH) % 16 === 15) onMore();
    }
  }
}
