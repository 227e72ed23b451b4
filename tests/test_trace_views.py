"""`glassnet trace` as a student sees it: on the screen, as a page, as JSON; every matrix with formula and shape."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result
from guests import glassnet
from rich.console import Console

from glassnet import Catalog, Dataset, Experiment, Training, trace
from glassnet.cli import main
from glassnet.cli.matrices import SHADES, side_by_side
from glassnet.cli.trace import _print_check, read_rows
from glassnet.errors import GlassnetError
from glassnet.tracing import Card, Comparison, Matrix, Step, Trace
from glassnet.tracing.numbers import elided, shades, written
from glassnet.tracing.pages import MOST_SHOWN

CATALOG = Catalog.discover(guests=False)
CONSOLE = Console(width=120, highlight=False)
XOR = ("trace", "xor", "--hidden", "2", "--activation", "tanh")
WRONG = '''
import numpy as np
from glassnet import Activation, hookimpl

def bent():
    """Bent, with a slope that is a little off."""
    return Activation(f=np.tanh, df=lambda z, a: 1.001 * (1 - a**2))

@hookimpl
def activations():
    return [bent]
'''


pytestmark = pytest.mark.usefixtures("empty_folder")


def run(*words: str) -> Result:
    return CliRunner().invoke(main, ["--no-plugins", *words], prog_name="glassnet")


def printed(*words: str) -> str:
    done = run(*words)
    assert done.exit_code == 0, done.output
    return done.stdout


def error(*words: str) -> str:
    done = run(*words)
    assert done.exit_code == 2, done.output
    (line,) = done.stderr.splitlines()
    return line


def told(**changes: object) -> Trace:
    return trace(Experiment(dataset="xor", hidden=2, activation="tanh").replace(**changes), catalog=CATALOG)


def matrix(values: object, rows: tuple[str, ...] = (), columns: tuple[str, ...] = (), **words: str) -> Matrix:
    text = {"name": "A", "formula": "A = B", "shapes": "", "meaning": ""} | words
    return Matrix(values=np.asarray(values, float), rows=rows, columns=columns, **text)


# --- the screen ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("words", [XOR[1:], ("toy6", "--hidden", "none"), ("iris", "--batch-norm", "--hidden", "3")])
def test_every_formula_and_shape_is_on_the_screen(words: tuple[str, ...]) -> None:
    screen = printed("trace", *words)
    step = json.loads(printed("trace", *words, "--json"))["steps"][0]
    for card in step["cards"]:
        assert card["title"] in screen
        for one in card["matrices"]:
            assert one["formula"] in screen and one["shapes"] in screen and one["meaning"] in screen, one["name"]


def test_the_numbers_stand_under_their_names() -> None:
    lines = printed(*XOR).splitlines()
    at = next(number for number, line in enumerate(lines) if line.startswith("raw = inputs as given"))
    assert [line.split()[:3] for line in lines[at + 4 : at + 8]] == [
        ["row", "0", "0"], ["row", "1", "0"], ["row", "2", "1"], ["row", "3", "1"],
    ]  # fmt: skip
    assert lines[at + 3].split()[:2] == ["a", "b"]
    step = told().steps[0]
    shown = next(line for line in lines if line.startswith("unit 1"))
    assert shown.split()[2] == f"{step['W2'][0, 0]:.3f}"


def test_stages_come_in_the_order_of_the_step() -> None:
    screen = printed(*XOR)
    headings = [f"\n{name} ──" for name in ("Forward", "Loss", "Back", "Update")]
    places = [screen.index(heading) for heading in headings]
    assert places == sorted(places)
    assert screen.index("delta2 = (y - t) / n") < screen.index("da1 = delta2 W2ᵀ") < screen.index("dW1 = xᵀ delta1")


def test_plain_where_it_is_no_terminal_and_no_line_ends_in_blanks_or_is_too_long() -> None:
    done = glassnet("--no-plugins", *XOR)
    assert (done.returncode, done.stderr) == (0, "")
    assert "\x1b" not in done.stdout
    lines = done.stdout.splitlines()
    assert max(map(len, lines)) <= 100
    assert lines == [line.rstrip() for line in lines]


@pytest.mark.parametrize("width", [40, 80, 140])
def test_matrices_fit_the_width_and_wide_ones_say_what_is_left_out(width: int) -> None:
    wide = matrix(np.ones((30, 64)), tuple(f"row {i}" for i in range(30)), tuple(f"pixel_{i}" for i in range(64)))
    lines = [line.plain for line in side_by_side([wide, wide], width, 4)]
    assert max(map(len, lines)) <= width
    assert any("…" in line for line in lines) and any(line.startswith("…") for line in lines)
    assert "row 29" in "\n".join(lines) and "pixel_63" in lines[3]
    small = matrix([[1, 2]], ("row 0",), ("u", "v"))
    assert sum("A = B" in line.plain for line in side_by_side([small] * 4, width, 4)) == -(-4 // ((width + 4) // 14))


def test_colours_are_beside_the_numbers_and_only_in_a_terminal() -> None:
    lines = list(side_by_side([matrix([[2.0, -1.0, 0.1]], ("row 0",), ("u", "v", "w"))], 80, 4))
    numbers = next(line for line in lines if "row 0" in line.plain)
    assert numbers.plain.split() == ["row", "0", "2.000", "-1.000", "0.100"]
    assert {SHADES[3], SHADES[-2]} <= {str(span.style) for span in numbers.spans}
    assert SHADES[1] not in {str(span.style) for span in numbers.spans}
    console = Console(force_terminal=True, color_system="truecolor", width=80)
    with console.capture() as caught:
        console.print(numbers)
    assert "\x1b[30;48;2;" in caught.get()


def test_steps_are_listed_and_of_many_the_first_and_the_last_are_shown() -> None:
    screen = printed(*XOR, "--steps", "5", "--optimizer", "momentum:lr=0.5")
    assert re.findall(r"═ Step (\d)", screen) == ["1", "5"]
    found = json.loads(printed(*XOR, "--steps", "5", "--optimizer", "momentum:lr=0.5", "--json"))["steps"]
    assert [step["number"] for step in found] == [1, 2, 3, 4, 5]
    for step in found:
        assert f"{step['loss']:.6f}" in screen
    assert re.findall(r"═ Step (\d)", printed(*XOR, "--steps", "3")) == ["1", "2", "3"]


def test_layer_digits_and_rows() -> None:
    screen = printed(*XOR, "--layer", "2", "--rows", "0,3", "--digits", "9")
    assert "z2 = a1 W2 + b2" in screen and "z1 =" not in screen
    assert "row 3" in screen and "row 1" not in screen
    step = told().steps[0]
    assert f"{step['W2'][0, 0]:.8f}" in screen


@pytest.mark.parametrize(
    ("text", "rows"), [("4", 4), ("4,", [4]), ("0,5,17", [0, 5, 17]), (" 1, 2", [1, 2]), (None, None), (",", [])]
)
def test_rows_are_a_count_or_numbers(text: str | None, rows: object) -> None:
    assert read_rows(text) == rows


def test_rows_that_are_no_numbers() -> None:
    with pytest.raises(GlassnetError, match="--rows wants a number of rows, such as 4, or row numbers 0,5,17, not 'a'"):
        read_rows("a")


def test_check_is_a_table_with_a_verdict() -> None:
    screen = printed(*XOR, "--check")
    compared = next(iter(json.loads(printed(*XOR, "--check", "--json"))["steps"]))["comparisons"]
    assert all(one["relative"] <= 1e-6 for one in compared)
    for one in compared:
        verdict = "too small to check" if one["name"] == "db2" else "agrees"  # halves that cancel: a zero, computed
        assert re.search(rf"^\s+1 +{re.escape(one['name'])} +{one['size']} .* {verdict}", screen, re.MULTILINE), one
    assert "Too small to check, because rounding hides them: db2\n" in screen
    assert re.search(r"The other 42 slopes agree: the largest difference is \d.\de-\d+ of its matrix", screen)
    kinks = printed("trace", "xor", "--hidden", "2", "--scale", "none", "--check")
    assert "kinks left out: row 0, unit 1; row 0, unit 2" in kinks


def test_names_of_columns_are_no_markup_and_no_emoji() -> None:
    Path("odd.csv").write_text(
        "a[/],:cat:,[bold]b,c\n" + "".join(f"{i % 3},{i % 5},{i % 7},{i % 2}\n" for i in range(40))
    )
    words = ("trace", "odd.csv", "--target", "c", "--hidden", "2", "--activation", "relu", "--scale", "none", "--check")
    screen = printed(*words, "--rows", "4")
    assert "a[/]" in screen and ":cat:" in screen and "[bold]b" in screen
    kinks = Comparison("dW1", 1, 2, 0.5, 0.5, 1e-6, ("a[/], unit 1",))
    step = Step(1, 1, (0,), 0.5, 0.0, (), (kinks, Comparison("b[/]", 1, 2, 0.0, 0.0, 1e-6)))
    with CONSOLE.capture() as captured:
        _print_check(CONSOLE, Trace("t", {}, (1, 1), (1,), (step,)))
    assert "DIFFERS; kinks left out: a[/], unit 1" in captured.get() and "b[/]" in captured.get()


def test_slopes_that_rounding_hides_are_neither_right_nor_wrong() -> None:
    deep = ("trace", "moons", "--hidden", ",".join(["3"] * 20), "--activation", "sigmoid", "--rows", "5", "--check")
    told = json.loads(printed(*deep, "--json"))
    compared = told["steps"][0]["comparisons"]
    hidden = sorted(one["name"] for one in compared if one["too_small"])
    assert "dW1" in hidden and "dW21" not in hidden and all(one["ok"] for one in compared)
    screen = printed(*deep)
    assert re.search(r"^ +1 +dW1 .* too small to check *$", screen, re.MULTILINE)
    assert f"Too small to check, because rounding hides them: {', '.join(hidden)}" in screen
    count = sum(one["checked"] for one in compared if not one["too_small"])
    assert f"The other {count:,} slopes agree" in screen


def test_check_fails_for_a_wrong_slope(tmp_path: Path) -> None:
    (tmp_path / "bent.py").write_text(WRONG)
    words = ["--no-plugins", "--plugin", "bent.py", "trace", "xor", "--hidden", "2", "--activation", "bent"]
    done = CliRunner().invoke(main, [*words, "--check", "--html", "bent.html"])
    assert done.exit_code == 1
    assert "DIFFERS: dW1, db1, delta1, slope1 are not the slopes of this loss (at most 1e-06 is allowed)" in done.output
    assert 'class="wrong"' in Path("bent.html").read_text()
    assert CliRunner().invoke(main, [*words, "--check", "--layer", "2", "--json"]).exit_code == 1
    assert CliRunner().invoke(main, words).exit_code == 0


def test_a_run_is_traced_from_where_it_stands() -> None:
    printed("train", "xor", "--hidden", "2", "--epochs", "3", "--quiet")
    for name in ("last", "1", "0001-xor", "runs/0001-xor"):
        found = json.loads(printed("trace", name, "--json"))
        assert found["steps"][0]["number"] == 4
    line = error("trace", "last", "--hidden", "3", "--set", "l2=0")
    assert line == "Error: last is a run, and is shown as it was trained: leave --hidden, --set away"
    assert error("trace", "7").startswith("Error: no run '7'")
    guess = "Did you mean '0001-xor'? Name its folder, its number, or last; the latest in runs are: 0001-xor (`glass"
    for name in ("runs/0001-xr", "0002-xor"):
        assert error("trace", name).startswith(f"Error: no run '{name}'. {guess}")
        assert error("summary", name).startswith(f"Error: no run '{name}'. {guess}")
    assert error("trace", "runs/1").startswith("Error: no run 'runs/1': name its folder, its number, or last; the ")
    Path("2024-table.csv").write_text("a,b\n" + "1,0\n2,1\n" * 20)
    assert "2-" not in printed("trace", "2024-table.csv", "--target", "b", "--hidden", "none", "--rows", "2")[:3]


def test_bad_input_is_one_line_and_leaves_no_file() -> None:
    assert error(*XOR, "--layer", "3", "--html", "a.html").startswith("Error: there is no layer 3: layers are 1 to 2")
    assert error(*XOR, "--rows", "9", "--html", "a.html").startswith("Error: --rows 9: there are 4 training rows")
    assert error("trace").startswith("Error: name a dataset or a table")
    assert error("trace", "xr").startswith("Error: there is no dataset 'xr'. Did you mean 'xor'?")
    assert "give another --html" in error(*XOR, "--html", "nowhere/a.html")
    assert not Path("a.html").exists()
    Path("mine.html").write_text("precious")
    said = "Error: mine.html exists already and is left as it is: give another --html"
    assert error(*XOR, "--html", "mine.html") == said and Path("mine.html").read_text() == "precious"


# --- JSON ---------------------------------------------------------------------------------------------------


def test_json_holds_every_number_exactly_and_its_form_is_stable() -> None:
    whole = told(batch_norm=True, dropout=0.5)
    found = json.loads(whole.to_json(), parse_constant=pytest.fail)
    assert list(found) == ["format", "title", "experiment", "widths", "layers", "remarks", "steps"]
    assert (found["format"], found["widths"], found["layers"]) == (1, [2, 2, 1], [1, 2])
    (step,) = found["steps"]
    assert list(step) == ["number", "epoch", "rows", "loss", "penalty", "cards", "comparisons"]
    assert {tuple(card) for card in step["cards"]} == {("stage", "layer", "title", "words", "matrices")}
    keys = ["name", "formula", "shapes", "meaning", "shape", "rows", "columns", "values"]
    for card in step["cards"]:
        for one in card["matrices"]:
            assert list(one) == keys
            np.testing.assert_array_equal(np.array(one["values"]), whole.steps[0][one["name"]])
            assert list(np.shape(one["values"])) == one["shape"]
    assert Experiment.from_mapping(found["experiment"]).hidden == (2,)


def test_json_has_words_for_what_is_no_number() -> None:
    card = Card("forward", 1, "Layer 1", (matrix([[np.nan, np.inf], [-np.inf, 1.5]], ("a", "b"), ("c", "d")),))
    wrong = Comparison("d", 1, 1, float("inf"), float("inf"), 1e-6)
    whole = Trace("t", {}, (1, 1), (1,), (Step(1, 1, (0,), float("nan"), 0.0, (card,), (wrong,)),))
    found = json.loads(whole.to_json(), parse_constant=pytest.fail)["steps"][0]
    assert found["cards"][0]["matrices"][0]["values"] == [["NaN", "Infinity"], ["-Infinity", 1.5]]
    assert (found["loss"], found["comparisons"][0]["largest"], found["comparisons"][0]["ok"]) == (
        "NaN",
        "Infinity",
        False,
    )
    assert "nan" in whole.to_html()


def test_an_unknown_name_says_which_there_are() -> None:
    with pytest.raises(KeyError, match=r"'dW9': this step has raw, x, W1"):
        _ = told().steps[0]["dW9"]


# --- the page -----------------------------------------------------------------------------------------------


class Reader(HTMLParser):
    """The text of a page, its tags, and whether each is closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.said: list[str] = []
        self.cells: list[str] = []
        self.feed(text)
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] != "style":
            self.said.append(data)
            if self.open[-1] == "td":
                self.cells.append(data)


