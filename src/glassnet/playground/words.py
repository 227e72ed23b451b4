"""What stands out in a training that is not finished, by the rules of the report: a few while it runs, all at rest.

Each finding brings its remedies as settings, so that the page can make buttons of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ..diagnosis import Case, Finding, diagnose, settings_of
from ..diagnosis.inside import dead_units, saturated
from ..errors import GlassnetError
from ..experiment import Experiment, Training
from ..runs import Run
from .controls import in_controls

#: Rules that look at a few rows and nothing else: a hundredth of a second.
QUICK = (dead_units, saturated)


def quick(training: Training) -> list[dict[str, Any]]:
    """What stands out at a glance."""
    case = Case(Run.of(training))
    return [_plain(found, training.experiment) for rule in QUICK if (found := rule(case)) is not None]


class Asked(Exception):
    """Somebody asks for something else meanwhile."""


def thorough(training: Training, asked: Callable[[], bool] = lambda: False) -> list[dict[str, Any]]:
    """All that stands out, the most serious first; nothing of what can't be asked.

    Raises `Asked` where somebody asks for something else before all rules are asked.
    """

    def give_way() -> None:
        if asked():
            raise Asked

    try:
        return [_plain(finding, training.experiment) for finding in diagnose(Run.of(training), give_way)]
    except (GlassnetError, ArithmeticError, ValueError):  # a rule that has no answer costs no words
        return []


def _plain(finding: Finding, experiment: Experiment) -> dict[str, Any]:
    remedies = [
        {"words": in_controls(one.words), "settings": _settings(experiment, one.changes)} for one in finding.remedies
    ]
    return {
        "level": finding.severity, "name": finding.name, "words": in_controls(finding.words),
        "try": [one["words"] for one in remedies if not one["settings"]],
        "settings": [one for one in remedies if one["settings"]],
    }  # fmt: skip


def _settings(experiment: Experiment, changes: Mapping[str, str]) -> dict[str, str]:
    """A remedy as settings of `build`, with what has to go with it."""
    return dict(setting.partition("=")[::2] for setting in settings_of(experiment, changes)) if changes else {}
