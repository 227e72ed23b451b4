"""What an engine promises: it trains the very network that it was handed, as glassnet does, or says what it can't."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..catalog import Catalog
from ..engines import Layers, apart, named
from ..experiment import Experiment, Training
from ..experiment.recipes import recipe_of, session_of
from ..kinds import Dataset, Engine, Task
from ..libraries import Recipe, Session
from ..wording import exact, significant, tiny
from .cases import Call, Case, NotApplicable, Refused, require_functions
from .running import Promise

Array = NDArray[Any]

HIGHEST_LIMIT = 1e-4  # beyond it a difference is no rounding any more, and proves nothing
_APART = 1e-6  # here steps are few and large: what a slip in a convention comes to is far above it
_BATCH = 8
_VISITS = 3

#: Small networks, each of which would show a slip of its own. Every engine knows some of them.
_NETWORKS: tuple[tuple[str, Task, Mapping[str, Any]], ...] = (
    ("sgd", "multiclass", {"optimizer": "sgd:lr=0.2"}),
    ("two hidden layers", "multiclass", {"hidden": (5, 4), "activation": "tanh", "optimizer": "sgd:lr=0.2"}),
    ("two classes", "binary", {"activation": "sigmoid", "optimizer": "sgd:lr=0.5"}),
    ("several labels", "multilabel", {"optimizer": "sgd:lr=0.5"}),
    ("one number", "regression", {"columns": 1, "activation": "tanh", "optimizer": "sgd:lr=0.05"}),
    ("two numbers", "regression", {"columns": 2, "activation": "tanh", "optimizer": "sgd:lr=0.05"}),
    ("half the squared error", "regression", {"columns": 2, "loss": "squared_error:factor=0.5", "optimizer": "sgd"}),
    ("no hidden layer", "multiclass", {"hidden": (), "optimizer": "sgd:lr=0.2"}),
    ("momentum", "multiclass", {"optimizer": "momentum:lr=0.1"}),
    ("momentum outside", "multiclass", {"optimizer": "momentum:lr=0.1,lr_place=outside"}),
    ("nesterov", "multiclass", {"optimizer": "nesterov:lr=0.1"}),
    ("adam", "multiclass", {"optimizer": "adam:lr=0.01,epsilon=0.001,epsilon_place=uncorrected"}),
    ("adam corrected", "multiclass", {"optimizer": "adam:lr=0.01,epsilon=0.001"}),
    ("adam of two numbers", "regression", {"columns": 2, "activation": "tanh", "optimizer": "adam:epsilon=0.01"}),
    ("adamw", "multiclass", {"optimizer": "adamw:lr=0.01,weight_decay=0.1"}),
    ("rmsprop", "multiclass", {"optimizer": "rmsprop:lr=0.01,epsilon=0.01"}),
    ("rmsprop inside", "multiclass", {"optimizer": "rmsprop:lr=0.01,epsilon=0.01,epsilon_place=inside"}),
    ("adagrad", "multiclass", {"optimizer": "adagrad:lr=0.1,start=0.1,epsilon=0.01"}),
    ("leaky_relu", "multiclass", {"activation": "leaky_relu:slope=0.3", "optimizer": "sgd:lr=0.2"}),
    ("l2", "multiclass", {"optimizer": "sgd:lr=0.2", "l2": 0.1}),
    ("l2 with adam", "binary", {"optimizer": "adam:lr=0.01,epsilon=0.001", "l2": 0.1}),
    ("l1", "multiclass", {"optimizer": "sgd:lr=0.2", "l1": 0.05}),
    ("clip_norm", "multiclass", {"optimizer": "sgd:lr=0.5", "clip_norm": 0.1}),
    ("clip_value", "multiclass", {"optimizer": "sgd:lr=0.5", "clip_value": 0.02}),
    ("batch_norm", "multiclass", {"optimizer": "sgd:lr=0.2", "batch_norm": True}),
    ("schedule", "multiclass", {"optimizer": "sgd:lr=0.2", "schedule": "cosine"}),
)


@dataclass(frozen=True)
class _Example:
    """One of the networks above, in the words of a recipe, with rows to train on."""

    words: str
    training: Training
    recipe: Recipe

    @property
    def rows(self) -> tuple[Array, Array]:
        return self.training.data.train.X, self.training.data.train.t


def _rows(task: Task, columns: int) -> Dataset:
    rng = np.random.default_rng(29)
    X = rng.standard_normal((28, 3))
    scores = X @ rng.standard_normal((3, 3))
    targets = {
        "multiclass": scores.argmax(axis=1),
        "binary": (scores[:, 0] > 0).astype(int),
        "multilabel": (scores > 0).astype(int),
        "regression": scores[:, :columns],
    }
    return Dataset(X, targets[task], task=task)


def _example(number: int, catalog: Catalog) -> _Example:
    """A training at its start; its network is a new one each time."""
    words, task, settings = _NETWORKS[number]
    usual = {"hidden": (5,), "activation": "relu", "l2": 0.0, "batch_size": _BATCH, "epochs": _VISITS}
    chosen: dict[str, Any] = {**usual, **settings}
    source = _rows(task, chosen.pop("columns", 1))
    experiment = Experiment(test=0, validation=0, dtype="float64", task=task, **chosen)
    training = Training(experiment, catalog, source=source)
    return _Example(words, training, recipe_of(training))


@cache
def _ours() -> Catalog:
    return Catalog.discover(guests=False)


def _examples() -> Iterator[_Example]:
    for number in range(len(_NETWORKS)):
        yield _example(number, _ours())


def _first(bag: Engine) -> tuple[_Example, Session]:
    """The first network that the engine takes, begun."""
    refusals = []
    for example in _examples():
        try:
            return example, bag.begin(example.recipe)
        except ValueError as error:
            refusals.append(str(error))
    raise Refused(f"it takes none of {len(refusals)} small networks; the first, plain sgd: {refusals[0]}")


def whole(case: Case, bag: Engine) -> None:
    """It has its functions, a limit, and a version."""
    require_functions(begin=bag.begin, version=bag.version, **({} if bag.script is None else {"script": bag.script}))
    if not 0 < bag.limit <= HIGHEST_LIMIT:
        raise Refused(f"its limit is {bag.limit!r}: expected a number above 0 and at most {HIGHEST_LIMIT:g}")
    if not str(bag.version()).strip():
        raise Refused("version() is empty: expected that of the library")


def calls(case: Case, bag: Engine) -> Iterator[Call]:
    """Training a small network from the start. Only as the part comes: a device that is asked for may not be here."""
    if any(case.choice.options[option.name] != option.default for option in case.part.options):
        return
    example, _ = _first(bag)
    X, t = example.rows

    def trained(X: Array, t: Array, start: Any) -> Any:
        session = bag.begin(replace(example.recipe, start=tuple(start)))
        session.train(X, t, _BATCH)
        return session.weights(), session.outputs(X)

    start = [dict(layer) for layer in example.recipe.start]
    yield Call("training on (X, t) from start", trained, {"X": X, "t": t, "start": start})


def same_start(case: Case) -> str:
    """A comparison begins with equal weights: those of the recipe, to the last bit, and of nobody else's session."""
    bag: Engine = case.bag
    example, session = _first(bag)
    _require_layers(session.weights(), example.recipe.start, 0.0, "right after begin")
    other = bag.begin(example.recipe)
    other.train(*example.rows, _BATCH)
    _require_layers(session.weights(), example.recipe.start, 0.0, "while another session trained")
    for layer in session.weights():
        for array in layer.values():
            array += 1
    _require_layers(session.weights(), example.recipe.start, 0.0, "after somebody wrote into what weights() returned")
    return f"{sum(array.size for layer in example.recipe.start for array in layer.values())} numbers"


