"""What stands out about a run, for whoever sits at a keyboard: `explain(clf)`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ..faces import Face
from ..findings import SEEN, Finding
from ..runs import need_run
from ..tables import Table
from ..wording import count
from .case import Case
from .rules import ask


@dataclass(frozen=True, repr=False)
class Explanation(Face):
    """What stands out, the most serious first; `asked` questions were asked. `str()` and notebooks show it."""

    title: str
    findings: tuple[Finding, ...]
    asked: int

    def __iter__(self) -> Iterator[Finding]:
        return iter(self.findings)

    def __len__(self) -> int:
        return len(self.findings)

    def __str__(self) -> str:
        said = [f"{finding.severity}  {finding}" for finding in self.findings] or [self._nothing()]
        return "\n".join([self.title, *said])

    def _nothing(self) -> str:
        return f"Nothing stands out: {count(self.asked, 'question')} were asked, and none gave cause for concern."

    def _repr_html_(self) -> str:
        cells = [(one.name, one.severity, one.words, one.what_to_try) for one in self.findings]
        none = [(self._nothing(), "", "", "")]
        return Table(SEEN, cells or none, self.title, left=SEEN).html()


def explain(subject: Any) -> Explanation:
    """What stands out about a run, which choice is to blame, and what to try: `print(explain(clf))`.

    `subject` is a run (`load("last")`), a training that was finished, a fitted `GlassClassifier` or `GlassRegressor`,
    or a scikit-learn pipeline or search that ends in one. Raises `GlassnetError` for anything else, and for what is not
    finished.
    """
    run = need_run(subject, "explain")
    findings, asked = ask(Case(run))
    return Explanation(run.title, tuple(findings), len(asked))
