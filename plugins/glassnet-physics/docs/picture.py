"""Draws picture.png: a look at the rows of the four data sets, from this package's own functions."""

from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from glassnet_physics import plugin

rng = np.random.default_rng(0)
figure = Figure(figsize=(10, 2.9), layout="constrained")
franke, ising, pendulum, nuclei = figure.subplots(1, 4)

rows = plugin.franke(size=6000, rng=rng)
franke.tripcolor(*rows.X.T, rows.y)
franke.set(title="franke", xlabel="x", ylabel="y")

rows = plugin.ising(rng=rng)
slopes = np.linalg.lstsq(rows.X, rows.y, rcond=None)[0]
square = np.full((20, 20), np.nan)
square[np.triu_indices(20, 1)] = slopes
ising.imshow(square, vmin=-1, vmax=1, cmap="RdBu")
ising.set(title="ising: fitted couplings", xlabel="spin k", ylabel="spin j")

ahead = np.linspace(0.02, 2, 60)
for angle in (0.3, 1.5):
    later = [plugin.double_pendulum(size=10, ahead=t, angle=angle, rng=np.random.default_rng(3)).y[0, 1] for t in ahead]
    pendulum.plot(ahead, later, label=f"angle up to {angle} rad")
pendulum.set(title="double_pendulum", xlabel="seconds ahead", ylabel="theta2")
pendulum.legend(fontsize="x-small", loc="upper left")

rows = plugin.nuclear_binding(noise=0, rng=rng)
points = nuclei.scatter(rows.X[:, 1], rows.X[:, 0], c=rows.y, s=1.5)
nuclei.set(title="nuclear_binding", xlabel="neutrons", ylabel="protons")
figure.colorbar(points, ax=nuclei, label="MeV per nucleon")
figure.savefig(Path(__file__).with_name("picture.png"), dpi=90)
