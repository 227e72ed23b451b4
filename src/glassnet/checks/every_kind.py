"""What a part of any kind promises: it says what it is, takes its options, and does the same each time."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from typing import Any

import numpy as np

from ..catalog import Choice, Option
from ..catalog.options import write
from ..errors import GlassnetError, join
from ..kinds import TASKS, Activation, Engine, Loss, Metric, Optimizer, Plot
from . import activations, datasets, engines, initializers, losses, metrics, optimizers, plots, schedules
from .cases import Call, Case, NotApplicable, Refused, moved_values, same
from .imports import quiet_import
from .running import Promise

_LONGEST_LINE = 110
_COSTLY = 5000  # rows, or whatever a whole number counts: bounds beyond it are not tried

#: kind -> every call of a bag's functions that is worth a look.
_CALLS: Mapping[str, Callable[[Case, Any], Iterator[Call]]] = {
    "activation": activations.calls,
    "loss": losses.calls,
    "optimizer": optimizers.calls,
    "initializer": initializers.calls,
    "schedule": schedules.calls,
    "metric": metrics.calls,
    "dataset": datasets.calls,
    "plot": plots.calls,
    "engine": engines.calls,
}


def _calls(case: Case, bag: Any) -> Iterator[Call]:
    return _CALLS[case.part.kind](case, bag)


def loads(case: Case) -> None:
    """A part that can't be built helps nobody: its function returns a complete bag of its kind."""
    if case.moved and case.refuses_in_words:
        raise NotApplicable("it says itself that this option can't be had with the others")
    bag = case.bag
    _REQUIRE.get(case.part.kind, lambda case, bag: None)(case, bag)


def _activation_is_whole(case: Case, bag: Activation) -> None:
    if bag.df is not None and bag.vjp is not None:
        raise Refused("it gives both df and vjp: only one of them can be its slope")
    _require_callable(f=bag.f)


def _loss_is_whole(case: Case, bag: Loss) -> None:
    if bag.task not in TASKS:
        raise Refused(f"its task is {bag.task!r}: expected one of {join(TASKS)}")
    _require_callable(value=bag.value, grad=bag.grad)
    try:
        case.activation(bag.output)
    except GlassnetError as error:
        raise Refused(f"its output is {bag.output!r}: {error}") from error


def _optimizer_is_whole(case: Case, bag: Optimizer) -> None:
    if (bag.update is None) == (bag.minimize is None):
        raise Refused(f"it gives {'neither' if bag.update is None else 'both'} update and minimize: give one of them")
    _require_callable(**({"update": bag.update} if bag.minimize is None else {"minimize": bag.minimize}))


def _metric_is_whole(case: Case, bag: Metric) -> None:
    for name, value, possible in (
        ("better", bag.better, ("higher", "lower")),
        ("sees", bag.sees, ("labels", "scores", "numbers")),
    ):
        if value not in possible:
            raise Refused(f"{name} is {value!r}: expected one of {join(possible)}")
    _require_callable(value=bag.value)


def _plot_is_whole(case: Case, bag: Plot) -> None:
    if bag.of not in plots.OF:
        raise Refused(f"of is {bag.of!r}: expected one of {join(plots.OF)}")
    _require_callable(draw=bag.draw, unsuited=bag.unsuited)


def _engine_is_whole(case: Case, bag: Engine) -> None:
    _require_callable(begin=bag.begin, version=bag.version, **({} if bag.script is None else {"script": bag.script}))
    if not 0 < bag.limit <= engines.HIGHEST_LIMIT:
        raise Refused(f"its limit is {bag.limit!r}: expected a number above 0 and at most {engines.HIGHEST_LIMIT:g}")
    if not str(bag.version()).strip():
        raise Refused("version() is empty: expected that of the library")


def _require_callable(**functions: Any) -> None:
    for name, function in functions.items():
        if not callable(function):
            raise Refused(f"{name} is {function!r:.60}: expected a function")


_REQUIRE: Mapping[str, Callable[[Case, Any], None]] = {
    "activation": _activation_is_whole,
    "loss": _loss_is_whole,
    "optimizer": _optimizer_is_whole,
    "metric": _metric_is_whole,
    "plot": _plot_is_whole,
    "engine": _engine_is_whole,
}


def documented(case: Case) -> None:
    """Its docstring is its help: one line for the list, then the formula or what it is, and every option by name."""
    doc = case.part.doc
    first, _, rest = doc.partition("\n")
    if not first.strip():
        raise Refused("it has no docstring: begin the function with a sentence in triple quotes")
    if not first.rstrip().endswith(".") or len(first) > _LONGEST_LINE:
        raise Refused(
            f"its first line is {first[:_LONGEST_LINE]!r} ({len(first)} letters): expected one sentence with a full "
            f"stop, of at most {_LONGEST_LINE} letters"
        )
    if not rest.strip():
        raise Refused("its docstring ends after one line: say next what is computed, in a formula if there is one")
    if case.part.kind not in ("metric", "dataset", "plot", "engine") and not re.search(r"[=~]", rest):
        raise Refused("its docstring holds no formula: write the one that is computed, such as `f(z) = max(z, 0)`")
    unsaid = [option.name for option in case.part.options if not re.search(rf"\b{option.name}\b", doc)]
    if unsaid:
        raise Refused(f"its docstring never names its option {unsaid[0]!r}: say what it is, and its unit")


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
    return f"{value:.8g}" if isinstance(value, int | float) else f"{value!r:.60}"


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
    if case.part.kind in ("dataset", "initializer"):
        raise NotApplicable("it is handed nothing but numbers and rng")
    if case.part.kind == "plot":
        raise NotApplicable("see draws, which looks at the run afterwards")
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
    if case.part.kind == "dataset":
        raise NotApplicable("see provenance")
    if case.part.kind == "plot":
        raise NotApplicable("a picture of one's own results needs no source")
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
