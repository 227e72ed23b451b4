"""The menus of the page: every part that is installed, with its options as controls, and the plain settings."""

from __future__ import annotations

from math import isfinite
from typing import Any

from ..catalog import Catalog, Option, write
from ..data.making import WAYS
from ..errors import GlassnetError
from ..experiment import RULES, Experiment, Rule
from ..hooks import PROJECT
from ..kinds import KINDS
from .controls import FIELDS
from .state import plain

MENUS = ("dataset", "activation", "loss", "optimizer", "initializer", "schedule", "metric")
#: The one field that holds several of its choices, with commas between them.
FEATURES = {
    "name": "features", "label": "more inputs", "type": "several", "default": "none", "low": None, "high": None,
    "choices": list(WAYS), "optional": True, "help": "made of the number columns: x², x·y, sin x", "place": "columns",
}  # fmt: skip
_TYPES = {float: "float", int: "int", bool: "bool", str: "choice"}


def menus_of(catalog: Catalog) -> dict[str, Any]:
    """All menus as plain data."""
    menus: dict[str, Any] = {}
    for kind in MENUS:
        menus[KINDS[kind].plural] = [_entry(catalog, kind, part) for part in catalog.parts(kind)]
    fields = [_field(place, name, *words) for place, those in FIELDS.items() for name, words in those.items()]
    return menus | {"fields": [FEATURES, *fields]}


def _entry(catalog: Catalog, kind: str, part: Any) -> dict[str, Any]:
    unique = catalog.matches(kind, part.name) == [part]
    ours = part.distribution == PROJECT
    return {
        "name": part.name if unique else part.full_name, "short": part.name.replace("_", " "),
        "package": "" if ours else part.distribution, "version": "" if ours else part.version, "summary": part.help,
        "task": _task(part) if kind == "loss" else None,
        "options": [_option(option) for option in part.options if option.type is not str or option.choices],
        "needs": _needs(part) if kind == "dataset" else "",
    }  # fmt: skip


def _task(part: Any) -> str | None:
    """What a loss is for; None where it can't be built to be asked."""
    try:
        return str(part.build().task)
    except GlassnetError:
        return None


def _needs(part: Any) -> str:
    """What a data set fetches before its first use, in words; ours say so in their module."""
    return "is downloaded once from its publisher" if part.function.__module__.endswith(".fetched") else ""


def _option(option: Option) -> dict[str, Any]:
    low, high = (None, None) if option.range is None else (option.range.low, option.range.high)
    return {
        "name": option.name, "type": "choice" if option.choices else _TYPES[option.type],
        "default": plain({"": option.default})[""], "low": _finite(low), "high": _finite(high),
        "choices": [write(choice) for choice in option.choices], "optional": option.optional,
        "help": option.describe(),
    }  # fmt: skip


def _field(place: str, name: str, label: str, words: str) -> dict[str, Any]:
    rule: Rule = RULES[name]
    default = getattr(Experiment, name)
    return {
        "name": name, "label": label, "type": _TYPES[rule.type], "default": write(default),
        "low": _finite(rule.low), "high": _finite(rule.below), "choices": list(rule.choices),
        "optional": default is None, "help": words, "place": place,
    }  # fmt: skip


def _finite(value: float | None) -> float | None:
    return value if value is not None and isfinite(value) else None
