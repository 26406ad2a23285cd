// The latent plane: what changes seldom (map, points, names) on one canvas, what moves with the reader on another above it.
import { rounded } from "./text.js";

const MARK = 6; // CSS pixels
const LINE = 13; // from one name to the next
const STEPS = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100]; // between two lines of the grid

export class Plane {
  // view: how far the plane is shown from its centre along both axes. ellipse: share of a posterior's mass in the ellipse drawn of it.
  constructor(base, overlay, view, ellipse) {
    const radius = Math.sqrt(-2 * Math.log(1 - ellipse)); // in deviations, of a Gaussian in the plane
    Object.assign(this, { base, overlay, view, radius, centre: [0, 0], side: 0 });
  }

  // Fits the canvases to their box; returns whether that changed anything.
  resize() {
    const ratio = Math.min(devicePixelRatio || 1, 2);
    const side = Math.round(this.base.clientWidth * ratio);
    if (!side || (side === this.side && ratio === this.ratio)) return false;
    for (const canvas of [this.base, this.overlay].filter(Boolean)) canvas.width = canvas.height = side;
    Object.assign(this, { side, ratio });
    return true;
  }

  at([x, y]) {
    const scale = this.side / (2 * this.view);
    return [(x - this.centre[0] + this.view) * scale, (this.view - y + this.centre[1]) * scale];
  }

  // The point of the plane below a pointer, kept within the view.
  under(event) {
    const box = this.overlay.getBoundingClientRect();
    const place = (share) => Math.min(1, Math.max(-1, 2 * share - 1)) * this.view;
    const [x, y] = [place((event.clientX - box.left) / box.width), -place((event.clientY - box.top) / box.height)];
    return [this.centre[0] + x, this.centre[1] + y];
  }

  // picture: a canvas to be laid over the whole view, or null. names: of the classes, at their middles.
  drawBase({ points, labels, shown, middles, names, colours, picture }) {
    const { side } = this;
    const pen = this.base.getContext("2d");
    pen.clearRect(0, 0, side, side);
    if (picture) pen.drawImage(picture, 0, 0, side, side);
    this.#drawAxes(pen, colours, picture ? 0.35 : 1);
    pen.globalAlpha = picture ? 0.7 : 1;
    pen.drawImage(this.#pointsLayer(points, labels, shown, colours), 0, 0);
    pen.globalAlpha = 1;
    this.#writeNames(pen, shown, middles, names, colours);
  }

  // The points, drawn anew only when they change: while a map grows below them, a frame has no time for all of them.
  #pointsLayer(...wanted) {
    wanted.push(this.side, this.view, ...this.centre);
    if (this.layer && wanted.every((value, index) => value === this.layer.wanted[index])) return this.layer.canvas;
    const canvas = Object.assign(document.createElement("canvas"), { width: this.side, height: this.side });
    const [points, labels, shown, colours] = wanted;
    const pen = canvas.getContext("2d");
    const dot = 2.2 * this.ratio;
    pen.globalAlpha = 0.6;
    for (const label of shown) {
      pen.fillStyle = colours.classes[label];
      for (let index = 0; index < labels.length; index++) {
        if (labels[index] !== label) continue;
        const [x, y] = this.at([points[2 * index], points[2 * index + 1]]);
        pen.fillRect(x - dot / 2, y - dot / 2, dot, dot);
      }
    }
    this.layer = { canvas, wanted };
    return canvas;
  }

