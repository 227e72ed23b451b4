"""Parts that are wrong on purpose, each beside the same part made right: every check has to refuse its own.

A mutant is wrong in one thing only. `says` are words that the refusal must hold.
"""

import inspect
import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Annotated, Any, Literal

import click
import numpy as np

from glassnet import (
    Activation,
    Command,
    Dataset,
    Engine,
    Initializer,
    Loss,
    Metric,
    Optimizer,
    Plot,
    Range,
    Recipe,
    Schedule,
    Session,
)
from glassnet.builtin.engines import sklearn

ANY = "any kind"


@dataclass(frozen=True)
class Mutant:
    """`check` refuses `wrong` and passes `right`; `home` is ANY for the checks that all kinds share."""

    home: str
    kind: str
    check: str
    says: str
    wrong: Callable[..., Any]
    right: Callable[..., Any]


@dataclass
class Gallery:
    """All mutants in order; `add` makes two lambdas into two documented parts."""

    mutants: list[Mutant] = field(default_factory=list)

    def add(
        self, kind: str, check: str, says: str, wrong: Callable[..., Any], right: Callable[..., Any], home: str = ""
    ) -> None:
        for function in (wrong, right):
            if function.__doc__ is None:
                function.__doc__ = _docstring(function)
            function.__name__ = "specimen"
        self.mutants.append(Mutant(home or kind, kind, check, says, wrong, right))

    def shared(self, kind: str, check: str, says: str, wrong: Callable[..., Any], right: Callable[..., Any]) -> None:
        self.add(kind, check, says, wrong, right, home=ANY)


def _docstring(function: Callable[..., Any]) -> str:
    names = [name for name in inspect.signature(function).parameters if name != "rng"]
    lines = ["A specimen.", "", "y = a formula", "", *(f"{name}: an option, a number" for name in names)]
    return "\n".join([*lines, "", "Source: Nobody (2000)."])


GALLERY = Gallery()
add, shared = GALLERY.add, GALLERY.shared


# --- activations --------------------------------------------------------------------------------------------


def tanh() -> Activation:
    return Activation(f=np.tanh, df=lambda z, a: 1 - a**2)


def sigmoid(z: np.ndarray) -> np.ndarray:
    return np.exp(np.minimum(z, 0)) / (1 + np.exp(-np.abs(z)))


def softmax(z: np.ndarray) -> np.ndarray:
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def softmax_vjp(z: np.ndarray, a: np.ndarray, upstream: np.ndarray) -> np.ndarray:
    return a * (upstream - (a * upstream).sum(axis=1, keepdims=True))


add(
    "activation",
    "slope",
    "slope at z = 0: df gives -1, central differences give 1",
    lambda: Activation(
        f=lambda z: (np.sqrt(z**2 + 1) - 1) / 2 + z,
        df=lambda z, a: z / (2 * np.sqrt(z**2 + 1)) - 1,
    ),
    lambda: Activation(
        f=lambda z: (np.sqrt(z**2 + 1) - 1) / 2 + z,
        df=lambda z, a: z / (2 * np.sqrt(z**2 + 1)) + 1,
    ),
)
add(  # right at alpha = 1 alone
    "activation",
    "slope",
    "with alpha=0.5: slope at z = -",
    lambda alpha=1.0: Activation(
        f=lambda z: np.where(z > 0, z, alpha * np.expm1(np.minimum(z, 0))).astype(z.dtype),
        df=lambda z, a: np.where(z > 0, 1, np.exp(np.minimum(z, 0))).astype(z.dtype),
    ),
    lambda alpha=1.0: Activation(
        f=lambda z: np.where(z > 0, z, alpha * np.expm1(np.minimum(z, 0))).astype(z.dtype),
        df=lambda z, a: np.where(z > 0, 1, alpha * np.exp(np.minimum(z, 0))).astype(z.dtype),
    ),
)
add(  # so many kinks that no slope could be wrong
    "activation",
    "slope",
    "f(z) has a kink or a jump at",
    lambda: Activation(f=lambda z: z + np.abs(np.sin(1e6 * z)), df=lambda z, a: np.ones_like(z)),
    tanh,
)


def _derived(wrong: bool) -> Callable[[], Activation]:
    def build() -> Activation:
        import autograd.numpy as anp

        def f(z: Any) -> Any:
            inner = np.tanh(getattr(z, "_value", z)) if wrong else anp.tanh(z)  # NumPy alone: a constant to autograd
            return 0.5 * z + inner

        return Activation(f=f)

    return build


add("activation", "derived-slope", "autograd gives", _derived(wrong=True), _derived(wrong=False))
add(  # nothing of it reaches autograd: it only warns, and derives 0
    "activation",
    "derived-slope",
    "can't be derived",
    lambda: Activation(f=lambda z: np.maximum(getattr(z, "_value", z), 0) + 0.0),
    _derived(wrong=False),
)


