"""The picture kit: names that fit, letters that no font has, files written whole, and a guest that looks like us."""

import re
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner, Result
from PIL import Image

from glassnet import Dataset, Experiment, GlassnetError, Plot, Run, Sweep, Training, pictures, plot, run, wording
from glassnet.cli import main
from glassnet.pictures import fonts
from glassnet.pictures.dark import darkened
from glassnet.pictures.look import MOST_PANELS
from glassnet.sweeps import Cell, Guests, Outcome, Plan, Score

PAGE = (Path(__file__).parents[1] / "docs" / "plots.md").read_text(encoding="utf-8")
GUEST = PAGE[PAGE.index("# splits.py") :].partition("```")[0]
LONG = "previous grade in mathematics of the first term of the year before last"


def trained(**data: Any) -> Run:
    training = Training(Experiment(dataset="small", hidden=(3,), epochs=2, metrics=("accuracy",)), source=data["of"])
    list(training)
    return Run.of(training)


def of_three_inputs(names: tuple[str, ...], classes: tuple[str, ...] = ("no", "yes")) -> Run:
    X = np.random.default_rng(0).standard_normal((60, len(names)))
    return trained(of=Dataset(X, (X[:, 0] > 0).astype(int), "binary", feature_names=names, classes=classes))


def outside(figure: Any) -> list[str]:
    """The words that leave the picture."""
    figure.canvas.draw()
    texts = [*figure.texts, *([figure._suptitle] if figure._suptitle else [])]
    for axes in figure.axes:
        texts += [axes.title, *axes.texts]
        if axes.axison:
            texts += [axes.xaxis.label, axes.yaxis.label]
            for axis, limits in ((axes.xaxis, axes.get_xlim()), (axes.yaxis, axes.get_ylim())):
                ticks = zip(axis.get_ticklocs(), axis.get_ticklabels(), strict=False)
                texts += [label for place, label in ticks if min(limits) <= place <= max(limits)]
        legends = [axes.get_legend()] if axes.get_legend() else []
        texts += [text for legend in (*legends, *figure.legends) for text in legend.get_texts()]
    left, bottom, right, top = figure.bbox.extents
    boxes = [(text.get_text(), text.get_window_extent()) for text in texts if text.get_text().strip()]
    return [
        words
        for words, box in boxes
        if box.x0 < left - 1 or box.x1 > right + 1 or box.y0 < bottom - 1 or box.y1 > top + 1
    ]


# --- names --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["Loss by epoch", "WWWWiiii", "R² of größe, m/s", "…"])
def test_a_text_is_as_wide_as_matplotlib_draws_it(text: str) -> None:
    figure = pictures.figure("t")
    drawn = figure.text(0, 0, text, fontsize=20)
    box = drawn.get_window_extent()
    assert pictures.width(text, 20) == pytest.approx(box.width / figure.dpi, rel=0.05)


@pytest.mark.parametrize("text", [LONG, "a" * 200, "glassnet/moons:size=400,noise=0.15,seed=7", "", "a  b", LONG * 4])
def test_lines_fit_their_place_and_lose_nothing_as_long_as_there_are_enough(text: str) -> None:
    lines = pictures.wrapped(text, 2.0, 12, most=99).split("\n")
    assert all(pictures.width(line, 12) <= 2.0 for line in lines)
    assert re.sub(r"\s", "", "".join(lines)) == re.sub(r"\s", "", text)
    few = pictures.wrapped(text, 2.0, 12, most=2).split("\n")
    assert len(few) <= 2 and all(pictures.width(line, 12) <= 2.0 for line in few)
    assert ("…" in few[-1]) == (len(lines) > 2)


def test_names_that_differ_are_still_told_apart_when_they_are_short() -> None:
    grades = [f"previous grade in {subject}, of the year before" for subject in ("maths", "music", "physics")]
    rng = np.random.default_rng(1)
    random = ["".join(rng.choice(list("ab "), 60)) for _ in range(300)]
    for names in (grades, random, [LONG, LONG[:-1], LONG + "?", "a", "a", ""]):
        for most in (10, 14, 22):
            found = pictures.apart(names, most)
            assert len(set(found)) == len(set(names)) and all(len(name) <= most for name in found)
    assert pictures.apart(["a", "b", "a"]) == ["a", "b", "a"]
    assert [name[:5] for name in pictures.apart(grades, 14)] == ["…math", "…musi", "…phys"]


