"""Whatever columns, classes and targets are called, in every plot of the catalog each word can be read."""

import inspect
from dataclasses import replace
from functools import cache
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from matplotlib.figure import Figure
from samples import SOAK

from glassnet import Dataset, Plot, Run, pictures, plotting
from glassnet.checks import small_runs
from glassnet.pictures.finishing import finished
from glassnet.pictures.names import NAMELESS
from glassnet.pictures.powers import plain
from glassnet.wording import spelled

LONG = "previous {} grade of the pupil in mathematics in the final e{}"
NAMES = {
    "sixty letters": "{} that was measured in the summer of the year before last, {}",
    "alike at both ends": LONG + "xamination of the term",
    "one German word": "Donaudampfschifffahrtsgesellschaftskapitänsmütze{}{}",
    "Chinese": "数据集的特征名称测量值第{}列{}",
    "emoji": "🐈 {} 🎉🎉 {}",
    "Hebrew and Arabic": "שלום {} العربية {}",
    "signs": "_{}\n${}_a$ 5 % \x00 \u202eabc",
    "nothing": "",
}
LONG_NAMES = ("sixty letters", "alike at both ends")  # every plot is drawn with these, in `make soak` of every subject
FEW = [names for names in NAMES if names not in LONG_NAMES]  # every plot is drawn with two of these


def named(data: Dataset, names: str) -> Dataset:
    """The same rows, whose columns, classes and targets are called so."""

    def some(word: str, count: int) -> tuple[str, ...]:
        said = NAMES[names]
        return tuple(said.format(word, number) if said else " " * number for number in range(count))

    given: dict[str, Any] = {"target_names": some("target", 1 if data.y.ndim == 1 else data.y.shape[1])}
    if data.image_shape is None:
        given["feature_names"] = some("feature", data.X.shape[1])
    if data.task in ("binary", "multiclass"):
        given["classes"] = some("class", len(set(data.y.tolist())))
    return replace(data, captions={}, **given)


@cache
def subjects(names: str) -> tuple[Any, ...]:
    """A run of every sort, and two side by side."""
    rows = [named(data, names) for data in small_runs._datasets()]
    runs = [small_runs._run(data, number) for number, data in enumerate(rows, 1)]
    again = small_runs._run(rows[0], 9, seed=1, optimizer="sgd:lr=0.1", hidden=(12, 3))
    return (*runs, [runs[0], again])


def has_turn(plot: str, names: str) -> bool:
    """Whether a plot is drawn with these names: a long one always, the others in turn."""
    known = [part.full_name for part in small_runs.catalog().parts("plot")]
    return names not in FEW or (FEW.index(names) - known.index(plot)) % len(FEW) in (0, 2)


def drawn(names: str) -> list[tuple[str, Figure]]:
    """(plot and subject, figure) of the plots of the catalog that have their turn, the costly ones as well.

    Each is drawn of the first subject that it fits, and of some that have the turn of these names among the long ones.
    """
    found: dict[str, Figure] = {}
    plots = set()
    for number, subject in enumerate(subjects(names)):
        turn = LONG_NAMES[number % len(LONG_NAMES)] == names and (SOAK or number % 4 < 2)
        for fitting in plotting.fitting_plots(subject):
            name = fitting.choice.part.full_name
            if fitting.unsuited or not has_turn(name, names) or (name in plots and (fitting.costly or not turn)):
                continue
            plots.add(name)
            found[f"{name} of subject {number}"] = plotting.draw(fitting.choice, subject)
    return list(found.items())


@pytest.mark.slow
@pytest.mark.parametrize("names", NAMES)
def test_whatever_things_are_called_no_word_leaves_the_picture_or_lies_on_another(names: str) -> None:
    figures = drawn(names)
    assert len(figures) > (7 if names in FEW else 20)
    assert {which: said for which, figure in figures if (said := pictures.crowded(figure))} == {}


@pytest.mark.parametrize("names", NAMES)
def test_inputs_of_tables_are_drawn_so_that_every_word_is_read(names: str) -> None:
    numbers = np.random.default_rng(0).normal(size=(40, 2))
    words = [[f"{number % 9} {NAMES[names].format(number % 9, 0)}"] for number in range(40)]
    X = np.concatenate([np.array(words, dtype=object), numbers.astype(object)], axis=1)
    X[::7, 0] = X[::5, 1] = None
    for target in (np.arange(40) % 9, numbers[:, 1]):
        data = named(Dataset(X, target, task="regression" if target.dtype == float else "multiclass"), names)
        assert pictures.crowded(plotting.plot(data, "all_inputs")) == []


@pytest.mark.slow
def test_sweeps_and_parts_too_are_drawn_so_that_every_word_is_read() -> None:
    rows = [part for part in small_runs.some_parts() if part.part.kind == "dataset"]
    parts = [some for some in small_runs.some_lists_of_parts() if some[0].part.kind != "dataset"]
    several = [*small_runs.small_sweeps(), *rows, *parts]
    figures = [
        (fitting.choice.part.name, plotting.draw(fitting.choice, subject))
        for subject in several
        for fitting in plotting.fitting_plots(subject)
        if not fitting.unsuited
    ]
    assert len(figures) > 15
    assert {which: said for which, figure in figures if (said := pictures.crowded(figure))} == {}


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["activation", "loss", "schedule", "initializer", "optimizer"])
def test_parts_with_long_names_stand_beside_each_other_and_each_is_told_apart(kind: str) -> None:
    """Parts whose names have sixty letters and differ in one of them, with options that differ."""
    catalog, shown = small_runs.catalog(), []
    for number, part in enumerate(catalog.parts(kind)[:3]):

        def given(part: Any = part) -> Any:
            return part.build()

        given.__name__ = f"a_part_that_was_written_in_{number}_summer_of_the_year_before_the_last"
        given.__signature__, given.__doc__ = inspect.Signature(), "Somebody's."  # type: ignore[attr-defined]
        shown.append(catalog.choose(kind, given))
    figure = plotting.plot(shown, catalog=catalog)
    (made,) = [found for axes in figure.axes if (found := axes.get_legend())]
    assert len({text.get_text().partition(":")[0] for text in made.get_texts()}) == 3
    assert pictures.crowded(figure) == []


