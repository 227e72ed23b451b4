"""`glassnet lesson` and `glassnet museum`: every option, every error in a line, exit codes, and what machines get."""

import csv
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from glassnet.cli import main

PAGE = """---
minutes: 7
help: Half of everything.
---
# Halves

```python
half = 1 / 2
```

It is {half:.2f}, or $\\frac{1}{2}$.

:::number half
How much is a half?
= 0.5
+- 0.001
~ 2 => That is a double.
? Cut one in two.
? Count the pieces of two halves.
:::

:::choice why
Why?
- [x] Because => So it is.
- [ ] Never => Sometimes it is: $x^2$.
- [ ] Always => Not always.
:::
"""
COURSE = '''
from pathlib import Path
from glassnet import Lesson, hookimpl
from glassnet.lessons import artefact, choice, from_markdown, page

def broken():
    """A page that can't be read."""
    return Lesson("# Broken\\n\\n:::exercise lost\\n:::\\n")

def bare():
    """Nothing is asked."""
    return Lesson("# Bare")

def making():
    """Something is made."""
    built = artefact("built", "Build it.", lambda path: "", right=(), wrong=())
    return Lesson("# Making\\n\\n:::exercise built\\n:::\\n", [built], minutes=3)

@hookimpl
def lessons():
    return [from_markdown(Path(__file__).with_name("halves.md")), bare, making]
'''
RIGHT = "half = 0.5\nwhy = 'a'\n"
WRONG = "half = 2\n"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Each test in a folder with a course of its own, and a place for progress."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GLASSNET_PROGRESS", str(tmp_path / "progress.json"))
    (tmp_path / "halves.md").write_text(PAGE, encoding="utf-8")
    (tmp_path / "course.py").write_text(COURSE, encoding="utf-8")
    return tmp_path


def glassnet(*words: str, code: int = 0, **more: str) -> Result:
    arguments = ["--no-plugins", "--plugin", "course.py", *words]
    done = CliRunner().invoke(main, arguments, prog_name="glassnet", **more)  # type: ignore[arg-type]
    assert done.exit_code == code, done.output
    return done


def lesson(*words: str, code: int = 0, **more: str) -> Result:
    return glassnet("lesson", *words, code=code, **more)


def answered(text: str) -> None:
    Path("answers_halves.py").write_text(text, encoding="utf-8")


# --- the course -----------------------------------------------------------------------------------------------


def test_the_list_shows_what_is_done_and_what_comes_next() -> None:
    said = lesson().stdout
    assert "Course glassnet: 0 of " in said and "Course local: 0 of 3 lessons done" in said
    assert "halves" in said and "Half of everything." in said and "Next: glassnet lesson first_network" in said
    answered(RIGHT)
    lesson("halves", "--check")
    said = lesson().stdout
    assert "Course local: 1 of 3 lessons done" in said and "✓  halves" in said


def test_the_list_for_machines() -> None:
    rows = {row["lesson"]: row for row in json.loads(lesson("--json").stdout)}
    told = {"minutes": 7, "exercises": 2, "solved": 0, "changed": [], "help": "Half of everything."}
    assert rows["local/halves"] == {"lesson": "local/halves"} | told


def test_a_lesson_that_can_not_be_opened_costs_the_list_nothing_else(folder: Path) -> None:
    (folder / "course.py").write_text(COURSE.replace("bare, making", "broken, making"), encoding="utf-8")
    done = lesson()
    assert "halves" in done.stdout and "making" in done.stdout and "A page that" not in done.stdout
    assert done.stderr == "warning: lesson broken: line 3: there is no exercise 'lost' in the lesson's module.\n"
    assert "local/broken" not in {row["lesson"] for row in json.loads(lesson("--json").stdout)}
    assert lesson("broken", code=2).stderr.startswith("Error: lesson broken: line 3: there is no exercise 'lost'")


# --- the page -------------------------------------------------------------------------------------------------


def test_a_page_is_read_in_the_terminal() -> None:
    said = lesson("halves").stdout
    assert "It is 0.50, or 1/2." in said and "How much is a half?" in said
    assert said.endswith("Answer the exercises: glassnet lesson halves --start\n")


def test_a_page_for_machines() -> None:
    told = json.loads(lesson("halves", "--json").stdout)
    assert (told["lesson"], told["title"], told["minutes"]) == ("local/halves", "Halves", 7)
    assert [(one["name"], one["sort"], one["hints"]) for one in told["exercises"]] == [
        ("half", "number", 2),
        ("why", "choice", 0),
    ]


def test_a_page_for_a_browser(folder: Path) -> None:
    assert "Wrote halves.html" in lesson("halves", "--html").stdout
    text = (folder / "halves.html").read_text(encoding="utf-8")
    assert "<math" in text and "0.50" in text
    assert "Wrote other.html" in lesson("halves", "--html", "other.html").stdout


