"""An experiment is plain data: phrases and numbers. `run` makes a training of it, an iterator of epochs."""

from .building import Training, run
from .words import Experiment

__all__ = ["Experiment", "Training", "run"]
