"""A lesson beside the page: its blocks, played, and the verdict on an exercise that was answered by doing.

Playing a page takes seconds and moves folders and streams, so it happens in a process of its own, which is asked
through its arguments and answers with one line of JSON; the tab goes on training meanwhile.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import GlassnetError
from .address import Refused, address_of

if TYPE_CHECKING:
    from ..catalog import Catalog
    from ..lessons.course import Opened
    from ..lessons.playing import Played

PATIENCE = 120.0  # seconds of a lesson's page or of a checker that trains
BY_DOING = ("run",)  # sorts of exercises that are answered by the experiment of the tab


def asked(question: Mapping[str, Any]) -> dict[str, Any]:
    """The answer of a process of its own to a question about a lesson; `Refused` where it has none."""
    command = [sys.executable, "-P", "-m", "glassnet.playground.lessons", json.dumps(question)]
    try:
        done = subprocess.run(command, capture_output=True, timeout=PATIENCE, check=False, stdin=subprocess.DEVNULL)
        answer: dict[str, Any] = json.loads(done.stdout.decode().strip().rpartition("\n")[2])
    except subprocess.TimeoutExpired:
        raise Refused("that takes too long here: glassnet lesson shows and checks it in the terminal") from None
    except ValueError:
        raise Refused("the lesson could not be opened: glassnet lesson says why in the terminal") from None
    if "refused" in answer:
        raise Refused(answer["refused"])
    return answer


def main() -> None:
    """What the process does: answer the question in its argument."""
    from ..catalog import Catalog

    question = json.loads(sys.argv[1])
    start = question.get("start", {})
    out = sys.stdout
    try:
        files = [Path(file) for file in start.get("files", ())]
        catalog = Catalog.discover(files, start.get("without", ()), start.get("guests", True))
        answer = _answer(question, catalog)
    except GlassnetError as error:
        answer = {"refused": " ".join(str(error).split())}
    out.write("\n" + json.dumps(answer, allow_nan=False) + "\n")


def _answer(question: Mapping[str, Any], catalog: Catalog) -> dict[str, Any]:
    name = question["name"]
    if not name:
        return {"lessons": list(_all(catalog))}
    if not isinstance(name, str) or name.endswith(".md"):
        raise GlassnetError("a lesson is opened by its name here")
    from ..lessons.course import open_lesson

    opened = open_lesson(name, catalog)
    return _verdict(opened, question) if "exercise" in question else _page(opened)


def _all(catalog: Catalog) -> Iterator[dict[str, Any]]:
    from ..lessons.course import lessons_of, sound

    for one in sound(lessons_of(catalog))[0]:
        yield {"name": one.name, "title": one.page.title, "minutes": one.lesson.minutes, "help": one.part.help}


def _page(opened: Opened) -> dict[str, Any]:
    from ..lessons.playing import play
    from ..lessons.progress import Progress

    solved = Progress.at().marks(opened)
    played = play(opened.page, opened.strangers())
    blocks = [unstyled(one) for block in played for one in _blocks(block, opened, solved)]
    return {"name": opened.name, "title": opened.page.title, "minutes": opened.lesson.minutes, "blocks": blocks}


def _blocks(block: Played, opened: Opened, solved: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    """What the panel shows of a block: markup without scripts and styles, buttons, exercises."""
    from ..lessons.html import prose
    from ..lessons.playing import steps
    from ..lessons.reading import Cell, Place, Play, Prose, Question

    part = block.block
    if isinstance(part, Prose):
        yield {"kind": "html", "html": prose(block.text)}
    elif isinstance(part, Cell):
        for code, outputs in steps(block):
            yield {"kind": "cell", "html": f"<pre><code>{escape(code)}</code></pre>" + "".join(map(_output, outputs))}
    elif isinstance(part, Play):
        from ..experiment import Experiment
        from .state import settings_of

        settings = settings_of(Experiment().with_settings(part.settings))
        yield {
            "kind": "play", "title": ", ".join(part.settings), "settings": list(part.settings),
            "address": address_of(settings),
        }  # fmt: skip
    elif isinstance(part, Question):
        answer = f"<details><summary>Answer</summary>{prose(block.answer)}</details>"
        yield {"kind": "html", "html": f"<p><strong>A question to yourself</strong></p>{prose(block.text)}{answer}"}
    elif isinstance(part, Place):
        exercise = opened.exercise(part.name)
        options = "".join(f"<li>{prose(option)}</li>" for option in exercise.options)
        yield {
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
