"""What is written is read back equal, in any dialect, or refused; and no word makes a reading other than pandas'."""

import csv
import io
import itertools
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from glassnet import GlassnetError
from glassnet.data.reading import Reading
from glassnet.data.sheets import open_sheet

SEPARATORS = [",", ";", "\t", "|", " "]
QUOTING = [csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC]
ENDS = ["\n", "\r\n", "\r"]
ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "utf-32", "utf-16-le"]
DIALECTS = list(itertools.product(SEPARATORS, QUOTING, ENDS, ENCODINGS))
WORD = (
    st.text("abcdefgäöüßxyz,;| ", min_size=1, max_size=9)
    .map(str.strip)
    .filter(
        lambda word: (
            word[:1].isalpha() and word not in ("nan", "na", "null") and any(c not in "abcdefxyz" for c in word)
        )
    )
)
TABLE = st.lists(
    st.tuples(
        st.floats(-1e9, 1e9).map(lambda x: round(x, 4)),
        st.integers(-(10**6), 10**6),
        st.none() | WORD,
        st.sampled_from(["yes", "no", "perhaps"]),
    ),
    min_size=3,
    max_size=12,
)


def test_there_are_two_hundred_dialects() -> None:
    assert len(DIALECTS) >= 200


@given(rows=TABLE, dialect=st.sampled_from(DIALECTS), index=st.booleans())
@settings(max_examples=200, deadline=None)
def test_what_pandas_writes_is_read_back_equal(rows, dialect, index, tmp_path_factory) -> None:
    separator, quoting, end, encoding = dialect
    frame = pd.DataFrame(rows, columns=["real", "whole", "words", "label"])
    if separator == " ":
        frame["words"] = frame["words"].fillna("none at all").str.replace("[;|]", "", regex=True)  # else it is unclear
    path = tmp_path_factory.mktemp("table") / "table.csv"
    frame.to_csv(path, sep=separator, quoting=quoting, lineterminator=end, encoding=encoding, index=index)
    sheet = open_sheet(path, Reading())
    assert sheet.names == ("real", "whole", "words", "label")
    np.testing.assert_array_equal(sheet.column("real").to_numpy(float), frame["real"])
    np.testing.assert_array_equal(sheet.column("whole").to_numpy(float), frame["whole"])
    for name in ("words", "label"):
        found = [None if pd.isna(cell) else cell for cell in sheet.column(name, text=True)]
        assert found == [None if pd.isna(cell) else " ".join([cell]).strip() for cell in frame[name]]


FREE = st.text('ab1 ,;\n"#', max_size=6)


@given(rows=st.lists(st.tuples(FREE, FREE, FREE), min_size=1, max_size=6), dialect=st.sampled_from(DIALECTS))
@settings(max_examples=120, deadline=None)
def test_whatever_the_cells_hold_they_come_back_with_the_words_given(rows, dialect, tmp_path_factory) -> None:
    separator, quoting, end, encoding = dialect
    assume(end != "\r" or "\n" not in "".join(map("".join, rows)))  # the csv module does not quote a line break then
    path = tmp_path_factory.mktemp("table") / "table.csv"
    text = io.StringIO(newline="")
    pd.DataFrame(rows, columns=["one", "two", "three"]).to_csv(
        text, sep=separator, quoting=quoting, lineterminator=end, index=False
    )
    path.write_bytes(text.getvalue().encode(encoding))
    words = {"separator": separator, "header": True, "comment": "", "skip": 0, "encoding": encoding}
    try:
        sheet = open_sheet(path, Reading.of(words))
    except GlassnetError as error:
        assert separator == " " or encoding == "utf-16-le", error  # an empty cell between blanks can't be seen
        return
    assert sheet.names == ("one", "two", "three")
    for j, name in enumerate(sheet.names):
        found = ["" if cell is None else cell for cell in sheet.column(name, text=True)]
        if separator == " " and len(found) != len(rows):
            continue
        assert [cell.split() for cell in found] == [row[j].split() for row in rows]


