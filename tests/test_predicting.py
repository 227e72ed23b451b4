"""A model used again: on a labelled table, on rows without answers, on one that is typed, and what it says of them."""

import csv
import io
import json
import warnings
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import accuracy_score, r2_score

from glassnet import Experiment, GlassnetError, GlassnetWarning, load, record
from glassnet import run as begin
from glassnet.cli import main
from glassnet.cli.predicting import fields_of
from glassnet.wording import rounded


def run(*words: str, **more: object) -> Result:
    return CliRunner().invoke(main, ["--no-plugins", *words], prog_name="glassnet", **more)  # type: ignore[arg-type]


def printed(*words: str, **more: object) -> pd.DataFrame:
    done = run("predict", *words, **more)
    assert done.exit_code == 0, done.output
    return pd.read_csv(io.StringIO(done.stdout), keep_default_na=False)


def error(*words: str) -> str:
    done = run(*words)
    assert done.exit_code == 2, done.output
    return done.stderr.splitlines()[-1]


def students(n: int = 90, seed: int = 0) -> pd.DataFrame:
    """A class list: a name, hours of study, the sex, a city whose name may hold a comma, points, passed or not."""
    rng = np.random.default_rng(seed)
    hours, sex = rng.uniform(0, 10, n).round(1), rng.choice(["f", "m"], n)
    points = (2 * hours + 3 * (sex == "f") + rng.normal(size=n)).round(2)
    return pd.DataFrame(
        {
            "name": [f"pupil {number}" for number in range(n)],
            "hours": hours,
            "sex": sex,
            "city": rng.choice(["Rome", "Paris, France"], n),
            "points": points,
            "passed": np.where(points > 10, "yes", "no"),
        }
    )


