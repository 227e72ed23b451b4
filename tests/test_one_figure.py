"""House prices: one and the same figure by command, on the page, in a notebook, beside other runs and in a sweep."""

import html
import json
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from glassnet import Run, load
from glassnet.cli import main

METRIC = "root_mean_squared_error"
CHOICES = ("--target", "price", "--epochs", "3", "--hidden", "4", "--metric", METRIC)


def glassnet(*words: str) -> str:
    done = CliRunner().invoke(main, ["--no-plugins", *words], prog_name="glassnet", catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A table of houses, and two networks that have learned little of them."""
    folder = tmp_path_factory.mktemp("houses")
    rng = np.random.default_rng(3)
    rooms, age = rng.integers(2, 9, 200), rng.uniform(0, 90, 200)
    price = 60_000 * rooms - 900 * age + rng.normal(0, 20_000, 200)
    lines = [f"{r},{a:.1f},{p:.0f}" for r, a, p in zip(rooms, age, price, strict=True)]
    (folder / "houses.csv").write_text("\n".join(["rooms,age,price", *lines]) + "\n", encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setenv("GLASSNET_REPORT", "off")
        for seed in ("0", "1"):
            (folder / f"{seed}.txt").write_text(glassnet("train", "houses.csv", *CHOICES, "--seed", seed))
        yield folder


@pytest.fixture(scope="module")
def run(folder: Path) -> Run:
    return load(1, folder / "runs")


@pytest.fixture(scope="module")
def said(run: Run) -> str:
    """The score as it has to be everywhere: dollars in whole numbers, with separators, whatever rounds them."""
    value = json.loads((run.folder / "metrics.json").read_text(encoding="utf-8"))["metrics"]["test"][METRIC]
    assert value > 10_000  # or there would be decimals
    return format(round(value), ",d")


def test_training_and_evaluating_say_it_in_a_table_and_in_a_line(folder: Path, said: str) -> None:
    for output in ((folder / "0.txt").read_text(), glassnet("evaluate", "1")):
        (line,) = (line for line in output.splitlines() if line.split()[:1] == [METRIC])
        assert said in line.split() and "e+" not in line


def test_the_score_that_counts_is_the_same_in_a_line_and_in_the_list_of_runs(folder: Path, run: Run) -> None:
    value = run.result["metrics"]["validation"]["r2"]
    assert 1 < abs(value) < 10  # four digits: one before the point, three behind it
    assert f"validation r2 {value:.3f}, test r2 " in glassnet("train", "houses.csv", *CHOICES, "--quiet")
    assert f"r2 {value:.3f} " in next(line for line in glassnet("runs").splitlines() if "0001-houses" in line)


def test_a_comparison_says_it(said: str) -> None:
    compared = glassnet("compare", "1", "2", "--rows", "test")
    assert any(line.split()[:2] == ["0001-houses", said] for line in compared.splitlines())
    assert not re.search(r"\d(\.\d+)?e\+\d", compared)


def test_the_page_and_the_notebook_say_it(run: Run, said: str) -> None:
    glassnet("report", "1", "2", "--output", "both.html")
    glassnet("report", "1", "--output", "one.html")
    held = format(round(run.result["metrics"]["validation"][METRIC]), ",d")  # what several runs are chosen by
    one, both = (Path(name).read_text(encoding="utf-8") for name in ("one.html", "both.html"))
    for page, wanted in ((run._repr_html_(), said), (one, said), (both, held)):
        words = html.unescape(re.sub(r"<svg.*?</svg>", "", page, flags=re.S))
        assert f">{wanted}<" in words and "e+0" not in re.sub(r"data:[^\"]*", "", words)


def test_a_sweep_says_its_scores_in_the_same_way_and_names_its_points_in_three_digits() -> None:
    output = glassnet(
        "sweep", "houses.csv", *CHOICES, "--over", "optimizer.lr=1e-4..1:log:4", "--over", "l2=1e-3..3:log:3"
    )
    assert "over       optimizer.lr: 0.0001, 0.00215, 0.0464, 1\nover       l2: 0.001, 0.0548, 3\n" in output
    assert not re.search(r"\d{6}|e\+", output), output
    table = Path("sweeps/0001-houses/table.csv").read_text(encoding="utf-8").splitlines()
    exact = [line.split(",") for line in table[1:]]
    assert {cells[2] for cells in exact} == {"0.001", "0.0547722557505", "3"}  # what was trained, as --set reads it
    shown = [line.split() for line in output.splitlines() if line.startswith((" 0.", " 1 "))]
    assert {cells[1] for cells in shown} == {"0.001", "0.0548", "3"}
    best = float(exact[0][3])
    assert shown[0][2] == format(round(best), ",d")


def test_machines_get_every_digit(run: Run) -> None:
    value = json.loads(glassnet("evaluate", "1", "--json"))["metrics"]["test"][METRIC]
    assert value == run.score(metric=METRIC).value and value != round(value)