PLAIN = st.sampled_from(["1", "2.5", "-3", "x", "y z", "0", "1e3", "", "NA"])


@given(
    rows=st.lists(st.lists(PLAIN, min_size=3, max_size=3), min_size=2, max_size=8),
    separator=st.sampled_from(",;\t|"),
    header=st.booleans(),
    skip=st.integers(0, 3),
    comment=st.sampled_from(["", "#", "%"]),
    decimal=st.sampled_from([".", ","]),
    missing=st.sampled_from([(), ("x",), ("-3", "0")]),
    encoding=st.sampled_from(["utf-8", "utf-16", "cp1252"]),
)
@settings(max_examples=120, deadline=None)
def test_with_the_same_words_pandas_reads_the_same(
    rows, separator, header, skip, comment, decimal, missing, encoding, tmp_path_factory
) -> None:
    names = ["first", "second", "third"]
    written = [["title"]] * skip + [names] * header + rows
    text = "".join(separator.join(cell.replace(".", decimal) for cell in row) + "\n" for row in written)
    if decimal == separator:
        return
    if comment:
        text += f"{comment} a remark\n"
    path = tmp_path_factory.mktemp("table") / "table.csv"
    path.write_bytes(text.encode(encoding))
    words = {"separator": separator, "header": header, "skip": skip, "comment": comment or "none"}
    words |= {"decimal": decimal, "encoding": encoding, "missing": missing}
    theirs = pd.read_csv(
        path, sep=separator, header=0 if header else None, skiprows=skip, comment=comment or None, decimal=decimal,
        encoding=encoding, na_values=["", *(missing or ["NA"])], keep_default_na=False, skipinitialspace=True,
        skip_blank_lines=False,
    ).replace({"": None})  # fmt: skip
    try:
        ours = open_sheet(path, Reading.of(words))
    except GlassnetError as error:
        pytest.fail(f"pandas reads {theirs.shape}: {error}")
    assert ours.names == tuple(names if header else [f"column_{j + 1}" for j in range(3)])
    assert len(ours) == len(theirs)
    for j, name in enumerate(ours.names):
        alike(ours, name, theirs.iloc[:, j])


def alike(sheet, name, theirs) -> None:
    """Numbers as numbers, text as text; where a few cells are text among numbers we refuse, and pandas gives text."""
    try:
        ours = sheet.column(name)
    except GlassnetError as error:
        assert "is not a number" in str(error)
        assert theirs.dtype.kind not in "iuf"
        return
    if pd.api.types.is_numeric_dtype(theirs):
        np.testing.assert_array_equal(ours.to_numpy(float), theirs.to_numpy(float))
    else:
        assert [None if pd.isna(cell) else str(cell).strip() for cell in ours] == [
            None if pd.isna(cell) else str(cell).strip() for cell in theirs
        ]


REASONS = (
    (Path(__file__).parent.parent / "docs" / "tables.md").read_text(encoding="utf-8").partition("reads otherwise")[2]
)
ROWS = [
    [cell.strip() for cell in line.strip("|").split(" | ")] for line in REASONS.splitlines() if line.startswith("| `")
]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[-1])
def test_where_pandas_reads_otherwise_the_page_says_why(row, tmp_path) -> None:
    written, theirs, ours, _ = (cell.strip("`") for cell in row)
    path = tmp_path / "table.csv"
    path.write_text(written.replace("\\n", "\n"))
    found = pd.read_csv(path, sep=";" if ";" in written else ",", index_col=False)
    assert str({name: column.tolist() for name, column in found.items()}) == theirs
    try:
        sheet = open_sheet(path, Reading())
        read = str({name: sheet.column(name).tolist() for name in sheet.names})
    except GlassnetError as error:
        read = str(error)
    assert read == ours if ours.startswith("{") else ours in read
