"""One measurement in a fresh process: seconds that a sweep of one engine takes, its workers' start included.

Usage: python benchmarks/sweeps.py ENGINE DTYPE [SEARCH], where ENGINE is glassnet or sklearn, DTYPE float64 or float32.
Both train the same networks on the same rows, scored once at the end on the same validation rows, in at most two
processes with one BLAS thread each. SEARCH is one of:
- heatmap (if none is given): digits8x8, 64-100-50-10 with sigmoid, Adam, batches of 100, every rate with every L2
  penalty;
- small: iris, 4-10-3, Adam, batches of 32, 20 rates with 10 seeds each.
BENCH_SWEEP is how many values each of the two axes has, BENCH_SWEEP_EPOCHS how long each network is trained,
BENCH_SWEEP_PROCESSES how many processes there are.
"""

import contextlib
import io
import json
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import perf_counter
from typing import Any

EPOCHS = int(os.environ.get("BENCH_SWEEP_EPOCHS", "100"))
PROCESSES = int(os.environ.get("BENCH_SWEEP_PROCESSES", "2"))


def values(most: int) -> int:
    return int(os.environ.get("BENCH_SWEEP", str(most)))


def axes(search: str) -> tuple[int, int]:
    """How many values each axis has."""
    return (values(7), values(7)) if search == "heatmap" else (values(20), values(10))


def glassnet(dtype: str, search: str, folder: str) -> Callable[[], int]:
    """The command itself, all that it imports, its table and its picture included."""
    from glassnet.cli import main

    first, second = axes(search)
    words = {
        "heatmap": f"""digits8x8 --over optimizer.lr=1e-5..10:log:{first} --over l2=1e-5..10:log:{second}
            --hidden 100,50 --activation sigmoid --batch-size 100""",
        "small": f"iris --over optimizer.lr=1e-4..0.1:log:{first} --seeds {second} --hidden 10",
    }[search]
    words = f"--no-plugins sweep {words} --epochs {EPOCHS} --dtype {dtype} --jobs {PROCESSES} --quiet"

    def work() -> int:
        with contextlib.redirect_stdout(io.StringIO()):
            main([*words.split(), "--sweeps", folder], standalone_mode=False)
        (made,) = Path(folder).iterdir()
        cells = (made / "cells.jsonl").read_text().splitlines()
        assert not [cell for cell in map(json.loads, cells) if cell["failed"]]
        return len(cells)

    return work


def sklearn(dtype: str, search: str, folder: str) -> Callable[[], int]:
    """GridSearchCV of MLPClassifier: one split, no refit, no early ending; its imports don't count."""
    import numpy as np
    from sklearn.datasets import load_digits, load_iris
    from sklearn.model_selection import GridSearchCV, PredefinedSplit
    from sklearn.neural_network import MLPClassifier

    from glassnet import Experiment
    from glassnet.sweeps import Cell, Guests, Job
    from glassnet.sweeps.cells import division_of

    first, second = axes(search)
    network: dict[str, Any] = {"max_iter": EPOCHS, "n_iter_no_change": EPOCHS + 1, "random_state": 0}
    if search == "heatmap":
        dataset, (X, y), scale = "digits8x8", load_digits(return_X_y=True), 16
        network |= {"hidden_layer_sizes": (100, 50), "activation": "logistic", "batch_size": 100}
        grid = {"learning_rate_init": np.geomspace(1e-5, 10, first), "alpha": np.geomspace(1e-5, 10, second)}
    else:
        dataset, (X, y), scale = "iris", load_iris(return_X_y=True), 1
        network |= {"hidden_layer_sizes": (10,), "batch_size": 32}
        grid = {"learning_rate_init": np.geomspace(1e-4, 0.1, first), "random_state": range(second)}
    (split,) = division_of(Job(Experiment(dataset=dataset), Cell((), 1, 0), 0, Guests(installed=False))).splits
    rows = np.r_[split.train, split.validation]
    fold = np.r_[np.full(len(split.train), -1), np.zeros(len(split.validation), int)]
    X = X[rows] / scale
    if search == "small":
        X = (X - X[fold < 0].mean(axis=0)) / X[fold < 0].std(axis=0)
    search_ = GridSearchCV(MLPClassifier(**network), grid, cv=PredefinedSplit(fold), refit=False, n_jobs=PROCESSES)

    def work() -> int:
        search_.fit(X.astype(dtype), y[rows])
        return len(search_.cv_results_["params"])

    return work


ENGINES = {"glassnet": glassnet, "sklearn": sklearn}

if __name__ == "__main__":
    engine, dtype, search = (*sys.argv[1:], "heatmap")[:3]
    with tempfile.TemporaryDirectory() as folder:
        work = ENGINES[engine](dtype, search, folder)
        began = perf_counter()
        cells = work()
        seconds = perf_counter() - began
    first, second = axes(search)
    assert cells == first * second
    print(json.dumps(seconds))
