"""What each file of a run, a sweep, a saved estimator and the practice index may hold.

A file may come from a stranger or from a disk that failed. So nothing in it is believed: types, shapes and sizes are
looked at first, by the tables below, and whoever reads the file may rely on them. What a table doesn't name is left
to later versions. A rule raises `ValueError` with a sentence.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

Rule = Callable[[Any, str], None]

#: What reading nonsense raises: a file for which this happens is damaged.
DAMAGE = (
    ArithmeticError,
    AttributeError,
    LookupError,
    MemoryError,
    RuntimeError,
    StopIteration,
    TypeError,
    ValueError,
)
LARGEST = 2**53  # whole numbers beyond are no longer exact in every program that reads JSON
KINDS = {"b": "truths", "f": "real numbers", "iu": "whole numbers", "iuf": "real numbers", "U": "texts"}


# --- words: values of JSON ------------------------------------------------------------------------------------


def _wrong(value: Any, name: str, wanted: str) -> ValueError:
    names = {"dict": "an object", "list": "a list", "str": "a text"}
    said = names.get(type(value).__name__) or repr(value)[:40]
    return ValueError(f"{name} is {said}, not {wanted}")


def whole(value: Any, name: str) -> None:
    if type(value) is not int or not 0 <= value < LARGEST:
        raise _wrong(value, name, "a whole number")


def number(value: Any, name: str) -> None:
    if type(value) not in (int, float) or not abs(value) <= sys.float_info.max:
        raise _wrong(value, name, "a finite number")


def text(value: Any, name: str) -> None:
    if not isinstance(value, str):
        raise _wrong(value, name, "a text")


def truth(value: Any, name: str) -> None:
    if not isinstance(value, bool):
        raise _wrong(value, name, "true or false")


def anything(value: Any, name: str) -> None:
    """Somebody else looks at it."""


def maybe(rule: Rule) -> Rule:
    return lambda value, name: None if value is None else rule(value, name)


def one_of(*choices: str) -> Rule:
    def check(value: Any, name: str) -> None:
        if value not in choices:
            raise _wrong(value, name, f"one of {', '.join(choices)}")

    return check


def each(rule: Rule, length: int | None = None) -> Rule:
    """A list, of so many values where a length is given."""

    def check(value: Any, name: str) -> None:
        if not isinstance(value, list) or (length is not None and len(value) != length):
            raise _wrong(value, name, "a list" if length is None else f"a list of {length}")
        for place, one in enumerate(value, 1):
            rule(one, f"{name}, number {place},")

    return check


def named(rule: Rule) -> Rule:
    """An object whose names are free."""

    def check(value: Any, name: str) -> None:
        if not isinstance(value, dict):
            raise _wrong(value, name, "an object")
        for key, one in value.items():
            rule(one, f"{name}.{key}")

    return check


def record(need: Mapping[str, Rule], may: Mapping[str, Rule] | None = None) -> Rule:
    """An object with these names. Other names are left to later versions."""

    def check(value: Any, name: str) -> None:
        if not isinstance(value, dict):
            raise _wrong(value, name or "it", "an object")
        dot = f"{name}." if name else ""
        for key, rule in {**need, **(may or {})}.items():
            if key in value:
                rule(value[key], f"{dot}{key}")
            elif key in need:
                raise ValueError(f"{dot + key!r} is missing")

    return check


def _figures(value: Any, name: str) -> None:
    """The final figures: each interval belongs to a score, and each score to a baseline."""
    _RESULT(value, name)
    metrics, intervals = value["metrics"], value["intervals"]
    if not intervals:
        raise ValueError("intervals holds no split")
    for split in intervals:
        for place in (split, "baseline"):
            for metric in {**metrics["train"], **intervals[split]}:
                if metric not in metrics.get(place, {}):
                    raise ValueError(f"{f'metrics.{place}.{metric}'!r} is missing")
    for split in ("validation", "test"):
        if metrics[split] and (gone := set(metrics["train"]) - set(metrics[split])):
            raise ValueError(f"{f'metrics.{split}.{min(gone)}'!r} is missing")
    for metric in metrics["train"]:
        if metric not in next(iter(intervals.values())):
            raise ValueError(f"{f'intervals.{metric}'!r} is missing")
    if (line := value.get("linear")) is not None:
        _beside(line, next(iter(intervals)), list(metrics["train"]))


def _beside(line: Any, judged: str, metrics: list[str]) -> None:
    """A straight line has the scores of the rows that judge, and how far it is apart in the first of them."""
    for metric in metrics:
        for place in ("metrics", "intervals"):
            if metric not in line[place].get(judged, {}):
                raise ValueError(f"{f'linear.{place}.{judged}.{metric}'!r} is missing")
    if metrics and metrics[0] not in line["differences"]:
        raise ValueError(f"{f'linear.differences.{metrics[0]}'!r} is missing")


_SCORES = named(maybe(number))
_LINEAR = record(
    {
        "model": text,
        "rows": whole,
        "metrics": named(_SCORES),
        "intervals": named(named(each(maybe(number), 2))),
        "differences": named(each(maybe(number), 3)),
    }
)
_RESULT = record(
    {
        "metrics": record(dict.fromkeys(("train", "validation", "test", "baseline"), _SCORES)),
        "intervals": named(named(each(maybe(number), 2))),
        "epochs": whole,
        "seconds": number,
        "stopped": text,
    },
    {"run": text, "best_epoch": whole, "linear": maybe(_LINEAR)},
)

EXPERIMENT: Rule = record({})  # its values are looked at where an experiment is made, as those of a command are
RESULT: Rule = _figures
PROVENANCE: Rule = record(
    {},
    {
        "started": text,
        "command": text,
        "seed": whole,
        "split_seed": whole,
        "data_sha256": text,
        "source": text,
        "licence": maybe(text),
        "told": each(text),
        "rows": named(whole),
        "versions": named(text),
        "guests": named(text),
        "guest_code": named(text),
        "begun_with": named(text),
        "plugins": each(each(text, 2)),
        "blas": each(named(anything)),
        "platform": text,
        "epochs_changed_to": whole,
        "by_hand": record({"changes": each(record({"epoch": whole, "setting": text}))}, {"begun": each(text)}),
    },
)
SWEEP: Rule = record(
    {
        "over": each(text),
        "random": maybe(whole),
        "halving": maybe(whole),
        "seeds": whole,
        "folds": whole,
        "score": record({"metric": text, "better": one_of("higher", "lower"), "rows": whole}, {"of": text}),
        "guests": record({"files": each(each(text, 2))}),
        "packages": named(text),
        "experiment": record({}),
        "provenance": record({"data_sha256": text}),
    },
    {"package_code": named(text)},
)
CELL: Rule = record(
    {
        "cell": record({"settings": each(text), "epochs": whole, "seed": whole, "fold": whole, "round": whole}),
        "scores": _SCORES,
        "epochs": whole,
        "seconds": number,
        "failed": text,
    },
    {"line": _SCORES, "alone": text},
)
OWNER: Rule = record({"pid": whole, "host": text, "since": text, "doing": text})
PROGRESS: Rule = named(named(record({"on": text, "asked": text})))
#: What an index answers: of one project, of all. Much more may be in it.
INDEX_PROJECT: Rule = record(
    {"files": each(record({"filename": text}, {"hashes": named(text), "url": text, "requires-python": maybe(text)}))},
    {"versions": each(text)},
)
INDEX_LIST: Rule = record({"projects": each(record({"name": text}))})
STARTED: Rule = record({"started": text})
SERVER: Rule = record({"url": text, "pid": whole, "started": text}, {"at": text, "names": each(text)})
PUBLISHED: Rule = record(
    {"file": text, "name": text, "version": text, "size": whole, "sha256": text, "uploaded": text},
    {"requires_python": maybe(text), "metadata_sha256": maybe(text), "owner": text},
)
YANKS: Rule = named(text)
COUNTS: Rule = named(whole)
PASSED: Rule = named(each(text))
TOLD: Rule = record({"project": text, "version": text, "passed": each(text)})
WHO: Rule = record({"student": text})
STUDENTS: Rule = named(record({"sha256": text, "made": text}))
MODEL_WORDS: Rule = record(
    {
        "inputs": whole,
        "hidden": each(whole),
        "outputs": whole,
        "dropout": number,
        "input_dropout": number,
        "batch_norm": truth,
        "dtype": one_of("float32", "float64"),
        "activations": each(text),
        "output": text,
        "loss": text,
    }
)
FIT_WORDS: Rule = record(
    {"optimizer": text, "seed": whole, "step": whole, "best_epoch": whole, "stopped": text},
    {"patience": maybe(each(anything, 2)), "seen": maybe(whole), "begun": whole, "guests": each(each(text, 3))},
)
ESTIMATOR_WORDS: Rule = record({"estimator": text, "parameters": named(anything)})


# --- arrays -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Held:
    """One array of a file: the kinds of its values, as NumPy writes them, and its shape, `n,3`.

    A letter is the same number in all arrays of the file, "" a single value, and `*` any shape.
    """

    kinds: str
    shape: str
    needed: bool = True


Arrays = Mapping[str, Held]  # by name, or by a pattern such as `state/*`


def trouble_with(found: Mapping[str, tuple[tuple[int, ...], Any]], table: Arrays) -> str:
    """What is wrong with the arrays of a file, as its headers tell them; empty where they are as the table says."""
    try:
        check_arrays(found, table)
    except ValueError as error:
        return str(error)
    return ""


def check_arrays(found: Mapping[str, tuple[tuple[int, ...], Any]], table: Arrays) -> None:
    """Hold names, shapes and dtypes, as the headers of a file tell them, against a table."""
    sizes: dict[str, int] = {}
    for name, held in table.items():
        matching = [name] if name in found else [one for one in found if "*" in name and fnmatchcase(one, name)]
        if held.needed and not matching:
            raise ValueError(f"{name!r} is missing")
        for one in matching:
            shape, dtype = found[one]
            if dtype.kind not in held.kinds:
                raise ValueError(f"{one} holds {dtype}, not {KINDS.get(held.kinds, 'plain values')}")
            _check_shape(one, shape, held.shape, sizes)


def _check_shape(name: str, shape: tuple[int, ...], wanted: str, sizes: dict[str, int]) -> None:
    if wanted == "*":
        return
    axes = wanted.split(",") if wanted else []
    fits = len(shape) == len(axes)
    for axis, length in zip(axes, shape, strict=False):
        fits = fits and length == (int(axis) if axis.isdecimal() else sizes.setdefault(axis, length))
    if not fits:
        said = ", ".join(f"{axis} = {sizes[axis]}" for axis in axes if axis in sizes)
        raise ValueError(f"{name} has the shape {shape}, not ({wanted}){' with ' + said if said else ''}")


MODEL: Arrays = {
    "words": Held("U", ""),
    "w": Held("f", "P"),
    "running": Held("f", "R"),
    "features/features_names": Held("U", "n"),
    "features/features_kinds": Held("U", "n"),
    "features/features_numbers": Held("iuf", "n,3"),
    "features/features_gaps": Held("b", "n"),
    "features/features_values": Held("U", "v"),
    "features/features_value_counts": Held("iu", "n"),
    "features/features_why": Held("U", "n"),
    "features/features_image_shape": Held("iu", "s"),
    "features/features_scale": Held("U", ""),
    "features/features_dtype": Held("U", ""),
    "features/features_made_ways": Held("U", "y", needed=False),
    "features/features_made_of": Held("U", "z", needed=False),
    "features/features_made": Held("f", "a,2", needed=False),
    "targets/targets_task": Held("U", ""),
    "targets/targets_classes": Held("biufUS", "c"),
    "targets/targets_mean": Held("f", "k"),
    "targets/targets_scale": Held("f", "k"),
    "targets/targets_names": Held("U", "m"),
    "targets/targets_dtype": Held("U", ""),
}
_STATES: Arrays = {"pieces": Held("iu", "", needed=False), "state/*": Held("biuf", "*", needed=False)}
CHECKPOINT: Arrays = {
    "w": Held("f", "P"),
    "running": Held("f", "R"),
    "best_w": Held("f", "P"),
    "best_running": Held("f", "R"),
    "start": Held("f", "P", needed=False),
    "counts": Held("iu", "3"),
    "history": Held("u", "h", needed=False),
    **_STATES,
}
WATCH: Arrays = {
    "what": Held("U", "w"),
    "rows": Held("iu", ""),
    "epochs": Held("iu", "E"),
    **{
        name: Held("f", "N,L")
        for name in ("scores", "activations", "means", "spreads", "slopes", "gradients", "weights", "updates")
    },
    "dead": Held("f", "D,H"),
    "saturated": Held("f", "D,H"),
    "histogram_epochs": Held("iu", "B"),
    "activation_edges": Held("f", "A,L,41"),
    "activation_counts": Held("iu", "A,L,40"),
    "gradient_counts": Held("iu", "A,L,64"),
    "path_epochs": Held("iu", "K"),
    "path": Held("f", "Q,P"),
}
ESTIMATOR: Arrays = {
    "words": Held("U", ""),
    "n_features_in": Held("iu", ""),
    "feature_names_in": Held("U", "d", needed=False),
    "classes": Held("biufcUSmM", "c", needed=False),
    "classes_dtype": Held("U", "", needed=False),
    "fit": Held("U", ""),
    "history_columns": Held("U", "q"),
    "history": Held("f", "e,q"),
    "best_w": Held("f", "P", needed=False),
    "best_running": Held("f", "R", needed=False),
    **_STATES,
    **{f"model/{name}": held for name, held in MODEL.items() if not name.startswith("targets/targets_classes")},
    "model/targets/targets_classes": Held("biufUS", "g"),
}
