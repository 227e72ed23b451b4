"""The loop: batches, order of a step, early stopping, divergence, solvers, and that nothing leaks."""

import contextlib
import copy
import inspect
import pickle
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from glassnet import Dataset, Diverged, Experiment, Initializer, Optimizer, Schedule, run
from glassnet.data import Rows
from glassnet.errors import GlassnetError
from glassnet.streams import Stream, generator
from glassnet.training.batches import Batches, batch_starts
from glassnet.training.history import Figures, History
from glassnet.training.steps import Updater, clip


def quick(**changes: object) -> Experiment:
    return Experiment(dataset="iris", hidden=(8,), epochs=4).replace(**changes)


def losses(experiment: Experiment) -> list[float]:
    return [epoch.loss for epoch in run(experiment)]


# --- batches ------------------------------------------------------------------------------------------------


def rows_of(n: int, d: int = 3, weighted: bool = False) -> Rows:
    X = np.arange(n * d, dtype=float).reshape(n, d)
    weight = np.arange(n, dtype=float) if weighted else None
    return Rows(X, X[:, :1].copy(), X[:, :1].copy(), weight, np.arange(n))


@pytest.mark.parametrize("seed", [0, 7, 2**32 - 1, 2**32, 2**70])
def test_a_seed_means_the_same_numbers_however_it_is_handed_over(seed: int) -> None:
    named = np.random.default_rng([seed, int(Stream.DROPOUT), 12])
    assert generator(seed, Stream.DROPOUT, 12).bit_generator.state == named.bit_generator.state


@given(n=st.integers(1, 200), size=st.integers(1, 60), join=st.booleans(), wide=st.booleans())
def test_every_epoch_visits_each_row_once(n: int, size: int, join: bool, wide: bool) -> None:
    rows = rows_of(n, 3000 if wide else 3, weighted=True)  # wide rows are gathered a few batches at a time
    starts = batch_starts(n, size, join)
    order = generator(0, Stream.SHUFFLE, 1).permutation(n)
    seen, sizes = [], []
    for X, t, weight in Batches([rows], starts).in_order(order):
        assert weight is not None
        numbers = X[:, 0] / rows.X.shape[1]
        np.testing.assert_array_equal(t[:, 0], X[:, 0])
        np.testing.assert_array_equal(weight, numbers)
        seen.extend(numbers.astype(int))
        sizes.append(len(X))
    assert sorted(seen) == list(range(n))
    assert len(sizes) == len(starts)
    if not join:
        assert sizes[:-1] == [size] * (len(sizes) - 1)
    elif n > 1 and size > 1:
        assert min(sizes) > 1


def test_who_shares_a_batch_changes_from_epoch_to_epoch() -> None:
    rows, starts = rows_of(64), batch_starts(64, 8, False)
    members = []
    for epoch in (1, 2):
        order = generator(0, Stream.SHUFFLE, epoch).permutation(64)
        members.append({frozenset(X[:, 0].tolist()) for X, _, _ in Batches([rows], starts).in_order(order)})
    assert not members[0] & members[1]


# --- one step -----------------------------------------------------------------------------------------------


def test_clipping_by_norm_keeps_the_direction() -> None:
    g = np.array([3.0, -4.0])
    clip(g, 1.0, None)
    np.testing.assert_allclose(g, [0.6, -0.8])
    clip(g, 2.0, None)
    np.testing.assert_allclose(g, [0.6, -0.8])  # a short one is left alone


def test_clipping_by_value_clips_each_element() -> None:
    g = np.array([3.0, -0.5])
    clip(g, None, 1.0)
    np.testing.assert_allclose(g, [1.0, -0.5])


def test_clipping_survives_squares_that_overflow() -> None:
    g = np.array([3e30, -4e30], np.float32)
    clip(g, 1.0, None)
    np.testing.assert_allclose(g, [0.6, -0.8], rtol=1e-6)


def test_all_gradients_come_before_the_first_change() -> None:
    """At a huge rate, one step from known weights is the step of the gradient at those weights."""
    start = run(quick(optimizer="sgd:lr=50", batch_size="full", l2=0.0, epochs=1, validation=0.0))
    w = start.network.w.copy()
    data = start.data.train
    start.objective.gradient(data.X, data.t)
    expected = w - 50 * start.network.g
    start.network.w[:] = w
    list(start)
    np.testing.assert_allclose(start.network.w, expected, rtol=1e-10)