def _autograd(formula: Callable[[Any, Any], Any]) -> Callable[[], Activation]:
    def build() -> Activation:
        import autograd.numpy as anp

        return Activation(f=lambda z: formula(anp, z))

    return build


for overflowing, held in (  # right formulas, whose slopes autograd makes of infinity over infinity, or of 0 over 0
    (lambda np, z: z * np.tanh(np.log(1 + np.exp(z))), lambda np, z: z * np.tanh(np.logaddexp(z, 0))),
    (lambda np, z: z / (1 + np.exp(-z)), lambda np, z: z * (1 + np.tanh(z / 2)) / 2),
    (lambda np, z: 1 / (1 + np.exp(-z)), lambda np, z: (1 + np.tanh(z / 2)) / 2),
    (lambda np, z: np.sqrt(z**2) + z, lambda np, z: np.sqrt(z**2 + 1) + z),
):
    add("activation", "finite", "the derived slope at z = ", _autograd(overflowing), _autograd(held))
add(
    "activation",
    "elementwise",
    "elements mix",
    lambda: Activation(f=lambda z: z - z.mean(axis=1, keepdims=True), df=lambda z, a: np.ones_like(z)),
    tanh,
)
add(  # by less than any tolerance, and by enough for other bits
    "activation",
    "stackable",
    "other rows beside a row change its numbers",
    lambda: Activation(f=lambda z: np.tanh(z * (1 + 1e-13 * len(z))), df=lambda z, a: 1 - a**2),
    tanh,
)
add(
    "activation",
    "stackable",
    "its numbers do not lie row by row in memory",
    lambda: Activation(f=lambda z: np.asfortranarray(np.tanh(z)), df=lambda z, a: 1 - a**2),
    tanh,
)
add(
    "activation",
    "jacobian",
    "vjp gives",
    lambda: Activation(f=softmax, vjp=lambda z, a, upstream: a * (1 - a) * upstream),
    lambda: Activation(f=softmax, vjp=softmax_vjp),
)
add(
    "activation",
    "shape",
    "f turns z of shape (5, 3) into shape (5,)",
    lambda: Activation(f=lambda z: z.sum(axis=1), df=lambda z, a: np.ones_like(z)),
    tanh,
)
add(
    "activation",
    "dtype",
    "df turns z of float32 into float64",
    lambda: Activation(f=lambda z: np.maximum(z, 0), df=lambda z, a: np.where(z > 0, 1.0, 0.0)),
    lambda: Activation(f=lambda z: np.maximum(z, 0), df=lambda z, a: z > 0),
)
add(
    "activation",
    "finite",
    "f at z = 1000 is nan in float64: a finite number is expected",
    lambda: Activation(f=lambda z: np.exp(z) / (1 + np.exp(z)), df=lambda z, a: sigmoid(z) * (1 - sigmoid(z))),
    lambda: Activation(f=sigmoid, df=lambda z, a: a * (1 - a)),
)


# --- losses -------------------------------------------------------------------------------------------------


def squared(
    value: Callable[..., Any] = lambda y, t: ((y - t) ** 2).mean(axis=1),
    grad: Callable[..., Any] = lambda y, t: 2 * (y - t) / y.shape[1],
    **pair: Callable[..., Any],
) -> Callable[[], Loss]:
    return lambda: Loss(value, grad, "identity", "regression", **pair)


def cross_entropy(kept: bool, refuses: bool = True) -> Callable[[], Loss]:
    """Of probabilities; `kept` away from 0 and 1, refusing what is no probability."""

    def inside(y: np.ndarray) -> np.ndarray:
        if refuses and ((y < 0).any() or (y > 1).any()):
            raise ValueError("it needs outputs from 0 to 1: use --output sigmoid")
        return np.clip(y, 1e-7, 1 - 1e-7) if kept else y

    def value(y: np.ndarray, t: np.ndarray) -> np.ndarray:
        p = inside(y)
        return -(t * np.log(p) + (1 - t) * np.log(1 - p)).mean(axis=1)

    def grad(y: np.ndarray, t: np.ndarray) -> np.ndarray:
        p = inside(y)
        return (p - t) / (p * (1 - p)) / y.shape[1]

    return lambda: Loss(value, grad, "sigmoid", "binary")


def power(refuses: bool) -> Callable[[], Loss]:
    """(y^1.5 - t)^2, which has no value for y below 0."""

    def value(y: np.ndarray, t: np.ndarray) -> np.ndarray:
        if refuses and (y < 0).any():
            raise ValueError("it needs outputs of at least 0: use --output sigmoid")
        return ((y**1.5 - t) ** 2).mean(axis=1)

    def grad(y: np.ndarray, t: np.ndarray) -> np.ndarray:
        if refuses and (y < 0).any():
            raise ValueError("it needs outputs of at least 0: use --output sigmoid")
        return 3 * (y**1.5 - t) * np.sqrt(y) / y.shape[1]

    return lambda: Loss(value, grad, "sigmoid", "binary")


