"""The table of conventions says what libraries do, and its conversions are exact: both are asked of the libraries."""

import inspect
import json
import re
from dataclasses import asdict, fields
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner, Result
from guests import python
from sklearn.neural_network import MLPClassifier, MLPRegressor

from glassnet import conventions
from glassnet.catalog import Catalog
from glassnet.cli import main
from glassnet.cli.conventions import topic_lines
from glassnet.conventions import CONVENTIONS, Convention

CATALOG = Catalog.discover(guests=False)
ROWS = {row.topic: row for row in CONVENTIONS}


def run(*words: str) -> Result:
    return CliRunner().invoke(main, ["--no-plugins", "conventions", *words], prog_name="glassnet")


# --- the conversions ----------------------------------------------------------------------------------------


def adam_steps(place: str, epsilon: Any) -> list[np.ndarray]:
    """Our adam's weights over 20 steps of the same gradients; `epsilon(step)` may differ in each."""
    rng = np.random.default_rng(1)
    w, seen = rng.standard_normal(6), []
    state = CATALOG.choose("optimizer", "adam").build().init(w)
    for step in range(1, 21):
        phrase = f"adam:lr=0.1,epsilon={epsilon(step)!r},epsilon_place={place}"
        change, state = CATALOG.choose("optimizer", phrase).build().update(w, rng.standard_normal(6), state, step)
        w = w - change
        seen.append(w)
    return seen


def test_epsilon_converted_step_by_step_is_the_same_adam() -> None:
    uncorrected, corrected = adam_steps("uncorrected", lambda step: 0.1), adam_steps("corrected", lambda step: 0.1)
    assert np.abs(uncorrected[-1] - corrected[-1]).max() > 1e-3  # at one and the same epsilon they part
    converted = adam_steps("corrected", lambda step: conventions.epsilon_corrected(0.1, 0.999, step))
    np.testing.assert_allclose(converted, uncorrected, rtol=1e-12)
    back = adam_steps("uncorrected", lambda step: conventions.epsilon_uncorrected(0.1, 0.999, step))
    np.testing.assert_allclose(back, corrected, rtol=1e-12)


def test_pytorchs_adam_follows_the_uncorrected_form_with_an_epsilon_of_its_own_each_step() -> None:
    torch = pytest.importorskip("torch")
    rng = np.random.default_rng(1)
    w = torch.tensor(rng.standard_normal(6))
    adam = torch.optim.Adam([w], lr=0.1)
    for step in range(1, 21):
        w.grad = torch.tensor(rng.standard_normal(6))
        adam.param_groups[0]["eps"] = conventions.epsilon_corrected(0.1, 0.999, step)
        adam.step()
    np.testing.assert_allclose(w.numpy(), adam_steps("uncorrected", lambda step: 0.1)[-1], rtol=1e-12)


def test_alpha_gives_scikit_learns_loss_our_penalty() -> None:
    rng = np.random.default_rng(2)
    X, y = rng.standard_normal((20, 3)), rng.standard_normal(20)

    network = MLPRegressor(
        hidden_layer_sizes=(4,), batch_size=20, random_state=0, learning_rate_init=1e-9, solver="sgd"
    )
    with_penalty, without = [], []
    for alpha, seen in ((conventions.sklearn_alpha(0.3, 20), with_penalty), (0.0, without)):
        network.set_params(alpha=alpha, shuffle=False)
        network.partial_fit(X, y)
        seen += [network.loss_, sum(float((W**2).sum()) for W in network.coefs_)]
    assert with_penalty[0] - without[0] == pytest.approx(0.3 / 2 * without[1], rel=1e-6)


@pytest.mark.parametrize("columns", [1, 3])
@pytest.mark.parametrize("loss", ["squared_error:factor=2", "binary_cross_entropy"])
def test_slope_and_loss_of_scikit_learn_are_as_many_times_ours(loss: str, columns: int) -> None:
    """Measured at the output biases of a network without hidden layer, by one step."""
    rng = np.random.default_rng(3)
    X, bag = np.zeros((6, 2)), CATALOG.choose("loss", loss).build()
    name, factor = loss.partition(":")[0], 2.0
    regression = name == "squared_error"
    t = rng.standard_normal((6, columns)) if regression else np.tile([0, 0, 1], (columns, 2)).T
    make = MLPRegressor if regression else MLPClassifier
    network = make(
        hidden_layer_sizes=(),
        solver="sgd",
        momentum=0.0,
        learning_rate_init=0.25,
        alpha=0.0,
        batch_size=6,
        shuffle=False,
    )
    y = t.ravel() if columns == 1 else t
    network.partial_fit(X, y, **({} if regression else {"classes": np.arange(max(2, columns))}))
    z = np.repeat(network.intercepts_[0][None], 6, axis=0)
    network.partial_fit(X, y)
    theirs = (z[0] - network.intercepts_[0]) / 0.25
    ours = bag.score_grad(z, t).mean(axis=0)
    np.testing.assert_allclose(theirs, conventions.sklearn_slope(name, columns, factor) * ours, rtol=1e-9)
    expected = conventions.sklearn_loss(name, columns, factor) * bag.score_value(z, t).mean()
    assert network.loss_ == pytest.approx(expected, rel=1e-9)


def test_what_scikit_learn_has_no_equal_for_has_no_factor() -> None:
    with pytest.raises(KeyError):
        conventions.sklearn_slope("huber", 1)


