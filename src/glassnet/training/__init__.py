"""Batches and the one loop: training is a generator of epochs, and every front end iterates over it."""

from .epochs import Plan, Progress, Snapshot
from .history import Epoch, History
from .loop import Found, Loop, train
from .objective import Objective
from .passes import Member
from .scoring import Scorer, evaluate
from .teams import Midway

__all__ = [
    "Epoch",
    "Found",
    "History",
    "Loop",
    "Member",
    "Midway",
    "Objective",
    "Plan",
    "Progress",
    "Scorer",
    "Snapshot",
    "evaluate",
    "train",
]
