"""One look inside a network: a pass forward and back over some rows, and the figures of every layer.

It is done on a copy of the network, so that the one in training never notices.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ..backward import Room, way_back
from ..data import Rows
from ..data.sparse import dense
from ..kinds import Activation
from ..network import Network
from ..probes import flat_share, mixes_columns, steepest
from ..training import Objective, threads
from ..training.divergence import size
from ..training.scoring import at_most
from .watched import BINS, GRADIENT_EDGES, WATCHABLE, Array, Watched

MEASURED_ROWS = 1000  # evenly spaced training rows: enough for figures of a layer, cheap beside an epoch
NARROWEST = 1e-9  # of a histogram's range, as a share of its middle: below it a float has too few digits left
LARGEST = 1e300  # in a histogram; beyond it the width of a range may overflow
AT_ONCE = ("norms", "units", "histograms")  # what can be seen without going on


def measure(objective: Objective, rows: Rows, *, epoch: int = 0) -> Watched:
    """What is inside the objective's network as it stands: norms, units and histograms of a single `epoch`.

    At most 1,000 of the rows are looked at. Nothing of the network moves. See `Watched` for the figures.
    """
    return Probe(objective, rows, AT_ONCE).look(epoch, AT_ONCE)


@dataclass(frozen=True)
class Seen:
    """One dense layer on the way: z (n, o), a = f(z), delta the slope of the mean loss with respect to z, dW."""

    z: Array
    a: Array
    delta: Array
    W: Array
    dW: Array


class Probe:
    """Looks into one network again and again, as its weights change."""

    def __init__(self, objective: Objective, rows: Rows, what: Collection[str]) -> None:
        self.network, self.what = objective.network, tuple(one for one in WATCHABLE if one in what)
        self.apart = objective.apart()
        some = at_most(rows, MEASURED_ROWS)
        self.rows = replace(some, X=np.ascontiguousarray(dense(some.X)), t=np.ascontiguousarray(some.t))
        layers = zip(self.network.activations, self.network.hidden, strict=True)
        self.steepness = [Steepness.of(activation, width) for activation, width in layers]

    def look(self, epoch: int, due: Collection[str], before: Array | None = None) -> Watched:
        """The figures of what is due at an epoch; `before` are the weights w that it began with."""
        seen = empty(self.what, len(self.rows), self.network)
        if set(due) - {"path"}:
            with np.errstate(all="ignore"), threads.suited_to(len(self.rows), self.network.widths):
                passed = self._pass()
                if {"norms", "units"} & set(due):
                    seen = replace(seen, epochs=np.array([epoch]))
                if "norms" in due:
                    seen = replace(seen, **norms(passed), updates=self._updates(before))
                if "units" in due:
                    seen = replace(seen, **units(passed[:-1], self.steepness))
                if "histograms" in due:
                    seen = replace(seen, histogram_epochs=np.array([epoch]), **histograms(passed))
        if "path" in due:
            w = self.network.w.astype(np.float32)
            seen = replace(seen, path_epochs=np.array([epoch]), path=w[None])
        return seen

    def _pass(self) -> list[Seen]:
        """Forward and back as in a training step, layer by layer, keeping what each of them sees."""
        network, rows = self.apart.network, self.rows
        network.w[:] = self.network.w
        x, z, backs, signals, deltas = rows.X, rows.X, [], [], []
        for layer in network.layers:
            z, (x, back) = x, layer.forward(x, training=True, rng=None)
            backs.append((layer, back))
            if layer.activation:
                signals.append((z, x))
        signals.append((x, network.output.f(x)))
        slope: Array | None = self.apart.slope(x, rows.t, rows.weight)
        deltas.append(slope)
        for layer, back in reversed(backs):
            assert slope is not None
            slope = back(slope)
            if layer.activation:
                deltas.append(slope)
        dense = [layer for layer in network.layers if "W" in layer.arrays]
        return [
            Seen(z, a, np.asarray(delta), layer.arrays["W"], layer.slopes["dW"])
            for (z, a), delta, layer in zip(signals, reversed(deltas), dense, strict=True)
        ]

    def _updates(self, before: Array | None) -> Array:
        """|change of W| / |W before| of each layer."""
        network = self.network
        if before is None:
            return np.full((1, len(network.widths) - 1), np.nan)
        shares = []
        for layer in range(len(network.widths) - 1):
            old, new = network.view(before, "weight", layer), network.view(network.w, "weight", layer)
            shares.append(length(new - old) / length(old) if length(old) else np.nan)
        return np.array([shares])


def empty(what: tuple[str, ...], rows: int, network: Network) -> Watched:
    """Nothing seen yet, each array with the shape that it will grow from."""
    layers = len(network.widths) - 1
    none, one = np.zeros(0, np.int64), np.zeros((0, layers))
    return Watched(
        what, rows, none, one, one, one, one, one, one, one, one, one[:, 1:], one[:, 1:],
        histogram_epochs=none,
        activation_edges=np.zeros((0, layers, BINS + 1)),
        activation_counts=np.zeros((0, layers, BINS), np.int32),
        gradient_counts=np.zeros((0, layers, len(GRADIENT_EDGES) - 1), np.int32),
        path_epochs=none,
        path=np.zeros((0, len(network.w)), np.float32),
    )  # fmt: skip


# --- norms --------------------------------------------------------------------------------------------------


def norms(passed: list[Seen]) -> dict[str, Any]:
    """Lengths of what goes forward and back through each layer, as `Watched` describes them."""
    figures: dict[str, list[float]] = {name: [] for name in WATCHABLE["norms"] if name != "updates"}
    for seen in passed:
        means = seen.a.mean(axis=0)
        figures["scores"].append(root_mean_square(seen.z))
        figures["activations"].append(root_mean_square(seen.a))
        figures["means"].append(float(means.mean()))
        figures["spreads"].append(root_mean_square(seen.a - means))
        figures["slopes"].append(root_mean_square(seen.delta) * len(seen.z))  # of each row's loss, not of their mean
        figures["gradients"].append(length(seen.dW))
        figures["weights"].append(length(seen.W))
    return {name: np.array([values]) for name, values in figures.items()}


def root_mean_square(array: Array) -> float:
    return length(array) / float(np.sqrt(array.size))


def length(array: Array) -> float:
    """Euclidean norm, in one quick product where its squares neither overflow nor vanish."""
    flat = np.ravel(array)
    square = float(flat @ flat)
    enough = float(np.finfo(flat.dtype).tiny) * 1e16
    return square**0.5 if enough < square < np.inf else size(flat) * flat.size**0.5


# --- units --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Steepness:
    """The slope of an activation, element by element, and the steepest that it has for z from -3 to 3."""

    slope: Callable[[Array, Array], Array]
    steepest: float

    @classmethod
    def of(cls, activation: Activation, width: int) -> Steepness | None:
        """That of a layer; None where columns mix (a unit has no slope of its own there), or where it can't be told."""
        try:
            return cls._probed(activation, width)
        except Exception:  # a guest's formula may be made for the layers it was trained in, and for nothing else
            return None

    @classmethod
    def _probed(cls, activation: Activation, width: int) -> Steepness | None:
        if activation.df is None and mixes_columns(activation, width):
            return None
        columns = 1 if activation.df is not None else width
        slope = activation.df or slope_by_way_back(activation, width)
        return cls(slope, steepest(activation, slope, columns))


