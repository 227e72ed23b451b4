"""All rules in the order in which they are told, and the way they are asked."""

from __future__ import annotations

from collections.abc import Callable

from ..findings import Finding, by_severity
from ..runs import Run
from .case import Case
from .course import diverged, rate_too_high, still_falling
from .fit import classes_out_of_balance, no_better_than_a_line, not_split, overfit, too_few_test_rows, underfit
from .inside import dead_units, gradients_fade_or_swell, inputs_not_scaled, saturated
from .rows import ON_ROWS

Rule = Callable[[Case], Finding | None]

#: Causes come before what follows from them: a network that gets no gradient is underfit, too.
RULES: tuple[Rule, ...] = (
    diverged, *ON_ROWS, inputs_not_scaled, rate_too_high, dead_units, saturated, gradients_fade_or_swell,
    classes_out_of_balance, underfit, overfit, still_falling, no_better_than_a_line, too_few_test_rows, not_split,
)  # fmt: skip
#: Those that read what was written down, and look at no row.
OF_THE_RECORD = (diverged, rate_too_high, underfit, overfit, still_falling, no_better_than_a_line)
#: All that can be said about a network that broke down: its scores mean nothing.
AFTER_A_BREAKDOWN = (diverged, inputs_not_scaled)


def diagnose(run: Run | Case) -> list[Finding]:
    """What stands out about a finished run, the most serious first; empty where all is well.

    Where its rows can't be had any more, rules that need them are left out. Raises `GlassnetError` for a run that is
    not finished.
    """
    case = run if isinstance(run, Case) else Case(run)
    found = [finding for rule in asked(case) if (finding := rule(case)) is not None]
    return by_severity(found)


def asked(case: Case) -> list[Rule]:
    """The rules that make sense for a run."""
    rules = AFTER_A_BREAKDOWN if case.diverged else RULES
    rules = tuple(rule for rule in rules if rule in OF_THE_RECORD or not case.why_no_rows)
    return [rule for rule in rules if rule not in ON_ROWS or case.rows is not None]