def test_the_page_has_every_matrix_with_formula_shape_and_numbers() -> None:
    printed(*XOR, "--html", "trace.html", "--steps", "2", "--check")
    read = Reader(Path("trace.html").read_text(encoding="utf-8"))
    text = " ".join(" ".join(read.said).split())
    found = json.loads(printed(*XOR, "--json", "--steps", "2"))
    for step in found["steps"]:
        for card in step["cards"]:
            assert card["title"] in text
            for one in card["matrices"]:
                assert one["formula"] in text and one["shapes"] in text
                for row in written(np.atleast_2d(np.array(one["values"])), 4):
                    assert set(row) <= {*read.cells, *text.split()}, one["name"]
    checked = json.loads(printed(*XOR, "--json", "--steps", "2", "--check"))["steps"]
    compared = [one for step in checked for one in step["comparisons"]]
    assert len(compared) == 20
    assert text.count("agrees") == sum(not one["too_small"] for one in compared) >= 18
    assert read.tags.count("section") == 2


def test_the_page_needs_nothing_else() -> None:
    text = told().to_html()
    read = Reader(text)
    assert not {"script", "link", "img", "iframe"} & set(read.tags)
    assert "http" not in text and "url(" not in text and "@import" not in text
    assert "prefers" in text or "color-scheme" in text
    ours = re.search(r"\.glassnet-trace \{(.*?)\}", text)
    assert ours and "background: Canvas" in ours[1]  # a light notebook on a dark system has a light page around it
    assert re.search(r"\.glassnet-trace table tr \{ background: none !important; color: inherit !important", text)


