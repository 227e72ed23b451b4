// Points drawn by hand, with the pointer or with arrow keys and Enter: a table of one's own making.

import { button, buttons, colour, fill, labelled, make, primary, select } from "./make.js";
import { nearest } from "./painting.js";
import { act, known } from "./state.js";
import { W } from "./words.en.js";

const MOST_CLASSES = 6;
const empty = () => ({ x: [], y: [], t: [], split: [], row: [] });
const tools = make("div", { className: "drawing", hidden: true });

/** What is being drawn, or null: points, classes, the class that is drawn now, where the keys stand in pixels. */
export const sketch = { now: null, redraw: () => undefined, done: () => undefined };

export function mount() {
  document.addEventListener("draw-points", begin);
  return tools;
}

/** Begins with the points drawn before, or with none; where there is no plane, with that of two moons. */
async function begin() {
  if (sketch.now) return;
  if (known.state.data.kind !== "plane" && !(await act("build", { address: "dataset=moons" }))) return;
  const { points_file: own, points, classes } = known.state.data;
  const drawn = own && points ? { points: structuredClone(points), classes: [...classes] } : null;
  sketch.now = { fresh: !drawn, kind: 0, at: null, ...(drawn ?? { points: empty(), classes: ["a", "b"] }) };
  show();
}

function show() {
  const { classes, kind, fresh, points } = sketch.now;
  const names = classes.map((one, at) => [String(at), one]);
  if (classes.length < MOST_CLASSES) names.push(["new", W.newClass]);
  const choose = (value) => {
    if (value === "new") classes.push(String.fromCharCode(97 + classes.length));
    sketch.now.kind = value === "new" ? classes.length - 1 : Number(value);
    show();
  };
  const clear = () => {
    Object.assign(sketch.now, { points: empty(), fresh: true });
    show();
  };
  tools.hidden = false;
  fill(tools, make("p", {}, W.drawing), labelled(W.drawAs, select("draw-as", names, String(kind), choose)),
    make("p", { className: "quiet", id: "drawn", role: "status" }, W.drawn(points.x.length)),
    buttons(primary(W.stopDrawing, finish, "learn-points"), fresh ? null : button(W.clear, clear),
      button(W.close, stop)));
  sketch.redraw();
}

function count() {
  document.getElementById("drawn").textContent = W.drawn(sketch.now.points.x.length);
  sketch.redraw();
}

/** A point of the class that is drawn now, at a pixel. */
export function add(view, u, v) {
  const { points: { x, y, t, split, row }, kind } = sketch.now;
  const [a, b] = view.back(u, v);
  if (!view.holds(a, b) || x.length >= known.state.limits.points) return;
  x.push(a);
  y.push(b);
  t.push(kind);
  split.push(0);
  row.push(row.length);
  count();
}

function remove(view, u, v) {
  const { points } = sketch.now;
  const at = nearest(view, u, v, points, 1e9);
  if (at >= 0) for (const list of Object.values(points)) list.splice(at, 1);
  count();
}

/** Arrows move a cross (with Shift by little), Enter and the space bar draw, Delete takes away, Escape ends. */
export function keys(view, event) {
  const { x, y, width, height } = view.inside;
  const at = (sketch.now.at ??= [x + width / 2, y + height / 2]);
  const far = event.shiftKey ? 4 : 16;
  const way = { ArrowLeft: [-far, 0], ArrowRight: [far, 0], ArrowUp: [0, -far], ArrowDown: [0, far] }[event.key];
  const within = (value, low, high) => Math.max(low, Math.min(high, value));
  if (way) sketch.now.at = [within(at[0] + way[0], x, x + width), within(at[1] + way[1], y, y + height)];
  else if (["Enter", " "].includes(event.key)) add(view, ...at);
  else if (["Delete", "Backspace"].includes(event.key)) remove(view, ...at);
  else if (event.key === "Escape") stop();
  else return;
  event.preventDefault();
  sketch.redraw();
}

export function cross(context) {
  if (!sketch.now.at) return;
  const [x, y] = sketch.now.at;
  context.strokeStyle = colour("ink");
  context.lineWidth = 2;
  context.beginPath();
  for (const [a, b] of [[9, 0], [-9, 0], [0, 9], [0, -9]]) {
    context.moveTo(x + a / 3, y + b / 3);
    context.lineTo(x + a, y + b);
  }
  context.stroke();
}

async function finish() {
  const { points: { x, y, t }, classes } = sketch.now;
  if (await act("points", { rows: x.map((one, at) => [one, y[at], classes[t[at]]]) })) stop();
}

function stop() {
  sketch.now = null;
  tools.hidden = true;
  sketch.done();
}
