"""Ticks of a scale whose powers of ten are letters and no formulas. It loads matplotlib: import it where one draws."""

from __future__ import annotations

import re
from typing import Any

from matplotlib.ticker import Formatter

_POWER = re.compile(r"\$\\mathdefault\{(-?)(?:([\d.]+)\\times)?(\d+)\^\{([-−]?\d+)\}\}\$")
_RAISED = str.maketrans("-−0123456789", "⁻⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def plain(text: str) -> str:
    """`10⁻³` for what matplotlib's formulas say of a power of ten, and `2×10⁴`."""
    return _POWER.sub(
        lambda found: f"{found[1]}{found[2] + '×' if found[2] else ''}{found[3]}{found[4].translate(_RAISED)}", text
    )


class Plain(Formatter):
    """What another formatter says, its formulas as letters; a class, so that figures can be pickled."""

    def __init__(self, formatter: Any) -> None:
        self.formatter = formatter

    def __call__(self, value: float, position: Any = None) -> str:
        return plain(self.formatter(value, position))

    def set_axis(self, axis: Any) -> None:
        super().set_axis(axis)
        self.formatter.set_axis(axis)

    def set_locs(self, locs: Any) -> None:
        self.formatter.set_locs(locs)