def test_the_network_names_three_inputs_that_begin_and_end_alike() -> None:
    names = tuple(f"previous grade in {subject}, of the year before" for subject in ("maths", "music", "physics"))
    figure = plot(of_three_inputs(names), "network_diagram")
    shown = [text.get_text() for text in figure.axes[0].texts[:3]]
    assert len(set(shown)) == 3 and not outside(figure)


@pytest.mark.parametrize("what", ["loss", "predicted_actual", "first_layer", "network_diagram", "residuals"])
def test_long_captions_and_titles_stay_in_the_picture(what: str) -> None:
    X = np.random.default_rng(0).standard_normal((60, 2))
    data = Dataset(
        X, X @ [[1.0], [2.0]] * 1e5, "regression", feature_names=("a" * 50, LONG), target_names=("price",),
        captions={"price": f"{LONG}, US dollars of 1990 without taxes"},
    )  # fmt: skip
    training = Training(Experiment(dataset="small", hidden=(3,), epochs=2), source=data)
    list(training)
    assert outside(plot(Run.of(training, f"0012-{LONG.replace(' ', '-')}"), what)) == []


def test_a_class_called_underscore_is_in_the_legend() -> None:
    figure = plot(of_three_inputs(("a", "b"), ("_other", "low")), "decision_boundary")
    assert [text.get_text() for text in figure.axes[0].get_legend().get_texts()] == ["_other", "low"]


def test_a_long_title_makes_the_picture_taller_and_not_its_axes_smaller() -> None:
    heights = []
    for title in ("short", LONG * 2):
        figure, axes = pictures.single(title, "x", "y")
        figure.canvas.draw()
        heights.append(axes.get_window_extent().height)
    assert heights[1] > 0.9 * heights[0]


# --- figures as words ---------------------------------------------------------------------------------------


def test_numbers_along_an_axis_are_written_as_people_write_them() -> None:
    figure, axes = pictures.single("t", "x", "y")
    axes.plot([0, 0.2, 1], [0, 150_000, 300_000])
    figure.canvas.draw()
    assert "150,000" in [label.get_text() for label in axes.get_yticklabels()]
    assert {"0", "0.2"} <= {label.get_text() for label in axes.get_xticklabels()}
    axes.set_xlim(1_000_000.1, 1_000_000.2)
    figure.canvas.draw()
    labels = [label.get_text() for label in axes.get_xticklabels()]
    assert len(set(labels)) == len(labels), "numbers that lie close together are told apart"


def test_one_figure_is_said_the_same_way_everywhere() -> None:
    assert (pictures.said, pictures.significant, pictures.count) == (
        wording.figure, wording.significant, wording.count,
    )  # fmt: skip

    def prices() -> Dataset:
        X = np.random.default_rng(0).standard_normal((60, 2))
        return Dataset(X, 3e5 * X[:, 0], "regression")

    training = run(Experiment(dataset=prices, epochs=2))
    list(training)
    done = Run.of(training)
    baseline = wording.figure(done.score(metric="mean_absolute_error").baseline)
    assert "," in baseline and "e+" not in baseline
    titles = [axes.get_title().replace("\n", " ") for axes in plot(done, "metrics").axes]
    assert f"mean absolute error (baseline {baseline})" in titles


# --- fonts and files ----------------------------------------------------------------------------------------


def test_letters_that_the_font_lacks_are_lent_by_another_and_given_back() -> None:
    from matplotlib.font_manager import get_font

    letter = next(one for one in map(chr, range(0x1D400, 0x1D800)) if fonts.lacking(one) and fonts.lenders(one))
    figure, axes = pictures.single(f"{letter} by epoch", "x", "y")
    with fonts.lent(figure):
        families = figure._suptitle.get_fontfamily()
        files = dict(fonts._fonts())
        assert get_font(files[families[-1]]).get_char_index(ord(letter))
        assert axes.title.get_fontfamily() == axes.xaxis.label.get_fontfamily() != families
    assert figure._suptitle.get_fontfamily() == axes.title.get_fontfamily()