def test_names_from_data_are_text_and_nothing_else() -> None:
    nasty = "<script>alert(1)</script>"
    source = Dataset(np.eye(6)[:, :2], [nasty, "b"] * 3, feature_names=(nasty, "x & y"))
    training = Training(Experiment(hidden=2, loss="cross_entropy"), CATALOG, source=source)
    text = trace(training).to_html()
    assert "<script" not in text and "&lt;script&gt;" in text and "x &amp; y" in text
    assert nasty in " ".join(Reader(text).said)
    lines = " ".join(line.plain for line in side_by_side(trace(training).steps[0].matrices(), 80, 4))
    assert "<script>alert" in lines or "<script>al" in lines


def test_a_page_leaves_out_the_middle_of_huge_matrices_and_says_so() -> None:
    huge = matrix(np.arange(200 * 100.0).reshape(200, 100), tuple(map(str, range(200))), tuple(map(str, range(100))))
    whole = Trace("t", {}, (1, 1), (1,), (Step(1, 1, (0,), 0.0, 0.0, (Card("forward", 1, "Layer 1", (huge,)),)),))
    read = Reader(whole.to_html())
    assert "some are left out here" in " ".join(read.said)
    assert len(read.cells) <= (MOST_SHOWN + 1) ** 2 + 1
    assert "0" in read.cells and "19999" in read.cells and "…" in read.cells


