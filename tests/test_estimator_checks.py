"""scikit-learn's own checks of an estimator, with the defaults and with other parts, a stranger's among them."""

import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest
from guests import write_guest
from peers.differences import checks
from sklearn.base import clone
from sklearn.utils.estimator_checks import (
    check_estimator_cloneable,
    estimator_checks_generator,
    parametrize_with_checks,
)

from glassnet import GlassClassifier, GlassRegressor

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

ALL = bool(os.environ.get("GLASSNET_PEERS"))
GUEST = '''
    import numpy as np
    from glassnet import Activation, Optimizer, hookimpl

    def gentle(beta: float = 1.0):
        """z times sigmoid of beta z."""
        def sigmoid(z):
            return np.exp(np.minimum(beta * z, 0)) / (1 + np.exp(-np.abs(beta * z)))
        return Activation(
            f=lambda z: z * sigmoid(z), df=lambda z, a: sigmoid(z) + beta * a * (1 - sigmoid(z)),
        )

    def signs(lr: float = 0.01):
        """The sign of a running mean of gradients."""
        def update(w, g, state, step):
            mean = 0.9 * state["mean"] + 0.1 * g
            return lr * np.sign(mean), {"mean": mean}
        return Optimizer(init=lambda w: {"mean": np.zeros_like(w)}, update=update)

    @hookimpl
    def activations():
        return [gentle]

    @hookimpl
    def optimizers():
        return [signs]
'''

DEFAULTS = [GlassClassifier(), GlassRegressor()]
#: As few epochs as the checks need: most learn what they ask for in 20.
COMBINATIONS = [
    GlassClassifier((), optimizer="lbfgs", max_iter=25),
    GlassClassifier(
        (20, 10),
        ["tanh", "leaky_relu:slope=0.1"],
        optimizer="momentum:lr=0.1",
        initializer="he_normal",
        schedule="step_decay",
        max_iter=25,
    ),
    GlassClassifier((20,), "glassnet-checked/gentle:beta=1.5", optimizer="signs", max_iter=25),
    GlassClassifier(
        (20,), loss="hinge", optimizer="rmsprop:lr=0.01", clip_norm=1.0, class_weight="balanced", max_iter=25
    ),
    GlassClassifier((20,), loss="cross_entropy", optimizer="adam:lr=0.01", max_iter=25),
    GlassClassifier((20,), loss="squared_error", output="sigmoid", optimizer="adam:lr=0.05", l1=1e-5, max_iter=25),
    GlassRegressor((), optimizer="lbfgs", max_iter=25),
    GlassRegressor((20, 10), ["tanh", "elu"], optimizer="momentum:lr=0.05", schedule="cosine", max_iter=25),
    GlassRegressor((20,), "gentle", optimizer="glassnet-checked/signs", max_iter=25),
    GlassRegressor((20,), loss="huber", optimizer="rmsprop:lr=0.01", clip_norm=1.0, max_iter=25),
    GlassRegressor((20,), "gelu", initializer="normal", optimizer="adam:lr=0.02", l1=1e-5, max_iter=25),
]
#: Each other loss, output and layer, each switch: what is rarely put together.
UNUSUAL = [
    GlassClassifier((8,), "sigmoid", loss="binary_cross_entropy", optimizer="nesterov:lr=0.5", max_iter=25),
    GlassClassifier((8,), "elu", loss="cross_entropy", output="softmax", optimizer="adam:lr=0.05", max_iter=25),
    GlassClassifier((8,), "silu", loss="absolute_error", output="sigmoid", optimizer="adam:lr=0.05", max_iter=25),
    GlassClassifier((8,), "softplus", loss="huber", output="sigmoid", optimizer="adamw:lr=0.05", max_iter=25),
    GlassClassifier((), loss="hinge", optimizer="sgd:lr=0.1", schedule="inverse_scaling", max_iter=60),
    GlassClassifier((), loss="squared_error", output="identity", optimizer="lbfgs:tolerance=1e-12", l2=0.1),
    GlassClassifier(
        (8,), "identity", batch_size="full", optimizer="adam:lr=0.1", schedule="exponential_decay", max_iter=25
    ),
    GlassClassifier((8,), optimizer="lbfgs", initializer="glorot_uniform", class_weight="balanced", max_iter=25),
    GlassClassifier(
        (8, 8, 8),
        "tanh",
        optimizer="adam:lr=0.05",
        n_iter_no_change=None,
        clip_value=0.5,
        features="sines",
        max_iter=25,
    ),
    GlassRegressor((), loss="absolute_error", optimizer="adam:lr=0.05", schedule="warmup_cosine", max_iter=50),
    GlassRegressor((8,), "sigmoid", output="leaky_relu:slope=0.3", optimizer="rmsprop:lr=0.05", max_iter=25),
    GlassRegressor((), loss="huber:delta=0.5", optimizer="adagrad_momentum:lr=0.1", l1=1e-4, max_iter=25),
    GlassRegressor(
        (8,),
        "silu",
        schedule="adaptive",
        optimizer="nesterov:lr=0.05",
        tol=0.0,
        features="squares,products",
        max_iter=25,
    ),
    GlassRegressor((8, 8), initializer="standard_normal", clip_value=0.1, optimizer="adam:lr=0.05", max_iter=50),
]
CHANCE = [
    GlassClassifier((20,), dropout=0.1, batch_norm=True, optimizer="adam:lr=0.01", max_iter=25),
    GlassClassifier((20,), early_stopping=True, validation_fraction=0.2, optimizer="adam:lr=0.05", max_iter=25),
    GlassClassifier((20,), input_dropout=0.05, optimizer="adam:lr=0.05", max_iter=25),
    GlassClassifier((8,), "tanh", batch_size=16, optimizer="adam:lr=0.02", max_iter=25),
    GlassRegressor((20,), dropout=0.1, batch_norm=True, optimizer="adam:lr=0.01", max_iter=25),
    GlassRegressor((), early_stopping=True, monitor="mean_absolute_error", optimizer="adam:lr=0.05", max_iter=40),
]
COUNTS = [
    GlassRegressor((8,), "softplus", loss="poisson", optimizer="adam:lr=0.1", max_iter=40),
    GlassRegressor((), loss="poisson", output="softplus", optimizer="lbfgs", max_iter=25),
]
BY_ROWS = [GlassClassifier((20,), early_stopping=True, monitor="accuracy", optimizer="adam:lr=0.05", max_iter=25)]
AS_REPEATED = ("check_sample_weight_equivalence_on_dense_data", "check_sample_weight_equivalence_on_sparse_data")
BELOW_0 = ("check_regressor_multioutput",)
WEIGHED = ("check_class_weight_classifiers",)


