"""What stands out about a run, said the way a good tutor would: what is wrong, by which number, and what to try."""

from .case import Case, Finding
from .rules import RULES, Rule, asked, diagnose, stands_out

__all__ = ["RULES", "Case", "Finding", "Rule", "asked", "diagnose", "stands_out"]