def test_of_letters_that_no_font_has_the_picture_says_so_and_svg_keeps_them(tmp_path: Path) -> None:
    nowhere = "\ue123"  # of the private use area
    with_one = next(one for one in (nowhere, "\U000f1234", "\u0530") if not fonts.lenders(one))
    figure, _ = pictures.single("plain", with_one if with_one.isprintable() else "\u0378x", "y")
    with fonts.lent(figure):
        said = figure.get_suptitle()
    assert figure.get_suptitle() == "plain"
    assert fonts.lacking("plain ü²…") == ""
    if fonts.lacking(figure.axes[0].get_xlabel()):
        assert said == "plain\nno font here has 1 of these letters: as .svg they stay text"


@pytest.mark.parametrize(("form", "start"), [("png", b"\x89PNG"), ("svg", b"<?xml"), ("pdf", b"%PDF")])
def test_the_same_figure_is_the_same_file_and_is_left_as_it_was(form: str, start: bytes, tmp_path: Path) -> None:
    figure, axes = pictures.single("t", "x", "y")
    axes.plot([1, 2], [3, 4])
    before = figure.dpi, figure.get_layout_engine(), figure.canvas
    paths = [
        pictures.save(figure, tmp_path / name / f"a.{form}") for name in ("one", "two") if not (tmp_path / name).mkdir()
    ]
    assert paths[0].read_bytes() == paths[1].read_bytes() and paths[0].read_bytes().startswith(start)
    assert (figure.dpi, figure.get_layout_engine(), figure.canvas) == before
    assert [path.name for path in (tmp_path / "one").iterdir()] == [f"a.{form}"]


def pixels(content: bytes) -> Any:
    return np.asarray(Image.open(BytesIO(content)).convert("RGB"))


@pytest.mark.parametrize(
    ("light", "dark"),
    # As Chromium 156 shows them under `filter: invert(89%) hue-rotate(180deg)`, read from a screenshot.
    [("#ffffff", "#1c1c1c"), ("#000000", "#e3e3e3"), ("#0072b2", "#50a9db"), ("#d55e00", "#d97d33")],
)
def test_a_colour_in_the_dark_is_the_one_that_a_browser_makes_of_it(light: str, dark: str) -> None:
    def numbers(colour: str) -> Any:
        return np.array([int(colour[at : at + 2], 16) for at in (1, 3, 5)])

    assert np.abs(255 * darkened(numbers(light) / 255) - numbers(dark)).max() < 1.5


def test_a_dark_picture_is_light_on_dark_and_leaves_the_figure_as_it_was() -> None:
    figure, axes = pictures.single("Points", "x", "y")
    axes.plot([1, 2], [1, 2], **pictures.SPLITS["train"])
    axes.imshow([[0.0, 0.5], [0.5, 1.0]], cmap="gray", vmin=0, vmax=1)
    before = pictures.render(figure, "png")
    seen = pixels(pictures.render(figure, "png", dark=True))
    assert seen[0, 0].max() < 40
    assert 200 < seen.max() < 245
    assert pictures.render(figure, "png") == before
    drawing = pictures.render(figure, "svg", dark=True).decode()
    assert "#ffffff" not in drawing
    assert drawing.count("<image") == 1
    with pytest.raises(GlassnetError, match=r"a pdf is for paper.*\.png or an \.svg"):
        pictures.render(figure, "pdf", dark=True)


