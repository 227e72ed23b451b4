"""The words of an experiment: read from TOML, written as JSON, changed with `optimizer.lr=0.01`."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path, PurePath
from typing import Any

from ..data.frames import Frame, is_frame
from ..data.reading import in_words
from ..errors import GlassnetError, need
from ..faces import Face, Shows, in_a_line
from ..files import parse_json, read_bytes
from ..places import Place
from ..schemas import DAMAGE, EXPERIMENT
from ..synonyms import explains_words, unknown_setting
from . import slips, telling
from .faces import choices_face
from .rules import COLUMNS, PHRASES, RULES, TUPLES, Rule, flag, ways_of
from .settings import as_setting, differing, with_setting

Choosable = str | Callable[..., Any]  # a phrase, or in notebooks a part's function itself


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
    `freeze` names what keeps its values: "1" all of layer 1, "W2:1,3" the weight from input 1 to unit 3 of layer 2.
    `features` are made of the number columns before these are scaled: squares, products, sines.
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
    features: tuple[str, ...] = ()
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
    freeze: tuple[str, ...] = ()
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
        self._read(FIELDS)

    def _read(self, given: Collection[str]) -> None:
        """Bring the fields that were given into their form; raises `GlassnetError` for what none of them can be."""
        for name in TUPLES:
            if name in given:
                object.__setattr__(self, name, _as_tuple(name, getattr(self, name)))
        for name, rule in RULES.items():
            value = getattr(self, name) if name in given else None
            if name in given and (value is not None or getattr(Experiment, name) is not None):  # None is some default
                object.__setattr__(self, name, rule.read(name, value))
        for name in (*COLUMNS, "freeze"):
            if name in given:
                object.__setattr__(self, name, tuple(Rule(str).read(name, one) for one in getattr(self, name)))
        object.__setattr__(self, "target", _targets(self.target))
        object.__setattr__(self, "reading", in_words(self.reading))
        object.__setattr__(self, "features", ways_of(self.features))
        for place in self.freeze:
            try:
                Place.read(place)
            except GlassnetError as error:
                raise GlassnetError(f"--freeze {error}") from error
        for name in PHRASES:
            if name in given:
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
        """With other choices. Only these are looked at: all others have been, when this one was made."""
        if "dataset" in changes or not changes.keys() <= FIELDS:
            return replace(self, **changes)
        other = object.__new__(type(self))
        vars(other).update(vars(self) | changes)
        other._read(changes)
        return other

    def with_settings(self, settings: Iterable[str]) -> Experiment:
        """Changed by settings such as `epochs=20`, `optimizer.lr=0.01`, `activation.alpha=0.5`."""
        experiment = self
        for setting in settings:
            experiment = with_setting(experiment, setting)
        return experiment

    def settings(self) -> list[str]:
        """What differs from `Experiment()`, as settings; `with_settings` makes the same experiment of them.

        Plugins are left out: a file is named by a person. Functions and tables in memory can't be said in words.
        """
        return [as_setting(self, name) for name in differing(self)]


FIELDS = frozenset(field.name for field in fields(Experiment))
CHOICES = tuple(field.name for field in fields(Experiment) if field.name != "plugins")


def _as_tuple(name: str, value: Any) -> tuple[Any, ...]:
    """A field that holds several values, from one value, a list, or for the hidden layers a text `128,64`."""
    if name == "hidden":
        return _widths(value)
    if name == "reading" and isinstance(value, Mapping):
        return in_words(value)
    if name in ("freeze", "features") and value in ("none", ("none",), ["none"]):
        return ()
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
