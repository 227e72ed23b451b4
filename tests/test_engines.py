"""scikit-learn as an engine: its own network, our weights, our batches, and the same numbers after thirty steps."""

import warnings
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from sklearn.neural_network import MLPClassifier, MLPRegressor

from glassnet import Dataset, Engine, Experiment, Recipe, Session, Training, engines
from glassnet.builtin.engines import sklearn
from glassnet.catalog import Catalog
from glassnet.engines import farthest
from glassnet.experiment.recipes import recipe_of, session_of

CATALOG = Catalog.discover(guests=False)
BATCH = 16
STEPS = 30
TASKS = {"multiclass": 1, "binary": 1, "multilabel": 1, "regression": 1, "regression of two": 2}
OPTIMIZERS = (
    "sgd:lr=0.1",
    "momentum:lr=0.05",
    "momentum:lr=0.05,lr_place=outside",
    "nesterov:lr=0.05",
    "adam:lr=0.01",
    "adam:lr=0.01,epsilon_place=uncorrected",
    "adam:lr=0.01,epsilon=0.01",
)


def rows(task: str) -> Dataset:
    rng = np.random.default_rng(3)
    X = rng.standard_normal((100, 5))
    scores = X @ rng.standard_normal((5, 3)) + rng.standard_normal((100, 3))
    word = task.partition(" ")[0]
    y = {
        "multiclass": scores.argmax(axis=1),
        "binary": (scores[:, 0] > 0).astype(int),
        "multilabel": (scores > 0).astype(int),
        "regression": scores[:, : TASKS[task]],
    }[word]
    return Dataset(X, y, task=word)  # type: ignore[arg-type]


def training(task: str = "multiclass", **changes: Any) -> Training:
    usual: dict[str, Any] = {"hidden": (8, 6), "l2": 0.01, "batch_size": BATCH, "dtype": "float64"}
    return Training(Experiment(**usual | changes), CATALOG, source=rows(task))


def begun(of: Training, told: Recipe | None = None) -> tuple[Session, Session]:
    """(glassnet, scikit-learn) at the start of one training."""
    return session_of(of), sklearn().begin(told or recipe_of(of))


def step(of: Training, sessions: tuple[Session, Session], number: int) -> tuple[float, float]:
    """The losses of one batch in both."""
    X, t = of.data.train.X, of.data.train.t
    batch = np.arange(number * BATCH, (number + 1) * BATCH) % len(X)
    ours, theirs = (session.train(X[batch], t[batch], BATCH) for session in sessions)
    return ours, theirs


def largest(of: Training, sessions: tuple[Session, Session]) -> float:
    """The largest difference of loss, weights and outputs over 30 single steps and a visit to all rows."""
    apart = [abs(np.subtract(*step(of, sessions, number))) for number in range(STEPS)]
    ours, theirs = sessions
    X, t = of.data.train.X, of.data.train.t
    assert len(X) % BATCH  # so that the last batch is a smaller one
    ours.train(X, t, BATCH), theirs.train(X, t, BATCH)
    return max(
        *apart, farthest(ours.weights(), theirs.weights()), float(np.abs(ours.outputs(X) - theirs.outputs(X)).max())
    )


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("task", TASKS)
def test_thirty_steps_agree_for_every_task_and_optimizer(task: str, optimizer: str) -> None:
    of = training(task, optimizer=optimizer, activation="tanh")
    start = of.network.w.copy()
    assert largest(of, begun(of)) < 1e-10
    assert np.abs(of.network.w - start).max() > 1e-3  # it did move


@pytest.mark.parametrize("activation", ["identity", "sigmoid", "tanh", "relu"])
@pytest.mark.parametrize("hidden", [(), (8,), (9, 7, 5)])
def test_thirty_steps_agree_for_every_activation_and_depth(activation: str, hidden: tuple[int, ...]) -> None:
    of = training(hidden=hidden, activation=activation, optimizer="adam:lr=0.01")
    assert largest(of, begun(of)) < 1e-10


