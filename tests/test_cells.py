"""What a column of cells is: decided by all of its cells, said where it is unusual, and overruled by a word."""

import datetime
import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from glassnet import Experiment, GlassnetError
from glassnet.data import read_table


@pytest.fixture
def table(tmp_path):
    """A table with a column `a` of these cells, repeated to a dozen rows or more, a column `b`, and more if given."""

    def write(cells, separator=";", target=None, **more):
        n = max(12, len(cells))
        columns = {"a": cells, "b": ["3", "4", "5", "6", "7"], **more, "y": target or ["0", "1"]}
        rows = [[values[i % len(values)] for values in columns.values()] for i in range(n)]
        quoted = [[f'"{cell}"' if separator in cell else cell for cell in row] for row in [list(columns), *rows]]
        path = tmp_path / "table.csv"
        path.write_text("".join(separator.join(row) + "\n" for row in quoted), encoding="utf-8")
        return path

    return write


def understood(path, column="a", **options):
    """The values of a column and what was said about it."""
    data = read_table(path, "y", **options)
    return data.X[column].tolist(), [note for note in data.notes if f"{column!r}" in note]


NUMBERS = [
    # thousands in a table of tabs: a bare number below a thousand and groups of three above it
    (["987", "1,234", "12,345"], "\t", [987, 1234, 12345]),
    (["65", "999", "1,000"], "|", [65, 999, 1000]),
    (["1,234,567", "12", "1,000"], "\t", [1234567, 12, 1000]),
    (["1,234.5", "987", "12,345"], "\t", [1234.5, 987, 12345]),
    (["987", "654", "1.234", "12.345"], ";", [987, 654, 1234, 12345]),
    (["1.234.567", "12"], ";", [1234567, 12]),
    # decimal commas, which a group of three digits does not change where others tell
    (["1,5", "2"], ";", [1.5, 2]),
    (["1,234", "0,5"], ";", [1.234, 0.5]),
    (["1,234", "0,125"], "\t", [1.234, 0.125]),
    (["1,234", "1234"], "\t", [1.234, 1234]),
    (["1.234,56", "99,10"], ";", [1234.56, 99.10]),
    (["1 234,5", "12"], ";", [1234.5, 12]),
    (["1'234.5", "12"], ";", [1234.5, 12]),
    (["1’234", "5’000"], ";", [1234, 5000]),
    (["1\u00a0234,5", "12"], ";", [1234.5, 12]),
    (["1\u202f234", "12"], ";", [1234, 12]),
    # money, shares, units
    (["$1,234.50", "$99.00", "-$5.00"], ",", [1234.5, 99, -5]),
    (["1.234,50 €", "99,00 €", "-5,00"], ";", [1234.5, 99, -5]),
    (["£3", "£1,000", "£20"], ",", [3, 1000, 20]),
    (["EUR 3.50", "EUR 20.00"], ",", [3.5, 20]),
    (["CHF 1'000.50", "CHF 20.00"], ";", [1000.5, 20]),
    (["(1,234.50)", "99.00"], ",", [-1234.5, 99]),
    (["12%", "13.5%"], ",", [12, 13.5]),
    (["12,5 %", "3 %"], ";", [12.5, 3]),
    (["10 kg", "20.5 kg", "3 kg"], ",", [10, 20.5, 3]),
    (["10°C", "-3°C"], ",", [10, -3]),
    (["3 m/s", "4.5 m/s", "5 m/s"], ",", [3, 4.5, 5]),
    (["5ml", "7ml", "9ml"], ",", [5, 7, 9]),
    # signs and exponents
    (["\N{MINUS SIGN}5", "4"], ",", [-5, 4]),
    (["\N{MINUS SIGN}3,5", "4"], ";", [-3.5, 4]),
    (["+3", "-4"], ",", [3, -4]),
    (["1.5e3", "2E-5", "7"], ",", [1500, 2e-5, 7]),
    (["1,5E+03", "2E-05"], ";", [1500, 2e-5]),
    # zeros that begin a number and no name
    (["0.5", "00.25"], ",", [0.5, 0.25]),
    (["0", "10"], ",", [0, 10]),
    (["007", "1.5"], ",", [7, 1.5]),
]


@pytest.mark.parametrize(("cells", "separator", "numbers"), NUMBERS)
def test_numbers_as_people_write_them(cells, separator, numbers, table):
    assert understood(table(cells, separator))[0][: len(cells)] == numbers


