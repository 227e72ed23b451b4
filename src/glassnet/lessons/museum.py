"""Exhibits at work: what the wrong one gives, what the mended one gives, and which check finds the mistake."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..errors import GlassnetError, did_you_mean
from ..teaching import Exhibit


def measured(exhibit: Exhibit, function: Callable[..., Any]) -> float:
    """The number of one of the two, in the exhibit's unit; warnings on the way are part of the mistake."""
    import numpy as np

    with np.errstate(all="ignore"):
        return float(exhibit.measure(function))


def differs(exhibit: Exhibit, number: float, truth: float) -> bool:
    """Whether a number is visibly wrong; what is no number is."""
    return not abs(number - truth) < exhibit.apart


def agrees(exhibit: Exhibit, number: float, truth: float) -> bool:
    """Whether a number is right, as far as the exhibit's measure can tell."""
    return abs(number - truth) <= exhibit.apart / 10


def caught(exhibit: Exhibit, function: Callable[..., Any]) -> str:
    """What the check says of one of the two, in words; nothing where it is content.

    A text names a check of `glassnet check`, `activation/slope`, for exhibits that are parts.
    """
    import numpy as np

    with np.errstate(all="ignore"):
        if callable(exhibit.caught_by):
            return str(exhibit.caught_by(function) or "")
        return _of_contract(exhibit.caught_by, function)


def _of_contract(named: str, function: Callable[..., Any]) -> str:
    from glassnet import check

    kind, slash, name = named.partition("/")
    if not slash:
        raise GlassnetError(f"caught_by is {named!r}: write kind/check, as in activation/slope")
    found = {finding.check: finding for finding in check(function, kind).findings}
    if name not in found:
        raise GlassnetError(f"caught_by is {named!r}, and {kind} has no check {name!r}.{did_you_mean(name, found)}")
    return found[name].message if found[name].result == "failed" else ""
