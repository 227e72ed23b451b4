"""Where a table comes from: packed, piped, a workbook, of any encoding; and what is refused before it is read."""

import bz2
import gzip
import io
import lzma
import resource
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from glassnet import Experiment, GlassnetError, Training, load, run
from glassnet.cli import main
from glassnet.data import column_names, read_table
from glassnet.data.reading import Reading
from glassnet.data.sheets import open_sheet
from glassnet.data.sources import TABLE_SUFFIXES, is_table_path, stem

TABLE = b"a,b,y\n" + b"".join(b"%d,%d,%d\n" % (i, i * i % 7, i % 2) for i in range(60))


def opened(path: Path, content: bytes, **words: object):
    path.write_bytes(content)
    return open_sheet(path, Reading.of(words))


def refused(path: Path, content: bytes, **words: object) -> str:
    with pytest.raises(GlassnetError) as caught:
        opened(path, content, **words)
    (line,) = str(caught.value).splitlines()
    return line


def zipped(**members: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("::", "/"), content)
    return stream.getvalue()


def workbook(**sheets: list[list[object]]) -> bytes:
    from openpyxl import Workbook

    book, stream = Workbook(), io.BytesIO()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(stream)
    return stream.getvalue()


# Packed


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress, lambda table: zipped(rows=table)])
@pytest.mark.parametrize("name", ["table.csv", "table.csv.gz", "table.zip", "table.data.bz2", "table.xz"])
def test_what_is_packed_is_unpacked_whatever_it_is_called(pack, name: str, tmp_path: Path) -> None:
    sheet = opened(tmp_path / name, pack(TABLE))
    assert (sheet.names, len(sheet)) == (("a", "b", "y"), 60)
    assert is_table_path(name)
    assert stem(name) == "table"


def test_archives_hold_one_table(tmp_path: Path) -> None:
    path = tmp_path / "table.zip"
    assert len(opened(path, zipped(**{"deep::rows.csv": TABLE, "__MACOSX::x": b"", "deep::": b""}))) == 60
    assert "holds 2 files: one.csv, two.csv. Unpack it and give one of them." in refused(
        path, zipped(**{"one.csv": TABLE, "two.csv": TABLE})
    )
    assert "holds 0 files" in refused(path, zipped())
    assert "is a document, and no table" in refused(path, zipped(mimetype=b"application/vnd", content=b"<x/>"))
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w:gz") as archive:
        archive.addfile(tarfile.TarInfo("rows.csv"), io.BytesIO())
    assert "holds an archive of files (tar), not a table" in refused(path, stream.getvalue())


@given(cut=st.integers(4, 100), byte=st.integers(0, 255), at=st.integers(12, 100))
def test_damaged_packed_files_are_refused_in_one_line(cut: int, byte: int, at: int, tmp_path_factory) -> None:
    for pack in (gzip.compress, bz2.compress, lzma.compress, lambda table: zipped(rows=table)):
        content = bytearray(pack(TABLE))
        content[at % len(content)] ^= byte
        path = tmp_path_factory.mktemp("packed") / "table.csv"
        path.write_bytes(bytes(content[: len(content) - cut] if byte % 2 else content))
        try:
            assert len(open_sheet(path, Reading())) <= 60
        except GlassnetError as error:
            assert len(str(error).splitlines()) == 1


SMALL_MEMORY = """
import resource, sys
from glassnet.data.tables import read_table
from glassnet import GlassnetError
import pandas
with open("/proc/self/statm") as file:
    used = int(file.read().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (used + int(sys.argv[2]), resource.RLIM_INFINITY))
try:
    read_table(sys.argv[1], "y")
except GlassnetError as error:
    print(error)
"""


