// What the network has learned: its output over the plane, as a curve, or its answers beneath the pictures.

import { button, classColours, colour, css, fill, labelled, make, mark, pixels, select, shades, sharp } from "./make.js";
import { act, known, on } from "./state.js";
import { W } from "./words.en.js";

const panel = document.getElementById("output");
const canvas = make("canvas", { className: "plane", tabIndex: 0, role: "img" });
const legend = make("ul", { className: "legend" });
const choosers = make("div", { className: "fields" });
const said = make("p", { className: "quiet", role: "status" });
const pictures = make("div", { className: "pictures", role: "group" });
const drawTools = make("div", { className: "drawing", hidden: true });
const small = document.createElement("canvas");
const EDGE = { left: 36, right: 8, top: 8, bottom: 24 };
let row = null, drawing = null;

export function mount() {
  panel.append(choosers, drawTools, canvas, pictures, legend, said);
  canvas.addEventListener("click", (event) => click(event.offsetX, event.offsetY));
  canvas.addEventListener("keydown", keys);
  document.addEventListener("draw-points", startDrawing);
  new ResizeObserver(() => draw(known.frame)).observe(canvas);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => { drawLegend(known.state); draw(known.frame); });
}

export const chosenRow = () => row;

function follow(number) {
  row = number;
  act("look", { row: number });
  document.dispatchEvent(new Event("row"));
  draw(known.frame);
  if (number === null) said.textContent = W.noRow;
}

function build(state, before) {
  const { data } = state;
  if (before && before.data.title !== data.title) row = null;
  canvas.hidden = data.kind === "pictures";
  pictures.hidden = data.kind !== "pictures";
  canvas.setAttribute("aria-label", W.plane(state.title));
  const named = data.columns.map((one, at) => [String(at), one.name]);
  const axis = (at) => labelled(W.axes[at], select(`axis-${at}`, named, String(data.axes[at]), (value) => {
    const axes = [...data.axes];
    const other = axes.indexOf(Number(value));
    if (other >= 0) axes[other] = axes[at];
    axes[at] = Number(value);
    act("look", { axes });
  }));
  const label = data.labels.length > 1 && (data.task === "multilabel" || data.kind === "curve")
    ? labelled(W.label, select("label", data.labels.map((one, at) => [String(at), one]), String(data.label), (value) => act("look", { label: Number(value) })))
    : null;
  const focused = document.activeElement?.id;
  fill(choosers, data.kind === "plane" && named.length > 2 ? [axis(0), axis(1), make("p", { className: "quiet" }, W.atMean)] : null, label);
  if (focused && choosers.querySelector(`#${focused}`)) choosers.querySelector(`#${focused}`).focus();
  if (row === null) said.textContent = data.points || data.pictures ? W.noRow : "";
  drawLegend(state);
  if (data.pictures) showPictures(data);
  draw(known.frame);
}

function drawLegend({ data }) {
  const key = (number, words, hollow) => {
    const one = make("canvas", { width: 32, height: 32, "aria-hidden": "true" });
    const context = one.getContext("2d");
    dot(context, number, 16, 16, 9, css(number === null ? [118, 118, 118] : classColours()[number % 8]), hollow, 3);
    return make("li", {}, one, words);
  };
  const names = drawing ? drawing.classes : data.kind === "pictures" ? [] : data.classes.slice(0, 12);
  const shown = names.map((name, number) => key(number, name));
  if (data.points && data.kind !== "pictures" && !drawing) {
    if (data.points.split.includes(2)) shown.push(key(null, W.trainPoint), key(null, W.testPoint, true));
  }
  if (!data.classes.length && data.kind === "plane") shown.push(scale());
  fill(legend, shown);
}

function scale() {
  const bar = make("span", { className: "bar", "aria-hidden": "true" });
  const head = known.frame?.head.plane;
  return make("li", {}, head?.low_text ?? "", bar, head?.high_text ?? "");
}

/** A point: filled with a white rim where it is learned from, white with a coloured rim where it is a test row. */
function dot(context, number, x, y, r, fillStyle, hollow, line) {
  mark(context, number ?? 0, x, y, r);
  context.lineWidth = line;
  context.fillStyle = hollow ? colour("rim") : fillStyle;
  context.strokeStyle = hollow ? fillStyle : colour("rim");
  context.fill();
  context.stroke();
}

function area() {
  const [width, height] = [canvas.clientWidth, canvas.clientHeight];
  return { x: EDGE.left, y: EDGE.top, width: width - EDGE.left - EDGE.right, height: height - EDGE.top - EDGE.bottom };
}

