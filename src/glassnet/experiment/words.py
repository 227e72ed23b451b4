"""The words of an experiment: read from TOML, written as JSON, changed with `optimizer.lr=0.01`."""

from __future__ import annotations

import json
import math
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path, PurePath
from typing import Any

from ..catalog import Phrase
from ..data.frames import Frame, is_frame
from ..data.reading import in_words
from ..errors import GlassnetError, did_you_mean, join, need
from ..faces import Face, Shows, in_a_line
from ..files import parse_json, read_bytes
from ..kinds import TASKS
from ..schemas import DAMAGE, EXPERIMENT
from ..synonyms import explains_words, unknown_setting
from ..synonyms import setting as synonym
from . import slips, telling
from .faces import choices_face

Choosable = str | Callable[..., Any]  # a phrase, or in notebooks a part's function itself

SCALES = ("auto", "standard", "minmax", "none")
DTYPES = ("float32", "float64")
DEFAULT_OPTIMIZER = "adam"


def field_called(name: str) -> str:
    """The field of that name, as an experiment itself calls it; empty for a word that is none."""
    return name if name in Experiment.__dataclass_fields__ else ""


@explains_words(field_called)
@dataclass(frozen=True)
class Experiment(Face):
    """A complete choice of phrases and numbers. None means: what suits the task, decided when it is run.

    `dataset` is a phrase, the path of a table, or a DataFrame. For tables: `target` names the column to learn, or
    several of numbers (for a DataFrame it may be a Series of its own); `drop`, `category`, `keep`, `group` and `order`
    say what other columns are for (`data.reading.Roles`), `reading` how the file is written, `("decimal=,",
    "missing=n/a")` (`data.reading.Reading`). `activation` and `initializer` hold one phrase for all layers or one for
    each (initializers: the output layer too).
    `l1` and `l2` are l1 * sum|W| + l2 / 2 * sum(W^2), biases excluded. `batch_size` is a number or "full".
    `shuffle` draws the order of rows anew for each epoch.
    `split_seed` draws the test and validation rows, `seed` everything else, so that repeats over seeds
    never move test rows into training. `plugins` holds (path, SHA-256) of one-file plugins.
    """

    dataset: Choosable = "digits8x8"
    target: str | tuple[str, ...] | None = None
    task: str | None = None
    drop: tuple[str, ...] = ()
    category: tuple[str, ...] = ()
    keep: tuple[str, ...] = ()
    group: str | None = None
    order: str | None = None
    reading: tuple[str, ...] = ()
    test: float = 0.2
    validation: float = 0.1
    scale: str = "auto"
    class_weight: str | None = None
    dtype: str | None = None
    hidden: tuple[int, ...] = (100,)
    activation: tuple[Choosable, ...] = ("relu",)
    output: Choosable | None = None
    loss: Choosable | None = None
    initializer: tuple[Choosable, ...] = ()
    dropout: float = 0.0
    input_dropout: float = 0.0
    batch_norm: bool = False
    optimizer: Choosable | None = None
    schedule: Choosable = "constant"
    metrics: tuple[Choosable, ...] = ()
    epochs: int = 50
    batch_size: int | str | None = None
    shuffle: bool = True
    l1: float = 0.0
    l2: float = 0.0001
    clip_norm: float | None = None
    clip_value: float | None = None
    patience: int | None = None
    monitor: str = "loss"
    seed: int = 0
    split_seed: int = 0
    plugins: tuple[tuple[str, str], ...] = ()

    __repr__ = in_a_line

    def _face_(self) -> Iterable[str | Shows]:
        return choices_face(self, Experiment())

    def __post_init__(self) -> None:
        if isinstance(self.dataset, PurePath):
            object.__setattr__(self, "dataset", str(self.dataset))
        if is_frame(self.dataset):
            self._take_frame()
        for name in TUPLES:
            object.__setattr__(self, name, _as_tuple(name, getattr(self, name)))
        for name, rule in RULES.items():
            value = getattr(self, name)
            if value is not None or getattr(Experiment, name) is not None:  # None where it is the default
                object.__setattr__(self, name, rule.read(name, value))
        for name in COLUMNS:
            object.__setattr__(self, name, tuple(Rule(str).read(name, one) for one in getattr(self, name)))
        object.__setattr__(self, "target", _targets(self.target))
        object.__setattr__(self, "reading", in_words(self.reading))
        for name in PHRASES:
            _check_phrases(name, getattr(self, name))

    def _take_frame(self) -> None:
        """A table in memory, and with it a target that is a Series of its own."""
        frame, target = Frame.of(self.dataset), vars(self)["target"]
        if hasattr(target, "to_numpy"):
            name = str(target.name) if getattr(target, "name", None) else "target"
            frame, target = frame.with_column(name, target), name
        object.__setattr__(self, "dataset", frame)
        object.__setattr__(self, "target", target)

    @classmethod
    def from_mapping(cls, values: Mapping[str, Any], where: str = "an experiment") -> Experiment:
        need(values, Mapping, "an experiment wants names with their values, {'dataset': 'iris'}")
        known = [field.name for field in fields(cls)]
        for name in values:
            if name not in known:
                raise GlassnetError(unknown_setting(where, name, known, field_called))
        return cls(**values)

    @classmethod
    def from_toml(cls, path: str | Path) -> Experiment:
        """Read a TOML file whose keys are the fields of an experiment."""
        need(path, str | Path, "from_toml wants the path of a TOML file")
        return cls.from_mapping(read_toml(path), where=str(path))

    @classmethod
    def from_json(cls, text: str, where: str = "experiment.json") -> Experiment:
        try:
            values = parse_json(text, EXPERIMENT)
            if "category" not in values:  # written when --keep meant both: one of the inputs, and read as text
                values["category"] = values.get("keep", ())
            return cls.from_mapping(values, where=where)
        except DAMAGE as error:
            raise GlassnetError(f"{where} is not an experiment: {error}") from error

    def to_json(self) -> str:
        """The experiment as JSON; a function that stands for a phrase is written as `<function name>`."""
        return json.dumps(asdict(self), indent=2, default=telling.function_in_words)

    def to_toml(self) -> str:
        """The experiment as TOML, for `--config`; a choice that is left to the task, and an empty list, is left out."""
        empty = [name for name in TUPLES if getattr(Experiment, name) == () == getattr(self, name)]
        said = {name: value for name, value in asdict(self).items() if value is not None and name not in empty}
        lines = [f"{name} = {telling.in_toml(value)}" for name, value in said.items()]
        return "\n".join(lines) + "\n"

    @property
    def title(self) -> str:
        """What the data are called: the data set's name, that of a table's file without its ending, a function's."""
        return telling.title(self.dataset)

    def in_words(self) -> dict[str, str]:
        """Every choice for people, `{"batch size": "32"}`, in the order of the fields; plugins are left out."""
        return {telling.label(name): telling.said(getattr(self, name)) for name in CHOICES}

    def differing(self, others: Iterable[Experiment]) -> list[str]:
        """The fields in which not all of them chose alike; plugins are left out."""
        every = [self, *others]
        chosen = {name: [telling.decisive(getattr(one, name)) for one in every] for name in CHOICES}
        return [name for name, values in chosen.items() if any(value != values[0] for value in values)]

    def differences(self, others: Iterable[Experiment]) -> dict[str, list[str]]:
        """The choices that differ, for people: `{"batch size": ["32", "64"]}`, this one first, then the others."""
        every = [self, *others]
        names = self.differing(every[1:])
        return {telling.label(name): telling.told_apart([getattr(one, name) for one in every]) for name in names}

    def replace(self, **changes: Any) -> Experiment:
        return replace(self, **changes)

    def with_settings(self, settings: Iterable[str]) -> Experiment:
        """Changed by settings such as `epochs=20`, `optimizer.lr=0.01`, `activation.alpha=0.5`."""
        experiment = self
        for setting in settings:
            experiment = experiment._with_setting(setting)
        return experiment

    def _with_setting(self, setting: str) -> Experiment:
        key, equals, value = setting.partition("=")
        if not equals:
            raise GlassnetError(f"--set wants KEY=VALUE, such as optimizer.lr=0.01, not {setting!r}")
        name, _, option = key.partition(".")
        if name == "plugins":
            raise GlassnetError("--set can't change plugins: name the file with --plugin FILE.py")
        known = [field.name for field in fields(self) if field.name != "plugins"]
        if name not in known:
            guess = synonym(name, field_called) or did_you_mean(name, known)
            raise GlassnetError(f"--set {setting}: no setting {name!r}.{guess} Known: {join(known)}")
        if not option:
            return replace(self, **{name: _from_text(name, value)})
        if name not in PHRASES:
            raise GlassnetError(f"--set {setting}: {name!r} is no part and has no options; parts are {join(PHRASES)}")
        return replace(self, **{name: _with_option(getattr(self, name), option, value, name)})


