"""What a part of any kind promises: it says what it is, takes its options, and does the same each time."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from copy import deepcopy
from importlib import import_module
from types import ModuleType
from typing import Any

import numpy as np

from ..catalog import Choice, Option, write
from ..errors import join
from ..kinds import KINDS
from ..wording import exact
from .cases import Call, Case, NotApplicable, Refused, moved_values, same
from .imports import quiet_import
from .running import Promise

_LONGEST_LINE = 110
_COSTLY = 5000  # rows, or whatever a whole number counts: bounds beyond it are not tried


def contract_of(kind: str) -> ModuleType:
    """The module of checks that is called like the kind's hook.

    It has `PROMISES`, what parts of this kind promise beside those of every kind, and `calls(case, bag)`, every
    call of a bag's functions that is worth a look. It may have `whole(case, bag)`, which refuses a bag that is not
    complete, and `EXEMPT`: which promise of every kind says nothing about this one, and why.
    """
    return import_module(f".{KINDS[kind].plural}", __package__)


def _calls(case: Case, bag: Any) -> Iterator[Call]:
    calls: Iterator[Call] = contract_of(case.part.kind).calls(case, bag)
    return calls


def _refuse_exempt(case: Case, promise: str) -> None:
    exempt = getattr(contract_of(case.part.kind), "EXEMPT", {})
    if promise in exempt:
        raise NotApplicable(exempt[promise])


def loads(case: Case) -> None:
    """A part that can't be built helps nobody: its function returns a complete bag of its kind."""
    if case.moved and case.refuses_in_words:
        raise NotApplicable("it says itself that this option can't be had with the others")
    bag = case.bag
    whole = getattr(contract_of(case.part.kind), "whole", None)
    if whole is not None:
        whole(case, bag)


def documented(case: Case) -> str:
    """Its docstring is its help: one line for the list, every option by name, and best of all the formula."""
    doc = case.part.doc
    first, _, rest = doc.partition("\n")
    if not first.strip():
        raise Refused("it has no docstring: begin the function with a sentence in triple quotes")
    if not first.rstrip().endswith(".") or len(first) > _LONGEST_LINE:
        raise Refused(
            f"its first line is {first[:_LONGEST_LINE]!r} ({len(first)} letters): expected one sentence with a full "
            f"stop, of at most {_LONGEST_LINE} letters"
        )
    unsaid = [option.name for option in case.part.options if not re.search(rf"\b{option.name}\b", doc)]
    if unsaid:
        raise Refused(f"its docstring never names its option {unsaid[0]!r}: say what it is, and its unit")
    if KINDS[case.part.kind].formula and not re.search(r"[=~^*/()]", doc):
        return "it would help to hold the formula that is computed, such as `f(z) = max(z, 0)`"
    return "" if rest.strip() else "it would help to say next what is computed"


def options(case: Case) -> str:
    """Each option can be written in a phrase, is built at its bounds, and changes something."""
    default = _results(case, case.bag)
    for option in case.part.options:
        value = case.choice.options[option.name]
        if option.coerce(write(value)) != value:
            raise Refused(f"option {option.name}={value} reads back from a phrase as {option.coerce(write(value))}")
        near = [*moved_values(option, value), *_bounds(option, value)]
        tried = [_at(case, option, other) for other in near]
        for one in tried:
            _require_built(option, one)
        tried += [_at(case, option, other) for other in _far_off(option, value)]
        if not any(_differs(one, default) for one in tried) and (seen := [one for one in tried if one.can_be_built]):
            values = join(f"{option.name}={write(one.choice.options[option.name])}" for one in seen)
            raise Refused(f"option {option.name!r} changes nothing: {values} do as {option.name}={write(value)} does")
    return join(option.name for option in case.part.options) or "it takes none"


def _differs(case: Case, default: list[Any]) -> bool:
    return case.can_be_built and not same(_results(case, case.bag), default)


def _at(case: Case, option: Option, value: Any) -> Case:
    return Case(Choice(case.part, case.choice.options | {option.name: value}), case.find, case.download)


def _bounds(option: Option, value: Any) -> Iterator[Any]:
    """The ends of its range, where they are not so far off that they cost much: a million rows, or tiny time steps."""
    if option.type not in (int, float) or option.choices or value is None or option.range is None:
        return
    for bound in dict.fromkeys((option.range.low, option.range.high)):
        affordable = abs(bound) <= _COSTLY if option.type is int else abs(bound) <= 100 * abs(value or 1)
        if affordable and bound != value:
            yield option.type(bound)


def _far_off(option: Option, value: Any) -> Iterator[Any]:
    """Numbers a thousand times smaller and larger, for an option that seems to change nothing."""
    if option.type is float and not option.choices and value:
        for other in (value / 1000, 1000 * value):
            if option.range is None or option.range.low <= other <= option.range.high:
                yield other