def test_keras_counts_l2_without_its_half_and_momentum_from_the_other_end() -> None:
    w, l2 = np.array([0.3, -2.0]), 0.01
    penalty = lambda w: conventions.keras_l2(l2) * (w**2).sum()
    slopes = [(penalty(w + step) - penalty(w - step)) / 2e-6 for step in 1e-6 * np.eye(2)]
    np.testing.assert_allclose(slopes, l2 * w, rtol=1e-6)
    assert conventions.keras_momentum(0.1) == pytest.approx(0.9)


# --- what the table says ------------------------------------------------------------------------------------


def test_scikit_learns_defaults_are_as_stated() -> None:
    network = MLPClassifier()
    assert ROWS["Adam's epsilon"].sklearn.endswith(f"{network.epsilon:.0e}".replace("e-0", "e-"))
    assert network.nesterovs_momentum and "Nesterov unless switched off" in ROWS["Momentum's rate"].sklearn


def test_pytorchs_defaults_are_as_stated() -> None:
    torch = pytest.importorskip("torch")

    def option(function: Any, name: str) -> Any:
        return inspect.signature(function).parameters[name].default

    assert option(torch.optim.Adam, "eps") == 1e-8 and ROWS["Adam's epsilon"].torch == "as glassnet; 1e-8"
    rmsprop = torch.optim.RMSprop
    stated = ROWS["RMSprop"].torch
    assert f"alpha {option(rmsprop, 'alpha')}" in stated and f"rate {option(rmsprop, 'lr')}" in stated
    assert option(torch.optim.Adagrad, "initial_accumulator_value") == 0 and option(torch.optim.Adagrad, "eps") == 1e-10
    assert f"our default is {option(torch.optim.AdamW, 'weight_decay')}" in ROWS["AdamW's decay"].convert
    assert str(option(torch.nn.LeakyReLU, "negative_slope")) == ROWS["Leaky ReLU's slope"].torch
    norm = torch.nn.BatchNorm1d(2)
    assert norm.momentum == 0.1 and norm.eps == 1e-5
    layer = torch.nn.Linear(10_000, 3)
    bound = 1 / np.sqrt(10_000)
    assert 0.99 * bound < layer.weight.abs().max() <= bound and layer.weight.shape == (3, 10_000)


def test_our_own_defaults_are_as_stated() -> None:
    def options(kind: str, name: str) -> dict[str, Any]:
        return dict(CATALOG.choose(kind, name).options)

    assert options("optimizer", "adam")["epsilon"] == 1e-8 and options("optimizer", "adam")["epsilon_place"] in str(
        ROWS["Adam's epsilon"].glassnet
    )
    rmsprop = options("optimizer", "rmsprop")
    assert (rmsprop["rho"], rmsprop["epsilon"], rmsprop["lr"]) == (0.9, 1e-7, 0.001)
    adagrad = options("optimizer", "adagrad")
    assert (adagrad["start"], adagrad["epsilon"]) == (0, 1e-10)
    assert options("optimizer", "momentum")["lr_place"] == "inside" and options("loss", "squared_error")["factor"] == 1
    assert options("optimizer", "adamw")["weight_decay"] == 0.01
    assert str(options("activation", "leaky_relu")["slope"]) == ROWS["Leaky ReLU's slope"].glassnet
    assert CATALOG.choose("activation", "relu").build().initializer == "he_uniform"


@pytest.mark.parametrize("row", CONVENTIONS, ids=lambda row: row.topic)
def test_phrases_in_the_table_can_be_typed(row: Convention) -> None:
    """A conversion that names `part:option=value` is a phrase that the catalog takes."""
    phrases = re.findall(r"\b[a-z_]+:[a-z_0-9]+=[\w.,=-]*\w", row.convert)
    kinds = {part.name: part.kind for part in CATALOG.parts()}
    for phrase in phrases:
        name = phrase.partition(":")[0]
        assert str(CATALOG.choose(kinds[name], phrase)), phrase
    assert len(phrases) >= (":" in row.convert and "=" in row.convert.partition(":")[2][:30])


# --- the command --------------------------------------------------------------------------------------------


def test_every_topic_says_all_and_is_there_once() -> None:
    assert len(ROWS) == len(CONVENTIONS) >= 12
    for row in CONVENTIONS:
        assert all(getattr(row, field.name).strip() for field in fields(row)), row.topic


@pytest.mark.parametrize("width", [80, 100, 120])
def test_lines_fit_the_terminal_and_lose_no_word(width: int) -> None:
    for row in CONVENTIONS:
        lines = list(topic_lines(row, width))
        assert max(map(len, lines)) <= width
        printed = " ".join(" ".join(lines).split())
        assert " ".join(row.convert.split()) in printed and row.keras in printed


def test_the_command_prints_all_topics_or_those_that_mention_a_word() -> None:
    everything = run()
    assert everything.exit_code == 0
    positions = [everything.output.index(f"{row.topic}\n") for row in CONVENTIONS]
    assert positions == sorted(positions)
    one = run("nesterov")
    assert one.output.startswith("Momentum's rate\n") and "Adam's epsilon" not in one.output
    wrong = run("pooling")
    assert wrong.exit_code == 2 and "no topic mentions 'pooling'; topics: Adam's epsilon, RMSprop" in wrong.output


def test_json_is_the_table() -> None:
    assert json.loads(run("--json").output) == [asdict(row) for row in CONVENTIONS]


def test_guests_import_it_from_the_public_face_without_numpy() -> None:
    done = python(
        "import sys\nfrom glassnet import conventions\nconventions.keras_l2(1)\nprint('numpy' in sys.modules)"
    )
    assert done.stdout.strip() == "False", done.stderr
