// The latent plane: what changes seldom (map, points, names) on one canvas, what moves with the reader on another above it.
import { channels } from "./theme.js";

const MARK = 7; // CSS pixels

export class Plane {
  // view: the plane is shown from -view to view along both axes. ellipse: share of a posterior's mass in the ellipse drawn of it.
  constructor(base, overlay, view, ellipse) {
    const radius = Math.sqrt(-2 * Math.log(1 - ellipse)); // in deviations, of a Gaussian in the plane
    Object.assign(this, { base, overlay, view, radius, side: 0 });
  }

  // Fits the canvases to their box; returns whether that changed anything.
  resize() {
    const ratio = Math.min(devicePixelRatio || 1, 2);
    const side = Math.round(this.base.clientWidth * ratio);
    if (!side || (side === this.side && ratio === this.ratio)) return false;
    for (const canvas of [this.base, this.overlay]) canvas.width = canvas.height = side;
    Object.assign(this, { side, ratio });
    return true;
  }

  at([x, y]) {
    return [((x + this.view) / (2 * this.view)) * this.side, ((this.view - y) / (2 * this.view)) * this.side];
  }

  // The point of the plane below a pointer, kept within the view.
  under(event) {
    const box = this.overlay.getBoundingClientRect();
    const place = (share) => Math.min(1, Math.max(-1, 2 * share - 1)) * this.view;
    return [place((event.clientX - box.left) / box.width), -place((event.clientY - box.top) / box.height)];
  }

  // picture: a canvas to be laid over the whole view, or null. names: of the classes, at their middles.
  drawBase({ points, labels, shown, middles, names, colours, picture }) {
    const { side, ratio } = this;
    const pen = this.base.getContext("2d");
    pen.clearRect(0, 0, side, side);
    if (picture) {
      pen.imageSmoothingEnabled = true;
      pen.drawImage(picture, 0, 0, side, side);
    }
    this.#drawAxes(pen, colours);
    const dot = 2.2 * ratio;
    pen.globalAlpha = picture ? 0.4 : 0.6;
    for (const label of shown) {
      pen.fillStyle = colours.classes[label];
      for (let index = 0; index < labels.length; index++) {
        if (labels[index] !== label) continue;
        const [x, y] = this.at([points[2 * index], points[2 * index + 1]]);
        pen.fillRect(x - dot / 2, y - dot / 2, dot, dot);
      }
    }
    pen.globalAlpha = 1;
    pen.font = `600 ${12 * ratio}px ${getComputedStyle(this.base).fontFamily}`;
    pen.textAlign = "center";
    pen.textBaseline = "middle";
    pen.lineJoin = "round";
    for (const label of shown) {
      if (!middles[label]) continue;
      const [x, y] = this.at(middles[label]);
      this.#write(pen, names[label], x, y, colours.text, colours.background);
    }
  }

  drawOverlay({ z, a, b, input, colours }) {
    const { side, ratio } = this;
    const pen = this.overlay.getContext("2d");
    pen.clearRect(0, 0, side, side);
    pen.font = `700 ${13 * ratio}px ${getComputedStyle(this.base).fontFamily}`;
    pen.textAlign = "center";
    pen.textBaseline = "middle";
    const stroke = (path, colour, width) => {
      for (const [style, line] of [[colours.background, width + 2.5], [colour, width]]) {
        pen.strokeStyle = style;
        pen.lineWidth = line * ratio;
        pen.stroke(path);
      }
    };
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
    if (input) {
      const [x, y] = this.at(input.mean);
      const radii = input.deviation.map((deviation) => (this.radius * deviation * side) / (2 * this.view));
      const ellipse = new Path2D();
      ellipse.ellipse(x, y, ...radii, 0, 0, 2 * Math.PI);
      pen.fillStyle = colours.accent;
      pen.globalAlpha = 0.25;
      pen.fill(ellipse);
      pen.globalAlpha = 1;
      stroke(ellipse, colours.accent, 2);
    }
    const [x, y] = this.at(z);
    const cross = new Path2D();
    for (const [dx, dy] of [[1, 0], [0, 1], [-1, 0], [0, -1]]) {
      cross.moveTo(x + dx * MARK * 0.6 * ratio, y + dy * MARK * 0.6 * ratio);
      cross.lineTo(x + dx * MARK * 2 * ratio, y + dy * MARK * 2 * ratio);
    }
    cross.moveTo(x + MARK * ratio, y);
    cross.arc(x, y, MARK * ratio, 0, 2 * Math.PI);
    stroke(cross, colours.text, 2);
  }

  #drawAxes(pen, colours) {
    const { side, ratio, view } = this;
    pen.lineWidth = ratio;
    pen.font = `${11 * ratio}px ${getComputedStyle(this.base).fontFamily}`;
    pen.textAlign = "left";
    pen.textBaseline = "bottom";
    for (let tick = Math.ceil(-view); tick <= view; tick++) {
      const [x, y] = this.at([tick, tick]);
      pen.strokeStyle = tick ? colours.grid : colours.muted;
      pen.globalAlpha = tick ? 1 : 0.7;
      pen.beginPath();
      pen.moveTo(x, 0);
      pen.lineTo(x, side);
      pen.moveTo(0, y);
      pen.lineTo(side, y);
      pen.stroke();
      pen.globalAlpha = 1;
      pen.fillStyle = colours.muted;
      const text = String(tick).replace("-", "\u2212");
      if (x + 16 * ratio < side) pen.fillText(text, x + 3 * ratio, side - 2 * ratio);
      if (tick > -view + 0.5 && y > 14 * ratio) pen.fillText(text, 3 * ratio, y - 2 * ratio);
    }
  }

  #write(pen, text, x, y, colour, halo) {
    pen.strokeStyle = halo;
    pen.lineWidth = 3.5 * this.ratio;
    pen.globalAlpha = 0.85;
    pen.strokeText(text, x, y);
    pen.globalAlpha = 1;
    pen.fillStyle = colour;
    pen.fillText(text, x, y);
  }
}

// A square of values as a picture to lay over the plane. values: rows from the lowest z2 up. paint: value, index -> [colour, alpha].
export function picture(values, size, paint) {
  const canvas = Object.assign(document.createElement("canvas"), { width: size, height: size });
  const image = new ImageData(size, size);
  for (let index = 0; index < size * size; index++) {
    const row = size - 1 - Math.floor(index / size);
    const [colour, alpha] = paint(values[index], index);
    image.data.set([...channels(colour), Math.round(255 * alpha)], 4 * (row * size + (index % size)));
  }
  canvas.getContext("2d").putImageData(image, 0, 0);
  return canvas;
}

// The middle of each cell of a square grid over the view, as pairs, rows from the lowest z2 up.
export function cells(view, size) {
  const along = (index) => (2 * view * (index + 0.5)) / size - view;
  return Array.from({ length: size * size }, (_, index) => [along(index % size), along(Math.floor(index / size))]);
}
