"""Pictures of tables: their inputs before anything is trained, and the rows that a network is most wrong about."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from glassnet import Dataset, Experiment, GlassnetError, Run, pictures, plot
from glassnet import run as begin
from glassnet.wording import percent, significant


def table(folder: Path) -> tuple[Path, Any]:
    """A file with gaps, text, dates and an id, and the same rows as pandas has them."""
    rng = np.random.default_rng(5)
    frame = pd.DataFrame(
        {
            "id": [f"person {number}" for number in range(60)],
            "when": pd.date_range("2021-03-05", periods=60).astype(str),
            "town": rng.choice([*"abcdefgh"], 60, p=[0.3, 0.2, 0.1, 0.1, 0.1, 0.1, 0.05, 0.05]),
            "size": np.where(rng.random(60) < 0.25, np.nan, rng.normal(size=60).round(3)),
            "price": rng.lognormal(3, 1, 60).round(2),
            "sold": rng.choice(["yes", "no"], 60),
        }
    )
    frame.to_csv(folder / "houses.csv", index=False)
    return folder / "houses.csv", frame


def test_the_inputs_of_a_table_are_drawn_with_its_gaps_and_text(tmp_path: Path) -> None:
    path, frame = table(tmp_path)
    drawn = plot(Experiment(dataset=str(path), target="sold"))
    assert drawn.get_suptitle() == "Rows of houses: 60 rows\n1 column left out of learning: id"
    when, town, size, price = drawn.axes
    assert when.get_xlabel().replace("\n", " ") == "when, days since 2021-03-05"
    counts = frame.town.value_counts()
    assert town.get_title() == f"6 of {len(counts)} values"
    marks = {line.get_label(): line.get_xdata() for line in town.lines}
    for sold in ("yes", "no"):
        shown = frame[frame.sold == sold].town.value_counts()
        names = [label.get_text() for label in town.get_yticklabels()]
        assert np.nan_to_num(marks[sold]).tolist() == [shown.get(name, 0) for name in names]
        assert sorted(counts[names]) == sorted(counts.nlargest(6))
    assert size.get_title() == f"{percent(frame['size'].isna().mean())} gaps"
    for line, sold in zip(price.patches, ("no", "yes"), strict=True):
        values, edges = line.get_data().values, line.get_data().edges
        np.testing.assert_array_equal(values, np.histogram(frame.price[frame.sold == sold], edges)[0])
    assert pictures.crowded(drawn) == []


def test_a_table_is_drawn_against_numbers_and_without_a_target(tmp_path: Path) -> None:
    path, frame = table(tmp_path)
    numbers = plot(Experiment(dataset=str(path), target="price", drop=("when",)))
    town, size, _ = numbers.axes
    assert "2 columns left out of learning: id, when" in numbers.get_suptitle()
    first = town.get_yticklabels()[0].get_text()
    medians = [line for line in town.lines if line.get_marker() == "|"]
    assert medians[0].get_xdata()[0] == frame[frame.town == first].price.median()
    assert np.count_nonzero(np.isfinite(size.lines[0].get_xdata())) == frame["size"].count()
    alone = plot(str(path))
    assert [axes.get_xlabel() for axes in alone.axes][-2:] == ["price", "rows"]
    assert list(alone.axes[-1].lines[0].get_xdata()) == frame.sold.value_counts().tolist()
    assert alone.legends == []


def test_rows_in_hand_are_drawn_and_what_is_left_out_is_said() -> None:
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(5000, 2)), rng.normal(size=(5000, 2))
    title = plot(Dataset(X, y)).get_suptitle()
    assert title.startswith("Rows of the data set: 5,000 rows\none in 3")
    assert title.endswith("against the first of 2 targets")
    many = plot(Dataset(X[:120], np.arange(120) % 12))
    assert many.get_suptitle().endswith("first 7 of 12 classes")
    assert len(many.axes[0].patches) == 7
    labels = plot(Dataset(X[:50], (rng.random((50, 3)) < 0.3).astype(int), target_names=("red", "round", "ripe")))
    assert labels.legends[0].get_title().get_text() == "red"
    text = np.array([["a", 1.5], [None, 2.5], ["b", np.nan], ["a", 3.5]] * 5, dtype=object)
    drawn = plot(Dataset(text, np.arange(20) % 2))
    assert [axes.get_title() for axes in drawn.axes] == ["25 % gaps", "25 % gaps"]
    assert drawn.axes[0].get_yticklabels()[0].get_text() == "a"


def test_what_is_no_data_set_and_a_table_that_is_missing_are_refused_in_words(tmp_path: Path) -> None:
    path, _ = table(tmp_path)
    with pytest.raises(GlassnetError, match=r"there is no file .*Did you mean"):
        plot(str(path).replace("houses", "house"))
    with pytest.raises(GlassnetError, match="plot loss does not fit dataset houses: it is a picture of one run"):
        plot(str(path), "loss")
    with pytest.raises(GlassnetError, match=r"there is no column 'solt'\. Did you mean 'sold'"):
        plot(Experiment(dataset=str(path), target="solt"))


# --- most wrong ---------------------------------------------------------------------------------------------


def fit(path: Path, target: str, **words: Any) -> Run:
    return Run.of(begin(Experiment(dataset=str(path), target=target, epochs=3, **words)).finish())


def cells(drawn: Any) -> list[list[str]]:
    """The texts of a picture's cells, line by line."""
    axes = drawn.axes[0]
    found = {text.get_position(): text.get_text() for text in axes.texts}
    rows, columns = axes.images[0].get_array().shape
    return [[found[column, row] for column in range(columns)] for row in range(rows)]


