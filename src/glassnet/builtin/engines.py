"""Other libraries that can train the same network, from the same weights on the same batches.

scikit-learn is the one that everybody who has glassnet has as well.
"""

import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from glassnet import Engine, Recipe, Session, conventions, hookimpl
from glassnet import engines as alike  # the hook at the end bears its name

LIBRARY = "scikit-learn"

#: What scikit-learn's networks know, by our names.
_ACTIVATIONS = {"identity": "identity", "sigmoid": "logistic", "tanh": "tanh", "relu": "relu"}
_OUTPUT_OF = {"cross_entropy": "softmax", "binary_cross_entropy": "sigmoid", "squared_error": "identity"}
_SOLVERS = {"sgd": "sgd", "momentum": "sgd", "nesterov": "sgd", "adam": "adam"}


def sklearn() -> Engine:
    """scikit-learn's MLPClassifier and MLPRegressor, a batch at a time through `partial_fit`.

    alpha = l2 * rows of the batch; with a slope r times ours, rate / r or Adam's epsilon * r

    It follows identity, sigmoid, tanh and relu (one for all hidden layers), softmax with cross_entropy, sigmoid
    with binary_cross_entropy, identity with squared_error, and sgd, momentum, nesterov and adam at a constant
    rate. Everything else is refused by name.

    Raises ValueError naming the part or setting that scikit-learn has no equal for.
    Source: Pedregosa et al. (2011), Scikit-learn: machine learning in Python.
    """
    return Engine(begin=_begin, version=_version, script=_script)


def _version() -> str:
    from sklearn import __version__

    return str(__version__)


def _begin(recipe: Recipe) -> Session:
    loss = _loss(recipe)
    _refuse_settings(recipe)
    form = _Form(loss, recipe.widths[-1])
    slope = conventions.sklearn_slope(loss, form.columns, recipe.loss[1].get("factor", 1.0))
    estimator = _estimator(recipe, form, slope)
    work = _Work(recipe, form, slope, estimator)
    return Session(work.train, work.weights, work.outputs, tuple(_remarks(recipe, slope)))


# --- what it knows, and what it refuses ---------------------------------------------------------------------


def _loss(recipe: Recipe) -> str:
    loss, output = alike.ours(recipe.loss[0]), alike.ours(recipe.output[0])
    natural = alike.known(LIBRARY, "loss", _OUTPUT_OF, loss)
    if output != natural:
        raise ValueError(f"scikit-learn has no output {output} with {loss}: write --output {natural}")
    if loss == "cross_entropy" and recipe.widths[-1] < 3:
        raise ValueError(
            "scikit-learn gives two classes one sigmoid output, not two of softmax: write --loss binary_cross_entropy"
        )
    return loss


def _refuse_settings(recipe: Recipe) -> None:
    refused = {
        "--batch-norm": recipe.batch_norm,
        "--dropout": recipe.dropout,
        "--input-dropout": recipe.input_dropout,
        "--l1": recipe.l1,
        "--clip-norm": recipe.clip_norm,
        "--clip-value": recipe.clip_value,
    }
    for flag, given in refused.items():
        if given:
            raise ValueError(f"scikit-learn's networks have nothing like {flag}: leave it away")
    if alike.ours(recipe.schedule[0]) != "constant":
        raise ValueError(
            f"scikit-learn has no schedule {alike.ours(recipe.schedule[0])} that counts steps as we do: "
            "write --schedule constant"
        )


def _activation(recipe: Recipe) -> str:
    names = [alike.ours(name) for name, _ in recipe.activations]
    theirs = [alike.known(LIBRARY, "activation", _ACTIVATIONS, name) for name in names]
    if len(set(names)) > 1:
        raise ValueError(
            f"scikit-learn has one activation for all hidden layers, not {', '.join(names)}: give --activation once"
        )
    return theirs[0] if theirs else "identity"


def _solver(recipe: Recipe, slope: float) -> dict[str, Any]:
    """The optimizer in scikit-learn's settings. At a constant rate it is all the same where momentum has it."""
    name, options = alike.ours(recipe.optimizer[0]), recipe.optimizer[1]
    if alike.known(LIBRARY, "optimizer", _SOLVERS, name) == "sgd":
        moving = {"momentum": options.get("momentum", 0.0), "nesterovs_momentum": name == "nesterov"}
        return {"solver": "sgd", "learning_rate_init": options["lr"] / slope, **moving}
    if options["epsilon_place"] == "inside":
        instead = "uncorrected, which is its own, or corrected"
        raise alike.epsilon_elsewhere(LIBRARY, "adam", "adam:epsilon_place=inside", instead)
    betas = {"beta_1": options["beta1"], "beta_2": options["beta2"], "epsilon": options["epsilon"] * slope}
    return {"solver": "adam", "learning_rate_init": options["lr"], **betas}


def _is_converted(recipe: Recipe) -> bool:
    """Whether Adam's epsilon has to be converted before each step."""
    return recipe.optimizer[1].get("epsilon_place") == "corrected"