def riddle(y: np.ndarray, t: np.ndarray) -> np.ndarray:
    if (t > 5).any():
        raise KeyError("t")
    return ((y - t) ** 2).mean(axis=1)


add("loss", "rowwise", "has shape (), expected (12,)", squared(lambda y, t: ((y - t) ** 2).mean()), squared())
add(
    "loss",
    "rowwise",
    "rows mix, or it was divided by their number",
    squared(lambda y, t: ((y - t) ** 2).mean(axis=1) / len(y), lambda y, t: 2 * (y - t) / y.size),
    squared(),
)
add(
    "loss",
    "rowwise",
    "a row's number is the mean over its columns, or their sum",
    squared(lambda y, t: ((y - t) ** 2).sum(axis=1) / (y.shape[1] + 1), lambda y, t: 2 * (y - t) / (y.shape[1] + 1)),
    squared(lambda y, t: ((y - t) ** 2).sum(axis=1), lambda y, t: 2 * (y - t)),
)
add(
    "loss",
    "rowwise",
    "a row's number is the mean and the sum over its columns, depending on how many there are",
    squared(
        lambda y, t: ((y - t) ** 2).sum(axis=1) / (y.shape[1] if y.shape[1] > 2 else 1),
        lambda y, t: 2 * (y - t),
    ),
    squared(
        lambda y, t: np.sqrt(((y - t) ** 2).sum(axis=1)), lambda y, t: (y - t) / np.linalg.norm(y - t, axis=1)[:, None]
    ),
)
add(
    "loss",
    "stackable",
    "other rows beside a row change its numbers",
    squared(lambda y, t: ((y - t) ** 2).mean(axis=1) * (1 + 1e-13 * len(y))),
    squared(),
)
add("loss", "gradient", "central differences of value give", squared(grad=lambda y, t: (y - t) / y.shape[1]), squared())
add(  # right with one column alone: scikit-learn once had it
    "loss",
    "gradient",
    "grad at y = [",
    squared(grad=lambda y, t: 2 * (y - t)),
    squared(),
)
add(
    "loss",
    "score-pair",
    "score_value gives",
    squared(score_value=lambda z, t: ((z - t) ** 2).mean(axis=1) / 2, score_grad=lambda z, t: (z - t) / z.shape[1]),
    squared(score_value=lambda z, t: ((z - t) ** 2).mean(axis=1), score_grad=lambda z, t: 2 * (z - t) / z.shape[1]),
)
add(
    "loss",
    "score-pair",
    "it gives score_value alone",
    squared(score_value=lambda z, t: ((z - t) ** 2).mean(axis=1)),
    squared(score_value=lambda z, t: ((z - t) ** 2).mean(axis=1), score_grad=lambda z, t: 2 * (z - t) / z.shape[1]),
)
add("loss", "finite", "expected finite numbers", cross_entropy(kept=False), cross_entropy(kept=True))
add(
    "loss",
    "finite",
    "value at y = -0.5 is nan: expected a finite number, or ValueError",
    power(refuses=False),
    power(refuses=True),
)
add("loss", "finite", "KeyError", squared(value=riddle), squared())
add(
    "loss",
    "dtype",
    "value turns float32 into float64",
    squared(lambda y, t: ((y - t) ** 2).mean(axis=1, dtype=np.float64)),
    squared(),
)


# --- optimizers ---------------------------------------------------------------------------------------------


def rolling(w: np.ndarray) -> dict[str, Any]:
    return {"v": np.zeros_like(w)}


def momentum(w: np.ndarray, g: np.ndarray, state: dict[str, Any], step: int) -> tuple[np.ndarray, dict[str, Any]]:
    v = 0.9 * state["v"] + 0.01 * g
    return v, {"v": v}


def steady() -> Optimizer:
    return Optimizer(init=rolling, update=momentum, elementwise=True)


def counts_itself() -> Optimizer:
    calls = [0]

    def update(w: Any, g: Any, state: Any, step: int) -> Any:
        calls[0] += 1
        return 0.1 * g / calls[0] ** 0.5, state

    return Optimizer(update=update)


def counts_steps() -> Optimizer:
    return Optimizer(update=lambda w, g, state, step: (0.1 * g / step**0.5, state))


def remembers_outside() -> Optimizer:
    v: dict[int, Any] = {}

    def update(w: Any, g: Any, state: Any, step: int) -> Any:
        v[0] = 0.9 * v.get(0, 0) + 0.01 * g
        return v[0], {}

    return Optimizer(update=update)