@dataclass(frozen=True)
class Rule:
    """What a plain field may hold: a type, bounds (`low` included, `above` and `below` not), or a list of choices."""

    type: type
    low: float = float("-inf")
    above: float = float("-inf")
    below: float = float("inf")
    choices: tuple[str, ...] = ()

    def read(self, name: str, value: Any) -> Any:
        if name == "batch_size" and value == "full":
            return value
        if self.type is bool:
            if not isinstance(value, bool):
                raise GlassnetError(f"{flag(name)} is true or false, not {value!r}")
            return value
        return self._text(name, value) if self.type is str else self._number(name, value)

    def _text(self, name: str, value: Any) -> str:
        if self.choices and value not in self.choices:
            guess = did_you_mean(str(value), self.choices)
            raise GlassnetError(f"{flag(name)} {value!r} is unknown.{guess} Possible: {join(self.choices)}")
        if not isinstance(value, str | int):  # a column may be called 3
            raise GlassnetError(f"{flag(name)} wants a name, not {value!r}")
        return str(value)

    def _number(self, name: str, value: Any) -> Any:
        also = " or full" if name == "batch_size" else ""
        try:
            if isinstance(value, bool):
                raise ValueError
            number = self.type(value)
            if not (isinstance(value, str) or number == value) or not math.isfinite(number):
                raise ValueError
        except (TypeError, ValueError, OverflowError):
            kind = "a whole number" if self.type is int else "a finite number"
            raise GlassnetError(f"{flag(name)} wants {kind}{also}, not {value!r}{slips.share(value)}") from None
        if not (self.low <= number < self.below and number > self.above):
            percent = f" (for {number:g} % give {number / 100:g})" if self.below == 1 < number < 100 else ""
            raise GlassnetError(f"{flag(name)} must be {self._bounds()}{also}, not {value}{percent}")
        return number

    def _bounds(self) -> str:
        lowest = f"more than {self.above:g}" if self.low < self.above else f"at least {self.low:g}"
        return lowest if self.below == float("inf") else f"{lowest} and below {self.below:g}"