def test_the_schedule_scales_the_change_and_sees_finished_epochs() -> None:
    seen: list[tuple[int, int, int]] = []

    def halt_after_one() -> Schedule:
        def factor(step: int, total: int, epochs: list) -> float:
            seen.append((step, total, len(epochs)))
            return 1.0 if not epochs else 0.0

        return Schedule(factor)

    training = run(quick(schedule=halt_after_one, epochs=2))
    weights = [training.network.w.copy() for _ in training]
    np.testing.assert_array_equal(weights[0], weights[1])
    steps = training.progress.step
    assert seen[0] == (1, steps, 0)
    assert seen[-1] == (steps, steps, 1)


def test_an_elementwise_optimizer_in_pieces_is_bit_for_bit_the_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    weights = []
    for piece in (7, 1 << 15):
        monkeypatch.setattr("glassnet.training.steps.PIECE", piece)
        training = run(quick(optimizer="adam:lr=0.01", schedule="cosine"))
        list(training)
        weights.append(training.network.w.copy())
    np.testing.assert_array_equal(weights[0], weights[1])


def test_an_optimizer_may_ask_for_the_layers() -> None:
    layouts = []

    def decays_weights_only() -> Optimizer:
        def init(w: np.ndarray, layout: list) -> dict:
            layouts.append(layout)
            return {}

        return Optimizer(init=init, update=lambda w, g, state, step: (0.1 * g, state))

    list(run(quick(optimizer=decays_weights_only, epochs=1)))
    assert [block.kind for block in layouts[0]] == ["weight", "weight", "bias", "bias"]


def test_an_optimizer_is_lent_what_it_sees() -> None:
    def spoils() -> Optimizer:
        change = np.zeros(8)
        return Optimizer(update=lambda w, g, state, step: (change, {"kept": change}), elementwise=True)

    w = np.ones(8)
    updater = Updater(spoils(), w, [], [])
    updater.apply(np.ones(8), 1, 0.5)
    assert not updater.states[0]["kept"].any()


def test_whole_numbers_of_steps_never_restart() -> None:
    steps = []

    def counts() -> Optimizer:
        def update(w: np.ndarray, g: np.ndarray, state: dict, step: int) -> tuple[np.ndarray, dict]:
            steps.append(step)
            return 0.0 * g, state

        return Optimizer(update=update)

    training = run(quick(optimizer=counts, epochs=3))
    list(training)
    assert steps == list(range(1, training.progress.step + 1))


def test_sample_weights_average_to_one_and_count() -> None:
    def lopsided(*, rng: np.random.Generator) -> Dataset:
        X = rng.normal(size=(200, 2))
        return Dataset(X, (np.arange(200) < 20).astype(int), task="binary")

    plain = run(Experiment(dataset=lopsided, class_weight=None, epochs=1))
    balanced = run(Experiment(dataset=lopsided, class_weight="balanced", epochs=1))
    weight = balanced.data.train.weight
    assert weight is not None
    assert plain.data.train.weight is None
    assert weight.mean() == pytest.approx(1.0)
    codes = balanced.data.train.target
    assert weight[codes == 1].sum() == pytest.approx(weight[codes == 0].sum())
    assert losses(plain.experiment.replace(dataset=lopsided)) != losses(balanced.experiment.replace(dataset=lopsided))


# --- epochs, stopping, restoring ----------------------------------------------------------------------------


def test_an_epoch_record_says_what_happened() -> None:
    training = run(quick(schedule="cosine"), keep_step_losses=True)
    epochs = list(training)
    assert [epoch.number for epoch in epochs] == [1, 2, 3, 4]
    first = epochs[0]
    assert first.step_losses is not None
    assert first.step == len(first.step_losses)
    assert set(first.scores) == {"train", "validation"}
    assert first.monitored == first.validation_loss
    assert 0 < epochs[2].rate < first.rate <= 0.001
    assert first.seconds > 0


def test_the_reported_loss_is_the_mean_over_the_rows_of_the_epoch_without_penalty() -> None:
    training = run(quick(batch_size=32, l2=5.0, optimizer="sgd:lr=1e-12", epochs=1), keep_step_losses=True)
    epoch = next(iter(training))
    data = training.data.train
    rows = training.objective.losses(training.network.scores(data.X), data.t)
    assert epoch.loss == pytest.approx(rows.mean(), rel=1e-6)
    assert epoch.step_losses is not None
    sizes = np.diff([*range(0, len(data), 32), len(data)])
    assert np.average(epoch.step_losses, weights=sizes) == pytest.approx(epoch.loss)


