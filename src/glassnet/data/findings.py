"""What stands out about the rows of a table before anybody trains on them: each rule looks for one trouble."""

from __future__ import annotations

import math
import re
import shlex
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..findings import Finding, by_severity
from ..wording import amount, count, exact, figure, listed, percent, significant
from .alike import MOST_COMPARED, alike_names, alike_numbers, coded, pairs, straight
from .answers import Answers
from .evidence import Evidence
from .preparation import TOO_FEW_TO_SPLIT

#: Of what there is to gain, by one column alone: it all but knows the answer, and all others together do not, ...
KNOWS, ALMOST = 0.98, 0.9
#: ... or it does most of the work, and all others together not half of it.
MOST_OF_IT, HALF = 0.8, 0.5
#: ... of numbers also, if all others together leave so many times its squared errors. Of fewer rows than these, a
#: column may tell the classes apart by luck.
FEWER_ERRORS, FEWEST_TO_BLAME = 10.0, 100
#: Robust standard deviations from the median (in logarithms, too, where no number is negative).
FAR = 8.0
#: Of all numbers of a column: of more than that none is a slip, unless all are one number, such as 999.
MOST_OUTLIERS, MOST_OF_ONE = 0.01, 0.05
#: Rows of a class: of fewer, splits get one or two.
FEWEST_OF_A_CLASS = 10
#: Of the rows: fewer that occur twice are worth no word ...
REPEATED = 0.01
#: ... and of the test rows: more of them in training flatter the score.
KNOWN_TEST_ROWS = 0.05
#: Of a column's cells.
MOSTLY_MISSING = 0.5
_TIME = re.compile(
    r"year|month|week|day|date|time|hour|minute|second|jahr|monat|woche|tag|zeit|stunde|age|alter|t|x", re.I
)
_NAMED = 6  # columns in a sentence

Rule = Callable[["Rules"], Finding | None]


def findings_on(evidence: Evidence) -> list[Finding]:
    """What stands out about the rows, the most serious first; of a handful of rows nothing can be said."""
    if len(evidence) < TOO_FEW_TO_SPLIT:
        return []
    asked = Rules(evidence)
    return by_severity(finding for rule in RULES if (finding := rule(asked)) is not None)


@dataclass(frozen=True, eq=False)
class Rules:
    """The evidence, and what several rules need of it."""

    evidence: Evidence

    @cached_property
    def targets_copies(self) -> dict[str, str]:
        """The columns that say the same as the target, each with how."""
        e = self.evidence
        if e.y.ndim == 2:
            return {}
        names = [one.name for one in e.roles if one.used or one.role in ("left out", "constant")]
        found = {}
        for name in names[:MOST_COMPARED]:
            if e.task == "regression":
                how = straight(e.numbers(name), e.y.astype(float)) if e.is_measured(name) else ""
            else:
                how = pairs(*e.codes(name), *coded(e.y))
            if how:
                found[name] = how
        return found

    @cached_property
    def numbered(self) -> list[str]:
        """Inputs that number the rows: 1, 2, 3, ... in any order."""
        e = self.evidence
        if len(e.used) < 2:
            return []
        return [name for name in e.measured if not _TIME.fullmatch(name) and _numbers_rows(e.numbers(name))]


def _numbers_rows(numbers: NDArray[np.float64]) -> bool:
    first = numbers.min()
    if first not in (0, 1) or numbers.max() - first != len(numbers) - 1:  # NaN is neither
        return False
    return bool((np.sort(numbers) == np.arange(len(numbers)) + first).all())


def copies_of_the_target(rules: Rules) -> Finding | None:
    """Does a column say the same as the target?"""
    found = rules.targets_copies
    if not found:
        return None
    each = [f"{_quoted([name])} ({how})" for name, how in list(found.items())[:_NAMED]]
    words = (
        f"{listed(each)} {_say(found)} the same as the target {rules.evidence.target!r}: "
        f"scores with {'it' if len(found) == 1 else 'them'} show nothing."
    )
    if rest := [name for name in rules.evidence.used if name not in found]:
        answers = Answers.of(rules.evidence, found)
        score = figure(answers.score(answers.together(rest)))
        words += f" The other columns have {'accuracy' if answers.classes else 'R²'} {score}, with a simple model."
    return Finding("copy of the target", "problem", len(found), words, _drop(found), tuple(found))


