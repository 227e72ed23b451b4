"""Any file that a student has is read, and what was understood is said: tables as other tools write them."""

import pytest
from written_tables import ALL, Written

from glassnet import GlassnetError
from glassnet.data.reading import Reading
from glassnet.data.sheets import open_sheet


def split(words: str) -> list[str]:
    return words.split("|") if "|" in words else words.split()


def cells(text: str, names: list[str]) -> list[str]:
    return text.split("|", len(names) - 1)


@pytest.fixture
def opened(tmp_path):
    def open_one(case: Written):
        path = tmp_path / case.file
        path.write_bytes(case.content if isinstance(case.content, bytes) else case.content.encode())
        return open_sheet(path, Reading.of(case.words), case.known)

    return open_one


KINDS = {"n": "iuf", "t": "OU", "b": "b", "d": "M"}


@pytest.mark.parametrize("case", ALL, ids=lambda case: case.style)
def test_what_must_be_understood(case: Written, opened) -> None:
    if not case.names:
        with pytest.raises(GlassnetError) as caught:
            opened(case)
        assert all(words in str(caught.value) for words in case.said)
        return
    sheet = opened(case)
    names = split(case.names)
    assert list(sheet.names) == names
    assert len(sheet) == case.rows
    for row, expected in ((0, case.first), (-1, case.last)):
        if expected:
            found = [sheet.column(name, text=True).iloc[row] for name in names]
            wanted = cells(expected, names)
            assert [cell for cell, want in zip(found, wanted, strict=True) if cell is not None and cell != want] == []
    notes = "\n".join(sheet.notes)
    assert [words for words in case.said if words not in notes] == []
    assert len(sheet.notes) == 1 + len(case.said), notes
    for name, kind in zip(names, case.kinds, strict=True):
        assert kind == "?" or sheet.column(name).dtype.kind in KINDS[kind] or str(sheet.column(name).dtype) == "str", (
            name
        )


def test_there_are_sixty_and_each_is_small() -> None:
    assert len(ALL) >= 60
    assert all(len(case.content) < 2000 for case in ALL)
    assert len({case.style for case in ALL}) == len(ALL)
