"""Whole networks: their gradients against central differences, and that nothing moves which should not."""

import itertools

import numpy as np
import pytest
from gradients import central_differences, kinks, relative_error
from samples import some

from glassnet import Activation, Network
from glassnet.catalog import Catalog
from glassnet.errors import GlassnetError
from glassnet.layers import BatchNorm
from glassnet.training import Objective

CATALOG = Catalog.discover(guests=False)
ACTIVATIONS = [part.name for part in CATALOG.parts("activation")]
LOSSES = [part.name for part in CATALOG.parts("loss")]
ROWS = 7

#: Outputs in the open interval (0, 1), where the entropies live; those that are at least 0, for counts.
UNIT, POSITIVE = {"sigmoid", "softmax"}, {"sigmoid", "softmax", "softplus"}


def outputs_of(loss: str) -> list[str]:
    """Every output activation that the loss is defined for. (A step's slope is 0: nothing to check.)"""
    if "cross_entropy" in loss:
        return sorted(UNIT)
    if loss == "poisson":
        return sorted(POSITIVE)
    return [name for name in ACTIVATIONS if name != "step"]


def targets_of(loss: str, columns: int, rng: np.random.Generator) -> np.ndarray:
    task = CATALOG.choose("loss", loss).build().task
    if task == "multiclass" and columns > 1:
        return np.eye(columns)[rng.integers(0, columns, ROWS)]
    if task in ("binary", "multiclass"):
        return rng.integers(0, 2, (ROWS, columns)).astype(float)
    return rng.poisson(2.0, (ROWS, columns)).astype(float) if loss == "poisson" else rng.normal(size=(ROWS, columns))


def network_of(activation: str, output: str, outputs: int, variant: str, seed: int = 3) -> Network:
    build = CATALOG.choose
    net = Network(
        3, (4, 3), outputs,
        [build("activation", activation).build()] * 2, build("activation", output).build(),
        dropout=0.4 if variant == "dropout" else 0.0,
        input_dropout=0.2 if variant == "dropout" else 0.0,
        batch_norm=variant == "batch_norm",
    )  # fmt: skip
    rng = np.random.default_rng(seed)
    net.w[:] = rng.normal(scale=0.7, size=len(net.w))  # biases, scales and shifts away from 0, too
    return net


def check_gradient(net: Network, objective: Objective, t: np.ndarray, weight: np.ndarray | None) -> float:
    """The relative error of the network's gradient against central differences; kinks are left out."""
    X = np.random.default_rng(5).normal(size=(ROWS, net.inputs))

    def mask() -> np.random.Generator:
        return np.random.default_rng(11)  # the same dropout mask in every evaluation

    def value(w: np.ndarray) -> float:
        net.w[:] = w
        return objective.value(X, t, weight, mask())

    w = net.w.copy()
    objective.gradient(X, t, weight, mask())
    g = net.g.copy()
    smooth = ~kinks(value, w)
    assert smooth.mean() > 0.5
    expected = central_differences(value, w)
    net.w[:] = w
    return relative_error(g[smooth], expected[smooth])


CASES = [
    (activation, loss, CATALOG.choose("loss", loss).build().output, variant, columns)
    for activation, loss, variant, columns in itertools.product(
        [name for name in ACTIVATIONS if name != "step"], LOSSES, ("plain", "dropout", "batch_norm"), (1, 2, 3)
    )
] + [
    ("tanh", loss, output, "plain", columns)
    for loss in LOSSES
    for output in outputs_of(loss)
    for columns in (1, 2, 3)
    if not (output == "softmax" and columns == 1)
]


def test_the_cases_cover_the_catalog() -> None:
    assert {case[0] for case in CASES} | {"step"} == set(ACTIVATIONS)
    assert {case[1] for case in CASES} == set(LOSSES)
    assert len(CASES) > 600


@pytest.mark.parametrize("loss", some(LOSSES, 2))
@pytest.mark.parametrize("variant", ["plain", "dropout", "batch_norm"])
def test_gradients_of_whole_networks(loss: str, variant: str) -> None:
    checked = 0
    for activation, this_loss, output, this_variant, columns in CASES:
        if (this_loss, this_variant) != (loss, variant):
            continue
        built = CATALOG.choose("loss", loss).build()
        net = network_of(activation, output, built.width(columns), variant)
        natural = output == built.output
        objective = Objective(net, built, natural=natural, l1=0.01, l2=0.1)
        t = targets_of(loss, columns, np.random.default_rng(columns))
        weight = np.linspace(0.5, 1.5, ROWS) if columns == 2 else None
        error = check_gradient(net, objective, t, weight)
        assert error < 1e-6, f"{activation}, {output}, {columns} columns: {error:.1e}"
        checked += 1
    assert checked >= 30


