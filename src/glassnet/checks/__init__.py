"""The contract of a part, promise by promise: what every activation, loss, optimizer and data set is held to.

`iter_checks` makes the checks of one part; `check` runs them for a notebook, `contract_tests` for pytest, and
`glassnet check` for the command line. Ours are checked like everybody's.
"""

from .reports import ContractBroken, Finding, Report
from .running import Check, Outcome, Promise
from .selecting import Selection, check, is_file, iter_checks, promises_of, run_checks, select
from .testing import contract_tests

__all__ = [
    "Check",
    "ContractBroken",
    "Finding",
    "Outcome",
    "Promise",
    "Report",
    "Selection",
    "check",
    "contract_tests",
    "is_file",
    "iter_checks",
    "promises_of",
    "run_checks",
    "select",
]