@pytest.mark.skipif(not Path("/proc/self/statm").is_file(), reason="the test asks Linux how large it is")
@pytest.mark.parametrize("packed", [False, True])
def test_what_does_not_fit_into_memory_is_refused_before(packed: bool, tmp_path: Path) -> None:
    path = tmp_path / "large.csv"
    content = b"a,y\n" + b"1234567,1\n" * (5 << 20)
    path.write_bytes(gzip.compress(content, 1) if packed else content)
    limit = 150 if packed else 60  # MiB; what is not packed never lies there as text
    words = [sys.executable, "-c", SMALL_MEMORY, str(path), str(limit << 20)]
    done = subprocess.run(words, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    (line,) = done.stdout.splitlines()
    assert line.startswith("large.csv ")
    assert "memory" in line
    assert resource.getrlimit(resource.RLIMIT_AS)  # ours is as it was


# Letters

GERMAN = "größe;preis in €;y\nklein;1;0\nübergroß;2;1\n"


@pytest.mark.parametrize(
    ("encoding", "said"),
    [
        ("utf-8", ""), ("utf-8-sig", ""), ("cp1252", "cp1252, since it is not UTF-8"), ("utf-16", "utf-16, since the"),
        ("utf-16-le", "utf-16-le, since every second byte is 0"), ("utf-16-be", "utf-16-be, since every second byte"),
        ("utf-32", "utf-32, since the mark"),
    ],
)  # fmt: skip
def test_letters_are_right_without_a_word(encoding: str, said: str, tmp_path: Path) -> None:
    sheet = opened(tmp_path / "table.csv", GERMAN.encode(encoding))
    assert sheet.names == ("größe", "preis in €", "y")
    assert sheet.column("größe", text=True).tolist() == ["klein", "übergroß"]
    notes = [note for note in sheet.notes if "Letters" in note]
    assert len(notes) == bool(said) and all(said in note and "--encoding overrules" in note for note in notes)


@pytest.mark.parametrize("encoding", ["mac_roman", "cp850", "cp1250", "iso8859-15", "latin-1", "cp1252", "utf-16"])
def test_a_word_says_how_letters_are_written(encoding: str, tmp_path: Path) -> None:
    content = GERMAN.replace("€", "EUR").encode(encoding)
    assert opened(tmp_path / "table.csv", content, encoding=encoding).names == ("größe", "preis in EUR", "y")


def test_a_file_of_utf_8_with_a_wrong_byte_is_no_other_encoding(tmp_path: Path) -> None:
    text = "stadt,y\n" + "Köln,1\nMünchen,2\nNürnberg,3\nLübeck,4\nWürzburg,5\nGörlitz,6\n"
    content = text.encode() + "Düren,7\n".encode("latin-1")
    message = refused(tmp_path / "table.csv", content)
    assert message.startswith("table.csv, line 8: the byte 0xfc is not UTF-8, but 6 other letters of the file are.")
    assert "is not written in ascii: line 2 holds the byte 0xc3" in refused(
        tmp_path / "table.csv", content, encoding="ascii"
    )
    assert opened(tmp_path / "table.csv", content, encoding="cp1252").column("stadt").iloc[-1] == "Düren"


def test_lone_carriage_returns_end_lines(tmp_path: Path) -> None:
    sheet = opened(tmp_path / "table.csv", TABLE.replace(b"\n", b"\r"))
    assert (sheet.names, len(sheet)) == (("a", "b", "y"), 60)
    assert sheet.where([0, 59]) == "lines 2, 61"


# Workbooks


def test_a_workbook_is_read_as_its_csv_would_be(tmp_path: Path) -> None:
    import datetime

    rows: list[list[object]] = [["name", "day", "price", "sold", "note"]]
    rows += [["ann", datetime.date(2024, 1, 5), 1.5, True, "x"], ["bob", datetime.datetime(2024, 2, 5), 2, False, None]]
    rows += [["eve", datetime.datetime(2024, 3, 5), None, True, "#N/A"]]
    sheet = opened(tmp_path / "table.xlsx", workbook(first=rows, second=[["u"], [1]]))
    assert sheet.names == ("name", "day", "price", "sold", "note")
    assert sheet.column("name").tolist() == ["ann", "bob", "eve"]
    assert sheet.column("day", text=True).tolist() == ["2024-01-05", "2024-02-05", "2024-03-05"]
    np.testing.assert_array_equal(sheet.column("price"), [1.5, 2, np.nan])
    assert sheet.column("sold").tolist() == [True, False, True]
    assert sheet.column("note", text=True).tolist() == ["x", None, None]
    assert sheet.notes[0] == "table.xlsx, sheet 'first': 3 rows, 5 columns, row 1 is a header."
    assert sheet.notes[1] == "It has 1 other sheet, second (--sheet reads another)."
    assert sheet.where([1]) == "line 3"


def test_sheets_have_names_and_numbers(tmp_path: Path) -> None:
    content = workbook(first=[["a", "y"], [1, 2]], other=[["b", "z"], [3, 4]], empty=[])
    path = tmp_path / "table.xlsx"
    assert opened(path, content, sheet="other").names == ("b", "z")
    assert opened(path, content, sheet="2").names == ("b", "z")
    assert "has no sheet 'othr'. Did you mean 'other'? Sheets: first, other, empty" in refused(
        path, content, sheet="othr"
    )
    assert "the sheet 'empty' is empty" in refused(path, content, sheet="empty")
    assert "--separator says nothing about table.xlsx, which is a workbook" in refused(path, content, separator=";")


def test_titles_above_a_sheet_and_sheets_without_names(tmp_path: Path) -> None:
    titled = workbook(one=[["Marks of 7b"], [], ["name", "mark", "points"], ["ann", 1, 28], ["bob", 3, 17]])
    sheet = opened(tmp_path / "table.xlsx", titled)
    assert (sheet.names, len(sheet)) == (("name", "mark", "points"), 2)
    assert "Above the table 2 lines are left out (--skip-lines overrules)." in sheet.notes
    bare = opened(tmp_path / "table.xlsx", workbook(one=[[1, 2.5], [3, 4.5]]))
    assert bare.names == ("column_1", "column_2")


def test_without_openpyxl_the_way_to_a_csv_is_said(tmp_path: Path, monkeypatch) -> None:
    content = workbook(one=[["a"], [1]])
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    said = (
        "reading table.xlsx needs openpyxl: pip install 'glassnet[excel]'. Or save the sheet as CSV from its program."
    )
    assert refused(tmp_path / "table.xlsx", content) == said


@given(at=st.integers(30, 3000), byte=st.integers(1, 255))
def test_damaged_workbooks_are_refused_in_one_line(at: int, byte: int, tmp_path_factory) -> None:
    content = bytearray(workbook(one=[["a", "y"], [1, 2], [3, 4]]))
    content[at % len(content)] ^= byte
    path = tmp_path_factory.mktemp("book") / "table.xlsx"
    path.write_bytes(bytes(content))
    try:
        open_sheet(path, Reading())
    except GlassnetError as error:
        assert len(str(error).splitlines()) == 1


# Standard input, and names


def glassnet(*words: str, **more: object):
    return CliRunner().invoke(main, ["--no-plugins", *words], prog_name="glassnet", **more)


@pytest.fixture
def desk(tmp_path: Path, monkeypatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GLASSNET_RUNS", raising=False)
    return tmp_path


def piped(*words: str, content: bytes = TABLE) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "glassnet", "--no-plugins", *words], input=content, capture_output=True
    )


