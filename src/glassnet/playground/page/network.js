// The network: a column for each layer, a button with its own picture for each unit, and lines for the weights.

import {
  button, changed, check, classColours, colour, css, fill, make, mark, onScheme, quiet, select, shades, sharp, stamp,
} from "./make.js";
import { choices, entry, phrase, put } from "./menus.js";
import { act, known, look, on } from "./state.js";
import { W } from "./words.en.js";

const MOST_INPUTS = 16; // more of them are one box
const panel = document.getElementById("network");
const lines = make("canvas", { className: "lines", "aria-hidden": "true" });
const said = `${W.headings.network}. ${W.networkHelp}`;
const layers = make("div", { className: "layers", role: "group", "aria-label": said });
const facts = make("p", { className: "quiet" });
const net = make("div", { className: "net" }, lines, layers);
const STUCK = { dead: W.dead, saturated: W.saturated };
const signs = Object.fromEntries([["dead", W.deadUnit], ["saturated", W.saturatedUnit]].map(([state, words]) =>
  [state, make("li", { hidden: true }, make("span", { className: `sign ${state}`, "aria-hidden": "true" }), words)]));
let columns = [], here = [1, 0], chosen = null;

export function mount() {
  const add = button(`+ ${W.addLayer}`, () => setHidden([...hidden(), hidden().at(-1) ?? 4]), { id: "add-layer" });
  const sign = (name) =>
    make("li", {}, make("span", { className: `stroke ${name}`, "aria-hidden": "true" }), W[name]);
  panel.append(make("div", { className: "beside" }, add, facts), make("div", { className: "scroll" }, net),
    make("ul", { className: "legend" }, ["positive", "negative"].map(sign), Object.values(signs)));
  layers.addEventListener("keydown", walk);
  new ResizeObserver(drawLines).observe(net);
  onScheme(() => known.frame && draw(known.frame));
}

const hidden = () => known.state.network.widths.slice(1, -1);
const setHidden = (widths) => {
  const given = known.state.parts.activation.map(phrase);
  const settings = { hidden: widths.length ? widths.join(",") : "none" };
  const kept = widths.map((_, at) => given[Math.min(at, given.length - 1)]);
  return put(new Set(given).size > 1 ? { ...settings, activation: kept.join(";") } : settings);
};

function setActivation(at, name) {
  const all = known.state.parts.activation.map(phrase);
  all[at] = name;
  put({ activation: new Set(all).size === 1 ? all[0] : all.join(";") });
}

/** Puts the columns up anew when the shape has changed; small changes only tick boxes. */
function build(state) {
  const { network, data, parts, limits } = state;
  facts.textContent = network.says;
  const used = network.layers.map((one) => [one.activation, one.package]);
  if (changed("network", [network.widths, used, data.inputs, data.classes, data.kind, parts.activation])) {
    const focused = panel.contains(document.activeElement) ? document.activeElement.id : "";
    columns = [inputs(data, network.widths[0]), ...network.layers.map((layer, at) => column(layer, at, state))];
    fill(layers, columns.map((one) => one.element));
    here = [Math.min(here[0], network.layers.length), 0];
    stand(...here);
    (document.getElementById(focused) ?? (focused ? columns[here[0]].units[0] : null))?.focus();
    requestAnimationFrame(drawLines);
  }
  document.getElementById("add-layer").disabled = hidden().length >= limits.layers;
  for (const { number, frozen } of network.layers) document.getElementById(`freeze-${number}`).checked = frozen;
}

const picture = () => make("canvas", { width: 25, height: 25, "aria-hidden": "true" });

function inputs({ inputs: names }, count) {
  const one = count > MOST_INPUTS || names.length !== count;
  const boxes = one
    ? [make("div", { className: "many" }, W.manyInputs(count))]
    : names.map((name) => make("div", { className: "unit still" }, picture(), make("span", { title: name }, name)));
  const units = make("div", { className: "units" }, boxes);
  return { element: make("div", { className: "layer" }, make("h3", {}, W.inputs), units), units: boxes, count, one };
}

