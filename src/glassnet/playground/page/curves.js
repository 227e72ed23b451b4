// Progress: loss and score over the epochs, the run before pale behind them, and a look inside the layers.

import { colour, fill, make } from "./make.js";
import { act, known, on } from "./state.js";
import { W } from "./words.en.js";

const SERIES = ["training", "validation", "metric", "metric_validation"];
const compact = new Intl.NumberFormat("en", { notation: "compact", maximumSignificantDigits: 3 });
const fresh = () => ({ epoch: [], training: [], validation: [], metric: [], metric_validation: [] });
const charts = [
  { of: ["training", "validation"], box: make("div", { className: "chart" }) },
  { of: ["metric", "metric_validation"], box: make("div", { className: "chart" }) },
];
const scores = make("ul", { className: "plain quiet" });
const waiting = make("p", { className: "quiet" }, W.nothingYet);
let now = fresh(), before = fresh(), generation = null;

export function mount() {
  document.getElementById("curves").append(waiting, key(), charts.map((one) => make("div", {}, (one.title = make("h3")), one.box)).reduce((all, one) => (all.append(one), all), make("div", { className: "charts" })), scores);
  new ResizeObserver(() => charts.forEach(resize)).observe(document.getElementById("curves"));
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => { charts.forEach((one) => { one.plot?.destroy(); one.plot = null; }); draw(); });
  mountInside();
}

function key() {
  const line = (name, words) => make("li", {}, make("span", { className: `stroke ${name}`, "aria-hidden": "true" }), words);
  return make("ul", { className: "legend" }, line("training", W.training), line("validation", W.validation), line("before", W.before));
}

/** New points behind those that stay; `from` is 0 after the spacing has doubled and for another network. */
function take({ head: { curves } }) {
  if (!curves) return;
  if (generation !== known.state.generation) {
    if (now.epoch.length > 1) before = now;
    [now, generation] = [fresh(), known.state.generation];
  }
  for (const name of ["epoch", ...SERIES]) {
    const added = curves[name] ?? curves.epoch.map(() => null);
    now[name] = [...now[name].slice(0, curves.from), ...added];
  }
  draw();
}

/** The scores of each split, one line a metric; those of test rows are known at a pause. */
function tellScores({ head: { scores: told } }) {
  if (!told) return;
  const names = [...new Set(told.map((one) => one.name))];
  fill(scores, names.map((name) => make("li", {}, W.score(name, told.filter((one) => one.name === name).map((one) => [W.splits[one.split] ?? one.split, one.text])))));
}

/** Both runs over one axis of epochs; where one has no number there is a gap. */
function merged(names) {
  const epochs = [...new Set([...before.epoch, ...now.epoch])].sort((a, b) => a - b);
  const values = (run, name) => {
    const at = new Map(run.epoch.map((epoch, one) => [epoch, run[name][one]]));
    return epochs.map((epoch) => (at.has(epoch) ? at.get(epoch) : undefined)); // undefined: a line goes on over it
  };
  return [epochs, values(before, names[0]), ...names.map((name) => values(now, name))];
}

function draw() {
  waiting.hidden = now.epoch.length > 0 || before.epoch.length > 0;
  charts[0].title.textContent = W.loss;
  charts[1].title.textContent = known.state.metric ?? "";
  for (const one of charts) {
    const data = merged(one.of);
    const some = data.slice(1).some((values) => values.some((value) => value !== null && value !== undefined));
    one.box.parentElement.hidden = !some;
    if (!some) continue;
    one.plot ??= chart(one.box);
    one.plot.setData(data);
    resize(one);
  }
}

