"""What a table of the training told about marks and dates holds for the rows that its model gets later."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from glassnet.cli import main
from glassnet.data.tables import read_table

ROWS = range(80)
#: The cells of training, a cell that alone does not tell, and the number that it is.
WRITTEN = {
    "thousands points": ([f"{1 + i * 37 % 9}.{i * 131 % 1000:03d},5" for i in ROWS], "1.234", 1234),
    "decimal commas": ([f"{i * 37 % 9},{i * 131 % 1000:03d}1" for i in ROWS], "1,234", 1.234),
    "thousands commas": ([f"{1 + i * 37 % 9},{i * 131 % 1000:03d}.50" for i in ROWS], "1,234", 1234),
    "thousands only": ([f"{1 + i % 9}.{i * 131 % 1000:03d}" if i % 3 else f"{i}" for i in ROWS], "1.234", 1234),
    "the day first": ([f"{1 + i % 28}/{1 + i % 12}/2024" for i in ROWS], "3/4/2024", "2024-04-03"),
    "the month first": ([f"{1 + i % 12}/{1 + i % 28}/2024" for i in ROWS], "3/4/2024", "2024-03-04"),
}


@pytest.mark.parametrize("separator", ["\t", ";", ","])
@pytest.mark.parametrize("way", WRITTEN)
def test_a_cell_that_does_not_tell_is_read_as_those_of_the_training(
    way: str, separator: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cells, alone, number = WRITTEN[way]
    monkeypatch.chdir(tmp_path)
    quoted = [f'"{cell}"' for cell in (*cells, alone)]
    lines = [f"{cell}{separator}{i % 7}{separator}{i % 2}" for i, cell in enumerate(quoted)]
    head = f"x{separator}b{separator}y"
    Path("train.csv").write_text("\n".join([head, *lines[:-1]]))
    Path("new.csv").write_text("\n".join([head, lines[-1], lines[-1]]))
    if separator == "," and way == "thousands only":
        return  # between commas a point is taken for a decimal mark, and the account says so
    if way == "thousands only":
        assert read_table("train.csv", "y").X["x"].max() > 1000
    words = "train train.csv --target y --epochs 1 --no-report --quiet --keep x"
    assert CliRunner().invoke(main, words.split()).exit_code == 0
    from glassnet import load

    (value, _) = load("runs/0001-train").handed("new.csv").X["x"]
    assert (str(value)[:10] if isinstance(number, str) else value) == number


def test_a_large_table_tells_as_a_small_one_does(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("x;b;y\n" + "\n".join(f"{i % 9},{i * 131 % 1000:04d};{i % 7};{i % 2}" for i in range(20_000)))
    assert path.stat().st_size > 200_000
    assert read_table(path, "y").told == ("decimal=,",)


def test_words_that_columns_contradict_are_not_kept(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    rows = [f"{i},{i % 10}1;{i}/12/2024;12/{i}/2024;{i % 2}" for i in range(13, 28)]
    path.write_text("a;b;c;y\n" + "\n".join(rows))
    assert read_table(path, "y").told == ("decimal=,",)


def test_a_run_of_before_has_told_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from glassnet import load

    monkeypatch.chdir(tmp_path)
    Path("train.csv").write_text("a,b,y\n" + "\n".join(f"{i},{i % 5},{i % 2}" for i in range(60)))
    words = "train train.csv --target y --epochs 1 --no-report --quiet"
    assert CliRunner().invoke(main, words.split()).exit_code == 0
    file = Path("runs/0001-train/provenance.json")
    kept = json.loads(file.read_text())
    assert kept.pop("told") == []
    file.write_text(json.dumps(kept))
    assert len(load("runs/0001-train").handed("train.csv")) == 60