def test_a_wrong_slope_is_seen_by_the_gradient_check() -> None:
    wrong = Activation(f=np.tanh, df=lambda z, a: 1 - a)
    net = Network(3, (4,), 1, [wrong], CATALOG.choose("activation", "identity").build())
    net.w[:] = np.random.default_rng(0).normal(size=len(net.w))
    objective = Objective(net, CATALOG.choose("loss", "squared_error").build(), natural=True)
    assert check_gradient(net, objective, np.ones((ROWS, 1)), None) > 1e-3


@pytest.mark.parametrize("loss", ["cross_entropy", "binary_cross_entropy"])
def test_the_natural_pair_is_exact_where_the_detour_is_not(loss: str) -> None:
    built = CATALOG.choose("loss", loss).build()
    net = Network(1, (), built.width(1), [], CATALOG.choose("activation", built.output).build())
    net.view(net.w, "weight", 0)[:] = 1000.0 * np.linspace(-1, 1, net.outputs)
    if net.outputs == 1:
        net.view(net.w, "weight", 0)[:] = -1000.0
    X, t = np.ones((2, 1)), np.array([[1.0], [0.0]])
    if net.outputs == 2:
        t = 1 - t
    objective = Objective(net, built, natural=True)
    z = objective.gradient(X, t).copy()
    expected = 2000.0 if net.outputs == 2 else 1000.0
    np.testing.assert_allclose(objective.losses(z, t), [expected, 0.0])
    assert np.isfinite(net.g).all()
    assert np.abs(net.g).max() == pytest.approx(0.5)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_the_dtype_of_the_data_is_kept_everywhere(activation: str, dtype: str) -> None:
    build = CATALOG.choose
    net = Network(
        3, (4,), 2, [build("activation", activation).build()], build("activation", "softmax").build(), dtype=dtype,
        dropout=0.5, batch_norm=True,
    )  # fmt: skip
    net.initialise([build("initializer", "glorot_uniform").build()] * 2, np.random.default_rng(0))
    objective = Objective(net, build("loss", "cross_entropy").build(), natural=True, l1=0.1, l2=0.1)
    X, t = np.ones((4, 3), dtype), np.eye(2, dtype=dtype)[[0, 1, 0, 1]]
    z = objective.gradient(X, t, None, np.random.default_rng(0))
    assert {z.dtype, net.w.dtype, net.g.dtype, net.predict(X).dtype} == {np.dtype(dtype)}


def test_a_second_prediction_leaves_the_first_as_it_was() -> None:
    net = network_of("tanh", "identity", 2, "plain")
    rng = np.random.default_rng(0)
    first_rows, second_rows = rng.normal(size=(5, 3)), rng.normal(size=(5, 3))
    first = net.predict(first_rows)
    kept = first.copy()
    net.predict(second_rows)
    np.testing.assert_array_equal(first, kept)


def test_many_rows_are_predicted_as_few_are() -> None:
    net = network_of("gelu", "softmax", 3, "batch_norm")
    X = np.random.default_rng(0).normal(size=(2500, 3))
    np.testing.assert_allclose(net.predict(X)[1999:2002], net.predict(X[1999:2002]), rtol=1e-12)
    assert net.predict(X[:0]).shape == (0, 3)


def test_prediction_and_gradient_checks_move_no_running_statistics() -> None:
    net = network_of("tanh", "identity", 1, "batch_norm")
    objective = Objective(net, CATALOG.choose("loss", "squared_error").build(), natural=True)
    X = np.random.default_rng(0).normal(loc=5, size=(6, 3))
    before = net.running.copy()
    net.predict(X)
    objective.gradient(X, np.ones((6, 1)))
    objective.value(X, np.ones((6, 1)))
    np.testing.assert_array_equal(net.running, before)
    net.remember()
    assert not np.array_equal(net.running, before)


def test_running_statistics_arrive_at_mean_and_unbiased_variance() -> None:
    net = network_of("identity", "identity", 1, "batch_norm")
    X = np.random.default_rng(0).normal(size=(50, 3))
    for _ in range(300):
        net.forward(X, training=True)
        net.remember()
    z = X @ net.view(net.w, "weight", 0) + net.view(net.w, "bias", 0)
    norm = next(layer for layer in net.layers if isinstance(layer, BatchNorm))
    np.testing.assert_allclose(norm.running["mean"], z.mean(axis=0), rtol=1e-8)
    np.testing.assert_allclose(norm.running["var"], z.var(axis=0, ddof=1), rtol=1e-8)


def test_batch_normalised_scores_have_mean_shift_and_spread_scale() -> None:
    rng = np.random.default_rng(0)
    scale, shift = np.array([2.0, 0.5]), np.array([1.0, -1.0])
    norm = BatchNorm(1, 2)
    slopes, running = {"dscale": np.zeros(2), "dshift": np.zeros(2)}, {"mean": np.zeros(2), "var": np.ones(2)}
    norm.hold({"scale": scale, "shift": shift}, slopes, running)
    out, _ = norm.forward(rng.normal(3, 4, size=(400, 2)), True, None)
    np.testing.assert_allclose(out.mean(axis=0), shift, atol=1e-12)
    np.testing.assert_allclose(out.std(axis=0), scale, rtol=1e-5)


