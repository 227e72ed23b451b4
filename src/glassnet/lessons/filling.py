"""Figures in prose are filled in from what the cells above have computed: `{best:.2f}` on the page, 0.75 to be read.

A page can't claim what its cells don't show: a name that no cell has bound is an error, with the names there are.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from ..errors import GlassnetError, did_you_mean, join

_EXPRESSION = r"[A-Za-z_]\w*(?:\.\w+(?:\(\))?|\[[^\]{}]*\])*"
_FORMAT = r":[^{}\s]*[dfgeEns%,]"
#: In words a name in braces is filled; in a formula, where braces group, only one with a format.
WORDS = re.compile(rf"\{{({_EXPRESSION})({_FORMAT})?\}}")
FORMULA = re.compile(rf"\{{({_EXPRESSION})({_FORMAT})\}}")
_LEFT = re.compile(r"\{[^{}\n]*\}")
#: What is not words: fenced code, code between backticks, formulas.
KEPT = re.compile(r"(^```.*?^```\s*$|`[^`\n]+`|\$\$.+?\$\$|(?<![\\$])\$(?!\s)[^$\n]+?(?<!\s)\$(?!\d))", re.M | re.S)


class Unfilled(GlassnetError):
    """A figure in prose that no cell above has computed, or that can't be written as it is asked for."""


def filled(text: str, names: Mapping[str, Any]) -> str:
    """The text with every `{name:format}` in place; a name that is not there is an error."""
    return _filled(text, lambda found: _value(found, names))


def awaiting(text: str) -> str:
    """The text before its cells are played: dots in the place of every figure."""
    return _filled(text, lambda _: "…")


def _filled(text: str, value: Callable[[re.Match[str]], str]) -> str:
    pieces = KEPT.split(text)
    for number, piece in enumerate(pieces):
        if not piece.startswith("`"):
            pattern = FORMULA if piece.startswith("$") else WORDS
            pieces[number] = pattern.sub(value, piece)
            if pattern is WORDS and (left := _LEFT.search(pieces[number])):
                raise Unfilled(f"{left[0]} can't be filled in: write a name, with a format behind a colon")
    return "".join(pieces)


def _value(found: re.Match[str], names: Mapping[str, Any]) -> str:
    expression, form = found[1], (found[2] or ":")[1:]
    first = re.split(r"[.\[]", expression)[0]
    if first not in names:
        public = [name for name in names if not name.startswith("_")]
        guess = did_you_mean(first, public)
        raise Unfilled(
            f"{found[0]} stands in the prose, and no cell above has {first!r}.{guess} There are: {join(public)}"
        )
    try:
        value = eval(expression, {"__builtins__": {}}, dict(names))
        return format(value, form)
    except Exception as error:
        raise Unfilled(f"{found[0]} can't be filled in: {type(error).__name__}: {error}") from error
