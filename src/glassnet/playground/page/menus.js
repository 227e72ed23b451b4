// Data and training: menus and options as the catalog has them. Each control shows what the server says is set.

import { button, fill, labelled, make, select } from "./make.js";
import { act, known, on, trouble } from "./state.js";
import { Refused, table } from "./wire.js";
import { W } from "./words.en.js";

const FIRST = ["batch_size", "l2", "epochs"]; // the plain fields that are always in sight
const OF_DATA = ["test", "validation", "split_seed", "scale", "features"];
const ELSEWHERE = ["hidden", "freeze"]; // the network steers them
const KINDS = { dataset: "datasets", output: "activations", loss: "losses", optimizer: "optimizers", schedule: "schedules", initializer: "initializers", activation: "activations" };
const tables = new Map(); // own tables that this tab has read, by name
let example = null; // the example that was chosen last, and the address that was built of it
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
  const written = Object.entries(options ?? {}).map(([key, value]) => `${key}=${value ?? "none"}`);
  return written.length ? `${name}:${written.join(",")}` : name;
}

const entry = (kind, part) => known.menus[KINDS[kind]]?.find((one) => [one.name, one.short, one.full].includes(part.name) || one.name === part.full);
const words = (one) => (one.package ? W.guest(one.short, one.package) : one.short);

/** The names of a kind for a select; parts for another task are left out where the catalog says so. */
export function choices(kind, task = null) {
  return known.menus[KINDS[kind]].filter((one) => !task || !one.task || one.task === task).map((one) => [one.name, words(one)]);
}

/** A control for one option or field; `set` gets its value as text, or null for the default. */
export function control(id, option, value, set) {
  const text = value === null || value === undefined || value === "None" ? "none" : String(value);
  if (option.type === "bool")
    return make("input", { id, type: "checkbox", checked: text === "true", title: option.help, onchange: (event) => set(String(event.target.checked)) });
  if (option.type === "choice") {
    const all = option.optional && !option.choices.includes("none") ? ["none", ...option.choices] : option.choices;
    return select(id, all.map((one) => [one, one]), text, set, { title: option.help });
  }
  const number = ["int", "float"].includes(option.type) && !option.optional && !Number.isNaN(Number(text));
  const onchange = (event) => set(event.target.value.trim() || (option.optional ? "none" : null));
  const shown = text === "none" && option.optional ? "" : text;
  if (!number) return make("input", { id, type: "text", value: shown, placeholder: option.optional ? W.byItself : "", title: option.help, onchange, autocomplete: "off", spellcheck: false });
  const step = option.type === "int" ? 1 : 10 ** Math.floor(Math.log10(Math.abs(Number(text)) || 0.001));
  return make("input", { id, type: "number", value: shown, step, min: option.low, max: option.high, title: option.help, onchange });
}

/** The options of the part in a field as controls: `optimizer.lr` is what build and change call them. */
function options(field, part) {
  const found = entry(field, part);
  return (found?.options ?? []).map((option) => {
    const id = `${field}-${option.name}`;
    const made = control(id, option, part.options[option.name], (value) => put({ [`${field}.${option.name}`]: value }));
    return labelled(option.name.replaceAll("_", " "), made, `${field}.${option.name}`, option.help);
  });
}

function part(field) {
  const { parts, data } = known.state;
  const chosen = parts[field] instanceof Array ? parts[field][0] : parts[field];
  const bySelf = known.state.default[field];
  const all = choices(field, field === "loss" ? data.task : null);
  const now = entry(field, chosen)?.name ?? chosen.name;
  if (!all.some(([name]) => name === now)) all.unshift([now, now]);
  if (bySelf !== undefined) all.unshift(["", W.byTask(chosen.name)]);
  const made = select(`part-${field}`, all, bySelf ? "" : now, (name) => put({ [field]: name || null }), { title: entry(field, chosen)?.summary });
  return [labelled(W.parts[field], made, field, entry(field, chosen)?.summary), ...(field === "initializer" ? [] : options(field, chosen))];
}

function plain(name) {
  const field = known.menus.fields.find((one) => one.name === name);
  if (!field) return null;
  return labelled(field.label, control(`field-${name}`, field, known.state.settings[name], (value) => put({ [name]: value })), name, field.help);
}

/** Draws a panel anew and puts the focus back where it was, so that keys go on after a change. */
function redraw(panel, ...children) {
  const focused = panel.contains(document.activeElement) ? document.activeElement.id : "";
  const open = panel.querySelector("details")?.open;
  fill(panel, panel.firstElementChild, ...children);
  if (open) panel.querySelector("details").open = true;
  if (focused) document.getElementById(focused)?.focus();
}

