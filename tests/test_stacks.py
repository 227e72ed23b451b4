"""Networks that are trained side by side: each comes to the very bits that it comes to alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

import numpy as np
import pytest
from samples import SOAK

from glassnet import (
    Activation,
    Catalog,
    Experiment,
    GlassnetError,
    GlassnetWarning,
    Optimizer,
    Schedule,
    run,
    run_together,
)
from glassnet.backward import add_rows
from glassnet.experiment import Training
from glassnet.experiment.stacks import most_together, stacks_of, train_side_by_side
from glassnet.training import Loop
from glassnet.training.teams import Team

pytestmark = pytest.mark.filterwarnings(f"ignore::{GlassnetWarning.__module__}.{GlassnetWarning.__qualname__}")

CATALOG = Catalog.discover(guests=False)
SEEDS = [{"seed": seed} for seed in range(8 if SOAK else 4)]
RATES = [{"optimizer": f"adam:lr={rate}"} for rate in (0.1, 0.01, 0.01, 0.001, 0.3)]


def begun(words: dict[str, Any]) -> Training:
    base = {"dataset": "iris", "hidden": (6,), "epochs": 3}
    return run(Experiment(**base | words), CATALOG, keep_step_losses=True)


def alone(training: Training) -> str:
    """Train one by itself; the words of what has broken it off."""
    try:
        for _ in training:
            pass
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return ""


def together(trainings: list[Training]) -> list[str]:
    """Train them side by side, in one team as long as they go together; the words as for one alone."""
    words = [""] * len(trainings)
    for numbers, error in Loop(*[training.member() for training in trainings]).together():
        if error is not None:
            words[numbers[0]] = f"{type(error).__name__}: {error}"
    return words


def all_of(training: Training) -> dict[str, Any]:
    """Everything that a training has come to, but for the time that it took."""
    progress, found = training.progress, {}
    for epoch in progress.epochs:
        row = {name: value for name, value in epoch.row().items() if name != "seconds"}
        found[f"epoch {epoch.number}"] = repr(row)
        found[f"steps {epoch.number}"] = epoch.step_losses
    for number, state in enumerate(progress.states):
        found |= {f"state {number} {name}": np.asarray(value) for name, value in state.items()}
    if progress.best is not None:
        found |= {"best": progress.best.w, "best running": progress.best.running}
    said = {"stopped": progress.stopped, "step": progress.step, "best epoch": progress.best_epoch}
    return found | said | {"weights": training.network.w, "running": training.network.running}


def bits(found: dict[str, Any]) -> dict[str, Any]:
    return {
        name: (value.dtype, value.shape, value.tobytes()) if isinstance(value, np.ndarray) else value
        for name, value in found.items()
    }


def same_as_alone(changes: list[dict[str, Any]], words: dict[str, Any], done: int = 0) -> list[Training]:
    """Train all alone and all side by side (after `done` epochs alone), and hold one against the other."""
    theirs, ours = [begun(words | one) for one in changes], [begun(words | one) for one in changes]
    expected = [alone(one) for one in theirs]
    for one in ours:
        list(islice(one, done))
    assert together(ours) == expected
    for one, other in zip(theirs, ours, strict=True):
        assert bits(all_of(one)) == bits(all_of(other))
    return ours


KINDS: dict[str, tuple[list[dict[str, Any]], dict[str, Any]]] = {
    "seeds": (SEEDS, {}),
    "rates": (RATES, {}),
    "float64": (SEEDS, {"dtype": "float64"}),
    "one batch": (SEEDS, {"batch_size": "full"}),
    "own batches": ([{"shuffle": one} for one in (True, False, True)], {"batch_size": 7, "hidden": (5, 3)}),
    "rows of weight": (SEEDS, {"class_weight": "balanced", "batch_size": 50}),
    "dropout": (SEEDS, {"dropout": 0.3, "input_dropout": 0.1}),
    "dropout in one batch": (SEEDS, {"input_dropout": 0.1, "batch_size": "full"}),
    "batch norm": (SEEDS, {"batch_norm": True, "batch_size": 7}),
    "batch norm and dropout": (SEEDS, {"batch_norm": True, "dropout": 0.2, "dtype": "float64"}),
    "clipped length": (SEEDS, {"clip_norm": 0.5}),
    "clipped length, float64": (SEEDS, {"clip_norm": 0.05, "dtype": "float64"}),
    "clipped values": (SEEDS, {"clip_value": 0.01}),
    "penalties": ([{"l1": 0.01 * one + 0.001, "l2": 0.1 * one + 0.01} for one in range(4)], {}),
    "patience": (SEEDS, {"patience": 2, "epochs": 25, "optimizer": "adam:lr=0.1"}),
    "patience of each": ([{"patience": one} for one in (1, 2, 5)], {"epochs": 20, "optimizer": "adam:lr=0.2"}),
    "epochs of each": ([{"epochs": one} for one in (2, 5, 2, 3)], {}),
    "a score to look at": (SEEDS, {"patience": 2, "monitor": "accuracy", "epochs": 12}),
    "no hidden layer": (SEEDS, {"hidden": ()}),
    "one output": (SEEDS, {"dataset": "moons", "activation": "tanh"}),
    "numbers": (SEEDS, {"dataset": "diabetes"}),
    "a loss through its output": (SEEDS, {"loss": "squared_error", "output": "sigmoid"}),
    "another output": (SEEDS, {"output": "sigmoid"}),
    "mixed columns": (SEEDS, {"activation": "softmax"}),
    "activations": (SEEDS, {"hidden": (5, 4, 3), "activation": ("gelu", "tanh", "silu")}),
    "a schedule": (SEEDS, {"schedule": "cosine"}),
    "schedules": ([{"schedule": one} for one in ("constant", "cosine", "step_decay")], {"dtype": "float64"}),
    "a schedule that looks": (SEEDS, {"schedule": "adaptive", "epochs": 12}),
    "more than a piece": (SEEDS[:3], {"dataset": "digits8x8", "hidden": (500, 60), "epochs": 1, "batch_size": 100}),
    "optimizers": (
        [{"optimizer": one} for one in ("sgd", "adam", "momentum", "adam", "rmsprop", "nesterov", "adagrad", "adamw")],
        {"schedule": "cosine"},
    ),
    "one diverges": ([{"optimizer": f"sgd:lr={rate}"} for rate in (0.1, 1e300, 0.01, 1e200, 0.05)], {}),
    "some diverge later": (
        [{"optimizer": f"sgd:lr={rate}", "seed": rate} for rate in range(1, 7)],
        {"dataset": "diabetes", "hidden": (40, 40), "epochs": 4},
    ),
    "one diverges at once, with a memory": (
        [{"optimizer": f"momentum:lr={rate}"} for rate in (0.001, 1.0)],
        {"dataset": "diabetes", "hidden": (), "batch_size": 1},
    ),
    "all diverge": ([{"seed": seed} for seed in range(3)], {"optimizer": "sgd:lr=1e300"}),
}


@pytest.mark.parametrize("name", KINDS)
def test_each_comes_to_the_bits_that_it_comes_to_alone(name: str) -> None:
    found = same_as_alone(*KINDS[name])
    assert sum(len(one.progress.epochs) for one in found) >= len(found) or "all" in name


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_rows_are_added_to_the_bits_that_they_add_up_to_alone(dtype: str) -> None:
    rng = np.random.default_rng(0)
    for _ in range(60):
        tables = rng.standard_normal((rng.integers(2, 30), *rng.integers(1, 140, 2))).astype(dtype)
        tables *= rng.random(tables.shape) > 0.5  # zeros of both signs
        together = np.empty((len(tables), tables.shape[-1]), dtype)
        add_rows(tables, together)
        assert together.tobytes() == b"".join(table.sum(axis=0).tobytes() for table in tables)


@pytest.mark.parametrize("name", ["seeds", "optimizers", "patience", "batch norm", "a schedule that looks"])
def test_those_that_have_come_some_way_already_go_on_side_by_side(name: str) -> None:
    changes, words = KINDS[name]
    same_as_alone(changes, words | {"epochs": max(5, words.get("epochs", 0))}, done=2)


def at_random(rng: np.random.Generator) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """An experiment that nobody has thought of, with its repeats."""

    def one_of(*choices: Any) -> Any:
        return choices[int(rng.integers(len(choices)))]

    words = {
        "dataset": one_of("iris", "moons", "diabetes", "circles"),
        "hidden": tuple(int(width) for width in rng.integers(1, 20, int(rng.integers(0, 3)))),
        "activation": one_of("relu", "tanh", "sigmoid", "elu", "gelu", "softplus", "leaky_relu:slope=0.3"),
        "batch_size": one_of(1, 5, 16, 32, 1000, "full"),
        "dtype": one_of("float32", "float64"),
        "dropout": one_of(0.0, 0.0, 0.4),
        "clip_norm": one_of(None, None, 0.3),
        "schedule": one_of("constant", "constant", "cosine", "inverse_scaling"),
        "batch_norm": bool(rng.integers(3) == 0),
        "epochs": int(rng.integers(1, 4)),
        "patience": one_of(None, None, 1),
    }
    if words["batch_norm"]:
        words["batch_size"] = 9
    optimizer = one_of("sgd", "momentum", "adam", "rmsprop", "adagrad_momentum")
    changes = [
        {
            "seed": int(rng.integers(1000)),
            "l2": float(rng.random()) * 0.1 + 1e-6,
            "optimizer": f"{optimizer}:lr={10 ** rng.uniform(-4, 1):.3g}",
        }
        for _ in range(int(rng.integers(2, 7)))
    ]
    return changes, words


@pytest.mark.parametrize("number", range(100 if SOAK else 12))
def test_whatever_the_experiment_each_comes_to_its_own_bits(number: int) -> None:
    same_as_alone(*at_random(np.random.default_rng(number)))


# --- guests, and who is trained alone ---------------------------------------------------------------------------------


def bent() -> Activation:
    """A guest's activation, element by element."""
    return Activation(f=lambda z: z / (1 + np.abs(z)), df=lambda z, a: 1 / (1 + np.abs(z)) ** 2)


