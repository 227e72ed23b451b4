"""What stands out about a run, said the way a good tutor would: what is wrong, by which number, and what to try."""

from ..findings import Finding, stands_out
from .case import Case
from .rules import RULES, Rule, ask, diagnose

__all__ = ["RULES", "Case", "Finding", "Rule", "ask", "diagnose", "stands_out"]
