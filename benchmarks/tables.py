"""How long a large table takes to be read, beside pandas, and how much memory: each reading is a fresh process.

Usage: python benchmarks/tables.py write CASE FILE, then python benchmarks/tables.py READER CASE FILE, where READER is
glassnet or pandas. Prints the seconds of the processor, and the memory above the imports as a multiple of the file.
"""

import json
import os
import resource
import sys
from pathlib import Path
from time import process_time

import numpy as np
import pandas as pd

ROWS = int(os.environ.get("BENCH_TABLE_ROWS", "500000"))
WIDE = int(os.environ.get("BENCH_TABLE_COLUMNS", "20000"))
#: Each case with the most times as long as pandas, and the most memory, in sizes of the file.
CASES = {
    "numbers": (3, 2), "gaps": (5, 2), "few texts": (5, 3.5), "quotes": (5, 2), "decimal commas": (5, 2),
    "unique texts": (8, 3.5), "wide": (3.5, None),
}  # fmt: skip


def frame_of(case: str) -> pd.DataFrame:
    """A table to write: ten columns of numbers, and in some cases a few of something else."""
    rng = np.random.default_rng(0)
    if case == "wide":
        return pd.DataFrame(rng.normal(size=(60, WIDE)).round(4)).add_prefix("c")
    frame = pd.DataFrame(rng.normal(size=(ROWS, 10)).round(6)).add_prefix("c")
    if case in ("gaps", "few texts"):
        for name in frame.columns[:4]:
            frame.loc[rng.random(ROWS) < 0.1, name] = np.nan
    if case == "few texts":
        frame["c4"] = rng.choice(["red", "green", "blue", "dark red"], ROWS)
        frame["c5"] = rng.choice(list("abcdefg"), ROWS)
    if case == "unique texts":
        frame["c0"] = [f"id-{i:07d}-{n}" for i, n in enumerate(rng.integers(0, 10**6, ROWS))]
    return frame


def read(reader: str, case: str, path: Path) -> None:
    if reader == "pandas":
        pd.read_csv(path, **({"sep": ";", "decimal": ","} if case == "decimal commas" else {}))
    else:
        from glassnet.data import read_table

        read_table(path, "c9")


def main(what: str, case: str, path: Path) -> None:
    if what == "write":
        more = {"quoting": 1} if case == "quotes" else {}
        more |= {"sep": ";", "decimal": ","} if case == "decimal commas" else {}
        frame_of(case).to_csv(path, index=False, **more)
        return
    small = path.with_name(f"small-{os.getpid()}.csv")
    small.write_text("a,c9\n1,x\n2,z\n")
    read(what, "numbers", small)  # all that reading imports
    small.unlink()
    before, began = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, process_time()
    read(what, case, path)
    seconds, most = process_time() - began, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(json.dumps({"seconds": seconds, "sizes": 1024 * (most - before) / path.stat().st_size}))


if __name__ == "__main__":
    what, case, path = sys.argv[1:]
    assert case in CASES, f"cases are {', '.join(CASES)}"
    main(what, case, Path(path))
