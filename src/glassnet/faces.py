"""How a thing shows itself: one account of it, which a prompt has as text and a notebook as HTML.

Nothing that is typed to be looked at fills the screen or shows an address in memory: what is long is cut, and says how
all of it is seen.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import MISSING, Field, dataclass, fields
from typing import Any, Protocol

from .wording import a, amount, bounded, visible

#: Letters of a text at a prompt, of the line of a thing that has no text, and of one value in it.
LONGEST, LONGEST_LINE, LONGEST_VALUE = 6_000, 1_000, 80
MOST_ITEMS = 12  # of a list in a line


def escape(text: str) -> str:
    """The text as HTML shows it, every sign of it."""
    from html import escape as escaped  # here: it brings a list of 2,231 names of signs, which no terminal needs

    return escaped(text)


class Shows(Protocol):
    """A table, or whatever else has lines for a prompt and HTML for a page."""

    def lines(self) -> list[str]: ...
    def html(self) -> str: ...


class Face:
    """Mixed into what is looked at: `_face_` says what there is to see, once; text, repr and HTML are made of it.

    A class that has a line of its own for a prompt, `<Model 4-8-3 ...>`, writes its own `__repr__`. `_all_` is a
    sentence on how to see all of what is too long.
    """

    _all_ = "print it to see all"

    def _face_(self) -> Iterable[str | Shows]:
        raise NotImplementedError

    def __str__(self) -> str:
        return "\n".join(line for one in self._face_() for line in _lines(one))

    def __repr__(self) -> str:
        return shortened(str(self), self._all_)

    def _repr_html_(self) -> str:
        return "".join(_paragraph(one) if isinstance(one, str) else one.html() for one in self._face_())


def _paragraph(text: str) -> str:
    """Formulas stand a line each, as in the docstring that they come from."""
    return f"<p>{escape(text).replace(chr(10), '<br>')}</p>"


def _lines(one: str | Shows) -> list[str]:
    """A sentence, or a title and what stands below it."""
    if isinstance(one, str):
        return [one]
    title = getattr(one, "title", "")
    return [title, *one.lines()] if title else one.lines()


@dataclass(frozen=True)
class Fold:
    """What is there for who asks: closed in a notebook until it is clicked, left out at a prompt."""

    summary: str
    inside: Shows

    def lines(self) -> list[str]:
        return []

    def html(self) -> str:
        return f"<details><summary>{escape(self.summary)}</summary>{self.inside.html()}</details>"


def in_brief(thing: Any) -> str:
    """What somebody gave, for a message: a short value itself, `'no such'`, else what it is, `a DataFrame`."""
    if isinstance(thing, str | int | float | None):
        return bounded(visible(repr(thing)), LONGEST_VALUE)
    return f"the class {thing.__name__}" if isinstance(thing, type) else a(type(thing).__name__)


def shortened(text: str, how_to_see_all: str) -> str:
    """The lines of a text that a prompt can show, and where they don't end there, how all of it is seen."""
    if len(text) <= LONGEST:
        return text
    kept = text[:LONGEST].rpartition("\n")[0] or text[:LONGEST]
    return f"{kept}\n... {amount(len(text) - len(kept))} letters more: {how_to_see_all}"


def in_a_line(thing: Any) -> str:
    """A dataclass as it could be written: `Loss(value=mse.value, output='identity')`, defaults left out.

    Functions are said by name, arrays by shape. It stands as `__repr__` in classes that hold them.
    """
    given = [(one.name, getattr(thing, one.name)) for one in fields(thing) if one.repr and not _is_default(one, thing)]
    said = ", ".join(f"{name}={_value(value)}" for name, value in given)
    return bounded(f"{type(thing).__name__}({said})", LONGEST_LINE)


def _is_default(one: Field[Any], thing: Any) -> bool:
    value = getattr(thing, one.name)
    default = one.default if one.default_factory is MISSING else one.default_factory()
    plain = isinstance(value, str | int | float | tuple | list | dict)  # arrays have no single answer
    return value is default or (plain and type(value) is type(default) and bool(value == default))


def _value(value: Any) -> str:
    """A value in few letters."""
    if isinstance(value, str | int | float | slice | None):
        return bounded(visible(repr(value)), LONGEST_VALUE)
    if isinstance(shape := getattr(value, "shape", None), tuple) and shape:
        return f"<{type(value).__name__} {shape}>"
    if isinstance(value, Mapping):
        return "{" + _items(f"{key!r}: {_value(one)}" for key, one in value.items()) + "}"
    if isinstance(value, tuple):
        return f"({_items(map(_value, value))}{',' * (len(value) == 1)})"
    if isinstance(value, Sequence | Set):
        return f"[{_items(map(_value, value))}]"
    if callable(value) and hasattr(value, "__qualname__"):
        return str(value.__qualname__).replace("<locals>.", "").replace("<lambda>", "lambda")
    if type(value).__repr__ is object.__repr__:
        return f"<{type(value).__name__}>"
    return bounded(repr(value), LONGEST_LINE // 2)


def _items(said: Iterable[str]) -> str:
    said = list(said)
    more = [f"... {amount(len(said) - MOST_ITEMS)} more"] if len(said) > MOST_ITEMS else []
    return ", ".join([*said[:MOST_ITEMS], *more])