  #writeNames(pen, shown, middles, names, colours) {
    const { ratio } = this;
    pen.font = `600 ${12 * ratio}px ${getComputedStyle(this.base).fontFamily}`;
    pen.textAlign = "center";
    pen.textBaseline = "middle";
    const places = [...shown].filter((label) => middles[label]).map((label) => [names[label], ...this.at(middles[label])]);
    const written = []; // names whose places are near each other are written below one another
    for (const [name, x, y] of places.sort((one, other) => one[2] - other[2])) {
      const half = pen.measureText(name).width / 2;
      const near = written.filter((other) => Math.abs(other.x - x) < half + other.half);
      const low = near.reduce((most, other) => Math.max(most, other.y + LINE * ratio), y);
      written.push({ x, y: low, half });
      this.#write(pen, name, x, low, colours.text, colours.background);
    }
  }

  drawOverlay({ z, a, b, input, colours }) {
    const { side, ratio } = this;
    const pen = this.overlay.getContext("2d");
    const stroke = (path, colour, width) => this.#stroke(pen, path, colour, width, colours.background);
    pen.clearRect(0, 0, side, side);
    pen.font = `700 ${13 * ratio}px ${getComputedStyle(this.base).fontFamily}`;
    pen.textAlign = "center";
    pen.textBaseline = "middle";
    const line = new Path2D();
    line.moveTo(...this.at(a));
    line.lineTo(...this.at(b));
    stroke(line, colours.muted, 1.5);
    for (const [end, name] of [[a, "A"], [b, "B"]]) {
      const [x, y] = this.at(end);
      pen.fillStyle = colours.text;
      pen.beginPath();
      pen.arc(x, y, 9 * ratio, 0, 2 * Math.PI);
      pen.fill();
      pen.fillStyle = colours.background;
      pen.fillText(name, x, y + 0.5 * ratio);
    }
    if (input) this.drawEllipse(pen, input, colours);
    const [x, y] = this.at(z);
    const cross = new Path2D();
    // Open in the middle, where the ellipse of an encoded image may be.
    for (const [dx, dy] of [[1, 0], [0, 1], [-1, 0], [0, -1]]) {
      cross.moveTo(x + dx * MARK * ratio, y + dy * MARK * ratio);
      cross.lineTo(x + dx * 3 * MARK * ratio, y + dy * 3 * MARK * ratio);
    }
    stroke(cross, colours.text, 2.5);
  }

  // The ellipse of the posterior of an encoded image.
  drawEllipse(pen, { mean, deviation }, colours) {
    const [x, y] = this.at(mean);
    const radii = deviation.map((one) => (this.radius * one * this.side) / (2 * this.view));
    const ellipse = new Path2D();
    ellipse.ellipse(x, y, ...radii, 0, 0, 2 * Math.PI);
    pen.fillStyle = colours.accent;
    pen.globalAlpha = 0.25;
    pen.fill(ellipse);
    pen.globalAlpha = 1;
    this.#stroke(pen, ellipse, colours.accent, 2, colours.background);
  }

  #stroke(pen, path, colour, width, halo) {
    for (const [style, line] of [[halo, width + 2.5], [colour, width]]) {
      pen.strokeStyle = style;
      pen.lineWidth = line * this.ratio;
      pen.stroke(path);
    }
  }

  // opacity: of the grid; over a picture it must not cover it.
  #drawAxes(pen, colours, opacity) {
    const { side, ratio, view, centre } = this;
    const step = STEPS.find((one) => (2 * view) / one <= 10);
    pen.font = `${11 * ratio}px ${getComputedStyle(this.base).fontFamily}`;
    pen.textAlign = "left";
    pen.textBaseline = "bottom";
    for (const axis of [0, 1]) {
      for (let tick = Math.ceil((centre[axis] - view) / step); tick * step <= centre[axis] + view; tick++) {
        const place = this.at([tick * step, tick * step])[axis];
        pen.globalAlpha = opacity;
        pen.lineWidth = ratio;
        pen.strokeStyle = tick ? colours.grid : colours.muted;
        pen.beginPath();
        pen.moveTo(...(axis ? [0, place] : [place, 0]));
        pen.lineTo(...(axis ? [side, place] : [place, side]));
        pen.stroke();
        const text = rounded(tick * step);
        if (axis === 0 && place < side - 24 * ratio) this.#write(pen, text, place + 3 * ratio, side - 2 * ratio, colours.text, colours.background);
        if (axis === 1 && place > 14 * ratio && place < side - 16 * ratio) this.#write(pen, text, 3 * ratio, place - 2 * ratio, colours.text, colours.background);
      }
    }
  }

  #write(pen, text, x, y, colour, halo) {
    pen.lineJoin = "round";
    pen.strokeStyle = halo;
    pen.lineWidth = 3.5 * this.ratio;
    pen.globalAlpha = 0.85;
    pen.strokeText(text, x, y);
    pen.globalAlpha = 1;
    pen.fillStyle = colour;
    pen.fillText(text, x, y);
  }
}

// A square of values as a picture to lay over the plane. values: rows from the lowest z2 up. paint: value, index -> [channels, alpha].
export function picture(values, size, paint) {
  const canvas = Object.assign(document.createElement("canvas"), { width: size, height: size });
  const image = new ImageData(size, size);
  for (let index = 0; index < size * size; index++) {
    const place = 4 * ((size - 1 - Math.floor(index / size)) * size + (index % size));
    const [colour, alpha] = paint(values[index], index);
    for (let channel = 0; channel < 3; channel++) image.data[place + channel] = colour[channel];
    image.data[place + 3] = Math.round(255 * alpha);
  }
  canvas.getContext("2d").putImageData(image, 0, 0);
  return canvas;
}

// The middle of each cell of a square grid over the view, as pairs, rows from the lowest z2 up.
export function cells(view, size) {
  const along = (index) => (2 * view * (index + 0.5)) / size - view;
  return Array.from({ length: size * size }, (_, index) => [along(index % size), along(Math.floor(index / size))]);
}
