"""From a file to a lesson: a Markdown page beside a module, or one that stands alone."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from types import FrameType
from typing import Any, cast

from ..errors import GlassnetError, did_you_mean
from ..teaching import Exercise, Lesson
from .reading import Page, Place, asked, read_page


def _text_of(path: Path) -> str:
    from ..files import read_text  # here: a list of all parts names lessons, and opens none

    return read_text(path)


def page(file: str | Path, exercises: Sequence[Exercise] = ()) -> Lesson:
    """The lesson of a Markdown file, with the exercises of a module: `return page("xor.md", [...])`.

    A name without a folder stands beside the module that calls. The page's header says minutes, seconds, after, data.
    Raises `GlassnetError` where it can't be read.
    """
    path = _beside_caller(file)
    try:
        return lesson_of(_text_of(path), exercises)
    except GlassnetError as error:
        raise GlassnetError(f"{path.name}: {error}") from error


def lesson_of(text: str, exercises: Sequence[Exercise] = ()) -> Lesson:
    """The lesson of a page's text; its header gives the rest."""
    header = read_page(text).header
    return Lesson(
        text,
        tuple(exercises),
        after=tuple(header.get("after", "").replace(",", " ").split()),
        minutes=int(_number(header, "minutes", 20)),
        seconds=_number(header, "seconds", 20),
        data=tuple(header.get("data", "").replace(",", " ").split()),
    )


def from_markdown(file: str | Path) -> Callable[[], Lesson]:
    """A lesson that is one Markdown file, as the part that `lessons()` lists: its name is the file's.

    Its help is the header's `help:`, or else its title.
    """
    path = _beside_caller(file)
    read = read_page(_text_of(path))
    if not path.stem.isidentifier():
        raise GlassnetError(f"{path.name}: a lesson is called like its file, and {path.stem!r} is no name in Python")

    def lesson() -> Lesson:
        return page(path)

    lesson.__code__ = lesson.__code__.replace(co_filename=str(path), co_firstlineno=1)  # where its author looks for it
    lesson.__name__ = lesson.__qualname__ = path.stem
    # It comes from that file, and belongs to the module that lists it: whoever looks for its source is led there.
    lesson.__code__ = lesson.__code__.replace(co_filename=str(path), co_firstlineno=1)
    lesson.__module__ = str(_caller().f_globals.get("__name__", __name__))
    lesson.__doc__ = read.header.get("help") or f"{read.title.rstrip('.')}."
    return lesson


def exercises_of(lesson: Lesson, read: Page | None = None) -> list[Exercise]:
    """All exercises in the order in which they stand on the page, those that the page itself asks among them.

    Raises `GlassnetError` where a place has no exercise, or an exercise no place.
    """
    read = read or read_page(lesson.page)
    own = {exercise.name: exercise for exercise in lesson.exercises}
    found = []
    names = [place.name for place in read.places]
    for place in read.places:
        if names.count(place.name) > 1:
            raise GlassnetError(f"line {place.line}: two exercises are called {place.name!r}")
        if place.sort == "exercise":
            if place.name not in own:
                guess = did_you_mean(place.name, own)
                raise GlassnetError(
                    f"line {place.line}: there is no exercise {place.name!r} in the lesson's module.{guess}"
                )
            found.append(own.pop(place.name))
        else:
            found.append(_made(place))
    if own:
        raise GlassnetError(
            f"exercise {next(iter(own))!r} stands nowhere: write `:::exercise {next(iter(own))}` on the page"
        )
    return found


def _made(place: Place) -> Exercise:
    """The exercise that a page asks without a module."""
    from .exercises import choice, number

    makers: dict[str, Callable[..., Exercise]] = {"choice": choice, "number": number}
    arguments = asked(place)
    try:
        return makers[place.sort](**arguments)
    except GlassnetError as error:
        raise GlassnetError(f"line {place.line}: {error}") from error


def _number(header: Any, name: str, default: float) -> float:
    try:
        value = float(header.get(name, default))
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise GlassnetError(f"the header's {name} is {header[name]!r}: expected a number")
    return value


def _beside_caller(file: str | Path) -> Path:
    """The path of a file that is named from the module that called a function of this one."""
    return Path(_caller().f_code.co_filename).parent / file


def _caller() -> FrameType:
    """The frame that called a function of this module."""
    frame: Any = sys._getframe(1)
    while frame.f_back is not None and frame.f_code.co_filename == __file__:
        frame = frame.f_back
    return cast(FrameType, frame)
