// What the page knows: the last state, menus and frame, all from the server, and who wants to hear of a new one.

import { Refused, command } from "./wire.js";

export const known = { state: null, menus: {}, presets: [], frame: null, opened: new Set(), row: null, card: null };
/** What an address says about the page; all else in it is the experiment's. */
export const flags = {};
const FLAGS = ["present", "hide", "lesson", "axes"];
const listeners = { state: [], frame: [], trouble: [], busy: [] };

/** From now on; who comes later hears first what is known already. */
export function on(kind, listener) {
  listeners[kind].push(listener);
  if (known[kind]) listener(known[kind]);
}
const tell = (kind, ...what) => listeners[kind].forEach((listener) => listener(...what));

/** The experiment of the page's address as it is written there, "" for none; what is about the page goes to `flags`. */
export function addressed() {
  delete flags.axes;
  return location.search.slice(1).split("&").filter((pair) => {
    const [name] = pair.split("=");
    if (FLAGS.includes(name)) flags[name] = new URLSearchParams(pair).get(name); // whoever wrote it, it is read
    return pair && !FLAGS.includes(name);
  }).join("&");
}

/** The two columns that the address names for the plane; none for those that come first. */
export const axesAsked = () =>
  (flags.axes ?? "").split(",").map((one) => Number(one) - 1).filter((at) => Number.isInteger(at) && at >= 0);

/** A new state: everybody draws from it, and the address of the page is that of the experiment. */
export function set(state, { remember = true } = {}) {
  const before = known.state;
  known.state = state;
  if (before?.generation !== state.generation) known.frame = null;
  if (state.data.chosen) flags.axes = state.data.axes.map((at) => at + 1).join(",");
  else delete flags.axes;
  const written = (text) => encodeURIComponent(text).replaceAll("%2C", ",");
  const said = Object.entries(flags).map(([name, value]) => (value ? `${name}=${written(value)}` : name));
  const query = [state.address, ...said].filter(Boolean).join("&");
  const address = `${location.pathname}${query && "?"}${query}`;
  if (before && remember && before.address !== state.address) history.pushState(null, "", address);
  else if (address !== location.pathname + location.search) history.replaceState(null, "", address);
  tell("state", state, before);
  if (early?.head.generation === state.generation) show(early);
}

let early = null; // a frame of a network whose state is still on its way

/** The newest frame; one of another network than the state speaks of is not shown. */
export function show(frame) {
  const fits = frame.head.generation === known.state?.generation;
  early = fits ? null : frame;
  if (!fits) return;
  known.frame = frame;
  tell("frame", frame);
}

/** Tells the server what a frame has to hold beside what is always seen: panels that are open, the row that is
 * followed through the network, a unit's card. */
export function look(more = {}, options = {}) {
  const { row, card } = known;
  const open = ["curves", "plane", "pictures", ...known.opened];
  return act("look", { open, row, card, ...more }, { aside: true, ...options });
}

export const busy = (is) => tell("busy", is);
export const trouble = (words, field = "", lost = false) => tell("trouble", words, field, lost);

/** The control that an error is about: the very option, where only one was asked for. */
function asking({ settings }, field = "") {
  const keys = Object.keys(settings ?? {});
  return keys.length === 1 && keys[0].startsWith(field) ? keys[0] : field;
}

let queue = Promise.resolve();

/** Asks the server to do something, after what was asked before; gives its answer, or undefined where it refused.
 * `options.refused` may deal with a refusal itself, and then returns true; `options.now` waits for nothing; what is
 * `aside` was asked for by nobody, and leaves the words about something else that was refused. */
export function act(verb, details = {}, options = {}) {
  const asked = (options.now ? Promise.resolve() : queue).then(async () => {
    const slow = setTimeout(busy, 150, true);
    try {
      const answer = await command(verb, details);
      if (!options.aside) trouble("");
      if (answer.state) set(answer.state, options);
      return answer;
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      if (error.ended || options.refused?.(error)) return undefined;
      if (known.state) tell("state", known.state, known.state); // controls go back to what is true
      trouble(error.message, asking(details, error.field), error.lost);
      return undefined;
    } finally {
      clearTimeout(slow);
      busy(false);
    }
  });
  queue = asked.catch(() => undefined);
  return asked;
}
