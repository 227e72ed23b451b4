"""Judge experiments: a function that says whether two rows of scores differ, put to 200 experiments of known truth."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ...teaching import Exercise, Verdict
from ...wording import percent
from .functions import brief

EXPERIMENTS = 200
_SEED = 21


def claim(
    name: str,
    question: str,
    *,
    right: Sequence[Callable[..., Any]],
    wrong: Sequence[tuple[Callable[..., Any], str]],
    simulate: Callable[[np.random.Generator, bool], tuple[Any, ...]],
    false_alarms: float = 0.1,
    found: float = 0.8,
    stub: Callable[..., Any] | None = None,
    hints: Sequence[str] = (),
) -> Exercise:
    """A function that is handed the figures of one experiment and returns whether there is a difference.

    `simulate(rng, differs)` makes the arguments of one call, half of 200 with a difference and half without. Right is
    any sound test: one with at most `false_alarms` of those without, that finds at least `found` of those with.
    """

    def judged(answer: Callable[..., Any]) -> list[tuple[bool, bool]] | str:
        rng = np.random.default_rng(_SEED)
        said = []
        for differs in (False, True) * (EXPERIMENTS // 2):
            word = answer(*simulate(rng, differs))
            if not _yes_or_no(word):
                return f"{name} gives {brief(word)}: whether there is a difference is asked for, True or False."
            said.append((differs, bool(word)))
        return said

    def check(answer: Any) -> Verdict:
        said = judged(answer)
        if isinstance(said, str):
            return Verdict(False, said)
        alarms = sum(word for differs, word in said if not differs) / (EXPERIMENTS // 2)
        hits = sum(word for differs, word in said if differs) / (EXPERIMENTS // 2)
        of_all = f"Of 100 experiments with a difference it finds {round(100 * hits)}"
        seen = f"{of_all}, of 100 without one it sees {round(100 * alarms)}."
        if alarms <= false_alarms and hits >= found:
            return Verdict(True, seen, (alarms, hits))
        for known, words in wrong:
            if judged(known) == said:
                return Verdict(False, f"{words} {seen}", (alarms, hits))
        if alarms > false_alarms:
            words = f"{seen} That is a false alarm more often than in {percent(false_alarms)}: chance alone does that."
        else:
            words = f"{seen} It misses too many: at least {percent(found)} can be found."
        return Verdict(False, words, (alarms, hits))

    return Exercise(name, question, check, tuple(right), tuple(wrong), tuple(hints), stub or right[0], sort="claim")


def _yes_or_no(word: Any) -> bool:
    """Whether it is an answer: True, False, 1 or 0, as a number or as an array of one."""
    return np.size(word) == 1 and np.asarray(word).dtype.kind in "biu" and int(np.asarray(word).item()) in (0, 1)
