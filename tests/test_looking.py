"""`glassnet data show` and `head`, and `glassnet.look`: columns, classes and findings on screens, pages and in JSON."""

import json
import os
import pty
import re
import shlex
import struct
import sys
import termios
from fcntl import ioctl
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner, Result
from pages import Page
from sklearn.datasets import make_moons
from student_tables import houses, passengers, sound
from test_written_tables import split
from written_tables import ALL, Written

import glassnet
from glassnet import Catalog, Dataset, Experiment, GlassnetError, Training, load, look, record
from glassnet import run as begin
from glassnet.cli import main
from glassnet.experiment.repeating import command_of
from glassnet.pages import diagnose, page_of
from glassnet.runs import Run
from glassnet.tables import breadth

CATALOG = Catalog.discover(guests=False)
SCRIPT = "<script>alert(1)</script>"


pytestmark = pytest.mark.usefixtures("empty_folder")


def command(*words: str) -> Result:
    return CliRunner().invoke(main, ["--no-plugins", *words], prog_name="glassnet")


def on_a_screen(columns: int, *words: str) -> str:
    """What a terminal so wide gets, without colours."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.environ.update(COLUMNS=str(columns), TERM="xterm", NO_COLOR="1", PYTHONIOENCODING="utf-8")
        os.execv(sys.executable, [sys.executable, "-m", "glassnet", "--no-plugins", *words])
    ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
    text = b""
    while True:
        try:
            more = os.read(terminal, 65536)
        except OSError:  # how a terminal ends on Linux
            break
        if not more:
            break
        text += more
    os.close(terminal)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0, text.decode()
    return re.sub(r"\x1b\[[0-9;]*m", "", text.decode().replace("\r", ""))


def written(table: pd.DataFrame, name: str) -> str:
    table.to_csv(name, index=False)
    return name


# --- screens ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("columns", [60, 80, 120])
@pytest.mark.parametrize(("table", "target"), [(passengers, "Survived"), (houses, "SalePrice")])
def test_a_screen_of_any_width_cuts_neither_numbers_nor_names(columns: int, table, target: str) -> None:
    rows = table()
    text = on_a_screen(columns, "data", "show", written(rows, "table.csv"), "--target", target)
    assert all(breadth(line) <= columns for line in text.splitlines())
    seen = look("table.csv", target=target)
    assert all(f" {name} " in text for name in rows.columns)
    words = " ".join(text.split())
    for one in seen.columns:
        assert one.gaps in words and all(word in words for word in one.values.split())
    for finding in seen.findings or ():
        assert str(finding) in words
    assert words.count("…") == 0


def test_a_narrow_screen_gives_up_histograms_first() -> None:
    written(sound(), "trees.csv")
    assert "█" in on_a_screen(80, "data", "show", "trees.csv") and "█" not in on_a_screen(
        60, "data", "show", "trees.csv"
    )


@pytest.mark.parametrize("columns", [60, 120])
def test_the_first_rows_fit_a_screen_or_become_blocks(columns: int) -> None:
    table = passengers()
    text = on_a_screen(columns, "data", "head", written(table, "p.csv"), "-n", "3")
    assert all(breadth(line) <= columns for line in text.splitlines())
    for name in table.columns:
        assert name in text
    assert table["Name"][2] in text and table["Name"][3] not in text and f"{table['Fare'][1]:.10g}" in text


def test_pictures_are_drawn_a_class_each() -> None:
    text = on_a_screen(80, "data", "show", "digits8x8")
    assert all(breadth(line) <= 80 for line in text.splitlines()) and "⣿" in text
    assert re.search(r"^0 +1 +2 +3 +4 +5 +6 +7$", text, re.M) and "1,797 pictures of 8 × 8 pixels" in text


def test_a_terminal_without_unicode_gets_plain_characters(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("glassnet.cli.looking.can_print_dots", lambda: False)
    written(sound(), "trees.csv")
    out = command("data", "show", "trees.csv", "--target", "kind").stdout
    assert "#" in out and "█" not in out


# --- what it says -------------------------------------------------------------------------------------------


def test_numbers_are_those_of_pandas_and_numpy() -> None:
    table = houses()
    seen = {one.name: one for one in look(table, target="SalePrice").columns}
    for name in ("GrLivArea", "YearBuilt", "SalePrice"):
        one, told = seen[name], table[name].describe()
        assert (one.low, one.high, one.mean) == pytest.approx((told["min"], told["max"], told["mean"]))
        assert one.bars == tuple(np.histogram(table[name], 10)[0])
    assert dict(seen["Neighborhood"].counts) == table["Neighborhood"].value_counts().to_dict()
    assert seen["PoolQC"].missing == table["PoolQC"].isna().sum()
    assert seen["OverallQual"].bars == tuple(table["OverallQual"].value_counts().sort_index())
    assert (seen["SaleDate"].low, seen["SaleDate"].high) == tuple(
        str(table["SaleDate"].agg(f).date()) for f in ("min", "max")
    )


def test_without_a_target_there_are_columns_and_the_next_command() -> None:
    out = command("data", "show", written(passengers(), "p.csv")).stdout
    assert "What stands out" not in out and "PassengerId" in out
    assert "Column 'PassengerId' was dropped: it is called an id" in out
    assert out.endswith("next: glassnet data show p.csv --target COLUMN, which also says what stands out\n")


def test_with_a_target_the_next_command_leaves_out_what_must_go() -> None:
    out = command("data", "show", written(passengers(), "p q.csv"), "--target", "Survived").stdout
    assert out.endswith("next: glassnet train 'p q.csv' --target Survived --drop alive\n")
    assert "What stands out: copy of the target: 'alive' (no = 0, yes = 1)" in out
    out = command("data", "show", "p q.csv", "--target", "Survived", "--drop", "alive", "--header", "--missing", "?")
    said = "--target Survived --drop alive --header --missing '?'"
    assert out.stdout.endswith(f"next: glassnet train 'p q.csv' {said}\n")
    done = command("train", "p q.csv", "--target", "Survived", "--drop", "alive", "--epochs", "1", "--quiet")
    assert done.exit_code == 0


def test_columns_keep_their_order_and_all_have_a_role() -> None:
    table = passengers()
    words = {"target": "Survived", "drop": ("SibSp", "Fare"), "group": "Embarked"}
    seen = look(table, **words)
    assert [one.name for one in seen.columns] == list(table.columns)
    roles = {one.name: one.role for one in seen.columns}
    assert roles["SibSp"] == roles["Fare"] == "left out" and roles["Embarked"] == "group"
    assert all(one.rows == len(table) and one.values for one in seen.columns)


def test_json_says_all_of_it() -> None:
    told = json.loads(command("data", "show", written(houses(), "h.csv"), "--target", "SalePrice", "--json").stdout)
    assert told["rows"] == 500 and told["task"] == "regression" and told["target"] == ["SalePrice"]
    assert [one["name"] for one in told["columns"]] == list(houses().columns)
    assert {one["name"] for one in told["findings"]} == {"id", "constant", "copy", "mostly missing"}
    rows = json.loads(command("data", "head", "h.csv", "-n", "2", "--json").stdout)
    assert rows[1]["Id"] == 2 and rows[0]["PoolQC"] is None


def test_very_many_columns_are_named_up_to_a_number_and_all_on_request() -> None:
    wide = pd.DataFrame(np.random.default_rng(0).normal(size=(30, 70)).round(2)).add_prefix("c")
    out = command("data", "show", written(wide, "w.csv")).stdout
    assert "and 10 more columns: --all shows them" in out and " c59 " in out and " c60 " not in out
    assert " c69 " in command("data", "show", "w.csv", "--all").stdout


def test_a_sound_table_is_told_so() -> None:
    assert "\nNothing stands out.\n" in command("data", "show", written(sound(), "s.csv"), "--target", "kind").stdout
    assert "\nNothing stands out.\n" in command("data", "show", "iris").stdout


def test_what_nobody_can_train_on_is_shown_all_the_same() -> None:
    table = pd.DataFrame({"name": [f"person {i}" for i in range(40)], "passed": ["yes", "no"] * 20})
    done = command("data", "show", written(table, "t.csv"), "--target", "passed")
    assert done.exit_code == 0 and "Nobody can train on it as it is: no column is left to learn from" in done.stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("show gone.csv", "there is no file 'gone.csv'"),
        ("show s.csv --target knd", "there is no column 'knd'. Did you mean 'kind'?"),
        ("show irsi", "there is no dataset 'irsi'. Did you mean 'iris'?"),
        ("show iris --target species", "the dataset iris has its own target"),
        ("head s.csv -n 0", "0 is not in the range"),
    ],
)
def test_slips_are_one_line(words: str, said: str) -> None:
    written(sound(), "s.csv")
    done = command("data", *words.split())
    assert done.exit_code != 0 and said in done.stderr and "Traceback" not in done.stderr


@pytest.mark.parametrize("case", [case for case in ALL if case.names], ids=lambda case: case.style)
def test_any_table_of_other_tools_is_looked_at_as_it_is_read(case: Written) -> None:
    Path(case.file).write_bytes(case.content if isinstance(case.content, bytes) else case.content.encode())
    words = {"reading": case.words, "keep": tuple(name for name in case.known if name in split(case.names))}
    names = split(case.names)
    seen = look(case.file, catalog=CATALOG, **words)
    assert [one.name for one in seen.columns] == names and seen.rows == case.rows
    for target in (names[0], names[-1]):
        try:
            learned = look(case.file, catalog=CATALOG, target=target, **words)
        except GlassnetError:
            continue  # such as a target that is all text
        assert [one.name for one in learned.columns] == names
        assert {one.name: one.role for one in learned.columns}[target] == "target" and str(learned)


# --- in Python ----------------------------------------------------------------------------------------------


def test_everything_that_has_rows_can_be_looked_at() -> None:
    table = sound()
    path = written(table, "s.csv")
    words = Experiment(dataset=path, target="kind", epochs=1)
    training = begin(words, CATALOG)
    dataset = Dataset(table.drop(columns="kind"), table["kind"].to_numpy(), target_names=["kind"])
    for what, more in (
        (path, {"target": "kind"}), (Path(path), {"target": "kind"}), (table, {"target": "kind"}), (words, {}),
        (training, {}), (dataset, {}),
    ):  # fmt: skip
        seen = look(what, catalog=CATALOG, **more)
        assert seen.rows == 300 and {one.name for one in seen.columns} == set(table.columns)
        assert dict(seen.classes) == table["kind"].value_counts().to_dict() and seen.findings == ()
    with pytest.raises(GlassnetError, match="look at a table, a data set"):
        look(3)
    assert "kind" in glassnet.look(path).table().lines()[-1]


def test_a_notebook_shows_tables_in_which_every_name_is_escaped() -> None:
    table = passengers().rename(columns={"Fare": SCRIPT, "alive": f"{SCRIPT}2"})
    shown = look(table, target="Survived")._repr_html_()
    assert not Page(f"<html lang='en'><title>t</title><h1>x</h1>{shown}</html>").troubles
    assert "&lt;script&gt;" in shown and "copy of the target" in shown and SCRIPT not in shown
    assert re.search(r'<td style="text-align:left">[\d,]+ rows: ', shown)  # a sentence, though it begins with figures
    assert str(look(table, target="Survived")).startswith("DataFrame")


# --- after training -----------------------------------------------------------------------------------------


def trained(table: pd.DataFrame, **words: object) -> Run:
    written(table, "table.csv")
    training = begin(Experiment.from_mapping({"dataset": "table.csv", "epochs": 2} | words), CATALOG)
    return Run(record(training, command="glassnet train table.csv").finish().folder, CATALOG)


def test_the_account_of_the_rows_leads_the_page() -> None:
    page = page_of(trained(passengers(), target="Survived", drop=("SibSp",)))
    read = Page(page)
    assert read.troubles == []
    assert page.index('id="data"') < page.index('id="result"')
    for words in ("PassengerId", "left out", "male (", "0 (", "Text column 'Cabin' was dropped", "table.csv: 600 rows"):
        assert words in read.text
    assert "copy of the target" in read.text.lower() and "rows from low to high" in page
    assert "--drop alive: glassnet train table.csv --drop alive" in read.text


def test_the_green_box_is_there_only_where_nothing_is_remarked() -> None:
    places, half = make_moons(4000, noise=0.1, random_state=0)
    moons = pd.DataFrame(places.round(3), columns=["x", "y"]).assign(moon=np.where(half, "upper", "lower"))
    assert "Nothing stands out." in Page(page_of(trained(moons, target="moon", epochs=30))).text
    remarked = page_of(trained(moons.assign(town="Rennes"), target="moon", epochs=30))
    assert "Nothing stands out." not in Page(remarked).text and "healthy" not in remarked.partition("</style>")[2]
    assert "nothing asks for a change" in Page(remarked).text and "'town' (Rennes)" in Page(remarked).text


def test_train_says_what_stands_out_with_the_command_that_leaves_it_out() -> None:
    written(passengers(), "p.csv")
    out = command("train", "p.csv", "--target", "Survived", "--epochs", "2").stdout
    assert re.search(r"\nWhat stands out: copy of the target: .* Try --drop alive\b", out)
    assert "What stands out: constant" not in out and "What stands out: id" not in out  # remarks are the page's


def test_a_data_set_of_the_catalog_gets_no_words_for_tables() -> None:
    rows = sound()
    rows["code"] = np.where(rows["kind"] == "oak", 7, 3)
    source = Dataset(rows.drop(columns="kind"), rows["kind"].to_numpy())
    training = Training(Experiment(epochs=1), CATALOG, source=source).finish()
    found = {one.name: one for one in diagnose(Run.of(training))}
    assert found["copy of the target"].what_to_try == "training without code"


def test_a_table_that_was_read_by_words_is_repeated_by_them(tmp_path: Path) -> None:
    table = sound()
    table.to_csv("semi.csv", index=False, sep=";", decimal=",", na_rep="n.d.")
    words = {"reading": ("separator=;", "decimal=,", "missing=n.d.", "header=yes"), "drop": ("width",)}
    run = trained(table, **words, target="kind", dataset="semi.csv")
    again = command(*shlex.split(command_of(run.experiment))[1:], "--runs", str(tmp_path / "again"), "--json")
    assert again.exit_code == 0, again.output
    assert load(1, tmp_path / "again").experiment == run.experiment
    assert json.loads(again.stdout)["metrics"] == run.result["metrics"]


def test_a_date_is_shown_as_a_date_and_a_moment_as_a_moment(tmp_path: Path) -> None:
    rows = [f"2024-01-{i:02d},2024-01-{i:02d} 09:30,{i % 2}" for i in range(1, 29)]
    (tmp_path / "t.csv").write_text("\n".join(["day,moment,y", *rows]))
    shown = command("data", "head", "t.csv", "-n", "2").stdout
    assert "2024-01-02  2024-01-02 09:30:00" in shown and "00:00:00 " not in shown
