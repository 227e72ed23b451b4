// A lesson in a panel beside the network: what it says, buttons that set it up, exercises answered by doing.

import { button, corner, fill, make, primary, quiet } from "./make.js";
import { act, trouble } from "./state.js";
import { Refused, lesson } from "./wire.js";
import { W } from "./words.en.js";

const panel = document.getElementById("lesson");
const body = make("div");

export function mount() {
  const turn = () => (panel.hidden ? open("") : close());
  document.getElementById("tools").append(button(W.lessons, turn, { id: "lessons" }));
  panel.append(corner(W.close, close), body);
  panel.addEventListener("keydown", (event) => event.key === "Escape" && close());
  panel.firstElementChild.tabIndex = -1;
}

function close() {
  panel.hidden = true;
  document.body.classList.remove("beside");
  document.getElementById("lessons").focus();
}

/** A lesson by its name, played by the server, which takes seconds; all of them without a name. */
export async function open(name) {
  const heading = panel.firstElementChild;
  panel.hidden = false;
  document.body.classList.add("beside");
  fill(body, make("p", { className: "quiet", role: "status" }, W.reading));
  heading.focus();
  const back = button(W.chooseLesson, () => open(""), { className: "quiet" });
  try {
    const told = await lesson(name);
    heading.textContent = told.title ?? W.chooseLesson;
    if (told.lessons) list(told.lessons);
    else fill(body, back, told.blocks.map((one) => BLOCKS[one.kind](one, told.name)));
    panel.scrollTop = 0;
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    fill(body, make("p", { className: "error" }, error.message), back);
    if (error.lost) trouble(error.message, "", true);
  }
}

function list(lessons) {
  const entry = ({ name, title, minutes }) =>
    make("li", {}, button(title, () => open(name)), minutes ? make("small", {}, ` ${W.minutes(minutes)}`) : null);
  fill(body, make("ul", { className: "plain" }, lessons.map(entry)));
}

/** What the server has rendered; scripts in it would not run under the page's policy. */
const html = (text) => make("div", { innerHTML: text });

const BLOCKS = {
  html: (one) => html(one.html),
  cell: (one) => html(one.html),
  play: ({ settings, address }) => make("div", { className: "play" }, make("pre", {}, settings.join("\n")),
    primary(W.play, () => act("build", { address }))),
  exercise: (one, name) => exercise(one, name),
};

function exercise({ name, html: question, hints = [], doing, done }, lesson) {
  const mark = make("p", { className: "finding healthy", hidden: !done }, W.done);
  const verdict = make("div", { role: "status" });
  const check = async () => {
    const answer = await act("answer", { lesson, exercise: name });
    if (!answer) return;
    const { right, words } = answer.verdict;
    const said = [words].flat().map((text) => make("p", {}, text));
    if (right) mark.hidden = false;
    fill(verdict, make("div", { className: `finding ${right ? "healthy" : "remark"}` }, said));
  };
  return make("section", { className: "exercise" }, mark, html(question),
    hints.length ? make("details", {}, make("summary", {}, W.hints), hints.map(html)) : null,
    doing ? primary(W.check, check) : null, verdict);
}
