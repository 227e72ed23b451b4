"""How a training went, in the lines that stay on a terminal: some epochs, the best one marked, and a curve."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import isfinite, log10

import numpy as np

from ..training import Epoch
from ..wording import figure
from .drawing import can_print_dots

SHOWN = 6  # epochs, evenly spaced by factors: most happens in the first ones
BARS, PLAIN = "▁▂▃▄▅▆▇█", "_.-=+*#@"
LONGEST = 48  # signs of a curve


def course(epochs: Sequence[Epoch], best: int, width: int) -> Iterator[str]:
    """Lines for a screen of so many columns; `best` is the number of the best epoch, 0 where none was looked for."""
    if len(epochs) < 2:
        return
    places = {round(place) for place in np.geomspace(1, len(epochs), SHOWN)}
    if best:
        places.add(best)
    for epoch in epochs:
        if epoch.number - epochs[0].number + 1 in places:
            mark = "  best" if epoch.number == best else ""
            yield f"  {epoch.number:>{len(str(len(epochs)))}}  {epoch.line()}{mark}"
    yield f"loss {curve([epoch.loss for epoch in epochs], min(LONGEST, width - 30))}"


def curve(values: Sequence[float], width: int) -> str:
    """`▇▅▃▂▁ from 1.2 to 0.03`: the values as bars, logarithmic where they allow it; a space is no number."""
    if not any(map(isfinite, values)) or width < 1:
        return ""
    parts = [part[np.isfinite(part)] for part in np.array_split(np.array(values, float), min(width, len(values)))]
    means = np.array([part.mean() if len(part) else np.nan for part in parts])
    if np.nanmin(means) > 0:
        means = np.array([log10(mean) if isfinite(mean) else mean for mean in means])
    low, high = np.nanmin(means), np.nanmax(means)
    signs = BARS if can_print_dots() else PLAIN
    shares = (means - low) / (high - low) if high > low else np.zeros_like(means)
    drawn = "".join(signs[round(share * (len(signs) - 1))] if isfinite(share) else " " for share in shares)
    return f"{drawn} from {figure(values[0])} to {figure(values[-1])}"