RULES: dict[str, Rule] = {
    "test": Rule(float, 0, below=1),
    "validation": Rule(float, 0, below=1),
    "dropout": Rule(float, 0, below=1),
    "input_dropout": Rule(float, 0, below=1),
    "l1": Rule(float, 0),
    "l2": Rule(float, 0),
    "clip_norm": Rule(float, above=0),
    "clip_value": Rule(float, above=0),
    "epochs": Rule(int, 0),
    "batch_size": Rule(int, 1),
    "patience": Rule(int, 1),
    "seed": Rule(int, 0),
    "split_seed": Rule(int, 0),
    "batch_norm": Rule(bool),
    "shuffle": Rule(bool),
    "task": Rule(str, choices=tuple(TASKS)),
    "scale": Rule(str, choices=SCALES),
    "class_weight": Rule(str, choices=("balanced",)),
    "dtype": Rule(str, choices=DTYPES),
    "group": Rule(str),
    "order": Rule(str),
    "monitor": Rule(str),
}
SWITCHES = tuple(name for name, rule in RULES.items() if rule.type is bool)
COLUMNS = ("drop", "category", "keep")
TUPLES = (*COLUMNS, "reading", "hidden", "activation", "initializer", "metrics", "plugins")
CHOICES = tuple(field.name for field in fields(Experiment) if field.name != "plugins")
PHRASES = ("dataset", "activation", "output", "loss", "initializer", "optimizer", "schedule", "metrics")