def named(names: Iterable[str]) -> Callable[[object], dict[str, str]]:
    """These checks with the reasons that the page gives for them."""
    return lambda estimator: {name: checks()[name] for name in names}


@pytest.fixture(scope="module", autouse=True)
def guest(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    folder: Path = tmp_path_factory.mktemp("guests")
    write_guest(folder, "glassnet-checked", GUEST)
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(folder))
        yield


def some(every: pytest.MarkDecorator) -> pytest.MarkDecorator:
    """Every fourth check, of each estimator others, and those that have to fail; `make peers` runs all of them."""
    kept, at, number = [], 0, 0
    for one in every.args[1]:
        marks, (_, check) = getattr(one, "marks", ()), getattr(one, "values", one)
        if check.func is check_estimator_cloneable:  # the first of each
            at, number = 0, number + 1
        if ALL or marks or (number + at) % 4 == 0:
            kept.append(one)
        at += 1
    return pytest.mark.parametrize(every.args[0], kept, **every.kwargs)


@parametrize_with_checks(DEFAULTS)
def test_every_check_of_scikit_learn_passes(estimator, check) -> None:
    check(estimator)


@some(parametrize_with_checks([*COMBINATIONS, *UNUSUAL]))
def test_with_other_parts_every_check_passes(estimator, check) -> None:
    check(estimator)


@some(parametrize_with_checks(CHANCE, expected_failed_checks=named(AS_REPEATED)))
def test_with_chance_every_check_passes_but_those_of_weights(estimator, check) -> None:
    check(estimator)


@some(parametrize_with_checks(COUNTS, expected_failed_checks=named(BELOW_0)))
def test_with_counts_every_check_passes_but_that_below_0(estimator, check) -> None:
    check(estimator)


@some(parametrize_with_checks(BY_ROWS, expected_failed_checks=named([*AS_REPEATED, *WEIGHED])))
def test_with_a_score_to_look_at_every_check_passes_but_that_of_its_weights(estimator, check) -> None:
    check(estimator)


def test_the_page_names_the_checks_that_fail_and_no_others() -> None:
    assert sorted(checks()) == sorted([*AS_REPEATED, *BELOW_0, *WEIGHED])


@pytest.mark.parametrize(("estimator", "least"), [(DEFAULTS[0], 60), (DEFAULTS[1], 55)])
def test_the_checks_are_as_many_as_they_were(estimator, least: int) -> None:
    assert len(list(estimator_checks_generator(clone(estimator)))) >= least


def test_a_check_notices_an_estimator_that_forgets_a_promise() -> None:
    class Forgetful(GlassClassifier):
        def predict(self, X, threshold=None):
            return super().predict(X, threshold)[::-1]

    found = {check.func.__name__: (one, check) for one, check in estimator_checks_generator(Forgetful((5,)))}
    estimator, check = found["check_methods_sample_order_invariance"]
    with pytest.raises(AssertionError, match="order"):
        check(estimator)
