"""The reading order of `docs/core.md` and the tables of `docs/architecture.md` are those of the code."""

import re
from itertools import chain
from pathlib import Path

import pytest
from test_layers import FLOORS

import glassnet
from glassnet.kinds import KINDS
from glassnet.streams import Stream

ROOT = Path(glassnet.__file__).parents[2]
CORE = (ROOT / "docs" / "core.md").read_text(encoding="utf-8")
ARCHITECTURE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| (\d+) \| `(src/[\w/]+\.py)` \| (\d+)(?: of (\d+))? \|", CORE, re.MULTILINE)


def test_the_order_is_counted_and_its_files_fit_into_an_afternoon() -> None:
    assert [int(number) for number, *_ in ROWS] == list(range(1, len(ROWS) + 1)) and len(ROWS) >= 13
    assert sum(int(lines) for _, _, lines, _ in ROWS) < 3000


@pytest.mark.parametrize(("path", "lines", "whole"), [row[1:] for row in ROWS])
def test_the_lines_of_a_file_are_as_many_as_the_page_says(path: str, lines: str, whole: str) -> None:
    there = (ROOT / path).read_text(encoding="utf-8").count("\n")
    said = int(whole or lines)
    assert abs(there - said) <= 0.1 * said, f"{path} has {there} lines: say so in docs/core.md"


def test_every_name_on_the_page_is_in_the_files_that_come_before_it() -> None:
    """A section may use words of its own file and of those above it, and no others."""
    sections = re.split(r"^\*\*(\d+) ", CORE, flags=re.MULTILINE)[1:]
    files = {int(number): (ROOT / path).read_text(encoding="utf-8") for number, path, *_ in ROWS}
    letters = set(re.findall(r"`([A-Za-z]+)`", CORE.partition("## What to look at")[0]))
    for number, text in zip(map(int, sections[::2]), sections[1::2], strict=True):
        known = "\n".join(files[one] for one in range(1, number + 1))
        for name in re.findall(r"`([A-Za-z_][\w.]*)`", text.partition("\n## ")[0]):
            for word in name.split("."):
                assert word in letters or re.search(rf"\b{word}\b", known), f"section {number} says {name} too early"


def test_the_tables_of_the_architecture_are_those_of_the_code() -> None:
    streams = dict(re.findall(r"^\| `([A-Z]+)` \| (\d+) \|", ARCHITECTURE, re.MULTILINE))
    assert {name: int(value) for name, value in streams.items()} == {one.name: int(one) for one in Stream}
    kinds = re.findall(r"^\| (\w+) \| `(\w+)` \|", ARCHITECTURE, re.MULTILINE)
    assert {(kind, hook) for kind, hook in kinds} >= {(kind.name, kind.plural) for kind in KINDS.values()}
    table = ARCHITECTURE.partition("## Floors")[2].partition("Beside them")[0]
    named = [set(re.findall(r"`([a-z_]+)`", row)) for row in re.findall(r"^\| \d+ \|.*$", table, re.MULTILINE)]
    homes = {name for name in chain(*FLOORS) if (ROOT / "src" / "glassnet" / name).exists()}
    homes |= {name for name in chain(*FLOORS) if (ROOT / "src" / "glassnet" / f"{name}.py").exists()}
    assert homes - {"__main__"} <= set(chain(*named)), homes - set(chain(*named))
    above = {name: place for place, names in enumerate(named) for name in names}
    floor = {name: number for number, names in enumerate(FLOORS) for name in names}
    for one in homes & set(above):
        for other in homes & set(above):  # nothing stands higher in the table that lies lower in the code
            assert not (floor[one] < floor[other] and above[one] < above[other]), f"{one} stands above {other}"
