"""What lessons are made of: four frozen bags. Lessons and exhibits are parts; exercises and verdicts belong to them.

The contract of each is in `docs/write-a-lesson.md`; `glassnet check lesson NAME` holds a lesson to it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from .faces import in_a_line


@dataclass(frozen=True)
class Verdict:
    """What a checker says of one answer: whether it is right, and the words that its student reads.

    `yours` and `expected` are the two values that differ, and `at` says where: an index, an input.
    """

    right: bool
    words: str = ""
    yours: Any = None
    expected: Any = None
    at: Any = None


@dataclass(frozen=True, eq=False)
class Exercise:
    """A task with a checker.

    `check` returns a `Verdict` on an answer: on a plain value, an array or, where the student wrote a function, on one
    that is called in the student's own process. `right` are answers that must be accepted, at least two
    that are written differently; `wrong` are pairs of an answer and the words with which its verdict begins, at
    least three. Both are written as a student would write them: a value, or a function that needs nothing but NumPy.

    `stub` is what `--start` puts into the answers' file, `...` for a value; it counts as not yet answered. `files`
    are laid beside the answer. `seconds` (of CPU, a call) and `megabytes` limit what an answer may take.
    `sort` says what is asked for: "choice", "number", "function", "part", "run", "artefact", "claim" or "bug".
    """

    name: str
    question: str
    check: Callable[[Any], Verdict]
    right: Sequence[Any] = ()
    wrong: Sequence[tuple[Any, str]] = ()
    hints: Sequence[str] = ()
    stub: Any = ...
    files: Sequence[str] = ()
    seconds: float = 10
    megabytes: int = 512
    sort: str = "function"
    options: Sequence[str] = ()
    __repr__ = in_a_line


@dataclass(frozen=True, eq=False)
class Lesson:
    """A page and its exercises: one idea, 10 to 45 minutes.

    `page` is the Markdown of the page, with cells that run. `after` names the lessons that it needs, in order.
    `minutes` is what a student needs, `seconds` the CPU time of all its cells. `data` names what `fetch` may bring.
    """

    page: str
    exercises: Sequence[Exercise] = ()
    after: Sequence[str] = ()
    minutes: int = 20
    seconds: float = 20
    data: Sequence[str] = ()
    __repr__ = in_a_line


@dataclass(frozen=True, eq=False)
class Exhibit:
    """Code that is wrong in one instructive way, beside its mended form and a measure that tells them apart.

    `measure(function)` is a number, in `unit`; `truth()` is what it should be, from a source outside of both.
    `apart` is how far at least the wrong one's number lies from it. `caught_by(function)` says in words what is wrong,
    and nothing of the mended one: a check that a student could run; a text names such a check of `glassnet check`.
    `source` says where the mistake was found.
    """

    wrong: Callable[..., Any]
    mended: Callable[..., Any]
    measure: Callable[[Callable[..., Any]], float]
    truth: Callable[[], float]
    apart: float
    caught_by: Callable[[Callable[..., Any]], str] | str
    source: str
    unit: str = ""
    __repr__ = in_a_line
