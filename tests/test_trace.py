"""The trace's numbers: held against formulas written out here, against autograd and PyTorch, and against training."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import autograd
import autograd.numpy as anp
import numpy as np
import pytest

from glassnet import (
    Activation,
    Catalog,
    Dataset,
    Diverged,
    Experiment,
    GlassnetError,
    Optimizer,
    Training,
    record,
    trace,
)
from glassnet import load as load_run
from glassnet.network import Network
from glassnet.tracing import Step, Trace
from glassnet.tracing.differences import Claim, judge

CATALOG = Catalog.discover(guests=False)
Array = np.ndarray


def sigmoid(z: Array) -> Array:
    return 1 / (1 + np.exp(-z))


def toy(dataset: str = "xor", **changes: object) -> Experiment:
    return Experiment(dataset=dataset, hidden=2, activation="tanh").replace(**changes)


def traced(experiment: Experiment, **how: object) -> Trace:
    return trace(experiment, catalog=CATALOG, **how)  # type: ignore[arg-type]


def names(step: Step) -> list[str]:
    return [matrix.name for matrix in step.matrices()]


def slope_names(step: Step) -> list[str]:
    """The matrices of the way back: every number that differences can repeat."""
    return [matrix.name for card in step.cards if card.stage == "back" for matrix in card.matrices]


# --- by hand ------------------------------------------------------------------------------------------------


def test_logistic_regression_of_six_rows_step_by_step_with_adam() -> None:
    step = traced(Experiment(dataset="toy6", hidden="none")).steps[0]
    x, W, b, t = step["x"], step["W1"], step["b1"], step["t"]
    y = sigmoid(x @ W + b)
    delta = (y - t) / 6
    gW, gb = x.T @ delta + 0.0001 * W, delta.sum(axis=0)
    expected = {
        "y": y, "delta1": delta, "dW1": x.T @ delta, "db1": gb, "l2(W1)": 0.0001 * W, "g(W1)": gW,
        "L": -(t * np.log(y) + (1 - t) * np.log(1 - y))[:, 0],
        "norm": np.sqrt((gW**2).sum() + (gb**2).sum()),
        "penalty": 0.0001 / 2 * (W**2).sum(),
        "new m(W1)": 0.1 * gW, "new v(W1)": 0.001 * gW**2, "old m(b1)": np.zeros(1),
        "new W1": W - 0.01 * gW / (np.abs(gW) + 1e-8),  # Adam's first step is the rate itself
        "new b1": b - 0.01 * gb / (np.abs(gb) + 1e-8),
    }  # fmt: skip
    for name, values in expected.items():
        np.testing.assert_allclose(step[name], values, rtol=1e-9, atol=1e-15, err_msg=name)
    assert step.loss == pytest.approx(step["L"].mean(), rel=1e-12) == float(step["loss"])
    assert float(step["objective"]) == pytest.approx(step.loss + step.penalty, rel=1e-12)


def test_two_steps_of_xor_with_momentum_by_the_formulas_of_the_course() -> None:
    first, second = traced(toy(optimizer="momentum:lr=0.5", l2=0, scale="none"), steps=2).steps
    assert np.array_equal(first["x"], [[0, 0], [0, 1], [1, 0], [1, 1]])
    w = {name: first[name].copy() for name in ("W1", "b1", "W2", "b2")}
    v = {name: np.zeros_like(values) for name, values in w.items()}
    for step in (first, second):
        x, t = step["x"], step["t"]
        a1 = np.tanh(x @ w["W1"] + w["b1"])
        y = sigmoid(a1 @ w["W2"] + w["b2"])
        delta2 = (y - t) / 4
        delta1 = (delta2 @ w["W2"].T) * (1 - a1**2)
        g = {"W1": x.T @ delta1, "b1": delta1.sum(0), "W2": a1.T @ delta2, "b2": delta2.sum(0)}
        for name, values in {"a1": a1, "y": y, "delta2": delta2, "delta1": delta1, "slope1": 1 - a1**2}.items():
            np.testing.assert_allclose(step[name], values, rtol=1e-12, atol=1e-16, err_msg=name)
        for name in w:
            np.testing.assert_allclose(step[f"d{name}"], g[name], rtol=1e-12, atol=1e-16)
            np.testing.assert_allclose(step[f"old v({name})"], v[name], rtol=1e-12, atol=1e-16)
            v[name] = 0.9 * v[name] + 0.5 * g[name]
            w[name] = w[name] - v[name]
            np.testing.assert_allclose(step[f"new v({name})"], v[name], rtol=1e-12, atol=1e-16)
            np.testing.assert_allclose(step[f"new {name}"], w[name], rtol=1e-12, atol=1e-16)


def test_clipping_and_the_schedule_in_numbers() -> None:
    step = traced(toy(optimizer="sgd:lr=1", clip_norm=0.1, clip_value=0.05, schedule="warmup_cosine")).steps[0]
    assert float(step["norm"]) > 0.1
    assert 0 < float(step["factor"]) < 1
    assert float(step["clip"]) == pytest.approx(0.1 / float(step["norm"]))
    clipped = np.clip(step["g(W1)"] * float(step["clip"]), -0.05, 0.05)
    np.testing.assert_allclose(step["clipped(W1)"], clipped, rtol=1e-12)
    np.testing.assert_allclose(step["change(W1)"], clipped, rtol=1e-12)
    np.testing.assert_allclose(step["new W1"], step["W1"] - float(step["factor"]) * clipped, rtol=1e-12)
    formula = next(matrix.formula for matrix in step.matrices() if matrix.name == "new W1")
    assert formula == "new W1 = W1 - factor * change(W1)"


# --- against other libraries --------------------------------------------------------------------------------


@pytest.mark.parametrize("output", ["softmax", "sigmoid"])
def test_every_gradient_is_that_of_autograd(output: str) -> None:
    words = Experiment(dataset="iris", hidden=(4, 3), activation="tanh", output=output, l1=0.01, l2=0.1)
    step = traced(words.replace(loss="cross_entropy" if output == "softmax" else "squared_error")).steps[0]
    x, t = step["x"], step["t"]
    letters = ["W1", "b1", "W2", "b2", "W3", "b3"]

    def objective(*w: Array) -> float:
        a = anp.tanh(x @ w[0] + w[1])
        z = anp.tanh(a @ w[2] + w[3]) @ w[4] + w[5]
        if output == "softmax":
            p = anp.exp(z) / anp.sum(anp.exp(z), axis=1, keepdims=True)
            losses = -anp.sum(t * anp.log(p), axis=1)
        else:
            losses = anp.mean((1 / (1 + anp.exp(-z)) - t) ** 2, axis=1)
        return anp.mean(losses) + sum(0.01 * anp.sum(anp.abs(W)) + 0.05 * anp.sum(W**2) for W in w[::2])

    weights = [step[name] for name in letters]
    assert float(step["objective"]) == pytest.approx(objective(*weights), rel=1e-12)
    found = autograd.grad(objective, argnum=list(range(6)))(*weights)
    for name, expected in zip(letters, found, strict=True):
        given = step[f"g({name})" if name.startswith("W") else f"d{name}"]
        np.testing.assert_allclose(given, expected, rtol=1e-10, atol=1e-14, err_msg=name)


def test_batch_norm_dropout_and_every_delta_are_those_of_pytorch() -> None:
    torch = pytest.importorskip("torch")
    words = Experiment(
        dataset="wine_cultivars", hidden=(5, 4), activation="sigmoid", batch_norm=True, dropout=0.3, input_dropout=0.2,
        class_weight="balanced", batch_size=16,
    )  # fmt: skip
    step = traced(words).steps[0]
    of = {name: torch.tensor(step[name], requires_grad=True) for name in names(step) if step[name].dtype == float}
    x = of["x"] * of["mask0"]
    middle = {}
    for layer in (1, 2):
        z = middle[f"z{layer}"] = x @ of[f"W{layer}"] + of[f"b{layer}"]
        running = torch.zeros(z.shape[1], dtype=float), torch.ones(z.shape[1], dtype=float)
        u = torch.nn.functional.batch_norm(z, *running, of[f"scale{layer}"], of[f"shift{layer}"], training=True)
        a = torch.sigmoid(u)
        middle[f"u{layer}"], middle[f"a{layer}"] = u, a
        x = middle[f"d{layer}"] = a * of[f"mask{layer}"]
    z = middle["z3"] = x @ of["W3"] + of["b3"]
    for value in middle.values():
        value.retain_grad()
    losses = torch.nn.functional.cross_entropy(z, of["t"], reduction="none")
    loss = (losses * of["weight"]).mean()
    loss.backward()
    assert step.loss == pytest.approx(loss.item(), rel=1e-12)
    slopes = {"delta3": "z3", "dd2": "d2", "da2": "a2", "du2": "u2", "delta2": "z2", "delta1": "z1", "dd1": "d1"}
    for name, at in slopes.items():
        np.testing.assert_allclose(step[name], middle[at].grad, rtol=1e-8, atol=1e-13, err_msg=name)
    for name in ("W1", "b1", "W2", "b2", "W3", "b3", "scale1", "shift1", "scale2", "shift2"):
        np.testing.assert_allclose(step[f"d{name}"], of[name].grad, rtol=1e-8, atol=1e-13, err_msg=name)


def test_the_numbers_of_batch_norm_and_dropout_fit_their_formulas() -> None:
    step = traced(toy(dataset="circles", batch_norm=True, dropout=0.5, batch_size=8)).steps[0]
    np.testing.assert_array_equal(step["u1"], step["normal1"] * step["scale1"] + step["shift1"])
    np.testing.assert_array_equal(step["d1"], step["a1"] * step["mask1"])
    assert set(np.unique(step["mask1"])) == {0, 2}
    np.testing.assert_allclose(step["normal1"].mean(axis=0), 0, atol=1e-12)


# --- against training itself --------------------------------------------------------------------------------

SAME = {
    "plain": {},
    "everything": {
        "batch_norm": True, "dropout": 0.3, "input_dropout": 0.1, "l1": 0.001, "clip_norm": 0.2, "clip_value": 0.1,
        "class_weight": "balanced", "schedule": "cosine",
    },
    "adaptive": {"schedule": "adaptive", "optimizer": "momentum:lr=0.1"},
    "float32": {"dtype": "float32", "activation": ("relu", "gelu"), "hidden": (6, 5)},
    "long way": {"loss": "squared_error", "output": "softmax", "patience": 1},
}  # fmt: skip


def trained(words: Experiment) -> Training:
    training = Training(words, CATALOG)
    for _ in training:
        pass
    return training


def assert_same_weights(step: Step, network: Network) -> None:
    for block in network.layout:
        letter = {"weight": "W", "bias": "b", "scale": "scale", "shift": "shift"}[block.kind]
        np.testing.assert_array_equal(
            step[f"new {letter}{block.layer + 1}"], network.view(network.w, block.kind, block.layer)
        )


@pytest.mark.parametrize("changes", SAME.values(), ids=SAME)
def test_steps_are_bit_for_bit_those_of_training(changes: dict) -> None:
    words = Experiment(dataset="iris", hidden=(6,), epochs=3, batch_size=25).replace(**changes)
    training = trained(words.replace(patience=None))
    told = traced(words, steps=training.progress.step)
    assert_same_weights(told.steps[-1], training.network)
    assert [step.number for step in told.steps] == list(range(1, training.progress.step + 1))
    assert {step.epoch for step in told.steps} == {1, 2, 3}
    of_epoch = [step for step in told.steps if step.epoch == 2]
    rows = [row for step in of_epoch for row in step.rows]
    assert sorted(rows) == sorted(training.data.train.index)
    assert rows != sorted(rows)
    weighed = np.average([step.loss for step in of_epoch], weights=[len(step.rows) for step in of_epoch])
    assert weighed == pytest.approx(training.progress.epochs[1].loss, rel=1e-6)
    for step in of_epoch:  # the row numbers that it names are those whose inputs it shows
        place = [list(training.data.train.index).index(row) for row in step.rows]
        np.testing.assert_array_equal(step["x"], training.data.train.X[place])


@pytest.mark.parametrize("optimizer", [part.name for part in CATALOG.parts("optimizer")])
def test_every_optimizer_takes_the_steps_of_training_and_its_slopes_are_right(optimizer: str) -> None:
    words = Experiment(dataset="xor", hidden=3, activation="tanh", optimizer=optimizer, epochs=4)
    training = trained(words)
    told = traced(words, steps=4, check=True)
    assert_same_weights(told.steps[-1], training.network)
    assert told.ok
    for before, after in zip(told.steps, told.steps[1:], strict=False):
        np.testing.assert_array_equal(before["new W1"], after["W1"])
        for name in names(after):
            if name.startswith("old "):
                np.testing.assert_array_equal(after[name], before[name.replace("old ", "new ")])
    if optimizer != "sgd" and optimizer != "lbfgs":
        assert any(name.startswith(("new v(", "new s(")) for name in names(told.steps[0]))


def test_an_optimizer_in_pieces_and_one_with_numbers_in_its_state(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("glassnet.training.steps.PIECE", 5)
    training = trained(toy(epochs=2, optimizer="adam"))
    told = traced(toy(epochs=2, optimizer="adam"), steps=2)
    assert_same_weights(told.steps[-1], training.network)
    assert told.steps[1]["old m(W1)"].shape == (2, 2)

    def counting(lr: float = 0.1) -> Optimizer:
        return Optimizer(
            init=lambda w: {"count": 0},
            update=lambda w, g, state, step: (lr * g, {"count": state["count"] + 1}),
        )

    first, second = traced(toy(optimizer=counting), steps=2).steps
    assert (float(first["new count"]), float(second["new count"])) == (1, 2)


def test_memory_is_shown_as_it_was_even_where_an_optimizer_writes_into_it() -> None:
    def careless() -> Optimizer:
        def update(w: Array, g: Array, state: dict, step: int) -> tuple[Array, dict]:
            state["v"] += g
            return state["v"], state

        return Optimizer(init=lambda w: {"v": np.zeros_like(w)}, update=update)

    first, second = traced(toy(optimizer=careless, l2=0), steps=2).steps
    np.testing.assert_array_equal(first["old v(W1)"], np.zeros((2, 2)))
    np.testing.assert_array_equal(first["new v(W1)"], first["dW1"])
    np.testing.assert_array_equal(second["old v(W1)"], first["dW1"])


def test_patience_does_not_end_a_trace() -> None:
    told = traced(toy(optimizer="sgd:lr=0", patience=1), steps=5)
    assert len(told.steps) == 5


def test_the_training_itself_is_left_as_it_was() -> None:
    words = Experiment(dataset="iris", hidden=4, epochs=2, batch_norm=True, dropout=0.2)
    training, untouched = Training(words, CATALOG), Training(words, CATALOG)
    epochs = iter(training)
    next(epochs)
    w, running = training.network.w.copy(), training.network.running.copy()
    told = trace(training, steps=6)  # more than an epoch
    assert (told.steps[0].number, told.steps[0].epoch) == (training.progress.step + 1, 2)
    np.testing.assert_array_equal(training.network.w, w)
    np.testing.assert_array_equal(training.network.running, running)
    assert len(training.progress.epochs) == 1
    for _ in epochs:
        pass
    for _ in untouched:
        pass
    np.testing.assert_array_equal(training.network.w, untouched.network.w)


@pytest.mark.parametrize("optimizer", ["adam", "lbfgs"])
def test_a_run_goes_on_from_its_checkpoint(optimizer: str, tmp_path: Path) -> None:
    words = toy(optimizer=optimizer, epochs=3)
    recording = record(Training(words, CATALOG), tmp_path)
    for _ in recording:
        pass
    told = trace(load_run(recording.folder, catalog=CATALOG), steps=2)
    assert [step.number for step in told.steps] == [4, 5]
    assert "Weights after 3 epochs" in told.remarks[0]
    assert_same_weights(told.steps[-1], trained(words.replace(epochs=5)).network)


# --- which rows ---------------------------------------------------------------------------------------------


def test_rows_by_number_and_by_count() -> None:
    words = Experiment(dataset="iris", hidden=3)
    training = Training(words, CATALOG)
    index = training.data.train.index
    wanted = [int(index[7]), int(index[2])]
    for step in traced(words, rows=wanted, steps=2).steps:
        assert step.rows == tuple(wanted)
        np.testing.assert_array_equal(step["x"], training.data.train.X[[7, 2]])
        np.testing.assert_array_equal(step["raw"], np.asarray(training.source.X)[wanted])
    whole = traced(words).steps[0].rows
    assert traced(words, rows=4).steps[0].rows == whole[:4]
    assert traced(toy(), rows=2).steps[0].rows == (0, 1)


def test_chosen_rows_keep_their_weights() -> None:
    words = Experiment(dataset="wine_cultivars", hidden=3, class_weight="balanced")
    training = Training(words, CATALOG)
    step = traced(words, rows=5).steps[0]
    weight = {int(row): value for row, value in zip(training.data.train.index, training.data.train.weight, strict=True)}
    np.testing.assert_array_equal(step["weight"], [weight[row] for row in step.rows])
    assert step.loss == pytest.approx((step["weight"] * step["L"]).sum() / 5)
    assert "* weight / n" in next(matrix.formula for matrix in step.matrices() if matrix.name == "delta2")


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([0, 999], "there is no row 999: rows are counted from 0 to 149"),
        ([0, 0], "--rows wants different row numbers, at least one, not 0, 0"),
        ([], "at least one, not none"),
        (0, "--rows 0: there are 108 training rows, so give a number from 1 to 108"),
        (109, "--rows 109: there are 108 training rows"),
    ],
)
def test_rows_that_there_are_not(rows: object, words: str) -> None:
    with pytest.raises(GlassnetError, match=words):
        traced(Experiment(dataset="iris", hidden=3), rows=rows)


def test_no_step_is_taken_on_test_rows() -> None:
    words = Experiment(dataset="iris", hidden=3)
    test = Training(words, CATALOG).data.test
    assert test is not None
    with pytest.raises(GlassnetError, match=f"row {test.index[0]} is one of the test rows, and no step is ever taken"):
        traced(words, rows=[int(test.index[0])])


def test_what_can_not_be_traced_is_said_in_one_line() -> None:
    with pytest.raises(GlassnetError, match="--steps wants a number of at least 1, not 0"):
        traced(toy(), steps=0)
    with pytest.raises(GlassnetError, match=r"a trace keeps every number, and 100000 steps .* give fewer --steps"):
        traced(Experiment(dataset="digits8x8"), steps=100_000)
    with pytest.raises(GlassnetError, match="there is no layer 3: layers are 1 to 2, the last one is the output's"):
        traced(toy()).layer(3)
    with pytest.raises(GlassnetError, match="the only layer is 1"):
        traced(toy(hidden="none")).layer(0)
    with pytest.raises(GlassnetError, match="--batch-norm needs at least 2 rows in a step"):
        traced(toy(batch_norm=True), rows=1)
    with pytest.raises(GlassnetError, match="an Experiment, a Training or a Run, not of 'xor'"):
        trace("xor")  # type: ignore[arg-type]
    with pytest.raises(GlassnetError, match="lbfgs has nothing left to do"):
        traced(toy(optimizer="lbfgs:tolerance=1e9"))
    with pytest.raises(Diverged, match="training diverged in epoch"):
        traced(toy(dataset="diabetes", optimizer="sgd:lr=1e200", activation="relu"), steps=9)


def test_a_solver_that_ends_says_so() -> None:
    told = traced(toy(hidden="none", optimizer="lbfgs"), steps=50)
    assert 1 <= len(told.steps) < 50
    assert told.remarks[-1] == f"lbfgs came to its end after {len(told.steps)} of 50 steps."


# --- finite differences -------------------------------------------------------------------------------------


@pytest.mark.parametrize("activation", [part.name for part in CATALOG.parts("activation")])
@pytest.mark.parametrize("natural", [True, False], ids=["natural", "long-way"])
def test_differences_agree_for_every_activation(activation: str, natural: bool) -> None:
    words = Experiment(dataset="moons", hidden=(4, 3), activation=activation, batch_size=6, l1=0.001)
    words = words if natural else words.replace(loss="squared_error", output="tanh")
    step = traced(words, check=True).steps[0]
    assert all(one.ok for one in step.comparisons), [one for one in step.comparisons if not one.ok]
    compared = {one.name: one for one in step.comparisons}
    assert set(slope_names(step)) <= set(compared)
    checked, size = (sum(getattr(one, name) for one in compared.values()) for name in ("checked", "size"))
    assert checked > 0.8 * size  # a relu layer that is silent for a row puts the next one on its kink
    assert checked == size or activation in ("relu", "leaky_relu", "elu", "step")


@pytest.mark.parametrize("loss", [part.name for part in CATALOG.parts("loss")])
def test_differences_agree_for_every_loss(loss: str) -> None:
    bag = next(part for part in CATALOG.parts("loss") if part.name == loss).build()
    dataset = {"regression": "diabetes", "multiclass": "iris"}.get(bag.task, "moons")
    other = "softplus" if bag.task == "regression" else "tanh" if loss == "hinge" else "sigmoid"  # what can learn it
    outputs = {bag.output, other}
    for output in outputs:
        words = Experiment(dataset=dataset, hidden=3, activation="tanh", loss=loss, output=output, batch_size=5)
        step = traced(words, check=True).steps[0]
        assert all(one.ok and one.checked for one in step.comparisons), (output, step.comparisons)
        direct = output == bag.output and bag.score_value is not None
        assert ("dy" in slope_names(step)) != direct


@pytest.mark.parametrize(
    "changes",
    [
        {"batch_norm": True, "dropout": 0.3, "input_dropout": 0.2, "hidden": (4, 3)},
        {"class_weight": "balanced", "l1": 0.01, "l2": 0.1, "hidden": "none"},
        {"dtype": "float32", "hidden": (4, 3), "activation": "gelu"},
        {"scale": "none", "hidden": 3, "activation": "sigmoid"},
    ],
    ids=["noise", "weights", "float32", "unscaled"],
)
def test_differences_agree_for_every_kind_of_layer(changes: dict) -> None:
    told = traced(
        Experiment(dataset="wine_cultivars", activation="tanh", batch_size=10).replace(**changes), check=True, steps=2
    )
    assert told.ok, [one for step in told.steps for one in step.comparisons if not one.ok]
    assert all(set(slope_names(step)) <= {one.name for one in step.comparisons} for step in told.steps)


def bent(slope: Callable[[Array, Array], Array]) -> Callable[[], Activation]:
    def bent() -> Activation:
        """Bent."""
        return Activation(f=np.tanh, df=slope)

    return bent


def test_a_wrong_slope_is_found_where_it_is_wrong() -> None:
    right = traced(toy(activation=bent(lambda z, a: 1 - a**2)), check=True)
    wrong = traced(toy(activation=bent(lambda z, a: (1 - a**2) * (1 + 3e-6))), check=True)
    assert right.ok and not wrong.ok
    differing = {one.name for one in wrong.steps[0].comparisons if not one.ok}
    assert differing == {"slope1", "delta1", "dW1", "db1"}
    verdicts = {one.name: one.verdict for one in wrong.steps[0].comparisons}
    assert set(verdicts.values()) == {"agrees", "DIFFERS", "too small to check"}
    assert verdicts["db2"] == "too small to check" and abs(wrong.steps[0]["db2"][0]) < 1e-15  # halves that cancel


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_any_wrong_slope_is_found(dtype: str) -> None:
    """Each matrix that is compared, with one number moved by ten times what is allowed."""
    at, share = np.array([[0.3, -0.7], [1.1, 0.2]]), np.array([0.5, 0.5])
    found = np.cos(at) * share[:, None]
    claim = Claim("d", found, at, lambda x: np.sin(x).sum(axis=1), share, ("r", "s"), ("u", "v"))
    allowed = {"float64": 1e-6, "float32": 1e-4}[dtype]
    assert judge(claim, allowed).ok
    for index in np.ndindex(found.shape):
        moved = found.copy()
        moved[index] += 10 * allowed * np.abs(found).max()
        assert not judge(replace(claim, found=moved), allowed).ok
        moved[index] = np.nan
        assert not judge(replace(claim, found=moved), allowed).ok


@pytest.mark.parametrize(("size", "verdict"), [(3e-10, "too small to check"), (3e-9, "DIFFERS"), (3e-8, "DIFFERS")])
def test_a_doubled_slope_is_wrong_or_too_small_to_check(size: float, verdict: str) -> None:
    at, share = np.array([[0.3, -0.4], [0.5, 0.9]]), np.array([0.5, 0.5])
    right = size * np.cos(at) * share[:, None]
    claim = Claim("d", right, at, lambda x: 1 + size * np.sin(x).sum(axis=1), share, ("r", "s"), ("u", "v"))
    assert judge(claim, 1e-6).ok
    doubled = judge(replace(claim, found=2 * right), 1e-6)
    assert (doubled.verdict, doubled.ok) == (verdict, verdict != "DIFFERS")
    nothing = replace(claim, found=0 * right, losses=lambda x: np.ones(len(x)))
    assert judge(nothing, 1e-6).verdict == "agrees"  # zeros are what they are


def test_kinks_are_named_and_left_out_and_near_ones_do_no_harm() -> None:
    at, share = np.array([[0.0, 2e-5, 0.5]]), np.array([1.0])
    claim = Claim(
        "d",
        (at > 0).astype(float),
        at,
        lambda x: np.abs(x).sum(axis=1) / 2 + x.sum(axis=1) / 2,
        share,
        ("r",),
        ("u", "v", "w"),
    )
    found = judge(claim, 1e-6)
    assert (found.kinks, found.checked, found.ok) == (("r, u",), 2, True)
    assert not judge(replace(claim, found=np.array([[0.0, 0.5, 1.0]])), 1e-6).ok

    compared = {one.name: one for one in traced(toy(activation="relu", scale="none"), check=True).steps[0].comparisons}
    assert compared["slope1"].kinks == ("row 0, unit 1", "row 0, unit 2")  # z = 0 W + 0 there
    assert (compared["db1"].checked, compared["db1"].verdict) == (0, "nothing to check")


def test_of_a_large_matrix_a_part_is_checked_and_it_says_so() -> None:
    told = traced(Experiment(dataset="digits8x8", hidden=10, dtype="float64", activation="tanh"), rows=3, check=True)
    compared = {one.name: one for one in told.steps[0].comparisons}
    assert (compared["dW1"].checked, compared["dW1"].size) == (400, 640)
    assert compared["dW2"].checked == compared["dW2"].size == 100
    assert told.ok


# --- words --------------------------------------------------------------------------------------------------


def formulas(experiment: Experiment) -> dict[str, str]:
    return {matrix.name: matrix.formula for matrix in traced(experiment).steps[0].matrices()}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "delta2 = (y - t) / n"),
        ({"dataset": "iris"}, "delta2 = (y - t) / n"),
        ({"dataset": "diabetes"}, "delta2 = 2 (y - t) / n"),
        ({"dataset": "diabetes", "loss": "squared_error:factor=0.5"}, "delta2 = (y - t) / n"),
        ({"dataset": "iris", "loss": "binary_cross_entropy"}, "delta2 = (y - t) / 3 / n"),
        ({"dataset": "iris", "loss": "squared_error"}, "delta2 = 2 (y - t) / 3 / n"),
        ({"dataset": "diabetes", "loss": "absolute_error"}, "delta2 = slope of absolute_error in z2 / n"),
        ({"loss": "cross_entropy"}, "delta2 = slope of cross_entropy in z2 / n"),
        ({"loss": "squared_error", "output": "sigmoid"}, "delta2 = dy * slope2"),
        (
            {"dataset": "iris", "loss": "squared_error", "output": "softmax"},
            "delta2 = way back of softmax(z2) from dy: columns mix",
        ),
    ],
)
def test_the_last_delta_has_the_formula_of_its_pairing(changes: dict, words: str) -> None:
    assert formulas(toy().replace(**changes))["delta2"] == words


def test_formulas_name_what_enters() -> None:
    found = formulas(toy(batch_norm=True, dropout=0.5, input_dropout=0.5, l1=0.1, clip_norm=1, schedule="cosine"))
    assert found["z1"] == "z1 = d0 W1 + b1"
    assert found["a1"] == "a1 = tanh(u1)"
    assert found["z2"] == "z2 = d1 W2 + b2"
    assert found["dd1"] == "dd1 = delta2 W2ᵀ"
    assert found["du1"] == "du1 = da1 * slope1"
    assert found["dW1"] == "dW1 = d0ᵀ delta1"
    assert found["g(W1)"] == "g(W1) = dW1 + l2(W1) + l1(W1)"
    assert found["change(b1)"] == "change(b1) = adam(g), g = clipped(b1)"
    assert found["loss"] == "loss = sum of L / n"


def test_shapes_are_those_of_the_operands() -> None:
    shapes = {matrix.name: matrix.shapes for matrix in traced(Experiment(dataset="toy6", hidden=2)).steps[0].matrices()}
    assert shapes["z1"] == "(6, 3) (3, 2) + (2,) = (6, 2)"
    assert shapes["dW1"] == "(3, 6) (6, 2) = (3, 2)"
    assert shapes["da1"] == "(6, 1) (1, 2) = (6, 2)"


def test_rows_and_columns_have_names_of_the_right_number() -> None:
    words = Experiment(
        dataset="iris", hidden=(4, 3), batch_norm=True, dropout=0.2, input_dropout=0.1, l1=0.1, batch_size=6
    )
    for matrix in traced(words).steps[0].matrices():
        rows, columns = matrix.table.shape
        if matrix.values.ndim:
            assert len(matrix.rows) in (0, rows) and len(matrix.columns) in (0, columns), matrix.name
            assert matrix.rows or matrix.columns
    step = traced(words).steps[0]
    named = {matrix.name: matrix for matrix in step.matrices()}
    assert named["W1"].rows == ("sepal length", "sepal width", "petal length", "petal width")
    assert named["y"].columns == ("setosa", "versicolor", "virginica")
    assert named["y"].rows[0] == f"row {step.rows[0]}"
    assert len(set(names(step))) == len(names(step))


def test_the_parts_tell_their_formula_with_the_choice_that_holds() -> None:
    cards = {card.title.partition(":")[0]: card.words for card in traced(toy()).steps[0].cards}
    assert "f'(z) = 1 - a^2" in cards["Layer 1, hidden"]
    assert any("corrected:   change = lr M" in line for line in cards["Optimizer"])
    assert not any("inside:" in line for line in cards["Optimizer"])
    assert "lr = 0.001, beta1 = 0.9" in cards["Optimizer"][-1]


def test_a_slope_that_autograd_derives_says_so() -> None:
    def softsign() -> Activation:
        """Softsign."""
        return Activation(f=lambda z: z / (1 + anp.abs(z)))

    told = traced(toy(activation=softsign), check=True)
    assert told.ok
    formula = next(matrix.formula for matrix in told.steps[0].matrices() if matrix.name == "delta1")
    assert formula == "delta1 = way back of softsign(z1) from da1: derived by autograd"


def test_one_layer_with_what_its_formulas_need() -> None:
    told = traced(Experiment(dataset="toy6", hidden=(3, 2), activation="tanh")).layer(2)
    found = names(told.steps[0])
    assert {"x", "a1", "W2", "z2", "a2", "W3", "delta3", "da2", "dW2", "new W2", "loss"} <= set(found)
    assert not {"W1", "z1", "dW1", "dW3", "z3", "new W1", "new W3"} & set(found)
    assert told.layers == (2,)


def test_rows_in_memory_need_no_names() -> None:
    source = Dataset(np.random.default_rng(0).normal(size=(30, 2)), np.repeat([0, 1], 15))
    training = Training(Experiment(hidden=2, dataset="mine"), CATALOG, source=source)
    assert trace(training, check=True).ok
