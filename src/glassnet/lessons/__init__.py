"""Lessons: pages that run, exercises that are checked with words that help, and what a course is written with.

`page` makes a lesson of a Markdown file, `from_markdown` a part of it. The ready-made exercises are `choice`, `number`,
`function`, `part`, `run`, `artefact`, `claim` and `find_the_bug`. Each is loaded when it is used: a list of all parts
names lessons, and must not wait for their checkers.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ..teaching import Exercise, Exhibit, Lesson, Verdict
    from .exercises import artefact, choice, claim, find_the_bug, function, number, part, run
    from .pages import from_markdown, page

__all__ = [
    "Exercise",
    "Exhibit",
    "Lesson",
    "Verdict",
    "artefact",
    "choice",
    "claim",
    "find_the_bug",
    "from_markdown",
    "function",
    "number",
    "page",
    "part",
    "run",
]

_HOME = {
    "glassnet.teaching": "Exercise Exhibit Lesson Verdict",
    "glassnet.lessons.exercises": "artefact choice claim find_the_bug function number part run",
    "glassnet.lessons.pages": "from_markdown page",
}
_MODULE_OF = {name: module for module, names in _HOME.items() for name in names.split()}


def __getattr__(name: str) -> Any:
    if name not in _MODULE_OF:
        raise AttributeError(f"module 'glassnet.lessons' has no attribute {name!r}")
    value = getattr(import_module(_MODULE_OF[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
