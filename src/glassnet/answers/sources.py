"""The text of a student's file, whatever it was saved with: one file of Python, or the cells of a notebook in order."""

from __future__ import annotations

import ast
import bisect
import io
import json
import re
import tokenize
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ..errors import GlassnetError, did_you_mean
from ..wording import memory

MOST_BYTES = 2 << 20  # of a file of Python
MOST_NOTEBOOK = 50 << 20  # pictures are in it


@dataclass(frozen=True)
class Source:
    """What a student has written: its text, how its file is called, and the line in which each cell begins.

    `cells` are number and first line of the code cells of a notebook; a file of Python has none. `fault` says why the
    file holds no text that Python could read.
    """

    text: str
    name: str = "answers.py"
    cells: Sequence[tuple[int, int]] = ()
    fault: str = ""

    def place(self, line: int) -> str:
        """`line 7`, in a notebook `cell 3, line 2`."""
        if not self.cells:
            return f"line {line}"
        at = max(bisect.bisect_right([first for _, first in self.cells], line) - 1, 0)
        number, first = self.cells[at]
        return f"cell {number}, line {line - first + 1}"

    def parts(self) -> list[tuple[int, str]]:
        """What is read by itself, so that a slip in one cell costs that one alone: first line and text."""
        if not self.cells:
            return [(1, self.text)]
        lines = self.text.split("\n")
        starts = [first for _, first in self.cells]
        ends = [*[start - 1 for start in starts[1:]], len(lines)]
        return [(start, "\n".join(lines[start - 1 : end])) for start, end in zip(starts, ends, strict=True)]


def source_of(path: Path) -> Source:
    """The source of a file of Python or of a notebook."""
    if path.suffix == ".ipynb":
        return source_of_notebook(path)
    data = _bytes(path, MOST_BYTES)
    text, fault = _text(data)
    return Source(text.replace("\r\n", "\n").replace("\r", "\n"), path.name, fault=fault)


def _bytes(path: Path, most: int) -> bytes:
    """At most so many bytes of a plain file, however it grows meanwhile."""
    try:
        if path.is_dir():
            raise GlassnetError(
                f"{path} is a folder: give the file with the answers, such as {path / 'answers_xor.py'}"
            )
        if path.exists() and not path.is_file():
            raise GlassnetError(f"{path} is a pipe or a device: give a file")
        with path.open("rb") as file:
            data = file.read(most + 1)
    except FileNotFoundError:
        near = did_you_mean(path.name, _names(path.parent))
        raise GlassnetError(f"there is no file {path}.{near}") from None
    except (OSError, ValueError) as error:
        raise GlassnetError(f"can't read {path}: {getattr(error, 'strerror', None) or error}") from error
    if len(data) > most:
        raise GlassnetError(f"{path} has more than {memory(most)}: such a file holds answers alone")
    return data


def _names(folder: Path) -> list[str]:
    try:
        return [one.name for one in folder.iterdir() if one.suffix in (".py", ".ipynb")]
    except OSError:
        return []


def _text(data: bytes) -> tuple[str, str]:
    """Text and an empty fault, or no text and the fault."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "", "it is written in UTF-16: save it as UTF-8"
    if b"\0" in data:
        return "", f"line {data[: data.index(0)].count(10) + 1}: it holds a byte 0, so it is no text: save it as UTF-8"
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
        return data.decode(encoding), ""
    except UnicodeDecodeError as error:
        line = data[: error.start].count(10) + 1
        return "", f"line {line}: the byte 0x{data[error.start]:02x} is no {error.encoding.upper()}: save it as UTF-8"
    except (SyntaxError, LookupError) as error:
        try:
            data.decode()
        except UnicodeDecodeError as wrong:  # detect_encoding has seen it in the first two lines
            line = data[: wrong.start].count(10) + 1
            return "", f"line {line}: the byte 0x{data[wrong.start]:02x} is no UTF-8: save it as UTF-8"
        return "", f"line 1: {error}: save it as UTF-8"


# --- notebooks ---------------------------------------------------------------------------------------------------

_MAGIC = re.compile(r"^(\s*)(?:[%!?]|[\w.]+\?{1,2}\s*$).*$")
_ONLY_THE_LINE = ("%%time", "%%timeit", "%%capture", "%%prun")  # the rest of such a cell is Python


def source_of_notebook(path: Path) -> Source:
    """The code cells of a notebook in order, as one text; lines of IPython (`%`, `!`, `?`) are left out."""
    try:
        book = json.loads(_bytes(path, MOST_NOTEBOOK))
        cells = [
            (number, "".join(cell["source"]).replace("\r\n", "\n").replace("\r", "\n"))
            for number, cell in enumerate(book["cells"], start=1)
            if cell["cell_type"] == "code"
        ]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise GlassnetError(f"{path} is no notebook that can be read: save it again, as .ipynb") from error
    lines: list[str] = []
    places = []
    for number, text in cells:
        places.append((number, len(lines) + 1))
        lines += _without_magics(text).split("\n")
    return Source("\n".join(lines), path.name, tuple(places) or ((1, 1),))


def _without_magics(text: str) -> str:
    """A cell as Python alone, with as many lines; in a cell that is Python already, `%` may begin a line of a text."""
    lines = text.split("\n")
    first = text.lstrip().split(maxsplit=1)[:1]
    if text.lstrip().startswith("%%") and first and first[0] not in _ONLY_THE_LINE:
        return "\n" * (len(lines) - 1)
    try:
        ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return "\n".join(_MAGIC.sub(r"\1pass", line) for line in lines)
    return text
