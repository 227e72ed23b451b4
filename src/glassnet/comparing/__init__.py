"""Side by side: one experiment in several libraries, or several runs of one question."""

from .engines import DEFAULTS, STEPS, EngineComparison, Race, Side, choose_engines
from .runs import Difference, RunComparison, compare_runs

__all__ = [
    "DEFAULTS",
    "STEPS",
    "Difference",
    "EngineComparison",
    "Race",
    "RunComparison",
    "Side",
    "choose_engines",
    "compare_runs",
]
