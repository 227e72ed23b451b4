"""What checks came to: for a person as a report card, for a program as plain data."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from html import escape
from typing import Any

from ..errors import GlassnetError
from ..faces import Face
from ..tables import Table
from ..wording import count


class ContractBroken(GlassnetError):
    """At least one required check failed, or none ran."""

    exit_code = 1


@dataclass(frozen=True)
class Finding:
    """One check of one part, and what it came to."""

    part: str
    kind: str
    where: str
    check: str
    why: str
    required: bool
    result: str
    message: str

    def to_dict(self) -> dict[str, Any]:
        """As `glassnet check --json` prints it."""
        return {
            "part": self.part,
            "check": self.check,
            "required": self.required,
            "result": self.result,
            "message": self.message,
        }


@dataclass(frozen=True, repr=False)
class Report(Face):
    """All findings. `ok` is whether at least one check ran, no required one failed, and none had to stay untried."""

    findings: tuple[Finding, ...]

    @property
    def failures(self) -> list[Finding]:
        """The required checks that failed."""
        return [one for one in self.findings if one.required and one.result == "failed"]

    @property
    def advice(self) -> list[Finding]:
        """The checks that failed and are not required."""
        return [one for one in self.findings if not one.required and one.result == "failed"]

    @property
    def ran(self) -> int:
        """How many checks said something about a part."""
        return sum(one.result not in ("not applicable", "not tried") for one in self.findings)

    @property
    def untried(self) -> list[Finding]:
        """The checks that could not be tried, such as rows that are to be fetched without a connection."""
        return [one for one in self.findings if one.result == "not tried"]

    @property
    def ok(self) -> bool:
        return self.ran > 0 and not self.failures and not self.untried

    def count(self, result: str) -> int:
        """How many checks came to that; what is only advice does not count as failed."""
        return sum(one.result == result for one in self.findings if one.required or result != "failed")

    @property
    def summary(self) -> str:
        """One line with all counts, which are there even if they are 0; only what was not tried is seldom."""
        parts = len({(one.kind, one.part) for one in self.findings})
        words = (
            f"{count(parts, 'part')}, {count(self.ran, 'check')} ran: "
            f"{self.count('passed')} passed, {self.count('failed')} failed, "
            f"{self.count('expected failure')} expected failures, {len(self.advice)} with advice; "
            f"{self.count('not applicable')} not applicable"
            + (f", {len(self.untried)} not tried" if self.untried else "")
        )
        return words if self.ran else f"{words}. Nothing was checked, so nothing is proven"

    def by_part(self) -> list[tuple[Finding, list[Finding]]]:
        """The findings of each part, led by the first of them."""
        groups: dict[tuple[str, str], list[Finding]] = {}
        for one in self.findings:
            groups.setdefault((one.kind, one.part), []).append(one)
        return [(group[0], group) for group in groups.values()]

    def raise_if_failed(self) -> None:
        """`ContractBroken` with every failure, one a line, unless all is well."""
        if not self.ok:
            lines = [f"{one.part} {one.check}: {one.message}" for one in [*self.failures, *self.untried]]
            raise ContractBroken("\n".join([self.summary, *lines]))

    def __str__(self) -> str:
        return "\n".join([*card(self), self.summary])

    def _repr_html_(self) -> str:
        """The same for a notebook, with failures marked."""
        made = [one for one in self.findings if one.result != "not applicable"]
        marks = {"passed": "✓", "failed": "✗", "advice": "·"}
        rows = [
            (
                marks.get("advice" if one in self.advice else one.result, "!"),
                one.part,
                one.check,
                one.message or one.why,
            )
            for one in made
        ]
        marked = [number for number, one in enumerate(made) if one in self.failures]
        table = Table(("", "part", "check", "what was found"), rows, marked=marked)
        return f"{table.html()}<p>{escape(self.summary)}</p>"


def card(report: Report) -> Iterable[str]:
    """The report card in plain lines: what failed in full, the rest by name."""
    for first, findings in report.by_part():
        yield f"{first.kind} {first.part}  ({first.where})" if first.where else f"{first.kind} {first.part}"
        for one in findings:
            if one.result == "failed":
                yield f"  {'FAILED' if one.required else 'advice':<8}{one.check}: {one.message}"
                if one.required:
                    yield f"          why: {one.why}"
            elif one.result in ("expected failure", "not tried"):
                of = " of" if one.result == "expected failure" else ""
                yield f"  {one.result}{of} {one.check}: {one.message}"
        yield from _names("passed", findings)
        yield from _names("not applicable", findings)


def _names(result: str, findings: list[Finding]) -> Iterable[str]:
    names = [one.check for one in findings if one.result == result]
    if names:
        yield f"  {result:<8}{': ' if len(result) > 8 else ''}{', '.join(names)}"
