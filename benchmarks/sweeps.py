"""One measurement in a fresh process: seconds that a sweep of one engine takes, its workers' start included.

Usage: python benchmarks/sweeps.py ENGINE DTYPE, where ENGINE is glassnet or sklearn, DTYPE float64 or float32.
Both train the same networks on the same rows: digits8x8, 64-100-50-10 with sigmoid, Adam, batches of 100, every
rate with every L2 penalty, scored once at the end on the same validation rows. Two processes, one BLAS thread each.
BENCH_SWEEP is how many values each of the two axes has, BENCH_SWEEP_EPOCHS how long each network is trained.
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

VALUES = int(os.environ.get("BENCH_SWEEP", "7"))
EPOCHS = int(os.environ.get("BENCH_SWEEP_EPOCHS", "100"))
PROCESSES = 2


def glassnet(dtype: str, folder: str) -> Callable[[], int]:
    """The command itself, all that it imports, its table and its heat map included."""
    from glassnet.cli import main

    values = f"1e-5..10:log:{VALUES}"
    words = f"""--no-plugins sweep digits8x8 --over optimizer.lr={values} --over l2={values} --hidden 100,50
        --activation sigmoid --batch-size 100 --epochs {EPOCHS} --dtype {dtype} --jobs {PROCESSES} --quiet"""

    def work() -> int:
        with contextlib.redirect_stdout(io.StringIO()):
            main([*words.split(), "--sweeps", folder], standalone_mode=False)
        cells = (Path(folder) / "0001-digits8x8" / "cells.jsonl").read_text().splitlines()
        assert not [cell for cell in map(json.loads, cells) if cell["failed"]]
        return len(cells)

    return work


def sklearn(dtype: str, folder: str) -> Callable[[], int]:
    """GridSearchCV of MLPClassifier: one split, no refit, no early ending; its imports don't count."""
    import numpy as np
    from sklearn.datasets import load_digits
    from sklearn.model_selection import GridSearchCV, PredefinedSplit
    from sklearn.neural_network import MLPClassifier

    from glassnet import Experiment
    from glassnet.sweeps import Cell, Guests, Job
    from glassnet.sweeps.cells import division_of

    (split,) = division_of(Job(Experiment(), Cell((), 1, 0), 0, Guests(installed=False))).splits
    X, y = load_digits(return_X_y=True)
    rows = np.r_[split.train, split.validation]
    fold = np.r_[np.full(len(split.train), -1), np.zeros(len(split.validation), int)]
    values = np.geomspace(1e-5, 10, VALUES)
    network = MLPClassifier(
        (100, 50), activation="logistic", batch_size=100, max_iter=EPOCHS, n_iter_no_change=EPOCHS + 1, random_state=0
    )
    search = GridSearchCV(
        network,
        {"learning_rate_init": values, "alpha": values},
        cv=PredefinedSplit(fold),
        refit=False,
        n_jobs=PROCESSES,
    )
    X = (X[rows] / 16).astype(dtype)

    def work() -> int:
        search.fit(X, y[rows])
        return len(search.cv_results_["params"])

    return work


ENGINES = {"glassnet": glassnet, "sklearn": sklearn}

if __name__ == "__main__":
    engine, dtype = sys.argv[1:]
    with tempfile.TemporaryDirectory() as folder:
        work = ENGINES[engine](dtype, folder)
        began = perf_counter()
        cells = work()
        seconds = perf_counter() - began
    assert cells == VALUES**2
    print(json.dumps(seconds))
