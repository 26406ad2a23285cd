// The explorer once everything is loaded: ties the controls, the state and what is shown to each other.
import { Inputs } from "./inputs.js";
import { Maps } from "./maps.js";
import { between, Player } from "./path.js";
import { clear, show, SIDE, toGrey } from "./pictures.js";
import { Plane } from "./plane.js";
import { fromHalves, majority, medians, nearest } from "./points.js";
import { makeStore } from "./store.js";
import { coordinate, pair, whole } from "./text.js";
import { isDark, watchScheme } from "./theme.js";

const NEIGHBOURS = 10;
const STRIP = 11; // images of the strip from A to B
const QUIET = 700; // milliseconds without a move before what is seen is said aloud

export class App {
  constructor(manifest, content, engine) {
    Object.assign(this, { manifest, engine, maps: new Maps(engine, manifest) });
    this.labels = content.get(manifest.labels);
    this.images = content.get(manifest.images);
    this.models = new Map(
      manifest.models.map((model) => {
        const points = fromHalves(content.get(model.points));
        return [model.run, { ...model, points, middles: medians(points, this.labels, manifest.classes.length) }];
      }),
    );
    const run = manifest.models.at(-1).run;
    this.store = makeStore({
      run,
      z: [0, 0],
      fixed: [0, 0], // where z comes back to when the pointer leaves the plane
      shown: new Set(manifest.classes.keys()),
      map: "none",
      ends: this.#ownEnds(run),
      ownEnds: true, // until the reader marks another A or B
      share: 0,
      playing: false,
      input: null, // {values, mean, deviation}
      dark: isDark(),
      version: 0, // of what is drawn below the points, beside all the above
    });
  }

  get state() {
    return this.store.state;
  }

  get model() {
    return this.models.get(this.state.run);
  }

  get colours() {
    const { palette } = this.manifest;
    return palette[this.state.dark ? "dark" : "light"];
  }

  image(index) {
    return this.images.subarray(index * SIDE * SIDE, (index + 1) * SIDE * SIDE);
  }

