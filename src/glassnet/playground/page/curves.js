// Progress: loss and score over the epochs, the run before pale behind them, and the scores of each split.

import { colour, fill, make, onScheme, quiet } from "./make.js";
import { known, on } from "./state.js";
import { W } from "./words.en.js";

const HEIGHT = 150;
const STEPS = [1, 10, 100, 1e3, 1e4, 1e5].flatMap((size) => [size, 2 * size, 5 * size]); // between ticks of epochs
const panel = document.getElementById("curves");
const fresh = () => ({ epoch: [], training: [], validation: [], metric: [], metric_validation: [] });
const charts = [["training", "validation"], ["metric", "metric_validation"]].map((of) =>
  ({ of, title: make("h3"), box: make("div", { className: "chart" }), plot: null }));
const scores = make("ul", { className: "plain quiet" });
const waiting = quiet(W.nothingYet), legend = make("ul", { className: "legend" });
let now = fresh(), before = fresh(), generation = null, loading = false;

export function mount() {
  const line = (name) =>
    make("li", {}, make("span", { className: `stroke ${name}`, "aria-hidden": "true" }), W[name]);
  fill(legend, ["training", "validation", "before"].map(line));
  panel.append(waiting, legend,
    make("div", { className: "charts" }, charts.map(({ title, box }) => make("div", {}, title, box))), scores);
  new ResizeObserver(() => charts.forEach(resize)).observe(panel);
  onScheme(() => {
    for (const one of charts) {
      one.plot?.destroy();
      one.plot = null;
    }
    draw();
  });
  on("state", (state, last) => {
    if (last && last.title !== state.title) before = now = fresh(); // curves of other rows can't be compared
    if (last && last.metric !== state.metric) before = fresh();
    draw();
  });
  on("frame", (frame) => {
    take(frame);
    tell(frame);
  });
}

/** New points behind those that stay; `from` is 0 after the spacing has doubled and for another network. */
function take({ head: { curves } }) {
  if (!curves) return;
  if (generation !== known.state.generation) {
    if (now.epoch.length > 1) before = now;
    [now, generation] = [fresh(), known.state.generation];
  }
  for (const name of Object.keys(now))
    now[name] = [...now[name].slice(0, curves.from), ...(curves[name] ?? curves.epoch.map(() => null))];
  draw();
}

/** The scores of each split, one line a metric; those of test rows are known at a pause. */
function tell({ head: { scores: told } }) {
  if (!told) return;
  const of = (name) => told.filter((one) => one.name === name).map(({ split, text }) => [W.splits[split], text]);
  fill(scores, [...new Set(told.map((one) => one.name))].map((name) => make("li", {}, W.score(name, of(name)))));
}

/** Both runs over one axis of epochs; null is a gap, and over undefined a line goes on. */
function merged(names) {
  const epochs = [...new Set([...before.epoch, ...now.epoch])].sort((a, b) => a - b);
  const values = (run, name) => {
    const at = new Map(run.epoch.map((epoch, one) => [epoch, run[name][one]]));
    return epochs.map((epoch) => at.get(epoch));
  };
  return [epochs, values(before, names[0]), ...names.map((name) => values(now, name))];
}

/** What draws charts is loaded with the first points. */
function library() {
  if (loading) return;
  loading = true;
  document.head.append(make("link", { rel: "stylesheet", href: "/page/uplot.css" }),
    make("script", { src: "/page/uplot.js", onload: draw }));
}

function draw() {
  legend.lastElementChild.hidden = !before.epoch.length;
  waiting.hidden = now.epoch.length > 0 || before.epoch.length > 0;
  charts[0].title.textContent = W.loss;
  charts[1].title.textContent = W.metric(known.state.metric);
  for (const one of charts) {
    const data = merged(one.of);
    const some = data.slice(1).flat().some((value) => value !== null && value !== undefined);
    one.box.parentElement.hidden = !some;
    if (!some) continue;
    if (!window.uPlot) return library();
    one.plot ??= chart(one.box);
    one.plot.setData(data);
    resize(one);
  }
}

function chart(box) {
  const points = { show: (plot) => plot.data[0].length < 2 }; // a single epoch makes no line
  const line = (stroke, dash) => ({ stroke: colour(stroke), width: 2, dash, points });
  const thin = { stroke: colour("line"), width: 1 };
  const axis = { stroke: colour("soft"), grid: thin, ticks: thin, font: "12px system-ui, sans-serif" };
  const wide = (plot, texts) => 14 + 7 * Math.max(3, ...(texts ?? []).map((text) => text.length));
  const compact = new Intl.NumberFormat("en", { notation: "compact", maximumSignificantDigits: 3 });
  const short = (plot, values) => values.map((value) => compact.format(value));
  return new window.uPlot({
    width: 200, height: HEIGHT, legend: { show: false }, cursor: { show: false }, scales: { x: { time: false } },
    axes: [{ ...axis, size: 28, space: 60, incrs: STEPS }, { ...axis, size: wide, values: short }],
    series: [{}, line("pale"), line("training"), line("validation", [6, 4])],
  }, [[], [], [], []], box);
}

function resize({ plot, box }) {
  const width = Math.floor(box.clientWidth);
  if (plot && width && plot.width !== width) plot.setSize({ width, height: HEIGHT });
}
