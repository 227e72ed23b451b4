"""Side by side: one experiment in several libraries, or several runs of one question."""

from .engines import DEFAULTS, STEPS, EngineComparison, Race, Side, choose_engines
from .faces import engines_in_words, engines_table, runs_in_words, scores_table, settings_table
from .runs import Difference, RunComparison, compare, compare_runs

__all__ = [
    "DEFAULTS",
    "STEPS",
    "Difference",
    "EngineComparison",
    "Race",
    "RunComparison",
    "Side",
    "choose_engines",
    "compare",
    "compare_runs",
    "engines_in_words",
    "engines_table",
    "runs_in_words",
    "scores_table",
    "settings_table",
]