/** The ends of the picture in the data's own units: [low x, low y, high x, high y]. */
function ends() {
  const { data } = known.state;
  if (data.kind === "plane") return [data.low[0], data.low[1], data.high[0], data.high[1]];
  const heights = [...data.points.y, ...(known.frame?.head.curve?.y ?? [])].filter((one) => one !== null);
  const [low, high] = data.classes.length ? [0, 1] : [Math.min(...heights), Math.max(...heights)];
  const room = 0.06 * (high - low || 1);
  return [data.low[0], low - room, data.high[0], high + room];
}

function place(a, b) {
  const [lowX, lowY, highX, highY] = ends();
  const inside = area();
  return [inside.x + ((a - lowX) / (highX - lowX)) * inside.width, inside.y + ((highY - b) / (highY - lowY)) * inside.height];
}

function back(x, y) {
  const [lowX, lowY, highX, highY] = ends();
  const inside = area();
  return [lowX + ((x - inside.x) / inside.width) * (highX - lowX), highY - ((y - inside.y) / inside.height) * (highY - lowY)];
}

function draw(frame) {
  const { data } = known.state ?? {};
  if (!data) return;
  if (data.kind === "pictures") return answers(frame?.head.answers);
  if (!canvas.clientWidth) return;
  const [context] = sharp(canvas);
  const inside = area();
  context.fillStyle = colour("field");
  context.fillRect(inside.x, inside.y, inside.width, inside.height);
  const told = frame?.head.plane;
  if (data.kind === "plane" && told && frame.plane.length && !drawing?.fresh) {
    background(context, told, frame.plane, inside);
    boundaries(context, told, frame.plane, inside);
  }
  axes(context, data, inside);
  if (data.kind === "curve" && frame?.head.curve) curve(context, frame.head.curve);
  points(context, data);
  if (drawing) cursor(context);
}

function background(context, { size, form, boundary }, bytes, inside) {
  small.width = small.height = size;
  small.getContext("2d").putImageData(pixels({ size, form, boundary }, bytes), 0, 0);
  context.imageSmoothingEnabled = true;
  context.save();
  context.beginPath();
  context.rect(inside.x, inside.y, inside.width, inside.height);
  context.clip();
  const [stepX, stepY] = [inside.width / (size - 1), inside.height / (size - 1)]; // a cell's middle lies on its place
  context.drawImage(small, inside.x - stepX / 2, inside.y - stepY / 2, inside.width + stepX, inside.height + stepY);
  context.restore();
}

/** The lines between classes: where how much a class leads goes through 0, cell by cell (marching squares). */
function boundaries(context, { size, form, boundary }, bytes, inside) {
  const lead = form === "class"
    ? [...new Set(Array.from(bytes, (byte) => byte >> 4))].map((one) => Float32Array.from(bytes, (byte) => (byte >> 4 === one ? 1 : -1) * ((byte & 15) + 0.5)))
    : boundary === null ? [] : [Float32Array.from(bytes, (byte) => byte - boundary)];
  context.beginPath();
  for (const field of lead) {
    for (let i = 0; i + 1 < size; i++) {
      for (let j = 0; j + 1 < size; j++) {
        const corners = [field[i * size + j], field[i * size + j + 1], field[(i + 1) * size + j + 1], field[(i + 1) * size + j]];
        const cuts = [];
        for (let side = 0; side < 4; side++) {
          const [a, b] = [corners[side], corners[(side + 1) % 4]];
          if (a > 0 === b > 0) continue;
          const share = a / (a - b);
          cuts.push([[j + share, i], [j + 1, i + share], [j + 1 - share, i + 1], [j, i + 1 - share]][side]);
        }
        for (let one = 0; one + 1 < cuts.length; one += 2) {
          for (const [at, [x, y]] of [cuts[one], cuts[one + 1]].entries()) {
            const [u, v] = [inside.x + (x / (size - 1)) * inside.width, inside.y + (y / (size - 1)) * inside.height];
            if (at) context.lineTo(u, v);
            else context.moveTo(u, v);
          }
        }
      }
    }
  }
  context.strokeStyle = colour("ink");
  context.lineWidth = 1.6;
  context.stroke();
}