def test_dropout_keeps_the_mean_and_is_off_in_prediction() -> None:
    build = CATALOG.choose
    identity = build("activation", "identity").build()
    net = Network(1, (2000,), 1, [identity], identity, dropout=0.3)
    net.view(net.w, "weight", 0)[:] = 1.0
    net.view(net.w, "weight", 1)[:] = 1 / 2000
    X = np.ones((50, 1))
    z, _ = net.forward(X, training=True, rng=np.random.default_rng(0))
    assert z.std() > 0.005  # something was dropped
    assert z.mean() == pytest.approx(1.0, abs=0.01)
    np.testing.assert_allclose(net.predict(X), 1.0)


def test_inputs_are_only_lent() -> None:
    net = network_of("relu", "softmax", 3, "dropout")
    objective = Objective(net, CATALOG.choose("loss", "cross_entropy").build(), natural=True, l2=0.1)
    X, t, weight = np.random.default_rng(0).normal(size=(5, 3)), np.eye(3)[[0, 1, 2, 0, 1]], np.ones(5)
    for array in (X, t, weight):
        array.setflags(write=False)
    objective.gradient(X, t, weight, np.random.default_rng(0))
    objective.value(X, t, weight, np.random.default_rng(0))
    net.predict(X)


def test_what_a_part_returns_is_not_written_into() -> None:
    kept = np.zeros((2, 1))
    kept.setflags(write=False)
    constant = Activation(f=lambda z: kept, df=lambda z, a: kept)
    net = Network(2, (1,), 1, [constant], constant)
    objective = Objective(net, CATALOG.choose("loss", "squared_error").build(), natural=False)
    objective.gradient(np.ones((2, 2)), np.ones((2, 1)))
    assert not kept.any()


def test_a_slope_derived_by_autograd_equals_the_written_one() -> None:
    import autograd.numpy as anp

    X, t = np.random.default_rng(0).normal(size=(6, 3)), np.ones((6, 2))
    gradients = []
    for f in (Activation(f=lambda z: anp.tanh(z)), CATALOG.choose("activation", "tanh").build()):
        net = Network(3, (4,), 2, [f], CATALOG.choose("activation", "identity").build())
        net.w[:] = np.random.default_rng(1).normal(size=len(net.w))
        Objective(net, CATALOG.choose("loss", "squared_error").build(), natural=True).gradient(X, t)
        gradients.append(net.g.copy())
    np.testing.assert_allclose(gradients[0], gradients[1], rtol=1e-12)


@pytest.mark.parametrize("f", [lambda z: np.where(z > 0, 1.0, 0.0), lambda z: np.sign(z) * 1.0])
def test_a_formula_that_hides_from_autograd_is_an_error_in_words(f: object) -> None:
    net = Network(3, (4,), 1, [Activation(f=f)], CATALOG.choose("activation", "identity").build())  # type: ignore[arg-type]
    objective = Objective(net, CATALOG.choose("loss", "squared_error").build(), natural=True)
    with pytest.raises(GlassnetError, match=r"give df\(z, a\) or vjp.*autograd\.numpy"):
        objective.gradient(np.ones((2, 3)), np.ones((2, 1)))


def test_layout_covers_the_vector_once_with_weights_first() -> None:
    net = network_of("relu", "identity", 2, "batch_norm")
    covered = np.concatenate([np.arange(len(net.w))[block.slice] for block in net.layout])
    np.testing.assert_array_equal(np.sort(covered), np.arange(len(net.w)))
    kinds = [block.kind for block in net.layout]
    assert kinds == ["weight"] * 3 + ["bias"] * 3 + ["scale"] * 2 + ["shift"] * 2
    assert net.weights == slice(0, 3 * 4 + 4 * 3 + 3 * 2)


def test_parameters_of_a_known_network_are_counted() -> None:
    identity = CATALOG.choose("activation", "identity").build()
    assert len(Network(784, (64, 64), 10, [identity] * 2, identity).w) == 55_050


def test_permuting_hidden_units_changes_no_output() -> None:
    net = network_of("tanh", "identity", 2, "plain")
    X = np.random.default_rng(0).normal(size=(4, 3))
    before = net.predict(X)
    order = [2, 0, 3, 1]
    for kind in ("weight", "bias"):
        array = net.view(net.w, kind, 0)
        array[:] = array[..., order].copy()
    rows = net.view(net.w, "weight", 1)
    rows[:] = rows[order].copy()
    np.testing.assert_allclose(net.predict(X), before, rtol=1e-12)
