"""What to do about what Python and NumPy say: some of their words help nobody who has just begun."""

from __future__ import annotations

import re
from collections.abc import Collection

from ..teaching import Exercise

_UNKNOWN = re.compile(r"NameError: name '(\w+)' is not defined")
COPY = "The page defines it, and a file of answers stands alone: copy it there."
RUN = "A cell of the page defines it: run that one first."
#: What is in NumPy's words, and what to do about it.
_NUMPY = {
    "numpy boolean subtract": "True and False become numbers by 1 * (z > 0), or by int(z > 0).",
    "ufunc 'bitwise_": "The numbers are decimal ones, such as 1.0, and `^`, `&` and `|` are for whole ones.",
}


def advice(exercise: Exercise, words: str, source: str, names: Collection[str], where: str) -> str:
    """What to do about the words of a wrong answer, as a sentence more; empty where they say it themselves.

    `source` is the answer as it was written, `names` are those that the cells of the page bind, and `where` says what
    to do about one of them, `COPY` or `RUN`.
    """
    unknown = _UNKNOWN.search(words)
    if unknown and exercise.sort == "choice":
        return _quoted(exercise, source)
    if unknown and unknown[1] in names:
        return where
    return next((more for sign, more in _NUMPY.items() if sign in words), "")


def _quoted(exercise: Exercise, source: str) -> str:
    """What to write in place of `why = b`, which is a name that Python doesn't know."""
    bare = source.partition("=")[2].partition("#")[0].strip()
    such_as, letter = (":", bare) if len(bare) == 1 and bare.isalpha() else (", such as", "a")
    return f'A letter is written in quotes{such_as} {exercise.name} = "{letter}"'


def told(words: str, more: str) -> str:
    """Both, as sentences."""
    return f"{words.rstrip('.')}. {more}" if more else words