def columns_that_tell_the_answer(rules: Rules) -> Finding | None:
    """Does one column alone predict almost as well as all?"""
    e = rules.evidence
    if e.task == "multilabel" or len(e.used) < 2:
        return None
    answers = Answers.of(e, rules.targets_copies)
    best = max(answers.alone.values(), default=0.0)
    if best < MOST_OF_IT:
        return None
    known = sorted((n for n in answers.alone if answers.alone[n] >= MOST_OF_IT), key=lambda n: -answers.alone[n])
    others = [name for name in answers.alone if name not in known]
    rest = answers.together(others)
    if not others or not (_all_but_knows(answers, best, rest) or rest < HALF * best):
        return None
    metric = "accuracy" if e.classes else "R²"
    each = [f"{name!r} {figure(answers.score(answers.alone[name]))}" for name in known[:_NAMED]]
    one, it, has = ("One column", "It", "it has") if len(known) == 1 else ("Few columns", "They", "they have")
    words = (
        f"{one} alone {'predicts' if len(known) == 1 else 'predict'} the target, with a simple model ({metric}): "
        f"{listed(each)}; the others together have {figure(answers.score(rest))}."
    )
    sure = _all_but_knows(answers, best, rest) and (not e.classes or answers.rows >= FEWEST_TO_BLAME)
    words += f" {it} may have been written down after the answer was known." if sure else ""
    drop = _drop(known) if sure else f"{_drop(known)} if {has} not been known before the answer"
    return Finding(
        "tells the answer", "warning" if sure else "remark", float(answers.score(best)), words, drop, tuple(known)
    )


def _all_but_knows(answers: Answers, best: float, rest: float) -> bool:
    """Whether one column alone knows the answer, and all others together don't come near it.

    Of numbers they may come near: a column that leaves a tenth of their errors' squares is one of its own kind.
    """
    far_behind = rest < ALMOST * best or (not answers.classes and 1 - rest >= FEWER_ERRORS * (1 - best))
    return best >= KNOWS and far_behind


def ids(rules: Rules) -> Finding | None:
    """Does a column say who a row is, and not what it is like?"""
    left_out = [one.name for one in rules.evidence.called("id")]
    if used := rules.numbered:
        words = f"{_quoted(used)} {_number(used)} the rows and {_are(used)} an input: a network learns rows by it."
        return Finding("id", "warning", len(used), words, _drop(used), tuple(used))
    if not left_out:
        return None
    words = f"{_quoted(left_out)} {_say(left_out)} who a row is and not what it is like, and {_are(left_out)} left out."
    return Finding("id", "remark", len(left_out), words, _keep(rules, "id"), tuple(left_out))


def constants(rules: Rules) -> Finding | None:
    """Does a column hold the same value in all rows?"""
    e = rules.evidence
    names = [
        one.name for one in e.roles
        if one.role == "constant" or (one.used and len(e.codes(one.name)[1]) == 1 and (e.codes(one.name)[0] >= 0).all())
    ]  # fmt: skip
    if not names:
        return None
    values = [f"{name!r} ({e.codes(name)[1][0]})" for name in names[:_NAMED]]
    more = f" and {count(len(names) - _NAMED, 'more column')}" if len(names) > _NAMED else ""
    holds, says = ("holds", "says") if len(names) == 1 else ("hold", "say")
    words = f"{listed(values)}{more} {holds} one value in all rows and {says} nothing."
    used = [name for name in names if name in e.used]
    to_do = _drop(used) if used else f"nothing: {'it is' if len(names) == 1 else 'they are'} left out"
    return Finding("constant", "remark", len(names), words, to_do, tuple(names))


def copies(rules: Rules) -> Finding | None:
    """Does a column say the same as another one?"""
    e = rules.evidence
    twins = [*alike_numbers(e), *alike_names(e)]
    if not twins:
        return None
    each = [f"{second!r} and {first!r}" for first, second in twins[:_NAMED]]
    more = f", and {count(len(twins) - _NAMED, 'more pair')}" if len(twins) > _NAMED else ""
    words = f"These say the same, in other units or words: {'; '.join(each)}{more}. One of each is enough."
    names = tuple(dict.fromkeys(second for _, second in twins))
    return Finding("copy", "remark", len(twins), words, _drop(names), names)


def repeated_rows(rules: Rules) -> Finding | None:
    """Do rows occur twice, and on both sides of the split?"""
    import pandas as pd

    e = rules.evidence
    names = [name for name in e.used if name not in rules.numbered]
    if not names:
        return None
    target = pd.DataFrame(e.y.reshape(len(e), -1))
    keys = pd.util.hash_pandas_object(pd.concat([e.X[names], target], axis=1), index=False).to_numpy()
    again = len(keys) - len(np.unique(keys))
    tested = 0 if e.train is None or e.test is None else len(e.test)
    known = int(np.isin(keys[e.test], keys[e.train]).sum()) if tested else 0
    share = known / tested if tested else 0.0
    if again < max(2, REPEATED * len(e)):
        return None
    words = f"{count(again, 'row')} of {amount(len(e))} {'repeats' if again == 1 else 'repeat'} an earlier one"
    words += f"; {amount(known)} of {count(tested, 'test row')} {'is' if known == 1 else 'are'} " if known else "."
    words += f"among the training rows ({percent(share)}), where they are known by heart." if known else ""
    grave = share >= KNOWN_TEST_ROWS and not _few_combinations(e, names)
    if known and not grave and _few_combinations(e, names):
        words += " With so few different values that is no wonder."
    to_do = "--group copies, which keeps equal rows in one split, or leave copies out of the file"
    return Finding("repeated rows", "warning" if grave else "remark", share or again / len(e), words, to_do)


