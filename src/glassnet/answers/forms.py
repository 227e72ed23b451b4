"""What a student's file may take, and the forms in which its answers come back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

State = Literal["open", "value", "function", "error", "missing"]


@dataclass(frozen=True)
class Limits:
    """What one file may take; a call may hand its own.

    `seconds` are those of computing in one call, `loading` those of running the file; either may wait three times as
    long. `megabytes` are what it needs above its imports, `letters` what it prints.
    """

    seconds: float = 10
    loading: float = 10
    megabytes: int = 512
    letters: int = 1_000_000


@dataclass(frozen=True)
class Bound:
    """What the last statement that binds a name came to.

    "open" is `...`, or a function that holds nothing else; "error" has its reason in `words`. `source` is the text of
    that statement as the student wrote it, empty where nothing on the top level of the file binds the name.
    """

    name: str
    state: State
    value: Any = None
    words: str = ""
    source: str = ""
    line: int = 0


@dataclass(frozen=True)
class Returned:
    """What a call came to: its value, the arguments as they are afterwards, and what was printed meanwhile."""

    value: Any
    arguments: tuple[Any, ...]
    printed: str = ""


class AnswerFailed(Exception):
    """A call that came to nothing: one line for the student, with what it raised or the limit that it hit."""
