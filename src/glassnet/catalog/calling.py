"""Other people's parts at work: what one of them raises, or returns in a wrong form, is told in a line with its place.

Every bag of a guest is built here, so whoever calls its functions (a training, a prediction, a picture, an estimator)
gets a `PartFailed` where Python would print forty lines of our own code. Our parts are called as they are.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable, Generator, Iterator, Mapping
from dataclasses import fields, replace
from functools import wraps
from inspect import signature
from numbers import Real
from typing import Any, Protocol

from ..errors import GlassnetError, PartFailed
from .faults import explain, raised_by_hand


class Part(Protocol):
    """What is said of a part that has failed: the catalog's `Part` has it all."""

    @property
    def kind(self) -> str: ...

    @property
    def name(self) -> str: ...

    @property
    def distribution(self) -> str: ...

    @property
    def file(self) -> str: ...

    @property
    def full_name(self) -> str: ...

    @property
    def where(self) -> str: ...


#: The kinds whose functions are called while something is trained or judged. A data set has none, and what an engine or
#: a plot raises is told where it is called.
WATCHED = ("activation", "loss", "optimizer", "initializer", "schedule", "metric")


def watched(part: Part, bag: Any) -> Any:
    """The bag with every function of it told apart from ours, once it is complete."""
    if part.kind not in WATCHED:
        return bag
    if missing := _missing(bag):
        where = f"({part.where})"
        raise GlassnetError(f"{part.full_name} returned {type(bag).__name__} with {missing} {where}; {_more(part)}")
    functions = {field.name: getattr(bag, field.name) for field in fields(bag)}
    return replace(bag, **{name: _watch(part, name, one) for name, one in functions.items() if callable(one)})


def _missing(bag: Any) -> str:
    """Which function the bag lacks, or has as something that can't be called; empty where it is whole."""
    for field in fields(bag):
        value = getattr(bag, field.name)
        if "Callable" in str(field.type) and not callable(value) and not (value is None and field.default is None):
            return f"{field.name}={value!r:.40}, which is no function"
    if type(bag).__name__ != "Optimizer" or bag.minimize or bag.update:
        return ""
    return "neither update nor minimize: give update(w, g, state, step) -> (change, state)"


def asked_for(function: Callable[..., Any], **context: Any) -> dict[str, Any]:
    """What of the context a function has arguments for: older ones ask for none of it and work as they did."""
    asked = signature(function).parameters if context else {}
    return {name: value for name, value in context.items() if name in asked}


def _watch(part: Part, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    form = _FORMS.get((part.kind, name))

    @wraps(function)
    def called(*arguments: Any, **context: Any) -> Any:
        try:
            answer = function(*arguments, **context)
        except (Exception, SystemExit) as error:
            if _meant(part, error):
                raise
            raise _failed(part, name, error) from error
        if form is not None and (wrong := form(answer, *arguments)):
            raise PartFailed(f"{_title(part, name)} returned {wrong} ({_place(function)}); {_more(part)}")
        return _steps(part, name, answer) if name == "minimize" else answer

    called.bare = function  # type: ignore[attr-defined]  # what autograd has to see
    return called


def _steps(part: Part, name: str, steps: Iterator[Any]) -> Generator[Any, None, Any]:
    """The iterations of a solver, and what it returns: its function only begins when it is asked for the first."""
    try:
        return (yield from steps)
    except (Exception, SystemExit) as error:
        if _meant(part, error):
            raise
        raise _failed(part, name, error) from error


def _meant(part: Part, error: BaseException) -> bool:
    """What is meant for the caller: our own errors, and the words of a loss or a metric about what it is given."""
    if isinstance(error, GlassnetError | MemoryError):
        return True
    return isinstance(error, ValueError) and part.kind in ("loss", "metric") and raised_by_hand(error)


def _failed(part: Part, name: str, error: BaseException) -> PartFailed:
    reason, _ = explain(error, part.distribution)
    return PartFailed(f"{_title(part, name)} failed: {reason}; {_more(part)}")


def _title(part: Part, name: str) -> str:
    return f"{name} of {part.kind} {part.full_name}"


def _place(function: Callable[..., Any]) -> str:
    code = getattr(function, "__code__", None)
    return f"{code.co_filename}:{code.co_firstlineno}" if code else repr(function)


def _more(part: Part) -> str:
    """What to do: the check that finds out what else is wrong."""
    if part.distribution == "given":
        return f"glassnet.check({part.name}, {part.kind!r}) says more"
    whole = part.file if part.distribution == "local" else part.distribution
    return f"`glassnet check {shlex.quote(whole)}` says more"


# --- the form of an answer --------------------------------------------------------------------------------------


def _shape(value: Any) -> tuple[int, ...] | None:
    """Of an array, of one that autograd looks at, or of a number; None for anything else."""
    if isinstance(value, Real):
        return ()
    shape = getattr(value, "shape", None)
    return shape if isinstance(shape, tuple) else None


def _called(value: Any) -> str:
    shape = _shape(value)
    return f"{type(value).__name__}" if shape is None else f"shape {shape}"


def _as_first(answer: Any, first: Any, *_rest: Any) -> str:
    wanted = getattr(first, "shape", ())
    return "" if _shape(answer) == wanted else f"{_called(answer)} instead of {wanted}, which it is given"


def _slope(answer: Any, z: Any, *_rest: Any) -> str:
    return "" if _shape(answer) == () else _as_first(answer, z)  # a number is the same slope everywhere


def _of_rows(answer: Any, y: Any, *_rest: Any) -> str:
    wanted = getattr(y, "shape", (0,))[:-1]
    return "" if _shape(answer) == wanted else f"{_called(answer)} instead of {wanted}: one number a row"


def _named(answer: Any, *_rest: Any) -> str:
    if not isinstance(answer, Mapping):
        return f"{_called(answer)} instead of a mapping of names to numbers"
    return ""


def _number(answer: Any, *_rest: Any) -> str:
    return "" if _shape(answer) == () else f"{_called(answer)} instead of a number"


def _weights(answer: Any, fan_in: int, fan_out: int, *_rest: Any) -> str:
    wanted = fan_in, fan_out
    return "" if _shape(answer) in ((), wanted) else f"{_called(answer)} instead of {wanted}"


def _biases(answer: Any, _fan_in: int, fan_out: int, *_rest: Any) -> str:
    return "" if _shape(answer) in ((), (fan_out,)) else f"{_called(answer)} instead of {(fan_out,)}"


def _state(answer: Any, *_rest: Any) -> str:
    return "" if isinstance(answer, dict) else f"{type(answer).__name__} instead of a dict, the first state"


def _update(answer: Any, w: Any, *_rest: Any) -> str:
    if not isinstance(answer, tuple | list) or len(answer) != 2 or not isinstance(answer[1], dict):
        return f"{_called(answer)} instead of (change, state)"
    wanted = getattr(w, "shape", ())
    return "" if _shape(answer[0]) in ((), wanted) else f"a change of {_called(answer[0])} instead of {wanted}"


_FORMS: dict[tuple[str, str], Callable[..., str]] = {
    ("activation", "f"): _as_first,
    ("activation", "df"): _slope,
    ("activation", "vjp"): _as_first,
    ("loss", "value"): _of_rows,
    ("loss", "grad"): _as_first,
    ("loss", "score_value"): _of_rows,
    ("loss", "score_grad"): _as_first,
    ("loss", "further"): _named,
    ("optimizer", "init"): _state,
    ("optimizer", "update"): _update,
    ("initializer", "weights"): _weights,
    ("initializer", "biases"): _biases,
    ("schedule", "factor"): _number,
    ("metric", "value"): _number,
}