def _remarks(recipe: Recipe, slope: float) -> Iterator[str]:
    if slope != 1:
        how = "epsilon times" if alike.ours(recipe.optimizer[0]) == "adam" else "rate divided by"
        yield f"its slope of {alike.ours(recipe.loss[0])} is {slope:.4g} times ours: {how} {slope:.4g}"
    if recipe.l2:
        yield "alpha = l2 * rows of the batch, since it divides the penalty by them"
    if _is_converted(recipe):
        yield (
            "epsilon is converted before each step, which takes a call a batch, and time; "
            "adam:epsilon_place=uncorrected is its own"
        )


# --- at work ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Form:
    """What scikit-learn wants to be given as targets, and what it gives as outputs."""

    loss: str
    columns: int

    @property
    def is_regression(self) -> bool:
        return self.loss == "squared_error"

    def targets(self, t: np.ndarray) -> np.ndarray:
        """t (n, c) as numbers, class codes, or 0 and 1 for several labels."""
        if self.loss == "cross_entropy":
            return t.argmax(axis=1)
        t = t if self.is_regression else t.astype(int)
        return t[:, 0] if self.columns == 1 else t

    def any_targets(self) -> np.ndarray:
        """Targets of two rows, which only say what kind they are."""
        if self.loss == "cross_entropy":
            return np.array([0, 1])
        return self.targets(np.repeat([[0.0], [1.0]], self.columns, axis=1))

    def outputs(self, estimator: Any, X: np.ndarray) -> np.ndarray:
        """y (n, k)."""
        if self.is_regression:
            return np.asarray(estimator.predict(X)).reshape(len(X), self.columns)
        y = np.asarray(estimator.predict_proba(X))
        return y[:, 1:] if self.columns == 1 else y


def _estimator(recipe: Recipe, form: _Form, slope: float) -> Any:
    """A network of scikit-learn's with the recipe's weights and an optimizer that has not moved yet."""
    from sklearn.neural_network import MLPClassifier, MLPRegressor

    make = MLPRegressor if form.is_regression else MLPClassifier
    estimator = make(
        hidden_layer_sizes=recipe.widths[1:-1], activation=_activation(recipe), **_solver(recipe, slope),
        alpha=0.0, batch_size=1, shuffle=False, random_state=0,
    )  # fmt: skip
    # The first call only lays the arrays out; whatever it moved is overwritten, and so is its memory.
    of_classes = {} if form.is_regression else {"classes": np.arange(max(2, form.columns))}
    if form.loss == "binary_cross_entropy" and form.columns > 1:
        of_classes = {"classes": np.arange(form.columns)}
    nothing = np.zeros((2, recipe.widths[0]), recipe.dtype)
    rate = estimator.learning_rate_init
    estimator.set_params(learning_rate_init=1e-3)  # one that is far too large would fail here, before anything began
    estimator.partial_fit(nothing, form.any_targets(), **of_classes)
    estimator.set_params(learning_rate_init=rate)
    for W, b, layer in zip(estimator.coefs_, estimator.intercepts_, recipe.start, strict=True):
        W[...], b[...] = layer["W"], layer["b"]
    # There is no public way to forget Adam's memory: without its optimizer, the next call makes a new one.
    del estimator._optimizer
    return estimator


