"""A data set for glassnet. This module is the plugin: it is all that glassnet imports of the package.

A data set gives rows to learn from: X (n rows, d inputs) and y (n,). Small tables travel inside the package,
as hubble_1929.csv does; chance comes only from the generator `rng` that is handed in. Put your own rows in the
place of these; `make check` says whether they are in order.
"""

from pathlib import Path
from typing import Annotated

import numpy as np
from glassnet import Dataset, Range, hookimpl


def {{ part }}(*, noise: Annotated[float, Range(0)] = 0.0, rng: np.random.Generator) -> Dataset:
    """Hubble's galaxies of 1929: the farther away, the faster they recede.

    velocity = H distance + what else moves them, about H = 454 km/s per megaparsec in these rows

    X (24, 1): distance in megaparsec. y (24,): velocity away from us in km/s.

    Options:
        noise: standard deviation of an error added to each velocity, in km/s, as of a poorer telescope

    Source: Hubble (1929), A relation between distance and radial velocity among extra-galactic nebulae,
    PNAS 15, table 1. Today H is about 70: the distances of 1929 were some seven times too short.
    """
    distance, velocity = _table()
    return Dataset(
        X=distance[:, None],
        y=velocity + noise * rng.standard_normal(len(velocity)),
        task="regression",
        feature_names=("distance",),
        target_names=("velocity",),
        source="Hubble (1929), PNAS 15, table 1",
        licence="facts, free of rights",
    )


def _table() -> np.ndarray:
    """Distances and velocities, (2, n), from the table that is installed beside this module."""
    text = Path(__file__).with_name("hubble_1929.csv").read_text(encoding="utf-8")
    return np.loadtxt(text.splitlines(), delimiter=",", skiprows=1, usecols=(1, 2), unpack=True)


@hookimpl
def datasets() -> list:
    """Every data set of this package: write a second one above and add its name here."""
    return [{{ part }}]
