"""What went wrong, in one line that a person can act on.

Every error that a user can put right is a `GlassnetError`: it says what was given, what is possible,
the nearest guess and what to do. Commands print it without a traceback and exit with `exit_code`.
"""

from collections.abc import Iterable


class GlassnetError(Exception):
    """Bad usage or bad input: one clear line, exit code 2."""

    exit_code = 2


class Diverged(GlassnetError):
    """Training met a number that is not finite; the message says where, what grew and what to try."""

    exit_code = 1


class PartFailed(GlassnetError):
    """A part of somebody else raised something while it was used; `__cause__` is what it raised."""


def nearest(given: str, choices: Iterable[str]) -> str | None:
    """The choice that `given` was most likely meant to be, or None."""
    from difflib import get_close_matches  # here: most commands end without a guess

    by_lower = {choice.lower(): choice for choice in choices}
    found = get_close_matches(given.lower(), by_lower, n=1, cutoff=0.6)
    return by_lower[found[0]] if found else None


def did_you_mean(given: str, choices: Iterable[str]) -> str:
    """A sentence with the nearest guess, with a leading space; empty if nothing is near."""
    guess = nearest(given, choices)
    return f" Did you mean {guess!r}?" if guess else ""


def unusable(error: OSError) -> str:
    """What the disk said about a path, in a line; `error` has a filename."""
    return f"can't use {error.filename}: {error.strerror or error}"


def join(names: Iterable[object]) -> str:
    """Names as a person lists them: `a, b, c`."""
    return ", ".join(str(name) for name in names)
