"""How a person writes a part: a name, then its options: `adam`, `adam:lr=0.01,beta1=0.8`."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from ..errors import GlassnetError

# A comma ends a value. Inside a value a backslash takes a comma, or another backslash, as it is.
_UNTIL_COMMA = re.compile(r"((?:\\[\\,]|[^,])*),")
_ESCAPED = re.compile(r"\\([\\,])")


@dataclass(frozen=True)
class Phrase:
    """A part's name, short or full, and the options that were written after it, still as text."""

    name: str
    options: tuple[tuple[str, str], ...] = ()

    @classmethod
    def parse(cls, text: str) -> Phrase:
        """Read `NAME` or `NAME:OPTION=VALUE,OPTION=VALUE`."""
        name, _, rest = text.partition(":")
        name = name.strip()
        if not name:
            raise GlassnetError(f"{text!r} has no name: write NAME or NAME:OPTION=VALUE, such as adam:lr=0.01")
        if not rest.strip():
            return cls(name)
        return cls(name, _read_options(text, rest))

    def __str__(self) -> str:
        if not self.options:
            return self.name
        return self.name + ":" + ",".join(f"{key}={_escape(value)}" for key, value in self.options)

    def option(self, name: str) -> str:
        """What was written for an option; empty where it was left out."""
        return dict(self.options).get(name, "")

    def with_option(self, key: str, value: str) -> Phrase:
        """The same phrase with one option set, or set anew in its place."""
        options = dict(self.options)
        options[key] = value
        return replace(self, options=tuple(options.items()))


def _read_options(text: str, rest: str) -> tuple[tuple[str, str], ...]:
    options: dict[str, str] = {}
    for piece in _UNTIL_COMMA.findall(rest + ","):
        key, equals, value = piece.partition("=")
        key = key.strip()
        if not equals or not key:
            hint = " (a comma inside a value is written \\,)" if options else ""
            hint = hint or f" (`glassnet show {text.partition(':')[0]}` has its options)"
            raise GlassnetError(f"in {text!r}, {piece.strip()!r} is not OPTION=VALUE, such as lr=0.01{hint}")
        if key in options:
            raise GlassnetError(f"in {text!r}, the option {key!r} is given twice: keep one of the two")
        options[key] = _ESCAPED.sub(r"\1", value)
    return tuple(options.items())


def _escape(value: str) -> str:
    return value.replace("\\", "\\\\").replace(",", "\\,")