function column(layer, at, state) {
  const { number } = layer;
  const last = at === state.network.layers.length - 1;
  const name = last ? W.outputLayer : W.layer(number);
  const unit = (_, one) => make("button",
    { type: "button", className: "unit", tabIndex: -1, id: `unit-${number}-${one}`, onclick: () => open(number, one) },
    picture(), last ? make("span", {}, outputName(state.data, one)) : null, make("small", { className: "a" }));
  const units = Array.from({ length: layer.units }, unit);
  const grid = make("div", { className: layer.units > 8 ? "units small" : "units" }, units);
  grid.style.gridTemplateRows = `repeat(${Math.ceil(layer.units / Math.ceil(layer.units / 12))}, auto)`;
  const freeze = check(`freeze-${number}`, layer.frozen, (frozen) => act("freeze", { layer: number, frozen }));
  const head = make("div", { className: "head" }, make("h3", {}, name),
    last ? quiet(layer.activation) : steering(layer, at, name, state),
    make("label", { className: "freeze", title: W.freezeHelp(name) }, freeze, ` ${W.freeze}`));
  return { element: make("div", { className: "layer" }, head, grid), units, count: layer.units, name };
}

/** Buttons for the width of a hidden layer and to take it away, and the menu of its activation. */
function steering({ number, units }, at, name, { limits, parts }) {
  const resize = (by) => setHidden(hidden().map((width, one) => (one === at ? width + by : width)));
  const small = (sign, words, click, properties) =>
    button(sign, click, { "aria-label": words, title: words, ...properties });
  const now = choiceOf(parts.activation[at] ?? parts.activation[0]);
  return [
    make("div", { className: "stepper" },
      small("−", W.fewerUnits(name), () => resize(-1), { id: `fewer-${number}`, disabled: units <= 1 }),
      make("b", {}, String(units)),
      small("+", W.moreUnits(name), () => resize(1), { id: `more-${number}`, disabled: units >= limits.units }),
      small("×", W.removeLayer(name), () => setHidden(hidden().filter((_, one) => one !== at)),
        { id: `remove-${number}`, className: "quiet" })),
    select(`activation-${number}`, choices("activation"), now, (value) => setActivation(at, value),
      { "aria-label": W.activationOf(name) }),
  ];
}

const choiceOf = (part) => entry("activation", part)?.name ?? part.name;

function outputName({ labels, classes, target }, unit) {
  if (labels.length) return labels[unit] ?? target;
  return classes.length === 2 ? classes[1] : (classes[unit] ?? target);
}

/** One tab stop for the whole network: the unit at (layer, unit). */
function stand(layer, unit) {
  for (const one of layers.querySelectorAll("button.unit[tabindex='0']")) one.tabIndex = -1;
  here = [layer, Math.max(0, Math.min(unit, columns[layer].units.length - 1))];
  columns[here[0]].units[here[1]].tabIndex = 0;
}

const WAYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

function walk(event) {
  const way = WAYS[event.key];
  if (!way || !event.target.classList.contains("unit")) return;
  event.preventDefault();
  const layer = Math.max(1, Math.min(here[0] + way[0], columns.length - 1));
  stand(layer, here[1] + way[1]);
  columns[here[0]].units[here[1]].focus();
}

function open(layer, unit) {
  stand(layer, unit);
  choose(layer, unit);
  known.card = { layer, unit };
  look();
}

/** Marks the unit whose card is shown; none without arguments. */
export function choose(layer, unit) {
  chosen?.removeAttribute("aria-current");
  chosen = layer ? columns[layer]?.units[unit] : null;
  chosen?.setAttribute("aria-current", "true");
  return chosen;
}

function draw({ head, units, plane }) {
  paint(head, units);
  paintOutput(head, plane);
  say(head);
  drawLines();
}

/** Bytes of pictures to pixels: vermilion below 0, blue above, what lies between fades into the ground. */
function paint({ units: told }, bytes) {
  if (!told) return;
  const table = shades({ form: "value", boundary: 128 }, 1);
  let start = 0;
  const size = told.width * told.height;
  for (const { layer, number } of told.layers) {
    for (let unit = 0; unit < number; unit++, start += size) {
      const canvas = columns[layer]?.units[unit]?.querySelector("canvas");
      if (!canvas) continue;
      stamp(canvas, told.width, told.height, bytes.subarray(start), table);
    }
  }
}