class _Work:
    """The estimator in a session: batches in, loss, weights and outputs out."""

    def __init__(self, recipe: Recipe, form: _Form, slope: float, estimator: Any) -> None:
        self.form, self.estimator, self.slope = form, estimator, slope
        self.l2, self.step = recipe.l2, 0
        self.loss_scale = conventions.sklearn_loss(form.loss, form.columns, recipe.loss[1].get("factor", 1.0))
        self.epsilon = self._each_step(recipe.optimizer[1]) if _is_converted(recipe) else None

    def _each_step(self, options: Any) -> Callable[[int], float]:
        epsilon, beta2 = options["epsilon"] * self.slope, options["beta2"]
        return lambda step: conventions.epsilon_uncorrected(epsilon, beta2, step)

    def train(self, X: np.ndarray, t: np.ndarray, batch_size: int) -> float:
        """One visit to the rows. A call takes all whole batches, another the smaller last one, whose alpha differs."""
        y, total = self.form.targets(t), 0.0
        size = batch_size if self.epsilon else max(len(X) // batch_size, 1) * batch_size
        for first in range(0, len(X), size):
            rows = slice(first, min(first + size, len(X)))
            count = rows.stop - rows.start
            total += count * self._call(X[rows], y[rows], min(batch_size, count))
        return total / len(X)

    def _call(self, X: np.ndarray, y: np.ndarray, batch_size: int) -> float:
        """The mean loss without penalties, by the batch size that divides the rows."""
        estimator, several = self.estimator, len(X) > batch_size
        estimator.batch_size = batch_size
        estimator.alpha = conventions.sklearn_alpha(self.l2, batch_size) * self.slope
        penalty = 0.0 if several else self._penalty()
        if self.epsilon and self.step:  # the first step makes the optimizer, with this setting
            estimator._optimizer.epsilon = self.epsilon(self.step + 1)
        elif self.epsilon:
            estimator.epsilon = self.epsilon(1)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # such as many classes among few rows
            estimator.partial_fit(X, y)
        self.step += len(X) // batch_size
        if several and self.l2:
            return float("nan")  # each batch had a penalty of its own, which is not told apart
        return (float(estimator.loss_) - penalty) / self.loss_scale

    def _penalty(self) -> float:
        return self.l2 / 2 * self.slope * float(sum((W**2).sum(dtype=float) for W in self.estimator.coefs_))

    def weights(self) -> list[dict[str, np.ndarray]]:
        pairs = zip(self.estimator.coefs_, self.estimator.intercepts_, strict=True)
        return [{"W": W.copy(), "b": b.copy()} for W, b in pairs]

    def outputs(self, X: np.ndarray) -> np.ndarray:
        return self.form.outputs(self.estimator, X)


# --- as a script --------------------------------------------------------------------------------------------


def _script(recipe: Recipe) -> str:
    """The same network as a module text in scikit-learn's own words; it expects the mapping `weights`."""
    loss = _loss(recipe)
    _refuse_settings(recipe)
    form = _Form(loss, recipe.widths[-1])
    slope = conventions.sklearn_slope(loss, form.columns, recipe.loss[1].get("factor", 1.0))
    name = "MLPRegressor" if form.is_regression else "MLPClassifier"
    layers = range(1, len(recipe.widths))
    matrices, biases = (", ".join(f'weights["{letter}{number}"]' for number in layers) for letter in "Wb")
    return _SCRIPT.format(
        beginning=alike.beginning(recipe, LIBRARY),
        name=name,
        settings=_settings_text(recipe, slope),
        inputs=recipe.widths[0],
        rows=_layout_rows(recipe),
        layout=_layout_text(form, _layout_rows(recipe)),
        matrices=matrices,
        biases=biases,
        targets=_targets_text(form),
        outputs=_outputs_text(form),
    )


_SCRIPT = '''{beginning}

import numpy as np
from sklearn.neural_network import {name}

model = {name}(
{settings}
)

# A first call lays the arrays out; then the weights take their place, and what it remembers of its step goes.
model.partial_fit(np.zeros(({rows}, {inputs})), {layout})
model.coefs_ = [{matrices}]
model.intercepts_ = [{biases}]
del model._optimizer


def train(X, t, epochs):
    """Visit all rows so many times, each time in a new order. X are prepared inputs, t encoded targets."""
    for epoch in range(1, epochs + 1):
        model.partial_fit(X, {targets})
        print(f"epoch {{epoch}}: loss with penalty {{model.loss_:.4f}}")


def outputs(X):
    """What the network puts out for prepared inputs X, a row each."""
    return {outputs}
'''


def _settings_text(recipe: Recipe, slope: float) -> str:
    """The estimator's settings, one a line, with what is said otherwise there."""
    lines = [f"hidden_layer_sizes={recipe.widths[1:-1]!r},", f'activation="{_activation(recipe)}",']
    if _is_converted(recipe):
        lines.append(
            "# Its epsilon is added to the uncorrected root, glassnet's to the corrected one: nearly the same."
        )
    if slope != 1:
        lines.append(f"# Its slope is {slope:.6g} times glassnet's, which rate or epsilon, and alpha, make up for.")
    solver = _solver(recipe, slope)
    lines.append(f'solver="{solver.pop("solver")}",')
    lines += [f"{name}={value!r}," for name, value in solver.items()]
    if recipe.l2:
        lines.append(f"# Its penalty is divided by the rows of a batch: alpha is l2 = {recipe.l2!r} times those rows.")
    lines.append(f"alpha={conventions.sklearn_alpha(recipe.l2, recipe.batch_size) * slope:.12g},")
    lines.append(f"batch_size={recipe.batch_size},")
    return "\n".join(f"    {line}" for line in lines)


def _layout_rows(recipe: Recipe) -> int:
    """Rows of the first call: a whole batch, since fewer make scikit-learn warn."""
    return max(2, recipe.batch_size)


def _layout_text(form: _Form, rows: int) -> str:
    """Targets that only say what kind they are."""
    k = form.columns
    if form.is_regression:
        return f"np.zeros({rows})" if k == 1 else f"np.zeros(({rows}, {k}))"
    if form.loss == "binary_cross_entropy" and k > 1:
        return f"np.zeros(({rows}, {k}), int), classes=np.arange({k})"
    return f"np.arange({rows}) % 2, classes=np.arange({max(2, k)})"


def _targets_text(form: _Form) -> str:
    if form.loss == "cross_entropy":
        return "t.argmax(axis=1)"
    t = "t[:, 0]" if form.columns == 1 else "t"
    return t if form.is_regression else f"{t}.astype(int)"


def _outputs_text(form: _Form) -> str:
    if form.is_regression:
        return f"model.predict(X).reshape(len(X), {form.columns})"
    return "model.predict_proba(X)" + ("[:, 1:]" if form.columns == 1 else "")


@hookimpl
def engines() -> list[Callable[..., Engine]]:
    return [sklearn]
