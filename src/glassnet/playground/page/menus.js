// Data and training: menus and options as the catalog has them. Each control shows what the server says is set.

import { button, buttons, changed, check, fill, labelled, make, primary, quiet, select } from "./make.js";
import { act, known, on, trouble } from "./state.js";
import { Refused, table } from "./wire.js";
import { W } from "./words.en.js";

const KINDS = {
  dataset: "datasets", output: "activations", loss: "losses", optimizer: "optimizers", schedule: "schedules",
  initializer: "initializers", activation: "activations",
};
const tables = new Map(); // own tables that this tab has read, by name
let asked = null; // an own table whose column is not chosen yet, or a data set that has to be downloaded first

/** Sets fields to texts: while it trains between two epochs where that can be done, else in a new network. */
export function put(settings, details = {}) {
  const { changeable, running } = known.state;
  const begun = running || (known.frame?.head.step ?? known.state.step) > 0;
  const verb = begun && Object.keys(settings).every((key) => changeable.includes(key)) ? "change" : "build";
  return act(verb, { settings, ...details });
}

/** A part as `build` takes it: its name, and the options that it has. */
export function phrase({ name, options }) {
  const written = Object.entries(options ?? {}).map(([key, value]) => `${key}=${value}`);
  return written.length ? `${name}:${written.join(",")}` : name;
}

/** What the catalog says of a part that is chosen. */
export const entry = (kind, { name, full }) =>
  known.menus[KINDS[kind]].find((one) => [one.name, one.short].includes(name) || one.name === full);

/** The names of a kind for a select; losses for another task are left out. */
export function choices(kind, task = null) {
  const suiting = known.menus[KINDS[kind]].filter((one) => !task || !one.task || one.task === task);
  return suiting.map(({ name, short, package: from }) => [name, from ? W.guest(short, from) : short]);
}

/** A control for one option or field that holds a text; `set` gets another one, or null for the default. */
function control(id, option, text, set) {
  const { type, optional, low, high, help: title } = option;
  if (type === "bool") return check(id, text === "true", (is) => set(String(is)), { title });
  if (type === "several") return several(id, option, text, set);
  if (type === "choice") {
    const all = optional && !option.choices.includes("none") ? ["none", ...option.choices] : option.choices;
    return select(id, all.map((one) => [one, one]), text, set, { title });
  }
  const onchange = (event) => set(event.target.value.trim() || (optional ? "none" : null));
  if (optional || Number.isNaN(Number(text))) {
    const placeholder = option.name === "batch_size" ? W.byItself : optional ? "none" : "";
    const value = text === "none" && optional ? "" : text;
    return make("input", { id, type: "text", value, placeholder, title, onchange, autocomplete: "off" });
  }
  const step = type === "int" ? 1 : 10 ** Math.floor(Math.log10(Math.abs(Number(text)) || 0.001));
  return make("input", { id, type: "number", value: Number(text), step, min: low, max: high, title, onchange });
}

/** Several of some choices, each with a tick: `squares;products`, or `none`. */
function several(id, { choices: all, help }, text, set) {
  const chosen = text.split(/[;,]/);
  const turn = (one, is) => set(all.filter((name) => (name === one ? is : chosen.includes(name))).join(";") || "none");
  const ticks = all.map((one) =>
    make("label", {}, check(`${id}-${one}`, chosen.includes(one), (is) => turn(one, is)), ` ${one}`));
  return make("div", { id, className: "several", role: "group", title: help, "aria-label": help }, ticks);
}

/** The options of the part in a field as controls: `optimizer.lr` is what build and change call them. */
function options(field, part) {
  const found = entry(field, part);
  return (found?.options ?? []).map((option) => {
    const id = `${field}-${option.name}`;
    const made = control(id, option, part.options[option.name], (value) => put({ [`${field}.${option.name}`]: value }));
    return labelled(W.option(option.name), made, `${field}.${option.name}`, option.help);
  });
}

/** The menu of a part and its options; what is left to the task says what that is. */
function part(field) {
  const { parts, data, default: byTask } = known.state;
  const chosen = parts[field] instanceof Array ? parts[field][0] : parts[field];
  const found = entry(field, chosen);
  const now = found?.name ?? chosen.name;
  const all = choices(field, field === "loss" ? data.task : null);
  if (!all.some(([name]) => name === now)) all.unshift([now, now]);
  if (byTask[field] !== undefined) all.unshift(["", W.byTask(found?.short ?? chosen.name)]);
  const set = (name) => put({ [field]: name || null });
  const menu = select(`part-${field}`, all, byTask[field] ? "" : now, set, { title: found?.summary });
  return [labelled(W.parts[field], menu, field), ...(field === "initializer" ? [] : options(field, chosen))];
}

/** The plain fields that have their place there. */
const plain = (there) => known.menus.fields.filter(({ place }) => place === there).map((field) => {
  const { name, label, help } = field;
  const made = control(`field-${name}`, field, known.state.settings[name], (value) => put({ [name]: value }));
  return labelled(label, made, name, help);
});