def test_history_is_a_table_per_epoch_and_per_step() -> None:
    training = run(quick(), keep_step_losses=True)
    list(training)
    assert list(training.history["epoch"]) == [1, 2, 3, 4]
    assert {"loss", "validation_loss", "train_accuracy", "validation_accuracy"} <= set(training.history)
    assert list(training.step_history["step"]) == list(range(1, training.progress.step + 1))
    assert set(training.step_history["epoch"]) == {1, 2, 3, 4}


def test_losses_of_steps_are_kept_only_when_asked_for() -> None:
    training = run(quick())
    list(training)
    assert training.progress.epochs[0].step_losses is None
    with pytest.raises(GlassnetError, match="keep_step_losses=True"):
        _ = training.step_history


def test_no_epochs_at_all_leave_the_initial_weights_and_scores() -> None:
    training = run(quick(epochs=0))
    before = training.network.w.copy()
    assert list(training) == []
    np.testing.assert_array_equal(training.network.w, before)
    assert 0 <= training.scores()["test"]["accuracy"] <= 1
    assert training.progress.stopped == "all 0 epochs"


@pytest.mark.parametrize("monitor", ["loss", "accuracy", "log_loss"])
def test_early_stopping_restores_the_best_weights(monitor: str) -> None:
    training = run(quick(epochs=200, patience=3, monitor=monitor, optimizer="adam:lr=0.3", l2=0.0))
    epochs = list(training)
    monitored = [epoch.monitored for epoch in epochs]
    best = int(np.argmin(monitored))
    assert len(epochs) == best + 1 + 3 < 200
    assert training.progress.best_epoch == best + 1
    assert f"no better {monitor} for 3 epochs" in training.progress.stopped
    validation = training.data.validation
    assert validation is not None
    if monitor == "accuracy":
        assert training.scores()["validation"]["accuracy"] == -monitored[best]
    if monitor == "loss":
        rows = training.objective.losses(training.network.scores(validation.X), validation.t)
        assert rows.mean() == pytest.approx(monitored[best])


def test_a_consumer_that_breaks_off_may_ask_for_the_best_weights() -> None:
    training = run(quick(epochs=50, optimizer="adam:lr=0.5"))
    kept = []
    for epoch in training:
        kept.append(training.network.w.copy())
        if epoch.number == 12:
            break
    training.progress.restore_best(training.network)
    np.testing.assert_array_equal(training.network.w, kept[training.progress.best_epoch - 1])


def test_without_patience_the_last_weights_stay() -> None:
    training = run(quick(epochs=12, optimizer="adam:lr=0.5"))
    weights = [training.network.w.copy() for _ in training]
    np.testing.assert_array_equal(training.network.w, weights[-1])
    assert training.progress.best_epoch < 12


# --- divergence ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_divergence_is_explained_and_leaves_the_last_good_weights(dtype: str) -> None:
    training = run(Experiment(dataset="diabetes", optimizer="sgd:lr=10", dtype=dtype))
    before = training.network.w.copy()
    with pytest.raises(Diverged) as caught:
        list(training)
    message = str(caught.value)
    assert "diverged in epoch 1 at step" in message
    assert "not finite" in message
    assert "grew most, from" in message
    assert "a learning rate ten times smaller (it is 10 now)" in message
    assert "--clip-norm" in message
    assert "\n" not in message
    np.testing.assert_array_equal(training.network.w, before)
    assert training.progress.stopped.startswith("diverged")
    assert np.isfinite(training.scores()["test"]["r2"])


def test_training_warns_of_nothing_and_leaves_numpys_error_state_alone() -> None:
    before = np.geterr()
    states = []
    with pytest.raises(Diverged):
        for _ in run(Experiment(dataset="diabetes", optimizer="sgd:lr=10")):
            states.append(np.geterr())
    for _ in run(quick(epochs=2)):
        states.append(np.geterr())
    assert all(state == before for state in [*states, np.geterr()])


