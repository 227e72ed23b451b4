"""A lesson beside the page: its blocks, played, and the verdict on an exercise that was answered by doing.

Playing a page takes seconds and moves folders and streams, so it happens in a process of its own, which is asked
through its arguments and answers with lines of JSON; the tab goes on training meanwhile. The first line holds the page
as it is before it is played, each further one what the next block has come to.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import GlassnetError
from .address import Refused, address_of

if TYPE_CHECKING:
    from ..catalog import Catalog
    from ..lessons.course import Opened
    from ..lessons.playing import Played
    from .session import Session

_MARK = "\x1e"  # begins what is said and not printed
PATIENCE = 120.0  # seconds of a lesson's page or of a checker that trains
BY_DOING = ("run",)  # sorts of exercises that are answered by the experiment of the tab


def answers(question: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """What a process of its own says to a question about a lesson, as it says it; `Refused` where it has no answer."""
    command = [sys.executable, "-P", "-m", "glassnet.playground.lessons", json.dumps(question)]
    pipes: Any = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(command, text=True, encoding="utf-8", errors="replace", **pipes) as process:
        (late := threading.Timer(PATIENCE, process.kill)).start()
        told: dict[str, Any] = {}
        try:
            for line in process.stdout or ():
                if line.startswith(_MARK):  # else a guest has printed it
                    told = json.loads(line[1:])
                    if "refused" in told:
                        raise Refused(told["refused"])
                    yield told
        finally:
            over = late.finished.is_set()
            late.cancel()
            process.kill()
    if over:
        raise Refused("that takes too long here: glassnet lesson shows and checks it in the terminal")
    if not told:
        raise Refused("the lesson could not be opened: glassnet lesson says why in the terminal")


def asked(question: Mapping[str, Any]) -> dict[str, Any]:
    """The only answer to a question."""
    return next(answers(question))


def answer(session: Session, start: Mapping[str, Any], words: Mapping[str, Any]) -> Callable[[], dict[str, Any]]:
    """What finds the answer to a tab's question about a lesson, in another thread: it may have to wait."""
    name = words.get("name")
    question = {"name": name, "start": start}
    if words["do"] == "answer":
        from .actions import as_answer

        exercise, command = words.get("exercise"), as_answer(session)
        return lambda: _judged(session.lesson, question | {"exercise": exercise, "answer": command})
    if not name:
        return lambda: asked(question)
    kept = session.lesson
    if kept is None or kept.name != name or kept.trouble:
        if kept:
            kept.left = True
        kept = session.lesson = Playing(question)
    return lambda: {"lesson": kept.since(words.get("done"))}


def _judged(lesson: Playing | None, question: Mapping[str, Any]) -> dict[str, Any]:
    told = asked(question)
    if lesson and told["verdict"]["right"]:
        lesson.solved(question["exercise"])
    return told


class Playing:
    """A lesson that is being played, and what it has come to so far; it is kept, so that it is played once."""

    def __init__(self, question: Mapping[str, Any]) -> None:
        self.name, self.news, self.over = question["name"], threading.Condition(), False
        self.left = False  # nobody wants it any more
        self.page: dict[str, Any] = {}
        self.played: list[dict[str, Any] | None] = []  # None: as it was before
        self.trouble: Exception | None = None
        threading.Thread(target=self._read, args=(question,), daemon=True).start()

    def _read(self, question: Mapping[str, Any]) -> None:
        try:
            for told in answers(question):
                if self.left:
                    raise Refused("another lesson was opened meanwhile")
                with self.news:
                    if self.page:
                        self.played.append(told["block"])
                    self.page = self.page or told
                    self.news.notify_all()
            if len(self.played) < len(self.page["blocks"]):
                raise Refused("the lesson broke off: glassnet lesson says why in the terminal")
        except Exception as error:
            self.trouble = error
        with self.news:
            self.over = True
            self.news.notify_all()

    def since(self, seen: int | None) -> dict[str, Any]:
        """All that there is, or what has been played since so many blocks were seen; waits until there is some."""
        with self.news:
            self.news.wait_for(lambda: self.over or bool(self.page and (seen is None or len(self.played) > seen)))
            if self.trouble and len(self.played) == (seen or 0):
                raise self.trouble
            told = {"done": len(self.played), "total": len(self.page["blocks"])}
            if seen is not None:
                return told | {"blocks": self.played[seen:]}
            now = [one or self.page["blocks"][at] for at, one in enumerate(self.played)]
            return self.page | told | {"blocks": now + self.page["blocks"][len(now) :]}

    def solved(self, exercise: str) -> None:
        """An exercise was answered."""
        for block in self.page["blocks"]:
            if block.get("name") == exercise:
                block["done"] = True


