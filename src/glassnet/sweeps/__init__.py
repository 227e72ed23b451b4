"""Sweeps: one experiment with many settings, each a cell of its own, to find those that serve best."""

from .cells import Cell, Guests, Job, Outcome, Workers
from .faces import SHOWN, ranking_table
from .keeping import FOLDERS
from .planning import Plan
from .ranking import Row, Score
from .repeats import Repeated, Repeats, repeated
from .sweep import Sweep, begin, resume, sample_of

__all__ = [
    "FOLDERS",
    "SHOWN",
    "Cell",
    "Guests",
    "Job",
    "Outcome",
    "Plan",
    "Repeated",
    "Repeats",
    "Row",
    "Score",
    "Sweep",
    "Workers",
    "begin",
    "ranking_table",
    "repeated",
    "resume",
    "sample_of",
]
