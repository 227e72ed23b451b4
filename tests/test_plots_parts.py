"""Pictures of parts against their formulas: several activations, losses, schedules, initializers and optimizers."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from scipy.special import expit, huber, ndtr

import glassnet
from glassnet import Block, GlassnetError, Loss, Optimizer, Plot, pictures
from glassnet.catalog import Catalog
from glassnet.plotting import draw, kind_of

CATALOG = Catalog.discover(guests=False)


def drawn(parts: Any, what: str | None = None) -> Any:
    return glassnet.plot(parts, what, CATALOG)


def refusal(parts: Any, what: str | None = None) -> str:
    with pytest.raises(GlassnetError) as caught:
        drawn(parts, what)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def lines(axes: Any) -> dict[str, Any]:
    """The points (n, 2) of each line that has a name."""
    return {line.get_label(): line.get_xydata() for line in axes.lines if not line.get_label().startswith("_child")}


def given(kind: str, build: Any, name: str) -> Any:
    """A part that nobody has published, as a choice."""

    def function() -> Any:
        return build()

    function.__name__, function.__doc__ = name, "Somebody's.\n\ny = ?"
    return CATALOG.choose(kind, function)


# --- several in one picture ---------------------------------------------------------------------------------


def test_several_activations_share_a_panel_of_functions_and_one_of_slopes() -> None:
    figure = drawn(["sigmoid", "gelu", "leaky_relu:slope=0.2", "leaky_relu:slope=0.3"])
    functions, slopes = map(lines, figure.axes)
    names = ["sigmoid", "gelu", "leaky_relu (slope 0.2)", "leaky_relu (slope 0.3)"]
    assert list(functions) == list(slopes) == names
    assert [text.get_text() for text in figure.axes[1].get_legend().get_texts()] == names
    z = functions["gelu"][:, 0]
    np.testing.assert_allclose(functions["gelu"][:, 1], z * ndtr(z), atol=1e-12)
    density = np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi)
    np.testing.assert_allclose(slopes["gelu"][:, 1], ndtr(z) + z * density, atol=1e-12)
    np.testing.assert_allclose(slopes["sigmoid"][:, 1], expit(z) * expit(-z), atol=1e-12)
    np.testing.assert_allclose(functions["leaky_relu (slope 0.3)"][:, 1], np.where(z > 0, z, 0.3 * z))
    assert len({(line.get_color(), line.get_linestyle()) for line in figure.axes[0].lines[2:]}) == 4


def test_a_part_named_twice_has_one_line_and_one_alone_has_its_own_picture() -> None:
    assert drawn(["relu", "relu"]).get_suptitle() == drawn("relu").get_suptitle() == "relu"
    assert len(drawn(["relu", "relu"]).axes) == 1
    assert kind_of([CATALOG.choose("activation", "relu")]) == "parts"


@pytest.mark.parametrize(
    ("part", "title"),
    [("tanh", "tanh"), ("huber:delta=2", "huber (delta 2)"), ("cosine", "cosine (floor 0)"), ("zeros", "zeros"),
     ("sgd", "Downhill: sgd (lr 0.1)"), ("xor", "Rows of xor: 4 rows")],
)  # fmt: skip
def test_without_a_name_the_picture_made_for_such_a_part_is_drawn(part: str, title: str) -> None:
    assert drawn(part).get_suptitle() == title


def test_parts_that_can_not_share_a_picture_are_refused_in_words() -> None:
    assert "does not fit activation relu and optimizer adam: adam is no activation, but one of the kind" in refusal(
        ["relu", "adam"], "activation_slope"
    )
    assert "relu is an activation and adam an optimizer: draw them apart;" in refusal(["relu", "adam"])
    assert "no plot fits metric accuracy: accuracy is a metric, and no plot is of metrics;" in refusal("accuracy")
    assert "no plot fits loss huber and loss hinge: huber is a curve over errors" in refusal(["huber", "hinge"])
    assert "hinge one over scores: draw them apart" in refusal(["huber", "hinge"], "loss_shape")
    assert "it is a picture of one part (--part NAME)" in refusal(["xor", "toy6"], "all_inputs")
    assert "columns of softmax mix" in refusal(["relu", "softmax"], "activation_slope")
    assert "there is no part 'relo' to draw. Did you mean 'relu'?" in refusal(["relu", "relo"])
    assert "there is no activation 'rulu'" in refusal("zeros", "initial_weights:activation=rulu")
    assert "a list of these" in refusal([])


def test_a_guests_picture_of_one_part_is_handed_that_and_one_of_parts_a_list() -> None:
    seen: list[Any] = []

    def drawing(subject: Any) -> Any:
        seen.append(subject)
        made, axes = pictures.single("Seen", "x", "y")
        axes.plot([0, 1])
        return made

    relu, gelu = (CATALOG.choose("activation", name) for name in ("relu", "gelu"))
    alone = given("plot", lambda: Plot(drawing, of="part"), "alone")
    beside = given("plot", lambda: Plot(drawing, of="parts"), "beside")
    for which, subject in ((alone, relu), (beside, relu), (beside, [relu, gelu])):
        draw(which, subject)
    assert seen == [relu, [relu], [relu, gelu]]


def test_parts_of_one_name_are_called_by_what_sets_them_apart() -> None:
    chosen = [CATALOG.choose("optimizer", phrase) for phrase in ("adam", "adam:lr=0.05", "adam:epsilon=1e-6")]
    assert pictures.part_names(chosen) == ["adam", "adam (lr 0.05)", "adam (epsilon 1e-06)"]
    theirs = given("optimizer", lambda: chosen[0].build(), "adam")
    assert pictures.part_names([chosen[0], theirs]) == ["glassnet/adam", "given/adam"]
    assert pictures.title_of_parts(chosen * 2) == "6 optimizers"


# --- losses -------------------------------------------------------------------------------------------------


def test_losses_of_numbers_are_drawn_over_the_error_with_their_slopes() -> None:
    figure = drawn(["squared_error", "absolute_error", "huber:delta=0.5", "poisson"], "loss_shape:reach=2")
    values, slopes = map(lines, figure.axes)
    e = values["squared_error"][:, 0]
    assert (e[0], e[-1]) == (-2, 2) and figure.axes[0].get_xlabel() == "error: output minus target"
    np.testing.assert_allclose(values["squared_error"][:, 1], e**2)
    np.testing.assert_allclose(slopes["squared_error"][:, 1], 2 * e)
    np.testing.assert_allclose(values["absolute_error"][:, 1], abs(e))
    np.testing.assert_allclose(values["huber (delta 0.5)"][:, 1], huber(0.5, e))
    np.testing.assert_allclose(slopes["huber (delta 0.5)"][:, 1], np.clip(e, -0.5, 0.5))
    y = 2 + e[1:]  # a count of 2; there is none of less than 0
    np.testing.assert_allclose(values["poisson"][1:, 1], y - 2 * np.log(y))
    assert "poisson: the target is 2" in figure.get_suptitle()


def test_losses_of_classes_are_drawn_over_the_score_of_the_true_class() -> None:
    figure = drawn(["binary_cross_entropy", "cross_entropy", "hinge"])
    values, slopes = map(lines, figure.axes)
    z = values["hinge"][:, 0]
    for name in ("binary_cross_entropy", "cross_entropy"):
        np.testing.assert_allclose(values[name][:, 1], np.logaddexp(0, -z), atol=1e-12)
        np.testing.assert_allclose(slopes[name][:, 1], -expit(-z), atol=1e-12)
    np.testing.assert_allclose(values["hinge"][:, 1], np.maximum(0, 1 - z))
    assert figure.axes[0].get_xlabel() == "raw score z of the true class"


def test_a_guests_loss_without_a_formula_in_scores_goes_through_its_output() -> None:
    def brier() -> Loss:
        return Loss(
            lambda y, t: ((y - t) ** 2).mean(axis=1), lambda y, t: 2 * (y - t) / y.shape[1], "sigmoid", "binary"
        )

    values, slopes = map(lines, drawn([given("loss", brier, "brier")]).axes)
    y = expit(values["brier"][:, 0])
    np.testing.assert_allclose(values["brier"][:, 1], (y - 1) ** 2)
    np.testing.assert_allclose(slopes["brier"][:, 1], 2 * (y - 1) * y * (1 - y), atol=1e-12)


def test_a_loss_with_several_outputs_a_target_is_drawn_over_the_first() -> None:
    def likelihood() -> Loss:
        """Of a normal distribution with mean y[:, 0] and spread e^y[:, 1]."""

        def value(y: Any, t: Any) -> Any:
            return (t[:, 0] - y[:, 0]) ** 2 * np.exp(-2 * y[:, 1]) / 2 + y[:, 1]

        def grad(y: Any, t: Any) -> Any:
            error = (y[:, 0] - t[:, 0]) * np.exp(-2 * y[:, 1])
            return np.stack([error, 1 - error * (y[:, 0] - t[:, 0])], axis=1)

        return Loss(value, grad, "identity", "regression", width=lambda columns: 2 * columns)

    values, slopes = map(lines, drawn([given("loss", likelihood, "likelihood")]).axes)
    e = values["likelihood"][:, 0]
    np.testing.assert_allclose(values["likelihood"][:, 1], e**2 / 2)
    np.testing.assert_allclose(slopes["likelihood"][:, 1], e)


# --- schedules ----------------------------------------------------------------------------------------------


def test_schedules_are_drawn_over_the_epochs_as_their_formulas_say() -> None:
    phrases = ["constant", "step_decay:drop=0.5,every=4", "cosine:floor=0.1", "inverse_scaling", "adaptive"]
    figure = drawn(phrases, "schedule_rates:epochs=12,steps=5,stalls=3")
    found = {name.partition(" (")[0]: points for name, points in lines(figure.axes[0]).items()}
    x, step = found["constant"][:, 0], np.arange(60)
    np.testing.assert_allclose(x, step / 5)
    np.testing.assert_allclose(found["constant"][:, 1], 1)
    np.testing.assert_allclose(found["step_decay"][:, 1], 0.5 ** (np.floor(x) // 4))
    np.testing.assert_allclose(found["cosine"][:, 1], 0.1 + 0.9 * (1 + np.cos(np.pi * step / 60)) / 2)
    np.testing.assert_allclose(found["inverse_scaling"][:, 1], 1 / np.sqrt(step + 1))
    # the loss stands still after epoch 3: two epochs without a gain each divide the rate by 5
    np.testing.assert_allclose(found["adaptive"][:, 1], 5.0 ** -np.maximum((np.floor(x) - 3) // 2, 0))


# --- initializers -------------------------------------------------------------------------------------------


def test_weights_are_drawn_with_their_density_and_the_spread_of_what_goes_through_them() -> None:
    figure = drawn(["uniform:bound=0.1", "standard_normal", "he_normal", "zeros"])
    weights, spreads = figure.axes[0], lines(figure.axes[1])
    edges = weights.patches[0].get_data().edges
    assert (edges[0], edges[-1]) == (pytest.approx(-0.1, abs=1e-3), pytest.approx(0.1, abs=1e-3))
    density = weights.patches[1].get_data()
    middle = (density.edges[:-1] + density.edges[1:]) / 2
    np.testing.assert_allclose(density.values, np.exp(-(middle**2) / 2) / np.sqrt(2 * np.pi), atol=0.03)
    grown = np.log(spreads["standard_normal"][1:, 1])
    assert np.diff(grown).mean() == pytest.approx(np.log(np.sqrt(100 / 2)), rel=0.03)  # half of the signal is cut off
    assert 0.4 < spreads["he_normal"][-1, 1] < 1.2
    assert list(spreads)[-1] == "zeros: 0 from layer 1" and figure.axes[1].get_yscale() == "log"
    assert drawn("zeros").axes[1].get_yscale() == "linear"


# --- optimizers ---------------------------------------------------------------------------------------------

STEPS, CURVES = 25, np.array([1.0, 8.0])  # how far the ravine bends along and across
PHRASE = f"optimizer_paths:steps={STEPS},rate=0.1,steepness=8,side=4"


def ways(parts: Sequence[Any]) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any], dict[str, Any]]:
    place, height, element, total = map(lines, drawn(parts, PHRASE).axes)
    return place, height, element, total


def test_gradient_descent_goes_down_as_its_closed_form_says() -> None:
    place, height, element, total = ways(["sgd"])
    n = np.arange(STEPS + 1)
    x, y = -2 * (1 - 0.1) ** n, (1 - 0.1 * 8) ** n
    name = "sgd (lr 0.1)"
    np.testing.assert_allclose(place[name], np.stack([x, y], axis=1), atol=1e-14)
    np.testing.assert_allclose(height[name][:, 1], (x**2 + 8 * y**2) / 2)
    np.testing.assert_allclose(element[name][:, 1], (1 - 2 * 0.1) ** n)
    np.testing.assert_allclose(total[name][:, 1], 16 * (1 - 2 * 0.1) ** (2 * n))


def test_momentum_adagrad_rmsprop_and_adam_go_down_as_their_papers_say() -> None:
    names = ["momentum", "adagrad", "rmsprop", "adam"]
    place = {name.partition(" (")[0]: way for name, way in ways(names)[0].items()}
    wanted = {name: [np.array([-2.0, 1.0])] for name in names}
    for n in range(1, STEPS + 1):
        w = {name: way[-1] for name, way in wanted.items()}
        g = {name: CURVES * np.array(way) for name, way in wanted.items()}  # all slopes so far
        before = wanted["momentum"][-2] if n > 1 else w["momentum"]
        share = 0.1 * 0.9 ** np.arange(n)[::-1, None]
        m = (share * g["adam"]).sum(axis=0) / (1 - 0.9**n)
        v = (0.001 * 0.999 ** np.arange(n)[::-1, None] * g["adam"] ** 2).sum(axis=0) / (1 - 0.999**n)
        changes = {
            "momentum": 0.1 * g["momentum"][-1] - 0.9 * (w["momentum"] - before),
            "adagrad": 0.1 * g["adagrad"][-1] / np.sqrt((g["adagrad"] ** 2).sum(axis=0)),
            "rmsprop": 0.1 * g["rmsprop"][-1] / np.sqrt((share * g["rmsprop"] ** 2).sum(axis=0)),
            "adam": 0.1 * m / np.sqrt(v),
        }
        for name in names:
            wanted[name].append(w[name] - changes[name])
    for name in names:
        np.testing.assert_allclose(place[name], wanted[name], atol=1e-5)


def test_a_rate_of_ones_own_is_kept_and_a_step_too_long_is_said_to_run_away() -> None:
    place, *_ = ways(["sgd:lr=0.02", "sgd", "sgd:lr=0.5"])
    assert list(place)[:3] == ["sgd (lr 0.02)", "sgd (lr 0.1)", "sgd (lr 0.5): runs away"]
    np.testing.assert_allclose(place["sgd (lr 0.02)"][1], [-2 * 0.98, 1 - 0.02 * 8])
    own = lines(drawn("sgd", "optimizer_paths:rate=0").axes[0])
    np.testing.assert_allclose(next(iter(own.values()))[1], [-2 * 0.99, 1 - 0.01 * 13])


def test_a_solver_finds_the_bottom_and_ends_there() -> None:
    _, height, _, total = ways(["lbfgs", "sgd"])
    assert len(height["lbfgs"]) <= STEPS and height["lbfgs"][-1, 1] < 1e-8
    assert total["lbfgs"][-1, 1] < 1e-8


def test_a_guests_optimizer_is_handed_the_layers_and_one_that_breaks_is_named() -> None:
    layouts: list[list[Block]] = []

    def by_layer() -> Optimizer:
        def init(w: Any, layout: list[Block]) -> dict[str, Any]:
            layouts.append(layout)
            return {}

        return Optimizer(init=init, update=lambda w, g, state, step: (0.25 * g, state))

    place, _, element, _ = ways([given("optimizer", by_layer, "by_layer"), "sgd"])
    np.testing.assert_allclose(place["by_layer"][1], [-2 * 0.75, 1 - 2])
    np.testing.assert_allclose(element["by_layer"][:3, 1], [1, 0.5, 0.25])
    assert [(one.kind, one.shape) for layout in layouts for one in layout] == [("weight", (1, 2)), ("weight", (4, 4))]
    broken = given("optimizer", lambda: Optimizer(init=lambda w: {}, update=lambda w, g, state, step: 1 / 0), "broken")
    assert "optimizer given/broken" in refusal([broken]) and "ZeroDivisionError" in refusal([broken])


def test_what_a_picture_of_an_optimizer_is_made_with_is_there_for_guests_too() -> None:
    sgd = CATALOG.choose("optimizer", "sgd:lr=0.25").build()
    way = pictures.descent(sgd, lambda w: (float(w @ w), 2 * w), np.ones((2, 3)), 4)
    assert way.shape == (5, 2, 3)
    np.testing.assert_allclose(way[:, 1, 2], 0.5 ** np.arange(5))
    away = pictures.descent(sgd, lambda w: (0.0, -1e300 * (1 + abs(w))), np.ones((1, 1)), 100)
    assert len(away) < 100 and np.isfinite(away).all()
