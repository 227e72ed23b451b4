"""How weights move against the gradient g: from one line of code to a quasi-Newton method.

`w` is one vector with all parameters, biases included. Each `update` gives the change that is subtracted from
it, and its memory, the state: a flat dict of arrays as long as w. Nothing here writes into w, g or the state.
A schedule scales the change afterwards.
"""

from collections import deque
from collections.abc import Callable, Generator
from typing import Annotated, Any, Literal

import numpy as np

from glassnet import Optimizer, Range, hookimpl

Rate = Annotated[float, Range(0)]
Share = Annotated[float, Range(0, 0.999999)]  # of what was remembered, that is kept: 1 would never forget
Epsilon = Annotated[float, Range(1e-30)]  # 0 would divide 0 by 0 where a weight has no gradient


def _nothing(w: np.ndarray) -> dict:
    return {}


def sgd(lr: Rate = 0.01) -> Optimizer:
    """Gradient descent: a step straight downhill, as long as the slope is steep.

    change = lr g

    Options:
        lr: learning rate

    Source: Cauchy (1847) for all rows at once, Robbins and Monro (1951) for a few at a time.
    """
    return Optimizer(
        init=_nothing,
        update=lambda w, g, state, step: (lr * g, state),
        elementwise=True,
    )


def momentum(lr: Rate = 0.01, momentum: Share = 0.9, lr_place: Literal["inside", "outside"] = "inside") -> Optimizer:
    """Gradient descent with inertia: steady slopes add up, slopes that change sign cancel.

    inside:  v = momentum v + lr g,  change = v
    outside: v = momentum v + g,     change = lr v

    Options:
        lr: learning rate
        momentum: the share of the velocity that is kept; 0.9 makes steady steps ten times as long
        lr_place: where the rate sits: inside the velocity, or outside of it

    Source: Polyak (1964), Some methods of speeding up the convergence of iteration methods.
    scikit-learn and Keras have the rate inside, PyTorch outside. The two part only where the rate is
    changed inside the rule; a schedule here scales the change, so that they differ by rounding alone.
    """
    inside, outside = (lr, 1.0) if lr_place == "inside" else (1.0, lr)

    def update(w: np.ndarray, g: np.ndarray, state: dict, step: int) -> tuple[np.ndarray, dict]:
        v = momentum * state["v"] + inside * g
        return outside * v, {"v": v}

    return Optimizer(init=_at_rest, update=update, elementwise=True)


def _at_rest(w: np.ndarray) -> dict:
    return {"v": np.zeros_like(w)}


def nesterov(lr: Rate = 0.01, momentum: Share = 0.9, lr_place: Literal["inside", "outside"] = "inside") -> Optimizer:
    """Momentum that looks ahead: the slope counts where the velocity is about to carry the weights.

    inside:  v = momentum v + lr g,  change = momentum v + lr g
    outside: v = momentum v + g,     change = lr (momentum v + g)

    w stands for the point ahead, so that one gradient a step is enough.

    Options:
        lr: learning rate
        momentum: the share of the velocity that is kept
        lr_place: where the rate sits: inside the velocity, or outside of it

    Source: Nesterov (1983); Sutskever, Martens, Dahl and Hinton (2013), On the importance of initialization
    and momentum. scikit-learn and Keras have the rate inside, PyTorch outside; see momentum.
    """
    inside, outside = (lr, 1.0) if lr_place == "inside" else (1.0, lr)

    def update(w: np.ndarray, g: np.ndarray, state: dict, step: int) -> tuple[np.ndarray, dict]:
        pull = inside * g
        v = momentum * state["v"] + pull
        return outside * (momentum * v + pull), {"v": v}

    return Optimizer(init=_at_rest, update=update, elementwise=True)


def _root(s: np.ndarray, epsilon: float, epsilon_place: str) -> np.ndarray:
    return np.sqrt(s + epsilon) if epsilon_place == "inside" else np.sqrt(s) + epsilon