function axes(context, data, inside) {
  context.strokeStyle = colour("line");
  context.lineWidth = 1;
  context.strokeRect(inside.x + 0.5, inside.y + 0.5, inside.width - 1, inside.height - 1);
  context.fillStyle = colour("soft");
  context.font = `${0.75 * parseFloat(getComputedStyle(document.documentElement).fontSize)}px system-ui, sans-serif`;
  const [lowX, lowY] = ends();
  data.ticks[0]?.forEach((text, at) => {
    const [x] = place(data.at[0][at], lowY);
    context.textAlign = x > inside.x + inside.width - 14 ? "right" : "center";
    context.fillText(text, Math.min(x, inside.x + inside.width), inside.y + inside.height + 16);
  });
  context.textAlign = "right";
  data.ticks[1]?.forEach((text, at) => {
    const [, y] = place(lowX, data.at[1][at]);
    if (y >= inside.y - 1 && y <= inside.y + inside.height + 1) context.fillText(text, inside.x - 5, Math.max(y + 4, inside.y + 9));
  });
}

function curve(context, { x, y }) {
  context.beginPath();
  x.forEach((one, at) => context[at ? "lineTo" : "moveTo"](...place(one, y[at])));
  context.strokeStyle = colour("class-0");
  context.lineWidth = 3;
  context.stroke();
}

function points(context, data) {
  if (!data.points) return;
  const all = classColours();
  const { x, y, t, split, row: rows } = drawing ? drawing.points : data.points;
  const r = Math.max(3.2, Math.min(5.5, 70 / Math.sqrt(x.length)));
  const { low = 0, high = 1 } = known.frame?.head.plane ?? {};
  const amounts = data.classes.length ? null : shades("value", null);
  const look = (at) => (data.classes.length || drawing ? css(all[t[at] % 8]) : data.kind === "curve" ? css(all[1]) : css(amounts[Math.round(255 * Math.max(0, Math.min(1, (t[at] - low) / (high - low || 1))))]));
  let last = null;
  for (let at = 0; at < x.length; at++) {
    const [u, v] = place(x[at], y[at]);
    dot(context, data.classes.length || drawing ? t[at] : 0, u, v, r, look(at), split[at] === 2, 1.2);
    if (rows[at] === row) last = [u, v, at];
  }
  if (!last || drawing) return;
  context.beginPath();
  context.arc(last[0], last[1], r + 5, 0, 2 * Math.PI);
  context.strokeStyle = colour("ink");
  context.lineWidth = 2.5;
  context.stroke();
}

function nearest(x, y, { x: xs, y: ys }, reach) {
  let best = -1, least = reach ** 2;
  xs.forEach((one, at) => {
    const [u, v] = place(one, ys[at]);
    const far = (u - x) ** 2 + (v - y) ** 2;
    if (far < least) [best, least] = [at, far];
  });
  return best;
}

function click(x, y) {
  if (drawing) return addPoint(...back(x, y));
  const { points: all } = known.state.data;
  const at = all ? nearest(x, y, all, 18) : -1;
  return follow(at < 0 || all.row[at] === row ? null : all.row[at]);
}

function keys(event) {
  if (drawing) return drawKeys(event);
  const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
  const all = known.state.data.points?.row ?? [];
  if (event.key === "Escape") follow(null);
  if (!step || !all.length) return undefined;
  event.preventDefault();
  return follow(all[(all.indexOf(row) + step + all.length) % all.length] ?? all[0]);
}

// Drawing points: by pointer, or by arrow keys and Enter.

function startDrawing() {
  if (drawing) return;
  const { data } = known.state;
  const own = data.points_file && data.points;
  drawing = {
    fresh: !own, kind: 0, at: null, classes: own ? [...data.classes] : ["a", "b"],
    points: own ? structuredClone(data.points) : { x: [], y: [], t: [], split: [], row: [] },
  };
  if (data.kind === "plane") tools();
  else act("build", { address: "dataset=moons" }).then(tools); // a plane to draw on
}

function tools() {
  const { classes, kind, points: { x } } = drawing;
  const names = [...classes.map((one, at) => [String(at), one]), ...(classes.length < 6 ? [["new", W.newClass]] : [])];
  drawTools.hidden = false;
  said.textContent = "";
  canvas.setAttribute("aria-label", W.drawing);
  fill(drawTools, make("p", {}, W.drawing),
    labelled(W.drawAs, select("draw-as", names, String(kind), (value) => {
      if (value === "new") classes.push(String.fromCharCode(97 + classes.length));
      drawing.kind = value === "new" ? classes.length - 1 : Number(value);
      tools();
    })),
    make("p", { className: "quiet", id: "drawn", role: "status" }, W.drawn(x.length)),
    make("div", { className: "buttons" }, button(W.stopDrawing, finish, { className: "primary", id: "learn-points" }),
      drawing.fresh ? null : button(W.clear, () => { drawing.points = { x: [], y: [], t: [], split: [], row: [] }; drawing.fresh = true; tools(); }),
      button(W.close, stop)));
  drawLegend(known.state);
  draw(known.frame);
}

