"""The menus of the page: every part that is installed, with its options as controls, and the plain settings."""

from __future__ import annotations

from typing import Any

from ..catalog import Catalog, Option, Part, write
from ..data.making import WAYS
from ..errors import GlassnetError
from ..experiment import RULES, Experiment
from ..hooks import PROJECT
from ..kinds import KINDS
from .controls import FIELDS
from .curves import known

MENUS = ("dataset", "activation", "loss", "optimizer", "initializer", "schedule")
#: The one field that holds several of its choices, with commas between them.
FEATURES = {
    "name": "features", "label": "more inputs", "type": "several", "low": None, "high": None,
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


def _entry(catalog: Catalog, kind: str, part: Part) -> dict[str, Any]:
    return {
        "name": part.name if catalog.matches(kind, part.name) == [part] else part.full_name,
        "short": part.name.replace("_", " "), "package": "" if part.distribution == PROJECT else part.distribution,
        "summary": part.help, "task": _task(part) if kind == "loss" else None,
        "options": [_option(option) for option in part.options if option.type is not str or option.choices],
    }  # fmt: skip


def _task(part: Part) -> str | None:
    """What a loss is for; None where it can't be built to be asked."""
    try:
        return str(part.build().task)
    except GlassnetError:
        return None


def _option(option: Option) -> dict[str, Any]:
    low, high = (option.range.low, option.range.high) if option.range else (None, None)
    return {
        "name": option.name, "type": "choice" if option.choices else _TYPES[option.type],
        "low": known(low), "high": known(high), "choices": list(map(write, option.choices)),
        "optional": option.optional, "help": option.describe(),
    }  # fmt: skip


def _field(place: str, name: str, label: str, words: str) -> dict[str, Any]:
    rule = RULES[name]
    return {
        "name": name, "label": label, "type": _TYPES[rule.type], "low": known(rule.low), "high": known(rule.below),
        "choices": list(rule.choices), "optional": getattr(Experiment, name) is None, "help": words, "place": place,
    }  # fmt: skip
