"""A class's answers: a folder of files, or of folders, a student each, as one table with what each was told.

A student's process only computes; but it computes on this machine. Answers of strangers belong in a container, and the
exercises that ask for a part are checked inside the student's process: `Grade.inside` says which.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import GlassnetError
from ..tables import Table
from .course import Opened
from .verdicts import Result, check_answers

if TYPE_CHECKING:
    from ..answers import Server

_POINTS = {"right": "1", "wrong": "0", "open": "", "fault": ""}  # a spreadsheet can add them up


@dataclass(frozen=True)
class Grade:
    """One student's file for one lesson, with the result of each exercise."""

    student: str
    lesson: Opened
    results: Sequence[Result]

    @property
    def right(self) -> int:
        return sum(result.state == "right" for result in self.results)


def found(folder: Path, lessons: Sequence[Opened]) -> list[tuple[str, Opened, Path]]:
    """(student, lesson, file) of each file of answers: `answers_xor.py` in a folder of the student's name, or a file
    `NAME_answers_xor.py`, `NAME.py` where one lesson is asked for alone."""
    if not folder.is_dir():
        raise GlassnetError(f"there is no folder {str(folder)!r}: give the one that holds the students' files")
    by_stem = {Path(one.answers_file).stem: one for one in lessons}
    rows = []
    for path in sorted(folder.rglob("*")):
        hidden = any(part.startswith((".", "__")) for part in path.relative_to(folder).parts)
        if path.suffix not in (".py", ".ipynb") or not path.is_file() or hidden:
            continue  # editors and notebooks keep copies in hidden folders
        stem = next((known for known in by_stem if path.stem == known or path.stem.endswith(f"_{known}")), None)
        inner = path.parent != folder
        if stem:
            own = path.stem.removesuffix(stem).rstrip("_-")
            student = path.relative_to(folder).parts[0] if inner else path.stem
            rows.append((own or student, by_stem[stem], path))
        elif len(lessons) == 1:
            rows.append((path.relative_to(folder).parts[0] if inner else path.stem, lessons[0], path))
    if not rows:
        names = ", ".join(one.answers_file for one in lessons[:3])
        raise GlassnetError(
            f"{str(folder)!r} holds no file of answers: they are called {names} and so on, in a folder a student"
        )
    return rows


def grade(folder: Path, lessons: Sequence[Opened]) -> Iterator[Grade]:
    """Each file's results, one after the other."""
    from ..answers import Server

    rows = found(folder, lessons)
    with Server() as server:
        for student, lesson, path in rows:
            yield Grade(student, lesson, _results(lesson, path, server))


def _results(lesson: Opened, path: Path, server: Server) -> list[Result]:
    """What a file came to; one that can't be read costs its student alone."""
    try:
        return check_answers(lesson.exercises, path, lesson=lesson.full_name, names=lesson.names, server=server)
    except GlassnetError as error:
        return [Result(exercise.name, "wrong", str(error)) for exercise in lesson.exercises]


def table(grades: Sequence[Grade]) -> Table:
    """A row a student and lesson: how many are right, and which."""
    rows = [
        (
            one.student,
            one.lesson.name,
            f"{one.right} of {len(one.results)}",
            _listed(one, "wrong"),
            _listed(one, "open"),
        )
        for one in grades
    ]
    return Table(
        ("student", "lesson", "right", "wrong", "open"), rows, left=("student", "lesson"), wraps=("wrong", "open")
    )


def _listed(one: Grade, state: str) -> str:
    return ", ".join(result.exercise for result in one.results if result.state == state)


def as_csv(grades: Sequence[Grade]) -> str:
    """For a spreadsheet: a line for each student and exercise, with the words that the student was told.

    A cell that begins with = + - @ would be a formula there: it gets an apostrophe in front.
    """
    sheet = io.StringIO()
    writer = csv.writer(sheet, lineterminator="\n")
    writer.writerow(("student", "lesson", "exercise", "points", "state", "feedback"))
    for one in grades:
        for result in one.results:
            cells = (one.student, one.lesson.name, result.exercise, _POINTS[result.state], result.state, result.words)
            writer.writerow([_harmless(cell) for cell in cells])
    return sheet.getvalue()


def _harmless(cell: str) -> str:
    flat = " ".join(cell.split())
    return f"'{flat}" if flat[:1] in ("=", "+", "-", "@") else flat
