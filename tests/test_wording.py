"""Figures and counts as people read them."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

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


def test_names_of_parts_and_metrics() -> None:
    assert (
        wording.ours("glassnet/adam:lr=0.01") == "adam:lr=0.01"
        and wording.ours("glassnet-lion/lion")[8:] == "-lion/lion"
    )
    assert wording.bare("glassnet/cross_entropy:factor=2") == "cross entropy" and wording.bare("a/b_c") == "b c"
    assert wording.metric("r2") == "R²" and wording.metric("mean_absolute_error") == "mean absolute error"