def test_standard_input_is_a_table(desk: Path) -> None:
    done = piped("train", "-", "--target", "y", "--epochs", "1", "--no-report")
    assert done.returncode == 0, done.stderr
    assert b"data       standard input: 2 inputs" in done.stdout
    assert b"standard input: 60 rows, 3 columns, separated by commas" in done.stdout
    (desk / "table.csv").write_bytes(TABLE)
    assert glassnet("train", "table.csv", "--target", "y", "--epochs", "1", "--no-report").exit_code == 0
    one, two = (load(path).provenance["data_sha256"] for path in sorted((desk / "runs").iterdir()))
    assert one == two
    answers = piped("predict", "1", "-", content=b"a,b\n1,2\n3,4\n")
    assert answers.returncode == 0 and len(answers.stdout.splitlines()) == 3
    again = piped("evaluate", "1")
    assert again.returncode == 2
    said = "came from standard input, which can't be read again: give the same rows with --data FILE"
    assert said in again.stderr.decode() and len(again.stderr.splitlines()) == 1
    assert glassnet("train", "--resume", "1", "--epochs", "2", "--data", "table.csv", "--no-report").exit_code == 0


def test_a_sweep_needs_a_file(desk: Path) -> None:
    done = piped("sweep", "-", "--target", "y", "--over", "l2=0.1,0.2")
    assert done.stderr == b"Error: a sweep reads its rows several times, and standard input only once: give a file\n"
    assert done.returncode == 2 and not (desk / "sweeps").exists()


def test_nothing_on_standard_input(desk: Path) -> None:
    done = piped("train", "-", "--target", "y", content=b"")
    assert done.stderr == b"Error: standard input is empty.\n"


