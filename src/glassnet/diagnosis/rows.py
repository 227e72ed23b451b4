"""The rules on the rows, asked of a run: what one sees in a table after training as before it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import wraps

from ..data.findings import RULES, Rule
from ..experiment import is_table
from ..findings import Finding, Remedy
from .case import Case


def _of_a_run(rule: Rule) -> Callable[[Case], Finding | None]:
    """The same question of a run, whose command is told again with what to leave out, or to keep together."""

    @wraps(rule)
    def asked(case: Case) -> Finding | None:
        finding = None if case.rows is None else rule(case.rows)
        if finding is None:
            return None
        return replace(finding, what_to_try=_again(case, finding.what_to_try), remedies=tuple(_remedies(finding)))

    return asked


def _again(case: Case, to_do: str) -> str:
    """What to try, as a command where one was typed."""
    command = str(case.run.provenance.get("command", ""))
    if to_do.startswith("--drop ") and not is_table(case.experiment.dataset):
        return to_do.replace("--drop", "training without", 1)
    options = re.match(r"(--drop|--group) .+?(?=$|, | if )", to_do)
    typed = " train " in command and " --resume " not in command
    return f"{to_do}: {command} {options[0]}" if options and typed else to_do


def _remedies(finding: Finding) -> Iterator[Remedy]:
    """What to try as a change of settings: the one column that is to be left out, or copies kept together."""
    to_do = finding.what_to_try
    if to_do.startswith("--drop ") and len(finding.columns) == 1:
        yield Remedy(to_do.partition(" if ")[2], {"drop": finding.columns[0]})
    elif to_do.startswith("--group copies"):
        yield Remedy("which keeps equal rows in one split", {"group": "copies"})


ON_ROWS = tuple(_of_a_run(rule) for rule in RULES)
