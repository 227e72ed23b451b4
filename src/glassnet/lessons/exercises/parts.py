"""Write a part: checked by the contract of its kind, and beside known wrong ones by what it does."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ...errors import GlassnetError
from ...teaching import Exercise, Verdict
from .functions import alike


def part(
    name: str,
    question: str,
    kind: str,
    *,
    does: Callable[[Any], Mapping[str, Any]],
    right: Sequence[Callable[..., Any]],
    wrong: Sequence[tuple[Callable[..., Any], str]],
    stub: Callable[..., Any] | None = None,
    hints: Sequence[str] = (),
    relative: float = 1e-6,
    seconds: float = 20,
) -> Exercise:
    """A part of a kind to write: it keeps every promise of the kind, and does what `right[0]` does.

    `does(bag)` names what is compared, {"f(z)": bag.f(z)}: a part that does as one of `wrong` gets that one's words.
    It is checked where it was written, in the student's process: parts hold functions, and these don't travel.
    """

    def check(function: Any) -> Verdict:
        given = _done(function, does)
        if not isinstance(given, str):
            for known, words in wrong:
                other = _done(known, does)
                if not isinstance(other, str) and alike(given, other, relative):
                    return Verdict(False, words)
        broken = _broken(function, kind)
        if broken:
            return Verdict(False, broken)
        wanted = dict(does(right[0]()))
        if isinstance(given, str):
            return Verdict(False, given)
        for what, value in wanted.items():
            if what not in given or not alike(given[what], value, relative):
                return Verdict(False, f"{what} is not what is asked for.", given.get(what), value, what)
        return Verdict(True, "It keeps every promise of its kind.")

    return Exercise(
        name, question, check, tuple(right), tuple(wrong), tuple(hints), stub or ..., seconds=seconds, sort="part"
    )


def _done(function: Any, does: Callable[[Any], Mapping[str, Any]]) -> dict[str, Any] | str:
    """What a part does, by name; or in words why that can't be said."""
    import numpy as np

    try:
        with np.errstate(all="ignore"):
            return dict(does(function()))
    except Exception as error:
        return f"{type(error).__name__}: {error}"


def _broken(function: Any, kind: str) -> str:
    """The first promise that a part does not keep, in words; empty where it keeps all."""
    from glassnet import check

    try:
        report = check(function, kind)
    except GlassnetError as error:
        return str(error)
    failed = next((finding for finding in report.findings if finding.result == "failed" and finding.required), None)
    return f"{failed.message.rstrip('.')} (its kind promises: {failed.check})." if failed else ""
