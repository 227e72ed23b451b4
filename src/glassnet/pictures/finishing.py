"""The last touch to every figure, a guest's as well: powers of ten as plain text, and nobody missing in a legend."""

from __future__ import annotations

import re
from typing import Any

from .fitting import fit_words
from .look import hidden_names, legend

_POWER = re.compile(r"\$\\mathdefault\{(-?)(?:([\d.]+)\\times)?(\d+)\^\{([-−]?\d+)\}\}\$")
_RAISED = str.maketrans("-−0123456789", "⁻⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def finished(figure: Any) -> Any:
    """The figure, whose logarithmic axes are written without formulas, and whose legends leave nobody out.

    To read one formula takes matplotlib longer than to write a hundred words. Its legends leave out whatever is
    called with an underscore at the beginning, which is a name like any other where it comes from data.
    """
    from matplotlib.ticker import LogFormatterMathtext

    for axes in figure.axes:
        for axis in (axes.xaxis, axes.yaxis):
            for which in ("major", "minor"):
                formatter = getattr(axis, f"get_{which}_formatter")()
                if isinstance(formatter, LogFormatterMathtext):
                    getattr(axis, f"set_{which}_formatter")(_plain(formatter))
        made = axes.get_legend()
        if made is not None and hidden_names(axes, made):
            title, size = made.get_title(), made.get_texts()[0].get_fontsize()
            words = {"title": title.get_text()} if title.get_text() else {}
            legend(axes, loc=made._loc, fontsize=size, ncols=made._ncols, **words)  # no public way tells its place
    fit_words(figure)
    return figure


def _plain(formatter: Any) -> Any:
    """The same formatter, of whose formulas letters are made."""
    from matplotlib.ticker import Formatter

    class Plain(Formatter):
        def __call__(self, value: float, position: Any = None) -> str:
            return plain(formatter(value, position))

        def set_locs(self, locs: Any) -> None:
            formatter.set_locs(locs)

    return Plain()


def plain(text: str) -> str:
    """`10⁻³` for what matplotlib's formulas say of a power of ten, and `2×10⁴`."""
    return _POWER.sub(
        lambda found: f"{found[1]}{found[2] + '×' if found[2] else ''}{found[3]}{found[4].translate(_RAISED)}", text
    )