@pytest.mark.parametrize(
    ("cells", "separator", "value", "other"),
    [
        (["1,234", "2,345"], "\t", 1234, ","),
        (["1,234", "2,345"], ",", 1234, ","),
        (["1,234", "2,345"], ";", 1.234, "."),
        (["987", "1,234"], "|", 1234, ","),
    ],
)
def test_what_nothing_decides_is_said_with_the_word_that_reads_it_otherwise(cells, separator, value, other, table):
    path = table(cells, separator)
    values, said = understood(path)
    assert value in values and f"--decimal {other} reads it otherwise" in said[0]
    values, said = understood(path, reading=[f"decimal={other}"])
    assert value not in values and 1234 / value * 1.234 in values


@pytest.mark.parametrize("cells", [["1,234", "2,345"], ["987", "1,234", "12,345"]])
def test_other_columns_of_the_file_tell_what_a_comma_is(cells, table):
    numbers = [float(cell.replace(",", ".")) for cell in cells]
    assert understood(table(cells, "\t", c=["1,5", "2,25"]))[0][: len(cells)] == numbers
    assert understood(table(cells, "\t", c=["1.5", "2.25"]))[0][: len(cells)] == [
        int(cell.replace(",", "")) for cell in cells
    ]


def test_other_columns_of_the_file_tell_what_a_point_is(table):
    assert understood(table(["1.234", "12.345"], c=["1,5", "2,25"]))[0][:2] == [1234, 12345]
    assert understood(table(["1.234", "12.345"], c=["1.5", "2.25"]))[0][:2] == [1.234, 12.345]
    assert understood(table(["1.234", "12.345"]))[0][:2] == [1.234, 12.345]


@pytest.mark.parametrize(
    ("cells", "words", "numbers"),
    [
        (["1.234", "2"], ["decimal=,"], [1234, 2]),
        (["1.234", "2"], ["thousands=."], [1234, 2]),
        (["1,234", "2"], ["thousands=,"], [1234, 2]),
        (["1,234", "2"], ["decimal=,", "thousands=none"], [1.234, 2]),
        (["1'234", "2"], ["thousands='"], [1234, 2]),
    ],
)
def test_words_decide_how_numbers_are_written(cells, words, numbers, table):
    assert understood(table(cells, "\t"), reading=words)[0][:2] == numbers


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        (["$1,234.50", "$9.00"], "'$1,234.50' is read as 1234.5 (--category a reads text)"),
        (["1.234,5", "9,0"], "'1.234,5' is read as 1234.5"),
        (["10 kg", "2 kg", "3 kg"], "'10 kg' is read as 10"),
        (["12%", "5%"], "'12%' is read as 12"),
        (["WAHR", "FALSCH"], "wahr and falsch are read as true and false"),
        (["1", "2", "3", "-"], "'-' (3 cells) is read as missing"),
        (["02116", "01742"], "read as text: 01742 begins with a zero; --number a reads numbers"),
        (["3/4/2024", "5/6/2024"], "'3/4/2024' is read with the day first; if it is the month: --dates month."),
        (["10 kg", "500 g", "2 kg"], "its numbers have different units (g and kg)"),
    ],
)
def test_what_is_unusual_is_said_in_one_line(cells, said, table):
    (line,) = understood(table(cells))[1]
    assert said in line and "\n" not in line


@pytest.mark.parametrize("cells", [["1", "2"], ["1.5", "2"], ["true", "false"], ["x", "y"], ["1", ""], ["1", "NA"]])
def test_what_is_usual_is_not_said(cells, table):
    assert understood(table(cells))[1] == []


@pytest.mark.parametrize(
    "cells",
    [
        ["02116", "01742"], ["007", "008"], ["0049301234", "0049301235"], ["01", "12"],  # codes
        ["4wd", "2wd"], ["1st", "2nd", "3rd"], ["A5", "A6"], ["PC 5", "PC 6"], ["10 kg", "500 g"], ["5 x 3", "4 x 2"],
        ["1-2", "3-4"], ["1:30", "2:45"], ["192.168.0.1", "10.0.0.1"], ["1,2,3", "4,5"], ["1e", "2e"], ["yes", "no"],
        ["--5", "5--"], ["$", "€"], ["1.2.3", "1.2.4"], ["V", "F"], ["vrai", "vrai"],
    ],
)  # fmt: skip
def test_names_stay_names(cells, table):
    assert understood(table(cells))[0][: len(cells)] == cells


def test_codes_are_numbers_where_somebody_says_so(table):
    path = table(["02116", "01742"])
    assert understood(path, reading=["number=a"]) == ([2116, 1742] * 6, [])
    with pytest.raises(GlassnetError, match=r"line 3: 'x' in column 'a' is not a number"):
        understood(table(["02116", "x"]), reading=["number=a"])