def test_the_most_wrong_rows_of_a_table_are_shown_with_their_own_values(tmp_path: Path) -> None:
    path, frame = table(tmp_path)
    run = fit(path, "sold")
    drawn = plot(run, "most_wrong:count=4")
    rows = run.rows()
    y, t = run.outputs()[:, 0], rows.t[:, 0]
    order = np.argsort(np.log(np.where(t > 0, y, 1 - y)))[:4]
    labels = [label.get_text() for label in drawn.axes[0].get_yticklabels()]
    columns = [label.get_text() for label in drawn.axes[0].get_xticklabels()]
    assert columns == ["when", "town", "size", "price"]
    trained = frame.iloc[run.rows("train").index]
    for at, label, said, places in zip(order, labels, cells(drawn), drawn.axes[0].images[0].get_array(), strict=True):
        own = frame.iloc[rows.index[at]]
        guess = ("no", "yes")[int(y[at] > 0.5)]
        sure = percent(max(y[at], 1 - y[at]))
        assert label == f"{rows.index[at]}: says {guess}, {sure}\nis {own.sold}"
        size = "gap" if np.isnan(own["size"]) else significant(own["size"], 4)
        assert said == [own.when, own.town, size, significant(own.price, 4)]
        rank = (trained.price < own.price).mean() + (trained.price == own.price).mean() / 2
        assert places[3] == pytest.approx(rank)
        assert np.ma.getmaskarray(np.ma.masked_invalid(places))[[1, 2]].tolist() == [True, size == "gap"]
    assert pictures.crowded(drawn) == []


def test_most_wrong_numbers_say_how_much_was_said_and_only_the_oddest_inputs_are_shown(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    frame = pd.DataFrame(rng.normal(size=(50, 12)), columns=[f"input {number}" for number in range(12)])
    frame["y"] = frame["input 0"] + rng.normal(size=50)
    frame.to_csv(tmp_path / "wide.csv", index=False)
    run = fit(tmp_path / "wide.csv", "y")
    drawn = plot(run, "most_wrong:count=2,inputs=2")
    said, actual = (one[:, 0] for one in run.answers())
    order = np.argsort(-np.abs(said - actual))[:2]
    labels = [label.get_text() for label in drawn.axes[0].get_yticklabels()]
    index = run.rows().index
    assert labels == [
        f"{index[at]}: says {pictures.said(float(said[at]))}\nis {pictures.said(frame.y[index[at]])}" for at in order
    ]
    ranks = frame.iloc[run.rows("train").index]
    odd = [np.abs([(ranks[name] < frame[name][index[at]]).mean() - 0.5 for at in order]).mean() for name in frame][:-1]
    shown = sorted(np.argsort(odd)[-2:])
    assert [label.get_text() for label in drawn.axes[0].get_xticklabels()] == [f"input {number}" for number in shown]
    assert "2 of 12 inputs, in which" in drawn.get_suptitle().replace("\n", " ")