  // Shows everything in the part of the page that is for it. onFault: told of what goes wrong later on.
  async open(element, onFault) {
    this.element = element;
    this.onFault = onFault;
    this.#makeChoices();
    element.hidden = false;
    this.plane = new Plane(this.part("base"), this.part("overlay"), this.manifest.view, this.manifest.ellipse);
    this.player = new Player(
      (share) => this.store.update({ share, ...this.#moved(between(...this.state.ends, share)) }),
      () => this.store.update({ playing: false }),
    );
    this.inputs = new Inputs(this, (input, move = false) => this.store.update({ input, ...(move && this.#moved(this.#inView(input.mean))) }));
    this.#connect();
    this.store.subscribe((state, changed) => this.#render(changed));
    this.plane.resize();
    new ResizeObserver(() => this.plane.resize() && this.store.update({ version: this.state.version + 1 })).observe(this.part("base"));
    watchScheme(() => this.store.update({ dark: isDark() }));
    await this.#decode();
    this.#render(new Set(Object.keys(this.state)));
  }

  focus() {
    this.part("z1").focus({ preventScroll: true });
  }

  part(name) {
    return this.element.querySelector(`[data-part="${name}"]`);
  }

  // Controls ------------------------------------------------------------

  #makeChoices() {
    const { classes, models } = this.manifest;
    const choice = (type, name, value, label, checked) => {
      const made = document.createElement("label");
      const input = Object.assign(document.createElement("input"), { type, name, value, checked });
      made.append(input, label);
      return made;
    };
    for (const { run, label } of models) this.part("models").append(choice("radio", "explorer-model", run, label, run === this.state.run));
    for (const [index, name] of classes.entries()) {
      const made = choice("checkbox", "explorer-class", index, name, true);
      made.dataset.label = index;
      this.part("classes").append(made);
    }
    for (const axis of ["z1", "z2"]) {
      Object.assign(this.part(axis), { min: -this.manifest.view, max: this.manifest.view, step: 0.01, value: 0 });
    }
  }

  #connect() {
    const { store } = this;
    const on = (name, event, listener) => this.part(name).addEventListener(event, listener);
    on("models", "change", ({ target }) => this.#chooseModel(target.value));
    on("map", "change", ({ target }) => store.update({ map: target.value }));
    on("classes", "change", () => this.#readClasses());
    for (const [name, checked] of [["all", true], ["none", false]]) {
      on(name, "click", () => {
        for (const box of this.part("classes").querySelectorAll("input")) box.checked = checked;
        this.#readClasses();
      });
    }
    for (const [axis, name] of ["z1", "z2"].entries()) {
      on(name, "input", ({ target }) => this.#fix(this.state.z.map((value, index) => (index === axis ? Number(target.value) : value))));
    }
    const overlay = this.part("overlay");
    overlay.addEventListener("pointerdown", (event) => {
      overlay.setPointerCapture(event.pointerId);
      this.#fix(this.plane.under(event));
    });
    overlay.addEventListener("pointermove", (event) => {
      const here = this.plane.under(event);
      if (event.buttons) this.#fix(here);
      else if (event.pointerType === "mouse" && !this.state.playing) store.update({ z: here });
    });
    overlay.addEventListener("pointerleave", () => {
      if (!this.state.playing) store.update({ z: this.state.fixed });
    });
    on("play", "click", () => {
      if (this.state.playing) return this.player.stop();
      store.update({ playing: true });
      this.player.play(this.state.share);
    });
    on("share", "input", ({ target }) => {
      if (this.state.playing) this.player.stop();
      const share = Number(target.value);
      store.update({ share, ...this.#moved(between(...this.state.ends, share)) });
    });
    for (const [end, name] of ["mark-a", "mark-b"].entries()) {
      on(name, "click", () => {
        if (this.state.playing) this.player.stop();
        const ends = this.state.ends.map((old, index) => (index === end ? this.state.z : old));
        store.update({ ends, ownEnds: false, share: end });
      });
    }
  }

  #moved(z) {
    return { z, fixed: z };
  }

  #inView(z) {
    const { view } = this.manifest;
    return z.map((value) => Math.min(view, Math.max(-view, value)));
  }

  #fix(z) {
    if (this.state.playing) this.player.stop();
    this.store.update(this.#moved(z));
  }

  #readClasses() {
    const boxes = [...this.part("classes").querySelectorAll("input:checked")];
    this.store.update({ shown: new Set(boxes.map(({ value }) => Number(value))) });
  }

  #chooseModel(run) {
    this.store.update({ run, ...(this.state.ownEnds && { ends: this.#ownEnds(run) }) });
    if (this.state.input) this.inputs.encode(this.state.input.values, false);
  }

  // A and B to begin with: two test images of the classes between which the report interpolates.
  #ownEnds(run) {
    const { points } = this.models.get(run);
    return this.manifest.ends.map((index) => [points[2 * index], points[2 * index + 1]]);
  }

  // Showing -------------------------------------------------------------

  // One decode in flight; when it is back, the position that the reader has reached meanwhile is next.
  async #decode() {
    if (this.decoding) return;
    this.decoding = true;
    try {
      for (let wanted = null; wanted !== this.state.z || this.decodedRun !== this.state.run; ) {
        wanted = this.state.z;
        const { run } = this.state;
        this.pixels = await this.engine.decode(run, wanted);
        this.decodedRun = run;
        show(this.part("decoded"), toGrey(this.pixels));
      }
    } catch (error) {
      this.onFault(error);
    }
    this.decoding = false;
  }

  #render(changed) {
    const any = (...names) => names.some((name) => changed.has(name));
    if (any("run", "shown", "map", "dark", "version")) this.#drawBase();
    this.plane.drawOverlay({ z: this.state.z, a: this.state.ends[0], b: this.state.ends[1], input: this.state.input, colours: this.colours });
    if (any("z", "run")) this.#decode();
    if (any("z", "run", "shown")) this.#showNearest();
    if (any("z")) this.#showPosition();
    if (any("ends", "run")) this.#showStrip();
    if (any("share")) this.part("share").value = this.state.share;
    if (any("playing")) this.part("play").textContent = this.state.playing ? "Parar" : "Ir de A a B";
    if (any("input", "run")) this.inputs.describe();
    if (any("input", "run", "shown", "dark", "version")) this.inputs.drawInset();
    if (any("run")) this.#showModel();
    if (any("dark")) this.#colourClasses();
    if (any("map")) for (const key of this.element.querySelectorAll("[data-key]")) key.hidden = key.dataset.key !== this.state.map;
  }

  #drawBase() {
    const { run, shown, map } = this.state;
    const onMore = () => this.store.update({ version: this.state.version + 1 });
    this.plane.drawBase({
      points: this.model.points,
      labels: this.labels,
      middles: this.model.middles,
      names: this.manifest.classes,
      shown,
      colours: this.colours,
      picture: this.maps.picture(map, run, this.colours, onMore, this.onFault),
    });
    this.part("growing").hidden = map !== "contrast" || this.maps.complete(run);
  }

  #colourClasses() {
    const { colours } = this;
    for (const label of this.part("classes").querySelectorAll("label")) label.style.setProperty("--class", colours.classes[label.dataset.label]);
    for (const name of ["ramp", "holes", "accent"]) this.element.style.setProperty(`--explorer-${name}`, colours[name]);
  }

  #showPosition() {
    for (const [axis, name] of ["z1", "z2"].entries()) {
      this.part(name).value = this.state.z[axis];
      this.part(`${name}-value`).textContent = coordinate(this.state.z[axis]);
    }
  }

  #showNearest() {
    const { shown, z } = this.state;
    const { points } = this.model;
    const [near] = nearest(points, this.labels, shown, z, 1, this.inputs.count);
    const around = nearest(points, this.labels, shown, z, NEIGHBOURS);
    const [label, count] = majority(around, this.labels);
    const name = this.manifest.classes[label];
    this.part("around").textContent = around.length ? `${name}, ${count} de ${around.length} pontos` : "nenhuma classe mostrada";
    this.part("near-name").textContent = near === undefined ? "" : `nº ${whole(near)}, ${this.manifest.classes[this.labels[near]]}`;
    const key = `${this.state.run} ${near}`;
    if (key !== this.nearKey) {
      this.nearKey = key;
      this.near = near;
      this.part("pick-nearest").disabled = near === undefined;
      if (near === undefined) for (const part of ["near", "near-decoded"]) clear(this.part(part));
      else {
        show(this.part("near"), this.image(near));
        this.#showReconstruction(near);
      }
    }
    clearTimeout(this.speaking);
    this.speaking = setTimeout(() => {
      this.part("said").textContent = `Decodificado em ${pair(this.state.z)}. Vizinhança: ${this.part("around").textContent}.`;
    }, QUIET);
  }

  async #showReconstruction(index) {
    const { points } = this.model;
    const key = this.nearKey;
    try {
      const pixels = await this.engine.decode(this.state.run, points.subarray(2 * index, 2 * index + 2));
      if (key === this.nearKey) show(this.part("near-decoded"), toGrey(pixels));
    } catch (error) {
      this.onFault(error);
    }
  }

  async #showStrip() {
    const { ends, run } = this.state;
    const latents = Array.from({ length: STRIP }, (_, index) => between(...ends, index / (STRIP - 1)));
    try {
      const pixels = await this.engine.decode(run, latents.flat());
      if (ends !== this.state.ends || run !== this.state.run) return;
      for (let index = 0; index < STRIP; index++) {
        show(this.part("strip"), toGrey(pixels.subarray(index * SIDE ** 2, (index + 1) * SIDE ** 2)), index * SIDE);
      }
    } catch (error) {
      this.onFault(error);
    }
  }

  #showModel() {
    const { label, decoder, run } = this.model;
    this.part("checked").textContent = decoder.sha256;
    this.part("checked-link").textContent = `${label}, conferido`;
    this.part("checked-link").href = `#modelo-${run}`;
  }
}
