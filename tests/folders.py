"""What tests ask of run folders: do two of them hold the same training, to the last bit?"""

import csv
from pathlib import Path

import numpy as np

from glassnet.files import read_arrays


def same(a: Path, b: Path) -> None:
    """Two runs that came to the same, to the last bit; only the clock may differ."""
    for name in ("checkpoint.npz", "model.npz"):
        first, second = read_arrays(a / name), read_arrays(b / name)
        for arrays in (first, second):
            arrays.pop("history", None)  # rows with their seconds
        assert first.keys() == second.keys()
        for key in first:
            np.testing.assert_array_equal(first[key], second[key], err_msg=f"{name}: {key}")
    assert history(a) == history(b)


def history(folder: Path) -> list[dict[str, str]]:
    """The rows of a history as they were written, without the seconds."""
    with (folder / "history.csv").open(newline="") as file:
        return [{key: value for key, value in row.items() if key != "seconds"} for row in csv.DictReader(file)]
