"""A network that can't learn its target isn't built: ranges, votes and slopes of outputs, in every door."""

import json
import math
import warnings
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from samples import some
from sklearn.datasets import load_digits

from glassnet import Activation, Catalog, Dataset, Experiment, GlassnetError, Loss
from glassnet.cli import main
from glassnet.estimators import GlassClassifier, GlassRegressor
from glassnet.experiment import Training
from glassnet.probes import is_flat
from glassnet.runs import load, record

CATALOG = Catalog.discover(guests=False)
ACTIVATIONS = [part.name for part in CATALOG.parts("activation")]
LOSSES = [part.name for part in CATALOG.parts("loss")]
RNG = np.random.default_rng(0)
X = RNG.normal(size=(120, 2))
SHARE = 1 / (1 + np.exp(-2 * X[:, 0]))
TARGETS = {
    "two classes": Dataset(X, (X[:, 0] > 0).astype(int), task="binary"),
    "three classes": Dataset(X, np.digitize(X[:, 0], (-0.5, 0.5)), task="multiclass"),
    "labels": Dataset(X, (X > 0).astype(int), task="multilabel"),
    "numbers": Dataset(X, 100 + 50 * X[:, 0], task="regression"),
    "numbers of both signs": Dataset(X, 3 * X[:, 0], task="regression"),
    "shares": Dataset(X, np.column_stack([SHARE, 1 - SHARE]), task="regression"),
}


def start(target: str, source: Dataset | None = None, **words) -> Training:
    settings = {"dataset": "rows", "hidden": (8,), "test": 0, "validation": 0, "epochs": 150, "activation": ("tanh",)}
    settings |= {"optimizer": "adam:lr=0.03", "seed": 3} | words
    return Training(Experiment(**settings), CATALOG, source=source or TARGETS[target])


def refusal(target: str, source: Dataset | None = None, **words) -> str:
    with pytest.raises(GlassnetError) as error:
        start(target, source, **words)
    return str(error.value)


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("loss", some(LOSSES, 2))
@pytest.mark.parametrize("output", ACTIVATIONS)
def test_what_is_built_learns_more_than_a_guess(target: str, loss: str, output: str) -> None:
    """Every output with every loss on every sort of target: it beats the baseline, or words say what fits instead."""
    try:
        training = start(target, loss=loss, output=output)
    except GlassnetError as error:
        assert "use " in str(error) or "for numbers: " in str(error) or "choose " in str(error)
        return
    scores = training.finish().scores()
    name = next(iter(scores["train"]))
    assert scores["train"][name] > scores["baseline"][name] + 0.05, scores


def test_what_can_be_learned_is_not_refused() -> None:
    """Told apart by mathematics: an output serves numbers of any size where it has no end, classes where it votes."""
    built = {target: [] for target in TARGETS}
    for target in TARGETS:
        for output in ACTIVATIONS:
            try:
                start(target, loss="squared_error", output=output)
            except GlassnetError:
                continue
            built[target].append(output)
    without_step = [name for name in ACTIVATIONS if name != "step"]
    one_by_one = [name for name in without_step if name != "softmax"]
    assert built["three classes"] == built["shares"] == without_step
    assert built["two classes"] == built["labels"] == one_by_one
    assert built["numbers"] == built["numbers of both signs"] == ["identity", "leaky_relu"]


# --- numbers: the range of the output, the units of the target -----------------------------------------------


@pytest.mark.parametrize(
    ("output", "y", "mean", "scale"),
    [
        ("sigmoid", SHARE, 0, 1),
        ("tanh", 2 * SHARE - 1, 0, 1),
        ("relu", 5e4 * SHARE, 0, 5e4 * SHARE.std()),
        ("softplus", 5e4 * SHARE, 0, 5e4 * SHARE.std()),
        ("elu:alpha=9", 100 + SHARE, 100 + SHARE.mean(), SHARE.std()),
        ("identity", SHARE, SHARE.mean(), SHARE.std()),
    ],
)
def test_a_bounded_output_sees_the_target_where_it_can_reach_it(output: str, y, mean: float, scale: float) -> None:
    training = start("", Dataset(X, y, task="regression"), output=output, hidden=(10,), epochs=200, seed=5)
    targets = training.data.targets
    assert (targets.mean[0], targets.scale[0]) == pytest.approx((mean, scale))
    assert training.finish().scores()["train"]["r2"] > 0.95
    np.testing.assert_allclose(training.model.predict(X), y, atol=0.3 * y.std() + 0.3 * np.ptp(y))