/** A single output has the picture of the plane; of several each has the mark of its class. */
function paintOutput({ plane: told }, bytes) {
  const units = columns.at(-1).units;
  if (units.length === 1) {
    if (!told || !bytes.length) return;
    stamp(units[0].querySelector("canvas"), told.size, told.size, bytes, shades(told, 1));
    return;
  }
  units.forEach((unit, at) => {
    const canvas = unit.querySelector("canvas");
    if (canvas.dataset.mark === colour("field")) return;
    canvas.dataset.mark = colour("field");
    canvas.width = canvas.height = 44;
    const context = canvas.getContext("2d");
    context.fillStyle = css(classColours()[at % 8]);
    mark(context, at, 22, 22, 10);
    context.fill();
  });
}

/** Names of units say what a glance shows: dead or saturated ones, and what the chosen row brings them to. */
function say({ dead, saturated, row, running }) {
  const told = dead !== undefined || (running && !known.opened.has("norms")); // else it is as it was a moment ago
  columns.slice(1).forEach((one, at) => {
    one.units.forEach((unit, number) => {
      const a = row?.a[at]?.[number] ?? "";
      const stuck = dead?.[at]?.[number] ? "dead" : saturated?.[at]?.[number] ? "saturated" : "";
      const state = told ? stuck : stuckAs(at + 1, number);
      unit.dataset.state = state;
      const label = [W.unit(one.name, number + 1), STUCK[state], a && `a = ${a}`].filter(Boolean).join(", ");
      if (unit.getAttribute("aria-label") !== label) {
        unit.setAttribute("aria-label", label);
        unit.title = label;
        unit.querySelector(".a").textContent = a;
      }
    });
  });
  for (const [state, sign] of Object.entries(signs)) sign.hidden = !layers.querySelector(`[data-state=${state}]`);
}

/** Whether a unit is "dead" or "saturated", as far as is known; else "". */
export const stuckAs = (layer, unit) => columns[layer]?.units[unit]?.dataset.state ?? "";

/** Right or left end of a unit's line: [x, y] within the drawing. */
function end(column, unit, right) {
  const box = column.one ? column.units[0] : column.units[unit];
  const place = box.querySelector("canvas") ?? box;
  const [outer, inner] = [net.getBoundingClientRect(), place.getBoundingClientRect()];
  const share = column.one ? (unit + 0.5) / column.count : 0.5;
  return [(right ? inner.right : inner.left) - outer.left, inner.top - outer.top + share * inner.height];
}

function drawLines() {
  const [context] = sharp(lines);
  if (!known.frame?.head.weights || !columns.length) return;
  const [positive, negative] = [colour("class-1"), colour("class-0")];
  const { head, weights } = known.frame;
  for (const { layer, columns: wide, rows, at, kept, largest } of head.weights) {
    const [from, to] = [columns[layer - 1], columns[layer]];
    if (!from || !to || from.count !== rows || to.count !== wide) continue;
    const starts = Array.from({ length: rows }, (_, unit) => end(from, unit, true));
    const ends = to.units.map((_, unit) => end(to, unit, false));
    const count = kept ? kept.length : rows * wide;
    const crowd = Math.max(0.3, Math.min(1, Math.sqrt(120 / count))); // of many lines each is finer
    for (let one = 0; one < count; one++) {
      const flat = kept ? kept[one] : one;
      const weight = weights[at + one];
      const share = largest ? Math.abs(weight) / largest : 0;
      if (share < 0.01) continue;
      const [[x, y], [u, v]] = [starts[Math.floor(flat / wide)], ends[flat % wide]];
      context.beginPath();
      context.strokeStyle = weight < 0 ? negative : positive;
      context.globalAlpha = from.one ? 0.35 * share : crowd * (0.2 + 0.75 * share);
      context.lineWidth = from.one ? 1 : 0.5 + 4 * crowd * share;
      context.setLineDash(weight < 0 ? [5, 4] : []);
      context.moveTo(x, y);
      context.bezierCurveTo((x + u) / 2, y, (x + u) / 2, v, u, v);
      context.stroke();
    }
  }
}

on("state", build);
on("frame", draw);
