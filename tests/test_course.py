"""What stays on a terminal of a training: some epochs with the best one marked, and a curve."""

from __future__ import annotations

import sys
from dataclasses import replace

import pytest

from glassnet import Experiment, run
from glassnet.cli.course import BARS, course, curve
from glassnet.tables import breadth


@pytest.mark.parametrize("width", [60, 80, 120])
def test_first_last_and_best_epoch_are_shown_within_the_width(width: int) -> None:
    epochs = run(Experiment(dataset="iris", epochs=40)).finish().progress.epochs
    lines = list(course(epochs, 17, width))
    assert [int(line.split()[0]) for line in lines[:-1]] == sorted({1, 2, 4, 9, 19, 40} | {17})
    assert [line.endswith("  best") for line in lines[:-1]].count(True) == 1
    assert all(breadth(line) <= width for line in lines)
    assert lines[-1].startswith("loss █") and f"to {epochs[-1].loss:.4g}" in lines[-1]
    assert list(course(epochs[:1], 0, width)) == []


@pytest.mark.parametrize(
    ("values", "drawn"),
    [([4.0, 2.0, 1.0], "█▅▁"), ([1.0, 1.0], "▁▁"), ([0.0, 1.0], "▁█"), ([1.0, float("nan"), 0.1], "█ ▁")],
)
def test_a_curve_is_as_high_as_its_values(values: list[float], drawn: str) -> None:
    assert curve(values, 40).startswith(drawn + " from ")
    assert curve([float("nan")], 40) == ""


def test_a_terminal_without_bars_gets_plain_signs(monkeypatch: pytest.MonkeyPatch) -> None:
    class Old:
        encoding = "ascii"

    monkeypatch.setattr(sys, "stdout", Old())
    assert not set(curve([3.0, 2.0, 1.0], 40)) & set(BARS)


def test_a_run_that_goes_on_shows_its_last_epochs() -> None:
    epochs = run(Experiment(dataset="iris", epochs=12)).finish().progress.epochs
    later = [replace(epoch, number=epoch.number + 100) for epoch in epochs]
    assert next(course(later, 0, 80)).split()[0] == "101"