def _require_built(option: Option, one: Case) -> None:
    try:
        _ = one.bag
    except Refused as error:
        if not one.refuses_in_words:
            raise Refused(f"{error} (its options allow {option.name} to be {option.describe()})") from error


def _results(case: Case, bag: Any) -> list[Any]:
    """All that a bag does; a call that an option's far end makes impossible counts as what it raised."""
    found = []
    calls = _calls(case, bag)
    while True:
        try:
            found.append(next(calls).run())
        except StopIteration:
            return found
        except Exception as error:
            return [*found, f"{type(error).__name__}: {error}"]


def repeatable(case: Case) -> None:
    """The same question has the same answer: two builds agree to the last bit, and no answer is overwritten later."""
    calls = list(_calls(case, case.bag))
    first, kept = [], []
    for call in calls:
        first.append(call.run())
        kept.append(deepcopy(first[-1]))
    second = [call.run() for call in calls]
    anew = [call.run() for call in _calls(case, case.fresh())]
    for call, one, before, again, other in zip(calls, first, kept, second, anew, strict=True):
        if not same(one, before):
            raise Refused(f"the result of {call.words} changed while the part was used again: return a new array")
        if not same(before, again):
            raise Refused(f"{call.words} twice gives {_difference(before, again)}")
        if not same(before, other):
            raise Refused(f"{call.words} of the part built twice gives {_difference(before, other)}")


def _difference(one: Any, other: Any) -> str:
    pair = np.asarray(one, dtype=object).ravel(), np.asarray(other, dtype=object).ravel()
    for left, right in zip(*pair, strict=False):
        if not same(left, right):
            return f"{_brief(left)} and then {_brief(right)}"
    return "two different results"


def _brief(value: Any) -> str:
    return exact(value, 8) if isinstance(value, int | float) else f"{value!r:.60}"


def no_global_random(case: Case) -> None:
    """Whoever draws from, or seeds, the global random state changes everybody else's results: chance is `rng` alone."""
    before = _global_state()
    for call in _calls(case, case.fresh()):
        call.run()
        _require_untouched(before, call.words)
    _require_untouched(before, "building it")


def _global_state() -> tuple[Any, Any]:
    return np.random.get_state(), random.getstate()  # noqa: NPY002  # looked at, not drawn from


def _require_untouched(before: tuple[Any, Any], words: str) -> None:
    now = _global_state()
    if not same(before[0], now[0]):
        raise Refused(f"{words} draws from np.random or seeds it: draw from a Generator that is handed in")
    if before[1] != now[1]:
        raise Refused(f"{words} draws from Python's random module or seeds it: draw from a Generator that is handed in")


def input_untouched(case: Case) -> None:
    """The trainer lends its arrays and uses them again: nothing writes into an argument."""
    _refuse_exempt(case, "input-untouched")
    for call in _calls(case, case.bag):
        lent, before = deepcopy(call.arguments), deepcopy(call.arguments)
        call.function(*lent.values())
        for name, value in lent.items():
            if isinstance(value, np.ndarray | dict | list) and not same(value, before[name]):
                raise Refused(f"{call.words} writes into its argument {name}: {_change(before[name], value)}")


def _change(before: Any, after: Any) -> str:
    if isinstance(before, dict):
        for name in before:
            if name not in after or not same(before[name], after[name]):
                return f"[{name!r}] " + (_change(before[name], after[name]) if name in after else "is gone")
        return "it has more entries than before"
    if np.shape(before) != np.shape(after):
        return f"its shape was {np.shape(before)} and is {np.shape(after)}"
    flat = np.asarray(before, dtype=object).ravel(), np.asarray(after, dtype=object).ravel()
    index = next(i for i, pair in enumerate(zip(*flat, strict=True)) if not same(*pair))
    return f"element {index} was {_brief(flat[0][index])} and is {_brief(flat[1][index])}"


def paper(case: Case) -> None:
    """A source, with its year, lets a reader go on: who wrote this first, and where it can be read."""
    _refuse_exempt(case, "paper")
    if not re.search(r"\b(1[6-9]|20)\d\d\b|arxiv|doi|https?:", case.part.doc, re.IGNORECASE):
        raise Refused("its docstring names no source: a line such as `Source: Cauchy (1847), ...`")


def units(case: Case) -> None:
    """A number without a unit is a guess: each option has a line of its own, `name: what it is, and its unit`."""
    if not case.part.options:
        raise NotApplicable("it takes no options")
    for option in case.part.options:
        if not re.search(rf"\b{option.name}\b[^\n:]*:\s*\S", case.part.doc):
            raise Refused(f"its docstring has no line `{option.name}: ...` that says what it is, and its unit")


PROMISES = (
    Promise(loads),
    Promise(documented, moved=False, built=False),
    Promise(options, moved=False),
    Promise(repeatable),
    Promise(no_global_random),
    Promise(quiet_import, moved=False, built=False),
    Promise(input_untouched),
)
ADVICE = tuple(Promise(test, required=False, moved=False, built=False) for test in (paper, units))
