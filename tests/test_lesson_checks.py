"""Every check of lessons and exhibits meets some that are wrong in just its way, and refuses these alone."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from lesson_mutants import (
    DOUBLED,
    GALLERY,
    MENDED,
    OF_PARTS,
    PAGE,
    RICH,
    Mutant,
    asking,
    at_two_alone,
    exhibit,
    halved,
    tripled,
    unchanged,
)

import glassnet
from glassnet.catalog import Catalog
from glassnet.catalog.parts import read_part
from glassnet.checks import Outcome, iter_checks, promises_of
from glassnet.checks.every_kind import ADVICE, PROMISES
from glassnet.lessons.pages import lesson_of

CATALOG = Catalog.discover(guests=False)
SHARED = {promise.id for promise in (*PROMISES, *ADVICE)} - {"loads"}
KINDS = ("lesson", "exhibit")


def outcomes(kind: str, build: Callable[[], Any]) -> dict[str, Outcome]:
    """What the checks of a kind say, and `loads`."""

    def specimen() -> Any:
        return build()

    specimen.__doc__ = "A specimen."
    checks = iter_checks(read_part(kind, specimen, "given"), CATALOG)
    return {check.id: check.run() for check in checks if check.id not in SHARED}


def failed(found: dict[str, Outcome]) -> list[str]:
    return [f"{name}: {one.message}" for name, one in found.items() if one.result == "failed"]


def names(mutants: list[Mutant]) -> Iterator[str]:
    for number, mutant in enumerate(mutants):
        yield f"{mutant.kind}-{mutant.check}-{number}"


@pytest.mark.parametrize("mutant", GALLERY.mutants, ids=names(GALLERY.mutants))
def test_each_mutant_is_refused_by_its_check_alone(mutant: Mutant) -> None:
    found = outcomes(mutant.kind, mutant.build)
    assert found[mutant.check].result == "failed", "the mutant got through"
    assert mutant.says in found[mutant.check].message
    assert len(failed(found)) == 1, failed(found)


def test_every_check_has_a_mutant_and_every_mutant_a_check() -> None:
    own = {(kind, promise.id) for kind in KINDS for promise in promises_of(kind) if promise.id not in SHARED}
    assert {(one.kind, one.check) for one in GALLERY.mutants} == own - {("lesson", "strong")}


def healthy() -> dict[str, Callable[[], Any]]:
    return {
        "a page alone": lambda: lesson_of(PAGE),
        "all that a page may have": lambda: lesson_of(RICH, [DOUBLED, MENDED]),
        "an exercise": lambda: asking(DOUBLED),
        "prose alone": lambda: lesson_of("# Nothing is asked here\n\nIt is read."),
    }


@pytest.mark.parametrize("name", healthy())
def test_healthy_lessons_pass(name: str) -> None:
    found = outcomes("lesson", healthy()[name])
    assert not failed(found)
    asked = "not applicable" if name == "prose alone" else "passed"
    assert {found[check].result for check in ("right-accepted", "wrong-refused", "stub-open", "hints")} == {asked}
    assert found["strong"].message == "" and found["claims-filled"].message == ""


def test_a_healthy_exhibit_passes_and_says_its_numbers() -> None:
    found = outcomes("exhibit", exhibit)
    assert not failed(found)
    assert found["wrong-differs"].message.startswith("9 in place of 6")
    assert found["caught"].message == "1 and 2 doubled do not make 3 doubled"


# --- advice ---------------------------------------------------------------------------------------------------


def test_a_typed_figure_is_advised_against() -> None:
    found = outcomes("lesson", lambda: lesson_of(PAGE.replace("{half:.2f}", "0.50")))
    assert not failed(found) and "0.50 stands in the prose as it was typed" in found["claims-filled"].message


def test_a_weak_check_is_advised_against() -> None:
    wrong = ((halved, "That is half."), (tripled, "That is 3 x."), (unchanged, "That is x."))
    found = outcomes("lesson", lambda: asking(replace(DOUBLED, check=at_two_alone, wrong=wrong)))
    assert failed(found) == [] and "exercise 'doubled' accepts this too" in found["strong"].message
    assert "return 2 + x" in found["strong"].message


# --- the order of a course ------------------------------------------------------------------------------------

COURSE = """
from glassnet import Lesson, hookimpl

def early():
    '''The first.'''
    return Lesson("# First", after=["late"])

def late():
    '''The last.'''
    return Lesson("# Last", after=["early", "xor"])

def alone():
    '''After itself.'''
    return Lesson("# Alone", after=["alone"])

@hookimpl
def lessons():
    return [early, late, alone]
"""


def test_after_points_back_and_never_forward(tmp_path: Path) -> None:
    file = tmp_path / "course.py"
    file.write_text(COURSE, encoding="utf-8")
    report = glassnet.check(str(file))
    said = {finding.part.rpartition("/")[2]: finding for finding in report.findings if finding.check == "order"}
    assert said["early"].result == "failed" and "'late', which stands behind it" in said["early"].message
    assert said["late"].result == "passed" and said["late"].message == "early, xor"
    assert said["alone"].result == "failed"


# --- how they are tried ---------------------------------------------------------------------------------------


def test_a_page_without_a_network_may_ask_its_own_machine() -> None:
    cell = "half = 1 / 2\nimport socket\nwith socket.create_server(('127.0.0.1', 0)) as here:\n" \
           "    socket.create_connection(here.getsockname()).close()"  # fmt: skip
    assert not failed(outcomes("lesson", lambda: lesson_of(PAGE.replace("half = 1 / 2", cell))))


def test_a_check_of_the_contract_may_be_what_catches() -> None:
    found = outcomes("exhibit", lambda: replace(exhibit(), **OF_PARTS, caught_by="activation/slope"))
    assert not failed(found) and found["caught"].message.startswith("slope at z = ")


def test_an_exhibit_whose_wrong_number_is_none_differs() -> None:
    found = outcomes("exhibit", lambda: replace(exhibit(), wrong=lambda x: np.nan * x))
    assert not failed(found) and found["wrong-differs"].message.startswith("nan in place of 6")