def test_an_interrupt_inside_an_epoch_leaves_the_weights_of_the_epoch_before() -> None:
    calls = 0

    def interrupted_late() -> Optimizer:
        def update(w: np.ndarray, g: np.ndarray, state: dict, step: int) -> tuple[np.ndarray, dict]:
            nonlocal calls
            calls += 1
            if calls == 10:
                raise KeyboardInterrupt
            return 0.01 * g, state

        return Optimizer(update=update)

    training = run(quick(optimizer=interrupted_late, epochs=9))
    weights = []
    with pytest.raises(KeyboardInterrupt):
        for _ in training:
            weights.append(training.network.w.copy())
    assert 1 <= len(weights) < 9
    np.testing.assert_array_equal(training.network.w, weights[-1])
    assert training.progress.stopped == "interrupted"
    assert len(training.history) == len(weights)


# --- whole-data solvers -------------------------------------------------------------------------------------


def test_lbfgs_trains_and_counts_iterations_as_epochs() -> None:
    training = run(Experiment(dataset="breast_cancer", hidden=(), optimizer="lbfgs", epochs=30))
    epochs = list(training)
    assert training.experiment.batch_size == "full"
    assert epochs[-1].loss < epochs[0].loss / 2
    assert training.scores()["test"]["accuracy"] > 0.93


def test_lbfgs_without_hidden_layer_equals_scikit_learns_logistic_regression() -> None:
    from sklearn.linear_model import LogisticRegression

    l2 = 0.05
    training = run(Experiment(dataset="breast_cancer", hidden=(), optimizer="lbfgs", epochs=500, l2=l2))
    list(training)
    data = training.data.train
    peer = LogisticRegression(C=1 / (l2 * len(data)), tol=1e-10, max_iter=5000).fit(data.X, data.target)
    np.testing.assert_allclose(training.network.view(training.network.w, "weight", 0).T, peer.coef_, atol=1e-4)


@pytest.mark.parametrize(
    ("changes", "flag"),
    [
        ({"batch_size": 16}, "--batch-size"),
        ({"dropout": 0.5}, "--dropout"),
        ({"schedule": "cosine"}, "--schedule"),
        ({"clip_norm": 1.0}, "--clip-norm"),
    ],
)
def test_whole_data_solvers_refuse_what_they_cannot_do(changes: dict, flag: str) -> None:
    with pytest.raises(GlassnetError, match=f"lbfgs looks at all rows at once.*leave {flag} away"):
        run(quick(optimizer="lbfgs", **changes))


# --- repeatable ---------------------------------------------------------------------------------------------


def test_the_same_experiment_gives_the_same_numbers_and_another_seed_others() -> None:
    experiment = quick(dropout=0.2, batch_norm=True)
    assert losses(experiment) == losses(experiment)
    assert losses(experiment) != losses(experiment.replace(seed=1))


def test_repeats_over_seeds_never_move_the_test_rows() -> None:
    first, second = (run(quick(seed=seed)).data.test for seed in (0, 1))
    assert first is not None and second is not None
    np.testing.assert_array_equal(first.index, second.index)
    other = run(quick(split_seed=1)).data.test
    assert other is not None
    assert not np.array_equal(first.index, other.index)


def test_the_global_random_state_is_neither_used_nor_moved() -> None:
    np.random.seed(1)  # noqa: NPY002
    before = np.random.get_state()[1].copy()  # type: ignore[index, union-attr]  # noqa: NPY002
    first = losses(quick(dropout=0.3))
    np.testing.assert_array_equal(before, np.random.get_state()[1])  # type: ignore[index]  # noqa: NPY002
    np.random.seed(2)  # noqa: NPY002
    assert losses(quick(dropout=0.3)) == first


def test_two_trainings_in_one_process_equal_two_in_fresh_ones() -> None:
    script = textwrap.dedent("""
        from glassnet import Experiment, run
        print([epoch.loss for epoch in run(Experiment(dataset="iris", hidden=(8,), epochs=3, seed=SEED))])
    """)
    here = [losses(quick(epochs=3, seed=seed)) for seed in (0, 1)]
    apart = [
        subprocess.run(
            [sys.executable, "-c", script.replace("SEED", str(seed))], capture_output=True, text=True, check=True
        ).stdout.strip()
        for seed in (0, 1)
    ]
    assert [str(one) for one in here] == apart


def test_two_interleaved_trainings_do_not_disturb_each_other() -> None:
    alone = losses(quick(optimizer="adam"))
    pair = zip(run(quick(optimizer="adam")), run(quick(optimizer="adam", seed=9)), strict=True)
    assert [first.loss for first, _ in pair] == alone


