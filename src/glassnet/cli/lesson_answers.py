"""A student's answers from the command line: started, checked, watched, with hints and solutions."""

from __future__ import annotations

import json
import shlex
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..errors import GlassnetError
from ..wording import count, listed
from .edge import say, style

if TYPE_CHECKING:
    from ..answers import Server
    from ..lessons.course import Opened
    from ..lessons.progress import Progress
    from ..lessons.verdicts import Result

_COLOURS = {"right": "green", "wrong": "red", "open": "yellow", "fault": "magenta"}
_WORDS = {"right": "right", "wrong": "wrong", "open": "open", "fault": "the lesson's fault"}


def start(opened: Opened, folder: Path, notebook: bool) -> None:
    """Write the file to answer in, or the notebook."""
    from ..lessons import files, notebooks

    path, added, new = (notebooks if notebook else files).start(opened, folder)
    if new:
        what = "the page and " if notebook else ""
        say(f"Wrote {path}: {what}{count(len(added), 'exercise')}, {listed(added)}.")
    elif added:
        say(f"{path} was there already: added {listed(added)}, and left the rest as it was.")
    else:
        say(f"{path} was there already and has every exercise: nothing was written.")
    where = "" if folder == Path() else f" {shlex.quote(str(path))}"
    say(f"Put your answers in place of `...`, save, and see: glassnet lesson {opened.name} --check{where}")


def answers_path(opened: Opened, given: str) -> Path:
    """The file that is meant; where none is said the usual one, or the notebook where only that is there."""
    path = Path(given or opened.answers_file)
    if path.is_dir():
        path = path / opened.answers_file
    if not path.is_file() and path.name == opened.answers_file and path.with_suffix(".ipynb").is_file():
        path = path.with_suffix(".ipynb")
    if not path.is_file():
        raise GlassnetError(
            f"there is no file {str(path)!r}: glassnet lesson {opened.name} --start writes it; or give its path"
        )
    return path


def check(opened: Opened, given: str, progress: Progress, as_json: bool) -> None:
    """One line an exercise; exit code 1 unless all are right."""
    path = answers_path(opened, given)
    results = _checked(opened, path, None)
    if as_json:
        rows = [{"exercise": r.exercise, "state": r.state, "words": r.words} for r in results]
        say(json.dumps({"lesson": opened.full_name, "file": str(path), "exercises": rows}, indent=2))
    else:
        say(f"Checking {path.resolve()}")
        _tell(opened, results)
    progress.note(opened, results)  # what was found is told, also where it can't be kept
    if all(result.state == "right" for result in results) and not as_json:
        _what_next(opened, progress)
    if any(result.state != "right" for result in results):
        raise SystemExit(1)


def _checked(opened: Opened, path: Path, server: Server | None) -> list[Result]:
    from ..lessons.verdicts import check_answers

    return check_answers(opened.exercises, path, lesson=opened.full_name, names=opened.names, server=server)


def _tell(opened: Opened, results: Sequence[Result]) -> None:
    from ..lessons.mathematics import plain
    from ..tables import width_of_output, wrapped

    widest = max(len(result.exercise) for result in results)
    indent = widest + 10
    for result in results:
        state = _WORDS[result.state]
        head = f"  {result.exercise:<{widest}}  "
        words = plain(result.words)
        lines = wrapped(words, max(30, (width_of_output() or 100) - indent)).split("\n") if words else [""]
        said = f"{state:<6}" if words else state
        say(head + style(said, fg=_COLOURS[result.state], bold=True) + f" {lines[0]}".rstrip())
        for line in lines[1:]:
            say(" " * indent + " " + line)
    right = sum(result.state == "right" for result in results)
    if right == len(results):
        say(style(f"All {right} right.", fg="green", bold=True))
        return
    say(f"{right} of {len(results)} right.")
    stuck = next((result for result in results if result.state == "wrong"), None)
    if stuck and opened.exercise(stuck.exercise).hints:
        say(f"Stuck? glassnet lesson {opened.name} --hint {stuck.exercise}")


