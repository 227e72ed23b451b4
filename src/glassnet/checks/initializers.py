"""What an initializer promises: the shapes of a layer, and weights that scatter around 0."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from ..kinds import Initializer
from ..wording import exact
from .cases import Call, Case, Refused
from .running import Promise

EXEMPT = {"input-untouched": "it is handed nothing but numbers and rng"}
_SIZES = ((300, 200), (40, 700))


def calls(case: Case, bag: Initializer) -> Iterator[Call]:
    """Weights and biases of one layer."""
    for name in ("weights", "biases"):
        given = {"fan_in": 30, "fan_out": 20, "rng": np.random.default_rng(0)}
        yield Call(f"{name}(fan_in, fan_out, rng)", getattr(bag, name), given)


def spread(case: Case) -> str:
    """Units that start equal stay equal: weights scatter around 0, each unit's are its own, or all of them are 0."""
    bag: Initializer = case.bag
    said = []
    for fan_in, fan_out in _SIZES:
        W = np.asarray(bag.weights(fan_in, fan_out, np.random.default_rng(11)))
        b = np.asarray(bag.biases(fan_in, fan_out, np.random.default_rng(12)))
        _require_shape("weights", W, (fan_in, fan_out))
        _require_shape("biases", b, (fan_out,))
        _require_scatter(W, fan_in, fan_out)
        other = np.asarray(bag.weights(fan_in, fan_out, np.random.default_rng(13)))
        if W.any() and np.array_equal(W, other):
            raise Refused(f"weights({fan_in}, {fan_out}, rng) are the same for every rng: draw from the rng handed in")
        if not 0.8 * W.std() <= other.std() <= 1.25 * W.std():
            raise Refused(
                f"two draws of {W.size} weights have standard deviations "
                f"{exact(W.std(), 4)} and {exact(other.std(), 4)}"
            )
        said.append(f"{exact(W.std(), 4)} for fan_in {fan_in}, fan_out {fan_out}")
    return f"standard deviation {', '.join(said)}"


def _require_shape(name: str, values: Any, shape: tuple[int, ...]) -> None:
    if values.shape != shape:
        raise Refused(f"{name} have shape {values.shape}, expected {shape}")
    if not np.isfinite(values).all():
        raise Refused(f"{name} hold {values[~np.isfinite(values)][0]}: expected finite numbers")


def _require_scatter(W: Any, fan_in: int, fan_out: int) -> None:
    if not W.any():
        return
    if np.allclose(W, W[:, :1]):
        raise Refused(f"weights({fan_in}, {fan_out}, rng) are the same for every unit: all units would stay equal")
    error = W.std() / np.sqrt(W.size)
    if abs(W.mean()) > 5 * error:
        raise Refused(
            f"weights({fan_in}, {fan_out}, rng) have mean {exact(W.mean(), 4)} and standard deviation "
            f"{exact(W.std(), 4)}: "
            f"expected a mean of 0, within {exact(5 * error, 2)} for {W.size} weights"
        )


PROMISES = (Promise(spread),)
