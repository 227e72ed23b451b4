// The page's beginning: a session, the panels in their order, and the stream of frames as long as the tab is seen.

import { fill, make, primary } from "./make.js";
import * as network from "./network.js";
import * as plane from "./plane.js";
import * as run from "./run.js";
import { act, addressed, axesAsked, busy, flags, known, look, on, set, show } from "./state.js";
import { Refused, command, frames, takeToken } from "./wire.js";
import { W } from "./words.en.js";

const COLUMNS = {
  left: ["data", "settings"], middle: ["network", "card", "words", "inside"], right: ["output", "curves"],
};
const NARROW = { middle: ["output", "network", "card", "words", "curves", "data", "settings", "inside"] };
const notice = document.getElementById("notice");
let stream = null, held = false, lost = false, furnished = false;

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
  if (!place) return held || say(words);
  const id = `error-${field}`;
  place.append(make("p", { className: "error", role: "alert", id }, words));
  const control = place.querySelector("input, select");
  control?.setAttribute("aria-invalid", "true");
  control?.setAttribute("aria-describedby", id);
  return undefined;
}

/** What is set up, whenever a session begins or is found again. */
function opened({ state, menus, presets, words }) {
  const axes = axesAsked();
  Object.assign(known, { menus, presets });
  busy(false);
  held = say(words.join(" "));
  set(state);
  if (axes.length && !state.data.chosen) look({ axes });
  else if (known.opened.size || known.card || known.row !== null) look();
}

/** A frame that is no picture but news; true where nothing more comes before somebody has decided. */
function news({ opened: found, slow, ended, refused: no, replaced, closing }) {
  if (found) opened(found);
  if (slow === null && held) held = say("");
  const stop = () => {
    held = say("");
    command("stop").catch(() => undefined); // what comes of it is told
  };
  const anew = (words) => say(words, primary(W.startAnew, begin));
  held ||= Boolean(slow || ended || no || replaced || closing);
  if (slow) say(slow.words, primary(W.stopIt, stop, "stop"));
  if (ended ?? no) anew((ended ?? no).words);
  if (replaced) say(W.replaced, primary(W.takeOver, () => watch()));
  if (closing) say(closing.words);
  return Boolean(ended ?? no ?? replaced ?? closing);
}

/** Nothing more is asked for before somebody has decided. */
function stand() {
  busy(false);
  stream.abort();
  stream = null;
}

/** Shows what the session of this tab is told until the tab is hidden; what is lost is tried again each second. With
 * an address a session may begin, else only the one that was there is found. */
async function watch(address) {
  stream?.abort();
  const mine = (stream = new AbortController());
  while (!mine.signal.aborted) {
    try {
      for await (const frame of frames(address, mine.signal)) {
        if (lost) lost = say("");
        if (frame === null) continue;
        if (frame.head.session) address = undefined; // it has begun
        if (news(frame.head)) return stand();
        if (frame.head.generation !== undefined) show(frame);
      }
    } catch (error) {
      if (mine.signal.aborted) return;
      if (error instanceof Refused && !error.lost) { // another tab has taken its place: none takes it back by itself
        say(localStorage.getItem("glassnet-token") ? error.message : W.noToken,
          error.gone ? primary(W.startAnew, begin) : null);
        return stand();
      }
      if (!held) sayLost();
    }
    await new Promise((done) => setTimeout(done, 1000));
  }
}

/** With the first picture comes all that it can do without. */
async function furnish() {
  if (furnished) return;
  furnished = true;
  for (const name of ["curves", "card", "inside", "take", "lesson"]) (await import(`./${name}.js`)).mount();
}

/** A session with the experiment of the page's address, or the one that this tab had. */
function begin() {
  held = say("");
  busy(true);
  return watch(addressed());
}

takeToken();
spell();
arrange();
for (const one of [run, network, plane]) one.mount();
addressed();
for (const panel of document.querySelectorAll(".panel"))
  panel.classList.toggle("hidden", (flags.hide ?? "").split(",").includes(panel.id));
if ("present" in flags) document.documentElement.classList.add("present");
on("trouble", refused);
addEventListener("popstate", async () => {
  const address = addressed(), axes = axesAsked();
  await act("build", { address }, { remember: false });
  await look({ axes }, { remember: false });
});
document.addEventListener("visibilitychange", () => {
  if (document.hidden) stream?.abort();
  else if (stream) watch(known.state ? undefined : addressed());
});
on("frame", furnish);
begin();