def test_a_notebook_gets_the_page_without_its_frame() -> None:
    text = told()._repr_html_()
    Reader(text)
    assert "<html" not in text and "<body" not in text and 'class="glassnet-trace"' in text


# --- numbers ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "cells"),
    [
        ([0.0, 1.0, -3.0], ["0", "1", "-3"]),
        ([0.25, -0.125, 0.0], ["0.2500", "-0.1250", "0"]),
        ([12.3456, 0.5], ["12.35", "0.50"]),
        ([0.25, 3e-7], ["0.2500", "3.0e-07"]),
        ([1234.5678, 0.5], ["1234.6", "0.5"]),
        ([2e-7, 1e-9], ["2.000e-07", "1.000e-09"]),
        ([3.5e9, 0.0], ["3.500e+09", "0"]),
        ([np.nan, np.inf, 0.5], ["nan", "inf", "0.5000"]),
        ([0.05, 0.001], ["0.0500", "0.0010"]),
    ],
)
def test_numbers_are_written_with_the_digits_of_the_largest(values: list[float], cells: list[str]) -> None:
    (found,) = written(np.array([values]), 4)
    assert found == cells


@pytest.mark.parametrize("digits", [1, 4, 9, 17])
def test_what_is_written_is_the_number_to_that_many_digits(digits: int) -> None:
    values = np.random.default_rng(0).normal(size=(20, 5)) * 10.0 ** np.arange(-3, 2)
    for row, texts in zip(values, written(values, digits), strict=True):
        for value, text in zip(row, texts, strict=True):
            assert float(text) == pytest.approx(value, abs=0.51 * np.abs(values).max() * 10.0 ** (1 - digits) + 1e-12)
            assert (float(text) == 0) == (text == "0")
            assert (float(text) > 0) == (value > 0)


def test_shades_tell_sign_and_size() -> None:
    assert shades(np.array([[10.0, -10.0, 4.0, -2.0, 0.5, 0.0]])) == [[3, -3, 2, -1, 0, 0]]
    assert shades(np.zeros((2, 2))) == [[0, 0], [0, 0]]
    assert shades(np.array([[np.nan, np.inf, 1.0]])) == [[0, 0, 3]]


def test_a_file_is_as_wide_as_columns_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "76")
    assert max(map(len, printed("trace", "xor", "--hidden", "3").splitlines())) <= 76
    monkeypatch.setenv("COLUMNS", "wide")
    assert max(map(len, printed("trace", "xor", "--hidden", "3").splitlines())) > 76


def test_the_middle_gives_way() -> None:
    assert elided(3, 5) == [0, 1, 2]
    assert elided(10, 6) == [0, 1, 2, 3, None, 8, 9]
    assert elided(10, 2) == [0, None, 9]
