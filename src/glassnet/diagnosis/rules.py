"""All rules in the order in which they are told, and the way they are asked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from ..findings import Finding, by_severity, stands_out
from ..runs import Run
from .answers import classes_out_of_balance, outliers, score_of_outliers
from .by_heart import BY_HEART_OF
from .case import Case
from .choices import (
    CHOICES,
    far_out,
    flat_activation,
    loud_start,
    no_bend,
    penalty_too_strong,
    penalty_weighs_more,
)
from .course import diverged, rate_too_high, still_falling
from .fit import no_better_than_a_line, not_split, overfit, too_few_test_rows, underfit
from .inside import dead_units, gradients_fade_or_swell, inputs_not_scaled, saturated
from .pace import PACE, rate_too_large, too_much_momentum
from .remedies import consistent, names_of
from .rows import ON_ROWS

Rule = Callable[[Case], Finding | None]

#: What one sees. Each may have a choice as its cause; what stands further up may be the cause of what stands below.
SYMPTOMS: tuple[Rule, ...] = (
    rate_too_high, gradients_fade_or_swell, dead_units, saturated, classes_out_of_balance, underfit, still_falling,
    no_better_than_a_line,
)  # fmt: skip
#: What stands for itself.
BESIDE: tuple[Rule, ...] = (overfit, score_of_outliers, too_few_test_rows, not_split)
RULES: tuple[Rule, ...] = (
    diverged, *ON_ROWS, inputs_not_scaled, outliers, *CHOICES, *BY_HEART_OF, *PACE, *SYMPTOMS, *BESIDE,
)  # fmt: skip
#: Those that read what was written down, and look at no row.
OF_THE_RECORD = (diverged, rate_too_high, underfit, overfit, still_falling, no_better_than_a_line)
#: All that can be said about a network that broke down, whose scores mean nothing: what may have thrown it out.
BREAKERS: tuple[Rule, ...] = (loud_start, penalty_too_strong, too_much_momentum, rate_too_large)


def diagnose(run: Run | Case, before_each: Callable[[], object] = lambda: None) -> list[Finding]:
    """What stands out about a finished run, the most serious first, causes before what follows from them.

    Symptoms are looked for first. Where one asks for a change, the choices that may explain it are asked, and the
    symptoms are told as what the cause shows as. No remedy undoes one that is said further up. Empty where all is well.

    Where its rows can't be had any more, rules that need them are left out. `before_each` is called before each rule;
    what it raises ends the asking. Raises `GlassnetError` for a run that is not finished.
    """
    return ask(run if isinstance(run, Case) else Case(run), before_each)[0]


def ask(case: Case, before_each: Callable[[], object] = lambda: None) -> tuple[list[Finding], list[Rule]]:
    """(what stands out, the rules that were asked)."""
    asked: list[Rule] = []

    def of(rules: Sequence[Rule], most: int | None = None) -> list[Finding]:
        found: list[Finding] = []
        for rule in rules:
            if (rule in OF_THE_RECORD or not case.why_no_rows) and (rule not in ON_ROWS or case.rows is not None):
                before_each()
                asked.append(rule)
                found += filter(None, [rule(case)])
            if len(found) == most:
                break
        return found

    if case.diverged:
        found = _broken_down(of)
    else:
        found = [*of(ON_ROWS), *_learned(of, of(BESIDE))]
    return consistent(by_severity(found), case.run), asked


Ask = Callable[..., list[Finding]]


def _broken_down(of: Ask) -> list[Finding]:
    """The breakdown with the choice that explains it; inputs that are not scaled explain more than any rate does."""
    (broken,), unscaled = of([diverged]), of([inputs_not_scaled])
    causes = [] if unscaled else of(BREAKERS, most=1)
    if causes:
        cause = causes[0]
        broken = replace(
            broken, words=f"{broken.words} {cause.words}", what_to_try=cause.what_to_try, remedies=cause.remedies
        )
    return [broken, *unscaled]


def _learned(of: Ask, beside: list[Finding]) -> list[Finding]:
    """Causes with the symptoms that they explain, symptoms alone where no choice explains them, and what stands
    beside them."""
    on_rows, symptoms = of([inputs_not_scaled, outliers]), of(SYMPTOMS)
    if not stands_out(symptoms):
        hinted = any(one.name in HINTS for one in symptoms)
        quiet = ([*of(QUIET, most=1), *of([far_out])] if hinted else []) or of([quietly_shrunk])
        by_heart = [] if stands_out(quiet) else of(BY_HEART_OF, most=1)
        return [*on_rows, *quiet, *_with_overfit(by_heart, beside), *symptoms]
    roots = [one for one in symptoms if one.name in ROOTS]
    choices = on_rows or of(CHOICES)
    by_heart = [] if choices else of(BY_HEART_OF, most=1)
    causes = choices or by_heart or roots or of(PACE, most=1) or symptoms[:1]
    causes = [_with_signs(causes[0], [one for one in symptoms if one not in causes]), *causes[1:]]
    return _with_overfit(causes, beside) if by_heart else [*causes, *beside]


def _with_overfit(by_heart: list[Finding], beside: list[Finding]) -> list[Finding]:
    """What stands beside, with the overfitting told as a sign of what was learned by heart, if anything was."""
    over = [one for one in beside if one.name == "overfit"]
    if not by_heart:
        return beside
    return [_with_signs(by_heart[0], over), *(one for one in beside if one not in over)]


#: That a network with hidden layers has nothing over a line is explained where it is no more than a line.
HINTS, QUIET = ("no better than a straight line", "worse than a straight line"), (flat_activation, no_bend)


def quietly_shrunk(case: Case) -> Finding | None:
    """Does the penalty outweigh the data, where nothing else asks for a change?"""
    return penalty_too_strong(case) if penalty_weighs_more(case) else None


#: Symptoms that no other rate and no more epochs mend.
ROOTS = ("vanishing gradient", "exploding gradient", "classes out of balance")


SHOWS_AS = " It shows as: "


def _with_signs(cause: Finding, signs: list[Finding]) -> Finding:
    """The cause with what it shows as."""
    if not signs:
        return cause
    words, shown = cause.words.partition(SHOWS_AS)[0], (*cause.shows_as, *signs)
    return replace(cause, words=f"{words}{SHOWS_AS}{names_of(shown)}.", shows_as=shown)
