"""The rules on the rows, asked of a run: what one sees in a table after training as before it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import wraps

from ..data.findings import RULES, Rule
from ..experiment import is_table
from ..findings import Finding
from .case import Case


def _of_a_run(rule: Rule) -> Callable[[Case], Finding | None]:
    """The same question of a run, whose command is told again with what to leave out."""

    @wraps(rule)
    def asked(case: Case) -> Finding | None:
        finding = None if case.rows is None else rule(case.rows)
        return finding if finding is None else replace(finding, what_to_try=_again(case, finding))

    return asked


def _again(case: Case, finding: Finding) -> str:
    """What to try, as a command where one was typed."""
    command = str(case.run.provenance.get("command", ""))
    drop = finding.what_to_try
    if not drop.startswith("--drop ") or not is_table(case.experiment.dataset):
        return drop.replace("--drop", "training without", 1) if drop.startswith("--drop ") else drop
    words = drop.partition(" if ")[0]
    return f"{drop}: {command} {words}" if " train " in command and " --resume " not in command else drop


ON_ROWS = tuple(_of_a_run(rule) for rule in RULES)
