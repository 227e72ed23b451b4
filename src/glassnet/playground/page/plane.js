// What the network has learned: its output over the plane or along a curve, with the rows; or answers to pictures.

import { classColours, css, fill, labelled, make, onScheme, quiet, select, shades, sharp } from "./make.js";
import * as paint from "./painting.js";
import * as pictures from "./pictures.js";
import * as drawing from "./points.js";
import { known, look, on } from "./state.js";
import { W } from "./words.en.js";

const { sketch } = drawing;
const GREY = "rgb(118 118 118)", MOST_NAMES = 12;
const canvas = make("canvas", { className: "plane", tabIndex: 0, role: "img" });
const legend = make("ul", { className: "legend" });
const choosers = make("div", { className: "fields" });
const said = make("p", { className: "quiet", role: "status" });

export function mount() {
  document.getElementById("output").append(choosers, drawing.mount(), canvas, pictures.mount(), legend, said);
  canvas.addEventListener("click", (event) => click(event.offsetX, event.offsetY));
  canvas.addEventListener("keydown", keys);
  sketch.redraw = redraw;
  sketch.done = () => {
    build(known.state);
    canvas.focus();
  };
  new ResizeObserver(draw).observe(canvas);
  onScheme(redraw);
}

function follow(number) {
  known.row = number === known.row ? null : number;
  if (known.row === null) said.textContent = W.noRow;
  look();
  draw();
}

function build(state, before) {
  const { data } = state;
  if (before && before.title !== state.title) known.row = null;
  canvas.hidden = !["plane", "curve"].includes(data.kind);
  canvas.setAttribute("aria-label", sketch.now ? W.drawing : W.plane(state.title));
  pictures.build(data, follow);
  const focused = document.activeElement?.id;
  fill(choosers, chooseAxes(data), chooseLabel(data));
  if (focused) choosers.querySelector(`#${focused}`)?.focus();
  if (known.row === null) said.textContent = data.kind === "none" ? W.noPlane : W.noRow;
  redraw();
}

/** Which two of several columns make the plane; choosing the other's column lets them change places. */
function chooseAxes({ kind, columns, axes }) {
  const numbers = columns.map((one, at) => ({ ...one, at })).filter((one) => one.kind === "number");
  if (kind !== "plane" || columns.length < 3) return null;
  const names = numbers.map(({ name, at }) => [String(at), name]);
  const axis = (at) => labelled(W.axes[at], select(`axis-${at}`, names, String(axes[at]), (value) => {
    const chosen = axes.map((one) => (one === Number(value) ? axes[at] : one));
    chosen[at] = Number(value);
    look({ axes: chosen });
  }));
  return [axis(0), axis(1), quiet(W.atMean)];
}

function chooseLabel({ labels, label }) {
  if (labels.length < 2) return null;
  const names = labels.map((one, at) => [String(at), one]);
  return labelled(W.label, select("label", names, String(label), (value) => look({ label: Number(value) })));
}

function redraw() {
  if (!known.state) return;
  choosers.hidden = Boolean(sketch.now); // what is drawn has two columns and classes of its own
  drawLegend(known.state.data);
  draw();
}

function drawLegend({ kind, classes, points }) {
  if (sketch.now) said.textContent = "";
  const key = (words, number, paints, hollow) => {
    const one = make("canvas", { width: 32, height: 32, "aria-hidden": "true" });
    paint.dot(one.getContext("2d"), number, 16, 16, 9, paints, hollow, 3);
    return make("li", {}, one, words);
  };
  const all = classColours();
  const names = sketch.now?.classes ?? (kind === "pictures" ? [] : classes.slice(0, MOST_NAMES));
  const entries = names.map((name, number) => key(name, number, css(all[number % 8])));
  if (points?.split.includes(2) && !sketch.now)
    entries.push(key(W.trainPoint, 0, GREY), key(W.testPoint, 0, GREY, true));
  const told = known.frame?.head.plane;
  const bar = make("span", { className: "bar", "aria-hidden": "true" });
  if (told && kind === "plane" && !classes.length) entries.push(make("li", {}, told.low_text, bar, told.high_text));
  fill(legend, entries);
}

/** The ends of what is seen, in the data's own units: [low x, low y, high x, high y]. */
function ends({ kind, low, high, points, classes }) {
  if (kind === "plane" || low.length > 1) return [low[0], low[1], high[0], high[1]];
  const heights = [...points.y, ...(known.frame?.head.curve?.y ?? [])].filter((one) => one !== null);
  const [least, most] = classes.length ? [0, 1] : [Math.min(...heights), Math.max(...heights)];
  const room = 0.06 * (most - least || 1);
  return [low[0], least - room, high[0], most + room];
}

const view = () => paint.viewOf(canvas, ends(known.state.data));

/** How a point looks: [its mark, its colour]; numbers are coloured as the ground is. */
function looks({ kind, classes, points }) {
  const all = classColours();
  const t = (sketch.now?.points ?? points).t;
  if (classes.length || sketch.now) return (at) => [t[at], css(all[t[at] % 8])];
  if (kind === "curve") return () => [0, css(all[1])];
  const { low = 0, high = 1 } = known.frame?.head.plane ?? {};
  const ground = shades({ form: "value", boundary: null });
  const share = (value) => Math.max(0, Math.min(1, (value - low) / (high - low || 1)));
  return (at) => [0, css(ground[Math.round(255 * share(t[at]))])];
}

function draw() {
  const { frame, state } = known;
  if (!state) return;
  const { data } = state;
  if (data.kind === "pictures") pictures.answer(data, frame?.head.answers, known.row);
  if (canvas.hidden || !canvas.clientWidth || !(frame || sketch.now)) return; // a frame is on its way
  const [context] = sharp(canvas);
  const seen = view();
  const told = data.kind === "plane" && !sketch.now?.fresh && frame?.plane.length && frame.head.plane;
  if (told) {
    paint.ground(context, seen, told, frame.plane);
    paint.boundaries(context, seen, told, frame.plane);
  }
  paint.axes(context, seen, data);
  if (frame?.head.curve) paint.curve(context, seen, frame.head.curve);
  const points = sketch.now?.points ?? data.points;
  if (points) paint.points(context, seen, points, looks(data), sketch.now ? null : known.row);
  if (sketch.now) drawing.cross(context);
}

function click(x, y) {
  if (sketch.now) {
    drawing.add(view(), x, y);
    return;
  }
  const { points } = known.state.data;
  const at = points ? paint.nearest(view(), x, y, points, 18) : -1;
  if (at >= 0 || known.row !== null) follow(at < 0 ? known.row : points.row[at]);
}

function keys(event) {
  if (sketch.now) {
    drawing.keys(view(), event);
    return;
  }
  const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
  const all = known.state.data.points?.row ?? [];
  if (event.key === "Escape" && known.row !== null) follow(known.row);
  if (!step || !all.length) return;
  event.preventDefault();
  follow(known.row === null ? all[0] : all[(all.indexOf(known.row) + step + all.length) % all.length]);
}

on("state", build);
on("frame", ({ head }) => {
  if (!known.state.data.classes.length && !legend.querySelector(".bar")) drawLegend(known.state.data);
  draw();
  if (head.row && head.row.row === known.row) said.textContent = W.row(known.row, head.row.t, head.row.y);
});