function addPoint(a, b) {
  const [lowX, lowY, highX, highY] = ends();
  if (a < lowX || a > highX || b < lowY || b > highY || drawing.points.x.length >= known.state.limits.points) return;
  const { x, y, t, split, row: rows } = drawing.points;
  [x, y, t, split, rows].forEach((list, at) => list.push([a, b, drawing.kind, 0, rows.length][at]));
  document.getElementById("drawn").textContent = W.drawn(x.length);
  draw(known.frame);
}

function drawKeys(event) {
  const inside = area();
  drawing.at ??= [inside.x + inside.width / 2, inside.y + inside.height / 2];
  const far = event.shiftKey ? 4 : 16;
  const way = { ArrowLeft: [-far, 0], ArrowRight: [far, 0], ArrowUp: [0, -far], ArrowDown: [0, far] }[event.key];
  if (way) drawing.at = [Math.max(inside.x, Math.min(inside.x + inside.width, drawing.at[0] + way[0])), Math.max(inside.y, Math.min(inside.y + inside.height, drawing.at[1] + way[1]))];
  else if (event.key === "Enter" || event.key === " ") addPoint(...back(...drawing.at));
  else if (event.key === "Delete" || event.key === "Backspace") {
    const at = nearest(...drawing.at, drawing.points, 1e9);
    if (at >= 0) for (const list of Object.values(drawing.points)) list.splice(at, 1);
    document.getElementById("drawn").textContent = W.drawn(drawing.points.x.length);
  } else if (event.key === "Escape") return stop();
  else return undefined;
  event.preventDefault();
  return draw(known.frame);
}

function cursor(context) {
  if (!drawing.at) return;
  const [x, y] = drawing.at;
  context.strokeStyle = colour("ink");
  context.lineWidth = 2;
  context.beginPath();
  for (const [a, b] of [[9, 0], [-9, 0], [0, 9], [0, -9]]) { context.moveTo(x + a / 3, y + b / 3); context.lineTo(x + a, y + b); }
  context.stroke();
}

async function finish() {
  const { points: { x, y, t }, classes } = drawing;
  const answer = await act("points", { rows: x.map((one, at) => [one, y[at], classes[t[at]]]) });
  if (answer) stop();
}

function stop() {
  drawing = null;
  drawTools.hidden = true;
  build(known.state);
  canvas.focus();
}

// Pictures: some rows with the answers beneath.

function showPictures({ pictures: told, classes }) {
  const { width, height, pixels, row: rows, t } = told;
  const bytes = Uint8Array.from(atob(pixels), (one) => one.charCodeAt(0));
  const key = JSON.stringify([rows, t, pixels.length]);
  if (pictures.dataset.key === key) return;
  pictures.dataset.key = key;
  fill(pictures, rows.map((number, at) => {
    const image = new ImageData(width, height);
    for (let one = 0; one < width * height; one++) image.data.set([0, 0, 0, bytes[at * width * height + one]], 4 * one);
    const drawn = make("canvas", { width, height, "aria-hidden": "true" });
    drawn.getContext("2d").putImageData(image, 0, 0);
    return make("button", { type: "button", onclick: () => follow(number === row ? null : number), "data-row": number, "aria-label": classes[t[at]] }, drawn, make("span", {}, classes[t[at]]));
  }));
}

function answers(told) {
  const { pictures: all, classes } = known.state.data;
  [...pictures.children].forEach((one, at) => {
    one.setAttribute("aria-current", String(all.row[at] === row));
    if (!told) return;
    one.dataset.right = told.right[at] ? "yes" : "no";
    one.lastChild.textContent = `${told.right[at] ? "✓" : "✗"} ${classes[told.y[at]]}`;
    one.setAttribute("aria-label", W.answered(classes[all.t[at]], classes[told.y[at]]));
  });
}

on("state", build);
on("frame", (frame) => {
  if (!known.state.data.classes.length && !legend.textContent) drawLegend(known.state);
  draw(frame);
  const told = frame.head.row;
  if (told && told.row === row) said.textContent = W.row(told.row, told.t, told.y);
});
