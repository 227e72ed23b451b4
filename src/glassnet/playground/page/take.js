// What can be taken away: the address, the command, Python, a run folder, its report, a program, the points.

import { button, buttons, corner, fill, make, quiet } from "./make.js";
import { act, known } from "./state.js";
import { W } from "./words.en.js";

const dialog = document.getElementById("take");
const content = make("div"), told = make("p", { role: "status" });

export function mount() {
  dialog.append(corner(W.close, () => dialog.close()), content, told);
  document.getElementById("tools").append(button(W.takeAway, open, { id: "take-away" }));
}

async function open() {
  await act("state");
  draw();
  dialog.showModal();
}

function copied(words, text, id) {
  const copy = button(W.copy, async () => {
    await navigator.clipboard.writeText(text);
    copy.textContent = W.copied;
  });
  const shown = make("pre", { tabIndex: 0, role: "group", "aria-labelledby": id }, text);
  return make("section", {}, make("h3", { id }, words), shown, copy);
}

function save({ name, text, base64 }) {
  const bytes = base64 === undefined ? text : Uint8Array.from(atob(base64), (one) => one.charCodeAt(0));
  const link = make("a", { href: URL.createObjectURL(new Blob([bytes])), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

/** A button for a file or a folder: what comes of it is saved, or said. */
const verb = (name) => button(W.taken[name], async () => {
  const answer = await act(name);
  if (answer?.file) save(answer.file);
  if (answer?.kept) told.textContent = answer.kept.words;
}, { id: name });

function draw() {
  const { address, changes, command, python, data, settings, epoch, epochs } = known.state;
  told.textContent = "";
  fill(content,
    address ? copied(W.address, location.href, "take-address") : quiet(W.ownRows(settings.dataset)),
    changes.length ? quiet(W.byHand) : null,
    epoch && epoch < epochs ? quiet(W.wholeWay(epoch, epochs)) : null,
    copied(W.command, command, "take-command"),
    copied(W.python, python, "take-python"),
    buttons(["keep", "report", "script", ...(data.points_file ? ["points_file"] : [])].map(verb)));
}
