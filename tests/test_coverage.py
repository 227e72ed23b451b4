"""What the course documents show is taught: each row of the list of requirements names a place that is there."""

import re
from pathlib import Path

import pytest

from glassnet.catalog import Catalog
from glassnet.lessons.course import lessons_of
from glassnet.lessons.reading import Prose

DOCS = Path(__file__).parent.parent / "docs"
PAGE = (DOCS / "coverage.md").read_text(encoding="utf-8")
ROWS = [
    tuple(cell.strip() for cell in line.strip("|").split(" | ")) for line in re.findall(r"^\| \d+ \|.*\|$", PAGE, re.M)
]
#: The numbers of the rows that are a matter of teaching.
TAUGHT = {*range(1, 50), *range(108, 148), *range(158, 182)}
CATALOG = Catalog.discover(guests=False)
LESSONS = {one.part.name: one for one in lessons_of(CATALOG)}


def test_every_row_that_is_a_matter_of_teaching_is_there() -> None:
    assert {int(number) for number, *_ in ROWS} >= TAUGHT


@pytest.mark.parametrize(("number", "what", "lesson", "where"), ROWS, ids=[f"{row[0]}-{row[2]}" for row in ROWS])
def test_what_covers_a_row_is_in_its_lesson(number: str, what: str, lesson: str, where: str) -> None:
    headings, exercises = _places(lesson)
    assert what
    for place in where.split(";"):
        name = place.strip()
        assert name.strip("`") in exercises if name.startswith("`") else name in headings, (number, name)


def _places(name: str) -> tuple[set[str], set[str]]:
    """The headings and the exercises of a lesson; a guide has headings alone, the museum its exhibits."""
    if name == "museum":
        return set(), {part.name for part in CATALOG.parts("exhibit")}
    if name.endswith(".md"):
        prose, exercises = (DOCS / name).read_text(encoding="utf-8"), set()
    else:
        opened = LESSONS[name]
        prose = "\n".join(block.text for block in opened.page.blocks if isinstance(block, Prose))
        exercises = {exercise.name for exercise in opened.exercises}
    return {heading.strip() for heading in re.findall(r"^#+ (.*)$", prose, re.M)}, exercises