@pytest.mark.parametrize("suffix", TABLE_SUFFIXES)
def test_every_ending_is_that_of_a_table_in_every_case(suffix: str) -> None:
    assert is_table_path(f"deep/rows{suffix}") and is_table_path(f"ROWS{suffix.upper()}")
    assert not is_table_path(f"rows{suffix}x")
    assert Experiment(f"deep/rows{suffix}").title == "rows"


@pytest.mark.parametrize("name", ["xor", "moons", "iris", "digits8x8"])
def test_a_file_called_like_a_data_set_does_not_hide_it(name: str, desk: Path) -> None:
    (desk / name).write_bytes(TABLE)
    assert glassnet("data", "export", name, "--to", "out").exit_code == 0
    assert run(Experiment(name, epochs=0)).data.train.X.shape[1] > 1


# The same words in every door


def test_words_go_with_the_run(desk: Path) -> None:
    rows = "".join(f"{i},5;{'-' if i % 9 == 4 else i % 7};{i % 2}\n" for i in range(60))
    (desk / "odd.csv").write_text("made by hand\na;b;y\n" + rows)
    written = ["--separator", "semicolon", "--skip-lines", "1", "--missing", "-", "--decimal", ","]
    words = ["odd.csv", "--target", "y", *written]
    done = glassnet("train", *words, "--epochs", "1", "--no-report")
    assert done.exit_code == 0, done.output
    kept = load("runs/0001-odd").experiment
    assert set(kept.reading) == {"separator=semicolon", "decimal=,", "missing=-", "skip=1"}
    assert glassnet("evaluate", "1").exit_code == 0
    assert glassnet("predict", "1", "odd.csv").stdout.count("\n") == 61
    assert glassnet("train", "--resume", "1", "--epochs", "2", "--no-report").exit_code == 0
    assert glassnet("data", "export", *words, "--scale", "none", "--to", "out").exit_code == 0
    assert pd.read_csv("out/train.csv")["a"].mod(1).eq(0.5).all()
    training = run(kept.replace(epochs=1))
    list(training)
    assert training.source.X["a"].iloc[0] == 0.5


@pytest.mark.parametrize("first", ["+47 22 00 11 {:02d}", "{} 5", "12 {} 7 1"])
@pytest.mark.parametrize("separator", [",", ";", "|"])
def test_blanks_inside_of_a_named_column_separate_nothing(first: str, separator: str, tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    rows = [separator.join([first.format(i), str(i % 4), str(i % 2)]) for i in range(60)]
    path.write_text("\n".join([separator.join(["phone", "b", "y"]), *rows]))
    assert [column.name for column in read_table(path, "y").columns] == ["phone", "b", "y"]


# --- a file that is in memory alone -------------------------------------------------------------------------


@pytest.mark.parametrize("pack", [bytes, gzip.compress, lambda content: content.decode().encode("utf-16")])
def test_the_bytes_of_a_file_are_read_as_the_file(pack, tmp_path: Path) -> None:
    content = pack(TABLE)
    (tmp_path / "t.csv").write_bytes(content)
    of_file, of_bytes = read_table(tmp_path / "t.csv", "y"), read_table(content, "y", name="C:\\mine\\t.csv")
    pd.testing.assert_frame_equal(of_file.X, of_bytes.X)
    assert of_bytes.source == of_file.source == "t.csv" and of_bytes.notes == of_file.notes
    assert column_names(content, "t.csv") == ("a", "b", "y")
    training = Training(Experiment("t.csv", target="y", epochs=1), source=of_bytes).finish()
    assert training.experiment.title == "t" and len(training.source.y) == 60
    gone_on = training.changed("epochs=2").finish()
    assert len(gone_on.progress.epochs) == 2 and gone_on.source is of_bytes


def test_words_on_how_it_is_written_hold_for_bytes_and_its_faults_have_its_name() -> None:
    assert read_table(b"a;y\n1,5;1\n2,5;2\n", "y", name="t.csv", reading={"decimal": ","}).X["a"].tolist() == [1.5, 2.5]
    for content, name, words in [
        (b"", "t.csv", "t.csv is empty."),
        (TABLE, "../t.parquet", "t.parquet is read from a file, not from memory: give its path, or save it as CSV."),
        (b"%PDF-1.4", "", "the table holds a PDF, not a text table. Ask for the table itself, as CSV."),
        (b"a,y\n1,2\n3\n", "t.csv", "t.csv, line 3"),
    ]:
        with pytest.raises(GlassnetError) as caught:
            read_table(content, "y", name=name)
        assert str(caught.value).startswith(words)
