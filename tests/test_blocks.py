"""Large tables are read in blocks, and come out as if they had been read cell by cell: values, notes and errors."""

import csv
import io
import itertools
import os

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from samples import SOAK

from glassnet import GlassnetError
from glassnet.data.large import LargeSheet, read_large, read_large_file
from glassnet.data.reading import Reading, Roles
from glassnet.data.sheets import _with_notes, open_sheet
from glassnet.data.tables import dataset_of, read_table


def in_blocks(content, size, words=(), known=("y",)):
    """A sheet that was read in blocks, or None."""
    reading = Reading.of(words)
    large = read_large("table.csv", lambda: io.BytesIO(content), len(content), reading, known, size)
    return large and _with_notes(*large, reading, known)


def outcome(sheet, target="y"):
    """A data set as plain things that can be compared, or the words of an error."""
    try:
        data = dataset_of(sheet() if callable(sheet) else sheet, Roles((target,)))
    except GlassnetError as error:
        return str(error)
    columns = {
        name: (str(data.X[name].dtype), [None if value != value else value for value in data.X[name].tolist()])
        for name in data.X
    }
    return columns, str(data.y.dtype), data.y.tolist(), sorted(data.notes)


def assert_alike(content, size, tmp_path, words=()):
    """Both readers come to the same; says whether blocks would do."""
    path = tmp_path / "table.csv"
    path.write_bytes(content)
    cells = outcome(lambda: open_sheet(path, Reading.of(words), ["y"]))
    try:
        blocks = in_blocks(content, size, words)
    except GlassnetError as error:
        assert str(error) == cells
        return False
    if blocks is not None:
        assert outcome(blocks) == cells
    return blocks is not None


NUMBER = st.floats(allow_nan=False, allow_infinity=False, width=32).map(repr)
SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large]
EXAMPLES = int(os.environ.get("BLOCKS_EXAMPLES", "60" if SOAK else "30"))
COLUMNS = {
    "real": NUMBER,
    "short": st.integers(-999, 999).map(lambda n: f"{n / 100}"),
    "whole": st.integers(-(2**40), 2**40).map(str),
    "huge": st.integers(2**53, 2**64).map(str),
    "truth": st.sampled_from(["True", "False", "TRUE", "false"]),
    "text": st.sampled_from(["red", "blue", "dark red", "x,y;z|w", 'say "hi"', "two\nlines", "größe", "None", ""]),
    "code": st.integers(0, 300).map(lambda n: f"{n:05d}"),
    "date": st.dates().map(str),
    "money": st.integers(0, 10**7).map(lambda n: f"{n / 100:,.2f}"),
    "comma": st.integers(0, 10**4).map(lambda n: f"{n / 10}".replace(".", ",")),
    "thousands": st.integers(0, 10**5).map(lambda n: f"{n:,}"),
    "points": st.integers(0, 10**5).map(lambda n: f"{n:,}".replace(",", ".")),
    "odd": st.sampled_from(
        ["1", "2.5", "-", "n/a", "inf", "1_000", "NAN", " 7 ", "+5", "1e5", "0x1F", ".5", "5.", "1,5"]
    ),
}
GAPS = ["", "NA", "?", "null", " NA ", "n/a", "-"]


@st.composite
def tables(draw):
    """A table as bytes, of many dialects."""
    rows = draw(st.integers(1, 25))
    kinds = draw(st.lists(st.sampled_from(sorted(COLUMNS)), min_size=1, max_size=4))
    gaps = st.sampled_from(draw(st.lists(st.sampled_from(GAPS), min_size=1, max_size=2)))
    share = draw(st.sampled_from([0, 0, 3, 10]))
    columns = []
    for kind in kinds:
        cell = st.tuples(st.integers(0, share or 1), COLUMNS[kind], gaps)
        drawn = draw(st.lists(cell, min_size=rows, max_size=rows))
        columns.append([gap if share and dice == 0 else value for dice, value, gap in drawn])
    columns.append(
        draw(
            st.lists(
                st.sampled_from(["0", "1", *draw(st.sampled_from([[], ["NA"], [""], ["x"], ["2.5"]]))]),
                min_size=rows,
                max_size=rows,
            )
        )
    )
    stream = io.StringIO(newline="")
    writer = csv.writer(
        stream,
        delimiter=draw(st.sampled_from(",;\t|")),
        quoting=draw(st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_MINIMAL, csv.QUOTE_ALL])),
        lineterminator=draw(st.sampled_from(["\n", "\n", "\r\n"])),
    )
    first = draw(st.sampled_from([[], [], [""]]))
    if first:
        columns.insert(0, [str(i) for i in range(rows)])
    writer.writerow([*first, *(f"{kind}_{j}" for j, kind in enumerate(kinds)), "y"])
    for row in zip(*columns, strict=True):
        writer.writerow(row)
        stream.write(draw(st.sampled_from([""] * 40 + ["\n", "  \n"])))
    text = stream.getvalue()
    if draw(st.booleans()) and not text.endswith('"\n'):
        text = text.rstrip("\r\n")
    return text.encode(draw(st.sampled_from(["utf-8", "utf-8", "utf-8-sig", "cp1252"])))


