// A lesson in a panel beside the network: what it says, buttons that set an experiment up, exercises answered by doing.

import { button, fill, make } from "./make.js";
import { act, trouble } from "./state.js";
import { Refused, lesson } from "./wire.js";
import { W } from "./words.en.js";

const panel = document.getElementById("lesson");
const body = make("div", { className: "page" });

export function mount(name) {
  panel.addEventListener("keydown", (event) => { if (event.key === "Escape") close(); });
  panel.append(button("×", close, { className: "quiet corner", "aria-label": W.close }), body);
  document.addEventListener("lessons", () => (panel.hidden ? open("") : close()));
  if (name) open(name);
}

function close() {
  panel.hidden = true;
  document.body.classList.remove("beside");
  document.getElementById("lessons").focus();
}

async function open(name) {
  panel.hidden = false;
  document.body.classList.add("beside");
  fill(body, make("p", { className: "quiet", role: "status" }, W.reading));
  panel.firstElementChild.tabIndex = -1;
  panel.firstElementChild.focus();
  try {
    const told = await lesson(name);
    panel.firstElementChild.textContent = told.title ?? W.chooseLesson;
    if (told.lessons) return list(told.lessons);
    fill(body, button(W.chooseLesson, () => open(""), { className: "quiet" }), told.lead ? make("p", { className: "lead" }, told.lead) : null, told.blocks.map((one) => block(told.name, one)));
    panel.scrollTop = 0;
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    fill(body, make("p", { className: "error" }, error.message), button(W.chooseLesson, () => open(""), { className: "quiet" }));
    if (error.lost) trouble(error.message, "", true);
  }
}

function list(lessons) {
  fill(body, make("ul", { className: "plain" }, lessons.map((one) =>
    make("li", {}, button(one.title, () => open(one.name)), one.minutes ? make("small", {}, ` ${W.minutes(one.minutes)}`) : null))));
}

/** What the server has rendered; it lets no scripts through, and the page's policy would not run them. */
const html = (text) => make("div", { innerHTML: text.replace(/(<[^>]*?)\sstyle="[^"]*"/g, "$1") }); // this page has its own

const BLOCKS = {
  html: (name, one) => html(one.html),
  cell: (name, one) => html(one.html),
  play: (name, one) => make("div", { className: "play" }, make("pre", {}, one.settings.join("\n")),
    button(one.title ? `${W.play}: ${one.title}` : W.play, () => act("build", { address: one.address }), { className: "primary" })),
  exercise: (name, one) => exercise(name, one),
};
const block = (name, one) => (BLOCKS[one.kind] ?? BLOCKS.html)(name, one);

function exercise(name, one) {
  const verdict = make("div", { role: "status" });
  const check = async () => {
    const answer = await act("answer", { lesson: name, exercise: one.name });
    if (!answer) return;
    const { right, words } = answer.verdict;
    fill(verdict, make("div", { className: `finding ${right ? "healthy" : "remark"}` }, [words].flat().map((text) => make("p", {}, text))));
  };
  return make("section", { className: "exercise" }, html(one.html),
    one.hints?.length ? make("details", {}, make("summary", {}, W.hints), one.hints.map(html)) : null,
    one.doing ? button(W.check, check, { className: "primary" }) : null, verdict);
}