def test_what_is_told_otherwise_shows() -> None:
    """Or the agreement above would prove nothing: each slip is far above 1e-10."""
    nesterov, adam = training(optimizer="nesterov:lr=0.05"), training(optimizer="adam:lr=0.01")
    name, options = recipe_of(adam).optimizer
    slips = [
        (nesterov, {"optimizer": ("glassnet/momentum", recipe_of(nesterov).optimizer[1])}),
        (nesterov, {"l2": 0.0}),
        (adam, {"optimizer": (name, {**options, "epsilon_place": "uncorrected", "epsilon": 1e-6})}),
        (adam, {"activations": (("glassnet/tanh", {}),) * 2}),
    ]
    for of, told in slips:
        before = of.network.w.copy()
        assert largest(of, begun(of, replace(recipe_of(of), **told))) > 1e-7, told
        of.network.w[:] = before


def test_it_is_scikit_learns_own_network_set_up_by_hand() -> None:
    """No conversion of ours takes part here: the numbers are what a person would write into MLPClassifier."""
    of = training(optimizer="adam:lr=0.01,epsilon_place=uncorrected", activation="relu", l2=0.01)
    X, t = of.data.train.X[:64], of.data.train.t[:64]
    by_hand = MLPClassifier((8, 6), alpha=0.01 * 16, batch_size=16, learning_rate_init=0.01, shuffle=False)
    by_hand.partial_fit(X, t.argmax(axis=1), classes=[0, 1, 2])
    for W, b, layer in zip(by_hand.coefs_, by_hand.intercepts_, recipe_of(of).start, strict=True):
        W[:], b[:] = layer["W"], layer["b"]
    del by_hand._optimizer
    ours, theirs = begun(of)
    for _ in range(10):
        by_hand.partial_fit(X, t.argmax(axis=1))
        ours.train(X, t, 16), theirs.train(X, t, 16)
    hands = [{"W": W, "b": b} for W, b in zip(by_hand.coefs_, by_hand.intercepts_, strict=True)]
    assert farthest(ours.weights(), hands) < 1e-10
    assert farthest(theirs.weights(), hands) == 0
    np.testing.assert_allclose(theirs.outputs(X), by_hand.predict_proba(X), rtol=0, atol=0)


def test_its_regressor_takes_the_slope_of_a_sum_where_its_loss_is_a_mean() -> None:
    """scikit-learn's issue 8349, as the installed version has it: one step of the intercepts alone."""
    X, t = np.zeros((4, 1)), np.array([[1.0, 3.0]] * 4)
    network = MLPRegressor(
        hidden_layer_sizes=(),
        solver="sgd",
        learning_rate_init=1.0,
        momentum=0.0,
        alpha=0.0,
        batch_size=4,
        shuffle=False,
    )
    network.partial_fit(X, t)
    b = network.intercepts_[0].copy()
    network.partial_fit(X, t)
    assert network.loss_ == pytest.approx(0.5 * ((b - t) ** 2).mean())
    np.testing.assert_allclose(b - network.intercepts_[0], b - t[0])  # of the mean it would be half of that


# --- the loss -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("task", TASKS)
def test_losses_are_ours_without_penalty(task: str) -> None:
    of = training(task, optimizer="sgd:lr=0.1", l2=0.5)
    sessions = begun(of)
    for number in range(3):
        ours, theirs = step(of, sessions, number)
        assert theirs == pytest.approx(ours, abs=1e-12)


def test_several_batches_with_penalties_have_no_loss_and_without_they_have() -> None:
    for l2, told in ((0.01, False), (0.0, True)):
        of = training(l2=l2, optimizer="adam:epsilon_place=uncorrected")
        ours, theirs = begun(of)
        X, t = of.data.train.X, of.data.train.t
        expected, found = ours.train(X, t, BATCH), theirs.train(X, t, BATCH)
        assert (found == pytest.approx(expected, abs=1e-12)) if told else np.isnan(found)


