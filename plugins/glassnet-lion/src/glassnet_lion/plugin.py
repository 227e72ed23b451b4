"""Four relatives of Adam: each doubts one of its pieces, and puts another there.

`w` is one vector with all parameters and `g` the gradient. Each `update` gives the change that is subtracted
from w; its memory, the state, is a flat dict of arrays as long as w and of plain numbers. `step` counts from 1.

All share Adam's two memories, m of the gradient and v of its square:

m = beta1 m + (1 - beta1) g
v = beta2 v + (1 - beta2) g^2
"""

from typing import Annotated

import numpy as np
from glassnet import Optimizer, Range, hookimpl

Rate = Annotated[float, Range(0)]
Share = Annotated[float, Range(0, 0.999999)]  # of what was remembered, that is kept: 1 would never forget
Epsilon = Annotated[float, Range(1e-30)]  # 0 would divide 0 by 0 where a weight has no gradient


def _moments(g: np.ndarray, state: dict, beta1: float, beta2: float) -> tuple[np.ndarray, np.ndarray]:
    """Adam's two memories after this gradient, both still too small: they started at 0."""
    m = beta1 * state["m"] + (1 - beta1) * g
    v = beta2 * state["v"] + (1 - beta2) * (g * g)
    return m, v


def lion(
    lr: Rate = 0.0003,
    beta1: Share = 0.9,
    beta2: Share = 0.99,
    weight_decay: Annotated[float, Range(0)] = 0.0,
) -> Optimizer:
    """Only the sign counts: every weight takes a step of the same length, and one memory is enough.

    c = beta1 m + (1 - beta1) g
    change = lr (sign(c) + weight_decay w), where sign(0) = 0
    m = beta2 m + (1 - beta2) g

    Options:
        lr: learning rate, the exact length of each weight's step. Adam's steps are mostly shorter than its rate,
            so lion wants a rate 3 to 10 times smaller
        beta1: the share of m in the direction of this step
        beta2: the share of m that is kept; more than beta1, so that the memory is longer than one step's view
        weight_decay: the share of a weight that it loses in each step, in units of lr; with a rate so small it
            wants to be 3 to 10 times larger than AdamW's

    Source: Chen and others (2023), Symbolic discovery of optimization algorithms, arXiv 2302.06675, Algorithm 2.
    The rate of its published code is 0.0001, for networks with millions of weights. PyTorch has no lion.
    """

    def update(w: np.ndarray, g: np.ndarray, state: dict, step: int) -> tuple[np.ndarray, dict]:
        m = state["m"]
        change = lr * np.sign(beta1 * m + (1 - beta1) * g)
        if weight_decay:
            change += (lr * weight_decay) * w
        return change, {"m": beta2 * m + (1 - beta2) * g}

    return Optimizer(
        init=lambda w: {"m": np.zeros_like(w)},
        update=update,
        elementwise=True,
    )


def nadam(
    lr: Rate = 0.002,
    beta1: Share = 0.9,
    beta2: Share = 0.999,
    epsilon: Epsilon = 1e-8,
    momentum_decay: Annotated[float, Range(0)] = 0.004,
) -> Optimizer:
    """Adam that looks ahead, as nesterov does: the newest gradient counts where m is about to lead.

    m and v as in Adam
    b(k) = beta1 (1 - 0.96^(k momentum_decay) / 2), the share of m in step k, which grows from beta1 / 2 to beta1
    B(k) = b(1) b(2) ... b(k)
    M = b(step + 1) m / (1 - B(step + 1)) + (1 - b(step)) g / (1 - B(step))
    V = v / (1 - beta2^step)
    change = lr M / (sqrt(V) + epsilon)

    Options:
        lr: learning rate, about the length of a step
        beta1: the share of m that is kept
        beta2: the share of v that is kept
        epsilon: keeps the division away from 0
        momentum_decay: how fast b approaches beta1, per step: 0.004 is half-way after 4200 steps, 0 stays where it is

    Source: Dozat (2016), Incorporating Nesterov momentum into Adam, with the warming b that it recommends. This
    is PyTorch's NAdam; in both, m itself is kept with beta1, while Dozat's m is kept with b. Keras differs by
    its rate of 0.001, its epsilon of 1e-7 and its momentum_decay, which is 1.
    """

    def share(step: int) -> float:
        return beta1 * (1 - 0.5 * 0.96 ** (step * momentum_decay))

    def update(w: np.ndarray, g: np.ndarray, state: dict, step: int) -> tuple[np.ndarray, dict]:
        m, v = _moments(g, state, beta1, beta2)
        now, ahead = share(step), share(step + 1)
        product = state["product"] * now
        root = np.sqrt(v / (1 - beta2**step)) + epsilon
        mean = ahead / (1 - product * ahead) * m + (1 - now) / (1 - product) * g
        return lr * mean / root, {"m": m, "v": v, "product": product}

    return Optimizer(
        init=lambda w: {"m": np.zeros_like(w), "v": np.zeros_like(w), "product": 1.0},
        update=update,
        elementwise=True,
    )


