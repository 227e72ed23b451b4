"""From a table, an array or a publisher's file to rows that a network can train on."""

from .downloads import fetch
from .features import Features
from .preparation import Prepared, Rows, prepare
from .tables import read_features, read_table
from .targets import Targets, infer_task

__all__ = [
    "Features",
    "Prepared",
    "Rows",
    "Targets",
    "fetch",
    "infer_task",
    "prepare",
    "read_features",
    "read_table",
]