@pytest.mark.parametrize("names", ["alike at both ends", "signs"])
def test_shortened_names_differ(names: str) -> None:
    for run in subjects(names)[:-1]:
        assert len(set(pictures.class_names(run))) == len(pictures.class_names(run))


def test_words_that_lie_on_each_other_or_leave_the_picture_are_noticed() -> None:
    figure, axes = pictures.single("Points", "x", "y")
    axes.plot([0, 1], [0, 1])
    assert pictures.crowded(figure) == []
    axes.text(0.5, 0.5, "one")
    axes.text(0.5, 0.5, "two")
    axes.text(0.9, 0.1, "a text that is much too long for the place where it begins", in_layout=False)
    lies, leaves = sorted(pictures.crowded(figure), key=len)[0], sorted(pictures.crowded(figure), key=len)[-1]
    assert lies == "'one' (text in axes 1) lies on 'two' (text in axes 1)"
    assert leaves.endswith("leaves the picture")


def test_turned_words_lie_beside_each_other_though_their_boxes_overlap() -> None:
    figure, axes = pictures.single("Turned", "", "y")
    pictures.name_ticks(axes, [f"a name that is turned, {number}" for number in range(8)])
    assert axes.get_xticklabels()[0].get_rotation() == 45
    assert pictures.crowded(figure) == []


def test_matplotlibs_own_legend_leaves_out_no_class_in_a_guests_picture() -> None:
    def draw(run: Run) -> Figure:
        figure = Figure()
        axes = figure.add_subplot(title="Lines")
        for name in ("low", "_other"):
            axes.plot([1, 2], [1, 2], label=name)
        axes.plot([1, 2], [2, 2])
        axes.legend(title="kind")
        return figure

    def lines() -> Plot:
        """What a guest draws."""
        return Plot(draw)

    figure = plotting.plot(subjects("sixty letters")[0], lines)
    made = figure.axes[0].get_legend()
    assert [text.get_text() for text in made.get_texts()] == ["low", "_other"]
    assert made.get_title().get_text() == "kind"


@pytest.mark.parametrize(
    ("formula", "words"),
    [
        (r"$\mathdefault{10^{-3}}$", "10⁻³"),
        (r"$\mathdefault{2\times10^{12}}$", "2×10¹²"),
        (r"$\mathdefault{-10^{0}}$", "-10⁰"),
        ("$20 to $50", "$20 to $50"),
    ],
)
def test_powers_of_ten_are_written_without_formulas(formula: str, words: str) -> None:
    assert plain(formula) == words


def test_a_name_that_is_empty_or_in_several_lines_is_a_name() -> None:
    assert pictures.shortened(" \t") == NAMELESS
    assert (
        pictures.shortened("每周平均学习时间", 10) == "每周…时间"
        and pictures.shortened("abcdefghijkl", 10) == "abcde…ijkl"
    )
    assert pictures.shortened("two\nlines\x00") == "two lines\\x00"
    assert pictures.apart(["a\nb", "a b"]) == ["a b (1)", "a b (2)"]


@pytest.mark.parametrize(
    ("number", "words"),
    [(1e5, "100,000"), (1e6, "1,000,000"), (-2.5e7, "-25 million"), (3.2e9, "3.2 billion"), (2e-5, "2×10⁻⁵"),
     (1e-7, "10⁻⁷"), (1e15, "10¹⁵"), (0.2, "0.2"), (float("inf"), "infinite")],
)  # fmt: skip
def test_numbers_beside_an_axis_are_spelled_out(number: float, words: str) -> None:
    assert spelled(number) == words


def test_the_loss_of_standardised_numbers_says_its_unit_and_a_loss_of_classes_has_none() -> None:
    classes, _, numbers = subjects("sixty letters")[:3]
    labels = [plotting.plot(run, "loss").axes[0].get_ylabel().replace("\n", " ") for run in (numbers, classes)]
    assert labels == ["mean squared error, squared standard deviations", "mean cross entropy"]


def test_the_colours_of_every_report_by_class_begin_at_nought() -> None:
    image = plotting.plot(subjects("sixty letters")[1], "class_report").axes[0].images[0]
    assert image.get_clim()[0] == 0


@pytest.mark.parametrize("largest", [1.0, 270_000.0, 12_500_000.0, 3e-5])
def test_long_numbers_along_x_stay_apart(largest: float) -> None:
    made, axes = pictures.single("Numbers", "x", "y")
    axes.plot([0.4 * largest, largest], [0, 1])
    finished(made)
    made.canvas.draw()
    low, high = axes.get_xlim()
    boxes = [tick.label1.get_window_extent() for tick in axes.xaxis.get_major_ticks() if low <= tick.get_loc() <= high]
    assert len(boxes) >= 2
    assert all(one.x1 + 5 < other.x0 for one, other in pairwise(boxes))
