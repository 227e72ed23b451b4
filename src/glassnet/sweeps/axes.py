"""What is varied: one setting of an experiment, and the values that it takes, read from `--over KEY=VALUES`.

`l2=0,1e-4,0.01` is a list. Where a value holds commas itself, semicolons divide: `hidden=50;100,50`.
`optimizer.lr=1e-5..10:log:7` is seven values, each the same factor above the last; `16..256:x2` doubles.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ..errors import GlassnetError, did_you_mean, join
from ..experiment import RULES, Experiment
from ..synonyms import setting
from ..wording import significant

MOST_VALUES = 10_000
FORMS = "a,b,c; widths and phrases with commas: 50;100,50; LOW..HIGH:log:N, LOW..HIGH:linear:N, 16..256:x2, 1..9:+2"
#: What decides about rows or repeats is the sweep's own business: --seeds, --folds, or one sweep for each.
NOT_VARIED = (
    "dataset", "seed", "split_seed", "test", "validation", "plugins", "metrics", "monitor", "task", "target", "keep",
    "drop", "category", "group", "order", "reading",
)  # fmt: skip
_RANGE = re.compile(r"(?P<low>[^:;]+?)\.\.(?P<high>[^:;]+)(?P<steps>:.*)?")
_STEPS = re.compile(r"(?P<word>log|linear)(:(?P<count>\d+))?|x(?P<factor>[^:]+)|\+(?P<step>[^:]+)")


@dataclass(frozen=True)
class Axis:
    """A setting and its values, each as `--set` would write it. `draw(share)` is one of them, or for a range one of
    all numbers inside, at a share of the way from 0 to 1: what random search asks for.

    `numbers` says that it is a range, so that `values` may be empty where random search needs none.
    """

    text: str
    key: str
    values: tuple[str, ...]
    draw: Callable[[float], str]
    numbers: bool

    @cached_property
    def names(self) -> Mapping[str, str]:
        """What each value is called by people: a range's numbers in three digits, more where two would be called alike.

        The values themselves stay exact.
        """
        if not self.numbers:
            return {value: value for value in self.values}
        for digits in range(3, 13):
            names = {value: _name(value, digits) for value in self.values}
            if len(set(names.values())) == len(names):
                break
        return names


def _name(value: str, digits: int) -> str:
    return value if value.lstrip("-").isdecimal() else significant(float(value), digits).replace(",", "")


def read_axis(text: str) -> Axis:
    """An axis from `KEY=VALUES`; `GlassnetError` says what is wrong and what may be written."""
    key, equals, right = (piece.strip() for piece in text.partition("="))
    if not equals or not key or not right:
        raise GlassnetError(f"--over wants KEY=VALUES, such as optimizer.lr=1e-4..1:log:5, not {text!r}")
    _check_key(text, key)
    found = _RANGE.fullmatch(right)
    if found and "=" not in right and _number(found["low"]) is not None:
        return _range(text, key, found)
    values = _listed(key, right)
    if len(values) < 2:
        hint = f": divide networks with semicolons, --over '{key}=50;100,50'" if "," in right else ""
        raise GlassnetError(f"--over {text}: one value is nothing to compare{hint}. Possible: {FORMS}")
    _refuse_repeats(text, values)
    return Axis(text, key, values, lambda share: values[min(int(share * len(values)), len(values) - 1)], False)


def _check_key(text: str, key: str) -> None:
    name = key.partition(".")[0]
    if name in NOT_VARIED:
        instead = {
            "dataset": "scores of different rows say nothing about each other: one sweep for each",
            "seed": "--seeds N repeats each cell",
            "validation": "--folds K is cross-validation",
        }
        why = instead.get(name, "it decides what is compared with what, so it stays the same in all cells")
        raise GlassnetError(f"--over {text}: {name} is not varied: {why}")
    known = [one for one in Experiment.__dataclass_fields__ if one not in NOT_VARIED]
    if name not in known:
        guess = setting(name, lambda field: field if field in known else "") or did_you_mean(name, known)
        raise GlassnetError(
            f"--over {text}: no setting {name!r}.{guess} Known: {join(known)}; "
            "an option of a part is written PART.OPTION, such as optimizer.lr"
        )


def _listed(key: str, right: str) -> tuple[str, ...]:
    """The values of a list: semicolons divide where there are any, else commas, which widths keep to themselves."""
    divider = ";" if ";" in right or key == "hidden" else ","
    values = tuple(value.strip() for value in right.split(divider))
    torn = [value for value in values if re.match(r"\w+=", value)]
    if torn:
        raise GlassnetError(
            f"--over {key}={right}: {torn[0]!r} is torn from its phrase: divide with semicolons where values hold "
            f"commas, --over '{key}=adam:lr=0.1,beta1=0.8;sgd:lr=0.1'"
        )
    if not all(values):
        raise GlassnetError(f"--over {key}={right}: a value is empty; possible: {FORMS}")
    return values


def _refuse_repeats(text: str, values: tuple[str, ...]) -> None:
    repeated = [value for value in dict.fromkeys(values) if values.count(value) > 1]
    if repeated:
        raise GlassnetError(f"--over {text}: {join(repeated)} is there more than once")


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _range(text: str, key: str, found: re.Match[str]) -> Axis:
    low, high = _number(found["low"]), _number(found["high"])
    steps = _STEPS.fullmatch((found["steps"] or ":linear").removeprefix(":"))
    if low is None or high is None or steps is None:
        raise GlassnetError(f"--over {text}: that is no range; possible: {FORMS}")
    if low >= high:
        raise GlassnetError(f"--over {text}: a range goes from a smaller number to a larger one")
    logarithmic = steps["word"] == "log" or steps["factor"] is not None
    if logarithmic and low <= 0:
        raise GlassnetError(f"--over {text}: equal factors never reach {low:g}: begin above 0, or use :linear:N")
    if not math.isfinite(high / low if logarithmic else high - low):
        raise GlassnetError(f"--over {text}: {low:g} and {high:g} are farther apart than a float can say: narrow it")
    write = _writer(key)
    values = tuple(dict.fromkeys(write(number) for number in _values(text, low, high, steps)))
    draw = _writer(key, digits=3)  # what is drawn by chance needs no more, and can be read
    if logarithmic:
        return Axis(text, key, values, lambda share: draw(low * (high / low) ** share), True)
    return Axis(text, key, values, lambda share: draw(low + (high - low) * share), True)


def _values(text: str, low: float, high: float, steps: re.Match[str]) -> list[float]:
    """The numbers of a grid; none where the range says no count, which is enough for random search."""
    if steps["word"]:
        if steps["count"] is None:
            return []
        count = int(steps["count"])
        if not 2 <= count <= MOST_VALUES:
            raise GlassnetError(f"--over {text}: give 2 to {MOST_VALUES} values, not {count}")
        spaced = np.geomspace if steps["word"] == "log" else np.linspace
        return [float(number) for number in spaced(low, high, count)]
    return _stepped(text, low, high, steps)


def _stepped(text: str, low: float, high: float, steps: re.Match[str]) -> list[float]:
    """Values by a factor or by a step, as far as they stay within the range."""
    factor, step = _number(steps["factor"] or "nan"), _number(steps["step"] or "nan")
    if not ((factor or 0) > 1 or (step or 0) > 0):
        raise GlassnetError(f"--over {text}: a factor is above 1 (x2), a step above 0 (+8)")
    reach = math.log(high / low) / math.log(factor) if factor else (high - low) / (step or 1)
    if not math.isfinite(reach):
        raise GlassnetError(f"--over {text}: more values than can be counted; possible are 2 to {MOST_VALUES}")
    count = int(reach + 1e-9) + 1
    if not 2 <= count <= MOST_VALUES:
        raise GlassnetError(f"--over {text}: values in that range: {count}; possible are 2 to {MOST_VALUES}")
    return [low * factor**k if factor else low + (step or 0) * k for k in range(count)]


def _writer(key: str, digits: int = 12) -> Callable[[float], str]:
    """A number as a person writes it: whole where the setting is, else of so many digits."""
    rule = RULES.get(key)
    if key == "hidden" or (rule is not None and rule.type is int):
        return lambda number: str(round(number))
    return lambda number: f"{number:.{digits}g}"
