"""What stands out about a run, said the way a good tutor would: what is wrong, by which number, and what to try."""

from ..findings import Finding, stands_out
from .case import Case
from .explaining import Explanation, explain
from .inside import out_of_scale
from .remedies import settings_of
from .rules import RULES, Rule, ask, diagnose

__all__ = [
    "RULES",
    "Case",
    "Explanation",
    "Finding",
    "Rule",
    "ask",
    "diagnose",
    "explain",
    "out_of_scale",
    "settings_of",
    "stands_out",
]
