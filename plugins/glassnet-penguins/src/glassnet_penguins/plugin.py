"""Penguins of the Palmer Archipelago: a table that is fetched once from its publisher, checked and kept.

The SHA-256 says which file is meant: whatever else an address gives, today or in ten years, is refused. The address
names a commit, so that it always gives the same file.
"""

from pathlib import Path
from typing import Any, Literal

import numpy as np
from glassnet import Dataset, fetch, hookimpl

PLACE = "https://raw.githubusercontent.com/allisonhorst/palmerpenguins/8957207b78d6ccd1b4654a9dd9c9041b657478ab"
SHA256 = "f204db2c753b0937caac3cb35258562c14f073e4bbc76be24b4c51ce22767a93"
CAPTIONS = {
    "bill_length_mm": "bill length, mm",
    "bill_depth_mm": "bill depth, mm",
    "flipper_length_mm": "flipper length, mm",
    "body_mass_g": "body mass, g",
}


def penguins(*, target: Literal["species", "sex", "body_mass_g"] = "species", rng: np.random.Generator) -> Dataset:
    """Penguins of three species: which one is it, is it a male, how heavy is it; to be told from its measures.

    X (344, 7), a table: island, bill length and depth (mm), flipper length (mm), body mass (g), sex, year; without what
    is the target, and with species where that is not the target. y (344,): Adelie, Chinstrap or Gentoo; with target=sex
    female or male (333,), with target=body_mass_g grams (342,). Gaps are left as they are, but in the target.

    Options:
        target: what is to be learned

    Source: Gorman, Williams and Fraser (2014), Ecological sexual dimorphism and environmental variability within a
    community of Antarctic penguins (genus Pygoscelis), PLoS ONE 9; Horst, Hill and Gorman (2020), palmerpenguins.
    """
    table = read(fetch("penguins", "penguins.csv", sha256=SHA256, urls=[f"{PLACE}/inst/extdata/penguins.csv"]))
    known = table[table[target].notna()]
    inputs = known.drop(columns=target).reset_index(drop=True)
    dropped = len(table) - len(known)
    return Dataset(
        X=inputs,
        y=known[target].to_numpy(),
        task={"species": "multiclass", "sex": "binary", "body_mass_g": "regression"}[target],
        target_names=(target,),
        captions=CAPTIONS,
        source="Gorman, Williams and Fraser 2014; github.com/allisonhorst/palmerpenguins",
        licence="CC0 1.0",
        notes=(f"{dropped} rows whose {target} was not recorded are left out.",) if dropped else (),
    )


def read(path: Path) -> Any:
    """The publisher's table, in which NA stands for what was not recorded."""
    import pandas as pd  # here, as it is slow: to list the data set nobody needs it

    return pd.read_csv(path, na_values=["NA"])


@hookimpl
def datasets() -> list:
    """Every data set of this package."""
    return [penguins]