@pytest.mark.parametrize("factor", [0.5, 1.0, 3.0])
def test_any_factor_of_the_squared_error_is_followed(factor: float) -> None:
    for optimizer in ("nesterov:lr=0.02", "adam:lr=0.01,epsilon=0.01"):
        of = training("regression of two", loss=f"squared_error:factor={factor}", optimizer=optimizer)
        assert largest(of, begun(of)) < 1e-10


# --- what people are told -----------------------------------------------------------------------------------


def test_what_was_converted_is_said() -> None:
    def remarks(task: str, **changes: Any) -> str:
        return " | ".join(sklearn().begin(recipe_of(training(task, **changes))).remarks)

    assert remarks("multiclass", l2=0.0, optimizer="sgd") == ""
    assert "alpha = l2 * rows of the batch" in remarks("multiclass", optimizer="sgd")
    assert "epsilon is converted before each step" in remarks("multiclass", optimizer="adam")
    said = remarks("multilabel", l2=0.0, optimizer="sgd")
    assert said == "its slope of binary_cross_entropy is 3 times ours: rate divided by 3"
    assert "0.5 times ours: epsilon times 0.5" in remarks("regression", optimizer="adam:epsilon_place=uncorrected")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        (
            {"activation": "gelu"},
            "has no activation gelu: write --activation with one of identity, sigmoid, tanh, relu",
        ),
        (
            {"activation": ("relu", "tanh")},
            "one activation for all hidden layers, not relu, tanh: give --activation onc",
        ),
        ({"optimizer": "rmsprop"}, "no optimizer rmsprop: write --optimizer with one of sgd, momentum, nesterov, adam"),
        ({"optimizer": "adam:epsilon_place=inside"}, "outside the root, not adam:epsilon_place=inside: write adam:eps"),
        ({"loss": "hinge", "task": "binary"}, "has no loss hinge: write --loss with one of cross_entropy, "),
        ({"output": "sigmoid"}, "no output sigmoid with cross_entropy: write --output softmax"),
        ({"schedule": "cosine"}, "no schedule cosine that counts steps as we do: write --schedule constant"),
        ({"dropout": 0.5}, "nothing like --dropout: leave it away"),
        ({"input_dropout": 0.5}, "nothing like --input-dropout"),
        ({"batch_norm": True}, "nothing like --batch-norm"),
        ({"l1": 0.1}, "nothing like --l1"),
        ({"clip_norm": 1.0}, "nothing like --clip-norm"),
        ({"clip_value": 1.0}, "nothing like --clip-value"),
    ],
)
def test_what_it_has_no_equal_for_is_refused_with_what_to_write(changes: dict[str, Any], words: str) -> None:
    task = changes.pop("task", "multiclass")
    with pytest.raises(ValueError, match="scikit-learn") as error:
        sklearn().begin(recipe_of(training(task, **changes)))
    assert words in str(error.value)


def test_two_classes_of_softmax_are_refused_because_it_gives_them_one_sigmoid() -> None:
    two = Training(Experiment(loss="cross_entropy"), CATALOG, source=rows("binary"))
    with pytest.raises(ValueError, match="write --loss binary_cross_entropy"):
        sklearn().begin(recipe_of(two))


def test_a_namesake_of_somebody_else_is_not_taken_for_ours() -> None:
    told = replace(recipe_of(training()), activations=(("other-parts/relu", {}),) * 2)
    with pytest.raises(ValueError, match="no activation other-parts/relu"):
        sklearn().begin(told)


# --- the form -----------------------------------------------------------------------------------------------