#: What to write for a field, where it isn't simply its name behind two dashes.
FLAGS = {"dataset": "the dataset", "metrics": "--metric"}


def flag(name: str) -> str:
    """How a field is said on the command line: `--batch-size`."""
    return FLAGS.get(name, "--" + name.replace("_", "-"))


def _as_tuple(name: str, value: Any) -> tuple[Any, ...]:
    """A field that holds several values, from one value, a list, or for the hidden layers a text `128,64`."""
    if name == "hidden":
        return _widths(value)
    if name == "reading" and isinstance(value, Mapping):
        return in_words(value)
    if name == "plugins":
        return _plugins(value)
    if value is None:
        return ()
    return tuple(value) if isinstance(value, list | tuple) else (value,)


def _targets(value: Any) -> str | tuple[str, ...] | None:
    """One column's name, or several in their order; one of a list is one."""
    names = [Rule(str).read("target", one) for one in _as_tuple("target", value)]
    return tuple(dict.fromkeys(names)) if len(set(names)) > 1 else names[0] if names else None


def _check_phrases(name: str, value: Any) -> None:
    """A phrase or a part's function, or several of them; nothing where the default is chosen later."""
    if value is None and getattr(Experiment, name) is None:
        return
    for one in value if isinstance(value, tuple) else (value,):
        if not isinstance(one, str) and not callable(one) and not (name == "dataset" and is_frame(one)):
            kind = {"output": "activation", "metrics": "metric"}.get(name, name)
            raise GlassnetError(
                f"{flag(name)} wants a phrase, NAME or NAME:OPTION=VALUE, not {one!r} (see `glassnet list {kind}`)"
            )


def _plugins(value: Any) -> tuple[tuple[str, str], ...]:
    try:
        return tuple((str(path), str(digest)) for path, digest in value)
    except (TypeError, ValueError):
        raise GlassnetError(
            f"plugins holds pairs of a path and its SHA-256, not {value!r}: name the file with --plugin FILE.py instead"
        ) from None


def _widths(given: Any) -> tuple[int, ...]:
    value = given
    if isinstance(value, str):
        value = [] if value.strip().lower() in ("none", "") else value.split(",")
    elif isinstance(value, int):
        value = [value]
    try:
        if value is not None and not isinstance(value, list | tuple | range) and not hasattr(value, "tolist"):
            raise TypeError  # bytes are numbers one by one, and a set has no order
        widths = tuple(_width(width) for width in (() if value is None else value))
    except (TypeError, ValueError, OverflowError):
        words = f"{_shown(given)}{slips.widths(given)}"
        raise GlassnetError(f"--hidden wants widths such as 128,64, or none, not {words}") from None
    if any(width < 1 for width in widths):
        raise GlassnetError(f"--hidden wants widths of at least 1, or none for no hidden layer, not {_shown(value)}")
    return widths


def _width(value: Any) -> int:
    width = int(value)
    if isinstance(value, bool) or (not isinstance(value, str) and width != value):
        raise ValueError
    return width


def _shown(value: Any) -> str:
    return repr(",".join(map(str, value))) if isinstance(value, list | tuple) else repr(value)


def _from_text(name: str, text: str) -> Any:
    """A field's value from the right-hand side of `--set`."""
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


def read_toml(path: str | Path) -> dict[str, Any]:
    """The keys of a TOML file, or one clear line."""
    try:
        return tomllib.loads(read_bytes(Path(path)).decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise GlassnetError(f"{path} is not TOML: {error}") from error
    except RecursionError as error:
        raise GlassnetError(f"{path} is not an experiment: its brackets are too deep") from error
    except OSError as error:
        raise GlassnetError(f"can't read {path}: {error.strerror}") from error
