"""What a hand may do to a training: step by step, changes between epochs, weights that are set or frozen."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression

from glassnet import (
    Experiment,
    GlassClassifier,
    GlassnetError,
    Training,
    load,
    record,
    run,
    run_together,
    summary,
    trace,
)
from glassnet.catalog import Catalog
from glassnet.experiment import python_of
from glassnet.experiment.recipes import recipe_of
from glassnet.pages import pictures, report
from glassnet.places import positions

CATALOG = Catalog.discover(guests=False)
SMALL = Experiment("iris", hidden=(5, 4), activation="tanh", epochs=6, batch_size=16)
OPTIMIZERS = [part.name for part in CATALOG.parts("optimizer")]


def begun(**changes: object) -> Training:
    return run(SMALL.replace(**changes), CATALOG)


def refusal(training: Training, *settings: str) -> str:
    with pytest.raises(GlassnetError) as caught:
        training.changed(*settings)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def same(first: Training, second: Training) -> bool:
    weights = first.network.w.tobytes() == second.network.w.tobytes()
    losses = [[epoch.loss for epoch in one.progress.epochs] for one in (first, second)]
    return weights and losses[0] == losses[1] and first.progress.step == second.progress.step


# --- changes ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "changes",
    [
        *({"optimizer": name, "batch_size": None} for name in OPTIMIZERS),
        {"schedule": "cosine", "dropout": 0.2, "batch_norm": True, "class_weight": "balanced"},
        {"dataset": "diabetes", "loss": "huber", "patience": 2, "dtype": "float32"},
    ],
)
def test_nothing_changed_is_the_very_same_training(changes: dict) -> None:
    whole = begun(**changes).finish()
    parted = begun(**changes).until(2)
    gone_on = parted.changed().until(3).changed().finish()
    assert same(gone_on, whole) and gone_on.changes == []
    assert len(parted.progress.epochs) == 2 and gone_on.data is parted.data  # the first stays, the rows are its own
    assert gone_on.progress.stopped == whole.progress.stopped


def test_changes_are_listed_and_the_program_makes_them_again() -> None:
    first = begun(optimizer="momentum").until(2)
    second = first.changed("optimizer.lr=0.05", "W1:1,2=0", "freeze=W1:1,2;b3").until(4)
    last = second.changed("l2=0.1", "dropout=0.3").finish()
    assert first.changes == [] and first.plan.lr == 0.01 and first.network.view(first.network.w, "weight", 0)[0, 1]
    assert last.changes == [
        (2, "optimizer.lr=0.05"), (2, "W1:1,2=0"), (2, "freeze=W1:1,2;b3"), (4, "l2=0.1"), (4, "dropout=0.3"),
    ]  # fmt: skip
    assert last.begun is first.begun and last.network.view(last.network.w, "weight", 0)[0, 1] == 0
    names: dict[str, Training] = {}
    exec(python_of(last.begun, last.changes).replace("print", "str"), names)
    assert same(names["training"], last)
    assert "last epoch" in last._repr_html_() and [epoch.rate for epoch in last.progress.epochs][1:3] == [0.01, 0.05]


def test_an_option_is_changed_in_the_part_that_was_chosen() -> None:
    """Without a hidden layer adam begins at 0.01: another beta keeps that rate."""
    training = begun(hidden=()).until(1).changed("optimizer.beta1=0.5")
    assert "lr=0.01,beta1=0.5" in str(training.experiment.optimizer)


def test_a_table_in_memory_goes_on_with_its_rows() -> None:
    table = pd.DataFrame({"a": np.arange(40.0), "b": np.arange(40) % 2})
    training = begun(dataset=table, target="b", task="binary").until(1).changed("l1=0.1").finish()
    assert len(training.progress.epochs) == 6


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        ("dataset=moons", "dataset=moons: dataset can't change while a network trains, start anew with it; what can: "),
        ("hidden=3", "hidden=3: hidden can't change while a network trains"),
        ("test=0.5", "test=0.5: test can't change while a network trains"),
        ("l3=1", "--set l3=1: no setting 'l3'"),
        ("W4=1", "W4: there is no layer 4, the network has layers 1 to 3, the last one is the output's"),
        ("W1:5,1=1", "W1:5,1: layer 1 has 4 inputs and 5 units"),
        ("b2:0=1", "b2:0: layer 2 has 4 units"),
        ("W1:5=1", "'W1:5': one of W has two numbers, from an input to a unit, W1:2,3"),
        ("scale1=1", "scale1: layer 1 has no scale, there is no --batch-norm"),
        ("W1:1,1=much", "W1:1,1=much: a weight is a finite number, W1:1,1=0.5, not 'much'"),
        ("freeze=Q1", "--freeze 'Q1' is no weight and no layer: 1 is all of layer 1, W1 its weights"),
    ],
)
def test_what_can_not_change_is_said(setting: str, words: str) -> None:
    training = begun().until(1)
    assert refusal(training, setting).startswith(words)
    assert len(training.progress.epochs) == 1


def test_changes_come_between_epochs() -> None:
    training = begun().until(1)
    steps = training.steps()
    assert next(steps) == 8 and next(steps) == 9
    assert refusal(training, "l2=0").startswith("epoch 2 stands still after step 2, and changes come between epochs")
    steps.close()
    assert training.changed("l2=0").finish().progress.step == 42


def test_a_solver_goes_on_from_where_its_weights_are_put() -> None:
    solved = begun(optimizer="lbfgs", hidden=(), l2=0.01, batch_size=None, epochs=300).finish()
    moved = begun(optimizer="lbfgs", hidden=(), batch_size=None, epochs=300).until(4)
    again = moved.changed("l2=0.01", "W1=0", "b1:2=3").finish()
    assert "it converged" in again.progress.stopped
    np.testing.assert_allclose(again.network.w[:12], solved.network.w[:12], atol=1e-3)


def test_a_run_tells_what_was_changed_by_hand_and_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "ROOM", 0)  # nothing is drawn: the page's words count
    whole = begun(epochs=6).until(2).changed("W1:1,2=0.5", "l2=0.1").finish()
    recording = record(begun(epochs=4).until(2).changed("W1:1,2=0.5", "l2=0.1"), tmp_path).finish()
    kept = load(1, tmp_path, CATALOG)
    told = kept.provenance["by_hand"]
    assert told["begun"] == SMALL.replace(epochs=4).settings() and len(told["changes"]) == 2
    page = report(kept).read_text(encoding="utf-8")
    assert "Changed by hand on its way: 2 times." in page and "after epoch 2: W1:1,2=0.5" in page
    assert "training = training.until(epoch).changed(setting)" in page and "no command alone repeats it" in page
    for _ in (resumed := kept.resume(6)):
        pass
    assert same(resumed.training, whole) and recording.training.changes == whole.changes
    told = json.loads((kept.folder / "provenance.json").read_text())["by_hand"]
    assert told["changes"][-1] == {"epoch": 4, "setting": "epochs=6"}


def test_a_training_on_its_way_is_written_down_where_it_stands(tmp_path: Path) -> None:
    training = begun().until(3).changed("l2=0.1")
    record(training, tmp_path).keep()
    assert len(training.progress.epochs) == 3  # and it can go on
    kept = load(1, tmp_path, CATALOG)
    assert len(kept.epochs) == 3 and kept.result["stopped"] == "stopped by its caller"
    assert same(kept.resume().finish().training, training.finish())
    record(begun().finish(), tmp_path).finish()  # nothing is left to do, and it can be gone on with all the same
    assert same(load(2, tmp_path, CATALOG).resume(8).finish().training, begun(epochs=8).finish())


# --- frozen weights -----------------------------------------------------------------------------------------

FROZEN = ("1", "W2:1,3", "b2:4", "b3")


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_what_is_frozen_keeps_its_value_to_the_last_bit_and_all_else_moves(optimizer: str) -> None:
    solver = optimizer == "lbfgs"
    more = {} if solver else {"clip_norm": 0.5, "schedule": "cosine"}
    warm = begun(optimizer=optimizer, l1=0.01, l2=0.1, batch_size=None, **more).until(2)
    training = warm.changed(f"freeze={';'.join(FROZEN)}").finish()
    held = positions(FROZEN, training.network.layout)
    moved = np.flatnonzero(training.network.w != warm.network.w)
    assert len(held) == 4 * 5 + 5 + 1 + 1 + 3 and not set(held) & set(moved)
    assert len(moved) == len(training.network.w) - len(held)
    assert f"frozen: {len(held)} of 64 parameters keep their values" in training.remarks


def test_the_layer_above_a_frozen_one_learns_what_scikit_learn_learns() -> None:
    training = begun(dataset="breast_cancer", hidden=(5,), optimizer="lbfgs", freeze="1", l2=0.01, batch_size=None,
                     epochs=500).finish()  # fmt: skip
    rows = training.data.train
    hidden = training.network.activations_of(rows.X)[0]
    truth = LogisticRegression(C=1 / (0.01 * len(rows)), tol=1e-8, max_iter=1000).fit(hidden, rows.target)
    np.testing.assert_allclose(training.network.view(training.network.w, "weight", 1)[:, 0], truth.coef_[0], atol=2e-3)


def test_a_frozen_layer_is_no_part_of_the_length_that_is_clipped() -> None:
    bare = begun(optimizer="sgd", l2=0.0)
    whole, part = (
        trace(bare.changed("clip_norm=0.01", *more)).steps[0] for more in ((), ("freeze=1;3",))
    )  # fmt: skip
    length = np.sqrt((whole["dW2"] ** 2).sum() + (whole["db2"] ** 2).sum())
    np.testing.assert_allclose(part["clipped(W2)"], whole["dW2"] * 0.01 / length, rtol=1e-12)
    np.testing.assert_allclose(part["norm"], length, rtol=1e-12)
    assert np.abs(whole["clipped(W2)"]).sum() < np.abs(part["clipped(W2)"]).sum()


def test_stacks_hold_still_what_each_holds_still() -> None:
    experiments = [SMALL.replace(seed=seed, freeze=freeze, optimizer="momentum")
                   for freeze in ((), FROZEN, ("W1",)) for seed in range(3)]  # fmt: skip
    for alone, together in zip(experiments, run_together(experiments, CATALOG), strict=True):
        assert same(run(alone, CATALOG).finish(), together)


def test_a_frozen_run_goes_on_as_if_it_had_never_stopped(tmp_path: Path) -> None:
    for _ in record(begun(freeze=FROZEN, epochs=3), tmp_path):
        pass
    resumed = load(1, tmp_path, CATALOG).resume(6)
    assert same(resumed.finish().training, begun(freeze=FROZEN).finish())


def test_other_libraries_are_not_told_what_is_frozen() -> None:
    with pytest.raises(
        GlassnetError, match="no other library is told what is frozen: leave --freeze 1 --freeze W2:1,3 away"
    ):
        recipe_of(begun(freeze=("1", "W2:1,3")))


@pytest.mark.parametrize("freeze", ["x", "W", "1:2", "W1:1,2,3", "W0x", 1.5])
def test_names_that_are_none(freeze: object) -> None:
    with pytest.raises(GlassnetError, match=r"is no weight and no layer: 1 is all of layer 1|--freeze wants a name"):
        Experiment(freeze=(freeze,))


def test_several_in_one_are_written_apart() -> None:
    with pytest.raises(GlassnetError) as caught:
        Experiment(freeze="1,b2")
    assert (
        str(caught.value)
        == '--freeze \'1,b2\' are several: name each by itself, ["1", "b2"]; a command repeats --freeze'
    )
    assert Experiment(freeze="none").freeze == ()


def test_a_summary_counts_what_is_frozen() -> None:
    assert "frozen      1, b2: 29 parameters keep their values" in str(summary(begun(freeze=("1", "b2"))))


def test_an_estimator_goes_on_with_its_first_layer_frozen() -> None:
    """What was learned on the first rows stays, and the last layer learns from others."""
    X = np.random.default_rng(0).normal(size=(60, 2))
    model = GlassClassifier((3,), max_iter=3, n_iter_no_change=None, warm_start=True, random_state=0)
    model.fit(X, X[:, 0] > 0)
    before = [W.copy() for W in (*model.coefs_, *model.intercepts_)]
    model.set_params(freeze="1").fit(X, X[:, 1] > 0)
    still = [bool((one == other).all()) for one, other in zip(before, (*model.coefs_, *model.intercepts_), strict=True)]
    assert still == [True, False, True, False]
    with pytest.raises(ValueError, match=r"^freeze 3: there is no layer 3, the network has layers 1 to 2"):
        model.set_params(freeze="3").fit(X, X[:, 1] > 0)


def test_a_trace_says_what_is_frozen() -> None:
    step = trace(begun(freeze="W1:1,2", optimizer="momentum").until(1)).steps[0]
    assert step["frozen(W1)"].sum() == step["frozen(W1)"][0, 1] == 1
    assert step["free(W1)"][0, 1] == 0 != step["g(W1)"][0, 1] and step["new W1"][0, 1] == step["W1"][0, 1]
    formulas = {one.name: one.formula for one in step.matrices()}
    assert formulas["new W1"] == "new W1 = W1 - change(W1), and W1 where frozen" and "frozen(W2)" not in formulas


# --- step by step -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "changes",
    [{}, {"dropout": 0.3, "batch_norm": True, "schedule": "cosine"}, {"optimizer": "lbfgs", "batch_size": None}],
)
def test_a_trace_of_a_training_that_stands_still_shows_the_step_that_comes_next(changes: dict) -> None:
    training = begun(**changes)
    steps = training.steps()
    taken = 3 if "optimizer" not in changes else 1
    for _ in range(taken):
        next(steps)
    before = training.network.w.copy()
    seen = trace(training, steps=2).steps
    assert [one.number for one in seen] == [taken + 1, taken + 2]
    assert training.network.w.tobytes() == before.tobytes()
    np.testing.assert_array_equal(seen[0]["W1"], training.network.view(before, "weight", 0))
    for number in (1, 2):
        while not isinstance(moment := next(steps), int):
            pass
        assert moment == taken + number
        np.testing.assert_array_equal(
            seen[number - 1]["new W1"], training.network.view(training.network.w, "weight", 0)
        )
    for _ in steps:
        pass
    assert same(training, begun(**changes).finish())


def test_one_step_of_a_solver_is_one_iteration() -> None:
    moments = list(begun(optimizer="lbfgs", batch_size=None, epochs=3).steps())
    assert [one if isinstance(one, int) else one.number for one in moments] == [1, 1, 2, 2, 3, 3]


def test_nothing_is_held_while_a_training_stands_still() -> None:
    before = np.geterr()
    for optimizer in ("adam", "lbfgs"):
        steps = begun(optimizer=optimizer, batch_size=None).steps()
        next(steps)
        assert np.geterr() == before
        next(steps)
        assert np.geterr() == before
        steps.close()