def _what_next(opened: Opened, progress: Progress) -> None:
    from ..lessons.course import lessons_of
    from ..lessons.progress import coming_next
    from ..tables import width_of_output, wrapped

    following = coming_next(lessons_of(opened.catalog), progress, opened)
    if following is None:
        say("That was the last lesson of the course.")
    else:
        say(f"Next: glassnet lesson {following.name}")
        for line in wrapped(following.part.help, (width_of_output() or 100) - 2).split("\n"):
            say(f"  {line}")


def watch(opened: Opened, given: str, progress: Progress) -> None:
    """Check again whenever the file is saved, until all is right or Ctrl-C."""
    try:
        if opened.typed and not given:
            watch_page(opened)
        else:
            _watch_answers(opened, answers_path(opened, given), progress)
    except KeyboardInterrupt:
        say("Stopped watching.")


def _watch_answers(opened: Opened, path: Path, progress: Progress) -> None:
    from ..answers import Server

    with Server() as server:
        for _ in _saved(path):
            if _checked_aloud(opened, path, progress, server):
                _what_next(opened, progress)
                return


def _checked_aloud(opened: Opened, path: Path, progress: Progress, server: Server) -> bool:
    """Whether all is right now; a file that an editor has just taken away is checked when it is back."""
    try:
        results = _checked(opened, path, server)
    except GlassnetError as error:
        say(f"{error}")
        return False
    progress.note(opened, results)
    _tell(opened, results)
    return all(result.state == "right" for result in results)


def watch_page(opened: Opened) -> None:
    """For who writes a lesson: its page and all of its answers are tried whenever it is saved, until Ctrl-C."""
    from ..checks import run_checks, select
    from .check import show_report

    for _ in _saved(Path(opened.typed)):
        try:
            show_report(run_checks(select(opened.typed, opened.catalog), opened.catalog), in_full=False)
        except GlassnetError as error:
            say(style(str(error), fg="red"))


_PAUSE = 0.05  # seconds between two looks at a file


def _saved(path: Path) -> Iterator[None]:
    """At once, and whenever a file was saved since, also by putting another in its place; without an end."""
    say(f"Watching {path.resolve()}: save it to have it checked, Ctrl-C to stop.")
    seen: tuple[int, ...] | None = None
    while True:
        now = _stamp(path)
        if now is not None and now != seen:
            seen = now
            say(style(time.strftime("%H:%M:%S"), dim=True))
            yield
        time.sleep(_PAUSE)


def _stamp(path: Path) -> tuple[int, ...] | None:
    """Which file it is, when it was saved and how long it is; nothing while an editor puts it in place."""
    try:
        found = path.stat()
    except OSError:
        return None
    return (found.st_ino, found.st_mtime_ns, found.st_size) if found.st_size else None


def hint(opened: Opened, name: str, number: int | None) -> None:
    """The first hints of an exercise: one, unless a number is given."""
    from ..lessons.mathematics import plain

    exercise = opened.exercise(name)
    hints = exercise.hints
    if not hints:
        say(f"{name} has no hint.")
        return
    wanted = min(number or 1, len(hints))
    for at, words in enumerate(hints[:wanted], 1):
        say(f"Hint {at} of {len(hints)}: {plain(words)}")
    if wanted < len(hints):
        say(f"The next one: glassnet lesson {opened.name} --hint {name} {wanted + 1}")


def solution(opened: Opened, name: str, yes: bool) -> None:
    """Two right answers, after a question."""
    from ..lessons.stubs import HEADER, as_source

    exercise = opened.exercise(name)
    if exercise.sort == "artefact":
        raise GlassnetError(f"{name} asks for something that is made: its lesson says how")
    if not yes and not click.confirm(f"Show two right answers to {name}? It is more fun to find one"):
        return
    for number, answer in enumerate(exercise.right[:2], 1):
        say(style(f"# {number}", bold=True))
        say(as_source(exercise, answer).removeprefix(HEADER).strip("\n"))
        say()