def slope_by_way_back(activation: Activation, width: int) -> Callable[[Array, Array], Array]:
    """f'(z) as what the way back makes of ones."""
    back = way_back(activation, Room(width, np.dtype(float)))
    return lambda z, a: back(z, a, np.ones_like(z))


def units(hidden: list[Seen], steepness: list[Steepness | None]) -> dict[str, Any]:
    """Shares of hidden units without any slope, and of units and rows with nearly none."""
    dead, saturated = [], []
    for slope, steep in zip(_slopes(hidden, steepness), steepness, strict=True):
        dead.append(np.nan if slope is None else float(np.mean(~slope.any(axis=0))))
        saturated.append(np.nan if slope is None or steep is None else flat_share(slope, steep.steepest))
    return {"dead": np.array([dead]), "saturated": np.array([saturated])}


def _slopes(hidden: list[Seen], steepness: list[Steepness | None]) -> Iterator[Array | None]:
    """The size of the slope of each row and unit, layer by layer; None where it can't be told."""
    for seen, steep in zip(hidden, steepness, strict=True):
        yield None if steep is None else np.abs(np.asarray(steep.slope(seen.z, seen.a)))


def stuck_units(objective: Objective, rows: Rows) -> list[tuple[Array, Array]]:
    """For each hidden layer: which units have no slope on any row, and on which share of the rows each has nearly none.

    Both are empty for a layer of which that can't be told. At most 1,000 of the rows are looked at.
    """
    probe = Probe(objective, rows, ("units",))
    found: list[tuple[Array, Array]] = []
    with np.errstate(all="ignore"):
        for slope, steep in zip(_slopes(probe._pass()[:-1], probe.steepness), probe.steepness, strict=True):
            if slope is None or steep is None:
                found.append((np.zeros(0), np.zeros(0)))
            else:
                flat = [flat_share(column, steep.steepest) for column in slope.T]
                found.append((np.logical_not(slope.any(axis=0)), np.array(flat)))
    return found


# --- histograms ---------------------------------------------------------------------------------------------


def histograms(passed: list[Seen]) -> dict[str, Any]:
    """Counts of activations and of the sizes of gradients, for each layer."""
    signals = [_histogram(seen.a) for seen in passed]
    gradients = [_sizes(seen.dW) for seen in passed]
    return {
        "activation_counts": np.array([[counts for counts, _ in signals]], np.int32),
        "activation_edges": np.array([[edges for _, edges in signals]]),
        "gradient_counts": np.array([gradients], np.int32),
    }


def _histogram(values: Array) -> tuple[Array, Array]:
    finite = np.clip(values[np.isfinite(values)].astype(float), -LARGEST, LARGEST)
    if not finite.size:
        return np.zeros(BINS), np.linspace(0, 1, BINS + 1)
    return np.histogram(finite, BINS, bin_range(float(finite.min()), float(finite.max())))


def bin_range(low: float, high: float) -> tuple[float, float]:
    """Where bins begin and end: at low and high, or further apart where these are all but the same number.

    Saturated units differ by the last digits of a float, and between those there is no room for 40 bins.
    """
    middle, half = (low + high) / 2, (high - low) / 2
    if half > max(NARROWEST * abs(middle), 1 / LARGEST):
        return low, high
    half = max(0.5, abs(middle) / 2)
    return middle - half, middle + half


def _sizes(gradient: Array) -> Array:
    """Counts of log10|gradient| between `GRADIENT_EDGES`, those beyond at the ends; zeros are not counted."""
    sizes = np.log10(np.abs(gradient[(gradient != 0) & np.isfinite(gradient)], dtype=float))
    counts: Array = np.histogram(np.clip(sizes, GRADIENT_EDGES[0], GRADIENT_EDGES[-1]), GRADIENT_EDGES)[0]
    return counts
