// Start, pause and the numbers beside them, and what stands out, with buttons that try what is proposed.

import { button, buttons, changed, fill, make, primary, quiet, select } from "./make.js";
import { put } from "./menus.js";
import { act, known, on } from "./state.js";
import { W } from "./words.en.js";

const parts = {};
let findings = [], renewing = false;

export function mount() {
  const verb = (name) => (parts[name] = button(W[name], () => act(name), { id: name, title: W.help[name] }));
  parts.start = primary(W.start, toggle, "start");
  parts.speed = select("speed", W.speeds, "20", (speed) => act("speed", { speed }), { "aria-label": W.speed });
  parts.numbers = make("dl", { className: "numbers" });
  parts.busy = make("span", { className: "quiet busy", role: "status" });
  parts.undo = button(W.undo, () => act("undo"), { id: "undo" });
  const run = document.getElementById("run");
  run.append(parts.start, ...["step", "epoch", "rewind", "again"].map(verb), parts.speed, parts.numbers, parts.busy);
  document.getElementById("tools").append(parts.undo);
  run.addEventListener("click", (event) => {
    if (event.detail) event.target.closest("button")?.blur(); // by pointer: the space bar starts and pauses again
  });
  document.addEventListener("keydown", (event) => {
    const busy = event.target.closest("input, select, textarea, button, summary, a, dialog, canvas");
    if (event.key !== " " || busy || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    toggle();
  });
}

/** All epochs are done; training that has broken down has ended, too, but can't go on. */
const finished = ({ running, ended, epoch, epochs }) => Boolean(ended) && !running && epoch >= epochs;

async function toggle() {
  if (!known.state) return;
  if (finished(known.state)) await act("more");
  await act(known.state.running ? "pause" : "start");
}

function drawRun(state) {
  const { running, ended, speed, undo, title } = state;
  const done = finished(state);
  document.getElementById("title").textContent = title;
  document.title = `${title} – glassnet play`;
  parts.start.textContent = running ? `❚❚ ${W.pause}` : `▶ ${done ? W.goOn : W.start}`;
  parts.start.title = done ? W.help.more : W.help.start;
  parts.start.disabled = Boolean(ended) && !done;
  parts.speed.value = speed;
  parts.undo.disabled = !undo;
  parts.undo.title = W.undoHelp(undo);
  for (const name of ["step", "epoch"]) parts[name].disabled = running || Boolean(ended);
}

function drawNumbers({ head: { text } }) {
  const all = [[W.counters.epoch, text.epoch], [W.counters.loss, text.loss]];
  if (text.metric) all.push([W.metric(known.state.metric), text.metric]);
  const entry = ([name, value]) => make("div", {}, make("dt", {}, name), make("dd", {}, value ?? "–"));
  fill(parts.numbers, all.map(entry));
}

/** A finding: what it says, and what to try as buttons, or in words where that is no setting. */
function finding({ level, words, try: advice, settings = [] }) {
  const remedy = ({ words: why, settings: these }) => button(W.remedy(Object.entries(these), why), () => put(these));
  return make("div", { className: `finding ${level}` },
    make("p", {}, make("b", {}, words), " ", settings.length ? null : advice),
    settings.length ? buttons(settings.map(remedy)) : null);
}

function drawWords() {
  const panel = document.getElementById("words");
  const { changes, words, ended, replay } = known.state;
  const broken = ended && !finished(known.state) && !findings.some((one) => one.level === "problem");
  const all = broken ? [{ level: "problem", words: ended, try: "" }, ...findings] : findings;
  const by = changes.map((one) => W.atEpoch(one.epoch, one.words)).join("; ");
  const notes = by ? [...words, `${W.changes(changes.length)}: ${by}.`] : words;
  if (!changed("words", [all, notes, replay])) return;
  panel.hidden = !all.length && !notes.length && !replay;
  const again = () => act("replay").then((answer) => answer && act("start"));
  const repeat = replay ? button(W.replay(replay), again, { id: "replay" }) : null;
  fill(panel, panel.firstElementChild, all.map(finding), notes.map((one) => quiet(one)), repeat);
}

/** Asks for the state that a frame has spoken of, once. */
async function renew() {
  if (renewing) return;
  renewing = true;
  await act("state", {}, { aside: true });
  renewing = false;
}

on("busy", (busy) => (parts.busy.textContent = busy ? W.reading : ""));
on("state", (state, before) => {
  if (before?.generation !== state.generation) findings = [];
  drawRun(state);
  drawWords();
});
on("frame", (frame) => {
  const { version, running, words } = frame.head;
  drawNumbers(frame);
  if (words) findings = words;
  drawWords();
  if (version > known.state.version || running !== known.state.running) renew();
});
