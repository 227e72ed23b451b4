"""One unit with its numbers filled in: what comes in, the weights, the sum, what the activation makes of it."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import GlassnetError
from ..experiment import Training
from ..kinds import Activation
from ..probes import first_slope
from ..wording import figure
from .curves import known
from .state import part_of, unit_name
from .views import View

Array = NDArray[Any]
MOST_SHOWN = 128  # incoming weights of a card
MOST_FILLED = 6  # products that are written out in a formula


def passed(training: Training, x: Array) -> list[tuple[Array, Array, Array]]:
    """(what enters, z, a) of each layer for one row (1, d), the outputs last; z is what the activation gets."""
    network, found, entering, z = training.network, [], x, x
    with np.errstate(all="ignore"):
        for layer in network.layers:
            before = x
            x = layer.forward(x, False, None)[0].copy()
            if "W" in layer.parameters:
                entering = before
            if layer.activation:
                found.append((entering, before, x))
            z = x
        found.append((entering, z, network.output_of(z)))
    return found


def row_of(training: Training, view: View, number: int) -> dict[str, Any] | None:
    """A row on its way through the network: what it brings each unit to, what it is and what is said of it."""
    if not 0 <= number < view.count:
        return None
    x, rows, at = view.row(number)
    layers = passed(training, x)
    said = training.model.said(layers[-1][2])
    target = rows.target.reshape(len(rows), -1)[at]
    t = training.data.targets.labels(target.astype(int)) if training.data.targets.classes else target
    a = [[figure(float(value)) for value in layer[2][0]] for layer in layers]
    return {"row": number, "a": a, "t": _in_words(t), "y": _in_words(np.atleast_1d(said))}


def _in_words(values: Array) -> str:
    said = [figure(float(value)) if isinstance(value, float) else str(value) for value in np.ravel(values).tolist()]
    return ", ".join(said)


def card_of(training: Training, view: View, layer: int, unit: int, row: int | None) -> dict[str, Any] | None:
    """The card of a unit, with the numbers of a row filled in if one is chosen; None where there is no such unit."""
    network = training.network
    if not (1 <= layer < len(network.widths) and 0 <= unit < network.widths[layer]):
        return None
    choice = (*training.chosen.activations, training.chosen.output)[layer - 1]
    weights = network.view(network.w, "weight", layer - 1)[:, unit]
    bias = float(network.view(network.w, "bias", layer - 1)[unit])
    told = part_of(choice)
    card: dict[str, Any] = {
        "title": unit_name(training, layer, unit), "layer": layer, "unit": unit, "activation": told["name"],
        "package": told["package"], "doc": choice.part.help, "bias": known(bias), "bias_text": figure(bias),
        "formula": f"a = {told['name']}(z)", "row": None,
    }  # fmt: skip
    inputs: Array | None = None
    if row is not None and 0 <= row < view.count:
        entering, z, a = passed(training, view.row(row)[0])[layer - 1]
        inputs = entering[0]
        card |= {"row": row} | _filled(choice.build(), told["name"], weights, inputs, bias, z[0], a[0], unit)
    card["rows"] = [
        _incoming(training, layer, unit, at, float(weights[at]), inputs) for at in range(min(len(weights), MOST_SHOWN))
    ]
    return card


def _incoming(
    training: Training, layer: int, unit: int, at: int, weight: float, inputs: Array | None
) -> dict[str, Any]:
    """One incoming weight, with what comes through it."""
    names = training.data.features.outputs
    row: dict[str, Any] = {
        "from": at, "name": names[at] if layer == 1 else f"unit {at + 1}", "weight": known(weight),
        "weight_text": figure(weight), "frozen": f"W{layer}:{at + 1},{unit + 1}" in training.experiment.freeze,
    }  # fmt: skip
    if inputs is not None:
        value = float(inputs[at])
        row |= {"input_text": figure(value), "product_text": figure(value * weight)}
    return row


def _filled(
    activation: Activation, name: str, weights: Array, inputs: Array, bias: float, z: Array, a: Array, unit: int
) -> dict[str, Any]:
    """z, a and slope of a unit, and the formula with its numbers in the place of letters."""
    total = float(weights @ inputs) + bias
    products = [f"{figure(float(w))} · {_factor(float(x))}" for w, x in zip(weights, inputs, strict=True)]
    shown = " + ".join(products[:MOST_FILLED]) + " + …" * (len(products) > MOST_FILLED)
    seen = float(z[unit])
    between = "" if np.isclose(seen, total) else f"; after batch normalisation {figure(seen)}"
    words = f"z = {shown} + {figure(bias)} = {figure(total)}{between}; a = {name}(z) = {figure(float(a[unit]))}"
    slope = _slope(activation, z, unit)
    return {
        "z_text": figure(seen), "a_text": figure(float(a[unit])), "slope_text": figure(slope),
        "filled": words.replace("+ -", "− "),
    }  # fmt: skip


def _factor(value: float) -> str:
    text = figure(value)
    return f"({text})" if text.startswith("-") else text


def _slope(activation: Activation, z: Array, unit: int) -> float | None:
    """The slope of a unit's output with respect to its own score; None where it can't be asked."""
    order = [unit, *(at for at in range(len(z)) if at != unit)]  # the probe asks for the first column
    try:
        with np.errstate(all="ignore"):
            return float(first_slope(activation, z[order][None])[0])
    except (GlassnetError, ValueError, TypeError, ArithmeticError):
        return None