def test_guests_outputs_are_held_against_their_range_too() -> None:
    def wide() -> Activation:
        """From -10 to 10."""
        return Activation(lambda z: 10 * np.tanh(z), df=lambda z, a: 10 - a**2 / 10)

    def below() -> Activation:
        """Nothing above 0."""
        return Activation(lambda z: np.minimum(z, 0), df=lambda z, a: z < 0)

    def half() -> Activation:
        """From 0 to 0.4: no class 1."""
        return Activation(lambda z: 0.2 + 0.2 * np.tanh(z), df=lambda z, a: 0.2 * (1 - np.tanh(z) ** 2))

    near = start("", Dataset(X, 100 + X[:, 0], task="regression"), output=wide)  # standardised, it fits
    assert near.data.targets.mean[0] == pytest.approx(100, abs=1)
    assert start("", Dataset(X, -5 * SHARE, task="regression"), output=below).data.targets.mean[0] == 0
    assert refusal("numbers", output=below).startswith(
        "output below gives numbers of at most 0, and the target goes from "
    )
    assert refusal("two classes", loss="squared_error", output=half) == (
        "squared_error never answers 1, whatever the outputs of half: "
        "use --output identity, which is squared_error's own"
    )


def test_the_refusal_says_both_ranges_and_what_to_choose() -> None:
    assert refusal("", source=Dataset(X, np.linspace(-3, 12, 120)), output="tanh") == (
        "output tanh gives numbers from -1 to 1, and the target goes from -3 to 12: use --output identity, "
        "or bring the target into that range"
    )
    with pytest.raises(ValueError, match=r"output relu gives numbers of at least 0, .*: use output identity, or"):
        GlassRegressor(output="relu").fit(X, X[:, 0])


def test_what_was_done_to_the_target_is_said() -> None:
    said = {
        "sigmoid": "The target keeps its units in training",
        "relu": "The target was divided by its spread for training and not shifted",
        "identity": "The target was standardised for training",
    }
    for output, words in said.items():
        training = start("", Dataset(X, SHARE + 0.0, task="regression"), output=output)
        assert training.data.account[-1].startswith(words)


@pytest.mark.parametrize("loss", ["squared_error", "binary_cross_entropy"])
def test_pixels_go_through_an_autoencoder(loss: str) -> None:
    pixels = load_digits().data[:500] / 16
    network = GlassRegressor((32,), loss=loss, output="sigmoid", optimizer="adam:lr=0.01", max_iter=60, l2=0.0,
                             n_iter_no_change=None, random_state=0).fit(pixels, pixels)  # fmt: skip
    assert np.mean((network.predict(pixels) - pixels) ** 2) < 0.012  # 0.045 where the target was standardised


@pytest.mark.parametrize(
    ("loss", "columns"), [("binary_cross_entropy", 1), ("binary_cross_entropy", 3), ("cross_entropy", 3)]
)
def test_shares_are_learned_with_the_losses_of_shares(loss: str, columns: int) -> None:
    shares = np.exp(X @ RNG.normal(size=(2, 3)))
    y = (shares / shares.sum(axis=1, keepdims=True))[:, :columns]
    training = start("", Dataset(X, y, task="regression"), loss=loss)
    assert training.data.targets.scale.tolist() == [1] * columns
    assert training.finish().scores()["train"]["r2"] > 0.9


def test_a_loss_for_classes_whose_least_lies_elsewhere_is_none_for_numbers() -> None:
    def squashed() -> Loss:
        """Least at the square of the target."""
        return Loss(
            lambda y, t: ((y - t**2) ** 2).mean(1), lambda y, t: 2 * (y - t**2) / y.shape[1], "sigmoid", "binary"
        )

    for loss in ("hinge", "cross_entropy", squashed):
        assert " is for classes and the target holds numbers; for numbers: " in refusal(
            "", Dataset(X, SHARE), loss=loss
        )


def test_shares_in_the_command(tmp_path: Path) -> None:
    table = tmp_path / "shares.csv"
    table.write_text(
        "x,share\n" + "\n".join(f"{x!r},{y!r}" for x, y in zip(X[:, 0].tolist(), SHARE.tolist(), strict=True))
    )
    words = ["train", str(table), "--target", "share", "--task", "regression", "--epochs", "60", "--optimizer",
             "adam:lr=0.03", "--json", "--runs", str(tmp_path / "runs")]  # fmt: skip
    for more in (["--loss", "binary_cross_entropy"], ["--output", "sigmoid"]):
        done = CliRunner().invoke(main, [*words, *more])
        assert done.exit_code == 0, done.output
        assert json.loads(done.stdout.splitlines()[-1])["metrics"]["train"]["r2"] > 0.9
    done = CliRunner().invoke(main, [*words, "--output", "step"])
    assert (done.exit_code, "has the slope 0 everywhere" in done.stderr) == (2, True)


