// Drawing an input by hand, on its own 28 by 28 values: what a canvas gives back may be blurred on purpose by a careful browser.
import { show, SIDE } from "./pictures.js";

const RADIUS = 1.5; // pixels of the image

export class Sketch {
  constructor(canvas, onChange) {
    Object.assign(this, { canvas, onChange, values: new Uint8ClampedArray(SIDE * SIDE) });
    let before = null;
    const place = (event) => {
      const box = canvas.getBoundingClientRect();
      return [((event.clientX - box.left) / box.width) * SIDE, ((event.clientY - box.top) / box.height) * SIDE];
    };
    canvas.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      canvas.setPointerCapture(event.pointerId);
      before = place(event);
      this.#line(before, before);
    });
    canvas.addEventListener("pointermove", (event) => {
      if (!before) return;
      const here = place(event);
      this.#line(before, here);
      before = here;
    });
    for (const name of ["pointerup", "pointercancel"]) canvas.addEventListener(name, () => (before = null));
    show(canvas, this.values);
  }

  set(values) {
    this.values = Uint8ClampedArray.from(values);
    show(this.canvas, this.values);
  }

  // A stroke of round tip: full within the radius, fading over one pixel.
  #line([x0, y0], [x1, y1]) {
    const length2 = (x1 - x0) ** 2 + (y1 - y0) ** 2;
    for (let index = 0; index < SIDE * SIDE; index++) {
      const [x, y] = [(index % SIDE) + 0.5, Math.floor(index / SIDE) + 0.5];
      const along = length2 ? Math.min(1, Math.max(0, ((x - x0) * (x1 - x0) + (y - y0) * (y1 - y0)) / length2)) : 0;
      const distance = Math.hypot(x - x0 - along * (x1 - x0), y - y0 - along * (y1 - y0));
      const ink = 255 * Math.min(1, Math.max(0, RADIUS + 0.5 - distance));
      this.values[index] = Math.max(this.values[index], ink);
    }
    show(this.canvas, this.values);
    this.onChange(this.values);
  }
}
