"""`glassnet lesson --grade`: a class's answers as a table."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from ..wording import count, listed
from .edge import say

if TYPE_CHECKING:
    from ..lessons.course import Opened


def grade(lessons: list[Opened], folder: Path, csv: str | None, as_json: bool) -> None:
    """Check every file, show a row each, and write what a spreadsheet takes."""
    from ..files import write_text
    from ..lessons import grading
    from ..tables import width_of_output

    grades = []
    for one in grading.grade(folder, lessons):
        grades.append(one)
        say(f"{one.student}, {one.lesson.name}: {one.right} of {len(one.results)}", err=True)
    if as_json:
        rows = [
            {
                "student": g.student,
                "lesson": g.lesson.full_name,
                "exercise": r.exercise,
                "state": r.state,
                "words": r.words,
            }
            for g in grades
            for r in g.results
        ]
        say(json.dumps(rows, indent=2))
    else:
        for line in grading.table(grades).lines(width_of_output()):
            say(line)
    if csv:
        write_text(Path(csv), grading.as_csv(grades), elsewhere="give another path after --csv")
        say(f"Wrote {csv}: a line for each student and exercise, with what the student was told.", err=True)
    inside = sorted({e.name for g in grades for e in g.lesson.exercises if e.sort == "part"})
    if inside:
        say(f"Checked in the student's own process, as parts are: {listed(inside)}.", err=True)
    say(
        f"{count(len(grades), 'file')} checked. Answers run on this machine: those of strangers belong in a container.",
        err=True,
    )