@pytest.mark.parametrize(
    ("cells", "values"),
    [
        (["WAHR", "FALSCH"], [True, False]),
        (["VRAI", "FAUX"], [True, False]),
        (["verdadero", "falso"], [True, False]),
        (["TRUE", "false"], [True, False]),
        (["Vero", "Falso", ""], [1, 0, math.nan]),
    ],
)
def test_true_and_false_of_spreadsheets_in_other_languages(cells, values, table):
    np.testing.assert_array_equal(understood(table(cells))[0][: len(cells)], values)


# Gaps


@pytest.mark.parametrize(
    "mark",
    ["n/a", "#N/A", "<NA>", "missing", "none", "na", "-", "--", "–", "...", "#DIV/0!", "#WERT!", "#NV", "unknown", "*"],
)
def test_marks_of_missing_numbers_also_where_they_are_many(mark, table):
    cells = [mark, "1.5", mark, "2.5"]
    np.testing.assert_array_equal(understood(table(cells))[0][:4], [math.nan, 1.5, math.nan, 2.5])
    assert understood(table([mark, "x", "z"], ","))[0][1:3] == ["x", "z"]


def test_text_that_is_mostly_numbers_is_said_with_the_word_that_reads_it(table):
    cells = ["1", "2", "below limit"]
    values, said = understood(table(cells))
    assert values[:3] == cells
    assert said == [
        "Column 'a' is read as text: 8 of 12 cells are numbers; 'below limit' is not. --missing 'below limit' reads it "
        "as a gap, --number a shows where it stands."
    ]
    np.testing.assert_array_equal(understood(table(cells), reading=["missing=below limit"])[0][:3], [1, 2, math.nan])
    with pytest.raises(GlassnetError, match="line 4: 'below limit' in column 'a' is not a number"):
        understood(table(cells), reading=["number=a"])


def test_marks_that_are_given_take_the_place_of_ours(table):
    np.testing.assert_array_equal(
        understood(table(["-999", "5", ""]), reading=["missing=-999"])[0][:3], [math.nan, 5, math.nan]
    )
    assert understood(table(["NA", "x"]), reading=["missing=x"])[0][:2] == ["NA", None]


@pytest.mark.parametrize(
    "names", [["None", "x"], ["NA", "EU", "AS"], ["null", "one"], ["?", "!"], ["missing", "there"]]
)
def test_a_target_of_text_has_no_silent_gap(names, table):
    path = table(["1", "2"], target=names)
    data = read_table(path, "y")
    assert data.y[: len(names)].tolist() == names and len(data.y) == 12
    assert any(
        note.startswith("Target 'y': ") and f"--missing {names[0]}" in note.replace("'?'", "?") for note in data.notes
    )
    assert len(read_table(path, "y", reading=[f"missing={names[0]}"]).y) == 12 - 12 // len(names)


def test_a_target_of_text_with_an_empty_cell_loses_that_row_and_says_so(table):
    data = read_table(table(["1", "2"], target=["x", "z", ""]), "y")
    assert sorted(set(data.y)) == ["x", "z"] and "lines 4, 7, 10, 13" in " ".join(data.notes)


# Dates


@pytest.mark.parametrize(
    ("cells", "first"),
    [
        (["2024-12-31", "2024-01-05"], "2024-12-31"),
        (["31.12.2024", "1.1.2025"], "2024-12-31"),
        (["12/31/2024", "01/02/2024"], "2024-12-31"),
        (["31/12/2024", "01/02/2024"], "2024-12-31"),
        (["2024/12/31", "2024/01/02"], "2024-12-31"),
        (["31-Dec-2024", "01-Feb-2024"], "2024-12-31"),
        (["2024-12-31 12:30", "2024-01-02 01:02"], "2024-12-31T12:30"),
        (["2024-12-31T12:30:05Z", "2024-01-02T01:02:03Z"], "2024-12-31T12:30:05"),
        (["2024-12-31 12:30:05.25", "2024-01-02 01:02:03.5"], "2024-12-31T12:30:05.250"),
        (["2024-12-31", "", "-"], "2024-12-31"),
    ],
)
def test_dates(cells, first, table):
    data = read_table(table(cells), "y")
    assert data.X["a"].dtype.kind == "M" and data.X["a"].iloc[0] == pd.Timestamp(first)
    assert data.X["a"].isna().sum() == sum(cell in ("", "-") for cell in cells) * 4


@pytest.mark.parametrize("cells", [["2024-13-31", "x"], ["2024-02-30", "2024-02-29"], ["31.12.2024", "2024-12-31"]])
def test_what_is_no_date_stays_text(cells, table):
    assert understood(table(cells))[0][:2] == cells


def test_day_and_month_are_found_out_or_said(table):
    assert understood(table(["3/4/2024", "13/4/2024"]))[1] == understood(table(["3/4/2024", "4/13/2024"]))[1] == []
    path = table(["3/4/2024", "5/6/2024"])
    assert understood(path)[0][0] == pd.Timestamp("2024-04-03")
    assert understood(path, reading=["dates=month"])[0][0] == pd.Timestamp("2024-03-04")
    assert understood(path, reading=["dates=month"])[1] == []
    with pytest.raises(GlassnetError, match="the day or the month, and not 'year'"):
        Experiment(reading=["dates=year"])


