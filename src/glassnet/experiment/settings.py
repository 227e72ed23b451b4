"""An experiment as settings: each one text, `epochs=20`, `optimizer.lr=0.01`, as `--set` takes it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import fields
from typing import Any, TypeVar

from ..catalog import Phrase
from ..errors import GlassnetError, did_you_mean, join
from ..synonyms import setting as synonym
from . import telling
from .rules import DEFAULT_OPTIMIZER, PHRASES, SWITCHES, TUPLES, flag

Words = TypeVar("Words", bound=Any)  # an experiment; `words.py`, where that is, stands above this room


def differing(experiment: Any) -> Iterator[str]:
    """The fields in which an experiment differs from the defaults, in their order; plugins are left out."""
    for field in fields(experiment):
        if field.name != "plugins" and getattr(experiment, field.name) != field.default:
            yield field.name


def as_setting(experiment: Any, name: str) -> str:
    """A field as a setting that gives the very same value: its plain text, or JSON where that would read otherwise."""
    value = telling.need_words(getattr(experiment, name), "a setting")
    for text in (_as_text(value), json.dumps(value, ensure_ascii=False)):
        try:
            if getattr(with_setting(experiment, f"{name}={text}"), name) == value:
                return f"{name}={text}"
        except GlassnetError:
            continue
    raise GlassnetError(f"{flag(name)} can't be said as a setting: {value!r}")


def _as_text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return ("," if isinstance(value[0], int) else ";").join(map(str, value)) if value else "none"
    return str(value)


def with_setting(experiment: Words, setting: str) -> Words:
    """The experiment with one setting."""
    key, equals, value = setting.partition("=")
    if not equals:
        raise GlassnetError(f"--set wants KEY=VALUE, such as optimizer.lr=0.01, not {setting!r}")
    name, _, option = key.partition(".")
    if name == "plugins":
        raise GlassnetError("--set can't change plugins: name the file with --plugin FILE.py")
    known = [field.name for field in fields(experiment) if field.name != "plugins"]
    if name not in known:
        guess = synonym(name, lambda word: word if word in known else "") or did_you_mean(name, known)
        raise GlassnetError(f"--set {setting}: no setting {name!r}.{guess} Known: {join(known)}")
    if not option:
        return experiment.replace(**{name: _from_text(name, value)})
    if name not in PHRASES:
        raise GlassnetError(f"--set {setting}: {name!r} is no part and has no options; parts are {join(PHRASES)}")
    return experiment.replace(**{name: _with_option(getattr(experiment, name), option, value, name)})


def _from_text(name: str, text: str) -> Any:
    """A field's value from the right-hand side of `--set`: plain, or a text or a list of texts as JSON writes it."""
    if text.startswith(('"', "[")):
        try:
            return json.loads(text)
        except ValueError:
            pass  # a name may begin like that
    if text.lower() in ("none", "") and name != "scale":
        return () if name in TUPLES else None
    if name in SWITCHES and text.lower() in ("true", "false"):
        return text.lower() == "true"
    if name in TUPLES and name != "hidden":
        return tuple(text.split(";"))
    return text


def _with_option(given: Any, option: str, value: str, name: str) -> Any:
    """The phrase, or each of several, with one more option."""
    if isinstance(given, tuple) and given:
        return tuple(_with_option(one, option, value, name) for one in given)
    if given is None and name == "optimizer":
        given = DEFAULT_OPTIMIZER
    if not isinstance(given, str):
        what = "is given as a function" if callable(given) else "is not chosen yet"
        raise GlassnetError(f"--set {name}.{option}: {name} {what}: name it first, with {flag(name)}")
    return str(Phrase.parse(given).with_option(option, value))