@settings(
    max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
@given(
    tables(),
    st.sampled_from([7, 40, 200, 2**21]),
    st.sampled_from([(), (), ("decimal=,",), ("thousands=.",), ("missing=NA",)]),
)
@example(b"a,b,y\n2.5,0,NA\n1,0,0\n", 7, ())  # a fraction in a row that is left out
@example(b"a,b,y\n1,0,1\ninf,0,0\n", 7, ())
def test_both_readers_come_to_the_same(tmp_path_factory, content, size, words):
    assert_alike(content, size, tmp_path_factory.mktemp("table"), words)


@settings(max_examples=EXAMPLES, deadline=None)
@given(
    st.text('ab01.5,;|"\t\n -N', max_size=60).map(lambda text: ("a,b,y\n1,2,0\n" + text).encode()),
    st.sampled_from([5, 30, 2**21]),
)
@example(b"a,b,y\n1,2,0\n1,2\n1,2,3,4\n", 2**21)
@example(b"a,b,y\n1,2,0\n1,2,3,\n", 2**21)
@example(b'a,b,y\n1,2,0\n1,2 "x",3\n', 2**21)
@example(b'a,b,y\n1,2,0\n1,"x,3\n', 2**21)
@example(b"a,b,y\n1,2,0\n\n\n3,4,1", 5)
def test_both_readers_come_to_the_same_for_anything(tmp_path_factory, content, size):
    assert_alike(content, size, tmp_path_factory.mktemp("table"))


PLAIN = [
    b"a,b,y\n1,2.5,0\n3,4,1\n",
    b"a;b;y\n1,5;2,5;0\n3,25;4;1\n",
    b"a\tb\ty\n1\tx\t0\n\tz\t1\n",
    b'"a","b","y"\n"1","x, z","0"\n"3","two\nlines","1"\n',
    b"a,b,y\r\n1,NA,0\r\n3,4,1\r\n\r\n",
    b"\xef\xbb\xbfa,b,y\n1,2,0\n3,4,1",
    "größe,b,y\nä,2,0\nö,4,1\n".encode("cp1252"),
    b"1,2,0\n3,4,1\n5,6,0\n",
    b",a,y\n0,2,0\n1,4,1\n2,6,0\n",
    b"a,b,y\n02116,2,0\n01742,4,1\n",
    b"a,b,y\n$1.50,true,0\n$2.50,false,1\n",
]


@pytest.mark.parametrize("content", PLAIN)
@pytest.mark.parametrize("size", [5, 12, 2**21])
def test_plain_tables_are_read_in_blocks(content, size, tmp_path):
    path, target = tmp_path / "table.csv", "column_3" if content.startswith(b"1") else "y"
    path.write_bytes(content)
    assert in_blocks(content, size, known=[target]) is not None
    assert outcome(in_blocks(content, size, known=[target]), target) == outcome(
        open_sheet(path, Reading(), [target]), target
    )


@pytest.mark.parametrize(
    "content",
    [
        b"a b y\n1 2 0\n3 4 1\n",
        b"# note\na,b,y\n1,2,0\n3,4,1\n",
        b"a,b,y\r1,2,0\r3,4,1\r",
        b'a,b,y\n1,5" pipe,0\n3,4,1\n',
        b"a,b,y\n1,2,0\n3,4\n",
        b"y\n1\n2\n",
        "a,b,y\n1,2,0\n3,4,1\n".encode("utf-16"),
        b"a,b,y\n1,\0,0\n3,4,1\n",
    ],
)
def test_what_is_not_plain_is_left_to_the_reader_of_cells(content):
    assert in_blocks(content, 2**21) is None


@pytest.fixture(scope="module")
def large(tmp_path_factory):
    """A table of 20,000 rows with whatever may come late in one: some 700 kB, many blocks of 64 kB."""
    rng = np.random.default_rng(0)
    n = 20_000
    columns = {"real": rng.normal(size=n).round(6), "gaps": rng.normal(size=n).round(3)}
    columns |= {"whole": rng.integers(0, 10**6, n), "few": rng.choice(["red", "green", "a, b"], n)}
    columns |= {"late": [""] * (n - 1) + ["x"], "id": [f"n-{i}" for i in range(n)], "y": rng.integers(0, 2, n)}
    frame = pd.DataFrame(columns)
    frame.loc[rng.random(n) < 0.1, "gaps"] = np.nan
    path = tmp_path_factory.mktemp("large") / "large.csv"
    frame.to_csv(path, index=False)
    return path


def test_a_large_file_is_read_in_blocks_without_a_word(large):
    assert isinstance(open_sheet(large, Reading()), LargeSheet)
    data, frame = read_table(large, "y"), pd.read_csv(large)
    for name in ("real", "gaps", "whole"):
        np.testing.assert_array_equal(data.X[name], frame[name])
    assert data.X["few"].tolist() == frame["few"].tolist() and data.X["late"].dropna().tolist() == ["x"]
    np.testing.assert_array_equal(data.y, frame["y"])


def test_a_slip_late_in_a_large_file_is_named_by_its_line(large, tmp_path):
    lines = large.read_text().splitlines()
    lines[15_001] = lines[15_001].replace(lines[15_001].split(",")[2], "oops", 1)
    path = tmp_path / "table.csv"
    path.write_text("\n".join(lines))
    with pytest.raises(GlassnetError, match=r"table\.csv, line 15002: 'oops' in column 'whole' is not a number"):
        read_table(path, "y")


def test_a_ragged_line_late_in_a_large_file_is_named(large, tmp_path):
    path = tmp_path / "table.csv"
    path.write_text(large.read_text().replace("\n", "\n1,2\n", 3).replace("\n1,2\n", "\n", 2))
    with pytest.raises(GlassnetError, match=r"table\.csv, line 4 has 2 fields where line 1 has 7"):
        read_table(path, "y")


def test_letters_of_another_encoding_late_in_a_large_file(large, tmp_path):
    text = large.read_text().replace("n-19000", "größe €")
    for encoding in ("utf-8", "cp1252"):
        path = tmp_path / f"{encoding}.csv"
        path.write_bytes(text.encode(encoding))
        assert isinstance(open_sheet(path, Reading()), LargeSheet)
        data = read_table(path, "y", keep=["id"])
        assert data.X["id"].iloc[19_000] == "größe €"
        assert any("cp1252" in note for note in data.notes) == (encoding == "cp1252")


def test_rows_without_a_target_keep_their_lines_in_a_large_file(large, tmp_path):
    lines = large.read_text().splitlines()
    for line in (3, 9_000):
        lines[line] = lines[line][:-1]
    path = tmp_path / "table.csv"
    path.write_text("\n".join(lines) + "\n")
    data = read_table(path, "y")
    assert "Left out for want of a value in 'y': 2 rows (lines 4, 9001)." in data.notes
    assert len(data.y) == 19_998 and data.y.dtype.kind == "i"


def test_small_packed_and_missing_files_are_none_for_blocks(tmp_path, large):
    import gzip

    small, packed = tmp_path / "small.csv", tmp_path / "packed.csv.gz"
    small.write_text("a,y\n1,2\n3,4\n")
    packed.write_bytes(gzip.compress(large.read_bytes()))
    for path in (small, packed, tmp_path / "none.csv", tmp_path):
        assert read_large_file(path, Reading()) is None
    assert isinstance(open_sheet(packed, Reading()), LargeSheet)  # once it is unpacked


def test_numbers_are_those_that_python_reads(tmp_path):
    """Every number of a large table is the double next to what is written, as in a small one."""
    rng = np.random.default_rng(1)
    numbers = (10.0 ** rng.uniform(-300, 300, 20_000) * rng.normal(size=20_000)).tolist()
    path = tmp_path / "table.csv"
    path.write_text("a,b,y\n" + "".join(f"{x!r},{i},{i % 2}\n" for i, x in enumerate(numbers)))
    assert read_table(path, "y").X["a"].tolist() == numbers


def test_wide_tables_are_read_in_blocks(tmp_path):
    frame = pd.DataFrame(np.random.default_rng(0).normal(size=(30, 2000)).round(3)).add_prefix("g")
    path = tmp_path / "wide.csv"
    frame.assign(y=[0, 1] * 15).to_csv(path, index=False)
    data = read_table(path, "y")
    np.testing.assert_array_equal(data.X.to_numpy(), frame.to_numpy())
    assert list(itertools.islice(data.X, 2)) == ["g0", "g1"]


def test_a_large_file_without_names_is_taken_by_position(tmp_path):
    from glassnet.data import prepare, read_features

    rows = "".join(f"{i / 7:.9f},{i % 5},{i % 2}\n" for i in range(9000))
    path, other = tmp_path / "table.csv", tmp_path / "other.csv"
    path.write_text(rows)
    features = prepare(read_table(path, "column_3"), "binary").features
    other.write_text("".join(line.rpartition(",")[0] + "\n" for line in rows.splitlines()))
    assert isinstance(open_sheet(other, Reading()), LargeSheet)
    np.testing.assert_array_equal(read_features(other, features), read_features(path, features))


def test_a_table_that_does_not_fit_into_memory_is_refused_in_a_line(tmp_path, monkeypatch):
    from glassnet.data import tables

    def full(*_):
        raise MemoryError

    monkeypatch.setattr(tables, "dataset_of", full)
    path = tmp_path / "table.csv"
    path.write_text("a,y\n1,2\n")
    with pytest.raises(GlassnetError, match=r"^table\.csv does not fit into memory, .* Take a part of its rows"):
        read_table(path, "y")