function chart(box) {
  const line = (stroke, width, dash) => ({ stroke: colour(stroke), width, dash, points: { show: (plot) => plot.data[0].length < 2 } });
  const axis = { stroke: colour("soft"), grid: { stroke: colour("line"), width: 1 }, ticks: { stroke: colour("line"), width: 1 }, font: "12px system-ui, sans-serif" };
  return new window.uPlot({
    width: 200, height: 150, legend: { show: false }, cursor: { show: false }, scales: { x: { time: false } },
    axes: [{ ...axis, size: 28, space: 60, incrs: [1, 2, 5].flatMap((one) => [1, 10, 100, 1e3, 1e4, 1e5].map((by) => one * by)).sort((a, b) => a - b) }, { ...axis, size: (plot, texts) => 14 + 7 * Math.max(3, ...(texts ?? []).map((one) => one.length)), values: (plot, all) => all.map((one) => compact.format(one)) }],
    series: [{}, line("pale", 2), line("training", 2), line("validation", 2, [6, 4])],
  }, [[], [], [], []], box);
}

function resize({ plot, box }) {
  const width = Math.floor(box.clientWidth);
  if (plot && width && plot.width !== width) plot.setSize({ width, height: 150 });
}

// A look inside: tables of the layers and of the classes, sent only while they are open.

const inside = { norms: make("div", { className: "scroll", tabIndex: 0, role: "group" }), confusion: make("div", { className: "scroll", tabIndex: 0, role: "group" }) };

function mountInside() {
  const fold = (words, name, also) => make("details", { ontoggle: (event) => {
    for (const one of [name, ...also]) known.opened[event.target.open ? "add" : "delete"](one);
    act("look", { open: ["curves", "plane", ...known.opened] });
  } }, make("summary", {}, words), inside[name]);
  inside.norms.setAttribute("aria-label", W.layers);
  inside.confusion.setAttribute("aria-label", W.confusion);
  document.getElementById("inside").append(fold(W.layers, "norms", ["units"]), fold(W.confusion, "confusion", []));
}

function look({ head: { norms, dead_share: dead = [], saturated_share: saturated = [], confusion } }) {
  if (norms) fill(inside.norms, layersTable(norms, dead, saturated));
  if (confusion) fill(inside.confusion, confusionTable(confusion));
}

function layersTable(norms, dead, saturated) {
  const names = known.state.network.layers;
  const most = Math.max(...norms.map((one) => one.gradient ?? 0)) || 1;
  const stuck = (at) => (at < names.length - 1 && Number.isFinite(dead[at]) ? W.shares(dead[at], saturated[at]) : "");
  const rows = norms.map((one, at) => {
    return make("tr", {}, make("th", { scope: "row" }, names[at].name), make("td", {}, one.text, bar((one.gradient ?? 0) / most)), make("td", {}, stuck(at)));
  });
  return make("table", {}, make("thead", {}, make("tr", {}, [W.layerName, W.gradient, W.stuck].map((one) => make("th", { scope: "col" }, one)))), make("tbody", {}, rows));
}

/** How much of the most a number is, beneath it. */
function bar(share) {
  const made = make("span", { className: "amount", "aria-hidden": "true" });
  made.style.width = `${100 * share}%`;
  return made;
}

function confusionTable({ split, rows, classes }) {
  const most = Math.max(1, ...rows.flat());
  const cell = (count, same) => make("td", { className: same ? "right" : "wrong" }, String(count), bar(count / most));
  return make("table", { className: "confusion" }, make("caption", {}, W.confusionRows(split)),
    make("thead", {}, make("tr", {}, make("td"), classes.map((one) => make("th", { scope: "col" }, one)))),
    make("tbody", {}, rows.map((line, at) => make("tr", {}, make("th", { scope: "row" }, classes[at]), line.map((count, one) => cell(count, one === at))))));
}

on("state", (state, last) => {
  document.getElementById("inside").querySelectorAll("details")[1].hidden = state.data.classes.length < 2 || state.data.task === "multilabel";
  if (last && last.title !== state.title) before = now = fresh(); // curves of other rows can't be compared
  if (last && last.metric !== state.metric) before = fresh();
  draw();
});
on("frame", (frame) => { take(frame); tellScores(frame); look(frame); });
