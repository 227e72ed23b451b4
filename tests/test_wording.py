"""Figures and counts as people read them."""

import ast
import math
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import glassnet
from glassnet import wording


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.9722, "0.9722"), (0.93, "0.9300"), (0.0, "0.0000"), (-0.0, "0.0000"), (1.0, "1.000"), (0.99996, "1.000"),
        (-2.65, "-2.650"), (148.31, "148.3"), (9999.4, "9999"), (9999.6, "10,000"), (42694.2, "42,694"),
        (166010, "166,010"), (9_999_999, "9,999,999"), (12_345_678, "1.235e+07"), (0.0001, "0.0001"),
        (0.000032, "3.2e-05"), (-0.00001, "-1e-05"), (math.nan, "–"), (None, "–"), (math.inf, "infinite"),
        (-math.inf, "-infinite"),
    ],
)  # fmt: skip
def test_one_rule_for_scores(value: float | None, text: str) -> None:
    assert wording.figure(value) == text


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_figure_is_near_its_value_and_never_a_negative_nothing(value: float) -> None:
    text = wording.figure(value)
    read = float(text.replace(",", ""))
    assert math.isclose(read, value, rel_tol=6e-4, abs_tol=5.1e-5) or abs(value) > 1e308
    assert not (text.startswith("-") and read == 0)
    assert ("e" in text) == (value != 0 and not 1e-4 <= abs(value) < 1e7)
    assert sum(one.isdigit() for one in text.lstrip("-0.").partition("e")[0].replace(",", "")) <= (
        7 if 9999 <= abs(value) < 1e7 else 4
    )


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.001, "0.001"), (12.5, "12.5"), (3.16227766e-05, "3.16e-05"), (1e-05, "1e-05"), (12345, "12,300"),
        (0.0372759, "0.0373"), (1.0, "1"), (-0.0, "0"), (2e7, "2e+07"), (0.00013, "0.00013"),
    ],
)  # fmt: skip
def test_settings_in_three_digits(value: float, text: str) -> None:
    assert wording.significant(value) == text


def test_counts_lists_durations_and_sizes() -> None:
    assert [wording.count(n, "input") for n in (0, 1, 2, 1200)] == ["0 inputs", "1 input", "2 inputs", "1,200 inputs"]
    assert wording.count(1, "class", "classes") == "1 class" and wording.count(3, "class", "classes") == "3 classes"
    assert [wording.listed("abc"[:n]) for n in range(4)] == ["", "a", "a and b", "a, b and c"]
    spans = (0.0123, 0.9999, 3.44, 59.99, 125, 3600, 3780)
    assert [wording.duration(s) for s in spans] == ["12 ms", "1.0 s", "3.4 s", "1 min", "2 min 5 s", "1 h", "1 h 3 min"]
    assert [wording.memory(n) for n in (310, 1536, 12 << 20, 3 << 30)] == ["310 B", "1.5 KiB", "12.0 MiB", "3.0 GiB"]


def test_differences_shares_and_numbers_beside_what_they_should_be() -> None:
    assert [wording.percent(x) for x in (0.053, 0.234, 1, 0, 0.0042, 0.996)] == [
        "5.3 %",
        "23 %",
        "100 %",
        "0 %",
        "0.42 %",
        "100 %",
    ]
    assert wording.tiny(2.24e-16) == "2.2e-16" and wording.tiny(0.5) == "5.0e-01"
    assert wording.exact(0.123456789) == "0.123457" and wording.exact(1 / 3, 8) == "0.33333333"
    assert wording.exact(math.nan) == "nan"  # what a part gave is said as it is
    assert wording.amount(12345) == "12,345"
    assert [wording.rows_of("train", n) for n in (1, 1437)] == ["1 training row", "1,437 training rows"]


def test_names_of_parts_and_metrics() -> None:
    assert (
        wording.ours("glassnet/adam:lr=0.01") == "adam:lr=0.01"
        and wording.ours("glassnet-lion/lion")[8:] == "-lion/lion"
    )
    assert wording.bare("glassnet/cross_entropy:factor=2") == "cross entropy" and wording.bare("a/b_c") == "b c"
    assert wording.metric("r2") == "R²" and wording.metric("mean_absolute_error") == "mean absolute error"


# --- one room ------------------------------------------------------------------------------------------------

#: Who may write figures by an own rule, and why.
OWN_RULE = {
    "wording.py": "it is the rule",
    "builtin/": "built-in parts rely on the public face alone, as guests do",
    "cli/drawing.py": "ticks of an axis drawn in letters",
    "pictures/dark.py": "percents of a style",
    "sweeps/axes.py": "a setting as --set reads it, no matter who",
    "tracing/numbers.py": "the cells of a matrix, which stand below each other",
}
PRECISION = re.compile(r"\.\d+[efgEFG%]$|,|[%efEF]$")  # of a format: digits, separators, percent, exponents
PERCENT = re.compile(r"%[-+0 #]*\d*\.\d+[efgEFG]")


def formats(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """(line, format) of all that turns a number into a text of so many digits."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FormattedValue) and isinstance(node.format_spec, ast.JoinedStr):
            parts = node.format_spec.values
            spec = "".join(str(one.value) if isinstance(one, ast.Constant) else "9" for one in parts)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "format":
            spec = str(getattr(node.args[-1], "value", "")) if len(node.args) > 1 else ""
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and PERCENT.search(node.value):
            yield node.lineno, node.value
            continue
        else:
            continue
        if PRECISION.search(spec) and "!r" not in ast.unparse(node):
            yield node.lineno, spec


SOURCES = sorted(Path(glassnet.__file__).parent.rglob("*.py"))
PAGES = sorted(Path(glassnet.__file__).parent.rglob("*.html"))


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_figures_for_people_are_written_in_one_room(path: Path) -> None:
    name = path.relative_to(Path(glassnet.__file__).parent).as_posix()
    if not name.startswith(tuple(OWN_RULE)):
        found = list(formats(ast.parse(path.read_text(encoding="utf-8"))))
        assert not found, f"{name} writes figures by a rule of its own (lines, formats): use glassnet.wording"


def test_the_search_finds_every_way_to_write_digits() -> None:
    ways = 'f"{x:.4f}" f"{x:,}" f"{x:.{n}g}" f"{x:>8.3g}" f"{x:.0%}" f"{x:%}" f"{x:,.1f}" "%.3g" format(x,".2e")'
    for way in ways.split():
        assert list(formats(ast.parse(way))), way
    for way in (
        'f"{x:>8}"',
        'f"{x:g}"',
        'f"{x!r:.60}"',
        'f"{text:.200}"',
        'f"{name:<{size}}"',
        '"100 %"',
        'f"{x:02d}"',
    ):
        assert not list(formats(ast.parse(way))), way
    for page in PAGES:
        assert not PERCENT.search(page.read_text(encoding="utf-8"))
    for name in OWN_RULE:
        assert (Path(glassnet.__file__).parent / name).exists()
