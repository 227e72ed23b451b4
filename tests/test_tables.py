"""Tables as people really write them: what is detected, what is kept, and what every mistake is told."""

import csv
import io
import sys

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from glassnet import GlassnetError
from glassnet.data import infer_task, prepare, read_features, read_table

NUMBERS = "a,b,y\n1,2.5,0\n3,4.5,1\n"


@pytest.fixture
def written(tmp_path):
    def write(content, name="table.csv"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


def refused(path, target="y", **options):
    """The message, which is one line."""
    with pytest.raises(GlassnetError) as caught:
        read_table(path, target, **options)
    assert "\n" not in str(caught.value)
    return str(caught.value)


# What is detected


@pytest.mark.parametrize(
    ("separator", "word"), [(",", "commas"), (";", "semicolons"), ("\t", "tabs"), ("|", "bars"), (" ", "spaces")]
)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_separators(separator, word, end, written):
    data = read_table(written(NUMBERS.replace(",", separator).replace("\n", end)), "y")
    assert list(data.X.columns) == ["a", "b"]
    np.testing.assert_array_equal(data.X.to_numpy(), [[1, 2.5], [3, 4.5]])
    np.testing.assert_array_equal(data.y, [0, 1])
    assert f"separated by {word}, the first line is a header" in data.notes[0]


def test_columns_aligned_with_many_spaces(written):
    data = read_table(written("  a    b  y\n  1  2.5  0\n 30 45.5  1\n"), "y")
    np.testing.assert_array_equal(data.X.to_numpy(), [[1, 2.5], [30, 45.5]])


def test_no_header(written):
    data = read_table(written("6,148,1\n1,85,0\n"), "column_3")
    assert list(data.X.columns) == ["column_1", "column_2"]
    np.testing.assert_array_equal(data.y, [1, 0])
    assert "no header, so columns are called column_1, ..." in data.notes[0]


def test_years_as_header_count_as_names_when_the_target_is_one(written):
    data = read_table(written("2019,2020\n1,2\n3,4\n"), "2020")
    assert list(data.X.columns) == ["2019"]
    np.testing.assert_array_equal(data.y, [2, 4])


@pytest.mark.parametrize("mark", ["", "NA", "N/A", "NaN", "nan", "null", "NULL", "None", "?", "-", ".", " NA "])
def test_marks_of_missing_numbers(mark, written):
    data = read_table(written(f"a,b,y\n1,x,0\n{mark},x,1\n3,y,1\n"), "y")
    np.testing.assert_array_equal(data.X["a"], [1, np.nan, 3])


def test_dashes_and_points_are_text_among_text(written):
    data = read_table(written("a,y\n-,0\n.,1\nx,1\nNA,0\n"), "y")
    assert data.X["a"].tolist() == ["-", ".", "x", None]
    assert read_table(written("a,y\n-,0\n-,1\n"), "y").X["a"].tolist() == ["-", "-"]


def test_decimal_commas(written):
    data = read_table(written("a;b;y\n1,5;-0,25;0\n2;1,5e3;1\n"), "y")
    np.testing.assert_array_equal(data.X.to_numpy(), [[1.5, -0.25], [2, 1500]])
    headless = read_table(written("1,5;2,5\n3,5;4,5\n"), "column_2")
    np.testing.assert_array_equal(headless.y, [2.5, 4.5])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1"])
def test_encodings(encoding, written):
    data = read_table(written("größe,y\nklein,0\nüber,1\n".encode(encoding)), "y")
    assert data.X["größe"].tolist() == ["klein", "über"]


def test_types_of_columns(written):
    table = "whole,real,truth,text,y\n1,1.5,True,007x,0.0\n2,2,false,b,1\n"
    data = read_table(written(table), "y")
    assert [data.X[name].dtype.kind for name in ("whole", "real", "truth")] == ["i", "f", "b"]
    assert data.X["text"].tolist() == ["007x", "b"]
    assert data.y.dtype.kind == "f"


def test_true_and_false_with_a_gap_are_numbers(written):
    data = read_table(written("a,y\nTRUE,0\n,1\nfalse,1\n"), "y")
    np.testing.assert_array_equal(data.X["a"], [1, np.nan, 0])


def test_quotes_separators_and_line_breaks_inside_cells(written):
    data = read_table(written('a,y\n"x, ""y""\nz",0\nplain,1\n'), "y")
    assert data.X["a"].tolist() == ['x, "y"\nz', "plain"]


def test_line_breaks_in_a_header_become_blanks(written):
    assert list(read_table(written('"body\n mass",y\n1,0\n2,1\n'), "y").X.columns) == ["body mass"]


def test_blank_lines_do_not_count(written):
    data = read_table(written("\na,y\n\n1,0\n   \n2,1\n\n"), "y")
    np.testing.assert_array_equal(data.X["a"], [1, 2])


def test_row_numbers_of_r_and_pandas_are_left_out(written):
    frame = pd.DataFrame({"a": [1.5, 2.5, 9.0], "y": [0, 1, 1]}, index=[5, 6, 7])
    data = read_table(written(frame.to_csv()), "y")
    assert list(data.X.columns) == ["a"]
    said = "The first column has no name and numbers the rows: left out (--keep column_1 overrules)."
    assert said in data.notes
    unordered = read_table(written(frame.iloc[[0, 2, 1]].to_csv()), "y")
    assert list(unordered.X.columns) == ["column_1", "a"]


def test_rows_without_a_target_are_left_out_and_counted(written):
    data = read_table(written("a,y\n1,0\n2,\n3,1\n4,NA\n"), "y")
    np.testing.assert_array_equal(data.X["a"], [1, 3])
    assert data.y.dtype.kind == "i"  # the gap has not turned whole numbers into floats
    assert "Left out for want of a value in 'y': 2 rows (lines 3, 5)." in data.notes
    truths = read_table(written("a,y\n1,True\n2,\n3,False\n"), "y")
    assert truths.y.dtype.kind == "b"


def test_kept_columns_stay_text(written):
    path = written("zip,y\n01,0\n02,1\nA3,1\n04,0\n")
    assert read_table(path, "y", category=["zip"]).X["zip"].tolist() == ["01", "02", "A3", "04"]
    assert read_table(written("zip,y\n01,0\n02,1\n"), "y", category=["zip"]).X["zip"].tolist() == ["01", "02"]


def test_a_text_column_with_many_numbers_is_text(written):
    cells = [f"PC {i}" if i % 4 == 0 else str(i) for i in range(100)]
    rows = "".join(f"{cell},{i % 2}\n" for i, cell in enumerate(cells))
    assert read_table(written("ticket,y\n" + rows), "y").X["ticket"].tolist() == cells


def test_class_names_may_look_like_numbers(written):
    rows = "".join(f"{i},{i % 3 or 'other'}\n" for i in range(1, 30))
    data = read_table(written("a,y\n1,1\n2,2\n4,1\n5,2\n7,1\n8,2\n9,1\n" + rows.replace("other", "1", 8)), "y")
    assert set(data.y) == {"1", "2", "other"}


# Mistakes


def test_missing_file_with_a_near_name(written):
    path = written(NUMBERS, "penguins.csv")
    message = refused(path.with_name("pengiuns.csv"))
    assert message.startswith("there is no file ")
    assert f"Did you mean {str(path)!r}?" in message
    assert "Check the name and the folder." in refused(path.parent / "nowhere" / "table.csv")
    assert "is a folder, not a file" in refused(path.parent)


@pytest.mark.parametrize("content", ["", "\n\n  \n"])
def test_empty_file(content, written):
    assert refused(written(content)) == "table.csv is empty."


def test_only_a_header(written):
    assert refused(written("a,b,y\n")) == "table.csv holds only a header, no rows."


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ("a,b,c,d,y\n1,2,3,4,5\n1,2,3\n", "table.csv, line 3 has 3 fields where line 1 has 5."),
        ("a,y\n1,2\n\n1,2,3\n", "table.csv, line 4 has 3 fields where line 1 has 2."),
        ('a,y\n"1\n\n2",2\n7\n', "table.csv, line 5 has 1 field where line 1 has 2."),
        ("\na;b;y\n1;2;3;4\n", "table.csv, line 3 has 4 fields where line 2 has 3."),
    ],
)
def test_ragged_rows_name_the_line(table, words, written):
    message = refused(written(table))
    assert message.startswith(words)
    assert "a missing value still needs its separator" in message


