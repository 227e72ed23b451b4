"""One measurement in a fresh process: microseconds a training step of one engine on one case.

Usage: python benchmarks/steps.py ENGINE CASE, where ENGINE is glassnet, sklearn, torch or matmul.
All engines get the same float32 rows, one BLAS thread, relu, softmax with cross-entropy, Adam and L2 1e-4.
"""

import json
import os
import sys
import warnings
from itertools import pairwise
from time import perf_counter
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

CASES = {
    "64-100-50-10": ((64, 100, 50, 10), 32, 6400),
    "30-100-30-2": ((30, 100, 30, 2), 32, 6400),
    "784-128-64-10": ((784, 128, 64, 10), 64, 6400),
}
EPOCHS = int(os.environ.get("BENCH_EPOCHS", "5"))


def rows_of(case: str) -> tuple[tuple[int, ...], int, np.ndarray, np.ndarray]:
    widths, batch, n = CASES[case]
    rng = np.random.default_rng(0)
    return widths, batch, rng.random((n, widths[0]), dtype=np.float32), rng.integers(0, widths[-1], n)


def training_of(case: str) -> Any:
    """The project's own loop, without metrics of the rows: the other engines take none either."""
    from glassnet import Dataset, Experiment, run
    from glassnet.training import Scorer

    widths, batch, X, codes = rows_of(case)

    def random_rows() -> Dataset:
        return Dataset(X, codes, task="multiclass", classes=list(range(widths[-1])))

    training = run(
        Experiment(
            dataset=random_rows,
            hidden=widths[1:-1],
            loss="cross_entropy",
            batch_size=batch,
            epochs=EPOCHS + 1,
            test=0.0,
            validation=0.0,
            scale="none",
            dtype="float32",
        )
    )
    assert [block.shape for block in training.network.layout if block.kind == "weight"][-1][1] == widths[-1]
    training.scorer = Scorer({}, training.data.targets, training.objective.loss)
    return training


def glassnet(case: str) -> float:
    _, batch, rows = CASES[case]
    seconds = [epoch.seconds for epoch in training_of(case)][1:]
    return sum(seconds) / (EPOCHS * rows / batch) * 1e6


def sklearn(case: str) -> float:
    from sklearn.neural_network import MLPClassifier

    widths, batch, X, codes = rows_of(case)
    peer = MLPClassifier(widths[1:-1], batch_size=batch, max_iter=1, alpha=1e-4, warm_start=True, random_state=0)
    warnings.simplefilter("ignore")
    peer.fit(X, codes)
    peer.set_params(max_iter=EPOCHS, warm_start=False)
    began = perf_counter()
    peer.fit(X, codes)
    return (perf_counter() - began) / (EPOCHS * len(X) / batch) * 1e6


def torch(case: str) -> float:
    import torch as pt

    pt.set_num_threads(1)
    widths, batch, X, codes = rows_of(case)
    layers: list[pt.nn.Module] = []
    for i, o in pairwise(widths):
        layers += [pt.nn.Linear(i, o), pt.nn.ReLU()]
    net = pt.nn.Sequential(*layers[:-1])
    loss, optimizer = pt.nn.CrossEntropyLoss(), pt.optim.Adam(net.parameters(), weight_decay=1e-4, fused=True)
    rows, labels = pt.from_numpy(X), pt.from_numpy(codes)

    def epoch() -> None:
        order = pt.randperm(len(rows))
        for start in range(0, len(rows), batch):
            chosen = order[start : start + batch]
            optimizer.zero_grad()
            loss(net(rows[chosen]), labels[chosen]).backward()
            optimizer.step()

    epoch()
    began = perf_counter()
    for _ in range(EPOCHS):
        epoch()
    return (perf_counter() - began) / (EPOCHS * len(X) / batch) * 1e6


def matmul(case: str) -> float:
    """The matrix products of a step and nothing else: what no engine on this BLAS can go below."""
    widths, batch, _, _ = rows_of(case)
    rng = np.random.default_rng(0)
    x = [rng.random((batch, width), dtype=np.float32) for width in widths]
    W = [rng.random((i, o), dtype=np.float32) for i, o in pairwise(widths)]
    z, dW, dx = (
        [np.empty_like(one) for one in x[1:]],
        [np.empty_like(one) for one in W],
        [np.empty_like(one) for one in x],
    )

    def step() -> None:
        for layer in range(len(W)):
            np.matmul(x[layer], W[layer], out=z[layer])
        for layer in reversed(range(len(W))):
            np.matmul(x[layer].T, z[layer], out=dW[layer])
            if layer:
                np.matmul(z[layer], W[layer].T, out=dx[layer])

    steps = 1000
    step()
    began = perf_counter()
    for _ in range(steps):
        step()
    return (perf_counter() - began) / steps * 1e6


ENGINES = {"glassnet": glassnet, "sklearn": sklearn, "torch": torch, "matmul": matmul}

if __name__ == "__main__":
    engine, case = sys.argv[1:]
    with threadpool_limits(limits=1):
        print(json.dumps(ENGINES[engine](case)))
