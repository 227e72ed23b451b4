"""What happens inside the network: inputs that shout, units that died or froze, gradients that fade or swell."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from math import prod

import numpy as np
from numpy.typing import NDArray

from ..data.sparse import all_here
from ..errors import join
from ..experiment import Training
from ..findings import Finding, Remedy, Severity
from ..probes import is_bounded
from ..wording import percent, rows_of, significant
from .case import Case
from .remedies import finding, possible

#: Root mean square of an input column; initial weights are meant for inputs of about 1.
LARGEST_INPUT = 10.0
#: The largest column in multiples of the smallest: beyond it the network is deaf to the small ones at first.
LARGEST_TO_SMALLEST = 100.0
#: Share of hidden units without any slope. A few die in healthy networks; a fifth is capacity thrown away.
MANY_DEAD = 0.2
#: ... and if half of one layer is dead, little gets through it, whatever the others do.
HALF_A_LAYER = 0.5
#: Share of a layer's outputs on the flat ends of a bounded activation: more than half of the slope is lost there.
MOSTLY_SATURATED = 0.5
#: ... which harms nobody where so much was gained over guessing on training rows, of what there was to gain: a network
#: that separates its classes ends on the flat ends.
SOUND_FIT = 0.8
#: Gradient of a weight of the first layer, in multiples of one of the output layer. Sound networks lie between
#: 0.03 and 2, also with ten layers.
VANISHING, EXPLODING = 1e-3, 10.0


def inputs_not_scaled(case: Case) -> Finding | None:
    """Are the inputs on one scale, and near 1?"""
    found = out_of_scale(case.training)
    if found is None:
        return None
    number, words = found
    return finding("inputs not scaled", "warning", number, words, [Remedy("", {"scale": "standard"})], case.run)


def out_of_scale(training: Training) -> tuple[float, str] | None:
    """How far apart the inputs are, or how large, and a sentence about it; None where they are on one scale."""
    features, rows = training.data.features, training.data.train.X
    count = sum(column.measured for column in features.columns)
    if features.image_shape or not count or not all_here(rows):
        return None  # sparse columns are counts and marks, whose zeros are all that they have in common
    sizes = np.sqrt(np.mean(rows[:, :count].astype(float) ** 2, axis=0))
    largest, smallest = int(np.argmax(sizes)), int(np.argmin(np.where(sizes > 0, sizes, np.inf)))
    size, ratio = float(sizes[largest]), float(sizes[largest] / sizes[smallest]) if sizes[smallest] else 1.0
    if size < LARGEST_INPUT and ratio < LARGEST_TO_SMALLEST:
        return None
    named, said = features.outputs[largest], f"about {significant(size, 4)} (root mean square)"
    if ratio < LARGEST_TO_SMALLEST:
        return size, f"The input {named!r} is {said}; weights begin for inputs near 1."
    other, small = features.outputs[smallest], significant(size / ratio)
    apart = f"{named!r} is {said}, {other!r} about {small}, {significant(ratio)} times smaller"
    return ratio, f"The inputs are not on one scale: {apart}."


def dead_units(case: Case) -> Finding | None:
    """Do hidden units have slope 0 on all rows, so that they can't learn any more?"""
    widths, dead = np.array(case.training.network.hidden), np.nan_to_num(_last(case.inside.dead))
    share = float((widths * dead).sum() / max(widths.sum(), 1))
    if share < MANY_DEAD and dead.max(initial=0.0) < HALF_A_LAYER:
        return None
    units = join(f"{round(d * w)} of {w}" for d, w in zip(dead, widths, strict=True))
    layers = "its hidden layer" if len(widths) == 1 else f"its {len(widths)} hidden layers"
    words = (
        f"{percent(share)} of the hidden units are dead: their slope is 0 on all "
        f"{rows_of('train', case.inside.rows)} looked at, so they learn nothing more (in {layers}: {units})."
    )
    return finding(
        "dead units", "warning", share, words, [Remedy("its slope is never 0", {"activation": "leaky_relu"})], case.run
    )


def saturated(case: Case) -> Finding | None:
    """Do most units lie on the flat ends of their activation?"""
    shares = np.nan_to_num(_last(case.inside.saturated))
    bounded = np.array([is_bounded(activation) for activation in case.training.network.activations], dtype=bool)
    shares = np.where(bounded, shares, 0.0)
    if not len(shares) or shares.max() < MOSTLY_SATURATED:
        return None
    worst = int(np.argmax(shares))
    words = (
        f"In layer {worst + 1}, {percent(float(shares[worst]))} of the outputs lie on the flat ends of the activation, "
        "where its slope is below a twentieth of the steepest and little is learned."
    )
    severity: Severity = "warning"
    if case.gain("train") > SOUND_FIT and gradients_fade_or_swell(case) is None:
        words += " It has learned its rows all the same: units that are sure of themselves lie there, too."
        severity = "remark"
    remedies = list(_against_saturation(case))
    return finding(
        "saturation", severity, float(shares[worst]), words, remedies, case.run, command=severity == "warning"
    )


def _against_saturation(case: Case) -> Iterator[Remedy]:
    """What is not in use already."""
    words = case.experiment
    if words.initializer and not any("glorot" in str(one) for one in words.initializer):
        yield Remedy("smaller initial weights", {"initializer": "glorot_uniform"})
    if not words.batch_norm:
        yield Remedy("scores are brought to one size", {"batch_norm": "true"})
    yield Remedy("no flat end above 0", {"activation": "relu"})


def gradients_fade_or_swell(case: Case) -> Finding | None:
    """Do gradients vanish or explode on their way back to the first layer?"""
    network = case.training.network
    if len(network.hidden) < 2:
        return None
    sizes = per_weight(_last(case.inside.gradients), network.widths)
    if not sizes[-1] > 0 or not np.isfinite(sizes).all():
        return None
    ratio = float(sizes[0] / sizes[-1])
    words = (
        f"A weight of layer 1 gets {significant(ratio, 2)} times the gradient of one of the output layer, "
        f"{len(sizes) - 1} layers further on: "
    )
    steady = list(possible(case.run, _steady(case)))
    if ratio < VANISHING:
        words += "the first layers learn next to nothing."
        return finding("vanishing gradient", "warning", ratio, words, steady, case.run)
    if ratio > EXPLODING:
        words += "the first layers are thrown about."
        return finding(
            "exploding gradient", "warning", ratio, words, [Remedy("", {"clip_norm": "1"}), *steady], case.run
        )
    return None


def _steady(case: Case) -> Iterator[Remedy]:
    """What keeps signals and slopes of one size through all layers."""
    yield Remedy("no layer shrinks them", {"activation": "relu", "initializer": "he_normal"})
    yield Remedy("scores are brought to one size", {"batch_norm": "true"})
    hidden = case.experiment.hidden
    yield Remedy("fewer layers", {"hidden": ",".join(map(str, hidden[: max(1, len(hidden) // 4)]))})


def per_weight(norms: NDArray[np.float64], widths: list[int]) -> NDArray[np.float64]:
    """Root mean square over each layer's weights from their Euclidean norm: layers of any size compare."""
    counts = [prod(pair) for pair in pairwise(widths)]
    return norms / np.sqrt(counts)


def _last(figures: NDArray[np.float64]) -> NDArray[np.float64]:
    """The figures of all layers, at the last epoch that was looked at."""
    return np.asarray(figures[-1], dtype=float)