def _require_layers(found: Layers, expected: Layers, within: float, when: str) -> None:
    if len(found) != len(expected):
        raise Refused(f"{when}, weights() has {len(found)} layers: expected {len(expected)}")
    for number, name, far in apart(expected, found):
        theirs, shape = found[number - 1], expected[number - 1][name].shape
        if name not in theirs or np.shape(theirs[name]) != shape:
            given = np.shape(theirs[name]) if name in theirs else "missing"
            raise Refused(f"{when}, {name} of layer {number} is {given}: expected shape {shape}")
        if not far <= within:
            raise Refused(
                f"{when}, {name} of layer {number} is {tiny(far)} apart: expected at most {significant(within)}"
            )


def same_steps(case: Case) -> str:
    """What it takes it follows, step by step, as glassnet computes it; what it has no equal for it does not take."""
    bag: Engine = case.bag
    within = max(_APART, 10 * bag.limit)
    followed, refused = [], []
    for example in _examples():
        try:
            session = bag.begin(example.recipe)
        except ValueError:
            refused.append(example.words)
            continue
        _require_steps(example, session, within)
        followed.append(example.words)
    if not followed:
        _first(bag)  # raises, with the reason
    return f"{len(followed)} of {len(_NETWORKS)} small networks" + (f"; not {', '.join(refused)}" if refused else "")