# --- classes: votes, sums, slopes ----------------------------------------------------------------------------


def test_an_output_that_is_always_the_same_says_so() -> None:
    assert refusal("two classes", loss="squared_error", output="softmax") == (
        "output softmax of a layer with one unit is always 1: use --output identity, which is squared_error's own"
    )
    with pytest.raises(ValueError, match="one unit is always 1: use output identity"):
        GlassClassifier(loss="squared_error", output="softmax").fit(X, X[:, 0] > 0)


def stair() -> Activation:
    """Whole numbers."""
    return Activation(np.round, df=lambda z, a: np.zeros_like(z))


def sign() -> Activation:
    """Which side."""
    return Activation(np.sign, vjp=lambda z, a, upstream: 0 * upstream)


def derived() -> Activation:
    """A step for autograd."""
    import autograd.numpy as anp

    return Activation(lambda z: anp.where(z > 0, 1.0, 0.0) + 0 * z)


def test_slopes_that_are_0_everywhere_are_found_whoever_wrote_them() -> None:
    for output in (stair, sign, derived, "step"):
        assert "has the slope 0 everywhere" in refusal("two classes", loss="squared_error", output=output)
        assert "has the slope 0 everywhere" in refusal("numbers", output=output)
    flat = [name for name in ACTIVATIONS if is_flat(CATALOG.choose("activation", name).build())]
    assert flat == ["step"]


def test_a_perceptron_that_gives_its_own_slope_of_scores_is_none_of_them() -> None:
    def perceptron() -> Loss:
        """Wrong or right; the slope is Rosenblatt's."""

        def value(y, t):
            return np.abs(y - t).mean(axis=1)

        def score_value(z, t):
            return value(np.heaviside(z, 1), t)

        def score_grad(z, t):
            return np.heaviside(z, 1) - t

        return Loss(
            value, lambda y, t: np.sign(y - t), "step", "binary", score_value=score_value, score_grad=score_grad
        )

    training = start("two classes", loss=perceptron, hidden=(), optimizer="sgd:lr=0.1")
    assert training.finish().scores()["train"]["accuracy"] > 0.9


def test_a_hidden_step_is_a_lesson_and_is_said() -> None:
    training = start("two classes", activation="step", epochs=3, l2=0.0)
    assert training.remarks[0] == (
        "step has the slope 0 everywhere: no error comes back through it, so that only layers after it learn"
    )
    before = training.network.view(training.network.w, "weight", 0).copy()
    training.finish()
    np.testing.assert_array_equal(training.network.view(training.network.w, "weight", 0), before)
    with pytest.warns(UserWarning, match=r"^step has the slope 0 everywhere"):
        GlassClassifier((4,), activation="step", n_iter_no_change=None, max_iter=2).fit(X, X[:, 0] > 0)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        GlassClassifier((4,), n_iter_no_change=None, max_iter=2).fit(X, X[:, 0] > 0)


def test_a_solver_may_do_without_slopes_and_is_told() -> None:
    training = start("two classes", loss="squared_error", output="step", optimizer="lbfgs")
    assert "output step has the slope 0 everywhere: lbfgs learns nothing if it goes by slopes" in training.remarks


# --- runs of earlier days ------------------------------------------------------------------------------------


def test_a_run_is_read_with_the_units_it_was_trained_in(tmp_path: Path) -> None:
    """One from before outputs were looked at: standardised under a sigmoid, which would be refused or kept today."""
    words = Experiment(dataset="sine", output="sigmoid", hidden=(4,), epochs=2)
    with pytest.raises(GlassnetError, match="output sigmoid gives numbers from 0 to 1"):
        Training(words, CATALOG)
    y = Training(words.replace(output=None), CATALOG).data.targets
    old = Training(words, CATALOG, kept=(y.mean, y.scale))
    run = load(record(old, tmp_path).finish().folder)
    assert run.trained.data.targets.mean == y.mean and math.isfinite(run.trained.scores()["test"]["r2"])
    assert run.trained.scores()["test"] == old.scores()["test"]
