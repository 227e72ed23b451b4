// A look inside: tables of the layers and of the classes, which the server sends only while they are open.

import { fill, make, table } from "./make.js";
import { known, look, on } from "./state.js";
import { W } from "./words.en.js";

const place = (words) => make("div", { className: "scroll", tabIndex: 0, role: "group", "aria-label": words });
const norms = place(W.layers), confusion = place(W.confusion);

export function mount() {
  const fold = (words, name, content) => make("details", { ontoggle: (event) => {
    known.opened[event.target.open ? "add" : "delete"](name);
    look();
  } }, make("summary", {}, words), content);
  document.getElementById("inside").append(fold(W.layers, "norms", norms), fold(W.confusion, "confusion", confusion));
  on("state", ({ data }) => {
    confusion.parentElement.hidden = data.classes.length < 2 || data.task === "multilabel";
  });
  on("frame", ({ head }) => {
    if (head.norms) drawNorms(head);
    if (head.confusion) drawConfusion(head.confusion);
  });
}

/** A number, and how much of the most it is, beneath it. */
function amount(text, share, className = "amount") {
  const bar = make("span", { className, "aria-hidden": "true" });
  bar.style.width = `${100 * share}%`;
  return [text, bar];
}

function drawNorms({ norms: told, dead_share: dead = [], saturated_share: saturated = [] }) {
  const { layers } = known.state.network;
  const most = Math.max(...told.map((one) => one.gradient ?? 0)) || 1;
  const stuck = (at) => (at < layers.length - 1 && Number.isFinite(dead[at]) ? W.shares(dead[at], saturated[at]) : "");
  const rows = told.map((one, at) => [layers[at].name, amount(one.text, (one.gradient ?? 0) / most), stuck(at)]);
  fill(norms, table([W.layerName, W.gradient, W.stuck], rows));
}

function drawConfusion({ split, rows, classes }) {
  const most = Math.max(1, ...rows.flat());
  const shade = (same) => (same ? "amount" : "amount wrong");
  const lines = rows.map((line, at) =>
    [classes[at], ...line.map((count, one) => amount(String(count), count / most, shade(one === at)))]);
  fill(confusion, table(["", ...classes], lines, W.confusionRows(W.splits[split]), "confusion"));
}
