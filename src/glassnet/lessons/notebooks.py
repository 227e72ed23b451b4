"""A lesson as a notebook: the page's prose and cells, and for each exercise a cell to answer in and one that checks.

The page is played once while it is written, so that the figures in its prose are there; its cells are left for the
student to run.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ..errors import GlassnetError
from ..files import read_text, write_text
from ..teaching import Exercise
from .course import Opened
from .files import is_bound
from .links import unlinked
from .playing import Played, commands_of, play
from .reading import Cell, Place, Play, Prose, Question
from .stubs import FUNCTIONS, HEADER, bags_of, stub_text

_ELSEWHERE = "give another folder after --start"
#: `!glassnet` is a program: the one beside the Python that the notebook runs with, wherever that is.
_FIRST = """# Run this cell first: the commands below are those of the glassnet that this notebook uses.
import os, sys

os.environ["PATH"] = os.path.dirname(sys.executable) + os.pathsep + os.environ["PATH"]"""


def start(opened: Opened, folder: Path) -> tuple[Path, list[str], bool]:
    """Write `answers_NAME.ipynb`, or add what is missing in one that is there: (path, exercises added, new)."""
    if not opened.exercises:
        raise GlassnetError(f"lesson {opened.name} has no exercise: there is nothing to answer")
    path = (folder / opened.answers_file).with_suffix(".ipynb")
    v4 = _nbformat().v4
    if path.exists():
        return path, _completed(opened, path), False
    book = v4.new_notebook(cells=[*_cells(opened, v4)])
    book.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    for number, cell in enumerate(book.cells):
        cell["id"] = f"{opened.part.name}-{number}"[:64]
    folder.mkdir(parents=True, exist_ok=True)
    write_text(path, _nbformat().writes(book) + "\n", elsewhere=_ELSEWHERE)
    return path, [exercise.name for exercise in opened.exercises], True


def _nbformat() -> Any:
    try:
        import nbformat
    except ImportError as error:
        raise GlassnetError("a notebook needs nbformat: pip install nbformat") from error
    return nbformat


def _completed(opened: Opened, path: Path) -> list[str]:
    """Add the exercises that no cell of a notebook binds yet; their names."""
    from ..answers import source_of_notebook

    text = source_of_notebook(path).text
    missing = [exercise for exercise in opened.exercises if not is_bound(text, exercise.name)]
    if missing:
        nbformat = _nbformat()
        book = nbformat.reads(read_text(path), as_version=4)
        book.cells += [cell for exercise in missing for cell in _answering(opened, exercise, nbformat.v4)]
        write_text(path, nbformat.writes(book) + "\n", elsewhere=_ELSEWHERE)
    return [exercise.name for exercise in missing]


def _cells(opened: Opened, v4: Any) -> Iterator[Any]:
    """Every cell in order."""
    if any(cell.language == "console" for cell in opened.page.cells):
        yield v4.new_code_cell(_FIRST)
    for played in play(opened.page, opened.strangers()):
        yield from _of_block(played, opened, v4)


def _of_block(played: Played, opened: Opened, v4: Any) -> Iterator[Any]:
    part = played.block
    if isinstance(part, Prose):
        yield v4.new_markdown_cell(unlinked(played.text))
    elif isinstance(part, Question):
        answer = f"<details><summary>Answer</summary>\n\n{unlinked(played.answer)}\n\n</details>"
        yield v4.new_markdown_cell(f"**A question to yourself.** {unlinked(played.text)}\n\n{answer}")
    elif isinstance(part, Play):
        yield v4.new_markdown_cell(f"Try it by hand, in a terminal:\n\n    {part.command('play')}")
    elif isinstance(part, Cell):
        cell = v4.new_code_cell(_code(part))
        if part.words == "error":
            cell.metadata["tags"] = ["raises-exception"]  # "run all" goes on after it
        yield cell
    elif isinstance(part, Place):
        yield from _answering(opened, opened.exercise(part.name), v4)


def _answering(opened: Opened, exercise: Exercise, v4: Any) -> Iterator[Any]:
    """The question as words, a cell to answer in, and one that checks."""
    letters = "abcdefghijklmnopqrstuvwxyz"
    options = [f"- {letter}. {option}" for letter, option in zip(letters, exercise.options, strict=False)]
    letter = ["", "(a letter in quotes)"] if options else []
    question = f"**Exercise** `{exercise.name}`\n\n{exercise.question}\n\n" + "\n".join([*options, *letter])
    yield v4.new_markdown_cell(unlinked(question.rstrip() + "".join(_folded_hints(exercise))))
    yield v4.new_code_cell(_imports(opened, exercise) + stub_text(exercise).rstrip("\n"))
    yield v4.new_code_cell(
        f'import glassnet\n\nglassnet.lesson("{opened.name}").check({exercise.name}={exercise.name})'
    )


def _folded_hints(exercise: Exercise) -> Iterator[str]:
    """Each hint closed until it is clicked."""
    for number, words in enumerate(exercise.hints, 1):
        yield f"\n\n<details><summary>Hint {number} of {len(exercise.hints)}</summary>\n\n{words}\n\n</details>"


def _imports(opened: Opened, exercise: Exercise) -> str:
    """What an answer may use and no cell of the page has imported."""
    lines = []
    if exercise.sort in FUNCTIONS and not any("import numpy as np" in cell.text for cell in opened.page.cells):
        lines.append(HEADER)
    lines.append(bags_of([exercise]))
    return "".join(lines) + ("\n" if any(lines) else "")


def _code(cell: Cell) -> str:
    if cell.language == "console":
        return "\n".join(f"!{command}" for _, command in commands_of(cell))
    return cell.text
