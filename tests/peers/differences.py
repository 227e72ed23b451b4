"""The table of differences in docs/estimators.md: what of scikit-learn's tests fails with our estimators, and why."""

import re
from fnmatch import fnmatchcase
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "estimators.md"
HEADING = "## What scikit-learn's own tests show"
NAME = re.compile(r"`((?:test|check)_[^`]+)`")


def differences() -> dict[str, str]:
    """The name of a test (`test_rfe.py::test_rfe[csr*]`) or of a check -> the reason why it fails."""
    section = PAGE.read_text(encoding="utf-8").partition(f"\n{HEADING}\n")[2].partition("\n## ")[0]
    rows = [line.strip("|").split(" | ") for line in section.splitlines() if line.startswith("| `")]
    return {name: reason.strip() for names, reason in rows for name in NAME.findall(names)}


def checks() -> dict[str, str]:
    """The rows about checks of an estimator."""
    return {name: reason for name, reason in differences().items() if name.startswith("check_")}


def covers(name: str, test: str) -> bool:
    """Whether a row's name means a test: all its cases, or those in brackets, where `*` stands for anything."""
    if "[" not in name:
        return test.partition("[")[0] == name
    return fnmatchcase(test, name.replace("[", "[[]"))