def adagrad(
    lr: Rate = 0.01,
    epsilon: Epsilon = 1e-10,
    epsilon_place: Literal["outside", "inside"] = "outside",
    start: Annotated[float, Range(0)] = 0.0,
) -> Optimizer:
    """A rate for each weight: the more it has moved already, the more carefully it moves.

    s = s + g^2
    outside: change = lr g / (sqrt(s) + epsilon)
    inside:  change = lr g / sqrt(s + epsilon)

    Under a constant gradient the k-th step has length lr / sqrt(k). s never shrinks, so the steps die out.

    Options:
        lr: learning rate
        epsilon: keeps the division away from 0
        epsilon_place: outside the root, or inside it
        start: the value of s before the first step

    Source: Duchi, Hazan and Singer (2011), Adaptive subgradient methods, the diagonal form.
    PyTorch: outside, start 0, epsilon 1e-10. Keras: inside, start 0.1, epsilon 1e-7, rate 0.001.
    """

    def init(w: np.ndarray) -> dict:
        return {"s": np.full_like(w, start)}

    def update(w: np.ndarray, g: np.ndarray, state: dict, step: int) -> tuple[np.ndarray, dict]:
        s = state["s"] + g * g
        return lr * g / _root(s, epsilon, epsilon_place), {"s": s}

    return Optimizer(init=init, update=update, elementwise=True)


def adagrad_momentum(
    lr: Rate = 0.01,
    momentum: Share = 0.9,
    epsilon: Epsilon = 1e-10,
    epsilon_place: Literal["outside", "inside"] = "outside",
    start: Annotated[float, Range(0)] = 0.0,
) -> Optimizer:
    """Adagrad's careful steps, added up with inertia.

    s = s + g^2
    outside: v = momentum v + lr g / (sqrt(s) + epsilon)
    inside:  v = momentum v + lr g / sqrt(s + epsilon)
    change = v

    Options:
        lr: learning rate
        momentum: the share of the velocity that is kept
        epsilon: keeps the division away from 0
        epsilon_place: outside the root, or inside it
        start: the value of s before the first step

    Source: Duchi, Hazan and Singer (2011) with the velocity of Polyak (1964). Both s and v last for the
    whole training.
    """

    def init(w: np.ndarray) -> dict:
        return {"s": np.full_like(w, start), "v": np.zeros_like(w)}

    def update(w: np.ndarray, g: np.ndarray, state: dict, step: int) -> tuple[np.ndarray, dict]:
        s = state["s"] + g * g
        v = momentum * state["v"] + lr * g / _root(s, epsilon, epsilon_place)
        return v, {"s": s, "v": v}

    return Optimizer(init=init, update=update, elementwise=True)


def rmsprop(
    lr: Rate = 0.001,
    rho: Share = 0.9,
    epsilon: Epsilon = 1e-7,
    epsilon_place: Literal["outside", "inside"] = "outside",
) -> Optimizer:
    """Adagrad that forgets: steps are measured by the recent size of a weight's gradient, and never die out.

    s = rho s + (1 - rho) g^2
    outside: change = lr g / (sqrt(s) + epsilon)
    inside:  change = lr g / sqrt(s + epsilon)

    s starts at 0, so the first steps are long: lr / sqrt(1 - rho), about three times the rate.

    Options:
        lr: learning rate, the length of a step under a constant gradient in the long run
        rho: the share of s that is kept
        epsilon: keeps the division away from 0
        epsilon_place: outside the root, or inside it

    Source: Tieleman and Hinton (2012), Neural networks for machine learning, lecture 6.5.
    Keras: inside, rho 0.9, epsilon 1e-7. PyTorch: outside, rho 0.99, epsilon 1e-8, rate 0.01.
    """

    def init(w: np.ndarray) -> dict:
        return {"s": np.zeros_like(w)}

    def update(w: np.ndarray, g: np.ndarray, state: dict, step: int) -> tuple[np.ndarray, dict]:
        s = rho * state["s"] + (1 - rho) * (g * g)
        return lr * g / _root(s, epsilon, epsilon_place), {"s": s}

    return Optimizer(init=init, update=update, elementwise=True)


