"""The page of a run and of several: what stands on it, that it is sound HTML, and that nothing gets through it."""

import json
import re
import shlex
from pathlib import Path
from textwrap import dedent

import matplotlib
import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner, Result
from matplotlib.figure import Figure
from pages import Page

import glassnet
from glassnet import Catalog, Dataset, Experiment, GlassnetError, Run, Training, load, plot, record
from glassnet import run as begin
from glassnet.cli import main
from glassnet.experiment.repeating import command_of, needed
from glassnet.pages import comparison_of, page_of, pictures
from glassnet.pictures import embedding

CATALOG = Catalog.discover(guests=False)
SCRIPT = "<script>alert(1)</script>"


pytestmark = pytest.mark.usefixtures("empty_folder")


def trained(folder: Path, catalog: Catalog = CATALOG, watch: str | None = None, **choices: object) -> Run:
    recording = record(
        begin(Experiment.from_mapping(choices), catalog), folder, command="glassnet train it", watch=watch
    )
    for _ in recording:
        pass
    return Run(recording.folder, catalog, recording.training)


def command(*words: str, **more: object) -> Result:
    return CliRunner().invoke(main, ["--no-plugins", *words], prog_name="glassnet", **more)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def iris(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return trained(tmp_path_factory.mktemp("iris"), dataset="iris", epochs=12, hidden=(8, 6), optimizer="adam:lr=0.02")


@pytest.fixture(scope="module")
def written(iris: Run) -> str:
    return page_of(iris)


@pytest.fixture
def undrawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is drawn: pages for whoever looks at their words alone."""
    monkeypatch.setattr(pictures, "ROOM", 0)


# --- what stands on it --------------------------------------------------------------------------------------


def test_the_page_is_sound_html(written: str) -> None:
    assert written.startswith("<!DOCTYPE html>\n")
    assert Page(written).troubles == []
    policy = [
        meta["content"] for meta in Page(written).all("meta") if meta.get("http-equiv") == "Content-Security-Policy"
    ]
    assert policy == ["default-src 'none'; style-src 'unsafe-inline'; img-src data:"]


@pytest.mark.parametrize(
    ("broken", "words"),
    [
        ("<p>one<p>two</p>", "<p> inside <p>"),
        ("<section><div></section>", "</section> closes <div>"),
        ("<h1 id='a'>x</h1><b id='a'></b>", "id 'a' twice"),
        ("<h1>x</h1><h3>y</h3>", "headings [1, 3]"),
        ("<img src='data:image/png;base64,AA'>", "<img> without alt"),
        ("<svg></svg>", "<svg> without a label"),
        ("<script>1</script>", "a page has no <script>"),
        ("<img alt='x' src='https://example.org/x.png'>", "<img> loads 'https://example.org/x.png'"),
        ("<a href='#gone'>x</a>", "points to '#gone', which is nowhere"),
        ("<b onclick='x()'></b>", "<b> has onclick"),
        ("<svg role='img' aria-label='x'><path clip-path='url(#c)'/></svg>", "points to #c"),
    ],
)
def test_a_page_that_is_not_sound_is_noticed(broken: str, words: str) -> None:
    found = Page(f"<html lang='en'><title>x</title>{broken}</html>").troubles
    assert any(words in trouble for trouble in found), found


def test_the_page_says_what_was_done_and_what_came_out(iris: Run, written: str) -> None:
    text = Page(written).text
    assert "a network of 4 inputs, 2 hidden layers of 8 and 6 relu units and 3 softmax outputs (115 parameters)" in text
    assert (
        "It was trained for 12 epochs by adam at rate 0.02, 32 rows a step, to lower the cross entropy of 108 "
        "training rows, held back by L2 0.0001." in text
    )
    metrics, interval = iris.result["metrics"], iris.result["intervals"]["test"]["accuracy"]
    numbers = [f"{metrics[split]['accuracy']:.4f}" for split in ("train", "validation", "test")]
    numbers += [f"{interval[0]:.4f} to {interval[1]:.4f}", f"{metrics['baseline']['accuracy']:.4f}"]
    assert re.search(r"score.*? accuracy The share of rows .*? " + " ".join(map(re.escape, numbers)), text)
    for words in (
        "150 rows: 108 for training",
        "Fisher",
        "setosa",
        "glassnet train it",
        "pip install -e . # in a clone of glassnet",
        iris.provenance["data_sha256"],
    ):
        assert words in text


def test_curves_and_the_plots_that_fit_are_on_it_each_with_its_caption(written: str) -> None:
    read = Page(written)
    drawings = [tag for name, tag in read.tags if name in ("svg", "img") and not tag.get("aria-hidden")]
    labels = [tag.get("aria-label") or tag.get("alt") for tag in drawings]
    for name in ("loss", "metrics", "confusion_matrix", "class_report", "first_layer", "network_diagram"):
        assert labels.count(CATALOG.find("plot", name).help) == 1, name
        assert f"{name.replace('_', ' ').capitalize()}. {CATALOG.find('plot', name).help}" in read.text
    for name in (
        "residuals",
        "gallery",
        "loss_runs",
        "batch_strategies",
        "gradient_norms",
    ):  # unsuited, several, costly, unwatched
        assert CATALOG.find("plot", name).help not in labels
    assert "batch strategies" in read.text and "--all draws them" in read.text


def test_numbers_are_told_as_numbers(tmp_path: Path) -> None:
    text = Page(page_of(trained(tmp_path, dataset="diabetes", epochs=3, hidden="none"))).text
    for words in (
        "R²",
        "root mean squared error",
        "1 identity output, without a hidden layer",
        "Predicted actual",
        "Residuals",
    ):
        assert words in text


@pytest.mark.slow
def test_a_watched_run_shows_the_inside_and_a_whole_one_says_so(tmp_path: Path) -> None:
    read = Page(page_of(trained(tmp_path, watch="norms,units", dataset="xor", epochs=20, hidden=(4, 3))))
    assert read.troubles == []
    assert "Gradient norms" in read.text and "--watch all" not in read.text
    assert "On all 4 rows, too few to split it reaches accuracy" in read.text


def test_a_sound_run_is_told_so_and_what_was_asked(written: str) -> None:
    text = Page(written).text
    said = re.search(
        r"(\d+) questions were asked, and nothing asks for a change", text
    )  # a line does as well: a remark
    assert said is not None and int(said[1]) == written.partition("What was asked")[2].partition("</ul>")[0].count(
        "<li>"
    )
    assert "Do hidden units have slope 0 on all rows, so that they can't learn any more?" in text


def test_the_same_run_gives_the_same_page(iris: Run, written: str) -> None:
    assert page_of(Run(iris.folder, CATALOG)) == written


def test_a_run_without_its_table_keeps_what_was_written_down(tmp_path: Path) -> None:
    table = tmp_path / "small.csv"
    pd.DataFrame({"a": np.arange(60.0), "b": np.arange(60) % 2}).to_csv(table, index=False)
    run = trained(tmp_path, dataset=str(table), target="b", epochs=2)
    table.unlink()
    read = Page(page_of(Run(run.folder, CATALOG)))
    assert read.troubles == []
    assert "Pictures and questions that need the rows are missing" in read.text and "small.csv" in read.text
    assert "How training went" in read.text and "The loss of each epoch" in read.text and "Gallery." not in read.text


# --- how to repeat it ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "choices",
    [
        {"dataset": "iris", "hidden": "none"},
        {
            "dataset": "moons:noise=0.2",
            "hidden": (5, 4),
            "activation": ("tanh", "elu:alpha=0.5"),
            "dropout": 0.1,
            "metrics": "f1",
        },
        {
            "dataset": "diabetes",
            "batch_norm": True,
            "clip_norm": 1.0,
            "patience": 3,
            "monitor": "r2",
            "schedule": "cosine",
        },
        {"dataset": "iris", "optimizer": "lbfgs", "class_weight": "balanced", "test": 0, "seed": 3, "split_seed": 4},
    ],
)
def test_the_command_that_is_spelled_out_gives_the_same_experiment(choices: dict, tmp_path: Path) -> None:
    run = trained(tmp_path / "first", epochs=2, **choices)
    again = command(*shlex.split(command_of(run.experiment))[1:], "--runs", str(tmp_path / "again"), "--json")
    assert again.exit_code == 0, again.output
    assert load(1, tmp_path / "again").experiment == run.experiment
    assert json.loads(again.stdout)["metrics"] == run.result["metrics"]


def test_what_to_install_names_the_guests_and_one_file_plugins_are_named_again() -> None:
    provenance = {"versions": {"glassnet": "1.2", "python": "3.11"}, "guests": {"glassnet-lion": "0.1", "local": ""}}
    assert needed(provenance) == "pip install glassnet==1.2 glassnet-lion==0.1"
    here = {"versions": {"glassnet": glassnet.__version__}, "guests": {"pandas": pd.__version__}}
    clone, others = needed(here).splitlines()  # glassnet is installed from its clone here, pandas from an index
    assert clone == f"pip install -e .  # in a clone of glassnet at {glassnet.__version__}"
    assert others == f"pip install pandas=={pd.__version__}" and "/" not in clone
    experiment = Experiment(dataset="iris", plugins=(("my parts.py", "0" * 64),))
    assert command_of(experiment).startswith("glassnet --plugin 'my parts.py' train iris ")


@pytest.mark.usefixtures("undrawn")
def test_a_run_that_was_resumed_is_repeated_with_the_epochs_that_it_has(tmp_path: Path) -> None:
    for words in (["moons", "--epochs", "3", "--hidden", "4"], ["--resume", "last", "--epochs", "6"]):
        assert command("train", *words, "--quiet").exit_code == 0
    run = load("last", catalog=CATALOG)
    text = page_of(run)
    (told, *_) = re.findall(r"<pre><code>(.*?)</code></pre>", text, re.DOTALL)
    typed = re.sub(r"<[^>]*>", "", told).splitlines()[1]
    assert typed.startswith("glassnet train glassnet/moons:") and "--epochs 6 " in typed
    assert "gives the same numbers to the last bit" in text
    assert command(*shlex.split(typed)[1:], "--quiet").exit_code == 0
    assert load("last").result["metrics"] == run.result["metrics"]


@pytest.mark.usefixtures("undrawn")
def test_a_resumed_schedule_is_not_promised_to_give_the_same_numbers(tmp_path: Path) -> None:
    folder = trained(tmp_path, dataset="moons", epochs=2, hidden=4, schedule="cosine").folder
    list(load(folder, catalog=CATALOG).resume(4))
    text = Page(page_of(load(folder, catalog=CATALOG))).text
    assert "to the last bit" not in text and "resumed with another number of epochs, which its schedule counts" in text


@pytest.mark.usefixtures("undrawn")  # each picture's command is on the page
def test_commands_on_the_page_can_be_copied_where_folders_have_blanks(tmp_path: Path) -> None:
    run = trained(tmp_path / "my runs", dataset="moons", epochs=2, hidden=4)
    text = Page(page_of(run)).text
    assert f"glassnet plot '{run.folder}' --all draws them" in text and f'glassnet.load("{run.folder}")' in text
    assert f"The page has no room left for loss: glassnet plot '{run.folder}' glassnet/loss draws it." in text
    (run.folder / "metrics.json").unlink()
    with pytest.raises(GlassnetError, match=re.escape(f"glassnet train --resume '{run.folder}'")):
        page_of(Run(run.folder, CATALOG))


# --- what must not get through ------------------------------------------------------------------------------

GUEST = """
    from glassnet import Dataset, Plot, hookimpl

    def hostile(*, rng):
        '''<img src=x onerror=alert(1)> & "quotes".'''
        X = rng.normal(size=(60, 2))
        y = X[:, 0] > 0
        return Dataset(X, y, classes=["<script>alert(1)</script>", "a & b"], feature_names=['"x"', "<i>$y$</i>"],
                       source="<b>me</b>", notes=["</p><script>alert(2)</script>"])

    def quiet_one():
        '''A picture <script>alert(3)</script> of a guest.'''
        from matplotlib.figure import Figure

        def draw(run):
            figure = Figure(layout="constrained")
            axes = figure.add_subplot(title="<script>alert(4)</script> url(#nowhere)")
            axes.plot([1, 2], [3, 4], gid='"><script>alert(5)</script>')
            return figure

        return Plot(draw)

    def loud_one():
        '''A picture that fails.'''
        def draw(run):
            raise RuntimeError("</p><script>alert(6)</script>")

        return Plot(draw)

    def ending_one():
        '''A picture that ends the program.'''
        return Plot(lambda run: exit(3))

    @hookimpl
    def datasets():
        return [hostile]

    @hookimpl
    def plots():
        return [quiet_one, loud_one, ending_one]
"""


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("hostile")
    (folder / "guest.py").write_text(dedent(GUEST))
    return page_of(trained(folder, Catalog.discover([folder / "guest.py"], guests=False), dataset="hostile", epochs=2))


def test_hostile_names_and_docstrings_are_only_words(hostile: str) -> None:
    read = Page(hostile)
    assert read.troubles == []
    assert "<script" not in hostile and "onerror=alert(1)>" not in hostile
    for words in (SCRIPT, '<img src=x onerror=alert(1)> & "quotes".', "<b>me</b>", "</p><script>alert(2)</script>"):
        assert words in read.text
    assert "From plugins" in read.text and "A picture <script>alert(3)</script> of a guest." in read.text
    assert "url(#nowhere)" in read.text


def test_a_plot_that_raises_leaves_a_line_in_its_place(hostile: str) -> None:
    text = Page(hostile).text
    assert "plot local/loud_one failed: RuntimeError: </p><script>alert(6)</script>" in text
    assert "plot local/ending_one failed: it called sys.exit(3)" in text


def test_names_of_columns_and_classes_in_a_table_are_only_words(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(rng.normal(size=(80, 2)), columns=["a\"b'c", SCRIPT])
    frame["<u>kind</u>"] = np.where(frame[SCRIPT] > 0, SCRIPT, "</title>&amp;")
    frame.to_csv(tmp_path / "odd.csv", index=False)
    text = page_of(trained(tmp_path, dataset=str(tmp_path / "odd.csv"), target="<u>kind</u>", epochs=2, scale="none"))
    assert Page(text).troubles == []
    assert "<script" not in text and SCRIPT in Page(text).text and "</title>&amp;" in Page(text).text


# --- pictures -----------------------------------------------------------------------------------------------


def figure(points: int) -> Figure:
    made = Figure(figsize=(4, 3))
    rng = np.random.default_rng(0)
    made.add_subplot(title="a < b").plot(*rng.random((2, points)), "o")
    return made


def test_a_short_drawing_is_svg_with_text_and_a_crowd_of_points_is_png() -> None:
    small, large = embedding.element(figure(5), "x", 'a "label"'), embedding.element(figure(20_000), "x", "l")
    assert small.startswith('<svg role="img" aria-label="a &quot;label&quot;"') and "a &lt; b" in small
    assert large.startswith('<img alt="l"') and len(large) < embedding.LONGEST_SVG


def test_two_pictures_share_no_id_and_change_no_setting() -> None:
    before = dict(matplotlib.rcParams)
    ids = [{*re.findall(r'\bid="([^"]*)"', embedding.as_svg(figure(5), name, "l"))} for name in ("x", "y")]
    assert ids[0] and not ids[0] & ids[1]
    assert dict(matplotlib.rcParams) == before
    assert embedding.as_svg(figure(5), "x", "l") == embedding.as_svg(figure(5), "x", "l")


PICTURES = """
    from matplotlib.figure import Figure
    from glassnet import Plot, hookimpl

    def plain():
        made = Figure()
        return made, made.add_subplot(title="A title", xlabel="x", ylabel="y")

    def signals():
        '''A guest's own signals.'''
        return Plot(lambda run: plain()[0])

    def beside():
        '''Two runs of a guest.'''
        return Plot(lambda runs: plain()[0], of="runs")

    def late():
        '''A picture whose axis can't be written.'''
        def draw(run):
            made, axes = plain()
            axes.xaxis.set_major_formatter(lambda x, place: {}["gone"])
            return made

        return Plot(draw)

    @hookimpl
    def plots():
        return [signals, beside, late]
"""


@pytest.fixture
def guests(tmp_path: Path) -> Catalog:
    (tmp_path / "pictures.py").write_text(dedent(PICTURES))
    return Catalog.discover([tmp_path / "pictures.py"], guests=False)


def test_a_guest_s_plot_may_bear_the_name_of_ours(iris: Run, guests: Catalog) -> None:
    assert iris.watched is None
    text = Page(page_of(Run(iris.folder, guests))).text
    assert "A guest's own signals." in text and "How far the rows still differ" not in text


def test_a_plot_that_fails_while_it_is_written_leaves_a_line_too(iris: Run, guests: Catalog) -> None:
    assert "plot local/late failed: KeyError: 'gone'" in Page(page_of(Run(iris.folder, guests))).text


def test_a_page_that_is_full_names_the_command_that_draws_the_rest(
    iris: Run, written: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pictures, "ROOM", 90_000)
    monkeypatch.setattr(pictures, "ROOM_FOR_PNG", 30_000)
    text = page_of(iris)
    assert len(text) < 130_000 < len(written)
    assert Page(text).troubles == [] and "<svg" in text
    left = re.findall(
        rf"The page has no room left for (\w+): glassnet plot {iris.folder} glassnet/(\w+) draws it", text
    )
    assert left and all(name == again for name, again in left)


@pytest.mark.slow
def test_a_crowd_of_wide_pictures_stays_below_two_megabytes(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    X = rng.standard_normal((900, 3))
    y = X @ rng.standard_normal((3, 9)) + rng.standard_normal((900, 9))
    source = Dataset(X, y, "regression", target_names=tuple("abcdefghi"))
    experiment = Experiment(dataset="nine", hidden=(30,) * 10, epochs=3)
    recording = record(Training(experiment, CATALOG, source=source), tmp_path, watch="all")
    list(recording)
    text = page_of(Run(recording.folder, CATALOG, recording.training))
    assert len(text) < 2_000_000 and "Signals." in text


# --- several runs -------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def several(tmp_path_factory: pytest.TempPathFactory) -> list[Run]:
    folder = tmp_path_factory.mktemp("several")
    common = {"dataset": "iris", "epochs": 12, "hidden": (6,) * 5}
    sigmoid = {"activation": "sigmoid", "initializer": "glorot_uniform"}
    return [trained(folder, **common, **sigmoid), trained(folder, **common, optimizer="adam:lr=0.01")]


def test_a_comparison_begins_with_what_differs_and_has_a_column_a_run(several: list[Run]) -> None:
    read = Page(comparison_of(several))
    assert read.troubles == []
    text = read.text
    places = [
        text.index(words)
        for words in ("2 runs side by side", "choice iris, run 1 iris, run 2", "activation sigmoid relu")
    ]
    assert places == sorted(places)
    assert "optimizer adam:lr=0.001," in text and "hidden widths" not in text and "share of test rows" not in text
    for run in several:
        assert f"{run.result['metrics']['validation']['accuracy']:.4f} validation rows, 95 %: " in text
    assert CATALOG.find("plot", "loss_runs").help in text and CATALOG.find("plot", "gradient_norms_runs").help in text


@pytest.mark.slow
def test_a_comparison_has_the_plots_of_the_catalog_that_it_is_given(several: list[Run], guests: Catalog) -> None:
    for runs in (several, several[::-1]):
        assert "Two runs of a guest." in comparison_of(runs, guests)
        assert "Two runs of a guest." not in comparison_of(runs)


def test_a_comparison_names_what_stands_out_in_each_column(several: list[Run]) -> None:
    text = Page(comparison_of(several)).text
    findings = text[text.index("What stands out", text.index("baseline")) :]
    first, second = findings.index("iris, run 1"), findings.index("iris, run 2")
    assert "Underfit" in findings[first:second] and "Underfit" not in findings[second:]


def test_gradients_of_several_runs_are_drawn_as_they_were_measured_on_one_scale(several: list[Run], iris: Run) -> None:
    made = plot(several, "gradient_norms_runs")
    for axes, run in zip(made.axes, several, strict=True):
        (line,) = axes.lines  # not watched: the end alone
        weights = np.multiply(run.trained.network.widths[:-1], run.trained.network.widths[1:])
        assert np.allclose(line.get_ydata() ** 2 * weights, run.measured.gradients[-1] ** 2)
    limits = {axes.get_ylim() for axes in made.axes}
    ((low, high),) = limits
    assert high / low >= 10**4 * (1 - 1e-9)
    shallow = Run(iris.folder, CATALOG)
    shallow.__dict__["experiment"] = iris.experiment.replace(hidden=(5,))
    with pytest.raises(GlassnetError, match="0001-iris has fewer than two hidden layers"):
        plot([several[0], shallow], "gradient_norms_runs")


def test_equal_runs_differ_in_nothing(iris: Run) -> None:
    assert "Nothing: every choice is the same in all of them." in comparison_of([iris, iris])


def test_runs_on_different_data_can_stand_side_by_side(iris: Run, tmp_path: Path) -> None:
    text = comparison_of([iris, trained(tmp_path, dataset="diabetes", epochs=2)])
    assert Page(text).troubles == []
    assert "R²" in text and "accuracy" in text


# --- the commands -------------------------------------------------------------------------------------------


def test_report_writes_the_page_and_says_where_and_what_stands_out(tmp_path: Path) -> None:
    run = trained(Path("runs"), dataset="wine_cultivars", epochs=2, scale="none")
    done = command("report", "last")
    assert done.exit_code == 0, done.output
    *findings, last = done.stdout.splitlines()
    assert last == "report: runs/0001-wine_cultivars/report.html"
    assert findings[0].startswith("What stands out: inputs not scaled: The inputs are not on one scale: 'proline'")
    assert re.search(r"Try --scale standard: glassnet train .*--scale standard$", findings[0])
    text = Page((run.folder / "report.html").read_text()).text
    assert re.search(r"Inputs not scaled warning The inputs are not on one scale: 'proline' is about \d+", text)
    assert "What to try: --scale standard: glassnet train" in text and "Nothing stands out" not in text


@pytest.mark.usefixtures("undrawn")
def test_report_speaks_json(tmp_path: Path) -> None:
    trained(Path("runs"), dataset="circles", epochs=2, hidden="none")
    found = json.loads(command("report", "1", "--json").stdout)
    assert found["report"] == "runs/0001-circles/report.html"
    (first, *_) = found["findings"]["runs/0001-circles"]
    assert (first["name"], first["severity"]) == ("no hidden layer", "warning") and first["number"] < 0.2


def test_several_runs_make_a_comparison_beside_their_folders() -> None:
    for seed in range(2):
        trained(Path("runs"), dataset="xor", epochs=2, seed=seed)
    done = command("report", "1", "2")
    assert done.exit_code == 0 and done.stdout.splitlines()[-1] == "report: runs/comparison.html"
    assert "2 runs side by side" in Path("runs/comparison.html").read_text()


@pytest.mark.usefixtures("undrawn")
def test_another_place_is_taken_but_nothing_there_is_overwritten() -> None:
    trained(Path("runs"), dataset="iris", epochs=2, hidden="none")
    assert command("report", "1", "--output", "mine.html").stdout.endswith("report: mine.html\n")
    Path("mine.html").write_text("precious")
    done = command("report", "1", "--output", "mine.html")
    assert done.exit_code == 2
    assert done.stderr == "Error: mine.html exists already and is left as it is: give another --output\n"
    assert Path("mine.html").read_text() == "precious"
    done = command("report", "1", "--output", "nowhere/mine.html")
    assert done.exit_code == 2
    assert done.stderr == "Error: can't write to nowhere: there is no such folder; give another --output\n"


def test_what_can_not_be_reported_is_one_line() -> None:
    trained(Path("runs"), dataset="xor", epochs=2)
    Path("runs/0001-xor/metrics.json").unlink()
    for words, said in ((["1"], "0001-xor is not finished: go on with glassnet train --resume"), (["7"], "no run '7'")):
        done = command("report", *words)
        assert done.exit_code == 2 and said in done.stderr and done.stderr.count("\n") == 1
        assert not Path("runs/0001-xor/report.html").exists()


@pytest.fixture
def with_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GLASSNET_REPORT")


@pytest.mark.usefixtures("with_pages")
def test_train_leaves_a_page_and_says_where() -> None:
    out = command("train", "iris", "--epochs", "2").stdout.splitlines()
    assert out.index("report: runs/0001-iris/report.html") > out.index("run: runs/0001-iris")
    assert Page(Path("runs/0001-iris/report.html").read_text()).troubles == []


@pytest.mark.usefixtures("with_pages")
@pytest.mark.parametrize(("words", "env"), [(["--no-report"], {}), ([], {"GLASSNET_REPORT": "off"})])
def test_train_leaves_none_where_none_is_wanted(words: list[str], env: dict[str, str]) -> None:
    done = command("train", "iris", "--epochs", "2", *words, env=env)
    assert "report" not in done.stdout and not Path("runs/0001-iris/report.html").exists()


@pytest.mark.usefixtures("with_pages", "undrawn")
@pytest.mark.parametrize("flag", ["--quiet", "--json"])
def test_train_leaves_the_page_also_when_it_says_little(flag: str) -> None:
    done = command("train", "iris", "--epochs", "2", "--hidden", "none", flag)
    assert len(done.stdout.splitlines()) == 1 and done.stderr == ""
    assert Path("runs/0001-iris/report.html").exists()


def test_train_says_what_stands_out_and_nothing_where_nothing_does() -> None:
    assert "What stands out" not in command("train", "iris", "--epochs", "60").stdout
    out = command("train", "circles", "--hidden", "none", "--epochs", "5").stdout
    assert "\nWhat stands out: no hidden layer: Without a hidden layer it can only draw straight lines" in out


@pytest.mark.usefixtures("with_pages", "undrawn")
def test_a_training_that_broke_down_leaves_its_page_too() -> None:
    done = command("train", "diabetes", "--optimizer", "sgd:lr=1")
    assert done.exit_code == 1 and "What stands out" not in done.stdout  # the error says it already
    assert "Training broke down in epoch 1" in Page(Path("runs/0001-diabetes/report.html").read_text()).text


@pytest.mark.usefixtures("with_pages", "undrawn")
def test_a_page_that_can_not_be_written_costs_one_line_and_not_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = Path.replace

    def full(self: Path, target: Path) -> Path:
        if Path(target).name == "report.html":
            raise OSError(28, "No space left on device")
        return whole(self, target)

    monkeypatch.setattr(Path, "replace", full)
    done = command("train", "iris", "--epochs", "2", "--hidden", "none")
    assert done.exit_code == 0 and "report:" not in done.stdout
    why = "can't write to runs/0001-iris: there is no space left; make room"
    assert done.stderr == f"No report: {why}. The run is kept in runs/0001-iris\n"
    assert {path.name for path in Path("runs/0001-iris").iterdir()} >= {"metrics.json", "model.npz"}
    assert not [path for path in Path("runs/0001-iris").iterdir() if "report" in path.name]


# --- notebooks ----------------------------------------------------------------------------------------------


def test_notebooks_show_tables_in_which_every_name_is_escaped(iris: Run, tmp_path: Path) -> None:
    (tmp_path / "guest.py").write_text(dedent(GUEST))
    catalog = Catalog.discover([tmp_path / "guest.py"], guests=False)
    for shown in (iris._repr_html_(), iris.trained.network._repr_html_(), catalog._repr_html_()):
        assert (
            shown.startswith("<table>")
            and not Page(f"<html lang='en'><title>t</title><h1>x</h1>{shown}</html>").troubles
        )
    assert f"{iris.result['metrics']['test']['accuracy']:.4g}" in iris._repr_html_()
    assert "Network 4-8-6-3: 115 parameters" in iris.trained.network._repr_html_()
    assert "&lt;img src=x onerror=alert(1)&gt;" in catalog._repr_html_()
    folder = tmp_path / f"1-{SCRIPT.replace('/', '')}"
    iris.folder.rename(folder)
    try:
        assert "&lt;script&gt;" in Run(folder, CATALOG)._repr_html_()
    finally:
        folder.rename(iris.folder)


def test_the_command_says_how_the_table_is_read_in_options_that_there_are() -> None:
    from glassnet.experiment.repeating import command_of

    words = ("decimal=,", "missing=n/a", "header=no", "skip=2")
    said = command_of(Experiment(dataset="t.csv", target="column_2", reading=words))
    for option in ("--decimal ,", "--missing n/a", "--no-header", "--skip-lines 2"):
        assert option in said
    assert "--reading" not in said