TASKS = {
    "classes": {"target": "passed", "drop": ("name", "points")},
    "numbers": {"target": "points", "drop": ("name", "passed")},
    "several": {"target": ("points", "hours"), "drop": ("name", "passed")},
}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder with the class list, and a run for each question that may be asked of it."""
    home = tmp_path_factory.mktemp("school")
    students().to_csv(home / "class.csv", index=False)
    students(20, seed=1).to_csv(home / "later.csv", index=False)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(home)
        for words in TASKS.values():
            record(begin(Experiment(dataset="class.csv", epochs=15, hidden=(8,), **words))).finish()
        yield home


NUMBER = {task: str(number) for number, task in enumerate(TASKS, 1)}


# --- a labelled table -------------------------------------------------------------------------------------------


def test_evaluate_scores_another_table_as_scikit_learn_does(home: Path) -> None:
    later = students(20, seed=1)
    for task, score in (("classes", accuracy_score), ("numbers", r2_score)):
        done = run("evaluate", NUMBER[task], "later.csv", "--json")
        said = json.loads(done.stdout)
        name = {"classes": "accuracy", "numbers": "r2"}[task]
        wanted = score(later[str(TASKS[task]["target"])], load(NUMBER[task]).predict(later))
        assert said["metrics"]["file"][name] == pytest.approx(wanted)
        assert said["rows"] == 20 and set(said["metrics"]["baseline"]) == set(said["metrics"]["file"])
        low, high = said["intervals"]["file"][name]
        assert low <= wanted <= high
        table = run("evaluate", NUMBER[task], "later.csv").stdout
        assert "on 20 rows of later.csv" in table and "its test rows" in table


def test_the_baseline_of_a_table_is_the_guess_of_the_training_rows(home: Path) -> None:
    said = json.loads(run("evaluate", NUMBER["numbers"], "later.csv", "--json").stdout)
    rows, later = load(NUMBER["numbers"]).rows("train").index, students(20, seed=1)["points"]
    guess = np.full(20, students()["points"][rows].mean())
    assert said["metrics"]["baseline"]["r2"] == pytest.approx(r2_score(later, guess))


def test_the_very_table_of_training_is_recognised(home: Path) -> None:
    assert "class.csv is the table that" in run("evaluate", "1", "class.csv").stderr
    assert "accuracy" not in run("predict", "1", "class.csv").stderr  # most of its rows were learned from
    assert "accuracy" in run("predict", "1", "later.csv").stderr
    assert "is the table that" not in run("evaluate", "1", "later.csv").stderr


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda table: table.drop(columns="passed"), "has no column 'passed' to score by"),
        (lambda table: table.rename(columns={"passed": "pased"}), "Did you mean 'pased'?"),
        (lambda table: table.assign(passed=""), "no row has an answer to score by"),
        (lambda table: table.assign(passed="perhaps"), "hold classes that training rows don't: perhaps"),
        (lambda table: table.drop(columns="sex"), "lacks 1 of the 3 columns that the model needs: sex"),
    ],
)
def test_a_table_that_can_not_be_scored_says_why(home: Path, tmp_path: Path, change, words: str) -> None:  # type: ignore[no-untyped-def]
    change(students(10)).to_csv(tmp_path / "odd.csv", index=False)
    assert words in error("evaluate", NUMBER["classes"], str(tmp_path / "odd.csv"))


def test_a_run_whose_table_is_gone_is_scored_without_a_baseline(tmp_path: Path, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.chdir(tmp_path)
    students().to_csv("class.csv", index=False)
    record(begin(Experiment(dataset="class.csv", epochs=1, **TASKS["classes"]))).finish()
    Path("class.csv").rename("away.csv")
    done = run("evaluate", "1", "away.csv")
    assert done.exit_code == 0 and "no baseline: " in done.stderr and "--data FILE" in done.stderr
    assert "no baseline" not in run("evaluate", "1", "away.csv", "--data", "away.csv").stderr
    for words in (("evaluate", "1"), ("plot", "1", "confusion_matrix"), ("report", "1"), ("trace", "1"),
                  ("train", "--resume", "1", "--epochs", "2")):  # fmt: skip
        assert "--data FILE" in run(*words).output or words[0] == "report", words
        done = run(*words, "--data", "away.csv")
        assert done.exit_code == 0, done.output
        assert "away.csv holds the very rows that" in done.stderr
    assert run("evaluate", "1").exit_code == 0  # whoever resumed it has said where the table is
    assert "goes with --resume" in error("train", "away.csv", "--target", "passed", "--data", "away.csv")
    assert "name the run" in error("trace", "iris", "--data", "away.csv")


# --- predictions ------------------------------------------------------------------------------------------------


def test_names_stand_beside_predictions_and_answers_where_they_are_known(home: Path) -> None:
    later = students(20, seed=1)
    found = printed(NUMBER["classes"], "later.csv")
    assert list(found) == ["name", "prediction", "expected", "output_yes"]  # points differ in each row, and name none
    assert list(found["name"]) == list(later["name"]) and list(found["expected"]) == list(later["passed"])
    assert list(found["prediction"]) == list(load(NUMBER["classes"]).predict(later))
    asked = printed(NUMBER["classes"], "later.csv", "--with", "points", "--with", "hours")
    assert list(asked)[:3] == ["name", "hours", "points"]
    np.testing.assert_array_equal(asked["points"], later["points"])
    assert "no column 'nam' to keep" in error("predict", "1", "later.csv", "--with", "nam")


def test_the_score_of_the_rows_that_have_an_answer_is_said(home: Path, tmp_path: Path) -> None:
    some = students(20, seed=1)
    right = (load("1").predict(some) == some["passed"])[5:].mean()
    some.loc[:4, "passed"] = ""
    some.to_csv(tmp_path / "some.csv", index=False)
    done = run("predict", "1", str(tmp_path / "some.csv"))
    assert f"accuracy {right:.4f}"[:15] in done.stderr and "on 15 of 20 rows" in done.stderr
    found = printed("1", str(tmp_path / "some.csv"))
    assert list(found["expected"][:6]) == ["", "", "", "", "", students(20, seed=1)["passed"][5]]
    some.assign(passed="never").to_csv(tmp_path / "odd.csv", index=False)
    done = run("predict", "1", str(tmp_path / "odd.csv"))
    assert done.exit_code == 0 and "No score: odd.csv: rows hold classes that training rows don't" in done.stderr


def test_several_targets_have_their_names(home: Path) -> None:
    found = printed(NUMBER["several"], "later.csv")
    wanted = ["prediction_points", "prediction_hours", "expected_points", "expected_hours"]
    assert list(found) == ["name", *wanted]
    full = printed(NUMBER["several"], "later.csv", "--full")[["prediction_points", "prediction_hours"]]
    np.testing.assert_array_equal(full, load(NUMBER["several"]).predict(students(20, seed=1)))


def test_numbers_have_four_digits_unless_others_are_asked_for(home: Path) -> None:
    exactly = load(NUMBER["numbers"]).predict(students(20, seed=1))
    for words, digits in (((), 4), (("--digits", "2"), 2), (("--digits", "7"), 7)):
        found = printed(NUMBER["numbers"], "later.csv", *words)["prediction"]
        assert list(found) == [float(f"{value:.{digits}g}") for value in exactly]
    assert list(printed(NUMBER["numbers"], "later.csv", "--full")["prediction"]) == list(exactly)
    said = json.loads(run("predict", NUMBER["numbers"], "later.csv", "--json").stdout)
    assert [row["prediction"] for row in said["rows"]] == list(exactly)
    assert said["rows"][0]["name"] == "pupil 0" and said["file"] == "later.csv"


@given(st.floats(allow_nan=False, allow_infinity=False), st.integers(1, 17))
def test_digits_are_those_of_python(value: float, digits: int) -> None:
    assert float(rounded(value, digits)) == float(f"{value:.{digits}g}")
    assert "," not in rounded(value, digits)


def test_standard_input_is_a_table_like_any_other(home: Path) -> None:
    text = Path("later.csv").read_text()
    import subprocess
    import sys

    command = [sys.executable, "-m", "glassnet", "--no-plugins", "predict", "1", "-"]
    piped = subprocess.run(command, input=text, capture_output=True, text=True, check=True)
    assert piped.stdout == run("predict", "1", "later.csv").stdout


@pytest.mark.parametrize(
    ("row", "values"),
    [
        ("hours=3,sex=f,city=Rome", (3.0, "f", "Rome")),
        ('hours=3.5,sex="f",city="Paris, France"', (3.5, "f", "Paris, France")),
        ('sex=m, hours = 0 ,"city=Paris, France"', (0.0, "m", "Paris, France")),
        ("hours=,sex=m,city=Rome", (np.nan, "m", "Rome")),
    ],
)
def test_a_row_that_is_typed_is_read_as_a_row_of_a_table(home: Path, row: str, values: tuple) -> None:  # type: ignore[type-arg]
    table = pd.DataFrame([values], columns=["hours", "sex", "city"])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", GlassnetWarning)
        wanted = load(NUMBER["numbers"]).predict(table)
    assert list(printed(NUMBER["numbers"], "--row", row, "--full")["prediction"]) == list(wanted)


def test_rows_that_can_not_be_read_say_why(home: Path) -> None:
    assert "'x' in column 'hours' is not a number" in error("predict", "1", "--row", "hours=x,sex=f,city=Rome")
    assert "lacks 2 of the 3 columns that the model needs: sex, city" in error("predict", "1", "--row", "hours=1")
    assert "is not COLUMN=VALUE" in error("predict", "1", "--row", "3,f,Rome")
    assert "a quote is never closed" in error("predict", "1", "--row", 'hours=1,city="Rome')
    assert "'hours' is given twice" in error("predict", "1", "--row", "hours=1,hours=2")
    assert "give a table, or one row" in error("predict", "1")
    assert "give a table, or one row" in error("predict", "1", "later.csv", "--row", "hours=1")


NAMES = st.text(st.characters(exclude_characters='"', exclude_categories=("C", "Z")), min_size=1, max_size=6)


@settings(deadline=None)
@given(st.dictionaries(NAMES.filter(lambda name: "=" not in name), st.text(max_size=8).map(str.strip), min_size=1))
def test_whatever_is_quoted_is_read_back(fields: dict[str, str]) -> None:
    def quoted(text: str) -> str:
        return '"' + text.replace('"', '""') + '"'

    assert fields_of(",".join(f"{quoted(name)}={quoted(value)}" for name, value in fields.items())) == fields


# --- what training never saw ------------------------------------------------------------------------------------

ODD = [
    ("sex", "x", "Column 'sex': 2 rows hold what no training row held, 'x' (2 rows)"),
    ("city", "rome", "'rome' (2 rows; is 'Rome' meant?): taken for none of the 2 known values."),
    ("hours", "", "Column 'hours': 2 rows have a gap, and no training row had one: taken for the mean of training, "),
    ("city", "", "Column 'city': 2 rows have a gap, and no training row had one: taken for no known value."),
]


@pytest.mark.parametrize(("column", "value", "words"), ODD)
def test_what_no_training_row_held_is_said_with_the_number_of_rows(
    home: Path, tmp_path: Path, column: str, value: str, words: str
) -> None:
    odd = students(6, seed=2).astype({column: object})
    odd.loc[:1, column] = value
    odd.to_csv(tmp_path / "odd.csv", index=False)
    for command in ("predict", "evaluate"):
        done = run(command, "1", str(tmp_path / "odd.csv"))
        (line,) = [line for line in done.stderr.splitlines() if line.startswith("Column")]
        assert words in line
    held = odd.assign(**{column: odd[column].replace("", np.nan)})
    with pytest.warns(GlassnetWarning) as told:
        load("1").predict(held if column != "hours" else held.astype({"hours": float}))
    assert [words in str(one.message) for one in told] == [True]


def test_rows_like_those_of_training_are_predicted_without_a_word(home: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        load("1").predict(students(20, seed=1))
    assert not [line for line in run("predict", "1", "later.csv").stderr.splitlines() if "Column" in line]


def test_a_new_gap_in_an_array_is_said_as_well(tmp_path: Path) -> None:
    model = begin(Experiment(dataset="iris", epochs=1, hidden=())).finish().model
    X = np.ones((3, 4))
    X[1:, 2] = np.nan
    with pytest.warns(GlassnetWarning, match="2 rows have a gap, and no training row had one"):
        model.predict(X)


def test_words_about_reading_overrule_those_of_the_run(home: Path, tmp_path: Path) -> None:
    students(5).to_csv(tmp_path / "euro.csv", index=False, sep=";", decimal=",")
    words = ("--separator", ";", "--decimal", ",")
    wanted = load(NUMBER["numbers"]).predict(students(5))
    found = printed(NUMBER["numbers"], str(tmp_path / "euro.csv"), *words, "--full")
    assert list(found["prediction"]) == list(wanted)
    assert "is said of FILE" in error("evaluate", "1", "--decimal", ",")


def test_a_file_without_a_header_needs_no_names(tmp_path: Path, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.chdir(tmp_path)
    lines = [[f"{h}", s, p] for h, s, p in students()[["hours", "sex", "passed"]].itertuples(index=False)]
    with Path("bare.csv").open("w", newline="") as file:
        csv.writer(file).writerows(lines)
    record(begin(Experiment(dataset="bare.csv", target="column_3", epochs=2))).finish()
    Path("two.csv").write_text("".join(f"{h},{s}\n" for h, s, _ in lines[:4]))
    Path("three.csv").write_text("".join(f"{h},{s},{p}\n" for h, s, p in lines[:4]))
    assert list(printed("1", "two.csv")) == ["prediction", "output_yes"]
    assert list(printed("1", "three.csv")["expected"]) == [p for *_, p in lines[:4]]


@pytest.mark.parametrize("target", ["0", "true", "1.0", "02"])
def test_answers_are_read_as_they_were_in_training(target: str, tmp_path: Path, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    """Classes that are numbers, truths, whole numbers written 1.0, or texts that look like numbers."""
    other = {"0": "1", "true": "false", "1.0": "2.0", "02": "17"}[target]
    monkeypatch.chdir(tmp_path)
    table = students()
    table.assign(passed=np.where(table["passed"] == "yes", target, other)).to_csv("class.csv", index=False)
    record(begin(Experiment(dataset="class.csv", epochs=15, **TASKS["classes"]))).finish()
    rows = table[:2].assign(passed=[target, target])  # one class alone: its type must not be guessed from these
    rows.to_csv("new.csv", index=False)
    said = json.loads(run("evaluate", "1", "new.csv", "--json").stdout)
    answers = load("1").predict(rows)
    with pytest.raises(GlassnetError):
        load("1").model.targets.codes(["neither"])
    codes = load("1").model.targets.codes(answers)
    own = next(code for code, name in enumerate(load("1").model.targets.classes or ()) if str(name).lower() in
               (target, target.removesuffix(".0")))  # fmt: skip
    assert said["metrics"]["file"]["accuracy"] == np.mean(codes == own)
