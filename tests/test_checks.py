"""The contract: all that we ship keeps it, nobody gets favours, and every front end says the same."""

import hashlib
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import numpy as np
import pytest
from click.testing import CliRunner, Result
from guests import environment, glassnet, python, write_good, write_guest
from mutants import GALLERY, QUIET
from waiting import PATIENCE

import glassnet as face
from glassnet import Activation, GlassnetError, Loss, builtin
from glassnet.catalog import Catalog, Option
from glassnet.checks import (
    ContractBroken,
    Finding,
    Outcome,
    Report,
    contract_tests,
    iter_checks,
    promises_of,
    run_checks,
    select,
)
from glassnet.checks.cases import cases_of, moved_values
from glassnet.checks.testing import judge
from glassnet.cli import main
from glassnet.kinds import KINDS, Range
from glassnet.slopes import own_slopes, slopes_of_sum

ROOT = Path(__file__).parent.parent
CATALOG = Catalog.discover(guests=False)

#: The ids that tools may rely on: a check that is taken out or renamed shows here.
EVERY_KIND = "loads documented options repeatable no-global-random quiet-import input-untouched"
ADVICE = "paper units"
IDS = {
    "activation": "slope derived-slope elementwise jacobian shape dtype finite stackable",
    "loss": "rowwise gradient score-pair finite dtype stackable",
    "optimizer": "descends state any-length dtype",
    "initializer": "spread",
    "schedule": "range",
    "metric": "direction weights few-rows",
    "dataset": "rows-agree finite classes task disjoint-test provenance",
    "plot": "draws no-pyplot labelled",
    "engine": "same-start same-steps refuses script-runs",
    "command": "helps own-name quiet",
    "lesson": "page-runs claims-filled right-accepted wrong-refused wrong-explained stub-open hints order offline "
    "in-time accessible",
    "exhibit": "wrong-differs mended-right caught",
}

# Every part that we ship, every check: the same line that an author writes.
test_built_ins = contract_tests("glassnet", minimum=1000, download=False)


def good_activation() -> Activation:
    """A tanh.

    f(z) = tanh(z)
    """
    return Activation(f=np.tanh, df=lambda z, a: 1 - a**2)


def bad_activation() -> Activation:
    """A tanh with <a> slip.

    f(z) = tanh(z)
    """
    return Activation(f=np.tanh, df=lambda z, a: 1 - a)


# --- the list of checks -------------------------------------------------------------------------------------


def test_the_ids_are_stable() -> None:
    assert set(IDS) == set(KINDS)
    for kind, own in IDS.items():
        advice = f"strong {ADVICE}" if kind == "lesson" else ADVICE
        assert [p.id for p in promises_of(kind)] == f"{EVERY_KIND} {own} {advice}".split()
        assert [p.id for p in promises_of(kind) if not p.required] == advice.split()


@pytest.mark.parametrize("kind", KINDS)
def test_each_says_why_in_one_sentence(kind: str) -> None:
    for promise in promises_of(kind):
        assert promise.why.endswith(".") and 40 < len(promise.why) <= 220, promise.id
        assert not re.search(r"[.!?] [A-Z]", promise.why), promise.id
        assert promise.since == "0.1"


def test_the_page_of_checks_holds_each_of_them_with_its_sentence_and_no_other() -> None:
    page = (ROOT / "docs" / "checks.md").read_text(encoding="utf-8")
    written = re.findall(r"^\| `([a-z-]+)` \| (.+) \|$", page, re.MULTILINE)
    groups = [promises_of("activation")[:7]]
    groups += [promises_of(kind)[7:-2] for kind in IDS] + [promises_of("activation")[-2:]]
    assert written == [(promise.id, promise.why) for group in groups for promise in group]


def test_a_check_is_bound_to_its_part_and_can_run_again() -> None:
    checks = list(iter_checks(CATALOG.find("activation", "relu"), CATALOG))
    slope = next(check for check in checks if check.id == "slope")
    assert (slope.kind, slope.part.full_name, slope.required) == ("activation", "glassnet/relu", True)
    assert slope.run() == slope.run() == Outcome("passed", "104 points, 1 at kinks left out")


