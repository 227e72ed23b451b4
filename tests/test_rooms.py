"""One idea lives in one room: what was once written in many is found in one, and packages are asked at the door."""

import re
from pathlib import Path

import pytest

import glassnet

ROOT = Path(glassnet.__file__).parent
SOURCES = {path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8") for path in sorted(ROOT.rglob("*.py"))}

#: What was once written in many rooms, and the one (or those few) where it may be.
ROOMS = {
    r"removeprefix\(\"glassnet/\"\)|replace\(\"glassnet/\"": ["wording.py"],
    r"\[\"intervals\"\]": ["runs/reading.py", "schemas.py"],
    r"\[\"metrics\"\]": ["runs/reading.py", "schemas.py"],
    r"def _?is_run\b|def _like_a_run\b|def means_a_run\b": ["cli/runs.py"],
    r"FOLDERS\.find\(": ["cli/runs.py", "cli/sweep.py", "runs/reading.py", "sweeps/sweep.py"],
    r"\.partition\(\"-\"\)": ["catalog/guests.py", "folders.py"],  # a package's folder has a dash, too
    r"rich\.progress": ["cli/progress.py"],
    # How many epochs there are is said by `count`, but for bounds, which are never 1.
    r"\} epochs\b": ["catalog/curves.py", "playground/actions.py", "playground/address.py", "runs/histories.py"],
    r"get_close_matches": ["errors.py"],  # a guess is near enough, or it is none
    r"def (run_number|number_of|slug|new_folder)\b": ["folders.py"],
}


@pytest.mark.parametrize("words", ROOMS)
def test_an_idea_lives_in_one_room(words: str) -> None:
    assert [name for name, text in SOURCES.items() if re.search(words, text)] == ROOMS[words]


#: Packages that are asked at the door alone: what others need of them is on their face.
CLOSED = ("catalog", "runs", "watching")
PAST = re.compile(r"^ *from \.+([a-z_]+)\.[a-z_.]+ import", re.MULTILINE)


@pytest.mark.parametrize("package", CLOSED)
def test_a_package_is_imported_through_its_face(package: str) -> None:
    elsewhere = {name: text for name, text in SOURCES.items() if not name.startswith((f"{package}/", "builtin/"))}
    assert [name for name, text in elsewhere.items() if package in PAST.findall(text)] == []


def test_what_others_need_of_an_experiments_words_is_on_its_face() -> None:
    inside = re.compile(r"from \.+experiment\.(words|telling|choosing|results) import")
    assert [name for name, text in SOURCES.items() if inside.search(text)] == []
