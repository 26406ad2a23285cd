// What the reader gives to the encoder: a test image that is picked, or a drawing; and where its posterior lies, on a plane of its own.
import { SIDE } from "./pictures.js";
import { Plane } from "./plane.js";
import { Sketch } from "./sketch.js";
import { pair } from "./text.js";

export class Inputs {
  // onFound: told {values, mean, deviation} of an input, and whether the position is to move there; null for an erased one.
  constructor(app, onFound) {
    Object.assign(this, { app, onFound });
    this.inset = new Plane(app.part("inset"), null, 1, app.manifest.ellipse);
    this.sketch = new Sketch(app.part("sketch"), (values) => this.encode(values));
    this.count = app.images.length / SIDE ** 2; // test images whose pixels are there
    app.part("number").max = this.count - 1;
    for (const [index, name] of app.manifest.classes.entries()) app.part("pick-class").append(new Option(name, index));
    const on = (name, event, listener) => app.part(name).addEventListener(event, listener);
    on("number", "change", ({ target }) => this.#pick(Number(target.value)));
    on("pick-class", "change", () => this.#pickNext(0));
    on("pick-next", "click", () => this.#pickNext(this.picked === undefined ? 0 : this.picked + 1));
    on("pick-nearest", "click", () => app.near !== undefined && this.#pick(app.near));
    on("erase", "click", () => {
      this.sketch.set(new Uint8ClampedArray(SIDE * SIDE));
      this.asking = null;
      this.onFound(null);
    });
  }

  #pick(number) {
    const index = Math.min(Math.max(Math.round(number) || 0, 0), this.count - 1);
    this.picked = index;
    this.app.part("number").value = index;
    this.app.part("pick-class").value = this.app.labels[index];
    this.sketch.set(this.app.image(index));
    this.encode(this.sketch.values);
  }

  #pickNext(from) {
    const wanted = Number(this.app.part("pick-class").value);
    for (let step = 0; step < this.count; step++) {
      const index = (from + step) % this.count;
      if (this.app.labels[index] === wanted) return this.#pick(index);
    }
  }

  // Asks the encoder where an input lies; of several drawn while it answers, the last one counts.
  async encode(values, move = true) {
    const asked = (this.asking = { values: Uint8ClampedArray.from(values), move });
    if (this.encoding) return;
    this.encoding = true;
    const { app } = this;
    try {
      const { run } = app.state;
      const found = await app.engine.encode(run, Array.from(asked.values, (value) => value / 255));
      if (asked === this.asking && run === app.state.run) this.onFound({ values: asked.values, ...found }, asked.move);
    } catch (error) {
      this.asking = null;
      app.onFault(error);
    }
    this.encoding = false;
    if (this.asking && (asked !== this.asking || app.state.input?.values !== asked.values)) this.encode(this.asking.values, this.asking.move);
  }

  // The plane around an encoded image, so near that its ellipse is seen to be one.
  drawInset() {
    const { app, inset } = this;
    const { input, shown } = app.state;
    inset.resize();
    const pen = inset.base.getContext("2d");
    if (!input) return pen.clearRect(0, 0, inset.side, inset.side);
    inset.centre = input.mean;
    inset.view = 2 * inset.radius * Math.max(...input.deviation);
    inset.drawBase({ points: app.model.points, labels: app.labels, shown, middles: [], names: [], colours: app.colours, picture: null });
    inset.drawEllipse(pen, input, app.colours);
  }

  describe() {
    const { input } = this.app.state;
    this.app.part("encoded").textContent = input
      ? `média ${pair(input.mean)}, desvios ${pair(input.deviation)}`
      : "nada ainda: desenhe ou escolha uma imagem";
  }
}
