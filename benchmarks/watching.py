"""One measurement in a fresh process: how many times as long a recorded training takes when it is watched.

Usage: python benchmarks/watching.py CASE WHAT, where WHAT is what `--watch` takes. Both trainings are recorded, writing
files included, and take turns epoch by epoch, so that a busy machine slows both.
"""

import json
import sys
import tempfile
from pathlib import Path
from time import perf_counter

from steps import training_of
from threadpoolctl import threadpool_limits


def ratio(case: str, what: str) -> float:
    """Seconds of all epochs but the first, watched by unwatched; the clock runs while files are written, too."""
    from glassnet import record

    with tempfile.TemporaryDirectory() as folder:
        watched = record(training_of(case), Path(folder), watch=what)
        alone = record(training_of(case), Path(folder))
        turns, seconds = (iter(watched), iter(alone)), [0.0, 0.0]
        for number in range(watched.training.plan.epochs):
            for which, epochs in enumerate(turns):
                began = perf_counter()
                next(epochs)
                seconds[which] += (perf_counter() - began) * (number > 0)
        assert not any(list(epochs) for epochs in turns)  # to the end, while there is a folder to end in
        assert (watched.folder / "watch.npz").exists() and not (alone.folder / "watch.npz").exists()
        assert (watched.training.network.w == alone.training.network.w).all()
    return seconds[0] / seconds[1]


if __name__ == "__main__":
    with threadpool_limits(limits=1):
        print(json.dumps(ratio(*sys.argv[1:])))
