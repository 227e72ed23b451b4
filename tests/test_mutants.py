"""Checks that could not refuse anything would prove nothing: each meets a part that is wrong in just its way."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from mutants import ANY, GALLERY, LOUD, QUIET, Mutant

import glassnet
from glassnet.catalog import Catalog
from glassnet.catalog.parts import read_part
from glassnet.checks import Outcome, iter_checks, promises_of
from glassnet.checks.every_kind import ADVICE, PROMISES
from glassnet.kinds import KINDS

CATALOG = Catalog.discover(guests=False)
OURS_HERE = [kind for kind in KINDS if kind not in ("lesson", "exhibit")]  # theirs are in lesson_mutants.py
SHARED = {promise.id for promise in (*PROMISES, *ADVICE)}


def outcomes(kind: str, function: object) -> dict[str, tuple[bool, Outcome]]:
    checks = iter_checks(read_part(kind, function, "given"), CATALOG)
    return {check.id: (check.required, check.run()) for check in checks}


def names(mutants: list[Mutant]) -> Iterator[str]:
    for number, mutant in enumerate(mutants):
        yield f"{mutant.kind}-{mutant.check}-{number}"


@pytest.mark.parametrize("mutant", GALLERY.mutants, ids=names(GALLERY.mutants))
def test_a_check_refuses_its_mutant_in_words_and_passes_it_made_right(mutant: Mutant) -> None:
    _, refused = outcomes(mutant.kind, mutant.wrong)[mutant.check]
    assert refused.result == "failed", "the mutant got through"
    assert mutant.says in refused.message
    assert "\n" not in refused.message
    made_right = outcomes(mutant.kind, mutant.right)
    assert made_right[mutant.check][1].result == "passed"
    for check, (required, outcome) in made_right.items():
        assert outcome.result != "failed" or not required, f"{check}: {outcome.message}"


def test_every_check_has_a_mutant_and_every_mutant_a_check() -> None:
    every = {(ANY, name) for name in SHARED} | {
        (kind, promise.id) for kind in OURS_HERE for promise in promises_of(kind) if promise.id not in SHARED
    }
    assert {(mutant.home, mutant.check) for mutant in GALLERY.mutants} | {(ANY, "quiet-import")} == every


@pytest.mark.parametrize("line", LOUD)
def test_a_file_whose_import_is_not_quiet_is_refused(line: str, tmp_path: Path) -> None:
    file = tmp_path / "loud.py"
    file.write_text(QUIET + line + "\n", encoding="utf-8")
    report = glassnet.check(str(file))
    assert [one.check for one in report.failures] == ["quiet-import"]
    assert LOUD[line] in report.failures[0].message and "loud.py" in report.failures[0].message


def test_the_same_file_without_that_line_passes(tmp_path: Path) -> None:
    file = tmp_path / "quiet.py"
    file.write_text(QUIET, encoding="utf-8")
    report = glassnet.check(str(file))
    assert report.ok and report.count("passed") == 13