def adam(
    lr: Rate = 0.001,
    beta1: Share = 0.9,
    beta2: Share = 0.999,
    epsilon: Epsilon = 1e-8,
    epsilon_place: Literal["corrected", "uncorrected", "inside"] = "corrected",
) -> Optimizer:
    """Momentum and a rate for each weight, both corrected for their start at 0. The first step is the rate.

    m = beta1 m + (1 - beta1) g
    v = beta2 v + (1 - beta2) g^2
    M = m / (1 - beta1^step)
    V = v / (1 - beta2^step)
    corrected:   change = lr M / (sqrt(V) + epsilon)
    uncorrected: change = lr M / (sqrt(V) + epsilon / sqrt(1 - beta2^step))
    inside:      change = lr M / sqrt(V + epsilon)

    Options:
        lr: learning rate, about the length of a step
        beta1: the share of the mean gradient m that is kept
        beta2: the share of the mean square v that is kept
        epsilon: keeps the division away from 0
        epsilon_place: added to the corrected root, to the uncorrected root sqrt(v), or inside the root

    Source: Kingma and Ba (2015), Adam. "corrected" is their Algorithm 1, and PyTorch. "uncorrected" is their
    faster order of the same computation (end of section 2), in scikit-learn and Keras (epsilon 1e-7 there).
    """

    def update(w: np.ndarray, g: np.ndarray, state: dict, step: int) -> tuple[np.ndarray, dict]:
        # The most used optimizer works in place on its own new arrays, which saves a fifth of its time.
        m = beta1 * state["m"]
        m += (1 - beta1) * g
        v = g * g
        v *= 1 - beta2
        v += beta2 * state["v"]
        # Both corrections are numbers, not arrays: sqrt(V) = sqrt(v) / c, so c moves into rate and epsilon.
        c = (1 - beta2**step) ** 0.5
        if epsilon_place == "inside":
            change = np.sqrt(v + epsilon * c**2)
        else:
            change = np.sqrt(v)
            change += epsilon * c if epsilon_place == "corrected" else epsilon
        np.divide(m, change, out=change)
        change *= lr * c / (1 - beta1**step)
        return change, {"m": m, "v": v}

    return Optimizer(
        init=lambda w: {"m": np.zeros_like(w), "v": np.zeros_like(w)},
        update=update,
        elementwise=True,
    )


def adamw(
    lr: Rate = 0.001,
    beta1: Share = 0.9,
    beta2: Share = 0.999,
    epsilon: Epsilon = 1e-8,
    epsilon_place: Literal["corrected", "uncorrected", "inside"] = "corrected",
    weight_decay: Annotated[float, Range(0)] = 0.01,
) -> Optimizer:
    """Adam that also shrinks the weights a little, apart from the gradient.

    change = adam's change + lr weight_decay w

    An L2 penalty goes through adam's division, which weakens it where gradients are large; this does not.
    All of w shrinks, biases included, as in PyTorch (an L2 penalty here leaves biases alone).

    Options:
        lr, beta1, beta2, epsilon, epsilon_place: as in adam
        weight_decay: the share of a weight that it loses in each step, in units of lr

    Source: Loshchilov and Hutter (2019), Decoupled weight decay regularization; the rate multiplies the
    decay as in PyTorch, in the paper only the schedule does.
    """
    plain: Any = adam(lr, beta1, beta2, epsilon, epsilon_place)

    def update(w: np.ndarray, g: np.ndarray, state: dict, step: int) -> tuple[np.ndarray, dict]:
        change, state = plain.update(w, g, state, step)
        change += (lr * weight_decay) * w
        return change, state

    return Optimizer(init=plain.init, update=update, elementwise=True)


# A point is (w, loss, gradient); an objective takes w to the point there.
Point = tuple[np.ndarray, float, np.ndarray]