def main() -> None:
    """What the process does: answer the question in its argument."""
    from ..catalog import Catalog

    question = json.loads(sys.argv[1])
    start = question.get("start", {})
    out = sys.stdout

    def say(answer: Mapping[str, Any]) -> None:
        out.write(f"\n{_MARK}{json.dumps(answer, allow_nan=False)}\n")
        out.flush()

    try:
        files = [Path(file) for file in start.get("files", ())]
        catalog = Catalog.discover(files, start.get("without", ()), start.get("guests", True))
        for answer in _answers(question, catalog):
            say(answer)
    except GlassnetError as error:
        say({"refused": " ".join(str(error).split())})


def _answers(question: Mapping[str, Any], catalog: Catalog) -> Iterator[dict[str, Any]]:
    name = question["name"]
    if not name:
        yield {"lessons": list(_all(catalog))}
        return
    if not isinstance(name, str) or name.endswith(".md"):
        raise GlassnetError("a lesson is opened by its name here")
    from ..lessons.course import open_lesson

    opened = open_lesson(name, catalog)
    if "exercise" in question:
        yield _verdict(opened, question)
    else:
        yield from _page(opened)


def _all(catalog: Catalog) -> Iterator[dict[str, Any]]:
    from ..lessons.course import lessons_of, sound

    for one in sound(lessons_of(catalog))[0]:
        yield {"name": one.name, "title": one.page.title, "minutes": one.lesson.minutes, "help": one.part.help}


def _page(opened: Opened) -> Iterator[dict[str, Any]]:
    from ..lessons.playing import play, unplayed
    from ..lessons.progress import Progress

    solved = Progress.at().marks(opened)

    def shown(block: Played) -> dict[str, Any]:
        return unstyled(_shown(block, opened, solved))

    before = [shown(unplayed(block)) for block in opened.page.blocks]
    yield {"name": opened.name, "title": opened.page.title, "minutes": opened.lesson.minutes, "blocks": before}
    for block, old in zip(play(opened.page, opened.strangers()), before, strict=True):
        now = shown(block)
        yield {"block": None if now == old else now}


def _shown(block: Played, opened: Opened, solved: Mapping[str, str]) -> dict[str, Any]:
    """What the panel shows of a block: markup without scripts and styles, a button, an exercise."""
    from ..lessons.html import prose
    from ..lessons.playing import steps
    from ..lessons.reading import Cell, Play, Prose, Question

    part = block.block
    if isinstance(part, Prose):
        return {"kind": "html", "html": prose(block.text)}
    if isinstance(part, Cell):
        each = (f"<pre><code>{escape(code)}</code></pre>" + "".join(map(_output, out)) for code, out in steps(block))
        return {"kind": "html", "html": "".join(each)}
    if isinstance(part, Play):
        from ..experiment import Experiment
        from .state import settings_of

        settings = settings_of(Experiment().with_settings(part.settings))
        return {"kind": "play", "settings": list(part.settings), "address": address_of(settings)}
    if isinstance(part, Question):
        answer = f"<details><summary>Answer</summary>{prose(block.answer)}</details>"
        return {"kind": "html", "html": f"<p><strong>A question to yourself</strong></p>{prose(block.text)}{answer}"}
    exercise = opened.exercise(part.name)
    options = "".join(f"<li>{prose(option)}</li>" for option in exercise.options)
    return {
        "kind": "exercise", "name": exercise.name, "doing": exercise.sort in BY_DOING,
        "html": prose(exercise.question) + (f"<ol>{options}</ol>" if options else ""),
        "hints": [prose(hint) for hint in exercise.hints], "done": exercise.name in solved,
    }  # fmt: skip


def unstyled(block: dict[str, Any]) -> dict[str, Any]:
    """A block as the page's policy allows it: no markup says how it looks."""
    for name in {"html", "hints"} & set(block):
        given = block[name]
        block[name] = _bare(given) if isinstance(given, str) else [_bare(one) for one in given]
    return block


def _bare(markup: str) -> str:
    return re.sub(r'(<[^<>]*?) style="[^"]*"', r"\1", markup)


def _output(output: Any) -> str:
    from ..lessons.playing import Drawn
    from ..pictures.embedding import as_png

    if isinstance(output, Drawn):
        picture = as_png(output.figure, output.words)
        return f"<figure>{picture}<figcaption>{escape(output.words)}</figcaption></figure>"
    return f'<pre class="output">{escape(output.text)}</pre>' if output.text else ""


def _verdict(opened: Opened, question: Mapping[str, Any]) -> dict[str, Any]:
    """What a checker says of the command that stands for the experiment of the tab; what is right is remembered."""
    from ..lessons.progress import Progress
    from ..lessons.verdicts import result_of

    exercise = opened.exercise(str(question["exercise"]))
    if exercise.sort not in BY_DOING:
        raise GlassnetError(f"{exercise.name} is answered in a file: glassnet lesson {opened.name} --start")
    result = result_of(exercise, question["answer"])
    Progress.at().note(opened, [result])
    return {"verdict": {"right": result.state == "right", "words": [result.words], "done": result.state == "right"}}


if __name__ == "__main__":
    main()
