"""What the choices of an experiment are called and how they are said to people: one way for pages, tables, pictures."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from itertools import groupby
from typing import Any

from ..catalog import Phrase
from ..data.frames import is_frame, stands_for_frame
from ..data.sources import is_table_path, stem
from ..errors import GlassnetError
from ..wording import ours, same

LABELS = {
    "dataset": "data", "l1": "L1 penalty", "l2": "L2 penalty", "dtype": "precision", "metrics": "scores",
    "clip_norm": "clip gradient's length", "clip_value": "clip gradient's elements", "hidden": "hidden widths",
    "batch_norm": "batch normalisation", "test": "share of test rows", "validation": "share of validation rows",
    "keep": "columns kept", "drop": "columns left out", "category": "columns of names", "group": "rows kept together",
    "order": "rows ordered by", "reading": "how the table is read", "scale": "scaling of inputs",
    "input_dropout": "dropout of inputs", "freeze": "frozen", "features": "inputs made of others",
}  # fmt: skip


def is_table(given: Any) -> bool:
    """Whether a data set is given as the path of a table, `-` for one on standard input, or one in memory."""
    return is_frame(given) or stands_for_frame(given) or (isinstance(given, str) and is_table_path(given))


def title(dataset: str | Callable[..., Any]) -> str:
    """What the data are called: `moons` of any phrase for it, `a:b` of the table `a:b.csv`, a function's name."""
    if is_frame(dataset) or stands_for_frame(dataset):
        return "DataFrame"
    words = dataset if isinstance(dataset, str) else function_in_words(dataset)
    if is_table(words):
        return stem(words)
    return Phrase.parse(words).name.rpartition("/")[2].removeprefix("<function ").removesuffix(">")


def function_in_words(function: Any) -> str:
    """How a function that stands for a phrase, or a table in memory, is written down."""
    return str(function) if is_frame(function) else f"<function {getattr(function, '__name__', function)}>"


def label(name: str) -> str:
    """A field of an experiment as people call it: `batch size`, `L2 penalty`."""
    return LABELS.get(name, name.replace("_", " "))


def said(value: Any) -> str:
    """A field's value for people: phrases without our own home, and one that serves all layers only once."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        names = [said(one) for one in value]
        return (", ".join(names) if _are_numbers(value) else same(names)) if names else "none"
    if callable(value) or is_frame(value):
        return function_in_words(value)
    return "none" if value is None else f"{value:g}" if isinstance(value, float) else ours(value)


def _are_numbers(value: tuple[Any, ...]) -> bool:
    return any(isinstance(one, int) for one in value)


def decisive(value: Any) -> Any:
    """A value as it is compared: of choices for layers each once, since repeats follow from how many there are."""
    layers = isinstance(value, tuple) and not _are_numbers(value)
    return tuple(one for one, _ in groupby(value)) if layers else value


def told_apart(values: Sequence[Any]) -> list[str]:
    """Values of one field for people; with all their digits where two numbers would read alike."""
    short = [said(value) for value in values]
    if len(set(short)) == len({decisive(value) for value in values}):
        return short
    return [str(value) if isinstance(value, float) else said(value) for value in values]


def need_words(value: Any, holder: str) -> Any:
    """The value itself; `GlassnetError` where `holder`, such as TOML, can't hold it."""
    for one in value if isinstance(value, tuple) else (value,):
        if is_frame(one):
            raise GlassnetError(
                f"a DataFrame is in no file, and {holder} can't hold it: write it to one and give its path"
            )
        if callable(one):
            raise GlassnetError(f"{function_in_words(one)} is a function, which {holder} can't hold: give a phrase")
    return value


def in_toml(value: Any) -> str:
    """A value as TOML writes it: as JSON does, but for one control character. Functions can't be rebuilt from words."""
    if isinstance(value, tuple):
        return f"[{', '.join(map(in_toml, value))}]"
    return json.dumps(need_words(value, "TOML"), ensure_ascii=False).replace("\x7f", "\\u007f")


def in_python(value: Any) -> str:
    """A field's value as a program has it; of several of which there is one, that one."""
    if isinstance(value, tuple):
        each = [in_python(one) for one in value]
        return each[0] if len(each) == 1 else f"({', '.join(each)})"
    return json.dumps(value, ensure_ascii=False) if isinstance(need_words(value, "a program"), str) else repr(value)
