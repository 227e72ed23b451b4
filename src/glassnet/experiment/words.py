"""The words of an experiment: read from TOML, written as JSON, changed with `optimizer.lr=0.01`."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any

from ..catalog import Phrase
from ..errors import GlassnetError, did_you_mean, join
from ..kinds import TASKS

Choosable = str | Callable[..., Any]  # a phrase, or in notebooks a part's function itself

SCALES = ("auto", "standard", "minmax", "none")
DTYPES = ("float32", "float64")
DEFAULT_OPTIMIZER = "adam"


@dataclass(frozen=True)
class Experiment:
    """A complete choice of phrases and numbers. None means: what suits the task, decided when it is run.

    `dataset` is a phrase or the path of a table; `target` is the column to learn, for tables. `activation`
    and `initializer` hold one phrase for all layers or one for each (initializers: the output layer too).
    `l1` and `l2` are l1 * sum|W| + l2 / 2 * sum(W^2), biases excluded. `batch_size` is a number or "full".
    `split_seed` draws the test and validation rows, `seed` everything else, so that repeats over seeds
    never move test rows into training. `plugins` holds (path, SHA-256) of one-file plugins.
    """

    dataset: Choosable = "digits8x8"
    target: str | None = None
    task: str | None = None
    keep: tuple[str, ...] = ()
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
    l1: float = 0.0
    l2: float = 0.0001
    clip_norm: float | None = None
    clip_value: float | None = None
    patience: int | None = None
    monitor: str = "loss"
    seed: int = 0
    split_seed: int = 0
    plugins: tuple[tuple[str, str], ...] = ()

    def __post_init__(self) -> None:
        for name in TUPLES:
            object.__setattr__(self, name, _as_tuple(name, getattr(self, name)))
        for name, rule in RULES.items():
            value = getattr(self, name)
            if value is not None:
                object.__setattr__(self, name, rule.read(name, value))

    @classmethod
    def from_mapping(cls, values: Mapping[str, Any], where: str = "an experiment") -> Experiment:
        known = [field.name for field in fields(cls)]
        for name in values:
            if name not in known:
                raise GlassnetError(f"{where} has no {name!r}.{did_you_mean(name, known)} It may hold: {join(known)}")
        return cls(**values)

    @classmethod
    def from_toml(cls, path: str | Path) -> Experiment:
        """Read a TOML file whose keys are the fields of an experiment."""
        return cls.from_mapping(read_toml(path), where=str(path))

    @classmethod
    def from_json(cls, text: str, where: str = "experiment.json") -> Experiment:
        try:
            return cls.from_mapping(json.loads(text), where=where)
        except (ValueError, TypeError, AttributeError) as error:
            raise GlassnetError(f"{where} is not an experiment: {error}") from error

    def to_json(self) -> str:
        """The experiment as JSON; a function that stands for a phrase is written as `<function name>`."""
        return json.dumps(asdict(self), indent=2, default=_function_in_words)

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
        known = [field.name for field in fields(self)]
        if name not in known:
            raise GlassnetError(
                f"--set {setting}: no setting {name!r}.{did_you_mean(name, known)} Known: {join(known)}"
            )
        if not option:
            return replace(self, **{name: _from_text(name, value)})
        if name not in PHRASES:
            raise GlassnetError(f"--set {setting}: {name!r} is no part and has no options; parts are {join(PHRASES)}")
        return replace(self, **{name: _with_option(getattr(self, name), option, value, name)})


@dataclass(frozen=True)
class Rule:
    """What a plain field may hold: a type, bounds (included unless `below`), or a list of choices."""

    type: type
    low: float = float("-inf")
    below: float = float("inf")
    choices: tuple[str, ...] = ()

    def read(self, name: str, value: Any) -> Any:
        flag = "--" + name.replace("_", "-")
        if name == "batch_size" and value == "full":
            return value
        if self.type is bool:
            if not isinstance(value, bool):
                raise GlassnetError(f"{flag} is true or false, not {value!r}")
            return value
        if self.type is str:
            if self.choices and value not in self.choices:
                guess = did_you_mean(str(value), self.choices)
                raise GlassnetError(f"{flag} {value!r} is unknown.{guess} Possible: {join(self.choices)}")
            return str(value)
        try:
            if isinstance(value, bool):
                raise ValueError
            number = self.type(value)
            if number != float(value):
                raise ValueError
        except (TypeError, ValueError):
            kind = "a whole number" if self.type is int else "a number"
            also = " or full" if name == "batch_size" else ""
            raise GlassnetError(f"{flag} wants {kind}{also}, not {value!r}") from None
        if not self.low <= number < self.below:
            upper = "" if self.below == float("inf") else f" and below {self.below:g}"
            raise GlassnetError(f"{flag} must be at least {self.low:g}{upper}, not {value}")
        return number


RULES: dict[str, Rule] = {
    "test": Rule(float, 0, 1),
    "validation": Rule(float, 0, 1),
    "dropout": Rule(float, 0, 1),
    "input_dropout": Rule(float, 0, 1),
    "l1": Rule(float, 0),
    "l2": Rule(float, 0),
    "clip_norm": Rule(float, 0),
    "clip_value": Rule(float, 0),
    "epochs": Rule(int, 0),
    "batch_size": Rule(int, 1),
    "patience": Rule(int, 1),
    "seed": Rule(int, 0),
    "split_seed": Rule(int, 0),
    "batch_norm": Rule(bool),
    "task": Rule(str, choices=tuple(TASKS)),
    "scale": Rule(str, choices=SCALES),
    "class_weight": Rule(str, choices=("balanced",)),
    "dtype": Rule(str, choices=DTYPES),
    "target": Rule(str),
    "monitor": Rule(str),
}
TUPLES = ("keep", "hidden", "activation", "initializer", "metrics", "plugins")
PHRASES = ("dataset", "activation", "output", "loss", "initializer", "optimizer", "schedule", "metrics")


def _as_tuple(name: str, value: Any) -> tuple[Any, ...]:
    """A field that holds several values, from one value, a list, or for the hidden layers a text `128,64`."""
    if name == "hidden":
        return _widths(value)
    if name == "plugins":
        return tuple((str(path), str(digest)) for path, digest in value)
    if value is None:
        return ()
    return (value,) if isinstance(value, str) or callable(value) else tuple(value)


def _widths(value: Any) -> tuple[int, ...]:
    if isinstance(value, str):
        value = [] if value.strip().lower() in ("none", "") else value.split(",")
    elif isinstance(value, int):
        value = [value]
    try:
        widths = tuple(int(width) for width in value or ())
    except (TypeError, ValueError):
        raise GlassnetError(f"--hidden wants widths such as 128,64, or none, not {_shown(value)}") from None
    if any(width < 1 for width in widths):
        raise GlassnetError(f"--hidden wants widths of at least 1, or none for no hidden layer, not {_shown(value)}")
    return widths


def _shown(value: Any) -> str:
    return repr(",".join(map(str, value))) if isinstance(value, list | tuple) else repr(value)


def _from_text(name: str, text: str) -> Any:
    """A field's value from the right-hand side of `--set`."""
    if name in ("plugins",):
        raise GlassnetError("--set can't change plugins: name the file with --plugin FILE.py")
    if text.lower() in ("none", "") and name != "scale":
        return () if name in TUPLES else None
    if name == "batch_norm" and text.lower() in ("true", "false"):
        return text.lower() == "true"
    if name in TUPLES and name != "hidden":
        return tuple(text.split(";"))
    return text


def _with_option(given: Any, option: str, value: str, name: str) -> Any:
    """The phrase, or each of several, with one more option."""
    if isinstance(given, tuple):
        return tuple(_with_option(one, option, value, name) for one in given)
    if given is None and name == "optimizer":
        given = DEFAULT_OPTIMIZER
    if not isinstance(given, str):
        what = "is chosen by the task" if given is None else "is given as a function"
        raise GlassnetError(f"--set {name}.{option}: {name} {what}: name a part with --{name} first")
    return str(Phrase.parse(given).with_option(option, value))


def read_toml(path: str | Path) -> dict[str, Any]:
    """The keys of a TOML file, or one clear line."""
    try:
        with Path(path).open("rb") as file:
            return tomllib.load(file)
    except tomllib.TOMLDecodeError as error:
        raise GlassnetError(f"{path} is not TOML: {error}") from error
    except (OSError, UnicodeDecodeError) as error:
        raise GlassnetError(f"can't read {path}: {error}") from error


def _function_in_words(value: Any) -> str:
    return f"<function {getattr(value, '__name__', value)}>"
