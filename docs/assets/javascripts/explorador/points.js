// The test images as points of the latent plane.

// float16, little-endian, as the results hold them; Float16Array is too new to be counted on.
export function fromHalves(bytes) {
  const halves = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Float32Array.from({ length: bytes.byteLength / 2 }, (_, index) => {
    const half = halves.getUint16(2 * index, true);
    const sign = half & 0x8000 ? -1 : 1;
    const exponent = (half >> 10) & 31;
    const fraction = half & 1023;
    if (exponent === 31) return fraction ? NaN : sign * Infinity;
    return exponent ? sign * (1 + fraction / 1024) * 2 ** (exponent - 15) : sign * fraction * 2 ** -24;
  });
}

// The nearest points of the classes that are shown, nearest first. limit: how many points, from the first, are looked at.
export function nearest(points, labels, shown, [x, y], count = 1, limit = labels.length) {
  const found = []; // [squared distance, index], sorted
  for (let index = 0; index < limit; index++) {
    if (!shown.has(labels[index])) continue;
    const distance = (points[2 * index] - x) ** 2 + (points[2 * index + 1] - y) ** 2;
    if (found.length === count && distance >= found[count - 1][0]) continue;
    let place = found.length;
    while (place > 0 && found[place - 1][0] > distance) place--;
    found.splice(place, 0, [distance, index]);
    if (found.length > count) found.pop();
  }
  return found.map(([, index]) => index);
}

// The class that most of some points have, and how many have it.
export function majority(indices, labels) {
  const counts = new Map();
  for (const index of indices) counts.set(labels[index], (counts.get(labels[index]) ?? 0) + 1);
  return [...counts].reduce((best, one) => (one[1] > best[1] ? one : best), [null, 0]);
}

// The median point of every class, where its name stands; null for one without points.
export function medians(points, labels, classes) {
  const middle = (values) => values.sort((a, b) => a - b)[values.length >> 1];
  return Array.from({ length: classes }, (_, label) => {
    const own = [...labels.keys()].filter((index) => labels[index] === label);
    return own.length ? [0, 1].map((axis) => middle(own.map((index) => points[2 * index + axis]))) : null;
  });
}