def test_a_quotation_mark_that_is_never_closed(written):
    assert "line 3: a quotation mark is opened and never closed" in refused(written('y,a\n0,x\n1,"z\n2,w\n'))
    assert "after line 2 a quotation mark is never closed" in refused(written('y,a\n0,x\n1,"z\n' + "2,w\n" * 40_000))


@pytest.mark.parametrize("end", ["", "\n3,5,1\n"])
def test_text_in_a_column_of_numbers(end, written):
    table = "age,b,y\n" + "4,5,0\n" * 30 + "4,5,1\noops,5,1\n" + "6,5,1" + end
    message = refused(written(table))
    assert message.startswith("table.csv, line 33: 'oops' in column 'age' is not a number")
    assert "Correct it, leave the cell empty, or read the column as text with --category age." in message
    assert read_table(written(table), "y", category=["age"]).X["age"].tolist()[31] == "oops"


def test_text_in_a_target_of_numbers(written):
    rows = "".join(f"{i},{i / 7}\n" for i in range(40))
    message = refused(written("a,y\n" + rows + "3,tall\n4,small\n"))
    assert message.startswith("table.csv, line 42: 'tall' in column 'y' is not a number (and 1 more)")
    assert "--category" not in message
    assert message.endswith("Correct it, or leave the cell empty.")


