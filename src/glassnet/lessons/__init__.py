"""Lessons: pages that run, exercises that are checked with words that help, and what a course is written with.

`page` makes a lesson of a Markdown file, `from_markdown` a part of it. The ready-made exercises are `choice`, `number`,
`function`, `part`, `run`, `artefact`, `claim` and `find_the_bug`.
"""

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