def remembers_by_array() -> Optimizer:
    """Apart for each training, but in no file."""
    memory: dict[int, Any] = {}

    def update(w: Any, g: Any, state: Any, step: int) -> Any:
        memory[id(w)] = (0.9 * memory[id(w)] if step > 1 and id(w) in memory else 0) + 0.01 * g
        return memory[id(w)], {}

    return Optimizer(update=update)


def keeps_what_is_lent() -> Optimizer:
    def update(w: Any, g: Any, state: Any, step: int) -> Any:
        return 0.01 * (g + 0.5 * state["last"]), {"last": g}

    return Optimizer(init=lambda w: {"last": np.zeros_like(w)}, update=update)


def keeps_a_copy() -> Optimizer:
    def update(w: Any, g: Any, state: Any, step: int) -> Any:
        return 0.01 * (g + 0.5 * state["last"]), {"last": g.copy()}

    return Optimizer(init=lambda w: {"last": np.zeros_like(w)}, update=update)


def heavy_solver(forgets: bool) -> Callable[[], Optimizer]:
    """Momentum on all rows, whose velocity lies in its state, or begins anew in each run."""

    def build() -> Optimizer:
        def minimize(objective: Any, w: Any, max_iter: int, state: dict[str, Any]) -> Any:
            v = np.zeros_like(w) if forgets else state.get("v", np.zeros_like(w))
            for _ in range(max_iter):
                v = 0.5 * v - 0.2 * objective(w)[1]
                w = w + v
                state["v"] = v
                yield w

        return Optimizer(minimize=minimize)

    return build


def solver(shared_memory: bool) -> Callable[[], Optimizer]:
    """Steepest descent on all rows that halves its rate now and then, in its own memory or in everybody's."""

    def build() -> Optimizer:
        everybodys = {"lr": 0.4}

        def minimize(objective: Any, w: Any, max_iter: int) -> Any:
            own = everybodys if shared_memory else {"lr": 0.4}
            own["lr"] = 0.4
            for _ in range(max_iter):
                w = w - own["lr"] * objective(w)[1]
                own["lr"] *= 0.99
                yield w

        return Optimizer(minimize=minimize)

    return build


add(
    "optimizer",
    "descends",
    "on a quadratic the loss starts at",
    lambda: Optimizer(update=lambda w, g, state, step: (-0.01 * g, state)),
    steady,
)
add(  # a rate that no bent valley forgives
    "optimizer",
    "descends",
    "on Rosenbrock's valley the loss starts at",
    lambda: Optimizer(update=lambda w, g, state, step: (0.9 * g, state)),
    steady,
)
add("optimizer", "state", "they disturb each other", remembers_outside, steady)
add("optimizer", "state", "they disturb each other", counts_itself, counts_steps)
add("optimizer", "state", "without a stop it is", remembers_by_array, steady)
add("optimizer", "state", "keeps g itself as state['last']", keeps_what_is_lent, keeps_a_copy)
add(
    "optimizer",
    "state",
    "state['history'] is list: a file holds arrays and Python numbers",
    lambda: Optimizer(
        init=lambda w: {"history": []}, update=lambda w, g, state, step: (0.1 * g, {"history": [*state["history"], 1]})
    ),
    steady,
)
add("optimizer", "state", "they share memory", solver(shared_memory=True), solver(shared_memory=False))
add("optimizer", "state", "is not all in the state", heavy_solver(forgets=True), heavy_solver(forgets=False))
add(
    "optimizer",
    "any-length",
    "for 1 weights",
    lambda: Optimizer(init=lambda w: {"v": np.zeros(4, w.dtype)}, update=momentum),
    steady,
)
add(
    "optimizer",
    "any-length",
    "without a gradient it returns nan",
    lambda: Optimizer(update=lambda w, g, state, step: (0.01 * g / np.sqrt(g**2), state)),
    lambda: Optimizer(update=lambda w, g, state, step: (0.01 * np.sign(g), state)),
)
add(
    "optimizer",
    "any-length",
    "one element looks at another",
    lambda: Optimizer(update=lambda w, g, state, step: (0.1 * g / (1 + g @ g), state), elementwise=True),
    lambda: Optimizer(update=lambda w, g, state, step: (0.1 * g / (1 + g @ g), state)),
)
add(
    "optimizer",
    "dtype",
    "update returns a change of float64",
    lambda: Optimizer(init=lambda w: {"v": np.zeros(len(w))}, update=momentum),
    steady,
)


# --- data sets ----------------------------------------------------------------------------------------------


def rows(n: int = 40, **about: Any) -> Dataset:
    x = np.random.default_rng(5).standard_normal((n, 2))
    given = {"X": x, "y": (x[:, 0] > 0).astype(int), "source": "a formula", "licence": "CC0 1.0"} | about
    return Dataset(**given)


