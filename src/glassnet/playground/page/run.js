// Start, pause and the numbers beside them; what stands out; and what can be taken away from here.

import { button, fill, labelled, make, select } from "./make.js";
import { act, known, on } from "./state.js";
import { put } from "./menus.js";
import { W } from "./words.en.js";

const parts = {};

export function mount() {
  const verb = (name, title, words = W[name]) => (parts[name] = button(words, () => act(name), { id: name, title }));
  parts.start = button(W.start, toggle, { id: "start", className: "primary", title: W.startHelp });
  parts.speed = select("speed", W.speeds, "20", (speed) => act("speed", { speed }), { "aria-label": W.speed });
  parts.numbers = make("dl", { className: "numbers" });
  parts.busy = make("span", { className: "quiet busy", role: "status" });
  on("busy", (busy) => (parts.busy.textContent = busy ? W.reading : ""));
  document.getElementById("run").append(parts.start, verb("step", W.stepHelp), verb("epoch", W.epochHelp), verb("rewind", W.rewindHelp), verb("again", W.againHelp), parts.speed, parts.numbers, parts.busy);
  parts.undo = button(W.undo, () => act("undo"), { id: "undo" });
  document.getElementById("tools").append(parts.undo, button(W.takeAway, openTake, { id: "take-away" }),
    button(W.lessons, () => document.dispatchEvent(new Event("lessons")), { id: "lessons" }));
  document.addEventListener("keydown", (event) => {
    const busy = event.target.closest("input, select, textarea, button, summary, a, dialog, canvas, [contenteditable]");
    if (event.key !== " " || busy || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    toggle();
  });
  document.getElementById("run").addEventListener("click", (event) => {
    if (event.detail) event.target.closest("button")?.blur(); // clicked by pointer: the space bar starts and pauses again
  });
  mountTake();
}

async function toggle() {
  if (!known.state) return undefined;
  const { running } = known.state;
  if (finished(known.state)) await act("more");
  return act(running ? "pause" : "start");
}

/** All epochs are done; training that has broken down has ended, too, but can't go on. */
const finished = ({ running, ended, epoch, epochs }) => Boolean(ended) && !running && epoch >= epochs;

function drawRun(state) {
  const { running, ended, speed, undo, title } = state;
  document.getElementById("title").textContent = title;
  document.title = `${title} – glassnet play`;
  parts.start.textContent = running ? `❚❚ ${W.pause}` : `▶ ${finished(state) ? W.goOn : W.start}`;
  parts.start.title = finished(state) ? W.moreHelp : W.startHelp;
  parts.start.disabled = Boolean(ended) && !finished(state);
  parts.start.classList.toggle("on", running);
  parts.speed.value = speed;
  parts.undo.disabled = !undo;
  parts.undo.title = W.undoHelp(undo);
  for (const name of ["step", "epoch"]) parts[name].disabled = running || Boolean(ended);
}

function drawNumbers({ head: { text, scores } }) {
  const all = [[W.counters.epoch, text.epoch], [W.counters.loss, text.loss]];
  if (text.metric) all.push([known.state.metric, text.metric]);
  if (scores) parts.scores = scores;
  fill(parts.numbers, all.map(([name, value]) => make("div", {}, make("dt", {}, name), make("dd", {}, value ?? "–"))));
}

// What stands out, with buttons that try what is proposed.

let findings = [];

function drawWords() {
  const panel = document.getElementById("words");
  const { changes, words, ended } = known.state;
  const remedy = ({ words: why, settings }) => button(W.remedy(Object.entries(settings), why), () => put(settings));
  const entries = findings.map((one) => make("div", { className: `finding ${one.level}` }, make("p", {}, make("b", {}, one.words), " ", one.settings?.length ? null : one.try),
    one.settings?.length ? make("div", { className: "buttons" }, one.settings.map(remedy)) : null));
  if (ended && !finished(known.state) && !findings.some((one) => one.level === "problem")) entries.unshift(make("div", { className: "finding problem" }, make("p", {}, make("b", {}, ended))));
  const notes = [...words, ...(changes.length ? [`${W.changes(changes.length)}: ${changes.map((one) => W.atEpoch(one.epoch, one.words)).join("; ")}.`] : [])];
  const key = JSON.stringify([findings, notes, ended]);
  if (panel.dataset.key === key) return;
  panel.dataset.key = key;
  panel.hidden = !entries.length && !notes.length;
  fill(panel, panel.firstElementChild, entries, notes.map((one) => make("p", { className: "quiet" }, one)));
}

// Take away: the address, the command, Python, a run folder, its report, a program, the points.

const take = document.getElementById("take");

function mountTake() {
  parts.taken = make("div");
  parts.told = make("p", { role: "status" });
  take.append(button("×", () => take.close(), { className: "quiet corner", "aria-label": W.close }), parts.taken, parts.told);
}

function copied(words, text, id) {
  const copy = button(W.copy, async () => {
    await navigator.clipboard.writeText(text);
    copy.textContent = W.copied;
  });
  return make("section", {}, make("h3", { id }, words), make("pre", { tabIndex: 0, role: "group", "aria-labelledby": id }, text), copy);
}

function save({ name, text, base64 }) {
  const content = base64 === undefined ? text : Uint8Array.from(atob(base64), (one) => one.charCodeAt(0));
  const link = make("a", { href: URL.createObjectURL(new Blob([content])), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

async function openTake() {
  await act("state");
  drawTake();
  take.showModal();
}

function drawTake() {
  const { address, complete, command, python, data } = known.state;
  const kept = async (verb) => {
    const answer = await act(verb);
    if (answer?.kept) parts.told.textContent = W.kept(answer.kept.words);
  };
  const file = async (verb) => {
    const answer = await act(verb);
    if (answer?.file) save(answer.file);
  };
  parts.told.textContent = "";
  fill(parts.taken,
    copied(W.address, `${location.origin}${location.pathname}?${address}`, "take-address"), complete ? null : make("p", { className: "quiet" }, W.incomplete),
    copied(W.command, command, "take-command"), copied(W.python, python, "take-python"),
    make("div", { className: "buttons" }, button(W.keep, () => kept("keep"), { id: "keep" }), button(W.report, () => kept("report"), { id: "report" }),
      button(W.script, () => file("script"), { id: "script" }), data.points_file ? button(W.pointsFile, () => file("points_file"), { id: "points-file" }) : null));
}

on("state", (state, before) => {
  if (before?.generation !== state.generation) findings = [];
  drawRun(state);
  drawWords();
});
on("frame", (frame) => {
  drawNumbers(frame);
  if (frame.head.words) findings = frame.head.words;
  drawWords();
  const { version, running } = frame.head;
  if (version > known.state.version || running !== known.state.running) renew();
});

let renewing = false;

/** Asks for the state that a frame has spoken of, once. */
async function renew() {
  if (renewing) return;
  renewing = true;
  await act("state");
  renewing = false;
}
