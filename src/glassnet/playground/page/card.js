// A unit's card: its incoming weights as a table in which they can be changed and frozen, and its formula.

import { button, fill, make } from "./make.js";
import { choose, chooser } from "./network.js";
import { chosenRow } from "./plane.js";
import { act, known, on } from "./state.js";
import { W } from "./words.en.js";

const panel = document.getElementById("card");
const body = make("div");
let shown = null, asking = false, stale = false;

export function mount() {
  panel.append(button("×", close, { className: "quiet corner", "aria-label": W.close, id: "close-card" }), body);
  panel.addEventListener("keydown", (event) => { if (event.key === "Escape") close(); });
  panel.firstElementChild.tabIndex = -1;
  chooser.open = async (layer, unit) => {
    shown = { layer, unit };
    panel.hidden = false;
    await refresh(true);
    panel.firstElementChild.focus();
    panel.scrollIntoView({ block: "nearest" });
  };
}

function close() {
  shown = null;
  panel.hidden = true;
  choose()?.focus();
  const unit = document.querySelector("#network button.unit[tabindex='0']");
  unit?.focus();
}

/** Asks for the card again: one question at a time, and none while somebody types into it. */
async function refresh(anew = false) {
  if (!shown) return;
  if (asking) { stale = true; return; }
  asking = true;
  const answer = await act("card", { ...shown, row: chosenRow() });
  asking = false;
  if (answer?.card && shown && (anew || !body.contains(document.activeElement) || document.activeElement.tagName !== "INPUT")) draw(answer.card);
  if (stale) { stale = false; refresh(); }
}

function weight(name, from, value, text, { layer, unit }) {
  const set = async (event) => {
    const number = Number(event.target.value);
    if (event.target.value.trim() === "" || Number.isNaN(number)) event.target.value = value;
    else { await act("edit", { layer, unit, from, value: number }); refresh(true); }
  };
  return make("input", { type: "number", id: `weight-${from ?? "bias"}`, step: 0.1, value: Number(text.replace("−", "-").replaceAll(",", "")) || value, onchange: set, "aria-label": from === null ? W.bias : W.weightFrom(name) });
}

function draw(card) {
  const told = card.row !== null && card.row !== undefined;
  panel.firstElementChild.textContent = card.title;
  const focused = panel.contains(document.activeElement) ? document.activeElement.id : "";
  const freeze = (one) => make("input", { type: "checkbox", id: `hold-${one.from}`, checked: one.frozen, "aria-label": W.freezeFrom(one.name), onchange: async (event) => {
    await act("freeze", { layer: card.layer, unit: card.unit, from: one.from, frozen: event.target.checked });
    refresh(true);
  } });
  const head = [W.from, W.weight, ...(told ? [W.input, W.product] : []), W.hold];
  const rows = card.rows.map((one) => make("tr", {}, make("th", { scope: "row" }, one.name), make("td", {}, weight(one.name, one.from, one.weight, one.weight_text, card)),
    told ? [make("td", {}, one.input_text), make("td", {}, one.product_text)] : null, make("td", {}, freeze(one))));
  rows.push(make("tr", {}, make("th", { scope: "row" }, W.bias), make("td", {}, weight(W.bias, null, card.bias, card.bias_text, card)),
    told ? [make("td"), make("td", {}, card.bias_text)] : null, make("td")));
  const sums = told ? [[W.sum, card.z_text], [W.answer, card.a_text], [W.slope, card.slope_text]] : [];
  fill(body,
    make("p", { className: "quiet" }, card.package ? W.guest(card.activation, card.package) : card.activation, card.doc ? `: ${card.doc}` : ""),
    make("p", { className: "formula" }, make("code", {}, card.formula)),
    make("div", { className: "scroll", tabIndex: 0, role: "group", "aria-label": card.title },
      make("table", {}, make("caption", {}, told ? W.withRow(card.row) : W.noRow),
        make("thead", {}, make("tr", {}, head.map((one) => make("th", { scope: "col" }, one)))), make("tbody", {}, rows))),
    told ? make("dl", { className: "sums" }, sums.map(([name, text]) => make("div", {}, make("dt", {}, name), make("dd", {}, text)))) : null,
    told && card.filled ? make("p", { className: "formula" }, make("code", {}, card.filled)) : null);
  if (focused) document.getElementById(focused)?.focus();
}

on("state", (state, before) => {
  if (!shown) return;
  const there = state.network.layers[shown.layer - 1]?.units > shown.unit;
  if (!there) return close();
  choose(shown.layer, shown.unit);
  if (before?.generation !== state.generation || before?.version !== state.version) refresh();
});
document.addEventListener("row", () => refresh());
let last = "";
on("frame", ({ head }) => {
  const key = `${head.generation} ${head.step} ${head.changes} ${chosenRow()}`;
  if (!shown || key === last) return;
  last = key;
  refresh();
});
