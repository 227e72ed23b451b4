"""Pictures of parts: what an activation does to a score, and the slope that it hands back."""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from glassnet import Plot, pictures

FLAT = 0.05  # of the steepest slope: what `--watch units` counts as saturated
STEEPEST_WITHIN = 3.0


def activation_slope(reach: float = 5.0) -> Plot:
    """An activation and its slope on one axis; where it is nearly flat is shaded.

    x = score z; y = f(z) and f'(z). Shaded: the slope is at most 5 % of the steepest for z from -3 to 3, so that
    nearly nothing is learned there

    reach: how far the axis goes, from -reach to reach
    """

    def draw(choice: Any) -> Any:
        activation = choice.build()
        z = np.linspace(-reach, reach, 1001)
        f, slope = curves(activation, z)
        steepest = np.nanmax(np.abs(curves(activation, np.linspace(-STEEPEST_WITHIN, STEEPEST_WITHIN, 601))[1]))
        made, axes = pictures.single(_title(choice), "score z", "f(z) and its slope", _formula(choice), height=4.8)
        flat = np.abs(slope) <= FLAT * steepest
        if flat.any():
            axes.fill_between(
                z, 0, 1, where=flat, transform=axes.get_xaxis_transform(), color=pictures.GREY, alpha=0.15, linewidth=0,
                label="nearly flat",
            )  # fmt: skip
        for side in (axes.axhline, axes.axvline):
            side(0, color=pictures.GREY, linewidth=0.8)
        axes.plot(z, f, color=pictures.BLUE, linewidth=2.5, label="f(z)")
        axes.plot(z, slope, color=pictures.VERMILION, linestyle="--", linewidth=2.5, label="slope f'(z)")
        low, high = _sensible(np.concatenate([f, slope]))
        axes.set_ylim(low, high)
        pictures.legend(axes)
        return made

    return Plot(draw, of="part", unsuited=_unsuited)


def curves(activation: Any, z: Any) -> tuple[Any, Any]:
    """(f, slope) at scores z (n,): the slope that the part gives, else by central differences of its formula."""
    column = z[:, None]
    with np.errstate(all="ignore"):
        a = activation.f(column)
        if activation.df is not None:
            slope = activation.df(column, a)
        elif activation.vjp is not None:
            slope = activation.vjp(column, a, np.ones_like(column))
        else:
            slope = (activation.f(column + 1e-6) - activation.f(column - 1e-6)) / 2e-6
    return np.asarray(a, float)[:, 0], np.asarray(slope, float)[:, 0]


def _unsuited(choice: Any) -> str:
    if choice.part.kind != "activation":
        return f"{choice.part.name} is no activation, but one of the kind {choice.part.kind}"
    f = choice.build().f
    z = np.array([[0.5, -1.0], [0.5, 2.0]])
    with np.errstate(all="ignore"):
        mixes = not np.isclose(*f(z)[:, 0])
    return f"the columns of {choice.part.name} mix: it is no curve over one score" if mixes else ""


def _title(choice: Any) -> str:
    """Its name with every option."""
    options = ", ".join(f"{name} {value}" for name, value in choice.options.items())
    return f"{choice.part.name} ({options})" if options else str(choice.part.name)


def _formula(choice: Any) -> str:
    """The first formula of its docstring; nothing where there is none."""
    lines = (re.split(r"[;:]|, where|, with|, computed", line.strip())[0] for line in choice.part.doc.splitlines())
    return next((line.rstrip(".") for line in lines if line.startswith("f(z) =")), "")


def _sensible(values: Any) -> tuple[float, float]:
    """Limits that a curve which runs away does not decide alone."""
    finite = values[np.isfinite(values)]
    low, high = max(float(finite.min()), -6.0), min(float(finite.max()), 6.0)
    room = 0.06 * (high - low or 1.0)
    return low - room, high + room
