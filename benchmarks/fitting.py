"""What scikit-learn's language costs, in a fresh process: a whole `fit` beside the very same epochs of the bare loop.

Usage: python benchmarks/fitting.py CASE. Prints how many times as long `GlassClassifier.fit` takes (checks of the rows,
preparation, parts and loop) as iterating over a training that has been set up already. They take turns, and must come
to the same losses.
"""

import json
import sys
from time import perf_counter

from steps import CASES, EPOCHS, rows_of
from threadpoolctl import threadpool_limits

from glassnet import Dataset, Experiment, GlassClassifier, Training

TURNS = 4


def ratio(case: str) -> float:
    widths, batch, X, codes = rows_of(case)
    words = {"batch_size": batch, "l2": 1e-4}
    net = GlassClassifier(widths[1:-1], max_iter=EPOCHS * TURNS, n_iter_no_change=None, random_state=0, **words)
    experiment = Experiment(
        hidden=widths[1:-1], epochs=EPOCHS * TURNS, scale="none", dtype="float32", test=0.0, validation=0.0, **words
    )
    task = "binary" if widths[-1] == 2 else "multiclass"
    source = Dataset(X, codes, task=task, classes=list(range(widths[-1])))
    whole = bare = 0.0
    for turn in range(TURNS + 1):
        began = perf_counter()
        net.fit(X, codes)
        fitted = perf_counter() - began
        training = Training(experiment, source=source)
        began = perf_counter()
        losses = [epoch.loss for epoch in training]
        looped = perf_counter() - began
        assert losses == net.loss_curve_, "they did not do the same"
        if turn:  # the first turn imports and warms up
            whole, bare = whole + fitted, bare + looped
    return whole / bare


if __name__ == "__main__":
    (case,) = sys.argv[1:]
    assert case in CASES, f"cases are {', '.join(CASES)}"
    with threadpool_limits(limits=1):
        print(json.dumps(ratio(case)))