def _few_combinations(e: Evidence, names: Sequence[str]) -> bool:
    """Whether rows must repeat, as there are few different ones."""
    sizes = [max(1, len(e.codes(name)[1])) for name in names]
    return sum(map(math.log, sizes)) < math.log(10 * len(e))


def outliers(rules: Rules) -> Finding | None:
    """Do numbers lie far from all others of their column?"""
    e = rules.evidence
    found = {name: far for name in e.measured if len(far := _far(e.numbers(name)))}
    if not found:
        return None
    each, marks = [], []
    for name, far in list(found.items())[:_NAMED]:
        if len(far) > 1 and far.min() == far.max():
            marks.append(exact(float(far[0]), 12))
            each.append(f"{name!r} is {marks[-1]} in {count(len(far), 'row')}")
        else:
            some = [significant(float(value), 6) for value in dict.fromkeys(far[:3].tolist())]
            each.append(f"{name!r} has {listed([*some, f'{len(far) - 3} more'] if len(far) > 3 else some)}")
    more = f", and so in {count(len(found) - _NAMED, 'more column')}" if len(found) > _NAMED else ""
    words = f"Far from all other numbers of the column: {'; '.join(each)}{more}."
    missing = " ".join(f"--missing {shlex.quote(mark)}" for mark in dict.fromkeys(marks))
    to_do = f"{missing}, if that stands for a missing value" if marks else "a look at these rows: they may hold slips"
    return Finding("outlier", "remark", sum(map(len, found.values())), words, to_do, tuple(found))


def _far(numbers: NDArray[np.float64]) -> NDArray[np.float64]:
    """The numbers far from the median, the farthest first, if they are few; none where most are alike."""
    present = numbers[np.isfinite(numbers)]
    away = _robust(present)
    far = away > FAR
    if len(present) and present.min() >= 0 < np.median(present):  # long tails are no slips
        far &= _robust(np.log(present + np.median(present))) > FAR
    found = present[far][np.argsort(-away[far], kind="stable")]
    most = MOST_OF_ONE if len(np.unique(found)) == 1 else MOST_OUTLIERS
    return found if len(found) <= most * len(present) else found[:0]


def _robust(numbers: NDArray[np.float64]) -> NDArray[np.float64]:
    """Distances from the median, in standard deviations that outliers do not move; 0 where most are alike."""
    if not len(numbers):
        return numbers
    away = np.abs(numbers - np.median(numbers))
    spread = 1.4826 * float(np.median(away))
    return away / spread if spread > 0 else np.zeros_like(away)


def small_classes(rules: Rules) -> Finding | None:
    """Has a class too few rows to be learned and judged?"""
    e = rules.evidence
    if not e.classes:
        return None
    classes, rows = np.unique(e.y, return_counts=True)
    few = [(str(name), int(number)) for name, number in zip(classes, rows, strict=True) if number < FEWEST_OF_A_CLASS]
    if not few:
        return None
    each = [f"{name!r} has {count(number, 'row')}" for name, number in few[:_NAMED]]
    more = f", and {count(len(few) - _NAMED, 'more class', 'more classes')}" if len(few) > _NAMED else ""
    words = f"A class can hardly be learned or judged by so few rows: {listed(each)}{more}."
    to_do = "more rows of it, or to put rare classes together in the file"
    return Finding("small class", "remark", min(number for _, number in few), words, to_do)


def mostly_missing(rules: Rules) -> Finding | None:
    """Is most of a column missing?"""
    e = rules.evidence
    shares = {name: float(e.X[name].isna().mean()) for name in e.used}
    found = {name: share for name, share in shares.items() if share > MOSTLY_MISSING}
    if not found:
        return None
    each = [f"{name!r} ({percent(share)})" for name, share in list(found.items())[:_NAMED]]
    more = f" and {count(len(found) - _NAMED, 'more column')}" if len(found) > _NAMED else ""
    words = f"Most of {listed(each)}{more} is missing."
    return Finding("mostly missing", "remark", max(found.values()), words, _drop(found), tuple(found))


# --- words --------------------------------------------------------------------------------------------------


def _quoted(names: Sequence[str]) -> str:
    more = [f"{count(len(names) - _NAMED, 'more column')}"] if len(names) > _NAMED else []
    return listed([*(repr(name) for name in list(names)[:_NAMED]), *more])


def _say(names: Any) -> str:
    return "says" if len(names) == 1 else "say"


def _are(names: Any) -> str:
    return "is" if len(names) == 1 else "are"


def _number(names: Any) -> str:
    return "numbers" if len(names) == 1 else "number"


def _drop(names: Any) -> str:
    return " ".join(f"--drop {shlex.quote(name)}" for name in list(names)[:_NAMED])


def _keep(rules: Rules, role: str) -> str:
    word = rules.evidence.called(role)[0].word
    return f"{word}, if it measures something after all" if word else "nothing: that is right"


#: What is told first matters most.
RULES: tuple[Rule, ...] = (
    copies_of_the_target, columns_that_tell_the_answer, ids, repeated_rows, constants, copies, small_classes,
    outliers, mostly_missing,
)  # fmt: skip