def amsgrad(lr: Rate = 0.001, beta1: Share = 0.9, beta2: Share = 0.999, epsilon: Epsilon = 1e-8) -> Optimizer:
    """Adam that never forgets a steep slope: what divides a step can only grow.

    m and v as in Adam
    top = max(top, v)
    M = m / (1 - beta1^step)
    V = top / (1 - beta2^step)
    change = lr M / (sqrt(V) + epsilon)

    Where a rare, large gradient is what matters, Adam forgets it too soon and may run the wrong way for ever.

    Options:
        lr: learning rate, about the length of a step at first
        beta1: the share of m that is kept
        beta2: the share of v that is kept
        epsilon: keeps the division away from 0

    Source: Reddi, Kale and Kumar (2018), On the convergence of Adam and beyond, arXiv 1904.09237. Their Algorithm
    2 uses m and top as they are; correcting both for their start at 0, after the maximum, is what PyTorch's
    Adam(amsgrad=True) does. Keras adds its epsilon to sqrt(top) instead.
    """

    def update(w: np.ndarray, g: np.ndarray, state: dict, step: int) -> tuple[np.ndarray, dict]:
        m, v = _moments(g, state, beta1, beta2)
        top = np.maximum(state["top"], v)
        root = np.sqrt(top / (1 - beta2**step)) + epsilon
        return (lr / (1 - beta1**step)) * m / root, {"m": m, "v": v, "top": top}

    return Optimizer(
        init=lambda w: {"m": np.zeros_like(w), "v": np.zeros_like(w), "top": np.zeros_like(w)},
        update=update,
        elementwise=True,
    )


def radam(lr: Rate = 0.001, beta1: Share = 0.9, beta2: Share = 0.999, epsilon: Epsilon = 1e-8) -> Optimizer:
    """Rectified Adam: divides by sqrt(v) only once v has seen enough, and carefully at first: a built-in warm-up.

    m and v as in Adam
    M = m / (1 - beta1^step)
    R = 2 / (1 - beta2) - 1, and r = R - 2 step beta2^step / (1 - beta2^step): how many gradients v has seen
    where r > 5: change = lr M q sqrt(1 - beta2^step) / (sqrt(v) + epsilon),
                 with q^2 = (r - 4) (r - 2) R / ((R - 4) (R - 2) r), which grows from 0 to 1
    else:        change = lr M, which is momentum

    With beta2 = 0.999 the first 5 steps are those of momentum. Where beta2 is at most 2/3, r never exceeds 5.

    Options:
        lr: learning rate, about the length of a step in the long run
        beta1: the share of m that is kept
        beta2: the share of v that is kept
        epsilon: keeps the division away from 0

    Source: Liu and others (2020), On the variance of the adaptive learning rate and beyond, arXiv 1908.03265,
    Algorithm 2. This is PyTorch's RAdam; the paper divides as soon as r > 4 and has no epsilon.
    """
    R = 2 / (1 - beta2) - 1

    def scale(step: int) -> float:
        """q sqrt(1 - beta2^step); 0 while v has seen too little."""
        kept = beta2**step
        r = R - 2 * step * kept / (1 - kept)
        if r <= 5:
            return 0.0
        return float(np.sqrt((r - 4) * (r - 2) * R / ((R - 4) * (R - 2) * r) * (1 - kept)))

    def update(w: np.ndarray, g: np.ndarray, state: dict, step: int) -> tuple[np.ndarray, dict]:
        m, v = _moments(g, state, beta1, beta2)
        change = (lr / (1 - beta1**step)) * m
        factor = scale(step)
        if factor:
            change = change * (factor / (np.sqrt(v) + epsilon))
        return change, {"m": m, "v": v}

    return Optimizer(
        init=lambda w: {"m": np.zeros_like(w), "v": np.zeros_like(w)},
        update=update,
        elementwise=True,
    )


@hookimpl
def optimizers() -> list:
    return [lion, nadam, amsgrad, radam]
