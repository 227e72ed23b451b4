"""One page about a run, or about several side by side: what was done, what came out, and what stands out."""

from ..diagnosis import Finding, diagnose, stands_out
from .comparison import comparison_of, write_comparison
from .page import page_of, write_report
from .reporting import report

__all__ = [
    "Finding",
    "comparison_of",
    "diagnose",
    "page_of",
    "report",
    "stands_out",
    "write_comparison",
    "write_report",
]