@pytest.mark.slow
def test_a_stranger_with_our_very_files_gets_the_very_same_results(tmp_path: Path) -> None:
    """Some kinds of each sort, formulas, arrays and figures: what a stranger is held to is not said kind by kind."""
    home = Path(builtin.__file__).parent
    kinds = ("activation", "loss", "initializer", "schedule", "metric")
    files = [home / f"{KINDS[kind].plural}.py" for kind in kinds]
    for path in files:
        shutil.copy(path, tmp_path / f"stranger_{path.name}")
    write_guest(tmp_path, "stranger", "", points={path.stem: f"stranger_{path.stem}" for path in files})

    def results(done: subprocess.CompletedProcess[str] | Result) -> list[tuple[str, ...]]:
        found = json.loads(done.stdout)
        return sorted((one["part"].partition("/")[2], one["check"], one["result"]) for one in found)

    theirs = glassnet("check", "stranger", "--json", path=[tmp_path])
    assert theirs.returncode == 0, theirs.stdout[-2000:] + theirs.stderr
    ours = [CliRunner().invoke(main, ["--no-plugins", "check", "glassnet", "--kind", kind, "--json"]) for kind in kinds]
    assert len(results(theirs)) >= 500
    assert results(theirs) == sorted(line for done in ours for line in results(done))


# --- how it looks -------------------------------------------------------------------------------------------


def test_differences_are_the_slopes_that_calculus_gives() -> None:
    x = np.linspace(-3, 3, 12).reshape(4, 3) + 0.05
    found = own_slopes(np.sin, x)
    np.testing.assert_allclose(found.central, np.cos(x), atol=1e-9)
    assert not found.kink.any() and found.disagreement(np.cos(x), x) is None
    assert found.disagreement(np.cos(x) + 1e-3 * (x > 2), x) == (3, 1)  # the smallest of those that are off
    upstream = np.arange(12.0).reshape(4, 3)
    back = slopes_of_sum(lambda z: z * z.sum(axis=1, keepdims=True), x, upstream)
    expected = upstream * x.sum(axis=1, keepdims=True) + (upstream * x).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(back.central, expected, rtol=1e-7)


def test_kinks_are_where_one_sided_slopes_disagree() -> None:
    x = np.array([[-1.0, 0.0, 1.0, 1.000004]])
    assert own_slopes(np.abs, x).kink.tolist() == [[False, True, False, False]]
    assert own_slopes(lambda z: np.heaviside(z - 1, 1), x).kink.tolist() == [[False, False, True, True]]


@pytest.mark.parametrize(
    ("option", "value", "others"),
    [
        (Option("a", float, 1.0), 1.0, [0.5]),
        (Option("a", float, 1.0, range=Range(0.9)), 1.0, [2.0]),
        (Option("a", float, 0.0, range=Range(0)), 0.0, [0.5]),
        (Option("a", float, 0.9, range=Range(0, 1)), 0.9, [0.45]),
        (Option("a", float, 0.0, range=Range(0, 0)), 0.0, []),
        (Option("a", int, 3), 3, [4]),
        (Option("a", int, 3, range=Range(1, 3)), 3, [2]),
        (Option("a", bool, True), True, [False]),
        (Option("a", str, "x", choices=("x", "y", "z")), "x", ["y", "z"]),
        (Option("a", str, "x"), "x", []),
        (Option("a", float, None, optional=True), None, []),
    ],
)
def test_options_move_to_another_value_within_their_range(option: Option, value: object, others: list[object]) -> None:
    found = list(moved_values(option, value))
    assert found == others and all(type(one) is option.type for one in found)


def test_every_option_of_a_part_gets_its_own_case_with_the_rest_as_they_are() -> None:
    cases = cases_of(CATALOG.choose("optimizer", "momentum:lr=0.1"), lambda: CATALOG, False)
    assert [case.moved for case in cases] == ["", "lr", "momentum", "lr_place"]
    assert cases[2].choice.options == {"lr": 0.1, "momentum": 0.45, "lr_place": "inside"}
    assert cases[2].prefix == "with momentum=0.45: "


def test_options_that_a_part_refuses_in_words_are_no_fault_and_a_riddle_is_one() -> None:
    def band(low: float = 0.0, high: float = 0.4) -> Activation:
        """A band.

        f(z) = low + (high - low) sigmoid(z), for low below high
        """
        if low >= high:
            raise error(f"low={low} must be below high={high}")
        return Activation(f=lambda z: low + (high - low) * (1 + np.tanh(z)) / 2)

    def results() -> dict[str, str]:
        report = face.check(band, "activation")
        return {one.check: one.result for one in report.findings}

    error: type[Exception] = ValueError
    assert results()["loads"] == "passed"
    error = IndexError
    assert results()["loads"] == "failed"


# --- data that are not here ---------------------------------------------------------------------------------