def test_unknown_target(written):
    message = refused(written("species,weight\na,1\nb,2\n"), "specis")
    assert message == "there is no column 'specis'. Did you mean 'species'? Columns of table.csv: species, weight."
    assert "Columns of table.csv: column_1, column_2 (it has no header line)." in refused(written("1,2\n"), "y")


def test_no_target_given(written):
    message = refused(written(NUMBERS), None)
    assert message == "which column is to be learned? Name it with --target. Columns of table.csv: a, b, y."


def test_no_row_with_a_target(written):
    assert refused(written("a,y\n1,\n2,NA\n")) == "table.csv: no row has a value in the target column 'y'."


def test_only_the_target(written):
    assert "no column besides the target 'y'" in refused(written("y\n1\n2\n"))


def test_duplicate_columns(written):
    said = (
        "table.csv, line 1: several columns are called a. Give each a name of its own, or say --no-header if that line "
    )
    assert refused(written("a,b,a,y\n1,2,3,4\n")) == said + "holds values."


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"PK\x03\x04 zipped", "can't be unpacked"),
        (b"\x1f\x8b\x08 gzip", "can't be unpacked"),
        (b"a,b\n1,\x00\n", "holds binary data, not a text table: line 2 has a byte 0"),
        (b"PAR1 parquet", "holds Parquet, not a text table. Call it .parquet"),
        (b"\x89PNG\r\n\x1a\n\0\0", "holds a picture, not a text table"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "holds an old workbook (.xls), not a text table. Save it as .xlsx or CSV"),
        (b"<!DOCTYPE html>\n<p>a,b", "holds a page of the web, not a table. Download the file itself"),
        (b'[{"a": 1}]', "holds JSON, not a table. Write it as CSV"),
    ],
)
def test_binary_files(content, words, written):
    assert words in refused(written(content))


