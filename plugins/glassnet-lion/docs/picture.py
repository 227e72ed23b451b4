"""Draws picture.png: the way of the four optimizers through Rosenbrock's valley, from this package's own rules."""

from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from glassnet_lion import plugin

START, STEPS = np.array([-1.2, 1.0]), 500


def valley(w):
    """(1 - x)^2 / 10 + (y - x^2)^2, a bent valley whose lowest point is (1, 1), and its gradient."""
    x, y = w
    return (1 - x) ** 2 / 10 + (y - x**2) ** 2, np.array([-(1 - x) / 5 - 4 * x * (y - x**2), 2 * (y - x**2)])


figure = Figure(figsize=(10, 2.9), layout="constrained")
x, y = np.meshgrid(np.linspace(-1.6, 1.6, 200), np.linspace(-0.8, 2, 200))
for axes, part in zip(figure.subplots(1, 4, sharey=True), plugin.optimizers(), strict=True):
    optimizer = part(lr=0.006 if part is plugin.lion else 0.02)  # lion wants a smaller rate
    w, path = START.copy(), [START]
    state = optimizer.init(w)
    for step in range(1, STEPS + 1):
        change, state = optimizer.update(w, valley(w)[1], state, step)
        w = w - change
        path.append(w)
    axes.contour(x, y, valley((x, y))[0], levels=np.geomspace(0.01, 10, 12), colors="0.75", linewidths=0.7)
    axes.plot(*np.transpose(path), lw=1.5)
    axes.plot(1, 1, "x", color="black")
    axes.set(title=part.__name__, xlabel="first weight")
figure.axes[0].set_ylabel("second weight")
figure.savefig(Path(__file__).with_name("picture.png"), dpi=72)