def test_rows_that_are_not_here_are_not_fetched_unasked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GLASSNET_DATA_MIRROR", raising=False)
    monkeypatch.setenv("GLASSNET_CACHE", str(tmp_path))
    report = run_checks(select("pima", CATALOG), CATALOG)
    by_id = {one.check: one for one in report.findings}
    words = "its rows are not on this machine (pima/pima-indians-diabetes.csv; see --download)"
    assert (by_id["loads"].result, by_id["loads"].message) == ("not applicable", words)
    assert by_id["rows-agree"].message == "its rows are not here: see loads"
    assert by_id["documented"].result == by_id["quiet-import"].result == "passed"
    assert list(tmp_path.iterdir()) == [] and "GLASSNET_DATA_MIRROR" not in __import__("os").environ


def test_download_goes_where_the_mirror_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GLASSNET_DATA_MIRROR", "http://127.0.0.1:9")  # nobody listens there
    monkeypatch.setenv("GLASSNET_CACHE", str(tmp_path))
    report = run_checks(select("pima", CATALOG), CATALOG, download=True)
    assert report.findings[0].result == "not tried" and "Tried: http://127.0.0.1:9/pima" in report.findings[0].message
    assert not report.ok and report.summary.endswith(" not applicable, 1 not tried")
    assert "not tried loads: pima/" in str(report)
    with pytest.raises(GlassnetError, match="pima loads: pima/"):
        report.raise_if_failed()