function drawSettings() {
  const rest = known.menus.fields.map((one) => one.name).filter((name) => ![...FIRST, ...OF_DATA, ...ELSEWHERE].includes(name));
  const hidden = known.state.parts.activation.length;
  const [optimizer, rate, ...fine] = part("optimizer");
  redraw(document.getElementById("settings"),
    optimizer, rate, FIRST.map(plain),
    make("details", {}, make("summary", {}, W.more), fine,
      part("loss"), part("output"), part("schedule"), hidden ? part("initializer") : null, rest.map(plain)));
}

function drawData() {
  const { data, parts } = known.state;
  const groups = grouped(known.presets);
  const examples = [["", W.chooseExample], ...[...groups].map(([group, all]) => ({ group, choices: all.map((one) => [one.address, one.title]) }))];
  const all = choices("dataset");
  const now = parts.dataset ? (entry("dataset", parts.dataset)?.name ?? parts.dataset.name) : "";
  if (!parts.dataset) all.unshift(["", W.ownTable(data.title)]);
  const file = make("input", { id: "file", type: "file", accept: ".csv,.tsv,.txt,text/csv", className: "hidden", onchange: (event) => openTable(event.target.files[0]) });
  redraw(document.getElementById("data"),
    labelled(W.example, select("example", examples, example?.built === known.state.address ? example.address : "", chooseExample)),
    labelled(W.dataset, select("part-dataset", all, now, chooseData, { title: parts.dataset ? entry("dataset", parts.dataset)?.summary : "" }), "dataset"),
    parts.dataset ? options("dataset", parts.dataset) : target(data, data.target),
    asked,
    make("p", { className: "quiet" }, W.rows(data.rows)),
    make("div", { className: "buttons" },
      button(W.openTable, () => file.click(), { title: W.tableHelp, id: "open-table" }), file,
      button(W.draw, () => document.dispatchEvent(new Event("draw-points")), { id: "draw-points" })),
    make("details", {}, make("summary", {}, W.more), OF_DATA.map(plain)));
}

function grouped(presets) {
  const groups = new Map();
  for (const one of presets) groups.set(one.group, [...(groups.get(one.group) ?? []), one]);
  return groups;
}

/** An example is an address; the menu shows it as long as nothing else has been changed. */
async function chooseExample(address) {
  if (!address) return;
  const answer = await act("build", { address });
  if (!answer) return;
  example = { address, built: answer.state.address };
  drawData();
}

/** Another data set; where it has to be downloaded first, that is asked, and nothing has changed yet. */
function chooseData(name) {
  const build = { settings: { dataset: name } };
  const ask = (words) => (asked = make("div", { className: "ask", role: "group" }, make("p", {}, words),
    button(W.download, () => { asked = null; act("build", { ...build, fetch: true }); }, { className: "primary", id: "fetch" }),
    button(W.dontFetch, () => { asked = null; drawData(); })));
  asked = null;
  return act("build", build, { refused: ({ field, message }) => {
    if (field !== "fetch") return false;
    ask(message);
    drawData();
    return true;
  } });
}

/** Which column of an own table is learned, to be chosen anew; the columns are known to the tab that has read it. */
function target({ title }, now) {
  const read = tables.get(known.state.settings.dataset) ?? tables.get(title);
  if (!read) return null;
  return labelled(W.learn, select("target", columns(read), now, (name) => put({ target: name })), "target");
}

const columns = (read) => read.columns.filter((one) => one.kind !== "constant").map((one) => [one.name, W.column(one)]);

/** An own table: its columns are read first, and which one is learned is asked before anything is built. */
async function openTable(file) {
  if (!file) return;
  if (file.size > known.state.limits.table) return trouble(`${file.name}: ${file.size} > ${known.state.limits.table} bytes`, "dataset");
  try {
    const read = await table(file);
    tables.set(read.name, read);
    const chosen = select("target-asked", columns(read), read.target, () => undefined);
    asked = make("div", { className: "ask", role: "group" }, make("p", {}, W.tableRows(read.name, read.rows)), labelled(W.learn, chosen, "target"),
      button(W.learnIt, async () => {
        const answer = await act("build", { settings: { dataset: read.name, target: chosen.value } });
        if (answer) asked = null;
        drawData();
      }, { className: "primary", id: "learn-it" }));
    trouble("");
    drawData();
    document.getElementById("target-asked").focus();
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    trouble(error.message, "dataset", error.lost);
  }
}

let drawn = "";
on("state", (state, before) => {
  if (before && before.data.title !== state.data.title) asked = null;
  const key = JSON.stringify([state.settings, state.parts, state.default, state.data.rows, state.data.title, state.address]);
  if (key === drawn && before !== state) return; // somebody may be typing
  drawn = key;
  drawData();
  drawSettings();
});