def turned() -> Activation:
    """The same with its numbers column by column in memory, which changes the bits of the products after it."""
    return Activation(f=lambda z: np.asfortranarray(z / (1 + np.abs(z))), df=lambda z, a: 1 / (1 + np.abs(z)) ** 2)


def crowded() -> Activation:
    """A part that looks at its neighbours, by a bit."""
    return Activation(f=lambda z: z * (1 + 1e-12 * len(z)), df=lambda z, a: np.ones_like(z))


def brittle() -> Activation:
    """A guest's activation that wants small scores, and says so in no way that one could expect."""

    def f(z: np.ndarray) -> np.ndarray:
        if np.abs(z).max() > 50:
            raise ArithmeticError("too large")
        return np.tanh(z)

    return Activation(f=f, df=lambda z, a: 1 - a**2)


def counting() -> Optimizer:
    """A guest's optimizer that looks at the whole vector, and counts."""

    def update(w: np.ndarray, g: np.ndarray, state: dict, step: int) -> tuple[np.ndarray, dict]:
        longest = max(state["longest"], float(np.abs(g).max()))
        return 0.1 * g / longest, {"longest": longest, "count": state["count"] + 1}

    return Optimizer(init=lambda w: {"longest": 0.0, "count": 0}, update=update)


def test_parts_of_guests_stand_side_by_side_too() -> None:
    words = {"activation": bent, "optimizer": counting}
    same_as_alone(SEEDS, words)
    assert [one.numbers for one in stacks_of([begun(words | seed) for seed in SEEDS])] == [tuple(range(len(SEEDS)))]


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ({"activation": turned}, "turned wants its rows alone: its numbers do not lie row by row in memory"),
        ({"activation": crowded, "dtype": "float64"}, "crowded wants its rows alone: other rows beside a row change"),
        ({"activation": brittle}, "brittle wants its rows alone: it can't be asked whether others change it ("),
        ({"optimizer": "lbfgs"}, "lbfgs looks at all rows at once"),
    ],
)
def test_what_can_not_stand_beside_others_is_trained_alone_and_says_why(words: dict[str, Any], reason: str) -> None:
    stacks = stacks_of([begun(words | seed) for seed in SEEDS])
    assert [one.numbers for one in stacks] == [(number,) for number in range(len(SEEDS))]
    assert all(one.alone.startswith(reason) for one in stacks)
    theirs, ours = ([begun(words | seed) for seed in SEEDS] for _ in range(2))
    expected = [alone(one) for one in theirs]
    assert [len(one.progress.epochs) for one in theirs] == [3] * len(SEEDS) and not any(expected)
    for _ in train_side_by_side(ours):
        pass
    assert [bits(all_of(one)) for one in ours] == [bits(all_of(one)) for one in theirs]