@pytest.mark.parametrize("content", ["6,148,72", None])
def test_a_mirror_that_has_another_file_fails_and_one_that_has_none_is_not_tried(
    content: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GLASSNET_DATA_MIRROR", str(tmp_path))
    if content:
        (tmp_path / "pima").mkdir()
        (tmp_path / "pima" / "pima-indians-diabetes.csv").write_text(content)
    loads = run_checks(select("pima", CATALOG), CATALOG, download=True).findings[0]
    assert loads.result == ("failed" if content else "not tried")
    assert (f"(another checksum: {hashlib.sha256(b'6,148,72').hexdigest()})" in loads.message) is bool(content)


def test_a_data_set_that_ends_in_a_riddle_is_not_excused() -> None:
    def offline(*, rng: np.random.Generator) -> face.Dataset:
        """Rows of nowhere.

        X and y.
        """
        raise ConnectionError("no route to host")

    report = face.check(offline)
    assert [one.check for one in report.failures] == ["loads"]
    assert "ConnectionError: no route to host" in report.failures[0].message


# --- in a notebook ------------------------------------------------------------------------------------------


def test_a_function_is_checked_and_the_report_reads_well() -> None:
    report = face.check(good_activation)
    assert report.ok and report.count("passed") == 13 and report.raise_if_failed() is None
    assert report.summary == (
        "1 part, 14 checks ran: 13 passed, 0 failed, 0 expected failures, 1 with advice; 3 not applicable"
    )
    assert repr(report).startswith("activation given/good_activation") and repr(report).endswith(report.summary)


def test_a_wrong_one_is_shown_with_its_input_and_both_numbers() -> None:
    report = face.check(bad_activation)
    assert not report.ok and [one.check for one in report.failures] == ["slope"]
    message = report.failures[0].message
    slip = re.search(r"slope at z = (\S+): df gives (\S+), central differences give (\S+),", message)
    assert slip, message
    z, found, expected = map(float, slip.groups())
    assert found == pytest.approx(1 - np.tanh(z), rel=1e-4) and expected == pytest.approx(1 - np.tanh(z) ** 2, rel=1e-4)
    with pytest.raises(ContractBroken, match="1 failed") as broken:
        report.raise_if_failed()
    assert "given/bad_activation slope: slope at z = " in str(broken.value)
    assert "why: Training follows the slope" in str(report)


def test_a_notebook_gets_a_table_that_escapes_what_it_shows() -> None:
    finding = Finding("a/b", "loss", "x.py:1", "finite", "Why.", True, "failed", "y < 0 & t > 1")
    html = Report((finding,))._repr_html_()
    assert "y &lt; 0 &amp; t &gt; 1" in html and ">✗</td>" in html and "1 failed" in html


def test_zero_checks_are_red() -> None:
    report = Report(())
    assert not report.ok
    assert report.summary.startswith("0 parts, 0 checks ran") and "nothing is proven" in report.summary
    with pytest.raises(ContractBroken, match="Nothing was checked"):
        report.raise_if_failed()
    idle = Finding("a/b", "loss", "", "finite", "Why.", True, "not applicable", "no")
    assert not Report((idle,)).ok


def test_advice_does_not_fail_a_part() -> None:
    advice = Finding("a/b", "loss", "", "paper", "Why.", False, "failed", "no source")
    report = Report((advice, Finding("a/b", "loss", "", "finite", "Why.", True, "passed", "")))
    assert report.ok and report.count("failed") == 0 and "1 with advice" in report.summary


@pytest.mark.parametrize("words", ["relu", "leaky_relu:slope=0.2", "glassnet/relu"])
def test_a_phrase_is_checked_with_its_options(words: str) -> None:
    assert face.check(words).ok


def test_what_is_no_part_is_said_in_words() -> None:
    def broken() -> Activation:
        raise RuntimeError("boom")

    for given, words in [
        (3, "3 is no part: give a function, or a name such as 'relu'"),
        (broken, "what kind of part is it? Say kind=..., because calling it raised RuntimeError"),
        (lambda: 3, "returned int: a part returns one of Activation, Loss, Optimizer"),
        ("relo", "there is no part and no plugin 'relo'. Did you mean 'relu'? Plugins: glassnet"),
        ("nowhere.py", "there is no file 'nowhere.py'"),
    ]:
        with pytest.raises(GlassnetError) as error:
            face.check(given)
        assert words in str(error.value)
    assert [one.check for one in face.check(broken, "activation").failures] == ["loads", "documented"]


def test_the_kind_is_told_from_the_bag() -> None:
    def absolute() -> Loss:
        """The mean absolute difference.

        value = mean of |y - t|
        """
        return Loss(
            lambda y, t: np.abs(y - t).mean(axis=1),
            lambda y, t: np.sign(y - t) / y.shape[1],
            "identity",
            "regression",
        )

    assert {one.kind for one in face.check(absolute).findings} == {"loss"}


def test_what_a_part_prints_or_warns_of_stays_inside(capsys: pytest.CaptureFixture[str]) -> None:
    def chatty() -> Activation:
        """A tanh that talks.

        f(z) = tanh(z)
        """
        print("hello")
        return Activation(f=lambda z: np.tanh(z) + 0 * np.sqrt(-1.0 - z * 0).real * 0, df=lambda z, a: 1 - a**2)

    chatty.__doc__ = good_activation.__doc__
    face.check(chatty, "activation")
    assert capsys.readouterr().out == ""


def test_a_loss_of_one_file_finds_the_output_of_the_same_file(tmp_path: Path) -> None:
    file = tmp_path / "pair.py"
    file.write_text(
        QUIET
        + dedent('''
        from glassnet import Loss

        def distance():
            """The mean squared difference.

            value = mean of (y - t)^2
            """
            return Loss(lambda y, t: ((y - t) ** 2).mean(axis=1), lambda y, t: 2 * (y - t) / y.shape[1],
                        "specimen", "regression")

        @hookimpl
        def losses():
            return [distance]
        '''),
        encoding="utf-8",
    )
    report = face.check(file)
    assert report.ok and {one.part for one in report.findings} == {"local/specimen", "local/distance"}


# --- in an author's test suite ------------------------------------------------------------------------------


def author(folder: Path, line: str, source: str | None = None) -> subprocess.CompletedProcess[str]:
    """Run an author's whole test file, the one line, beside a guest `my-parts` with one activation."""
    if source is None:
        write_good(folder, "my-parts", "line")
    else:
        write_guest(folder, "my-parts", source)
    test = folder / "test_contract.py"
    test.write_text(f"from glassnet import contract_tests\n\ntest_contract = {line}\n", encoding="utf-8")
    wide = {"COLUMNS": "250"}  # so that pytest cuts no message
    command = [sys.executable, "-m", "pytest", "-rA", "-p", "no:cacheprovider", "-p", "no:xdist", str(test)]
    return subprocess.run(
        command,
        env=environment(folder, **wide),
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


RIGHT = QUIET
WRONG = QUIET.replace("1 - a**2", "1 - a")


def test_one_line_tests_every_part_and_names_each_check(tmp_path: Path) -> None:
    done = author(tmp_path, 'contract_tests("my-parts", minimum=14)', RIGHT)
    assert done.returncode == 0, done.stdout
    assert "PASSED test_contract.py::test_contract[specimen-slope]" in done.stdout
    assert "PASSED test_contract.py::test_contract[the-checks]" in done.stdout
    assert "not applicable: it gives df" in done.stdout


def test_a_wrong_part_is_red_in_the_same_words_as_on_the_command_line(tmp_path: Path) -> None:
    done = author(tmp_path, 'contract_tests("my-parts")', WRONG)
    assert done.returncode == 1
    assert "FAILED test_contract.py::test_contract[specimen-slope] - Failed: slope at z = " in done.stdout
    assert "1 failed" in done.stdout
    assert "advice: its docstring names no source" in done.stdout  # said, not enforced


def test_an_expected_failure_is_strict(tmp_path: Path) -> None:
    line = 'contract_tests("my-parts", expected_failures={"specimen/slope": "the paper has it so"})'
    done = author(tmp_path / "wrong", line, WRONG)
    assert "XFAIL test_contract.py::test_contract[specimen-slope] - the paper has it so (slope at z" in done.stdout
    done = author(tmp_path / "right", line, RIGHT)
    assert done.returncode == 1
    assert "it was expected to fail (the paper has it so), but it is passed: take that back" in done.stdout


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('contract_tests("my-parts", minimum=99)', "expected at least 99: was a part taken out?"),
        ('contract_tests("my-parts", expected_failures={"specimen/slop": "x"})', "names 'specimen/slop', which is no"),
        ('contract_tests("my-parts", expected_failures={"specimen/slope": " "})', "gives no reason for 'specimen/slo"),
        ('contract_tests("my-partz")', "there is no part and no plugin 'my-partz'. Did you mean 'my-parts'?"),
        ('contract_tests("my-parts", kind="loss")', "my-parts provides no loss"),
    ],
)
def test_a_list_of_checks_that_is_not_what_was_meant_is_red(line: str, words: str, tmp_path: Path) -> None:
    done = author(tmp_path, line, RIGHT)
    assert done.returncode == 1 and words in done.stdout
    assert "FAILED test_contract.py::test_contract[the-checks]" in done.stdout


