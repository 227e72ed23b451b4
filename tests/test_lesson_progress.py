"""What is solved: one small file that can be read, carried and thrown away, and that nothing depends on."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from small_lesson import PLUGIN, RIGHT

from glassnet.cli import main
from glassnet.lessons.progress import ENV, usual_place

pytestmark = pytest.mark.usefixtures("empty_folder")


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where progress is kept, and a class with one lesson of which two exercises are right."""
    monkeypatch.setenv(ENV, str(tmp_path / "state" / "lessons.json"))
    (tmp_path / "halves.py").write_text(PLUGIN, encoding="utf-8")
    (tmp_path / "answers_halves.py").write_text(RIGHT.replace("'b'", "'a'"), encoding="utf-8")
    return tmp_path / "state" / "lessons.json"


def lesson(words: str = "") -> Result:
    return CliRunner().invoke(main, ["--no-plugins", "--plugin", "halves.py", "lesson", *words.split()])


def row(done: Result) -> str:
    return next(line for line in done.output.split("\n") if " halves " in line)


def test_the_file_is_short_and_says_what_was_solved_when(place: Path) -> None:
    assert " 0/3 " in row(lesson()) and not place.exists()  # nothing is written before there is something
    assert lesson("halves --check").exit_code == 1
    text = place.read_text(encoding="utf-8")
    kept = json.loads(text)
    (full_name,) = kept
    assert full_name.endswith("/halves") and sorted(kept[full_name]) == ["half", "share"]
    assert all(sorted(entry) == ["asked", "on"] for entry in kept[full_name].values())
    assert len(text) < 300 and str(place.parent.parent) not in text  # no path: it can be carried elsewhere
    assert " 2/3 " in row(lesson())


def test_what_was_right_once_stays_solved(place: Path) -> None:
    lesson("halves --check")
    before = place.read_text(encoding="utf-8")
    Path("answers_halves.py").write_text("half = 1\n", encoding="utf-8")
    lesson("halves --check")
    assert place.read_text(encoding="utf-8") == before
    Path("answers_halves.py").write_text(RIGHT, encoding="utf-8")
    done = lesson("halves --check")
    assert done.exit_code == 0 and "All 3 right." in done.output
    assert "✓" in row(lesson()) and " 3/3 " in row(lesson())


def test_it_can_be_carried_to_another_place(place: Path, tmp_path: Path) -> None:
    lesson("halves --check")
    other = tmp_path / "carried.json"
    place.rename(other)
    assert " 0/3 " in row(lesson()) and " 2/3 " in row(lesson(f"--progress {other}"))


def test_an_exercise_that_is_asked_otherwise_is_told(place: Path, tmp_path: Path) -> None:
    lesson("halves --check")
    (tmp_path / "halves.py").write_text(PLUGIN.replace("Which share of 4 is 1?", "Which share of 8 is 2?"))
    done = lesson()
    assert " 2/3 " in row(done) and "Changed since you solved it, in halves: share." in done.output
    assert "Exercise share  (changed since you solved it)" in lesson("halves").output
    assert "Exercise half  (solved)" in lesson("halves").output
    assert next(one["changed"] for one in json.loads(lesson("--json").stdout) if "halves" in one["lesson"]) == ["share"]
    lesson("halves --check")  # solved again, as it is asked now
    assert "Changed since" not in lesson().output


@pytest.mark.parametrize("broken", ["{", "[]", '{"a/b": {"c": 1}}', "\x00", ""])
def test_a_broken_file_is_told_in_words_and_costs_nothing_else(place: Path, broken: str) -> None:
    place.parent.mkdir()
    place.write_text(broken, encoding="utf-8")
    done = lesson("halves --check")
    assert done.exit_code == 1 and "2 of 3 right." in done.stdout and "Traceback" not in done.output
    (told,) = done.stderr.strip().split("\n")
    assert told.startswith("What is solved isn't kept: ") and "lessons.json" in told
    assert told.endswith("What was solved is kept there: mend it, or move it away to begin anew")
    assert place.read_text(encoding="utf-8") == broken  # nothing is written over it
    assert " 0/3 " in row(lesson())


def test_where_nothing_can_be_written_the_verdict_is_told_all_the_same(place: Path) -> None:
    place.parent.write_text("a file where a folder should be")
    done = lesson("halves --check")
    assert done.exit_code == 1 and "2 of 3 right." in done.stdout
    assert done.stderr.startswith("What is solved isn't kept: ") and done.stderr.count("\n") == 1


def test_two_terminals_lose_nothing_of_each_other(place: Path) -> None:
    lesson("halves --check")
    first = json.loads(place.read_text(encoding="utf-8"))
    other = {"other/lesson": {"one": {"on": "2026-01-01", "asked": "0"}}}
    place.write_text(json.dumps(first | other), encoding="utf-8")
    Path("answers_halves.py").write_text(RIGHT, encoding="utf-8")
    lesson("halves --check")
    kept = json.loads(place.read_text(encoding="utf-8"))
    assert "other/lesson" in kept and len(kept) == 2


def test_the_usual_place_is_the_users_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv(ENV)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    assert usual_place().name == "lessons.json" and "glassnet" in str(usual_place())