def fixed(**about: Any) -> Dataset:
    x = np.random.default_rng(6).standard_normal((10, 2))
    return rows(**{"test_X": x, "test_y": np.tile([0, 1], 5)} | about)


def holed(value: float) -> np.ndarray:
    x = rows().X.copy()
    x[3, 1] = value
    return x


add("dataset", "rows-agree", "X has 40 rows and y has 39", lambda *, rng: rows(y=rows().y[1:]), lambda *, rng: rows())
add(
    "dataset",
    "rows-agree",
    "feature_names holds 3 names for 2 columns",
    lambda *, rng: rows(feature_names=("a", "b", "c")),
    lambda *, rng: rows(feature_names=("a", "b")),
)
add("dataset", "rows-agree", "X has shape (80,)", lambda *, rng: rows(X=rows().X.ravel()), lambda *, rng: rows())
add(  # a gap is allowed, infinity is not
    "dataset",
    "finite",
    "X, row 3, column 1 is inf",
    lambda *, rng: rows(X=holed(np.inf)),
    lambda *, rng: rows(X=holed(np.nan)),
)
add(
    "dataset",
    "classes",
    "they differ in 2",
    lambda *, rng: rows(classes=("red", "green", "blue"), task="multiclass"),
    lambda *, rng: rows(classes=("red", "green")),
)
add(
    "dataset",
    "classes",
    "test_y holds classes that y does not: 2",
    lambda *, rng: fixed(test_y=np.tile([0, 2], 5)),
    lambda *, rng: fixed(),
)
add(
    "dataset",
    "task",
    "a binary target has two values, but this one has 3",
    lambda *, rng: rows(y=np.arange(40) % 3, task="binary"),
    lambda *, rng: rows(y=np.arange(40) % 3, task="multiclass"),
)
add(
    "dataset",
    "disjoint-test",
    "10 of 10 test rows are training rows too; the first is test row 0",
    lambda *, rng: fixed(test_X=rows().X[:10], test_y=rows().y[:10]),
    lambda *, rng: fixed(),
)
add("dataset", "provenance", "licence is empty", lambda *, rng: rows(licence=" "), lambda *, rng: rows())
add("dataset", "provenance", "source is empty", lambda *, rng: rows(source=""), lambda *, rng: rows())


# --- initializers, schedules, metrics -----------------------------------------------------------------------


def layer(weights: Callable[..., Any]) -> Callable[[], Initializer]:
    return lambda: Initializer(weights=weights, biases=lambda fan_in, fan_out, rng: np.zeros(fan_out))


he = layer(lambda i, o, rng: rng.normal(0, np.sqrt(2 / i), (i, o)))
add(  # mean and spread in each other's place
    "initializer",
    "spread",
    "expected a mean of 0",
    layer(lambda i, o, rng: rng.normal(np.sqrt(2 / i), 0.01, (i, o))),
    he,
)
add("initializer", "spread", "have shape (200, 300)", layer(lambda i, o, rng: rng.normal(0, 0.1, (o, i))), he)
add("initializer", "spread", "the same for every unit", layer(lambda i, o, rng: np.full((i, o), 0.1)), he)
add(
    "initializer",
    "spread",
    "the same for every unit",
    layer(lambda i, o, rng: np.repeat(rng.normal(0, 0.1, (i, 1)), o, axis=1) * np.ones((i, o))),
    he,
)
add(
    "initializer",
    "spread",
    "are the same for every rng",
    layer(lambda i, o, rng: np.random.default_rng(0).normal(0, 0.1, (i, o))),
    he,
)


def says_so() -> Schedule:
    """A specimen that may rise above 1.

    factor = 1 + 1 / step
    """
    return Schedule(factor=lambda step, total, epochs: 1 + 1 / step)


add(
    "schedule",
    "range",
    "factor(1, 1, 0 epochs) is 2: expected a finite number from 0 to 1",
    lambda: Schedule(factor=lambda step, total, epochs: 1 + 1 / step),
    says_so,
)
add(
    "schedule",
    "range",
    "expected a finite number from 0 to 1",
    lambda: Schedule(factor=lambda step, total, epochs: 1 - 3 * step / (total + 1)),
    lambda: Schedule(factor=lambda step, total, epochs: 1 - step / (total + 1)),
)
add(  # the shortest training has one step
    "schedule",
    "range",
    "ZeroDivisionError",
    lambda: Schedule(factor=lambda step, total, epochs: 1 - (step - 1) / (total - 1)),
    lambda: Schedule(factor=lambda step, total, epochs: 1 - (step - 1) / total),
)