def test_a_plugin_that_can_not_be_loaded_is_red_with_the_reason(tmp_path: Path) -> None:
    done = author(tmp_path, 'contract_tests("my-parts")', "import no_such_library_anywhere")
    assert done.returncode == 1 and "No module named 'no_such_library_anywhere'" in done.stdout


def test_glassnet_needs_no_pytest() -> None:
    done = python("""
        import sys, glassnet
        _ = glassnet.contract_tests, glassnet.check("relu").raise_if_failed()
        print("pytest" in sys.modules)
    """)
    assert done.stdout.strip() == "False", done.stderr


def test_judging_without_a_reason_changes_nothing() -> None:
    failed = Outcome("failed", "so it is")
    assert judge(failed, "") is failed
    assert judge(failed, "known") == Outcome("expected failure", "known (so it is)")
    assert judge(Outcome("not applicable", ""), "known").result == "failed"


def test_the_gallery_is_large_enough_to_prove_something() -> None:
    assert len(GALLERY.mutants) >= 70


# --- what is right passes, however little or much its docstring says ------------------------------------------


@pytest.mark.parametrize(
    ("doc", "remark"),
    [
        ("Square: z^2.", "say next what is computed"),
        ("The larger of 0 and max(z, -z).", "say next what is computed"),
        ("Bends.", "hold the formula"),
        ("Bends.\n\nIt is a parabola.", "hold the formula"),
        ("A parabola.\n\nf(z) = z^2", ""),
    ],
)
def test_one_line_is_required_and_more_is_advice(doc: str, remark: str) -> None:
    def square() -> Activation:
        return Activation(lambda z: z**2, df=lambda z, a: 2 * z)

    square.__doc__ = doc
    found = {one.check: one for one in face.check(square).findings}
    assert found["documented"].result == "passed"
    assert remark in found["documented"].message and bool(remark) == bool(found["documented"].message)


@pytest.mark.parametrize("words", ["summed over the outputs", "the total of all outputs", "Summe", ""])
def test_a_sum_is_seen_from_what_it_does(words: str) -> None:
    def total() -> Loss:
        return Loss(lambda y, t: ((y - t) ** 2).sum(axis=1), lambda y, t: 2 * (y - t), "identity", "regression")

    total.__doc__ = f"Squares, {words}.\n\nvalue = (y - t)^2"
    report = face.check(total)
    assert report.ok
    assert next(one.message for one in report.findings if one.check == "rowwise") == "the sum over columns"

    def halved() -> Loss:
        """Squares, the sum over the columns.

        value = sum of (y - t)^2
        """
        return Loss(lambda y, t: ((y - t) ** 2).sum(axis=1), lambda y, t: y - t, "identity", "regression")

    assert [one.check for one in face.check(halved).failures] == ["gradient"]
