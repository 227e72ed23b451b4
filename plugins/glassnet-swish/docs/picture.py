"""Draws picture.png: the four activations and their slopes, from this package's own functions."""

from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from glassnet_swish import plugin

PARTS = {
    "swish": [plugin.swish(beta=beta) for beta in (0.5, 1, 4)],
    "mish": [plugin.mish()],
    "hard_swish": [plugin.hard_swish()],
    "snake": [plugin.snake(alpha=alpha) for alpha in (1, 3)],
}
LABELS = {"swish": ["beta 0.5", "beta 1", "beta 4"], "snake": ["alpha 1", "alpha 3"]}

figure = Figure(figsize=(10, 4.4), layout="constrained")
rows = figure.subplots(2, 4, sharex=True, sharey="row")
z = np.linspace(-5, 5, 501)
for (name, parts), above, below in zip(PARTS.items(), rows[0], rows[1], strict=True):
    for part in parts:
        a = part.f(z)
        above.plot(z, a)
        below.plot(z, part.df(z, a))
    above.set_title(name)
    below.set_xlabel("z")
    for axes in (above, below):
        axes.grid(alpha=0.3)
    if name in LABELS:
        above.legend(above.lines, LABELS[name], fontsize="small")
rows[0, 0].set_ylabel("f(z)")
rows[1, 0].set_ylabel("slope f'(z)")
figure.savefig(Path(__file__).with_name("picture.png"), dpi=90)
