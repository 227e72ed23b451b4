// The page's beginning: a session, the panels in their order, and the stream of frames as long as the tab is seen.

import * as card from "./card.js";
import * as curves from "./curves.js";
import * as inside from "./inside.js";
import * as lesson from "./lesson.js";
import { fill, make, primary } from "./make.js";
import * as network from "./network.js";
import * as plane from "./plane.js";
import * as run from "./run.js";
import * as takeAway from "./take.js";
import { act, addressed, axesAsked, busy, flags, known, on, open, show, take } from "./state.js";
import { Refused, begun, forget, frames, returning, takeToken } from "./wire.js";
import { W } from "./words.en.js";

const COLUMNS = {
  left: ["data", "settings"], middle: ["network", "card", "words", "inside"], right: ["output", "curves"],
};
const NARROW = { middle: ["output", "network", "card", "words", "curves", "data", "settings", "inside"] };
const notice = document.getElementById("notice");
let stream = null, held = false, lost = false;

function spell() {
  for (const one of document.querySelectorAll("[data-words]")) one.textContent = W[one.dataset.words];
  for (const one of document.querySelectorAll("[data-label]")) one.setAttribute("aria-label", W[one.dataset.label]);
  for (const one of document.querySelectorAll("[data-heading]")) {
    const id = `heading-${one.id}`;
    one.prepend(make("h2", { id }, W.headings[one.dataset.heading]));
    one.setAttribute("aria-labelledby", id);
  }
}

/** Panels stand in the order in which they are read, for the eye and for the keyboard, on narrow windows too. */
function arrange() {
  const narrow = matchMedia("(max-width: 62rem)");
  const order = () => {
    for (const [column, panels] of Object.entries(narrow.matches ? NARROW : COLUMNS))
      document.getElementById(column).append(...panels.map((id) => document.getElementById(id)));
  };
  narrow.addEventListener("change", order);
  order();
}

/** What stands above everything: that the server is gone, that a part takes long, that something was refused. */
function say(words, ...buttons) {
  notice.hidden = !words;
  fill(notice, words ? make("p", {}, words) : null, buttons);
  return false;
}

function sayLost() {
  say(W.lost);
  lost = true;
}

function refused(words, field, unheard) {
  for (const one of document.querySelectorAll(".error")) one.remove();
  for (const one of document.querySelectorAll("[aria-invalid]")) one.removeAttribute("aria-invalid");
  if (unheard) return sayLost();
  const place = field && document.querySelector(`[data-field="${CSS.escape(field)}"]`);
  if ((!words || place) && !held) lost = say("");
  if (!words) return undefined;
  if (!place) return say(words);
  const id = `error-${field}`;
  place.append(make("p", { className: "error", role: "alert", id }, words));
  const control = place.querySelector("input, select");
  control?.setAttribute("aria-invalid", "true");
  control?.setAttribute("aria-describedby", id);
  return undefined;
}

/** A frame that is no picture but news: a part that takes long, a process or a server that ends. */
function special({ slow, ended, replaced, closing }) {
  const release = (then) => () => {
    held = say("");
    return then();
  };
  held = Boolean(slow || ended || replaced || closing);
  if (slow) say(slow.words, primary(W.stopIt, release(() => act("stop", {}, { now: true })), "stop"));
  if (ended) say(ended.words, primary(W.startAnew, release(begin)));
  if (replaced) say(W.replaced, primary(W.takeOver, release(watch)));
  if (closing) say(closing.words);
  return held;
}

/** Shows frames until the tab is hidden; a stream that ended is opened again each second. */
async function watch() {
  stream?.abort();
  const mine = (stream = new AbortController());
  while (!mine.signal.aborted) {
    try {
      for await (const frame of frames(mine.signal)) {
        if (lost) lost = say("");
        if (frame === null) continue;
        const { head } = frame;
        if (head.slow === null) held = say("");
        if (special(head) && head.replaced) return;
        if (head.generation !== undefined) show(frame);
      }
    } catch (error) {
      if (mine.signal.aborted) return;
      if (!(error instanceof Refused)) {
        if (!held) sayLost();
      } else if (known.state && !held) { // another tab has taken its place: none takes it back by itself
        say(error.message, primary(W.startAnew, begin));
        return;
      }
    }
    await new Promise((done) => setTimeout(done, 1000));
  }
}

/** A session, new or found again; `address` null keeps the one that is there. */
async function begin() {
  const slow = setTimeout(busy, 300, true);
  if (returning()) watch(); // what takes long is said there, and can be stopped
  try {
    const address = addressed(), axes = axesAsked();
    const opened = await begun(address || null);
    held = false;
    say((opened.words ?? []).join(" "));
    take(opened);
    watch();
    if (opened.present) document.documentElement.classList.add("present");
    await act("look", { open: open(), seen: true, ...(axes.length ? { axes } : {}) });
    return opened;
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    if (error.ended) { // it was stopped, and what comes instead is on its way; or it broke down
      if (!held) say(error.message, primary(W.startAnew, begin));
      return null;
    }
    say(error.lost ? W.lost : localStorage.getItem("glassnet-token") ? error.message : W.noToken);
    if (!error.lost) forget();
    return null;
  } finally {
    clearTimeout(slow);
    busy(false);
  }
}

takeToken();
spell();
arrange();
for (const one of [run, takeAway, lesson, network, plane, curves, card, inside]) one.mount();
addressed();
for (const panel of document.querySelectorAll(".panel"))
  panel.classList.toggle("hidden", (flags.hide ?? "").split(",").includes(panel.id));
if ("present" in flags) document.documentElement.classList.add("present");
on("trouble", refused);
addEventListener("popstate", async () => {
  const address = addressed(), axes = axesAsked();
  await act("build", { address }, { remember: false });
  await act("look", { axes }, { remember: false });
});
document.addEventListener("visibilitychange", () => {
  if (document.hidden) stream?.abort();
  else if (known.state) watch();
  if (known.state && !document.hidden) act("state");
});
await begin();
if (flags.lesson) lesson.open(flags.lesson);
