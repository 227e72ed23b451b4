"""A class: twelve invented students, three of them hostile, as files and as folders, and what a spreadsheet gets."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path

import nbformat
import pandas as pd
import pytest
from click.testing import CliRunner, Result
from small_lesson import PLUGIN, RIGHT

from glassnet import Catalog
from glassnet.cli import main
from glassnet.lessons import grading
from glassnet.lessons.course import Opened, open_lesson

#: What each has handed in: its bytes, and the states of half, share and why.
STUDENTS: dict[str, tuple[bytes, str]] = {
    "ada": (RIGHT.encode(), "right right right"),
    "ben": (b"half = lambda a: a * 0.5\nshare = '25 %'\nwhy = 'B'\n", "right right right"),
    "cem": (b"def half(a):\n    return 2 * a\n\nshare = 4\nwhy = 'a'\n", "wrong wrong wrong"),
    "dora": (b"", "open open open"),
    "eva": (b"\xef\xbb\xbf" + RIGHT.replace("\n", "\r\n").encode(), "right right right"),
    "finn": (b"def half(a:\n    return\n\nwhy = 'b'\n", "wrong wrong wrong"),
    "gül": ("# -*- coding: cp1252 -*-\n# für\nwhy = 'c'\nshare = 0.25\n".encode("cp1252"), "open right wrong"),
    "hana": (b"import nothing_like_this\nhalf = nothing_like_this.half\nshare = 0.25\nwhy = 2\n", "wrong right wrong"),
    "ivo": (b"def half(a):\n    a /= 2\n    return a\n\nshare = ...\nwhy = 'two'\n", "wrong open right"),
    # three hostile ones
    "loop": (b"def half(a):\n    while True:\n        pass\n\nshare = 0.25\nwhy = 'b'\n", "wrong right right"),
    "exit": (b"import os\nwhy = 'b'\nos._exit(0)\nshare = 1\n", "open wrong right"),
    "patch": (
        b"import builtins, numpy as np\nnp.allclose = np.array_equal = lambda *a, **k: True\n"
        b"builtins.abs = lambda x: 0\nprint('x' * 2_000_000)\n"
        b"def half(a):\n    return a\n\nshare = 0.3\nwhy = 'a'\n",
        "wrong wrong wrong",
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def halves(tmp_path_factory: pytest.TempPathFactory) -> Opened:
    path = tmp_path_factory.mktemp("guest") / "halves.py"
    path.write_text(PLUGIN, encoding="utf-8")
    return open_lesson("halves", Catalog.discover([path], guests=False))


@pytest.fixture(scope="module")
def grades(halves: Opened, tmp_path_factory: pytest.TempPathFactory) -> list[grading.Grade]:
    """Folders: one a student, some with what else lies in such folders."""
    folder = tmp_path_factory.mktemp("folders")
    for name, (content, _) in STUDENTS.items():
        (folder / name).mkdir()
        (folder / name / "answers_halves.py").write_bytes(content)
    (folder / "ada" / ".ipynb_checkpoints").mkdir()
    (folder / "ada" / ".ipynb_checkpoints" / "answers_halves.py").write_text("half = 1")
    (folder / "ben" / "notes.txt").write_text("nothing")
    return list(grading.grade(folder, [halves]))


def test_each_student_is_graded_whatever_the_others_do(grades: list[grading.Grade]) -> None:
    found = {one.student: " ".join(result.state for result in one.results) for one in grades}
    expected = {name: states for name, (_, states) in STUDENTS.items()}
    told = {one.student: [result.words for result in one.results] for one in grades}
    assert found == expected, told
    assert told["cem"][:2] == ["=That is twice: take the half.", "+4 is how often it fits."]
    assert "line 1" in told["finn"][2] and "stopped after 0.3 s of computing" in told["loop"][0]
    assert all(words for student in ("exit", "patch") for words in told[student])


def test_files_are_graded_like_folders(halves: Opened, tmp_path: Path) -> None:
    for name in ("ada", "cem", "dora"):
        (tmp_path / f"{name}_answers_halves.py").write_bytes(STUDENTS[name][0])
    (tmp_path / "ivo.py").write_bytes(STUDENTS["ivo"][0])  # one lesson is asked for: any file is one of its answers
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(piece) for piece in RIGHT.split("\n\n")])
    nbformat.write(book, tmp_path / "juno_answers_halves.ipynb")
    (tmp_path / "kim_answers_halves.ipynb").write_text("no notebook")
    found = {one.student: " ".join(r.state for r in one.results) for one in grading.grade(tmp_path, [halves])}
    assert found == {name: STUDENTS[name][1] for name in ("ada", "cem", "dora", "ivo")} | {
        "juno": "right right right", "kim": "wrong wrong wrong",
    }  # fmt: skip


def test_a_spreadsheet_opens_it_and_no_word_of_a_student_is_a_formula(grades: list[grading.Grade]) -> None:
    sheet = pd.read_csv(StringIO(grading.as_csv(grades)), keep_default_na=False)
    assert list(sheet.columns) == ["student", "lesson", "exercise", "points", "state", "feedback"]
    assert len(sheet) == 12 * 3 and set(sheet.student) == set(STUDENTS)
    assert not sheet.map(lambda cell: str(cell)[:1] in ("=", "+", "-", "@", "\t", "\r")).any().any()
    cem = sheet[sheet.student == "cem"].feedback.tolist()
    assert cem == ["'=That is twice: take the half.", "'+4 is how often it fits.", "'-No."]
    points = pd.to_numeric(sheet.points).groupby(sheet.student).sum()
    assert points["ada"] == 3 and points["cem"] == 0 and points["dora"] == 0
    assert set(sheet[sheet.state == "open"].points) == {""}


@pytest.mark.parametrize("name", ["=cmd()", "+1", "-x", "@sum", "\t=1", "plain", ""])
def test_cells_that_begin_like_formulas_get_an_apostrophe(name: str) -> None:
    cell = grading._harmless(name)
    assert cell == (name if name in ("plain", "") else f"'{name.strip()}")


# --- the command -----------------------------------------------------------------------------------------------------


def command(words: str, folder: Path) -> Result:
    (folder / "halves.py").write_text(PLUGIN, encoding="utf-8")
    return CliRunner().invoke(main, ["--no-plugins", "--plugin", str(folder / "halves.py"), *words.split()])


def test_the_command_shows_a_row_a_student_and_writes_the_table(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("ada", "cem"):
        (tmp_path / "in" / name).mkdir(parents=True)
        (tmp_path / "in" / name / "answers_halves.py").write_bytes(STUDENTS[name][0])
    done = command("lesson halves --grade in --csv grades.csv", tmp_path)
    assert done.exit_code == 0
    assert ["ada", "halves", "3", "of", "3"] in [line.split() for line in done.stdout.split("\n")]
    assert "strangers belong in a container" in done.stderr and "Wrote grades.csv" in done.stderr
    assert len(pd.read_csv("grades.csv")) == 6
    rows = json.loads(command("lesson halves --grade in --json", tmp_path).stdout)
    assert {row["student"] for row in rows} == {"ada", "cem"} and rows[0].keys() >= {"state", "words", "exercise"}
    (tmp_path / "empty").mkdir()
    for where, words in (("nowhere", "there is no folder 'nowhere'"), ("empty", "holds no file of answers")):
        wrong = command(f"lesson halves --grade {where}", tmp_path)
        assert wrong.exit_code == 2 and words in wrong.stderr and "Traceback" not in wrong.stderr