def test_a_part_that_is_written_anew_under_its_name_is_asked_anew() -> None:
    def bent() -> Activation:
        """The same name, and other rows move it."""
        return Activation(f=lambda z: z * (1 + 1e-12 * len(z)), df=lambda z, a: np.ones_like(z))

    words = {"activation": bent, "dtype": "float64"}
    assert all(one.alone for one in stacks_of([begun(words | seed) for seed in SEEDS]))


def test_only_those_of_one_shape_stand_together() -> None:
    changes: list[dict[str, Any]] = [
        {}, {"hidden": (7,)}, {"seed": 3}, {"l2": 0.5}, {"l2": 0.0}, {"batch_size": 7}, {"activation": "tanh"},
        {"dtype": "float32"}, {"optimizer": "sgd"}, {"schedule": "cosine"}, {"dataset": "moons"}, {"dropout": 0.5},
    ]  # fmt: skip
    stacks = {one.numbers for one in stacks_of([begun({"l2": 0.1} | one) for one in changes])}
    assert stacks == {(0, 2, 3, 9, 8), (1,), (4,), (5,), (6,), (7,), (10,), (11,)}


def test_the_cache_says_how_many_stand_together() -> None:
    assert most_together([2, 10, 1], 32) == most_together([4, 10, 3], 32) == 64
    assert 4 <= most_together([64, 100, 50, 10], 200) < 16
    assert most_together([784, 1000, 10], 200) == 4


