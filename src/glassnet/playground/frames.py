"""One frame: what a network looks like at this moment, as bytes that a page draws without computing anything."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..network import Network
from ..wording import figure
from .curves import known
from .views import MOST_INPUTS, SIDE, View

Array = NDArray[Any]
MOST_WEIGHTS, LARGEST = 6_000, 500  # weights that travel whole; of more, the largest of each layer
SMALLER = {2: 40, 3: 80}  # of the plane's places every second goes into a unit's picture; of many units fewer
HUGE = 3e38  # about the largest number of four bytes
GREY = 128  # the byte of 0 in a unit's picture


def weights_of(network: Network) -> tuple[list[dict[str, Any]], Array]:
    """(what the head says of each layer's weights, the numbers): whole where they are few, else the largest."""
    whole, told, numbers, at = len(network.w) <= MOST_WEIGHTS, [], [], 0
    for layer, (rows, columns) in enumerate(pairwise(network.widths)):
        flat = np.nan_to_num(np.clip(network.view(network.w, "weight", layer).ravel(), -HUGE, HUGE))
        kept = None if whole or flat.size <= LARGEST else np.sort(np.argpartition(-np.abs(flat), LARGEST)[:LARGEST])
        sent = flat if kept is None else flat[kept]
        told.append(
            {
                "layer": layer + 1, "rows": rows, "columns": columns, "at": at,
                "kept": None if kept is None else kept.tolist(),
                "largest": known(float(np.abs(flat).max(initial=0.0))),
            }
        )  # fmt: skip
        numbers.append(sent)
        at += sent.size
    return told, np.concatenate(numbers).astype(np.float32)


@dataclass(frozen=True)
class Drawn:
    """The pictures of a moment: what the head says of them, and their bytes."""

    head: dict[str, Any]
    plane: Array
    units: Array


NOTHING = np.zeros(0, np.uint8)


def pictures(view: View, with_units: bool = True) -> Drawn:
    """The output over the plane or along the curve, and each unit's own picture; of pictures, the first weights."""
    network, small = view.training.network, view.small
    with np.errstate(over="ignore"):
        small.w[:], small.running[:] = network.w, network.running
    if view.kind == "pictures":
        units, told = _patterns(view)
        return Drawn({"answers": _answers(view), **told}, NOTHING, units)
    if view.places is None:
        return Drawn({}, NOTHING, NOTHING)
    with np.errstate(all="ignore"):
        *hidden, y = small.activations_of(view.places)
        said, form = view.answers(np.nan_to_num(y, posinf=HUGE, neginf=-HUGE))
    head: dict[str, Any] = {}
    plane = NOTHING
    if view.kind == "curve":
        low, high = view.ends(view.axes[0])
        head["curve"] = {
            "x": [known(x) for x in np.linspace(low, high, len(said)).tolist()],
            "y": [known(value) for value in (said // 16 if form == "class" else said).tolist()],
        }
    elif form == "class":
        plane = said.astype(np.uint8)
        head["plane"] = {"size": SIDE, "form": "class"}
    else:
        plane, head["plane"] = _scaled(view, said)
    if not with_units:
        return Drawn(head, plane, NOTHING)
    units, head["units"] = _units(view, [view.places[:, :MOST_INPUTS], *hidden])
    return Drawn(head, plane, units)


def _scaled(view: View, said: Array) -> tuple[Array, dict[str, Any]]:
    """Numbers as bytes between two ends: those of a chance, those of the target, or those that there are."""
    boundary: float | None = None
    targets = view.training.data.targets
    if targets.task == "regression":
        t = np.concatenate([rows.target[:, view.label] for _, rows in view.rows])
        low, high = float(t.min()), float(t.max())
    else:
        low, high = view.reach
        middle = 0.5 if view.training.objective.loss.predict is None else 0.0  # where the answer changes
        if not np.isfinite((low, high)).all():  # scores, as hinge has them
            span = max(0.5, float(np.quantile(np.abs(said - middle), 0.9)))
            low, high = middle - span, middle + span
        boundary = 255 * (middle - low) / (high - low)
    high = high if high > low else low + 1.0
    plane = np.clip(np.rint(255 * (said - low) / (high - low)), 0, 255).astype(np.uint8)
    told = {"size": SIDE, "form": "value", "low": known(low), "high": known(high), "boundary": boundary}
    return plane, told | {"low_text": figure(low), "high_text": figure(high)}


def _units(view: View, layers: Sequence[Array]) -> tuple[Array, dict[str, Any]]:
    """Each unit's activation over the places, a byte a place, on one scale a layer that keeps 0 in the middle."""
    curve = view.kind == "curve"
    every, told = [], []
    total = sum(a.shape[1] for a in layers)
    apart = next((apart for apart, most in SMALLER.items() if total <= most), 4)  # places between those that are kept
    side = -(-SIDE // apart)
    for number, a in enumerate(layers):
        if curve:
            shown = a[:: len(a) // side][:side].T
        else:
            shown = a.reshape(SIDE, SIDE, -1)[::apart, ::apart].reshape(side * side, -1).T
        scale = float(np.abs(shown).max(initial=0.0))
        if not np.isfinite(scale):
            shown, scale = np.nan_to_num(shown, posinf=HUGE, neginf=-HUGE), HUGE
        every.append(_shaded(shown, scale))
        told.append({"layer": number, "number": len(shown)})
    return np.concatenate(every), {"width": side, "height": 1 if curve else side, "layers": told}


def _shaded(values: Array, scale: float) -> Array:
    """Numbers up to a scale as bytes, 0 in the middle."""
    return np.rint(GREY + 127 / (scale or 1.0) * values.astype(float)).astype(np.uint8).ravel()


def _answers(view: View) -> dict[str, Any]:
    """What the network says of the rows that are shown as pictures."""
    from ..training.scoring import answers

    rows = [view.row(number) for number in view.pictured]
    with np.errstate(all="ignore"):
        y = view.training.network.predict(np.concatenate([row for row, _, _ in rows]))
    said = np.asarray(answers(y, view.training.data.targets, view.training.objective.loss)).reshape(len(rows), -1)[:, 0]
    t = np.array([split.target.reshape(len(split), -1)[at, 0] for _, split, at in rows])
    return {"y": [known(float(value)) for value in said], "right": (said == t).astype(int).tolist()}


def _patterns(view: View) -> tuple[Array, dict[str, Any]]:
    """The first layer's weights as pictures, where each belongs to a pixel."""
    shape = view.training.data.features.image_shape
    W = np.nan_to_num(view.training.network.view(view.training.network.w, "weight", 0).T, posinf=HUGE, neginf=-HUGE)
    if shape is None or W.shape[1] != shape[0] * shape[1]:
        return NOTHING, {}
    told = {"width": shape[1], "height": shape[0], "layers": [{"layer": 1, "number": len(W)}]}
    return _shaded(W, float(np.abs(W).max(initial=0.0))), {"units": told}