def test_float32_stays_float32() -> None:
    of = training(dtype="float32", optimizer="sgd:lr=0.1")
    _, theirs = begun(of)
    X, t = of.data.train.X, of.data.train.t
    theirs.train(X, t, BATCH)
    assert X.dtype == theirs.outputs(X).dtype == np.float32
    assert {array.dtype.name for layer in theirs.weights() for array in layer.values()} == {"float32"}


def test_it_is_found_in_the_catalog_and_says_its_version() -> None:
    import sklearn as library

    bag = CATALOG.choose("engine", "sklearn").build()
    assert isinstance(bag, Engine) and bag.version() == library.__version__ and bag.limit == 1e-10


def test_our_own_session_is_our_own_training() -> None:
    """What others are compared with is no second implementation: an epoch of it is an epoch of `train`."""
    changes: dict[str, Any] = {"epochs": 1, "clip_norm": 0.3, "batch_norm": True, "schedule": "cosine", "l1": 1e-3}
    real, other = training(**changes), training(**changes)
    [epoch] = list(real)
    from glassnet.streams import Stream, generator

    order = generator(0, Stream.SHUFFLE, 1).permutation(len(other.data.train))
    X, t = other.data.train.X[order], other.data.train.t[order]
    assert session_of(other).train(X, t, BATCH) == pytest.approx(epoch.loss, rel=1e-14)
    assert np.array_equal(real.network.w, other.network.w) and np.array_equal(
        real.network.running, other.network.running
    )


def test_a_recipes_warnings_stay_inside() -> None:
    """Many classes among few rows make scikit-learn warn at every step."""
    rng = np.random.default_rng(0)
    many = Dataset(rng.standard_normal((90, 2)), np.arange(90) % 30, task="multiclass")
    of = Training(Experiment(batch_size=32, test=0, validation=0), CATALOG, source=many)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        sklearn().begin(recipe_of(of)).train(of.data.train.X[:32], of.data.train.t[:32], 32)


# --- what engines write alike -------------------------------------------------------------------------------


def test_an_unknown_part_is_refused_with_the_names_that_are_known() -> None:
    table = {"glassnet/relu": "ReLU", "glassnet-swish/mish": "Mish"}
    assert engines.known("Abacus", "activation", table, "glassnet-swish/mish") == "Mish"
    words = "Abacus has no activation step: write --activation with one of relu, glassnet-swish/mish"
    with pytest.raises(ValueError, match=f"^{words}$"):
        engines.known("Abacus", "activation", table, "glassnet/step")


@pytest.mark.parametrize("norm", [False, True])
@pytest.mark.parametrize(("n", "batch_size"), [(46, 8), (41, 8), (8, 8), (1, 8), (5, 1)])
def test_batches_are_those_of_our_own_training(n: int, batch_size: int, norm: bool) -> None:
    rows = engines.batches(replace(recipe_of(training()), batch_norm=norm), n, batch_size)
    assert [row for batch in rows for row in range(n)[batch]] == list(range(n))
    single = norm and n > 1 and n % batch_size == 1 and batch_size > 1
    assert len(rows) == -(-n // batch_size) - single or (norm and batch_size == 1)


def test_the_farthest_number_is_found_and_a_missing_array_is_infinitely_far() -> None:
    ours = [{"W": np.zeros((2, 3)), "b": np.zeros(3)}, {"W": np.ones((3, 1))}]
    theirs = [{"W": np.full((2, 3), 0.25), "b": np.array([0, -0.5, 0])}, {"W": np.ones((3, 1))}]
    assert list(engines.apart(ours, theirs)) == [(1, "W", 0.25), (1, "b", 0.5), (2, "W", 0.0)]
    assert engines.farthest(ours, theirs) == 0.5
    assert engines.farthest(ours, [theirs[0], {"W": np.ones(3)}]) == np.inf
    assert np.isnan(engines.farthest(ours, [theirs[0], {"W": np.full((3, 1), np.nan)}]))
    assert engines.named(ours).keys() == {"W1", "b1", "W2"}
