"""Our rules and PyPI's give the same verdict on hundreds of texts and archives."""

from pathlib import Path

import pytest
from pypi_archives import ARCHIVES
from pypi_texts import FAMILIES

from glassnet.publish.rules import archive_problems, metadata_problems


def verdict(problems) -> str:
    """The ids of what is refused, as one word."""
    return " ".join(sorted({problem.id for problem in problems if problem.refused}))


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: f"{family.field} {family.id}")
def test_a_text_is_refused_where_pypi_refuses_it(family):
    found = {value: (verdict(metadata_problems(text.encode())), id) for value, text, id in family.cases()}
    assert {value: both for value, both in found.items() if both[0] != both[1]} == {}, family.source


@pytest.mark.parametrize("source", sorted({made.source for made in ARCHIVES}))
def test_an_archive_is_refused_where_pypi_refuses_it(source: str, tmp_path: Path):
    wrong = {}
    for made in ARCHIVES:
        if made.source == source:
            path = made.make(tmp_path)
            found = verdict(archive_problems(path))
            path.unlink()
            if found != made.id:
                wrong[made.what] = (found, made.id)
    assert wrong == {}


def test_the_table_is_as_large_as_it_says():
    cases = [case for family in FAMILIES for case in family.cases()]
    assert len(cases) + len(ARCHIVES) >= 650
    assert all(family.source for family in FAMILIES) and all(made.source for made in ARCHIVES)
