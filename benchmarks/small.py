"""What is beside the arithmetic where there is little of it, in a fresh process, as a ratio in CPU seconds.

Usage: python benchmarks/small.py CASE. The calls are those of scikit-learn's own network on the same rows: prints how
many times as long ours take. "many epochs" is a training of a 2-3-1 network on four rows beside bare NumPy functions
of the same steps, which must come to the same losses. The two take turns, and the best turn of each counts.
"""

import json
import os
import sys
import warnings
from collections.abc import Callable
from time import process_time
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

CASES = {"predict_proba of a row": 1.0, "partial_fit of 5 rows": 1.0, "fit of an epoch": 1.0, "many epochs": 4.0}
EPOCHS = int(os.environ.get("BENCH_MANY_EPOCHS", "10000"))
TURNS = 5


def seconds(work: Callable[[], Any], times: int) -> float:
    began = process_time()
    for _ in range(times):
        work()
    return process_time() - began


def ratio(ours: Callable[[], Any], other: Callable[[], Any], times: int) -> float:
    """How many times as long ours takes; a turn before those that count imports and warms up."""
    turns = [(seconds(ours, times), seconds(other, times)) for _ in range(TURNS + 1)][1:]
    return min(mine for mine, _ in turns) / min(theirs for _, theirs in turns)


def calls(case: str) -> float:
    from sklearn.datasets import load_iris
    from sklearn.neural_network import MLPClassifier

    from glassnet import GlassClassifier

    X, y = load_iris(return_X_y=True)
    pair = [kind((10,), max_iter=1, random_state=0) for kind in (GlassClassifier, MLPClassifier)]
    warnings.simplefilter("ignore")
    if case == "fit of an epoch":
        return ratio(*(lambda net=net: net.fit(X, y) for net in pair), times=20)
    few, classes = slice(None, None, 30), [0, 1, 2]
    for net in pair:
        net.partial_fit(X[few], y[few], classes=classes)
    if case == "partial_fit of 5 rows":
        return ratio(*(lambda net=net: net.partial_fit(X[few], y[few]) for net in pair), times=20)
    return ratio(*(lambda net=net: net.predict_proba(X[:1]) for net in pair), times=200)


def many_epochs() -> float:
    from glassnet import Experiment, run

    words = {"dataset": "xor", "hidden": 3, "activation": "tanh", "optimizer": "sgd:lr=0.5", "l2": 0.0}
    training = run(Experiment(**words, scale="none", epochs=EPOCHS))
    network, train = training.network, training.data.train
    start = [network.view(network.w, kind, layer).copy() for layer in (0, 1) for kind in ("weight", "bias")]
    losses: dict[str, list[float]] = {}

    def ours() -> None:
        losses["ours"] = [epoch.loss for epoch in run(training.experiment)]

    def bare() -> None:
        losses["bare"] = bare_functions(train.X, train.t, *(array.copy() for array in start))

    found = ratio(ours, bare, times=1)
    assert np.allclose(losses["ours"], losses["bare"]), "they did not do the same"
    return found


def bare_functions(X: Any, t: Any, W1: Any, b1: Any, W2: Any, b2: Any) -> list[float]:
    """The same epochs as somebody would write them down: tanh, sigmoid, cross-entropy, gradient descent."""
    losses = []
    for _ in range(EPOCHS):
        a = np.tanh(X @ W1 + b1)
        y = 1 / (1 + np.exp(-(a @ W2 + b2)))
        losses.append(-np.mean(t * np.log(y) + (1 - t) * np.log(1 - y)))
        down = (y - t) / len(X)
        back = (down @ W2.T) * (1 - a**2)
        W2 -= 0.5 * (a.T @ down)
        b2 -= 0.5 * down.sum(axis=0)
        W1 -= 0.5 * (X.T @ back)
        b1 -= 0.5 * back.sum(axis=0)
    return losses


if __name__ == "__main__":
    (case,) = sys.argv[1:]
    assert case in CASES, f"cases are {', '.join(CASES)}"
    with threadpool_limits(limits=1):
        print(json.dumps(many_epochs() if case == "many epochs" else calls(case)))
