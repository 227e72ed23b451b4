"""The folder of a sweep: what was asked for, a line for each cell as soon as it is finished, and what it came to.

A kill at any moment loses no finished cell. A last line that was torn by it is left out when the sweep goes on.
"""

from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from ..files import parse_json, plain, read_text, write_text, writing
from ..folders import Folders
from ..schemas import CELL
from .cells import Cell, Outcome
from .ranking import Row

DEFAULT_FOLDER = "sweeps"
ELSEWHERE = "choose another folder with --sweeps DIR or GLASSNET_SWEEPS"
WORDS, CELLS, TABLE, BEST = "sweep.json", "cells.jsonl", "table.csv", "best.toml"
FOLDERS = Folders("sweep", WORDS, elsewhere=ELSEWHERE)


def append(folder: Path, outcome: Outcome) -> None:
    """One more line: written whole, and handed to the system before the next cell is looked at."""
    line = json.dumps(plain(asdict(outcome)))
    with writing(folder, ELSEWHERE), (folder / CELLS).open("a", encoding="utf-8") as file:
        file.write(line + "\n")


def read_outcomes(folder: Path) -> list[Outcome]:
    """The finished cells."""
    return [outcome for _, outcome in _finished(folder)]


def mend(folder: Path) -> None:
    """Cut the file back to the finished cells, so that a line that was torn does not stand in the way."""
    kept = "".join(f"{line}\n" for line, _ in _finished(folder))
    path = folder / CELLS
    if os.path.lexists(path) and kept != read_text(path, errors="replace"):
        write_text(path, kept, ELSEWHERE) if kept else path.unlink()


def _finished(folder: Path) -> list[tuple[str, Outcome]]:
    """Whole lines that can be read, with what they say."""
    path = folder / CELLS
    text = read_text(path, errors="replace") if os.path.lexists(path) else ""
    lines = text[: text.rfind("\n") + 1].split("\n")
    return [(line, outcome) for line in lines if (outcome := _outcome(line)) is not None]


def _outcome(text: str) -> Outcome | None:
    """What a line says; None where it is damaged, so that its cell, and no other, is trained again."""
    try:
        line: Mapping[str, Any] = parse_json(text, CELL)
    except ValueError:
        return None
    words = line["cell"]
    cell = Cell(tuple(words["settings"]), words["epochs"], words["seed"], words["fold"], words["round"])
    scores = {name: float("nan") if value is None else value for name, value in line["scores"].items()}
    beside = {name: float("nan") if value is None else value for name, value in line.get("line", {}).items()}
    return Outcome(cell, scores, line["epochs"], line["seconds"], line["failed"], beside, line.get("alone", ""))


def write_table(folder: Path, rows: Sequence[Row], keys: Iterable[str], metric: str) -> None:
    """The points from best to worst, as CSV."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    figures = (metric, "standard_deviation", "standard_error", "cells", "failed", "epochs", "seconds", "mark", "reason")
    writer.writerow(["rank", *keys, *figures])
    for number, row in enumerate(rows, 1):
        values = [setting.partition("=")[2] for setting in row.point]
        mean = row.mean if row.scores else None
        mark = "tied" if row.tied else "best" if number == 1 and row.whole else ""
        about = (mean, row.spread, row.error, len(row.scores), row.failed, row.epochs, round(row.seconds, 3))
        writer.writerow([number, *values, *("" if one is None else one for one in about), mark, row.reason])
    write_text(folder / TABLE, text.getvalue(), ELSEWHERE)
