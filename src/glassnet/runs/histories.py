"""`history.csv`: one row an epoch, read back number for number, and mended from the checkpoint where it is damaged.

The checkpoint keeps the last rows a second time, so that a run goes on although a disk or a hand has spoilt the file.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import GlassnetError
from ..files import read_text
from ..schemas import DAMAGE, LARGEST
from ..training import Epoch
from ..wording import amount

Array = NDArray[Any]

LARGEST_HISTORY = 1 << 30  # bytes
KEPT = 500  # rows that a checkpoint holds as well


def read_history(path: Path) -> list[Epoch]:
    """The epochs of a history, number for number those that were written; a last, torn line is left out."""
    text = read_text(path, LARGEST_HISTORY)
    return _epochs(text[: text.rfind("\n") + 1].splitlines(), path)


def _epochs(lines: Iterable[str], path: Path) -> list[Epoch]:
    try:
        epochs = [_epoch(row) for row in csv.DictReader(lines)]
        if [epoch.number for epoch in epochs] != list(range(1, len(epochs) + 1)):
            raise ValueError("its epochs are not 1, 2, 3, ...")
    except KeyError as error:
        raise GlassnetError(f"{path} is damaged: its column {error} is missing") from error
    except (*DAMAGE, csv.Error) as error:
        raise GlassnetError(f"{path} is damaged: {error}") from error
    return epochs


def _epoch(row: Mapping[str, str]) -> Epoch:
    epoch = Epoch.of(row)
    if not (0 < epoch.number < LARGEST and 0 <= epoch.step < LARGEST):
        raise ValueError(f"epoch {epoch.number} of step {epoch.step}")
    return epoch


# --- in the checkpoint --------------------------------------------------------------------------------------


def kept_rows(header: str, lines: Iterable[str]) -> Array:
    """The header and the last rows as bytes, for the checkpoint."""
    return np.frombuffer("\n".join((header, *lines)).encode(), np.uint8)


def mended(path: Path, arrays: Mapping[str, Array]) -> tuple[list[Epoch], str]:
    """The epochs up to the checkpoint, each from the file or, where that is damaged, from the checkpoint's own rows.

    A text says what was mended; it is empty where nothing was. `GlassnetError` where rows are in neither.
    """
    done = int(arrays["counts"][0])
    header, kept = _kept(arrays)
    text = _text(path)
    lines = text[: text.rfind("\n") + 1].splitlines()
    header = header or (lines[0] if lines else "")
    found = dict(_rows(header, lines[1:] if lines[:1] == [header] else lines))
    whole = found | kept
    if lost := done - sum(number <= done for number in whole):
        raise GlassnetError(_lost(path, lost, whole, done))
    rows = [whole[number] for number in range(1, done + 1)]
    epochs = _epochs([header, *rows], path)
    further = [number for number, _ in _rows(header, lines[done + 1 :])]  # a kill leaves some that are too many
    if lines[: done + 1] == [header, *rows] and further == list(range(done + 1, len(lines))):
        return epochs, ""
    anew = sum(found.get(number) != whole[number] for number in range(1, done + 1))
    what = f"{anew} of its {done} rows are" if anew else "it is"
    return epochs, f"{path} was damaged: {what} written anew from the checkpoint"


def _kept(arrays: Mapping[str, Array]) -> tuple[str, dict[int, str]]:
    """The header and the rows that a checkpoint holds; none in those that were written before it held some."""
    held = arrays.get("history", np.zeros(0)).astype(np.uint8).tobytes()
    lines = held.decode(errors="replace").split("\n")
    return lines[0], dict(_rows(lines[0], lines[1:]))


def _text(path: Path) -> str:
    try:
        return read_text(path, LARGEST_HISTORY, errors="replace")
    except GlassnetError:
        return ""


def _rows(header: str, lines: Iterable[str]) -> Iterable[tuple[int, str]]:
    """Number and text of each line that is a row."""
    names = _cells(header)
    for line in lines:
        try:
            if len(cells := _cells(line)) == len(names):
                yield _epoch(dict(zip(names, cells, strict=True))).number, line
        except (*DAMAGE, csv.Error):
            continue


def _cells(line: str) -> list[str]:
    return next(csv.reader([line]), [])


def _lost(path: Path, lost: int, whole: Mapping[int, str], done: int) -> str:
    """Which are lost. Only the ends are looked for: a damaged checkpoint may claim any number of epochs."""
    first = next(number for number in count(1) if number not in whole)
    last = next(number for number in count(done, -1) if number not in whole)
    which = f"epoch {first}" if lost == 1 else f"{amount(lost)} epochs between {first} and {last}"
    return (
        f"{path} is damaged: it lacks {which} of {done}, and the checkpoint holds only the last {KEPT}: "
        "bring the file back, or train a new run"
    )
