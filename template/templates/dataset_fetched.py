"""A data set for glassnet. This module is the plugin: it is all that glassnet imports of the package.

A data set gives rows to learn from: X (n rows, d inputs) and y (n,). These are fetched from their publisher when they
are first asked for, and kept. The SHA-256 says which file is meant: whatever else an address gives, today or in ten
years, is refused. `sha256sum FILE` computes it, and an address that names a commit always gives the same file. Put your
own rows in the place of these; `make check` says whether they are in order, once they are here.
"""

from pathlib import Path

import numpy as np
from glassnet import Dataset, fetch, hookimpl

PLACE = "https://raw.githubusercontent.com/mwaskom/seaborn-data/71e2436a092d714350de0fc409ca8a8714e7e78f"
SHA256 = "ce8f6bd15967c9a3dee345aaf268f6b92623abb1e1d313e04d79b720aa6b8bd6"


def {{ part }}(*, rng: np.random.Generator) -> Dataset:
    """Old Faithful: how long until the geyser's next eruption, from how long the last one was.

    X (272, 1): how long an eruption lasted, in minutes. y (272,): minutes until the next one.

    Source: Azzalini and Bowman (1990), A look at some data on the Old Faithful geyser, Applied Statistics 39.
    Eruptions are short or long, with little between: two clouds on one line.
    """
    duration, waiting = read(fetch("old-faithful", "geyser.csv", sha256=SHA256, urls=[f"{PLACE}/geyser.csv"]))
    return Dataset(
        X=duration[:, None],
        y=waiting,
        task="regression",
        feature_names=("duration",),
        target_names=("waiting",),
        captions={"duration": "duration, minutes", "waiting": "waiting, minutes"},
        source="Azzalini and Bowman (1990), Applied Statistics 39; github.com/mwaskom/seaborn-data",
        licence="facts, free of rights",
    )


def read(path: Path) -> np.ndarray:
    """The two columns of numbers in the publisher's file, (2, n)."""
    return np.loadtxt(path, delimiter=",", skiprows=1, usecols=(0, 1), unpack=True)


@hookimpl
def datasets() -> list:
    """Every data set of this package: write a second one above and add its name here."""
    return [{{ part }}]
