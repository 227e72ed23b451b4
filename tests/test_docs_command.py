"""`glassnet docs`: the manual comes along with every installed glassnet."""

import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from glassnet.cli import main
from glassnet.cli.docs import pages

ROOT = Path(__file__).parent.parent


def docs(*words: str) -> Result:
    return CliRunner().invoke(main, ["docs", *words], prog_name="glassnet")


def test_all_pages_are_listed_each_with_what_it_is_about():
    lines = docs().output.splitlines()
    assert lines[0].split(None, 1) == ["PAGE", "WHAT IT IS ABOUT"]
    names = [path.stem for path in sorted((ROOT / "docs").glob("*.md"))]
    assert [line.split()[0] for line in lines[1 : len(names) + 1]] == names == list(pages())
    assert ["publish", "Publish a part"] in [line.split(None, 1) for line in lines]


@pytest.mark.parametrize("name", ["publish", "Publish", "publish.md", "docs/publish.md"])
def test_a_page_is_printed_as_it_is_written(name):
    assert docs(name).output == (ROOT / "docs" / "publish.md").read_text()


def test_a_page_is_found_by_an_editor():
    assert docs("publish", "--path").output == f"{ROOT / 'docs' / 'publish.md'}\n"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["publsh"], "there is no page 'publsh'. Did you mean 'publish'? Pages: architecture, "),
        (["--path"], "--path is about one page: name it"),
    ],
)
def test_what_is_not_there_is_one_line(words, message):
    outcome = docs(*words)
    assert outcome.exit_code == 2 and message in outcome.output and outcome.output.count("\n") == 1


def test_a_terminal_shows_it_set(monkeypatch, capsys):
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    main(["docs", "coverage"], standalone_mode=False)
    said = capsys.readouterr().out
    assert "# " not in said.splitlines()[0] and "│" not in said.splitlines()[0]


def test_the_wheel_takes_the_pages_along_and_nothing_that_builds_the_site():
    wheel = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["hatch"]["build"]["targets"]["wheel"]
    assert wheel["sources"]["docs"] == "glassnet/_docs" and wheel["exclude"] == ["docs/site"]
    assert {path.suffix or path.name for path in (ROOT / "docs").iterdir() if path.name != "__pycache__"} == {
        ".md",
        "site",
    }