def lbfgs(memory: Annotated[int, Range(1)] = 10, tolerance: Annotated[float, Range(0)] = 1e-5) -> Optimizer:
    """Limited-memory BFGS: learns the curvature from its last steps. For all rows at once, and few of them.

    direction = -H g, where H is built from the last `memory` pairs s (step) and y (change of the gradient)
    w = w + length * direction, where the length satisfies the Wolfe conditions

    If no length does, the memory is dropped and the plain gradient tried; if that fails too, it gives up, unless what
    there is to gain is less than the rounding of the loss.
    The recursion runs in float64 whatever the dtype of w.

    Options:
        memory: pairs that are kept
        tolerance: stops when no slope is larger than this

    Source: Nocedal and Wright (2006), Numerical optimization, algorithms 7.4 and 7.5.
    """

    def minimize(
        objective: Callable[[np.ndarray], tuple[float, np.ndarray]],
        w: np.ndarray,
        max_iter: int,
        state: dict | None = None,
    ) -> Generator[np.ndarray, None, str | None]:
        def at(x: np.ndarray) -> Point:
            loss, gradient = objective(x.astype(w.dtype))
            return x, float(loss), np.array(gradient, dtype=float)  # a copy: the gradient is only lent

        state = {} if state is None else state
        x, pairs = _remembered(state, w, memory)
        x, loss, g = at(x)
        for _ in range(max_iter):
            if np.abs(g).max() <= tolerance:
                return None
            found = _line_search(at, (x, loss, g), _direction(g, pairs))
            if found is None and pairs:
                pairs.clear()
                found = _line_search(at, (x, loss, g), _direction(g, pairs))
            if found is None:  # within the rounding of the loss there is nothing to gain any more
                there = g @ g <= np.finfo(float).eps * abs(loss)
                return None if there else f"no step lowers the loss, though a slope is still {np.abs(g).max():.2g}"
            pairs.append((found[0] - x, found[2] - g))
            x, loss, g = found
            state.update(w=x, s=np.array([s for s, _ in pairs]), y=np.array([y for _, y in pairs]))
            yield x.astype(w.dtype)
        return None

    return Optimizer(minimize=minimize)


def _remembered(state: dict, w: np.ndarray, memory: int) -> tuple[np.ndarray, deque]:
    """Where the last run stood, in float64, and its pairs; w and none at the start, or where w was moved since."""
    if not state or not np.array_equal(state["w"].astype(w.dtype), w):
        return w.astype(float), deque(maxlen=memory)
    return state["w"], deque(zip(state["s"], state["y"], strict=True), maxlen=memory)


def _direction(g: np.ndarray, pairs: deque) -> np.ndarray:
    """Minus the gradient, bent by the remembered curvature: the two-loop recursion, algorithm 7.4."""
    if not pairs:
        return -g / max(1.0, float(np.abs(g).sum()))  # nothing is known of the scale yet: a short step
    q, alphas = g, []
    for s, y in reversed(pairs):
        alphas.append((s @ q) / (s @ y))
        q = q - alphas[-1] * y
    s, y = pairs[-1]
    q = q * ((s @ y) / (y @ y))
    for (s, y), alpha in zip(pairs, reversed(alphas), strict=True):
        q = q + (alpha - (y @ q) / (s @ y)) * s
    return -q


def _line_search(at: Callable[[np.ndarray], Point], start: Point, direction: np.ndarray) -> Point | None:
    """A point along `direction` that meets both Wolfe conditions, or None.

    The first says that the loss has fallen enough for so long a step, the second that the slope has risen
    enough for so short a one. Between a length that is too short and one that is too long, halve; without an
    upper end, double. The second condition makes s @ y positive, which the recursion divides by.
    """
    x, loss, g = start
    slope = g @ direction
    if not slope < 0:  # rounding has turned the direction uphill
        return None
    low, high, length = 0.0, np.inf, 1.0
    for _ in range(20):
        there = at(x + length * direction)
        if not there[1] <= loss + 1e-4 * length * slope:  # in this form a NaN counts as too long
            high = length
        elif there[2] @ direction >= 0.9 * slope:
            return there
        else:
            low = length
        length = (low + high) / 2 if high < np.inf else 2 * length
    return None


@hookimpl
def optimizers() -> list:
    return [
        sgd,
        momentum,
        nesterov,
        adagrad,
        adagrad_momentum,
        rmsprop,
        adam,
        adamw,
        lbfgs,
    ]
