// A lesson in a panel beside the network: what it says, buttons that set it up, exercises answered by doing.

import { button, corner, fill, make, primary, quiet } from "./make.js";
import { act, flags, trouble } from "./state.js";
import { Refused, command } from "./wire.js";
import { W } from "./words.en.js";

const panel = document.getElementById("lesson");
const body = make("div");
let shown = null;

export function mount() {
  const turn = () => (panel.hidden ? open("") : close());
  document.getElementById("tools").append(button(W.lessons, turn, { id: "lessons" }));
  panel.append(corner(W.close, close), body);
  panel.addEventListener("keydown", (event) => event.key === "Escape" && close());
  panel.firstElementChild.tabIndex = -1;
  if (flags.lesson) open(flags.lesson);
}

function close() {
  shown = null;
  panel.hidden = true;
  document.body.classList.remove("beside");
  document.getElementById("lessons").focus();
}

/** A lesson by its name: its text at once, what its cells come to as they are played. All lessons without a name. */
export async function open(name) {
  const heading = panel.firstElementChild;
  const mine = (shown = {});
  panel.hidden = false;
  document.body.classList.add("beside");
  const progress = make("progress", { "aria-label": W.playing });
  const state = make("p", { className: "quiet", role: "status" }, W.reading, progress);
  const back = button(W.chooseLesson, () => open(""), { className: "quiet" });
  fill(body, state);
  heading.focus();
  try {
    let { lessons, lesson } = await command("lesson", { name });
    if (shown !== mine) return;
    heading.textContent = lesson?.title ?? W.chooseLesson;
    panel.scrollTop = 0;
    if (lessons) return list(lessons);
    const blocks = lesson.blocks.map((one) => block(one, name));
    fill(body, back, state, blocks);
    while (lesson.done < lesson.total && shown === mine) {
      state.firstChild.textContent = W.played(lesson.done, lesson.total);
      [progress.value, progress.max] = [lesson.done, lesson.total];
      const before = lesson.done;
      ({ lesson } = await command("lesson", { name, done: before }));
      lesson.blocks.forEach((one, at) => one && blocks[before + at].replaceWith(block(one, name)));
    }
    state.remove();
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    state.replaceWith(make("p", { className: "error" }, error.message), back);
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

function block(one, name) {
  if (one.kind === "exercise") return exercise(one, name);
  if (one.kind === "html") return html(one.html);
  return make("div", { className: "play" }, make("pre", {}, one.settings.join("\n")),
    primary(W.play, () => act("build", { address: one.address })));
}

function exercise({ name, html: question, hints = [], doing, done }, lesson) {
  const mark = make("p", { className: "finding healthy", hidden: !done }, W.done);
  const verdict = make("div", { role: "status" });
  const check = async () => {
    const answer = await act("answer", { name: lesson, exercise: name });
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