# --- what breaks off --------------------------------------------------------------------------------------------------


def breaking(error: Callable[[], BaseException], step: int) -> Callable[[], Schedule]:
    """A schedule that raises an error in that step of a training."""

    def factor(now: int, total: int, epochs: Any) -> float:
        if now == step:
            raise error()
        return 1.0

    def spoilt() -> Schedule:
        """A schedule with a fault."""
        return Schedule(factor=factor)

    return spoilt


def test_an_error_of_one_part_costs_its_own_network_only() -> None:
    spoilt = breaking(lambda: ZeroDivisionError("by a guest"), 7)
    changes: list[dict[str, Any]] = [
        {"seed": 1},
        {"seed": 2},
        {"seed": 3, "schedule": spoilt},
        {"seed": 4},
        {"seed": 5},
    ]
    found = same_as_alone(changes, {})
    assert [len(one.progress.epochs) for one in found] == [3, 3, 1, 3, 3]


def test_what_is_too_much_for_the_memory_together_is_trained_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    sizes: list[int] = []

    def small(members: list[Any]) -> Team:
        sizes.append(len(members))
        if len(members) > 2:
            raise MemoryError
        return Team(members)

    monkeypatch.setattr("glassnet.training.loop.Team", small)
    same_as_alone(SEEDS[:4], {})
    assert max(sizes) == 4 and sizes.count(2) == 2


def test_an_interrupt_leaves_all_as_they_were_before_the_epoch() -> None:
    changes: list[dict[str, Any]] = [{}, {"seed": 2, "schedule": breaking(KeyboardInterrupt, 7)}, {"seed": 3}]
    ours, expected = [begun(one) for one in changes], [begun({"seed": one.get("seed", 0)}) for one in changes]
    with pytest.raises(KeyboardInterrupt):
        together(ours)
    for one, other in zip(ours, expected, strict=True):
        list(islice(other, 1))
        assert one.progress.stopped == "interrupted"
        assert bits(all_of(one)) == bits(all_of(other) | {"stopped": "interrupted"})


def test_whoever_breaks_off_finds_each_as_it_was_after_its_last_epoch() -> None:
    ours, expected = [begun(seed) for seed in SEEDS[:4]], [begun(seed) for seed in SEEDS[:4]]
    epochs: Iterator[Any] = Loop(*[one.member() for one in ours]).together()
    assert [next(epochs) for _ in range(2)] == [([0, 1, 2, 3], None)] * 2
    epochs.close()
    for one, other in zip(ours, expected, strict=True):
        list(islice(other, 2))
        assert bits(all_of(one)) == bits(all_of(other))


# --- many experiments in one call -------------------------------------------------------------------------------------


def test_many_experiments_come_back_finished_in_their_order_as_if_each_had_been_run_alone() -> None:
    base = Experiment(dataset="iris", hidden=(6,), epochs=3)
    changes: list[dict[str, Any]] = [
        {"seed": 1},
        {"hidden": (4,)},
        {"seed": 2},
        {"optimizer": "sgd:lr=1e300"},
        {"seed": 3},
    ]
    found = run_together([base.replace(**one) for one in changes], CATALOG)
    expected = [run(base.replace(**one), CATALOG) for one in changes]
    assert [alone(one) != "" for one in expected] == [False, False, False, True, False]
    assert [bits(all_of(one)) for one in found] == [bits(all_of(one)) for one in expected]
    assert found[3].progress.stopped.startswith("diverged: training diverged in epoch 1")
    assert found[0].data.train is found[2].data.train  # the rows lie in memory once
    assert run_together([]) == []


def test_an_error_of_one_is_raised_when_the_others_are_finished() -> None:
    spoilt = breaking(lambda: ZeroDivisionError("by a guest"), 7)
    seen: list[int] = []

    def looking(now: int, total: int, epochs: Any) -> float:
        seen.append(now)
        return 1.0

    def watched() -> Schedule:
        """A schedule that counts."""
        return Schedule(factor=looking)

    base = Experiment(dataset="iris", hidden=(6,), epochs=3)
    with pytest.raises(GlassnetError, match="factor of schedule given/spoilt failed: ZeroDivisionError: by a guest"):
        run_together([base.replace(schedule=spoilt), base.replace(schedule=watched)], CATALOG)
    assert max(seen) == 12


@pytest.mark.parametrize("given", ["iris", Experiment(dataset="iris"), [1], None])
def test_what_is_no_list_of_experiments_is_answered_in_a_line(given: Any) -> None:
    with pytest.raises(GlassnetError, match="run_together wants"):
        run_together(given)
