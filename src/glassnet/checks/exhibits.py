"""What an exhibit promises: the wrong one is visibly wrong, the mended one is right by outside truth, and one tells."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from ..lessons.museum import agrees, caught, differs, measured
from ..teaching import Exhibit
from ..wording import exact
from .cases import Call, Case, Refused, require_functions
from .running import Promise

EXEMPT = {
    "input-untouched": "what it is handed is its own measure's",
    "paper": "its source is a field of its own",
}


def whole(case: Case, bag: Exhibit) -> None:
    """It has its functions, its source, and says how far apart the two are."""
    require_functions(wrong=bag.wrong, mended=bag.mended, measure=bag.measure, truth=bag.truth)
    if not bag.source.strip():
        raise Refused("it has no source: say where the mistake was found")
    if not (math.isfinite(bag.apart) and bag.apart > 0):
        raise Refused(f"apart is {bag.apart!r}: expected a number above 0, by how much the wrong one is off at least")


def calls(case: Case, bag: Exhibit) -> Iterator[Call]:
    """Both are measured."""
    yield Call("measure(wrong)", lambda: measured(bag, bag.wrong))
    yield Call("measure(mended)", lambda: measured(bag, bag.mended))


def wrong_differs(case: Case) -> str:
    """A mistake that can't be seen teaches nothing: the wrong one's number lies visibly off."""
    bag: Exhibit = case.bag
    wrong, truth = measured(bag, bag.wrong), float(bag.truth())
    if not differs(bag, wrong, truth):
        raise Refused(f"the wrong one gives {exact(wrong)}, which is nearer to {exact(truth)} than {exact(bag.apart)}")
    return _numbers(bag, wrong, truth)


def mended_right(case: Case) -> None:
    """The mended one has to be right, and truth comes from outside: it gives the number of `truth()`."""
    bag: Exhibit = case.bag
    mended, truth = measured(bag, bag.mended), float(bag.truth())
    if not agrees(bag, mended, truth):
        raise Refused(f"the mended one gives {exact(mended)}, and it should give {exact(truth)}")


def is_caught(case: Case) -> str:
    """A mistake is worth showing with the check that finds it: it speaks of the wrong one, and not of the mended."""
    bag: Exhibit = case.bag
    words = caught(bag, bag.wrong)
    if not words:
        raise Refused("nothing catches the wrong one: caught_by says nothing about it")
    about = caught(bag, bag.mended)
    if about:
        raise Refused(f"what should catch the wrong one speaks of the mended one too: {about}")
    return words


is_caught.__name__ = "caught"


def _numbers(bag: Any, wrong: float, truth: float) -> str:
    unit = f" ({bag.unit})" if bag.unit else ""
    return f"{exact(wrong)} in place of {exact(truth)}{unit}"


PROMISES = tuple(Promise(test, moved=False) for test in (wrong_differs, mended_right, is_caught))