def test_a_page_that_is_being_written_is_named_by_its_path() -> None:
    assert "It is 0.50" in lesson("halves.md").stdout
    assert "there is no file 'halfs.md': give the path" in lesson("halfs.md", code=2).stderr


# --- answers --------------------------------------------------------------------------------------------------


def test_the_way_of_a_student(folder: Path) -> None:
    said = lesson("halves", "--start").stdout
    assert "Wrote answers_halves.py: 2 exercises, half and why." in said
    text = (folder / "answers_halves.py").read_text(encoding="utf-8")
    assert "# How much is a half?" in text and "half = ...\n" in text and "#   b. Never" in text
    said = lesson("halves", "--check", code=1).stdout
    assert f"Checking {folder / 'answers_halves.py'}" in said and "half  open   not answered yet." in said
    answered(WRONG)
    said = lesson("halves", "--check", code=1).stdout
    assert "half  wrong  That is a double." in said and "why   open   not there yet." in said
    assert said.endswith("0 of 2 right.\nStuck? glassnet lesson halves --hint half\n")
    assert "added why, and left the rest" in lesson("halves", "--start").stdout
    assert (folder / "answers_halves.py").read_text(encoding="utf-8").startswith(WRONG)
    answered(RIGHT)
    assert "nothing was written" in lesson("halves", "--start").stdout
    said = lesson("halves", "--check").stdout
    assert "All 2 right.\nNext: glassnet lesson bare\n  Nothing is asked.\n" in said


def test_wrong_words_hold_their_formulas_as_text() -> None:
    answered("why = 'b'")
    assert "Sometimes it is: x²." in lesson("halves", "--check", code=1).stdout


def test_answers_may_lie_elsewhere(folder: Path) -> None:
    assert f"Wrote {Path('mine/answers_halves.py')}" in lesson("halves", "--start", "mine").stdout
    (folder / "mine" / "answers_halves.py").write_text(RIGHT, encoding="utf-8")
    (folder / "other.py").write_text(RIGHT, encoding="utf-8")
    for given in ("mine", "mine/answers_halves.py", "other.py"):
        assert "All 2 right." in lesson("halves", "--check", given).stdout


def test_verdicts_for_machines(folder: Path) -> None:
    answered(WRONG)
    told = json.loads(lesson("halves", "--check", "--json", code=1).stdout)
    assert told == {
        "lesson": "local/halves",
        "file": "answers_halves.py",
        "exercises": [
            {"exercise": "half", "state": "wrong", "words": "That is a double."},
            {"exercise": "why", "state": "open", "words": "not there yet."},
        ],
    }
    answered(RIGHT)
    assert json.loads(lesson("halves", "--check", "--json").stdout)["exercises"][0]["state"] == "right"


def test_watching_ends_when_all_is_right() -> None:
    answered(RIGHT)
    said = lesson("halves", "--watch").stdout
    assert said.startswith("Watching ") and "All 2 right." in said and "Next: glassnet lesson bare" in said


def test_hints_one_after_the_other() -> None:
    assert lesson("halves", "--hint", "half").stdout == (
        "Hint 1 of 2: Cut one in two.\nThe next one: glassnet lesson halves --hint half 2\n"
    )
    said = lesson("halves", "2", "--hint", "half").stdout
    assert said == lesson("halves", "9", "--hint", "half").stdout
    assert said == "Hint 1 of 2: Cut one in two.\nHint 2 of 2: Count the pieces of two halves.\n"
    assert lesson("halves", "--hint", "why").stdout == "why has no hint.\n"


def test_solutions_after_a_question() -> None:
    assert lesson("halves", "--solution", "half", "--yes").stdout.startswith("# 1\nhalf = 0.5\n\n# 2\n")
    said = lesson("halves", "--solution", "half", input="n\n").stdout
    assert "It is more fun to find one" in said and "# 1" not in said
    assert "# 2\nwhy = 'A'" in lesson("halves", "--solution", "why", input="y\n").stdout


# --- progress -------------------------------------------------------------------------------------------------


def test_progress_is_kept_and_says_what_has_changed(folder: Path) -> None:
    answered(RIGHT)
    lesson("halves", "--check", "--progress", "mine.json")
    assert not (folder / "progress.json").exists()
    kept = json.loads((folder / "mine.json").read_text(encoding="utf-8"))
    assert list(kept["local/halves"]) == ["half", "why"]
    (folder / "halves.md").write_text(PAGE.replace("That is a double.", "Twice."), encoding="utf-8")
    rows = json.loads(lesson("--json", "--progress", "mine.json").stdout)
    (row,) = (row for row in rows if row["lesson"] == "local/halves")
    assert (row["solved"], row["changed"]) == (2, ["half"])


