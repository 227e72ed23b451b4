"""An experiment is plain data: phrases and numbers. `run` makes a training of it, an iterator of epochs."""

from .building import Training, run
from .trials import batch_trials, rate_range
from .words import Experiment

__all__ = ["Experiment", "Training", "batch_trials", "rate_range", "run"]
