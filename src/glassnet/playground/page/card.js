// A unit's card: its incoming weights as a table in which they can be changed and frozen, and its formula.

import { changed, check, corner, fill, make, quiet, table } from "./make.js";
import { choose, stuckAs } from "./network.js";
import { act, known, look, on } from "./state.js";
import { W } from "./words.en.js";

const panel = document.getElementById("card");
const body = make("div");
let shown = null, anew = false; // anew: also what somebody types into is drawn

export function mount() {
  panel.append(corner(W.close, close), body);
  panel.addEventListener("keydown", (event) => event.key === "Escape" && close());
  panel.firstElementChild.tabIndex = -1;
  on("state", stay);
  on("frame", show);
}

function close() {
  known.card = null;
  panel.hidden = true;
  choose();
  look();
  document.querySelector("#network button.unit[tabindex='0']")?.focus();
}

const typing = () => body.contains(document.activeElement) && document.activeElement.type === "number";

/** Does something to a weight; the card that comes of it is drawn, whatever was typed. */
function change(verb, details) {
  anew = true;
  return act(verb, { ...known.card, ...details });
}

/** A weight that can be changed: in a table of its unit, with the same digits as everywhere. */
function weight({ from, name, weight: value, weight_text: text }) {
  const onchange = (event) => {
    const given = event.target.value.trim();
    if (given === "" || Number.isNaN(Number(given))) event.target.value = value;
    else change("edit", { from, value: Number(given) });
  };
  const said = from === null ? W.bias : W.weightFrom(name);
  const short = Number(text.replaceAll(",", "")) || value;
  return make("input",
    { type: "number", id: `weight-${from ?? "bias"}`, step: 0.1, value: short, onchange, "aria-label": said });
}

function draw(card) {
  const told = card.row !== null && card.row !== undefined;
  const focused = panel.contains(document.activeElement) ? document.activeElement.id : "";
  const hold = ({ from, name, frozen }) =>
    check(`hold-${from}`, frozen, (is) => change("freeze", { from, frozen: is }), { "aria-label": W.freezeFrom(name) });
  const rows = card.rows.map((one) =>
    [one.name, weight(one), ...(told ? [one.input_text, one.product_text] : []), hold(one)]);
  const bias = { from: null, name: W.bias, weight: card.bias, weight_text: card.bias_text };
  rows.push([W.bias, weight(bias), ...(told ? ["", card.bias_text] : []), ""]);
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

function stay({ network }) {
  if (!known.card) return;
  const { layer, unit } = known.card;
  if (network.layers[layer - 1]?.units > unit) choose(layer, unit);
  else close();
}

/** The card of a frame: when it was asked for by somebody, the keyboard goes there. */
function show({ head: { card } }) {
  if (!card || card.layer !== known.card?.layer || card.unit !== known.card.unit) return;
  const asked = known.card !== shown;
  if (!asked && !anew && (typing() || !changed("card", card))) return;
  anew = false;
  panel.hidden = false;
  draw(card);
  if (!asked) return;
  shown = known.card;
  panel.firstElementChild.focus();
  panel.scrollIntoView({ block: "nearest" });
}
