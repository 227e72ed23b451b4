"""The file of answers that a student begins with: each exercise as comments, with a stub below them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from textwrap import wrap

from ..errors import GlassnetError
from ..files import read_text, write_text
from ..teaching import Exercise
from .course import Opened
from .mathematics import plain
from .stubs import bags_of, stub_text

_WIDTH = 100


def start(opened: Opened, folder: Path) -> tuple[Path, list[str], bool]:
    """Write the file of answers, or add what is missing in one that is there: (path, exercises added, new)."""
    if not opened.exercises:
        raise GlassnetError(f"lesson {opened.name} has no exercise: there is nothing to answer")
    path = folder / opened.answers_file
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        write_text(path, whole(opened), elsewhere="give another folder after --start")
        return path, [exercise.name for exercise in opened.exercises], True
    text = read_text(path)
    missing = [exercise for exercise in opened.exercises if not is_bound(text, exercise.name)]
    if missing:
        more = "".join(f"\n\n{block(exercise)}" for exercise in missing)
        write_text(path, text.rstrip("\n") + "\n" + more, elsewhere="give another folder after --start")
    return path, [exercise.name for exercise in missing], False


def whole(opened: Opened) -> str:
    """The file as it is at first."""
    top = [
        f"# {opened.page.title}",
        "#",
        f"# Your answers: put yours in place of each `...`, save, and see: glassnet lesson {opened.name} --check",
        "# An answer is the last value that is bound to the exercise's name. `...` is not answered yet.",
        "",
        "import numpy as np",
    ]
    blocks = "".join(f"\n\n{block(exercise)}" for exercise in opened.exercises)
    return "\n".join(top) + "\n" + bags_of(opened.exercises) + blocks


def block(exercise: Exercise) -> str:
    """One exercise: its question as comments, its stub."""
    return "\n".join(_comments(exercise)) + "\n" + stub_text(exercise)


def _comments(exercise: Exercise) -> Iterator[str]:
    yield f"# --- {exercise.name} " + "-" * max(3, 60 - len(exercise.name))
    for paragraph in plain(exercise.question).split("\n\n"):
        yield from (f"# {line}".rstrip() for line in wrap(paragraph, _WIDTH, break_long_words=False))
    for letter, option in zip("abcdefghijklmnopqrstuvwxyz", exercise.options, strict=False):
        yield f"#   {letter}. {plain(option)}"
    if exercise.options:
        yield "# (a letter in quotes)"


def is_bound(text: str, name: str) -> bool:
    """Whether a file of answers has anything of that name, also where it can't be read as Python yet."""
    import re

    return re.search(rf"^\s*(def {name}\b|{name}\b\s*[=:,])", text, re.M) is not None
