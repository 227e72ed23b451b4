"""Batches and the one loop: training is a generator of epochs, and every front end iterates over it."""

from .epochs import Epoch, Plan, Progress
from .loop import train
from .objective import Objective
from .scoring import Scorer, evaluate

__all__ = ["Epoch", "Objective", "Plan", "Progress", "Scorer", "evaluate", "train"]