def accuracy(prediction: Any, target: Any, weight: Any) -> float:
    right = (prediction == target).reshape(len(target), -1).all(axis=1)
    return float(np.average(right, weights=weight))


add(
    "metric",
    "direction",
    "lower is better, so these should be rising",
    lambda: Metric(accuracy, better="lower"),
    lambda: Metric(accuracy, better="higher"),
)
add(
    "metric",
    "weights",
    "weights of 0 to 3 give",
    lambda: Metric(lambda p, t, w: accuracy(p, t, None), better="higher"),
    lambda: Metric(accuracy, better="higher"),
)
add(
    "metric",
    "weights",
    "weights three times as large",
    lambda: Metric(lambda p, t, w: accuracy(p, t, None if w is None else np.minimum(w, 3)), better="higher"),
    lambda: Metric(accuracy, better="higher"),
)
add(
    "metric",
    "few-rows",
    "for all rows of two classes it is 0.5, outside of its bounds (0.6, 1)",
    lambda: Metric(accuracy, better="higher", bounds=(0.6, 1)),
    lambda: Metric(accuracy, better="higher", bounds=(0, 1)),
)
add(  # a score for each class, and the classes counted among the rows at hand
    "metric",
    "few-rows",
    "index 1 is out of bounds",
    lambda: Metric(lambda p, t, w: accuracy(p, t, w) + 0 * np.bincount(t)[1], better="higher"),
    lambda: Metric(
        lambda p, t, w, classes=None: accuracy(p, t, w) + 0 * np.bincount(t, minlength=classes)[1], better="higher"
    ),
)


# --- plots --------------------------------------------------------------------------------------------------


def picture(
    x: str = "epoch", title: str = "Loss", before: Callable[[Any], Any] = lambda run: None
) -> Callable[[], Plot]:
    """A loss curve whose words are these, drawn after something else was done to the run."""

    def draw(run: Any) -> Any:
        from matplotlib.figure import Figure

        before(run)
        figure = Figure(figsize=(4, 3))
        axes = figure.add_subplot()
        axes.plot(run.history["epoch"], run.history["loss"])
        axes.set(xlabel=x, ylabel="mean loss", title=title)
        return figure

    return lambda: Plot(draw)


def with_pyplot() -> Plot:
    def draw(run: Any) -> Any:
        from matplotlib import pyplot

        figure, axes = pyplot.subplots()
        axes.plot(run.history["epoch"], run.history["loss"])
        axes.set(xlabel="epoch", ylabel="mean loss", title="Loss")
        return figure

    return Plot(draw)


def draws_nothing() -> Plot:
    return Plot(lambda run: run.history["loss"].to_numpy())


def spoil(run: Any) -> None:
    run.trained.network.w *= 1.0001


def reformat(run: Any) -> None:
    import matplotlib

    matplotlib.rcParams["font.size"] = 30


add("plot", "draws", "gives ndarray: expected a matplotlib Figure", draws_nothing, picture())
add("plot", "draws", "changes its weights or rows: work on copies", picture(before=spoil), picture())
add(
    "plot",
    "draws",
    "is None: expected one line of words",
    lambda: replace(picture()(), unsuited=lambda run: None),
    picture(),
)
add("plot", "no-pyplot", "leaves 1 figure with pyplot", with_pyplot, picture())
add("plot", "no-pyplot", "changes matplotlib's global font.size", picture(before=reformat), picture())
add("plot", "labelled", "has no title", picture(title=" "), picture())
add("plot", "labelled", "have numbers along x and no words", picture(x=""), picture())


# --- engines ------------------------------------------------------------------------------------------------


def engine(told: Callable[[Recipe], Recipe] = lambda recipe: recipe, **changes: Any) -> Callable[[], Engine]:
    """scikit-learn's engine, which is `told` something else than the recipe says, or is changed otherwise."""
    return lambda: replace(sklearn(), **({"begin": lambda recipe: sklearn().begin(told(recipe))} | changes))


def at_zero(recipe: Recipe) -> Recipe:
    return replace(recipe, start=tuple({"W": 0 * layer["W"], "b": layer["b"]} for layer in recipe.start))


def lends_its_weights(recipe: Recipe) -> Session:
    session = sklearn().begin(recipe)
    kept = session.weights()
    return replace(session, weights=lambda: kept)


def one_for_all() -> Engine:
    sessions: list[Session] = []

    def begin(recipe: Recipe) -> Session:
        sessions[:] = [sklearn().begin(recipe)]  # whoever began earlier works on the latest network as well
        return replace(
            sessions[0],
            train=lambda X, t, size: sessions[0].train(X, t, size),
            weights=lambda: sessions[0].weights(),
        )

    return replace(sklearn(), begin=begin)