def _require_steps(example: _Example, session: Session, within: float) -> None:
    X, t = example.rows
    ours = session_of(example.training)
    for visit in range(1, _VISITS + 1):
        expected, found = ours.train(X, t, _BATCH), session.train(X, t, _BATCH)
        when = f"{example.words}: after {visit * -(-len(X) // _BATCH)} steps"
        if not abs(found - expected) <= within and not np.isnan(found):  # NaN: it can't tell
            raise Refused(f"{when}, the mean loss is {exact(found, 8)}: expected {exact(expected, 8)}")
        _require_layers(session.weights(), ours.weights(), within, when)
    _require_same(session.outputs(X), ours.outputs(X), within, f"{when}, outputs(X)")


def _require_same(found: Array, expected: Array, within: float, what: str) -> None:
    if np.shape(found) != expected.shape:
        raise Refused(f"{what} has shape {np.shape(found)}: expected {expected.shape}")
    apart = float(np.abs(np.asarray(found) - expected).max())
    if not apart <= within:
        raise Refused(f"{what} is {tiny(apart)} apart: expected at most {significant(within)}")


def refuses(case: Case) -> str:
    """A part that it does not know is refused by name: a stand-in would train something else unnoticed."""
    bag: Engine = case.bag
    example, _ = _first(bag)
    unknown = ("nobody/wishful", {"lr": 0.1})
    recipes = {
        "activation": replace(example.recipe, activations=(unknown,) * len(example.recipe.activations)),
        "output": replace(example.recipe, output=unknown),
        "loss": replace(example.recipe, loss=unknown),
        "optimizer": replace(example.recipe, optimizer=unknown),
        "schedule": replace(example.recipe, schedule=unknown),
    }
    for kind, recipe in recipes.items():
        try:
            bag.begin(recipe)
        except ValueError as error:
            if "wishful" not in str(error):
                raise Refused(f"it refuses the {kind} nobody/wishful without naming it: {error}") from error
        else:
            raise Refused(f"it takes the {kind} nobody/wishful, which does not exist: expected a ValueError")
    return f"{len(recipes)} made-up parts"


def script_runs(case: Case) -> str:
    """A script is the same network in the library's words: run as it stands, it puts out what the session does."""
    bag: Engine = case.bag
    if bag.script is None:
        raise NotApplicable("it writes no script")
    example, session = _first(bag)
    X, t = example.rows
    names = {name: array.copy() for name, array in named(example.recipe.start).items()}
    text = bag.script(example.recipe)
    space: dict[str, Any] = {"weights": names, "__name__": "script"}
    exec(compile(text, "script", "exec"), space)
    for name in ("outputs", "train"):
        if not callable(space.get(name)):
            raise Refused(f"the script defines no function {name}")
    before = np.asarray(space["outputs"](X))
    _require_same(before, session.outputs(X), _APART, "outputs(X) of the script")
    space["train"](X, t, _VISITS)
    if np.array_equal(before, np.asarray(space["outputs"](X))):
        raise Refused("train(X, t, epochs) of the script changes nothing")
    return f"{text.count(chr(10))} lines"


PROMISES = tuple(Promise(test, moved=False) for test in (same_start, same_steps, refuses, script_runs))
