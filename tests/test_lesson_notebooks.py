"""Lessons as notebooks: written once, run by a real kernel, checked in it and from the command line."""

from __future__ import annotations

import json
from pathlib import Path

import nbformat
import pytest
from click.testing import CliRunner, Result
from nbclient import NotebookClient
from waiting import PATIENCE

import glassnet
from glassnet.answers import Source, needed, opened, source_of_notebook
from glassnet.cli import main
from glassnet.lessons.course import open_lesson
from glassnet.lessons.stubs import as_source, stub_text

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("empty_folder")]


def lesson(words: str) -> Result:
    return CliRunner().invoke(main, ["--no-plugins", "lesson", *words.split()])


def written(name: str) -> tuple[Path, nbformat.NotebookNode]:
    """The notebook of a lesson, as `--start --notebook` writes it."""
    done = lesson(f"{name} --start --notebook")
    assert done.exit_code == 0 and done.output.startswith(f"Wrote answers_{name}.ipynb: the page and "), done.output
    path = Path(f"answers_{name}.ipynb")
    assert not path.with_suffix(".py").exists()
    return path, nbformat.read(path, as_version=4)


def answered(book: nbformat.NotebookNode, name: str) -> None:
    """Put right answers of the lesson into the cells that bind its exercises."""
    known = open_lesson(name, glassnet.Catalog.discover(guests=False))
    for exercise in known.exercises:
        stub = stub_text(exercise).rstrip("\n")
        cell = next(cell for cell in book.cells if cell.source.endswith(stub))
        cell.source = as_source(exercise, exercise.right[0])


def tables(book: nbformat.NotebookNode) -> list[str]:
    checks = [cell for cell in book.cells if ".check(" in cell.source]
    return [output.data["text/html"] for cell in checks for output in cell.outputs]


def test_two_lessons_run_in_a_kernel_with_their_verdicts_as_tables(tmp_path: Path) -> None:
    path, book = written("xor")
    _, other = written("perceptron")
    words = "\n".join(cell.source for cell in [*book.cells, *other.cells] if cell.cell_type == "markdown")
    assert "None of them is better than 75%." in words and "](xor)" not in words and "a lesson of its own" in words
    assert words.count("(a letter in quotes)") == 2 and "<summary>Hint 2 of 2</summary>" in words
    stubs = [cell.source for cell in book.cells if ".check(" in cell.source]
    answered(book, "xor")
    nbformat.write(book, path)
    book.cells += other.cells  # one kernel for both; the second stays unanswered
    NotebookClient(book, timeout=PATIENCE, resources={"metadata": {"path": str(tmp_path)}}).execute()
    shown = tables(book)
    assert len(stubs) == 4 and all("<table" in one and ">✓ right<" in one for one in shown[:4])
    assert len(shown) > 5 and all(">· open<" in one and "not answered yet." in one for one in shown[4:])
    checked = lesson("xor --check")  # the notebook, where only that is there
    assert checked.exit_code == 0 and "answers_xor.ipynb" in checked.output and "All 4 right." in checked.output


def test_the_last_cell_that_binds_a_name_counts_and_a_slip_is_told_with_its_cell() -> None:
    path, book = written("xor")
    v4 = nbformat.v4
    book.cells += [
        v4.new_code_cell("why = 'a'"), v4.new_code_cell("why = 'b'"),
        v4.new_code_cell("def by_hand(x):\n    return 1 / 0"), v4.new_code_cell("solves = ("),
    ]  # fmt: skip
    nbformat.write(book, path)
    cells = len(book.cells)
    done = lesson("xor --check answers_xor.ipynb --json")
    found = {one["exercise"]: (one["state"], one["words"]) for one in json.loads(done.output)["exercises"]}
    assert done.exit_code == 1 and found["why"][0] == "right" and found["count_right"][0] == "open"
    assert f"cell {cells - 1}, line 2: ZeroDivisionError" in found["by_hand"][1]
    assert found["solves"][0] == "open"  # a cell that is no Python costs itself alone
    again = lesson("xor --start --notebook")
    assert again.output.startswith("answers_xor.ipynb was there already and has every exercise")
    book.cells = [cell for cell in book.cells if "count_right" not in cell.source]
    nbformat.write(book, path)
    assert "added count_right, and left the rest" in lesson("xor --start --notebook").output
    assert any("def count_right" in cell.source for cell in nbformat.read(path, as_version=4).cells)


def test_a_file_of_python_is_checked_where_both_are_there() -> None:
    written("xor")
    lesson("xor --start")
    assert "answers_xor.py" in lesson("xor --check").output.split("\n")[0]


CELLS = [
    "import numpy as np\nimport slow",
    "X = np.zeros(3)\nslow.train()\nplot(X)",
    "X[0] = 1",
    "def half(a):\n    return a / two",
    "two = 2; three = 3",
    "names = []\nnames.append(half)\nfor one in X:\n    names.append(one)",
    "best = half(X[0])",
    "lesson('x').check(best=best)",
]


def test_of_a_notebook_only_what_the_answers_need_is_run(tmp_path: Path) -> None:
    path = tmp_path / "book.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=list(map(nbformat.v4.new_code_cell, CELLS))), path)
    whole = source_of_notebook(path)
    text = needed(whole, {"best"}).text
    assert text.count("\n") == whole.text.count("\n")  # lines keep their numbers
    kept = [line for line in text.split("\n") if line]
    assert kept == ["import numpy as np", "X = np.zeros(3)", "X[0] = 1", "def half(a):", "    return a / two",
                    "two = 2; three = 3", "best = half(X[0])"]  # fmt: skip
    with opened(needed(whole, {"best"})) as answers:
        assert answers.bound("best").value == 0.5
    star = Source("from numpy import *\nunused = 1\nbest = zeros(1)")
    assert needed(star, {"best"}).text == "from numpy import *\n\nbest = zeros(1)"
    assert needed(Source("best = (\n"), {"best"}).text == "best = (\n"  # its error is told by whoever runs it


def test_checking_in_a_notebook_asks_for_answers_by_name() -> None:
    xor = glassnet.lesson("xor")
    with pytest.raises(glassnet.GlassnetError, match=r"give answers by name, as in check\(count_right=count_right\)"):
        xor.check()
    with pytest.raises(glassnet.GlassnetError, match=r"lesson xor has no exercise 'wy'\. Did you mean 'why'"):
        xor.check(wy="b")
    assert xor.check(why="b").ok and not xor.check(why=...).ok