def test_what_was_found_is_told_where_progress_can_not_be_kept(folder: Path) -> None:
    answered(RIGHT)
    (folder / "taken").write_text("", encoding="utf-8")
    done = lesson("halves", "--check", "--progress", "taken/progress.json")
    assert "All 2 right." in done.stdout and "taken" in done.stderr and done.stderr.count("\n") == 1


# --- a class --------------------------------------------------------------------------------------------------


def test_a_class_is_a_table_and_a_sheet(folder: Path) -> None:
    for name, text in (("anna", RIGHT), ("ben", WRONG), ("=cy", "half = 1 / 0\n")):
        (folder / "class" / name).mkdir(parents=True)
        (folder / "class" / name / "answers_halves.py").write_text(text, encoding="utf-8")
    done = lesson("halves", "--grade", "class", "--csv", "grades.csv")
    assert "anna" in done.stdout and "2 of 2" in done.stdout and "3 files checked." in done.stderr
    with (folder / "grades.csv").open(encoding="utf-8") as sheet:
        rows = list(csv.DictReader(sheet))
    assert len(rows) == 6 and rows[0]["student"] == "'=cy"
    assert rows[0]["feedback"] == "line 1: ZeroDivisionError: division by zero"
    (ben,) = (row for row in rows if (row["student"], row["exercise"]) == ("ben", "half"))
    assert (ben["points"], ben["state"], ben["feedback"]) == ("0", "wrong", "That is a double.")
    told = json.loads(lesson("halves", "--grade", "class", "--json").stdout)
    assert {row["student"] for row in told} == {"anna", "ben", "=cy"}


# --- errors ---------------------------------------------------------------------------------------------------

ERRORS = {
    "lesson halfs": "there is no lesson 'halfs'. Did you mean 'halves'?",
    "lesson --check": "--check of which lesson? Give its name: glassnet lesson NAME --check",
    "lesson halves --check": "there is no file 'answers_halves.py': glassnet lesson halves --start writes it",
    "lesson halves --check nowhere": "there is no file 'nowhere'",
    "lesson halves --watch": "there is no file 'answers_halves.py'",
    "lesson halves --hint hlaf": "lesson halves has no exercise 'hlaf'. Did you mean 'half'? Its exercises: half, why",
    "lesson bare --hint one": "lesson bare has no exercise 'one'. It has none",
    "lesson bare --start": "lesson bare has no exercise: there is nothing to answer",
    "lesson halves --solution hlaf": "Did you mean 'half'?",
    "lesson making --solution built": "built asks for something that is made: its lesson says how",
    "lesson halves 2": "a number goes with --hint EXERCISE",
    "lesson halves --start --check": "--start and --check are two things: ask for one after the other",
    "lesson halves --hint half --solution half": "--hint and --solution are two things",
    "lesson halves --notebook": "--notebook belongs to --start",
    "lesson halves --yes": "--yes belongs to --solution",
    "lesson halves --csv a.csv": "--csv belongs to --grade",
    "lesson --grade nowhere": "there is no folder 'nowhere': give the one that holds the students' files",
    "lesson halves --grade empty": "'empty' holds no file of answers: they are called answers_halves.py and so on",
    "museum sotfmax": "there is no exhibit 'sotfmax'.",
}


@pytest.mark.parametrize("words", ERRORS)
def test_an_error_is_one_line_that_says_what_to_do(words: str, folder: Path) -> None:
    (folder / "empty").mkdir()
    said = glassnet(*words.split(), code=2).stderr
    assert said.startswith("Error: ") and ERRORS[words] in " ".join(said.split())


# --- the museum -----------------------------------------------------------------------------------------------

EXHIBITS = '''
from glassnet import Exhibit, hookimpl

def never():
    """A quotient in place of a product: no number at all."""
    def wrong(x):
        return x / x * float("nan")
    def mended(x):
        return 2 * x
    return Exhibit(wrong, mended, lambda f: f(3.0), lambda: 6.0, 1.0, lambda f: "" if f(1.0) == 2 else "no 2",
                   "A slip.", "apples")

@hookimpl
def exhibits():
    return [never]
'''


def test_a_wrong_number_that_is_none_is_shown_and_valid_json(folder: Path) -> None:
    (folder / "course.py").write_text(EXHIBITS, encoding="utf-8")
    said = glassnet("museum", "never", "--check").stdout
    assert "nan" in said and "1 of them caught and mended." in said
    (row,) = json.loads(glassnet("museum", "never", "--json").stdout, parse_constant=pytest.fail)
    assert (row["wrong"], row["mended"], row["truth"], row["ok"]) == (None, 6.0, 6.0, True)
    said = glassnet("museum", "never").stdout
    assert "return 2 * x" in said and "found by: no 2" in said and "where it comes from: A slip." in said
    assert "never" in glassnet("museum").stdout
