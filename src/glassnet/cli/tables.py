"""Columns for people: aligned, and cut to the width of the terminal where there is one."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Sequence

_GAP = "  "
_LEAST = (12, 4)  # a column is not cut below the first, or the second where the terminal is tiny


def width_of_output() -> int | None:
    """Columns of the terminal; None where the output goes to a file or a pipe, which is never cut."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else None


def table(header: Sequence[str], rows: Sequence[Sequence[str]], width: int | None) -> list[str]:
    """Lines of aligned columns. To fit the width the last column gives way first, then the widest."""
    columns = list(zip(header, *rows, strict=True))
    sizes = [max(len(cell) for cell in column) for column in columns]
    if width is not None:
        _shrink(sizes, width - len(_GAP) * (len(sizes) - 1))
    lines = []
    for row in (header, *rows):
        cells = [cut(cell, size).ljust(size) for cell, size in zip(row, sizes, strict=True)]
        lines.append(_GAP.join(cells).rstrip())
    return lines


def cut(text: str, size: int) -> str:
    """The text, or as much of it as fits and a sign that it goes on."""
    return text if len(text) <= size else text[: max(size - 1, 0)] + "…"


def _shrink(sizes: list[int], room: int) -> None:
    order = [len(sizes) - 1, *sorted(range(len(sizes) - 1), key=lambda column: -sizes[column])]
    for least in _LEAST:
        for column in order:
            excess = max(sum(sizes) - room, 0)
            sizes[column] = max(min(sizes[column], least), sizes[column] - excess)
