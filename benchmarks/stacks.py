"""One measurement in a fresh process: how many times as long 32 networks of one shape take side by side as one alone.

Usage: python benchmarks/stacks.py CASE. All have their own seed and the same rows, one BLAS thread, relu, Adam. In the
cases with scores the metrics of training and validation rows are taken after each epoch; the others take none.
"""

import json
import os
import sys
from time import perf_counter
from typing import Any

from glassnet import Experiment
from glassnet.catalog import Catalog
from glassnet.experiment import Training
from glassnet.experiment.stacks import train_side_by_side
from glassnet.training import Scorer, threads

NETWORKS = 32
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "5"))
CASES: dict[str, dict[str, Any]] = {
    "moons 2-10-1": {"dataset": "moons", "hidden": (10,), "epochs": 30},
    "iris 4-10-3": {"dataset": "iris", "hidden": (10,), "epochs": 60},
    "iris 4-10-3, with scores": {"dataset": "iris", "hidden": (10,), "epochs": 60},
    "digits 64-16-10": {"dataset": "digits8x8", "hidden": (16,), "epochs": 5},
    "digits 64-100-10": {"dataset": "digits8x8", "hidden": (100,), "epochs": 5},
}


def prepared(case: str, networks: int, catalog: Catalog) -> list[Training]:
    """So many trainings at their beginning, which share their rows."""
    found: list[Training] = []
    for seed in range(networks):
        words = Experiment(**CASES[case] | {"seed": seed, "validation": 0.1 if "scores" in case else 0.0})
        found.append(Training(words, catalog, like=found[-1] if found else None))
        if "scores" not in case:
            found[-1].scorer = Scorer({}, found[-1].data.targets, found[-1].objective.loss)
    return found


def seconds(case: str, networks: int, catalog: Catalog) -> float:
    trainings = prepared(case, networks, catalog)
    began = perf_counter()
    for _ in train_side_by_side(trainings):
        pass
    return perf_counter() - began


if __name__ == "__main__":
    (case,) = sys.argv[1:]
    catalog = Catalog.discover(guests=False)
    with threads.one():
        rounds = [(seconds(case, 1, catalog), seconds(case, NETWORKS, catalog)) for _ in range(ROUNDS)]
    print(json.dumps(min(many for _, many in rounds) / min(one for one, _ in rounds)))