/** Draws a panel anew and puts the focus back where it was, so that keys go on after a change. */
function redraw(panel, ...children) {
  const focused = panel.contains(document.activeElement) ? document.activeElement.id : "";
  const open = panel.querySelector("details")?.open;
  fill(panel, panel.firstElementChild, ...children);
  if (open) panel.querySelector("details").open = true;
  if (focused) document.getElementById(focused)?.focus();
}

function drawSettings() {
  const [optimizer, rate, ...fine] = part("optimizer");
  const hidden = known.state.parts.activation.length;
  redraw(document.getElementById("settings"),
    optimizer, rate, plain("training"),
    make("details", {}, make("summary", {}, W.more), fine,
      part("loss"), part("output"), part("schedule"), hidden ? part("initializer") : null, plain("more")));
}

function drawData() {
  const { title, data, parts: { dataset } } = known.state;
  const examples = [...grouped(known.presets)].map(([group, all]) =>
    ({ group, choices: all.map(({ address, title }) => [address, title]) }));
  const shown = known.presets.find((one) => alike(one.address, known.state.address));
  const found = dataset && entry("dataset", dataset);
  const all = dataset ? choices("dataset") : [["", W.ownTable(title)], ...choices("dataset")];
  const onchange = (event) => openTable(event.target.files[0]);
  const file = make("input", { id: "file", type: "file", accept: ".csv,.tsv,.txt", className: "hidden", onchange });
  const drawPoints = () => document.dispatchEvent(new Event("draw-points"));
  const now = dataset ? (found?.name ?? dataset.name) : "";
  redraw(document.getElementById("data"),
    labelled(W.example, select("example", [["", W.chooseExample], ...examples], shown?.address ?? "",
      chooseExample)),
    shown ? quiet(shown.words) : null,
    labelled(W.dataset, select("part-dataset", all, now, chooseData, { title: found?.summary }), "dataset"),
    dataset ? options("dataset", dataset) : target(data.target),
    asked,
    data.kind === "pictures" ? null : plain("columns"),
    quiet(W.rows(data.rows)),
    buttons(button(W.openTable, () => file.click(), { title: W.tableHelp, id: "open-table" }), file,
      button(W.draw, drawPoints, { id: "draw-points" })),
    make("details", {}, make("summary", {}, W.more), plain("data")));
}

function grouped(presets) {
  const groups = new Map();
  for (const one of presets) groups.set(one.group, [...(groups.get(one.group) ?? []), one]);
  return groups;
}

/** An example is an address; the menu shows it as long as nothing else has been changed. */
const chooseExample = (address) => address && act("build", { address });
const alike = (one, other) => one.split("&").sort().join("&") === other.split("&").sort().join("&");

/** Something to be answered before anything is built; without contents the question is put aside. */
function ask(...contents) {
  asked = contents.length ? make("div", { className: "ask", role: "group" }, contents) : null;
  drawData();
}

/** Another data set; where it has to be downloaded first, that is asked, and nothing has changed yet. */
function chooseData(dataset) {
  asked = null;
  const refused = ({ field, message }) => {
    if (field !== "fetch") return false;
    const fetch = () => {
      ask();
      act("build", { settings: { dataset }, fetch: true });
    };
    ask(make("p", {}, message), primary(W.download, fetch, "fetch"), button(W.dontFetch, () => ask()));
    return true;
  };
  return act("build", { settings: { dataset } }, { refused });
}

/** Which column of an own table is learned, to be chosen anew; the tab that has read it knows its columns. */
function target(now) {
  const read = tables.get(known.state.settings.dataset);
  if (!read) return null;
  return labelled(W.learn, select("target", columns(read), now, (name) => put({ target: name })), "target");
}

const columns = (read) => read.columns.filter((one) => one.kind !== "constant").map((one) => [one.name, W.column(one)]);

/** An own table: its columns are read first, and which one is learned is asked before anything is built. */
async function openTable(file) {
  const most = known.state.limits.table;
  if (!file) return undefined;
  if (file.size > most) return trouble(W.tooLarge(file.name, most), "dataset");
  try {
    const read = await table(file);
    tables.set(read.name, read);
    const chosen = select("target-asked", columns(read), read.target, () => undefined);
    const learn = async () => {
      if (await act("build", { settings: { dataset: read.name, target: chosen.value } })) ask();
    };
    trouble("");
    ask(make("p", {}, W.tableRows(read.name, read.rows)), labelled(W.learn, chosen, "target"),
      primary(W.learnIt, learn, "learn-it"));
    chosen.focus();
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    trouble(error.message, "dataset", error.lost);
  }
  return undefined;
}

/** Who comes to the data may choose others: what reads them is loaded beside the training. */
const warm = () => act("warm", {}, { now: true, aside: true, refused: () => true });
document.getElementById("data").addEventListener("focusin", warm, { once: true });

on("state", (state, before) => {
  if (before && before.title !== state.title) asked = null;
  const { settings, parts, data, address } = state;
  const other = changed("menus", [settings, parts, state.default, data.rows, state.title, address]);
  if (!other && before !== state) return; // else something was refused, and controls go back to what is true
  drawData();
  drawSettings();
});
