"""Test rows that are looked at again and again to choose by are no test: so the looks are counted."""

from __future__ import annotations

import json
from contextlib import suppress

from .reading import Run


def looks(run: Run) -> int:
    """How many finished runs in its folder of runs, itself among them, show scores of the very same test rows."""
    wanted = {"data_sha256": run.provenance.get("data_sha256"), "split_seed": run.provenance.get("split_seed")}
    marks = [json.dumps({name: value})[1:-1] for name, value in wanted.items()]
    marks.append(f'"test": {run.provenance.get("rows", {}).get("test")}')
    found = 0
    for path in run.folder.absolute().parent.glob("*/provenance.json"):
        with suppress(OSError, UnicodeDecodeError):
            text = path.read_text(encoding="utf-8")
            found += (path.parent / "metrics.json").exists() and all(mark in text for mark in marks)
    return max(found, 1)
