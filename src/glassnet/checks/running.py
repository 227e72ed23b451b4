"""What a check is, and what happens when one runs: a promise is put to a part, and the answer is in words."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from .. import process
from .cases import Case, NotApplicable, NotTried, Refused

if TYPE_CHECKING:
    from ..catalog import Part

Result = Literal["passed", "failed", "not applicable", "not tried", "expected failure"]


@dataclass(frozen=True)
class Outcome:
    """What a check came to; the message shows the offending input, and what was expected beside what was found."""

    result: Result
    message: str = ""


@dataclass(frozen=True)
class Check:
    """One promise of one part, ready to run. `why` is one sentence, `since` the version that brought it."""

    id: str
    kind: str
    part: Part
    why: str
    required: bool
    since: str
    run: Callable[[], Outcome]


@dataclass(frozen=True)
class Promise:
    """A test that every part of a kind is put to: its name is the check's id, its docstring says why it matters.

    It raises `Refused`, `NotApplicable` or `NotTried` with a message, or returns a remark. Unless `moved` is false it
    is asked again for each option at another value than its default. `built` is false where it is about the text
    alone, so that nothing has to be built.
    """

    test: Callable[[Case], str | None]
    required: bool = True
    moved: bool = True
    built: bool = True
    since: str = "0.1"

    @property
    def id(self) -> str:
        """The stable name, as in `glassnet check --json`."""
        return self.test.__name__.strip("_").replace("_", "-")

    @property
    def why(self) -> str:
        """One sentence."""
        return " ".join((inspect.getdoc(self.test) or "").partition("\n\n")[0].split())


def put(promise: Promise, cases: Sequence[Case]) -> Outcome:
    """Ask for a promise, with default options first; the first refusal is the answer."""
    import numpy as np

    remark, reason = None, ""
    for case in cases if promise.moved else cases[:1]:
        try:
            with process.contained(), np.errstate(all="ignore"):
                said = promise.test(case)
        except NotApplicable as error:
            reason = reason or str(error)
        except Refused as error:
            return Outcome("failed", case.prefix + str(error))
        except NotTried as error:
            return Outcome("not tried", case.prefix + str(error))
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # whatever a part raises, SystemExit too, is its answer
            return Outcome("failed", case.prefix + case.explain(error))
        else:
            remark = said or "" if remark is None else remark
    if remark is None:
        return Outcome("not applicable", reason)
    return Outcome("passed", remark)