@given(st.lists(st.datetimes(datetime.datetime(1900, 1, 1), datetime.datetime(2100, 1, 1)), min_size=2, max_size=20))
def test_what_pandas_writes_of_dates_comes_back(moments):
    from glassnet.data.dates import read_dates

    words = [moment.replace(microsecond=0).isoformat(" ") for moment in moments]
    assert read_dates(words, True).values.tolist() == pd.to_datetime(words).to_numpy().tolist()


# The same rule for what is typed already


@pytest.mark.parametrize(("cells", "separator", "numbers"), [case for case in NUMBERS if case[1] == ","])
def test_text_in_parquet_is_read_as_in_a_file_of_text(cells, separator, numbers, tmp_path):
    pytest.importorskip("pyarrow")
    path = tmp_path / "t.parquet"
    pd.DataFrame(
        {"a": [*cells, None], "b": range(len(cells) + 1), "y": [i % 2 for i in range(len(cells) + 1)]}
    ).to_parquet(path)
    np.testing.assert_array_equal(understood(path)[0], [*numbers, math.nan])


def test_a_slip_in_parquet_is_named(tmp_path):
    pytest.importorskip("pyarrow")
    path = tmp_path / "t.parquet"
    pd.DataFrame({"a": [*map(str, range(40)), "oops"], "y": [i % 2 for i in range(41)]}).to_parquet(path)
    with pytest.raises(GlassnetError, match=r"t\.parquet, row 41: 'oops' in column 'a' is not a number"):
        understood(path)


@pytest.mark.parametrize("values", [[1, 2, 3], [1.0, 2.0, 3.0], ["x", "y", "z"], [True, False, True], [10, 20, None]])
def test_a_declared_category_holds_names(values, tmp_path):
    pytest.importorskip("pyarrow")
    path = tmp_path / "t.parquet"
    pd.DataFrame({"a": pd.Categorical(values * 4), "b": range(12), "y": [0, 1] * 6}).to_parquet(path)
    names = [None if value is None else str(value).removesuffix(".0") for value in values]
    assert understood(path)[0][:3] == names
    assert understood(path, category=["a", "b"])[0][:3] == names
    assert understood(path, "b", category=["b"])[0][:3] == ["0", "1", "2"]


# Whatever the cells are


@given(
    values=st.lists(
        st.integers(-(10**6), 10**6) | st.floats(-1e6, 1e6).map(lambda x: round(x, 2)), min_size=2, max_size=30
    ),
    way=st.sampled_from([(",", "."), (".", ","), (",", " "), (".", " "), (".", "'"), (",", "\u202f")]),
    unit=st.sampled_from(["", " €", "%", " °C"]),
)
def test_numbers_written_in_any_way_come_back(values, way, unit):
    """Where two digits stand behind the decimal mark, nothing is ambiguous."""
    from glassnet.data.cells import Coded, Place, typed
    from glassnet.data.reading import Reading

    decimal, thousands = way
    swap = str.maketrans({",": thousands, ".": decimal})
    cells = [f"{value:,.2f}".translate(swap) + unit for value in values]
    read = typed(Coded.of(cells), "a", Place("t", "\t", str), Reading())
    assert read.values.tolist() == [float(f"{value:.2f}") for value in values]


@given(st.lists(st.text(st.sampled_from("0123456789.,' -+eE$€%kgmx/"), max_size=9), min_size=1, max_size=12))
def test_any_cells_are_understood_or_refused_in_one_line(cells):
    from glassnet.data.cells import Coded, Place, typed
    from glassnet.data.reading import Reading

    try:
        read = typed(Coded.of([cell.strip() for cell in cells]), "a", Place("t", ";", str), Reading())
    except GlassnetError as error:
        assert "\n" not in str(error)
    else:
        assert len(read.values) == len(cells) and all("\n" not in said for said in read.remarks)


@pytest.mark.parametrize("words", [("None", "NA"), ("null", "?"), ("nan", "N/A", "None")])
def test_a_target_of_nothing_but_marks_has_classes_and_of_one_mark_has_gaps(words, tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("a,y\n" + "\n".join(f"{i},{words[i % len(words)]}" for i in range(60)))
    assert set(read_table(path, "y").y) == set(words)
    path.write_text("a,y\n" + "\n".join(f"{i},{words[0]}" for i in range(60)))
    with pytest.raises(GlassnetError, match="no row has a value in the target column 'y'"):
        read_table(path, "y")
