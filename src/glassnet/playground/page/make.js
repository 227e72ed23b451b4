// Small tools with which the other modules build the page: elements, tables, marks, colours of the style sheet.

/** An element with properties, `on...` listeners, `data`/`aria` attributes and children (texts or elements). */
export function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name in element && !name.includes("-")) element[name] = value;
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...kept(children));
  return element;
}

const kept = (children) => children.flat(2).filter((child) => child !== null && child !== undefined && child !== false);

/** The named element's children, replaced. */
export function fill(element, ...children) {
  element.replaceChildren(...kept(children));
  return element;
}

export const button = (text, onclick, properties = {}) =>
  make("button", { type: "button", onclick, ...properties }, text);
export const primary = (text, onclick, id = "") => button(text, onclick, { className: "primary", id });
export const corner = (words, close) => button("×", close, { className: "quiet corner", "aria-label": words });
export const check = (id, checked, set, properties = {}) =>
  make("input", { type: "checkbox", id, checked, onchange: (event) => set(event.target.checked), ...properties });
export const quiet = (...words) => make("p", { className: "quiet" }, words);
export const buttons = (...all) => make("div", { className: "buttons" }, all);

/** A table: the first of each row is its heading. */
export function table(headings, rows, caption = "", className = "") {
  const head = make("tr", {}, headings.map((one) => make(one ? "th" : "td", { scope: one ? "col" : null }, one)));
  const row = ([first, ...cells]) =>
    make("tr", {}, make("th", { scope: "row" }, first), cells.map((one) => make("td", {}, one)));
  return make("table", { className }, caption ? make("caption", {}, caption) : null,
    make("thead", {}, head), make("tbody", {}, rows.map(row)));
}

const drawn = new Map();

/** Whether it is another one than what was drawn there before: what stands, and what somebody types, stays. */
export function changed(place, what) {
  const [before, now] = [drawn.get(place), JSON.stringify(what)];
  drawn.set(place, now);
  return before !== now;
}

/** Calls back when the window changes between light and dark: canvases have to be drawn again. */
export const onScheme = (redraw) => matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);

/** A control with its words before it; `id` ties the two together, and errors of the field appear below. */
export function labelled(words, control, field = control.id, help = "") {
  const one = control.matches("input, select"); // a group of them has a name of its own
  const label = make(one ? "label" : "span", { htmlFor: one ? control.id : null, title: help }, words);
  return make("div", { className: "field", "data-field": field }, label, control);
}

/** A select; `choices` are [value, words] or {group, choices}. */
export function select(id, choices, value, onchange, properties = {}) {
  const option = ([one, words]) => make("option", { value: one, selected: one === value }, words);
  const entries = choices.map((one) =>
    one.group === undefined ? option(one) : make("optgroup", { label: one.group }, one.choices.map(option)));
  return make("select", { id, ...properties, onchange: (event) => onchange(event.target.value) }, entries);
}

/** What the style sheet calls --name, now, as text and as [r, g, b]. */
export const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
export const rgb = (name) => {
  const hex = colour(name).slice(1);
  return [0, 2, 4].map((at) => parseInt(hex.slice(at, at + 2), 16));
};

/** A canvas as sharp as the screen, cleared: [context, width, height] in CSS pixels. */
export function sharp(canvas) {
  const ratio = Math.min(2, window.devicePixelRatio || 1);
  const [width, height] = [canvas.clientWidth, canvas.clientHeight];
  if (canvas.width !== Math.round(width * ratio)) canvas.width = Math.round(width * ratio);
  if (canvas.height !== Math.round(height * ratio)) canvas.height = Math.round(height * ratio);
  const context = canvas.getContext("2d");
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  return [context, width, height];
}

const SHAPES = [
  (c, x, y, r) => c.arc(x, y, r, 0, 2 * Math.PI),
  (c, x, y, r) => c.rect(x - 0.9 * r, y - 0.9 * r, 1.8 * r, 1.8 * r),
  (c, x, y, r) => polygon(c, x, y, 1.2 * r, [-90, 30, 150]),
  (c, x, y, r) => polygon(c, x, y, 1.25 * r, [-90, 0, 90, 180]),
  (c, x, y, r) => polygon(c, x, y, 1.2 * r, [90, 210, 330]),
  (c, x, y, r) => polygon(c, x, y, 1.1 * r, [-90, -18, 54, 126, 198]),
];

function polygon(context, x, y, r, angles) {
  angles.forEach((angle, at) => {
    const [a, b] = [x + r * Math.cos((angle * Math.PI) / 180), y + r * Math.sin((angle * Math.PI) / 180)];
    if (at) context.lineTo(a, b);
    else context.moveTo(a, b);
  });
  context.closePath();
}

/** Puts the mark of class `number` on the context's path: a circle, a square, a triangle, ... */
export function mark(context, number, x, y, r) {
  context.beginPath();
  SHAPES[number % SHAPES.length](context, x, y, r);
}

/** The colours of the classes, in their order; two classes are blue and vermilion, told apart by everybody. */
export const classColours = () => [0, 1, 2, 3, 4, 5, 6, 7].map((one) => rgb(`class-${one}`));
export const css = ([r, g, b], alpha = 1) => `rgb(${r} ${g} ${b} / ${alpha})`;

/** Every shade that a byte can have, as [r, g, b], faded to `most` so that points stand out. */
export function shades({ form, boundary }, most = 0.6) {
  const [ground, all] = [rgb("field"), classColours()];
  const faded = (one, share) => ground.map((zero, at) => zero + (one[at] - zero) * share);
  const bytes = Array.from({ length: 256 }, (_, byte) => byte);
  const sure = (byte) => most * (0.2 + (0.8 * (byte & 15)) / 15);
  if (form === "class") return bytes.map((byte) => faded(all[(byte >> 4) % 8], sure(byte)));
  const far = (byte) => most * Math.abs(byte / 127.5 - 1);
  if (boundary !== null) return bytes.map((byte) => faded(all[byte < 127.5 ? 0 : 1], far(byte)));
  const stops = ["amount-0", "amount-1", "amount-2"].map(rgb);
  return bytes.map((byte) => {
    const at = (2 * byte) / 255, first = Math.min(1, Math.floor(at));
    return stops[first].map((one, part) => one + (stops[first + 1][part] - one) * (at - first));
  });
}

/** Bytes as an image in which each has its shade, on a canvas of just that size. */
export function stamp(canvas, width, height, bytes, table) {
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
  const image = new ImageData(width, height);
  for (let at = 0, to = 0; at < width * height; at++) {
    const [r, g, b, opaque = 255] = table[bytes[at]];
    image.data[to++] = r;
    image.data[to++] = g;
    image.data[to++] = b;
    image.data[to++] = opaque;
  }
  canvas.getContext("2d").putImageData(image, 0, 0);
}
