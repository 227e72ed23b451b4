"""A lesson as a notebook: the page's prose and cells, and for each exercise a cell to answer in and one that checks."""

from __future__ import annotations

from pathlib import Path

from ..errors import GlassnetError
from ..files import write_text
from .course import Opened
from .files import block
from .playing import commands_of
from .reading import Cell, Place, Prose, Question


def write(opened: Opened, folder: Path) -> Path:
    """Write `answers_NAME.ipynb`; one that is there already stays."""
    try:
        import nbformat
    except ImportError as error:
        raise GlassnetError("a notebook needs nbformat: pip install nbformat") from error
    path = (folder / opened.answers_file).with_suffix(".ipynb")
    if path.exists():
        raise GlassnetError(f"{str(path)!r} is there already, and may hold your answers: move it away first")
    v4 = nbformat.v4
    book = v4.new_notebook(cells=[_cell(v4, opened, one) for one in _pieces(opened)])
    book.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    for number, cell in enumerate(book.cells):
        cell["id"] = f"{opened.part.name}-{number}"[:64]
    folder.mkdir(parents=True, exist_ok=True)
    write_text(path, nbformat.writes(book) + "\n", elsewhere="give another folder after --start")
    return path


def _pieces(opened: Opened) -> list[tuple[str, str]]:
    """(markdown or code, text) of every cell, in order."""
    pieces: list[tuple[str, str]] = []
    for part in opened.page.blocks:
        if isinstance(part, Prose):
            pieces.append(("markdown", part.text))
        elif isinstance(part, Question):
            answer = f"<details><summary>Answer</summary>\n\n{part.answer}\n\n</details>"
            pieces.append(("markdown", f"**A question to yourself.** {part.text}\n\n{answer}"))
        elif isinstance(part, Cell):
            pieces.append(("code", _code(part)))
        elif isinstance(part, Place):
            exercise = opened.exercise(part.name)
            pieces.append(("code", block(exercise).rstrip("\n")))
            check = f'import glassnet\n\nglassnet.lesson("{opened.name}").check({part.name}={part.name})'
            pieces.append(("code", check))
    return pieces


def _code(cell: Cell) -> str:
    if cell.language == "console":
        return "\n".join(f"!{command}" for _, command in commands_of(cell))
    return cell.text


def _cell(v4: object, opened: Opened, piece: tuple[str, str]) -> object:
    sort, text = piece
    return v4.new_markdown_cell(text) if sort == "markdown" else v4.new_code_cell(text)  # type: ignore[attr-defined]
