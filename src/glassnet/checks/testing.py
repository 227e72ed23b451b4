"""The contract in a plugin's own test suite, in one line: `test_contract = contract_tests("my-distribution")`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from ..catalog import Catalog
from ..errors import GlassnetError, join, need
from .running import Check, Outcome
from .selecting import is_file, iter_checks, select


def contract_tests(
    words: str,
    kind: str | None = None,
    *,
    expected_failures: Mapping[str, str] | None = None,
    minimum: int = 1,
    download: bool = True,
) -> Callable[..., None]:
    """A pytest test with one case for each check of each part, `name-check`, and one for the list of them.

    `words` are a distribution, a file or a part's name. `expected_failures` maps "part/check" to a reason; one that
    passes after all fails, and so does a name that is none. `minimum` is how many checks there are at least: a
    run that shrank does not stay green. What is not applicable, or only advice, is skipped with its words.
    A data set fetches its rows once, and a wrong address or checksum fails; without a connection it is skipped, and
    with `download=False` unless they are here.
    """
    import pytest

    need(words, str, "contract_tests wants a distribution, a file or a part's name")
    expected = dict(expected_failures or {})
    try:
        checks = _checks(words, kind, download)
        trouble = _trouble(checks, expected, minimum)
    except GlassnetError as error:
        checks, trouble = [], str(error)
    listed = Outcome("failed" if trouble else "passed", trouble)
    cases: list[Any] = [pytest.param(lambda: listed, True, "", id="the-checks")]
    kinds: dict[str, set[str]] = {}
    for check in checks:
        kinds.setdefault(check.part.name, set()).add(check.kind)
    for check in checks:
        reason = expected.get(f"{check.part.name}/{check.id}", "")
        name = f"{check.part.name}-{check.id}"
        name = f"{check.kind}-{name}" if len(kinds[check.part.name]) > 1 else name
        cases.append(pytest.param(check.run, check.required, reason, id=name))

    @pytest.mark.parametrize(("run", "required", "reason"), cases)
    def test_contract(run: Callable[[], Outcome], required: bool, reason: str) -> None:
        outcome = judge(run(), reason)
        if outcome.result == "failed" and not (required or reason):
            pytest.skip(f"advice: {outcome.message}")
        if outcome.result == "failed":
            pytest.fail(outcome.message, pytrace=False)
        if outcome.result == "expected failure":
            pytest.xfail(outcome.message)
        if outcome.result in ("not applicable", "not tried"):
            pytest.skip(f"{outcome.result}: {outcome.message}")

    return test_contract


def judge(outcome: Outcome, reason: str) -> Outcome:
    """The outcome of a check that is expected to fail for that reason; without a reason it stays as it is."""
    if not reason:
        return outcome
    if outcome.result == "failed":
        return Outcome("expected failure", f"{reason} ({outcome.message})")
    return Outcome("failed", f"it was expected to fail ({reason}), but it is {outcome.result}: take that back")


def _checks(words: str, kind: str | None, download: bool) -> list[Check]:
    files = [Path(words)] if is_file(words) else []
    catalog = Catalog.discover(files)
    selection = select(words, catalog, kind)
    if selection.broken:
        raise GlassnetError("; ".join(f"{name} is {reason}" for name, reason in selection.broken))
    return [check for part in selection.parts for check in iter_checks(part, catalog, download=download)]


def _trouble(checks: list[Check], expected: Mapping[str, str], minimum: int) -> str:
    """What is wrong with the list of checks itself; empty if nothing is."""
    known = {f"{check.part.name}/{check.id}" for check in checks}
    for name, reason in expected.items():
        if name not in known:
            return f"expected_failures names {name!r}, which is no check: write PART/CHECK, one of {join(known)}"
        if not reason.strip():
            return f"expected_failures gives no reason for {name!r}: say why it fails"
    if len(checks) < max(minimum, 1):
        return f"there are {len(checks)} checks, expected at least {max(minimum, 1)}: was a part taken out?"
    return ""