def test_one_class_only(written):
    with pytest.raises(GlassnetError, match="every row has the same target, 'cat': there is only one class"):
        infer_task(read_table(written("a,y\n1,cat\n2,cat\n"), "y"))


# Round trips

CELL = st.text(st.characters(codec="utf-8", exclude_characters="\0\ufeff", exclude_categories=["Cs", "Cc"]), max_size=8)


def is_plain_text(cell):
    """Neither a gap nor a number nor a truth: what must come back as it was."""
    marks = ("", "na", "n/a", "nan", "null", "none", "?", "-", ".", "inf", "infinity", "true", "false")
    try:
        float(cell.replace(",", "."))
    except ValueError:
        return cell.strip() == cell and cell.lower().lstrip("+-") not in marks
    return False


@given(
    rows=st.lists(
        st.tuples(
            st.none() | st.floats(allow_nan=False, allow_infinity=False),
            st.none() | st.integers(-(2**53), 2**53),
            st.none() | (CELL | st.sampled_from(['a "b"', "x,y;z|w", "two\nlines", "tab\tin"])).filter(is_plain_text),
            st.integers(0, 3),
        ),
        min_size=1,
        max_size=25,
    ),
    separator=st.sampled_from(",;\t|"),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC]),
    mark=st.sampled_from(["", "NA", "?", "null"]),
    end=st.sampled_from(["\n", "\r\n"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig"]),
)
def test_what_is_written_comes_back(rows, separator, quoting, mark, end, encoding, tmp_path_factory):
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, delimiter=separator, quoting=quoting, lineterminator=end)
    writer.writerow(["real", "whole", "words", "label"])
    writer.writerows([[mark if cell is None else cell for cell in row] for row in rows])
    path = tmp_path_factory.mktemp("table") / "table.csv"
    path.write_bytes(stream.getvalue().encode(encoding))
    data = read_table(path, "label")
    real, whole, words, label = zip(*rows, strict=True)
    np.testing.assert_array_equal(data.X["real"].to_numpy(float), np.array(real, dtype=float))
    np.testing.assert_array_equal(data.X["whole"].to_numpy(float), np.array(whole, dtype=float))
    got = [None if pd.isna(cell) else cell for cell in data.X["words"]]
    assert got == list(words)
    np.testing.assert_array_equal(data.y, label)


@given(
    content=st.text('ab,;|"\t\n -.019eN', max_size=80).map(str.encode) | st.binary(max_size=80),
    target=st.none() | st.sampled_from(["a", "b", "column_1", "column_2"]),
)
def test_any_file_at_all_is_read_or_refused_in_one_line(content, target, tmp_path_factory):
    path = tmp_path_factory.mktemp("table") / "table.csv"
    path.write_bytes(content)
    try:
        data = read_table(path, target)
        prepared = prepare(data, infer_task(data))
    except GlassnetError as error:
        assert len(str(error).splitlines()) == 1
    else:
        assert np.isfinite(prepared.train.X).all()
        assert len(data.X) == len(data.y)


# For prediction


@pytest.fixture
def trained(written):
    rows = "".join(f"{i},{'red' if i % 2 else 'blue'},{i / 2},{i % 2}\n" for i in range(30))
    data = read_table(written("size,colour,weight,y\n" + rows, "train.csv"), "y")
    return prepare(data, "binary").features


def test_features_are_found_by_name_and_others_ignored(trained, written):
    frame = read_features(written("weight;id;colour;size\n1,5;7;green;\n"), trained)
    assert list(frame.columns) == ["size", "colour", "weight"]
    prepared = trained.transform(frame)[0]
    named = dict(zip(trained.outputs, prepared, strict=True))
    assert named["size"] == pytest.approx(0)  # a gap takes the mean
    assert (named["colour=blue"], named["colour=red"]) == (0, 0)  # never seen in training
    column = trained.columns[2]
    assert named["weight"] == pytest.approx((1.5 - column.shift) / column.scale)


