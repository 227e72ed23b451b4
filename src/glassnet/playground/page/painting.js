// How the output is painted on a canvas: the ground, the lines between classes, axes, a curve and points.

import { colour, mark, shades, stamp } from "./make.js";

const EDGE = { left: 36, right: 8, top: 8, bottom: 24 };
const small = document.createElement("canvas");

/** Where things lie: `inside` is the frame in pixels, `place` goes from the data's units to pixels, `back` returns. */
export function viewOf(canvas, [lowX, lowY, highX, highY]) {
  const [width, height] = [canvas.clientWidth - EDGE.left - EDGE.right, canvas.clientHeight - EDGE.top - EDGE.bottom];
  const [x, y, wide, high] = [EDGE.left, EDGE.top, highX - lowX || 1, highY - lowY || 1];
  return {
    inside: { x, y, width, height },
    place: (a, b) => [x + ((a - lowX) / wide) * width, y + ((highY - b) / high) * height],
    back: (u, v) => [lowX + ((u - x) / width) * wide, highY - ((v - y) / height) * high],
    holds: (a, b) => a >= lowX && a <= highX && b >= lowY && b <= highY,
  };
}

/** The picture of the plane, smooth, each byte's middle on its place. */
export function ground(context, { inside }, told, bytes) {
  const { size } = told;
  stamp(small, size, size, bytes, shades(told));
  const [stepX, stepY] = [inside.width / (size - 1), inside.height / (size - 1)];
  context.save();
  context.beginPath();
  context.rect(inside.x, inside.y, inside.width, inside.height);
  context.clip();
  context.drawImage(small, inside.x - stepX / 2, inside.y - stepY / 2, inside.width + stepX, inside.height + stepY);
  context.restore();
}

/** How much each class leads at every place: the lines between classes are where it goes through 0. */
function leads({ form, boundary }, bytes) {
  if (form !== "class") return boundary === null ? [] : [Float32Array.from(bytes, (byte) => byte - boundary)];
  const lead = (one) => (byte) => (byte >> 4 === one ? 1 : -1) * ((byte & 15) + 0.5);
  return [...new Set(Array.from(bytes, (byte) => byte >> 4))].map((one) => Float32Array.from(bytes, lead(one)));
}

/** The lines between classes, cell by cell (marching squares). */
export function boundaries(context, { inside }, told, bytes) {
  const { size } = told;
  const [stepX, stepY] = [inside.width / (size - 1), inside.height / (size - 1)];
  context.beginPath();
  for (const field of leads(told, bytes)) {
    for (let at = 0; at < size * (size - 1); at++) {
      const [i, j] = [Math.floor(at / size), at % size];
      if (j + 1 === size) continue;
      const corners = [field[at], field[at + 1], field[at + size + 1], field[at + size]];
      const cuts = [];
      for (let side = 0; side < 4; side++) {
        const [a, b] = [corners[side], corners[(side + 1) % 4]];
        if (a > 0 === b > 0) continue;
        const share = a / (a - b);
        cuts.push([[j + share, i], [j + 1, i + share], [j + 1 - share, i + 1], [j, i + 1 - share]][side]);
      }
      cuts.forEach(([x, y], one) =>
        context[one % 2 ? "lineTo" : "moveTo"](inside.x + x * stepX, inside.y + y * stepY));
    }
  }
  context.strokeStyle = colour("ink");
  context.lineWidth = 1.6;
  context.stroke();
}

/** A frame with ticks, whose places and texts come from the server. */
export function axes(context, { inside, place }, { ticks, at }) {
  const { x, y, width, height } = inside;
  const [right, bottom] = [x + width, y + height];
  context.strokeStyle = colour("line");
  context.lineWidth = 1;
  context.strokeRect(x + 0.5, y + 0.5, width - 1, height - 1);
  context.fillStyle = colour("soft");
  context.font = `${0.75 * parseFloat(getComputedStyle(document.documentElement).fontSize)}px system-ui, sans-serif`;
  ticks[0]?.forEach((text, one) => {
    const [u] = place(at[0][one], 0);
    context.textAlign = u > right - 14 ? "right" : "center";
    context.fillText(text, Math.min(u, right), bottom + 16);
  });
  context.textAlign = "right";
  ticks[1]?.forEach((text, one) => {
    const [, v] = place(0, at[1][one]);
    if (v >= y - 1 && v <= bottom + 1) context.fillText(text, x - 5, Math.max(v + 4, y + 9));
  });
}

export function curve(context, { place }, { x, y }) {
  context.beginPath();
  x.forEach((one, at) => context[at ? "lineTo" : "moveTo"](...place(one, y[at])));
  context.strokeStyle = colour("class-0");
  context.lineWidth = 3;
  context.stroke();
}

/** A point: filled with a white rim where it is learned from, white with a coloured rim where it is a test row. */
export function dot(context, number, x, y, r, paint, hollow, line = 1.2) {
  mark(context, number, x, y, r);
  context.lineWidth = line;
  context.fillStyle = hollow ? colour("rim") : paint;
  context.strokeStyle = hollow ? paint : colour("rim");
  context.fill();
  context.stroke();
}

/** All points, each as `look(number)` says: [its mark, its colour]; a ring around the row that is followed. */
export function points(context, { place }, { x, y, split, row }, look, followed) {
  const r = Math.max(3.2, Math.min(5.5, 70 / Math.sqrt(x.length)));
  x.forEach((one, at) => {
    const [number, paint] = look(at);
    dot(context, number, ...place(one, y[at]), r, paint, split[at] === 2);
  });
  const at = followed === null ? -1 : row.indexOf(followed);
  if (at < 0) return;
  context.beginPath();
  context.arc(...place(x[at], y[at]), r + 5, 0, 2 * Math.PI);
  context.strokeStyle = colour("ink");
  context.lineWidth = 2.5;
  context.stroke();
}

/** The number of the point nearest to a pixel, within `reach` pixels; -1 where there is none. */
export function nearest({ place }, x, y, { x: xs, y: ys }, reach) {
  let best = -1, least = reach ** 2;
  xs.forEach((one, at) => {
    const [u, v] = place(one, ys[at]);
    const far = (u - x) ** 2 + (v - y) ** 2;
    if (far < least) [best, least] = [at, far];
  });
  return best;
}
