"""Courses: the lessons of the catalog in their order, each with its page read and its exercises at hand."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..catalog import Catalog, Part
from ..errors import GlassnetError, did_you_mean, join, need
from ..faces import Face
from ..tables import Table
from ..teaching import Exercise, Lesson
from .links import Address
from .mathematics import plain
from .pages import exercises_of, from_markdown
from .reading import Page, read_page

if TYPE_CHECKING:
    from .verdicts import Result


@dataclass(frozen=True, repr=False)
class Opened(Face):
    """A lesson that was opened: its part, its bag, its page and its exercises in the order of the page."""

    part: Part
    catalog: Catalog
    typed: str = ""  # the path of a page that is being written

    @cached_property
    def lesson(self) -> Lesson:
        """The bag."""
        bag: Lesson = self.part.build()
        return bag

    @cached_property
    def page(self) -> Page:
        """Its page, read."""
        with self._named():
            return read_page(self.lesson.page)

    @cached_property
    def exercises(self) -> Sequence[Exercise]:
        """Those of the page and of its module."""
        with self._named():
            return exercises_of(self.lesson, self.page)

    @cached_property
    def names(self) -> frozenset[str]:
        """What the cells of its page bind."""
        from ..answers import bound_in

        return frozenset(name for cell in self.page.cells if cell.language == "python" for name in bound_in(cell.text))

    @contextmanager
    def _named(self) -> Iterator[None]:
        """What is wrong inside is said with the lesson's name."""
        try:
            yield
        except GlassnetError as error:
            raise GlassnetError(f"lesson {self.name}: {error}") from error

    @property
    def name(self) -> str:
        """The shortest name that means it."""
        return self.typed or self.catalog.short_name(self.part)

    @property
    def full_name(self) -> str:
        """Distribution and name: what progress is kept by."""
        return self.part.full_name

    def _face_(self) -> Iterable[str | Table]:
        yield f"lesson {self.name}: {self.page.title} ({self.lesson.minutes} minutes)"
        rows = [(one.name, one.sort, plain(one.question).split("\n")[0]) for one in self.exercises]
        yield Table(("exercise", "", "question"), rows)
        yield (
            f'lesson("{self.name}").check({self.exercises[0].name}=...) checks an answer'
            if rows
            else "It asks for nothing."
        )

    @property
    def answers_file(self) -> str:
        """What its file of answers is called."""
        return f"answers_{self.part.name}.py"

    def exercise(self, name: str) -> Exercise:
        """The exercise of that name; an unknown one is an error with all names."""
        for exercise in self.exercises:
            if exercise.name == name:
                return exercise
        names = [exercise.name for exercise in self.exercises]
        known = f"Its exercises: {join(names)}" if names else "It has none"
        raise GlassnetError(f"lesson {self.name} has no exercise {name!r}.{did_you_mean(name, names)} {known}")

    def check(self, **answers: Any) -> Checked:
        """The verdicts on answers by name, `lesson("xor").check(why="b")`, as a table in a notebook.

        Here the checker runs beside the answers, in the process that called it. An unknown name is an error.
        """
        from .verdicts import result_of

        if not answers:
            first = next((exercise.name for exercise in self.exercises), "best")
            raise GlassnetError(f"nothing is to be checked: give answers by name, as in check({first}={first})")
        return Checked(tuple(result_of(self.exercise(name), answer, self.names) for name, answer in answers.items()))

    def strangers(self) -> list[str]:
        """The words before a command that keep other people's plugins out of its page."""
        return strangers_of(self.part, self.catalog)


@dataclass(frozen=True, repr=False)
class Checked(Face):
    """What some answers came to."""

    results: Sequence[Result]

    @property
    def ok(self) -> bool:
        """Whether all of them are right."""
        return all(result.state == "right" for result in self.results)

    def _face_(self) -> Iterable[Table]:
        rows = [(one.exercise, f"{_SIGNS[one.state]} {one.state}", plain(one.words)) for one in self.results]
        return (Table(("exercise", "verdict", "why"), rows),)


_SIGNS = {"right": "✓", "wrong": "✗", "open": "·", "fault": "!"}


def lesson(name: str) -> Opened:
    """Open a lesson: `lesson("xor").check(why="b")` checks answers; it shows what it asks in a notebook.

    Raises `GlassnetError` for a name that no lesson has.
    """
    need(name, str, "lesson wants the name of a lesson, as in lesson('xor')")
    return open_lesson(name, Catalog.discover())


def lessons_of(catalog: Catalog) -> list[Opened]:
    """Every lesson in order: ours first, then the courses of guests."""
    return [Opened(part, catalog) for part in catalog.parts("lesson")]


def sound(lessons: Sequence[Opened]) -> tuple[list[Opened], list[str]]:
    """Those that can be opened, and what is wrong with each of the others."""
    found, broken = [], []
    for one in lessons:
        try:
            _ = one.exercises
            found.append(one)
        except GlassnetError as error:
            broken.append(str(error))
    return found, broken


def open_lesson(name: str, catalog: Catalog) -> Opened:
    """The lesson of that name, or of a Markdown file (for authors)."""
    if name.endswith(".md"):
        path = Path(name)
        if not path.is_file():
            raise GlassnetError(f"there is no file {name!r}: give the path of a lesson's page")
        return Opened(catalog.choose("lesson", from_markdown(path.resolve())).part, catalog, name)
    return Opened(catalog.find("lesson", name), catalog)


def strangers_of(part: Part, catalog: Catalog) -> list[str]:
    """The words before a command that leave out every plugin but that of a lesson."""
    guests = [guest for guest in catalog.guests if not guest.file and guest.distribution != part.distribution]
    return [word for guest in guests for word in ("--without", guest.distribution)]


def course_name(opened: Opened) -> str:
    """What a list calls the course that a lesson belongs to."""
    return opened.part.distribution


def addresses(lessons: Sequence[Opened], file: Callable[[Opened], str]) -> Address:
    """Where each lesson lies, by its short and its full name; nothing for a name that none has."""
    known = {name: file(one) for one in lessons for name in (one.name, one.full_name)}
    return lambda name: known.get(name, "")


def fingerprint(exercise: Exercise) -> str:
    """A short hash of what an exercise asks and says: it changes when the exercise does."""
    words = [exercise.question, *exercise.options, *(words for _, words in exercise.wrong)]
    return hashlib.sha256("\x1f".join(words).encode()).hexdigest()[:12]
