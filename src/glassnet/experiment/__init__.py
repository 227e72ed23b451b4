"""An experiment is plain data: phrases and numbers. `run` makes a training of it, an iterator of epochs."""

from .building import Training, run
from .choosing import (
    DEFAULT_BATCH,
    DEFAULT_LOSS,
    choose_parts,
    default_optimizer,
    kept_inputs,
    load_dataset,
    need_plugins,
)
from .differences import Difference, paired, unpaired
from .linear import Beside, Line, fit_line, why_no_line
from .looking import head, look, rows_before_training, with_task
from .repeating import command_of, python_of
from .results import Interval, baseline, intervals, resampled, wilson
from .rules import DEFAULT_OPTIMIZER, RULES, SWITCHES, Rule, flag
from .stacks import run_together
from .telling import is_table, said
from .trials import RateRange, batch_trials, rate_range
from .words import Experiment, read_toml

__all__ = [
    "Beside",
    "DEFAULT_BATCH",
    "DEFAULT_LOSS",
    "DEFAULT_OPTIMIZER",
    "Difference",
    "RULES",
    "Rule",
    "RateRange",
    "SWITCHES",
    "Experiment",
    "Interval",
    "Line",
    "Training",
    "baseline",
    "batch_trials",
    "choose_parts",
    "command_of",
    "default_optimizer",
    "fit_line",
    "flag",
    "head",
    "intervals",
    "is_table",
    "kept_inputs",
    "load_dataset",
    "look",
    "need_plugins",
    "paired",
    "python_of",
    "rate_range",
    "read_toml",
    "resampled",
    "rows_before_training",
    "run",
    "run_together",
    "said",
    "unpaired",
    "why_no_line",
    "wilson",
    "with_task",
]
