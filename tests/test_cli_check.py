"""`glassnet check` as a student meets it: red with the very point, green with the count, and plain exit codes."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from guests import glassnet, write_broken, write_good, write_guest
from mutants import QUIET

from glassnet.cli import main

BENT = '''
import numpy as np
from glassnet import Activation, hookimpl

def bent_identity():
    """Bent identity: nearly linear, never flat.

    f(z) = (sqrt(z^2 + 1) - 1) / 2 + z
    """
    return Activation(
        f=lambda z: (np.sqrt(z**2 + 1) - 1) / 2 + z,
        df=lambda z, a: z / (2 * np.sqrt(z**2 + 1)) + 1,
    )

@hookimpl
def activations():
    return [bent_identity]
'''
SLIP = BENT.replace("/ (2 * np.sqrt(z**2 + 1)) + 1", "/ np.sqrt(z**2 + 1) + 1")


def run(*words: str) -> Result:
    return CliRunner().invoke(main, ["--no-plugins", *words], prog_name="glassnet")


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path / "bent.py"


def test_a_wrong_slope_is_red_with_the_check_the_point_and_both_numbers(file: Path) -> None:
    file.write_text(SLIP)
    result = run("check", "bent.py")
    assert result.exit_code == 1
    assert "\n  slope: slope at z = " in result.output
    z, found, expected = (float(words.split()[0].rstrip(":,")) for words in _numbers(result.output))
    assert found == pytest.approx(z / (z**2 + 1) ** 0.5 + 1, rel=1e-4)
    assert expected == pytest.approx(z / (2 * (z**2 + 1) ** 0.5) + 1, rel=1e-4)
    assert "which is (f(x + h) - f(x - h)) / 2h with h = 1e-5" in result.output
    assert "Why it matters: Training follows the slope" in result.output
    assert "14 checks ran: 12 passed, 1 failed, 0 expected failures, 1 with advice" in result.output


def _numbers(output: str) -> list[str]:
    line = next(line for line in output.splitlines() if "slope at z =" in line)
    return [line.split(mark)[1] for mark in ("at z = ", "df gives ", "differences give ")]


def test_the_right_slope_is_green_with_the_count(file: Path) -> None:
    file.write_text(BENT)
    result = run("check", "bent.py")
    assert result.exit_code == 0
    assert result.output.splitlines()[0].startswith("activation local/bent_identity  (")
    assert "slope             passed          105 points" in result.output
    assert result.output.splitlines()[-1] == (
        "1 part, 14 checks ran: 13 passed, 0 failed, 0 expected failures, 1 with advice; 3 not applicable"
    )


def test_json_is_a_list_of_plain_findings(file: Path) -> None:
    file.write_text(SLIP)
    result = run("check", "bent.py", "--json")
    findings = json.loads(result.output)
    assert result.exit_code == 1
    assert all(list(one) == ["part", "check", "required", "result", "message"] for one in findings)
    results = {one["check"]: one["result"] for one in findings}
    assert results["slope"] == "failed" and results["loads"] == "passed" and results["jacobian"] == "not applicable"
    assert {one["part"] for one in findings} == {"local/bent_identity"}
    assert {one["check"] for one in findings if not one["required"]} == {"paper", "units"}


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("x = 1\n", "has no hook: write a function decorated with @hookimpl"),
        ("from glassnet import hookimpl\n@hookimpl\ndef losses():\n    return []\n", "so it provides no part"),
        ("import nowhere_to_be_found\n", "No module named 'nowhere_to_be_found'"),
        ("def broken(:\n", "SyntaxError: invalid syntax"),
        ("import sys\nsys.exit(3)\n", "it called sys.exit(3)"),
        (BENT.replace("@hookimpl\n", ""), "activations() lacks its decorator: write @hookimpl above it"),
    ],
)
def test_a_file_that_yields_no_part_fails_the_check_loads(source: str, words: str, file: Path) -> None:
    file.write_text(source)
    result = run("check", "bent.py")
    assert result.exit_code == 1 and words in result.output and "What to do: " in result.output
    assert "1 check ran: 0 passed, 1 failed" in result.output
    (finding,) = json.loads(run("check", "bent.py", "--json").output)
    assert (finding["part"], finding["check"], finding["result"]) == ("bent.py", "loads", "failed")


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (["relo"], "there is no part and no plugin 'relo'. Did you mean 'relu'?"),
        (["nowhere.py"], "there is no file 'nowhere.py': give the path of an existing .py file"),
        (["relu", "--kind", "loss"], "there is no loss 'relu'. 'relu' is the name of another kind: activation."),
        (["relu:slope=2"], "glassnet/relu has no option 'slope'"),
        (["leaky_relu:slope=2"], "slope=2 is out of range"),
        ([], "what is to be checked? Give one of: a NAME, a plugin, a FILE.py, or --all"),
        (["relu", "--all"], "what is to be checked?"),
        (["--all", "--kind", "optimiser"], "there is no kind 'optimiser'. Did you mean 'optimizer'?"),
    ],
)
def test_what_can_not_be_checked_is_one_line_and_exit_code_2(given: list[str], words: str, file: Path) -> None:
    result = run("check", *given)
    assert result.exit_code == 2 and words in result.output
    assert result.output.count("\n") == 1


def test_several_parts_take_a_line_each_and_what_fails_is_shown_in_full(file: Path) -> None:
    file.write_text(
        SLIP
        + BENT.replace("bent_identity", "upright")
        .replace("def activations", "def more")
        .replace("@hookimpl", "@hookimpl(specname='activations')")
    )
    result = run("check", "bent.py")
    assert result.exit_code == 1
    assert "FAILED  activation local/bent_identity  (" in result.output
    assert "ok      activation local/upright: 13 passed, 3 not applicable" in result.output
    assert "2 parts, 28 checks ran: 25 passed, 1 failed" in result.output


def test_a_name_that_two_kinds_have_checks_both(file: Path) -> None:
    output = run("check", "glassnet", "--kind", "schedules").output
    assert output.count("\nok ") + output.startswith("ok ") == 7 and "7 parts, " in output
    file.write_text(QUIET.replace("specimen", "sgd"))
    result = run("--plugin", "bent.py", "check", "sgd")
    assert "ok      activation local/sgd" in result.output and "ok      optimizer glassnet/sgd" in result.output


def test_all_is_red_where_a_plugin_can_not_be_loaded(tmp_path: Path) -> None:
    write_broken(tmp_path)
    done = glassnet("check", "--all", "--kind", "initializer", path=[tmp_path])
    assert done.returncode == 1
    assert "FAILED  plugin broken-import" in done.stdout and "it called sys.exit(3)" in done.stdout
    assert "ok      initializer glassnet/he_normal" in done.stdout


def test_a_distribution_is_checked_by_its_name_however_it_is_written(tmp_path: Path) -> None:
    write_guest(tmp_path, "my-parts", QUIET)
    write_good(tmp_path, "other-parts", "line")
    done = glassnet("check", "My_Parts", path=[tmp_path])
    assert done.returncode == 0, done.stdout + done.stderr
    assert "activation my-parts/specimen" in done.stdout and "1 part, " in done.stdout
    poor = glassnet("check", "other-parts/line", path=[tmp_path])
    assert poor.returncode == 1 and "documented: " in poor.stdout  # its one line ends without a full stop


def test_a_broken_distribution_says_why_and_strict_is_exit_code_3(tmp_path: Path) -> None:
    write_guest(tmp_path, "broken-import", "import no_such_library_anywhere")
    done = glassnet("check", "broken-import", path=[tmp_path])
    assert done.returncode == 1 and "loads: quarantined: ModuleNotFoundError" in done.stdout
    assert done.stderr == ""
    strict = glassnet("--strict-plugins", "check", "relu", path=[tmp_path])
    assert strict.returncode == 3 and "broken-import 1.0" in strict.stderr


def test_a_lessons_page_is_checked_by_its_path(tmp_path, monkeypatch):
    """While it is written: it needs no package, and commands that are told name the path."""
    monkeypatch.chdir(tmp_path)
    page = "# One\n\n:::choice why\nWhy?\n- [x] Because => So it is.\n- [ ] Never => No.\n- [ ] Always => Not always.\n"
    (tmp_path / "one.md").write_text(page + "? Think.\n:::\n", encoding="utf-8")
    done = CliRunner().invoke(main, ["check", "one.md"])
    assert done.exit_code == 0, done.output
    assert f"lesson given/one  ({tmp_path / 'one.md'}:1)" in " ".join(done.output.split("\n"))
    told = CliRunner().invoke(main, ["lesson", "one.md", "--start"])
    assert "glassnet lesson one.md --check" in told.output
    absent = CliRunner().invoke(main, ["check", "two.md"])
    assert absent.exit_code == 2 and "there is no file 'two.md'" in absent.output
