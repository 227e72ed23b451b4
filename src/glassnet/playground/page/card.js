// A unit's card: its incoming weights as a table in which they can be changed and frozen, and its formula.

import { check, corner, fill, make, quiet, table } from "./make.js";
import { choose, chooser, stuckAs } from "./network.js";
import { chosenRow } from "./plane.js";
import { act, on } from "./state.js";
import { W } from "./words.en.js";

const panel = document.getElementById("card");
const body = make("div");
let shown = null, asking = false, stale = false, last = "";

export function mount() {
  panel.append(corner(W.close, close), body);
  panel.addEventListener("keydown", (event) => event.key === "Escape" && close());
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
  choose();
  document.querySelector("#network button.unit[tabindex='0']")?.focus();
}

const typing = () => body.contains(document.activeElement) && document.activeElement.type === "number";

/** Asks for the card again: one question at a time; what somebody types into is not drawn anew. */
async function refresh(anew = false) {
  if (!shown) return;
  if (asking) {
    stale = true;
    return;
  }
  asking = true;
  const answer = await act("card", { ...shown, row: chosenRow() });
  asking = false;
  if (answer?.card && shown && (anew || !typing())) draw(answer.card);
  if (stale) {
    stale = false;
    refresh();
  }
}

/** A weight that can be changed: in a table of its unit, with the same digits as everywhere. */
function weight({ from, name, weight: value, weight_text: text }, { layer, unit }) {
  const onchange = async (event) => {
    const given = event.target.value.trim();
    if (given === "" || Number.isNaN(Number(given))) event.target.value = value;
    else await act("edit", { layer, unit, from, value: Number(given) });
    refresh(true);
  };
  const said = from === null ? W.bias : W.weightFrom(name);
  const short = Number(text.replaceAll(",", "")) || value;
  return make("input",
    { type: "number", id: `weight-${from ?? "bias"}`, step: 0.1, value: short, onchange, "aria-label": said });
}

function draw(card) {
  const told = card.row !== null && card.row !== undefined;
  const focused = panel.contains(document.activeElement) ? document.activeElement.id : "";
  const hold = ({ from, name, frozen }) => check(`hold-${from}`, frozen, async (is) => {
    await act("freeze", { layer: card.layer, unit: card.unit, from, frozen: is });
    refresh(true);
  }, { "aria-label": W.freezeFrom(name) });
  const rows = card.rows.map((one) =>
    [one.name, weight(one, card), ...(told ? [one.input_text, one.product_text] : []), hold(one)]);
  const bias = { from: null, name: W.bias, weight: card.bias, weight_text: card.bias_text };
  rows.push([W.bias, weight(bias, card), ...(told ? ["", card.bias_text] : []), ""]);
  const headings = [W.from, W.weight, ...(told ? [W.input, W.product] : []), W.hold];
  const sums = told ? [[W.sum, card.z_text], [W.answer, card.a_text], [W.slope, card.slope_text]] : [];
  const stuck = stuckAs(card.layer, card.unit);
  const formula = (text) => text && make("p", { className: "formula" }, make("code", {}, text));
  panel.firstElementChild.textContent = card.title;
  fill(body,
    quiet(card.package ? W.guest(card.activation, card.package) : card.activation, card.doc ? `: ${card.doc}` : ""),
    formula(card.formula),
    stuck ? make("p", {}, W.stuckHelp[stuck]) : null,
    make("div", { className: "scroll", tabIndex: 0, role: "group", "aria-label": card.title },
      table(headings, rows, told ? W.withRow(card.row) : W.noRow)),
    make("dl", { className: "sums", hidden: !told },
      sums.map(([name, text]) => make("div", {}, make("dt", {}, name), make("dd", {}, text)))),
    told ? formula(card.filled) : null, quiet(W.biasHelp));
  if (focused) document.getElementById(focused)?.focus();
}

on("state", (state, before) => {
  if (!shown) return;
  if (!(state.network.layers[shown.layer - 1]?.units > shown.unit)) {
    close();
    return;
  }
  choose(shown.layer, shown.unit);
  if (before?.generation !== state.generation || before?.version !== state.version) refresh();
});
document.addEventListener("row", () => refresh());
on("frame", ({ head }) => {
  const key = `${head.generation} ${head.step} ${head.changes} ${chosenRow()}`;
  if (!shown || key === last) return;
  last = key;
  refresh();
});
