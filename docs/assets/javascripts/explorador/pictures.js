// Images of 28 by 28 grey values on canvases of so many pixels; the style sheet scales them.

export const SIDE = 28;

// values: 0 to 255, rows from above. at: column of the canvas where the image begins.
export function show(canvas, values, at = 0) {
  const image = new ImageData(SIDE, SIDE);
  for (let index = 0; index < SIDE * SIDE; index++) image.data.fill(values[index], 4 * index, 4 * index + 3);
  for (let index = 3; index < image.data.length; index += 4) image.data[index] = 255;
  canvas.getContext("2d").putImageData(image, at, 0);
}

export function clear(canvas) {
  canvas.getContext("2d").clearRect(0, 0, canvas.width, canvas.height);
}

export const toGrey = (probabilities) => Uint8ClampedArray.from(probabilities, (p) => Math.round(255 * p));
