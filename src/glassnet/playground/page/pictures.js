// Rows that are pictures, with what the network takes them for beneath: right or wrong by sign, frame and colour.

import { changed, fill, make, stamp } from "./make.js";
import { W } from "./words.en.js";

const place = make("div", { className: "pictures", role: "group" });
const INK = Array.from({ length: 256 }, (_, byte) => [0, 0, 0, byte]); // as much of it as a pixel is bright

export const mount = () => place;

/** Buttons with the pictures of a state; `follow` is called with the number of a row. */
export function build({ kind, pictures: told, classes }, follow) {
  place.hidden = kind !== "pictures";
  if (!told) return;
  const { width, height, pixels, row, t } = told;
  if (!changed("pictures", [row, t, pixels.length])) return;
  const bytes = Uint8Array.from(atob(pixels), (one) => one.charCodeAt(0));
  fill(place, row.map((number, at) => {
    const drawn = make("canvas", { "aria-hidden": "true" });
    stamp(drawn, width, height, bytes.subarray(at * width * height), INK);
    const is = classes[t[at]];
    return make("button", { type: "button", onclick: () => follow(number), "data-row": number, "aria-label": is },
      drawn, make("span", {}, is));
  }));
}

/** The answers of a frame, and which row is followed. */
export function answer({ pictures: { row, t }, classes }, told, followed) {
  [...place.children].forEach((one, at) => {
    one.setAttribute("aria-current", String(row[at] === followed));
    if (!told) return;
    const [is, said] = [classes[t[at]], classes[told.y[at]]];
    one.dataset.right = told.right[at] ? "yes" : "no";
    one.lastChild.textContent = `${told.right[at] ? "✓" : "✗"} ${said}`;
    one.setAttribute("aria-label", W.answered(is, said));
  });
}