def test_a_photograph_is_no_negative_in_the_dark() -> None:
    figure = pictures.figure("Moon", 2, 2)
    axes = pictures.without_scale(figure.add_axes((0, 0, 1, 0.6)))
    axes.imshow([[0.0, 1.0]], cmap="gray", aspect="auto")
    seen = pixels(pictures.render(figure, "png", dark=True))
    middle = seen[int(0.7 * len(seen))]
    assert middle[len(middle) // 4].max() < 40
    assert middle[3 * len(middle) // 4].min() > 200


def test_what_can_not_be_written_is_said_in_one_line(tmp_path: Path) -> None:
    figure = pictures.figure("t")
    with pytest.raises(GlassnetError, match=r"'a\.pgn' does not say what to write\. Did you mean 'png'\? Possible: "):
        pictures.save(figure, "a.pgn")
    with pytest.raises(GlassnetError, match=r"can't write to .*nowhere: No such file or directory; give another path"):
        pictures.save(figure, tmp_path / "nowhere" / "a.png")


# --- guests -------------------------------------------------------------------------------------------------


def command(*words: str) -> Result:
    return CliRunner().invoke(main, words)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "splits.py").write_text(GUEST, encoding="utf-8")
    return tmp_path


def look_of(figure: Any) -> dict[str, Any]:
    axes = figure.axes[0]
    return {
        "size": figure.get_size_inches().tolist(),
        "dots": figure.dpi,
        "paper": figure.get_facecolor(),
        "title": (figure._suptitle.get_fontsize(), figure._suptitle.get_fontname()),
        "note": axes.title.get_fontsize(),
        "words": (axes.xaxis.label.get_fontsize(), axes.yaxis.label.get_fontsize()),
        "ticks": axes.yaxis.get_ticklabels()[0].get_fontsize(),
        "grid": axes.yaxis.get_gridlines()[0].get_alpha(),
        "spines": axes.spines["top"].get_visible(),
    }


def test_the_guest_of_the_page_looks_like_a_picture_of_ours(here: Path) -> None:
    from matplotlib.colors import to_hex

    names: dict[str, Any] = {}
    exec(compile(GUEST, "splits.py", "exec"), names)
    training = run(Experiment(dataset="moons", hidden=(4,), epochs=3))
    list(training)
    done = Run.of(training)
    ours, theirs = plot(done, "loss"), plot(done, names["split_scores"])
    assert look_of(theirs) == look_of(ours)
    marks = {one.get_label(): one[0] for one in theirs.axes[0].containers}
    for line in ours.axes[0].lines[:2]:
        assert to_hex(marks[line.get_label()].get_color()) == to_hex(line.get_color())
    score = done.score("test")
    low, high = marks_of(theirs, "test rows")
    assert (low, high) == pytest.approx((score.low, score.high))


def marks_of(figure: Any, label: str) -> tuple[float, float]:
    """The ends of the bar of a score."""
    (bars,) = next(one for one in figure.axes[0].containers if one.get_label() == label)[2]
    (segment,) = bars.get_segments()
    return float(segment[0][1]), float(segment[1][1])


def test_a_guest_that_breaks_costs_a_line_and_the_others_are_drawn(here: Path) -> None:
    assert command("train", "moons", "--epochs", "2", "--quiet", "--no-report").exit_code == 0
    (here / "splits.py").write_text(GUEST.replace("pictures.score(", "pictures.scores("), encoding="utf-8")
    done = command("--plugin", "splits.py", "plot", "1")
    assert done.exit_code == 0 and "loss.png" in done.stdout and "split_scores.png" not in done.stdout
    assert "plot local/split_scores failed: AttributeError: module 'glassnet.pictures'" in done.stderr


# --- sweeps -------------------------------------------------------------------------------------------------


def sweep_of(
    *over: str, random: int | None = None, better: Any = "higher", scale: float = 1.0, seeds: int = 1
) -> Sweep:
    plan = Plan(Experiment(dataset="moons"), over, random=random, seeds=seeds)
    rng, every = np.random.default_rng(0), [(point, seed) for point in plan.points() for seed in range(seeds)]
    found = [Outcome(Cell(point, 1, seed), {"r2": scale * rng.uniform()}, 1, 0.1) for point, seed in every]
    return Sweep(plan, Guests(), Score("r2", better, 100), Path("0007-moons"), found)


@pytest.mark.parametrize(
    ("over", "names"),
    [
        (["l2=1e-6..1:log:2000"], {"line_sweep", "ranking_sweep"}),
        ([f"hidden={';'.join(map(str, range(1, 2001)))}"], {"line_sweep", "ranking_sweep"}),
        (
            [f"hidden={';'.join(map(str, range(1, 1001)))}", "activation=relu,tanh"],
            {"heatmap_sweep", "line_sweep", "bars_sweep", "ranking_sweep"},
        ),
        (
            ["activation=relu,tanh", "l2=1e-6..1:log:1000"],
            {"heatmap_sweep", "line_sweep", "bars_sweep", "ranking_sweep"},
        ),
    ],
)
def test_however_many_values_a_sweep_has_its_pictures_can_be_read(over: list[str], names: set[str]) -> None:
    from glassnet.plotting import draw, fitting_plots

    sweep = sweep_of(*over)
    fitting = [one for one in fitting_plots(sweep) if not one.unsuited]
    assert {one.choice.part.name for one in fitting} == names
    for one in fitting:
        figure = draw(one.choice, sweep)
        assert (figure.get_size_inches() * figure.dpi < 2400).all()
        for axes in figure.axes:
            assert len(axes.get_xticks()) <= 30 and len(axes.get_yticks()) <= 30
        assert not outside(figure), one.choice.part.name


def test_a_picture_of_means_says_of_how_many_and_what_its_bars_are() -> None:
    rows, two = "100 validation rows, higher is better", ("l2=0,1", "hidden=2;3")
    deviations, means = (f"mean{words} of 5 trainings each\n{rows}" for words in (" and standard deviation", ""))
    for name, over, seeds, said in (
        ("line_sweep", two[:1], 1, rows),
        ("line_sweep", two[:1], 5, deviations),
        ("line_sweep", two, 5, means),  # a line each, without bars
        ("heatmap_sweep", two, 5, means),
        ("ranking_sweep", two, 5, deviations),
    ):
        figure = plot(sweep_of(*over, seeds=seeds), name)
        assert figure.axes[0].get_title() == said and not outside(figure), name


def test_a_sweep_is_drawn_by_its_folder_and_says_what_does_not_fit(here: Path) -> None:
    done = command(
        "sweep", "moons", "--over", "l2=0,0.01", "--over", "hidden=2;3", "--epochs", "1", "--seeds", "1", "--quiet"
    )
    assert done.exit_code == 0, done.output
    folder = "sweeps/0001-moons"
    assert {path.name for path in (here / folder).iterdir()} >= {"heatmap.png", "heatmap.svg"}
    for word in (folder, "0001-moons"):
        drawn = command("plot", word)
        assert drawn.exit_code == 0 and drawn.output.split() == [
            f"{folder}/plots/{name}_sweep.png" for name in ("heatmap", "line", "bars", "ranking")
        ]
    again = command("plot", folder, "line_sweep:over=hidden", "--format", "pdf", "--output", "there")
    assert again.output.strip() == "there/line_sweep-over-hidden.pdf" and (here / again.output.strip()).is_file()
    wrong = command("plot", folder, "points_sweep")
    assert (
        wrong.exit_code == 2
        and "plot points_sweep does not fit sweeps/0001-moons: its points are a grid" in wrong.stderr
    )
    wrong = command("plot", folder, "line_sweep:over=lr")
    assert wrong.exit_code == 2 and "it does not vary 'lr': over is one of first, l2, hidden" in wrong.stderr
    wrong = command("plot", folder, "loss")
    assert wrong.exit_code == 2 and "it is a picture of one run" in wrong.stderr
    sweep = Sweep.load("last")
    assert repr(sweep) == "Sweep('sweeps/0001-moons': l2, hidden, 4 of 4 cells)"
    assert sweep.title == "moons, sweep 1" and len(sweep.rows()) == 4 and sweep.rows()[0].values[0] in ("0", "0.01")


def test_a_guest_draws_a_sweep_and_is_held_to_its_promises(here: Path) -> None:
    from glassnet.checks import check

    def most_seconds() -> Plot:
        """How long each point took.

        x = rank; y = seconds
        """

        def draw(sweep: Any) -> Any:
            figure, axes = pictures.single(sweep.title, "rank", "seconds")
            axes.plot([row.seconds for row in sweep.rows()])
            return figure

        return Plot(draw, of="sweep")

    report = check(most_seconds)
    assert report.ok, report.failures
    assert plot(sweep_of("l2=0,1"), most_seconds).get_suptitle() == "moons, sweep 7"


def test_looking_at_a_sweep_that_is_still_at_work_changes_none_of_its_files(here: Path) -> None:
    assert command("sweep", "moons", "--over", "l2=0,0.01", "--epochs", "1", "--seeds", "1", "--quiet").exit_code == 0
    cells = here / "sweeps" / "0001-moons" / "cells.jsonl"
    torn = cells.read_bytes()[:-20]
    cells.write_bytes(torn)
    assert len(Sweep.load("1").outcomes) == 1 and cells.read_bytes() == torn


def test_a_sweep_of_a_great_many_settings_has_no_more_panels_than_can_be_read() -> None:
    over = [f"{key}=0,0.1" for key in ("l1", "l2", "dropout", "input_dropout", "optimizer.beta1", "optimizer.beta2")]
    over += ["optimizer.lr=0.1,0.2", "activation=relu,tanh", "hidden=2;3", "batch_size=8,16"]
    figure = plot(sweep_of(*over, random=5), "points_sweep")
    assert len(figure.axes) == MOST_PANELS and "first 9 of 10 settings" in figure.get_suptitle()