def test_missing_features_are_all_named(trained, written):
    with pytest.raises(GlassnetError) as caught:
        read_features(written("Weight,colour\n1,red\n"), trained)
    words = "table.csv lacks 2 of the 3 columns that the model needs: size, weight."
    assert str(caught.value).startswith(words)


def test_a_file_without_header_is_taken_by_position(trained, written):
    frame = read_features(written("4,red,2.5\n"), trained)
    assert frame.to_dict("records") == [{"size": 4, "colour": "red", "weight": 2.5}]
    with pytest.raises(GlassnetError, match="no header and 2 columns where the model needs 3: size, colour, weight"):
        read_features(written("4,2.5\n"), trained)


def test_a_single_row_of_text_for_a_model_of_a_table_without_names(written):
    rows = "".join(f"{'xob'[i % 3]},{'xo'[i % 2]},{'yes' if i % 3 else 'no'}\n" for i in range(30))
    features = prepare(read_table(written(rows), "column_3"), "binary").features
    assert read_features(written("x,o\n"), features).to_numpy().tolist() == [["x", "o"]]
    assert read_table(written("x,o\no,x\n"), "column_2").y.tolist() == ["o", "x"]


def test_a_file_like_the_one_without_header_that_was_trained_on(written):
    path = written("".join(f"{i},{i % 2},{i / 2}\n" for i in range(30)))
    features = prepare(read_table(path, "column_2"), "binary").features
    np.testing.assert_array_equal(read_features(path, features)["column_3"], np.arange(30) / 2)


def test_text_that_looks_like_numbers_stays_text_for_prediction(written):
    rows = "".join(f"{i % 3:02d},{i},{i % 2}\n" for i in range(30))
    data = read_table(written("zip,a,y\n" + rows), "y", category=["zip"])
    features = prepare(data, "binary", keep=["zip"]).features
    frame = read_features(written("zip,a\n02,4\n"), features)
    assert features.transform(frame)[0, list(features.outputs).index("zip=02")] == 1


def test_text_where_a_number_was_trained(trained, written):
    with pytest.raises(GlassnetError, match=r"table\.csv, line 2: 'big' in column 'size' is not a number"):
        read_features(written("size,colour,weight\nbig,red,1\n"), trained)


# Parquet


@pytest.fixture
def frame():
    return pd.DataFrame(
        {"a": [1.5, None, 3.0], "b": ["x", "y", None], "c": [True, False, True], "y": pd.array([0, 1, None], "Int64")}
    )


def test_parquet_reads_as_csv_does(frame, written, tmp_path):
    pytest.importorskip("pyarrow")
    path = tmp_path / "table.parquet"
    frame.to_parquet(path)
    data = read_table(path, "y")
    assert data.y.tolist() == [0, 1]
    assert data.y.dtype.kind == "i"
    assert "Left out for want of a value in 'y': 1 row (row 3)." in data.notes
    same = read_table(written(frame.to_csv(index=False)), "y")
    for one, two in zip(data.X.items(), same.X.items(), strict=True):
        assert one[0] == two[0]
        assert [None if pd.isna(v) else v for v in one[1]] == [None if pd.isna(v) else v for v in two[1]]


def test_parquet_mistakes(frame, written, tmp_path):
    pytest.importorskip("pyarrow")
    path = tmp_path / "table.parquet"
    frame.to_parquet(path)
    assert "Columns of table.parquet: a, b, c, y." in refused(path, "z")
    assert "broken.parquet can't be read as Parquet" in refused(written(b"PAR1 and no more", "broken.parquet"))
    assert "there is no file" in refused(tmp_path / "none.parquet")


def test_parquet_without_pyarrow(written, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    message = refused(written(b"PAR1", "table.parquet"))
    assert message == "reading table.parquet needs pyarrow. Install it with: pip install 'glassnet[parquet]'"
