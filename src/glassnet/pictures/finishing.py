"""The last touch to every figure, a guest's as well: powers of ten as plain text, and nobody missing in a legend."""

from __future__ import annotations

from typing import Any

from .fitting import fit_words
from .look import hidden_names, legend


def finished(figure: Any) -> Any:
    """The figure, whose logarithmic axes are written without formulas, and whose legends leave nobody out.

    To read one formula takes matplotlib longer than to write a hundred words. Its legends leave out whatever is
    called with an underscore at the beginning, which is a name like any other where it comes from data.
    """
    from matplotlib.ticker import LogFormatterMathtext

    from .powers import Plain

    for axes in figure.axes:
        for axis in (axes.xaxis, axes.yaxis):
            for which in ("major", "minor"):
                formatter = getattr(axis, f"get_{which}_formatter")()
                if isinstance(formatter, LogFormatterMathtext):
                    getattr(axis, f"set_{which}_formatter")(Plain(formatter))
        made = axes.get_legend()
        if made is not None and hidden_names(axes, made):
            title, size = made.get_title(), made.get_texts()[0].get_fontsize()
            words = {"title": title.get_text()} if title.get_text() else {}
            legend(axes, loc=made._loc, fontsize=size, ncols=made._ncols, **words)  # no public way tells its place
    fit_words(figure)
    return figure
