"""What stands out about rows or about a run: one form for the terminal, the page and the notebook."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Severity = Literal["problem", "warning", "remark"]
_ORDER = ("problem", "warning", "remark")


@dataclass(frozen=True)
class Finding:
    """One thing that stands out: its name, how serious it is, the number it rests on, and two sentences.

    A "problem" makes the result useless, a "warning" says that something should be changed, a "remark" is worth
    knowing and nothing is wrong. `columns` are those of the table that it is about.
    """

    name: str
    severity: Severity
    number: float
    words: str
    what_to_try: str
    columns: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.name}: {self.words} Try {self.what_to_try}."


def by_severity(findings: Iterable[Finding]) -> list[Finding]:
    """The most serious first; those of one weight stay in their order."""
    return sorted(findings, key=lambda finding: _ORDER.index(finding.severity))


def stands_out(findings: Iterable[Finding]) -> list[Finding]:
    """Those that ask for a change; remarks are none."""
    return [finding for finding in findings if finding.severity != "remark"]