def test_full_batch_does_not_care_about_the_order_of_rows() -> None:
    a, b = losses(quick(batch_size="full")), losses(quick(batch_size=10_000))
    assert a == b
    assert len(a) == 4


def test_one_row_a_step_works_and_batch_norm_refuses_it() -> None:
    assert losses(quick(batch_size=1, epochs=2))[1] > 0
    with pytest.raises(GlassnetError, match="--batch-norm needs batches of at least 2 rows"):
        run(quick(batch_size=1, batch_norm=True))


def test_xor_needs_a_hidden_layer() -> None:
    """No rate helps a network without one: at most 3 of 4 rows (the lecture's 'not bad')."""
    for rate in (0.001, 0.01, 0.1, 1.0):
        training = run(Experiment(dataset="xor", hidden=(), epochs=300, optimizer=f"adam:lr={rate}"))
        list(training)
        assert training.scores()["train"]["accuracy"] <= 0.75
    training = run(Experiment(dataset="xor", hidden=(4,), activation="tanh", epochs=600, optimizer="adam:lr=0.01"))
    list(training)
    assert training.scores()["train"]["accuracy"] == 1.0


def test_zero_weights_never_break_the_symmetry_of_hidden_units() -> None:
    training = run(quick(initializer="zeros", activation="sigmoid"))
    list(training)
    W = training.network.view(training.network.w, "weight", 0)
    np.testing.assert_allclose(W, np.repeat(W[:, :1], W.shape[1], axis=1))


def test_variance_stays_within_bounds_through_ten_layers() -> None:
    training = run(Experiment(dataset="digits8x8", hidden=(100,) * 10, activation="relu", epochs=0))
    x, spreads = training.data.train.X, []
    for layer in training.network.layers:
        x = layer.forward(x, False, None)[0]
        spreads.append(float(x.std()))
    assert 0.1 < spreads[-2] / spreads[1] < 10

    def n01() -> Initializer:
        return Initializer(lambda i, o, rng: rng.normal(size=(i, o)), lambda i, o, rng: np.zeros(o))

    exhibit = run(Experiment(dataset="digits8x8", hidden=(100,) * 10, activation="relu", initializer=n01, epochs=0))
    x = exhibit.data.train.X
    for layer in exhibit.network.layers:
        x = layer.forward(x, False, None)[0]
    assert x.std() > 1e5  # what that initializer does, and why it is an exhibit


def test_an_interrupt_at_any_moment_finds_an_epoch_in_the_history_or_not_at_all() -> None:
    lines = len(inspect.getsourcelines(History.note)[0])

    def noted(history: History, number: int) -> None:
        validated = 0.5 if number % 2 else None  # each other one is told in another form
        history.note(Figures(number, number, number / 2, validated, 0.1, 0.1, 0.0), {"train": {"a": number / 4}})

    for at in range(lines):
        history, moments = History(), iter(range(lines))

        def interrupted(frame: Any, event: str, _: Any, at: int = at, moments: Iterator[int] = moments) -> Any:
            if frame.f_code is History.note.__code__ and event == "line" and next(moments, -1) == at:
                raise KeyboardInterrupt
            return interrupted

        noted(history, 1)
        before = sys.gettrace()
        sys.settrace(interrupted)
        try:
            with contextlib.suppress(KeyboardInterrupt):
                noted(history, 2)
        finally:
            sys.settrace(before)
        if len(history) == 1:
            noted(history, 2)
        noted(history, 3)
        assert [one.number for one in history] == [1, 2, 3] and history[-2].scores == {"train": {"a": 0.5}}
        assert [one.validation_loss for one in history] == [0.5, None, 0.5]
        assert history.figures("loss").tolist() == [0.5, 1.0, 1.5]


def test_a_history_is_equal_to_its_copies_with_losses_of_steps_and_undefined_scores() -> None:
    training = run(Experiment(dataset="iris", hidden=(3,), epochs=3), keep_step_losses=True)
    history = training.finish().progress.epochs
    for other in (copy.deepcopy(history), pickle.loads(pickle.dumps(history)), list(history)):
        assert history == other and history[1:] == list(other)[1:]
    undefined = History()
    undefined.note(Figures(1, 4, 0.5, None, float("nan"), 0.1, 0.0), {"train": {"a": float("nan")}})
    assert undefined == copy.deepcopy(undefined) != history
    history[-1].scores["train"]["accuracy"] = 7.0
    assert history[-1].scores["train"]["accuracy"] <= 1