def without_nesterov(recipe: Recipe) -> Recipe:
    name, options = recipe.optimizer
    return replace(recipe, optimizer=(name.replace("nesterov", "momentum"), options))


def epsilon_as_it_is(recipe: Recipe) -> Recipe:
    name, options = recipe.optimizer
    return replace(recipe, optimizer=(name, {**options, "epsilon_place": "uncorrected"}))


def refuses_in_riddles(recipe: Recipe) -> Session:
    try:
        return sklearn().begin(recipe)
    except ValueError:
        raise ValueError("not supported") from None


def without_biases(recipe: Recipe) -> str:
    script = sklearn().script
    assert script is not None
    nothing = "\nmodel.intercepts_ = [0 * b + 1 for b in model.intercepts_]\n\n\ndef train("
    return script(recipe).replace("\n\n\ndef train(", nothing)


right = engine()
add("engine", "same-start", "right after begin, W of layer 1 is", engine(at_zero), right)
add("engine", "same-start", "while another session trained, W of layer 1 is", one_for_all, right)
add("engine", "same-start", "somebody wrote into what weights() returned", engine(begin=lends_its_weights), right)
add(
    "engine", "same-steps", "l2: after 4 steps, the mean loss is", engine(lambda recipe: replace(recipe, l2=0.0)), right
)
add("engine", "same-steps", "nesterov: after 4 steps, the mean loss is", engine(without_nesterov), right)
add("engine", "same-steps", "adam corrected: after 4 steps, the mean loss is", engine(epsilon_as_it_is), right)
add(
    "engine",
    "refuses",
    "it takes the schedule nobody/wishful, which does not exist",
    engine(lambda recipe: replace(recipe, schedule=("glassnet/constant", {}))),
    right,
)
add("engine", "refuses", "without naming it: not supported", engine(begin=refuses_in_riddles), right)
add("engine", "script-runs", "outputs(X) of the script is", engine(script=without_biases), right)
shared("engine", "loads", "its limit is 1.0: expected a number above 0 and at most 0.0001", engine(limit=1.0), right)


# --- commands -----------------------------------------------------------------------------------------------


def words(**more: Any) -> Callable[[], Command]:
    return lambda: Command(click.Command("specimen", callback=lambda: None, **more))


def talks() -> Command:
    print("Welcome!")
    return words()()


add("command", "helps", "--help ends with exit code 2: ", words(add_help_option=False), words())
add("command", "quiet", "building it prints 'Welcome!", talks, words())
add("command", "own-name", "has the name of glassnet's own command 'train'", words(), words())
GALLERY.mutants[-1].wrong.__name__ = "train"
shared("command", "loads", "its command is 3: expected what @click.command() makes", lambda: Command(3), words())
shared(
    "command", "loads", "its function takes size: options of a command are click's", lambda size=3: words()(), words()
)


# --- what all kinds share -----------------------------------------------------------------------------------

shared("activation", "loads", "returned a Loss instead of an Activation", squared(), tanh)
shared("loss", "loads", "width(1) is 2 and there is no predict", squared(width=lambda c: 2 * c), squared())
shared("activation", "loads", "RuntimeError: not today", lambda: (_ for _ in ()).throw(RuntimeError("not today")), tanh)
shared(
    "activation",
    "loads",
    "it gives both df and vjp",
    lambda: Activation(f=np.tanh, df=lambda z, a: 1 - a**2, vjp=lambda z, a, u: u * (1 - a**2)),
    tanh,
)
shared(
    "loss",
    "loads",
    "its output is 'sigmoidal': there is no activation 'sigmoidal'. Did you mean 'sigmoid'?",
    lambda: Loss(lambda y, t: ((y - t) ** 2).mean(axis=1), lambda y, t: y - t, "sigmoidal", "regression"),
    squared(),
)
shared("optimizer", "loads", "it gives neither update and minimize", lambda: Optimizer(init=rolling), steady)
shared(
    "metric", "loads", "better is 'more'", lambda: Metric(accuracy, better="more"), lambda: Metric(accuracy, "higher")
)  # type: ignore[arg-type]


def _one_sided(side: Literal["right", "left"] = "right") -> Activation | None:
    return tanh() if side == "right" else None


shared(  # one choice was forgotten
    "activation",
    "loads",
    "with side=left: given/specimen returned a NoneType instead of an Activation",
    _one_sided,
    tanh,
)


def _undocumented() -> Activation:
    return tanh()


def _unfinished() -> Activation:
    """a specimen that does not end

    f(z) = tanh(z)
    """
    return tanh()


def _silent_about(slope: float = 0.1) -> Activation:
    """A specimen that hides its option.

    f(z) = max(z, s z)
    """
    return Activation(f=lambda z: np.maximum(z, slope * z))


