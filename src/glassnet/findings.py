"""What stands out about rows or about a run: one form for the terminal, the page and the notebook."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from .faces import Face

Severity = Literal["problem", "warning", "remark"]
#: The headings of a table of findings.
SEEN = ("what stands out", "", "", "what to try")
_ORDER = ("problem", "warning", "remark")


@dataclass(frozen=True)
class Remedy:
    """One thing to try: in words, and where it is a change of settings, each as `--set` writes it.

    `Remedy("10 to 50 % is usual", {"dropout": "0.2"})`; more rows are no setting, and `changes` is empty then.
    """

    words: str
    changes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, repr=False)
class Finding(Face):
    """One thing that stands out: its name, how serious it is, the number it rests on, and two sentences.

    A "problem" makes the result useless, a "warning" says that something should be changed, a "remark" is worth
    knowing and nothing is wrong. `columns` are those of the table that it is about. `remedies` are what to try, the
    likeliest to help first; `shows_as` are the findings that it is the cause of.
    """

    name: str
    severity: Severity
    number: float
    words: str
    what_to_try: str
    columns: tuple[str, ...] = ()
    remedies: tuple[Remedy, ...] = ()
    shows_as: tuple[Finding, ...] = ()

    def __str__(self) -> str:
        return f"{self.name}: {self.words} {self._to_try()}"

    def __repr__(self) -> str:
        return f"<Finding, {self.severity}: {self}>"

    def _face_(self) -> Iterable[str]:
        return f"{self.severity}: {self.name}", self.words, self._to_try()

    def _to_try(self) -> str:
        stop = "" if ends_in_command(self.what_to_try) else "."  # a line's end is copied with the command
        return f"Try {self.what_to_try}{stop}"


def ends_in_command(to_do: str) -> bool:
    """Whether what to try ends in something to paste: a command, or a line of Python."""
    return re.search(r": (glassnet |run\()", to_do) is not None


def by_severity(findings: Iterable[Finding]) -> list[Finding]:
    """The most serious first; those of one weight stay in their order."""
    return sorted(findings, key=lambda finding: _ORDER.index(finding.severity))


def stands_out(findings: Iterable[Finding]) -> list[Finding]:
    """Those that ask for a change; remarks are none."""
    return [finding for finding in findings if finding.severity != "remark"]
