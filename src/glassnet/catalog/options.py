"""The options of a part, read from its signature: nothing about them is said twice.

The annotation gives the type (`float`, `int`, `bool`, `str`, `Literal[...]`, `Annotated[float, Range(0, 1)]`,
each also `| None`), or else the default does. Values become plain Python scalars, because a NumPy float64
would widen a float32 network.
"""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Collection
from dataclasses import dataclass
from types import NoneType, SimpleNamespace, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from ..errors import GlassnetError, did_you_mean, join
from ..kinds import Range

_TRUE = {"true", "yes", "on", "1"}
_FALSE = {"false", "no", "off", "0"}
_WANTED = {float: "a number", int: "a whole number", bool: "true or false", str: "text"}


@dataclass(frozen=True)
class Option:
    """One keyword of a part: `type` is float, int, bool or str; `choices` are those of a `Literal`."""

    name: str
    type: type
    default: Any
    choices: tuple[Any, ...] = ()
    range: Range | None = None
    optional: bool = False

    def coerce(self, given: Any) -> Any:
        """The value as a plain Python scalar, from text or from a number; a `GlassnetError` if it is none."""
        value = _plain(given)
        if self.choices:
            return self._chosen(value)
        if self.optional and _means_none(value):
            return None
        try:
            number = _READ[self.type](value)
        except ValueError:
            raise GlassnetError(f"{self.name}={given} is not {self._wanted()}") from None
        if _is_infinite(number) and not (_is_infinite(self.default) or (self.range and self.range.infinite)):
            raise GlassnetError(f"{self.name}={given} is not finite: it may be {self._wanted()}")
        if self.range and not self.range.low <= number <= self.range.high:
            raise GlassnetError(f"{self.name}={given} is out of range: it may be {self._wanted()}")
        return number

    def _chosen(self, value: Any) -> Any:
        for choice in self.choices:
            if write(value).strip() == write(choice):
                return choice
        if self.optional and _means_none(value):
            return None
        names = [write(choice) for choice in self.choices]
        guess = did_you_mean(write(value), names)
        raise GlassnetError(f"{self.name}={write(value)} is not among its choices.{guess} Choices: {join(names)}")

    def _wanted(self) -> str:
        words = _WANTED[self.type]
        if self.range:
            words += f" {self.range}"
        return words + (" or none" if self.optional else "")

    def describe(self) -> str:
        """What may be given, in words: `a number from 0 to 1, default 0.01`."""
        words = f"one of {join(map(write, self.choices))}" if self.choices else self._wanted()
        return f"{words}, default {write(self.default)}"


def write(value: Any) -> str:
    """A value as a phrase holds it, read back by `Option.coerce` to the very same value."""
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else repr(value)


def read_options(function: Callable[..., Any], handed_in: Collection[str] = ()) -> tuple[Option, ...]:
    """Every option of a part's function; `GlassnetError` says which parameter can't be one and why."""
    parameters = [p for p in inspect.signature(function).parameters.values() if p.name not in handed_in]
    for parameter in parameters:
        if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD, parameter.POSITIONAL_ONLY):
            raise GlassnetError(f"parameter {str(parameter)!r} can't be an option: write each option as NAME=DEFAULT")
        if parameter.default is parameter.empty:
            raise GlassnetError(f"option {parameter.name!r} has no default")
    hints = _hints(function, [parameter.name for parameter in parameters])
    return tuple(_option(p.name, hints.get(p.name), _plain(p.default)) for p in parameters)


def _hints(function: Callable[..., Any], names: list[str]) -> dict[str, Any]:
    function = inspect.unwrap(function)
    written = getattr(function, "__annotations__", {})
    # Only those of the options: what the function returns may be a name known to type checkers alone.
    holder = SimpleNamespace(__annotations__={name: written[name] for name in names if name in written})
    try:
        return get_type_hints(holder, globalns=getattr(function, "__globals__", {}), include_extras=True)
    except Exception as error:
        raise GlassnetError(f"its annotations can't be read: {error}") from error


def _option(name: str, hint: Any, default: Any) -> Option:
    optional, span, choices = default is None, None, ()
    while get_origin(hint) in (Annotated, Union, UnionType, Literal):
        if get_origin(hint) is Annotated:
            hint, *remarks = get_args(hint)
            span = next((remark for remark in remarks if isinstance(remark, Range)), span)
        elif get_origin(hint) is Literal:
            choices = tuple(choice for choice in get_args(hint) if choice is not None)
            optional = optional or None in get_args(hint)
            hint = type(choices[0]) if choices else NoneType
        else:
            optional = optional or NoneType in get_args(hint)
            others = [one for one in get_args(hint) if one is not NoneType]
            hint = others[0] if len(others) == 1 else Union  # two types at once: no rule to choose
    if hint is None:
        hint = type(default)
    if hint not in _READ:
        raise GlassnetError(f"option {name!r} has no type that glassnet knows: annotate it as float, int, bool or str")
    option = Option(name, hint, default, choices, span, optional)
    try:
        return Option(name, hint, option.coerce(default), choices, span, optional)
    except GlassnetError as error:
        raise GlassnetError(f"the default of option {name!r} does not fit its own type: {error}") from None


def _plain(value: Any) -> Any:
    """A NumPy scalar as the Python scalar it holds; anything else as it is."""
    if hasattr(value, "item") and getattr(value, "ndim", None) == 0:
        return value.item()
    return value


def _is_infinite(value: Any) -> bool:
    return isinstance(value, float) and math.isinf(value)


def _means_none(value: Any) -> bool:
    return value is None or (isinstance(value, str) and value.strip().lower() == "none")


def _read_float(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise ValueError
    try:
        number = float(value)
    except OverflowError:  # a whole number of more than 308 digits
        return math.inf
    if math.isnan(number):
        raise ValueError
    return number


def _read_int(value: Any) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, str):
        try:
            return int(value)
        except ValueError:
            pass  # 1e4 is a whole number too
    number = _read_float(value)
    if not number.is_integer():
        raise ValueError
    return int(number)


def _read_bool(value: Any) -> bool:
    word = write(value).strip().lower()
    if word not in _TRUE | _FALSE:
        raise ValueError
    return word in _TRUE


def _read_str(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError
    return value


_READ: dict[Any, Callable[[Any], Any]] = {
    float: _read_float,
    int: _read_int,
    bool: _read_bool,
    str: _read_str,
}
