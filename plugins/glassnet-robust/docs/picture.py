"""Draws picture.png: what the four losses make of an error, from this package's own functions."""

from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from glassnet_robust import plugin

figure = Figure(figsize=(10, 2.9), layout="constrained")
axes = dict(zip(("log_cosh", "pinball", "focal", "tweedie"), figure.subplots(1, 4), strict=True))

error = np.linspace(-4, 4, 401)[:, None]
axes["log_cosh"].plot(error, plugin.log_cosh().value(error, 0 * error), label="log_cosh")
axes["log_cosh"].plot(error, error**2 / 2, "--", lw=1, label="half the square")
for quantile in (0.1, 0.5, 0.9):
    axes["pinball"].plot(error, plugin.pinball(quantile).value(error, 0 * error), label=f"quantile {quantile}")

share = np.linspace(0.02, 1, 400)
outputs, true = np.column_stack([share, 1 - share]), np.tile([1.0, 0.0], (400, 1))
for gamma in (0, 1, 2, 5):
    axes["focal"].plot(share, plugin.focal(gamma).value(outputs, true), label=f"gamma {gamma}")

mean = np.linspace(0.05, 6, 400)[:, None]
for power in (1.1, 1.5, 1.9):
    axes["tweedie"].plot(mean, plugin.tweedie(power).value(mean, 0 * mean + 2), label=f"power {power}")

labels = {"log_cosh": "y - t", "pinball": "y - t", "focal": "y of the true class", "tweedie": "y, where t = 2"}
tops = {"log_cosh": 4, "pinball": 4, "focal": 4, "tweedie": 4}
for name, plot in axes.items():
    plot.set(title=name, xlabel=labels[name], ylim=(0, tops[name]))
    plot.grid(alpha=0.3)
    plot.legend(fontsize="x-small")
figure.savefig(Path(__file__).with_name("picture.png"), dpi=90)