_undocumented.__doc__ = ""
shared("activation", "documented", "it has no docstring", _undocumented, tanh)
shared("activation", "documented", "expected one sentence with a full stop", _unfinished, tanh)
shared("activation", "documented", "never names its option 'slope'", _silent_about, tanh)


def leaky(forgotten: bool, low: float = 0.0) -> Callable[..., Activation]:
    def build(slope: Annotated[float, Range(low, 1)] = 0.5) -> Activation:
        s = 0.5 if forgotten else slope / slope * slope if low else slope
        return Activation(
            f=lambda z: np.maximum(z, s * z), df=lambda z, a: np.where(z > 0, z.dtype.type(1), z.dtype.type(s))
        )

    return build


def divided(slope: Annotated[float, Range(0, 1)] = 0.5) -> Activation:
    s = 1 / (1 / slope)
    return Activation(
        f=lambda z: np.maximum(z, s * z), df=lambda z, a: np.where(z > 0, z.dtype.type(1), z.dtype.type(s))
    )


shared("activation", "options", "option 'slope' changes nothing", leaky(forgotten=True), leaky(forgotten=False))
shared("activation", "options", "ZeroDivisionError", divided, leaky(forgotten=False, low=0.1))


def chance(*, rng: Any) -> Dataset:
    return rows(X=np.random.default_rng().standard_normal((40, 2)))


def handed(*, rng: Any) -> Dataset:
    return rows(X=rng.standard_normal((40, 2)))


def buffered() -> Activation:
    room: dict[tuple[int, ...], np.ndarray] = {}

    def f(z: np.ndarray) -> np.ndarray:
        return np.tanh(z, out=room.setdefault((*z.shape, z.itemsize), np.empty_like(z)))

    return Activation(f=f, df=lambda z, a: 1 - a**2)


shared("dataset", "repeatable", "X of the part built twice gives", chance, handed)
shared("activation", "repeatable", "return a new array", buffered, tanh)
shared(
    "initializer",
    "repeatable",
    "twice gives",
    layer(lambda i, o, rng: np.random.default_rng().normal(0, 0.1, (i, o))),
    he,
)
shared("initializer", "no-global-random", "draws from np.random", layer(lambda i, o, rng: np.random.randn(i, o)), he)  # noqa: NPY002
shared(
    "activation",
    "no-global-random",
    "Python's random module",
    lambda: Activation(f=lambda z: np.tanh(z + 0 * random.random()), df=lambda z, a: 1 - a**2),
    tanh,
)
shared(
    "activation",
    "input-untouched",
    "writes into its argument z: element",
    lambda: Activation(f=lambda z: np.maximum(z, 0, out=z), df=lambda z, a: z > 0),
    lambda: Activation(f=lambda z: np.maximum(z, 0), df=lambda z, a: z > 0),
)


def in_place(w: Any, g: Any, state: Any, step: int) -> Any:
    state["v"] *= 0.9
    state["v"] += 0.01 * g
    return state["v"].copy(), state


shared(
    "optimizer",
    "input-untouched",
    "writes into its argument state: ['v'] element 0 was 0 and is",
    lambda: Optimizer(init=rolling, update=in_place),
    steady,
)


def _no_source() -> Activation:
    """A specimen of unknown origin.

    f(z) = tanh(z)
    """
    return tanh()


def _no_unit(kind: Literal["a", "b"] = "a") -> Activation:
    """A specimen whose option kind is only mentioned.

    f(z) = tanh(z) or tanh(z) / 2
    """
    factor = 1.0 if kind == "a" else 0.5
    return Activation(f=lambda z: factor * np.tanh(z), df=lambda z, a: factor - a * a / factor)


shared("activation", "paper", "names no source", _no_source, tanh)
shared("activation", "units", "has no line `kind: ...`", _no_unit, leaky(forgotten=False))


# --- files whose import is not quiet ------------------------------------------------------------------------

QUIET = '''
import numpy as np
from glassnet import Activation, hookimpl

def specimen():
    """A specimen.

    f(z) = tanh(z)
    """
    return Activation(f=np.tanh, df=lambda z, a: 1 - a**2)

@hookimpl
def activations():
    return [specimen]
'''

#: what a file does beyond that -> words of the refusal.
LOUD = {
    "print('Welcome!')": "prints 'Welcome!'",
    "import sys; sys.stderr.write('psst')": "prints 'psst'",
    "import socket; socket.socket().close()": "reaches for the network: socket.__new__",
    "import scipy.special": "loads scipy: import what is slow inside the function that needs it",
    "import warnings; warnings.simplefilter('ignore')": "changes the warning filters",
    "import numpy as np; np.seterr(all='raise')": "changes np.seterr",
    "import numpy as np; np.random.seed(0)": "changes the state of np.random",
    "import random; random.seed(0)": "changes the state of Python's random module",
}
