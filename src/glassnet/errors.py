"""What went wrong, in one line that a person can act on.

Every error that a user can put right is a `GlassnetError`: it says what was given, what is possible,
the nearest guess and what to do. Commands print it without a traceback and exit with `exit_code`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from .faces import in_brief
from .wording import amount


class GlassnetError(Exception):
    """Bad usage or bad input: one clear line, exit code 2."""

    exit_code = 2


class Diverged(GlassnetError):
    """Training met a number that is not finite; the message says where, what grew and what to try."""

    exit_code = 1


class UnknownWord(GlassnetError, TypeError):
    """A keyword that nobody knows; Python's callers catch a TypeError."""


class PartFailed(GlassnetError):
    """A part of somebody else raised something while it was used; `__cause__` is what it raised."""


class GlassnetWarning(UserWarning):
    """Something that a training does not stop for, but that whoever reads its figures has to know."""


def need(given: Any, kinds: Any, wanted: str) -> None:
    """Raise `GlassnetError` for what is of none of these kinds: `record wants a training, ..., not 3`."""
    if not isinstance(given, kinds):
        raise GlassnetError(f"{wanted}, not {in_brief(given)}")


_LONGEST_WORD = 200  # letters; nobody mistypes longer ones, and comparing them takes long


def nearest(given: str, choices: Iterable[str]) -> str | None:
    """The choice that `given` was most likely meant to be, or None."""
    from difflib import get_close_matches  # here: most commands end without a guess

    if len(given) > _LONGEST_WORD:
        return None
    by_lower = {choice.lower(): choice for choice in choices if len(choice) <= _LONGEST_WORD}
    alike = get_close_matches(given.lower(), by_lower, n=len(by_lower) or 1, cutoff=0.6)
    return next((by_lower[choice] for choice in alike if _is_slip(given.lower(), choice)), None)


def _is_slip(given: str, choice: str) -> bool:
    """Whether one may be typed for the other: a part of it, its letters in another order, or a third of them wrong.

    Words that have many letters in common, as convergence and coverage do, are no slips of each other for that.
    """
    from difflib import SequenceMatcher

    given, choice = _bare(given), _bare(choice)
    if given in choice or choice in given or sorted(given) == sorted(choice):
        return True
    changes = SequenceMatcher(None, given, choice, autojunk=False).get_opcodes()
    wrong = sum(max(i2 - i1, j2 - j1) for what, i1, i2, j1, j2 in changes if what != "equal")
    return wrong <= max(1, max(len(given), len(choice)) // 3)


def _bare(word: str) -> str:
    """A word without what parts it, and without a unit: of `sepal_length` and `sepal length (cm)` the same."""
    return re.sub(r"(?<=.)\s*\([^()]*\)$|[\s_-]", "", word) or word


def did_you_mean(given: str, choices: Iterable[str]) -> str:
    """A sentence with the nearest guess, with a leading space; empty if nothing is near."""
    guess = nearest(given, choices)
    return f" Did you mean {shortened(guess)!r}?" if guess else ""


def unusable(error: OSError) -> str:
    """What the disk said about a path, in a line; `error` has a filename."""
    return f"can't use {error.filename}: {error.strerror or error}"


_ROOM = 900  # letters that a list of names may take in a message: all plots, the largest kind, are named
_LONGEST_NAME = 60


def join(names: Iterable[object], where: str = "") -> str:
    """Names as a person lists them: `a, b, c`; a long list ends in `and 4,990 more`, and `where` they all stand."""
    known = [str(name) for name in names]
    if sum(map(len, known)) + 2 * len(known) <= _ROOM:
        return ", ".join(known)
    known = [shortened(name) for name in known]
    if sum(map(len, known)) + 2 * len(known) <= _ROOM:
        return ", ".join(known)
    shown, room = 0, _ROOM - 100
    while room > 0:
        room -= len(known[shown]) + 2
        shown += 1
    rest = f"{', '.join(known[:shown])} and {amount(len(known) - shown)} more"
    return f"{rest} ({where} has them all)" if where else rest


def shortened(name: str) -> str:
    """A name, or as much of it as tells it from others."""
    return name if len(name) <= _LONGEST_NAME else f"{name[:_LONGEST_NAME]}…"
