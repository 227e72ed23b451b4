"""What a notebook shows: each line for notebooks on our pages, and the example, through a real kernel.

A `notebook` block on a page is a cell, and the line `Shown: text/html, ...` after it says what it shows. The blocks of
Python in the same section run before it, but for those that are files. One kernel serves all tests here, emptied and
in a folder of its own for each page.
"""

from __future__ import annotations

import pickle
import re
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient
from waiting import PATIENCE

import glassnet
from glassnet import Experiment, Training, plot, run

ROOT = Path(__file__).parent.parent
EVERY_PAGE = (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))
PAGES = [page for page in EVERY_PAGE if "```notebook" in page.read_text(encoding="utf-8")]
EXAMPLE = ROOT / "examples" / "first_steps.ipynb"
BLOCK = re.compile(r"^```(notebook|python)\n(.*?)^```\n(?:\nShown: (.*?)$)?", re.MULTILINE | re.DOTALL)
#: What no front end may be asked for: a script, or anything from elsewhere.
ACTIVE = re.compile(r"<script|https?://(?!www\.w3\.org|creativecommons|purl\.org|matplotlib\.org)")


Executed = Callable[[list[str], Path], list[Any]]


@pytest.fixture(scope="module")
def executed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Executed]:
    """Cells -> the same after they were run from top to end, in a kernel that knows nothing yet, in a folder."""
    book = nbformat.v4.new_notebook()
    client = NotebookClient(book, timeout=PATIENCE, kernel_name="python3")

    def run_all(cells: list[str], folder: Path) -> list[Any]:
        emptied = f"%reset -f\nimport os\nos.chdir({str(folder)!r})\ndel os"
        made = [nbformat.v4.new_code_cell(code) for code in (emptied, *cells)]
        for cell in made:
            book.cells.append(cell)
            client.execute_cell(cell, len(book.cells) - 1)
        return made[1:]

    with client.setup_kernel(cwd=str(tmp_path_factory.mktemp("kernel"))):
        yield run_all


def shown(cell: Any) -> dict[str, Any]:
    """All that a cell shows, by its kind; of one kind the last."""
    found: dict[str, Any] = {}
    for output in cell.outputs:
        assert output.output_type != "error", output
        if output.output_type == "stream":
            assert output.name == "stdout", output.text
            found["text/plain"] = output.text
        else:
            found |= output.data
    return found


def cells_of(page: str) -> list[tuple[str, str]]:
    """(code, what it shows) of each section of a page that has a cell; a block of Python says nothing of that."""
    found = []
    for section in re.split(r"^## ", page, flags=re.MULTILINE):
        if "```notebook" in section:
            blocks = [(language, code, kinds) for language, code, kinds in BLOCK.findall(section)]
            assert all(kinds for language, _, kinds in blocks if language == "notebook"), "a cell without `Shown: ...`"
            found += [(code, kinds) for _, code, kinds in blocks if not re.match(r"# [\w-]+\.py\n", code)]
    return found


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_each_cell_of_a_page_shows_what_it_says(page: Path, executed: Executed, tmp_path: Path) -> None:
    blocks = cells_of(page.read_text())
    cells = executed([code for code, _ in blocks], tmp_path)
    for (code, kinds), cell in zip(blocks, cells, strict=True):
        found = shown(cell)
        assert set(filter(None, kinds.split(", "))) <= set(found), (code, list(found))
        assert "image/png" not in found or "image/png" in kinds, code
        for kind, text in found.items():
            if "sk-top-container" not in str(text):  # most of an estimator is scikit-learn's own, with its script
                assert not ACTIVE.search(str(text)), (kind, code)
        assert len(str(found)) < 1_500_000, code


def test_the_pages_for_notebooks_are_among_them() -> None:
    wanted = {"README.md", "notebooks.md", "write-a-part.md", "first-steps.md", "estimators.md", "plots.md", "trace.md"}
    assert wanted <= {page.name for page in PAGES}
    assert len(cells_of((ROOT / "docs" / "notebooks.md").read_text())) >= 18


def test_the_example_runs_from_top_to_end_and_is_kept_without_its_outputs(executed: Executed, tmp_path: Path) -> None:
    book = nbformat.read(EXAMPLE, as_version=4)
    nbformat.validate(book)
    code = [cell.source for cell in book.cells if cell.cell_type == "code"]
    assert all(not cell.get("outputs") for cell in book.cells)
    kinds = [set(shown(cell)) for cell in executed(code, tmp_path)]
    assert sum("image/svg+xml" in one for one in kinds) >= 5
    assert all(kinds[1:]), "a cell shows nothing"


def test_a_picture_is_shown_once_with_pyplots_backend_in_use(executed: Executed, tmp_path: Path) -> None:
    cells = executed(
        [
            "%matplotlib inline\nimport matplotlib.pyplot as plt\nfrom glassnet import *",
            "training = run(Experiment(dataset='iris', epochs=2)).finish()\nplot(training)",
            "len(plt.get_fignums())",
        ],
        tmp_path,
    )
    pictures = [output for output in cells[1].outputs if "image/png" in output.get("data", {})]
    assert len(pictures) == 1
    assert pictures[0].metadata["image/png"]["width"] < 900
    assert shown(cells[2])["text/plain"] == "0"


def test_a_figure_made_by_hand_is_shown_and_many_trainings_share_a_line(executed: Executed, tmp_path: Path) -> None:
    one = "run(Experiment(dataset='iris', epochs=1, seed=seed)).finish()"
    by_hand, many, alone = executed(
        [
            "from glassnet import *\nfrom glassnet.pictures import single\nsingle('A title', 'x', 'y')[0]",
            f"for seed in range(3):\n    {one}",
            f"seed = 3\n_ = {one}",
        ],
        tmp_path,
    )
    assert "image/png" in shown(by_hand)
    lines = [[output.data["text/plain"] for output in cell.outputs] for cell in (many, alone)]
    assert [len(shown) for shown in lines] == [1, 1]
    assert lines[0][0].startswith("training 3: epoch 1/1  loss ") and lines[1][0].startswith("epoch 1/1  loss ")


def test_a_range_of_rates_of_what_is_only_prepared_warns_of_nothing() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        plot(run(Experiment(dataset="iris", epochs=1)), "learning_rate_range")


# --- without a kernel -------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def training() -> Training:
    return run(Experiment(dataset="iris", epochs=4)).finish()


def test_a_picture_shows_itself_and_is_a_figure_like_any_other(training: Training, tmp_path: Path) -> None:
    figure = plot(training)
    data, sizes = figure._repr_mimebundle_()  # type: ignore[attr-defined]
    assert data["image/png"].startswith(b"\x89PNG") and "prefers-color-scheme: dark" in data["image/svg+xml"]
    assert sizes["image/png"]["width"] == 614  # 6.4 inches of 96 dots, half of those in the picture
    assert set(figure._repr_mimebundle_(include={"image/png"})[0]) == {"image/png"}  # type: ignore[attr-defined]
    figure.savefig(tmp_path / "iris.png")
    assert (tmp_path / "iris.png").read_bytes().startswith(b"\x89PNG")


def test_a_training_says_where_it_stands() -> None:
    training = run(Experiment(dataset="iris", epochs=30))
    assert "Not trained yet" in training._repr_html_() and "accuracy" not in training._repr_html_()
    for epoch in training:
        if epoch.number == 2:
            break
    half = training._repr_html_()
    assert "epoch 2 of 30" in half and half.count("<polyline") == 2 and "validation rows" in half
    assert "&lt;" not in half.replace("&lt;function", "")


@pytest.mark.parametrize("losses", [[1.0], [1.0, 1.0], [1.0, float("nan"), 0.5], [0.0, 0.0], [1e300, 1e-300], []])
def test_a_curve_of_any_losses_is_drawn_within_its_frame(losses: list[float]) -> None:
    from glassnet.experiment.faces import HEIGHT, WIDTH, curve

    drawn = curve({"training rows": losses})
    for point in re.findall(r"([\d.-]+),([\d.-]+)(?=[ \"])", drawn.partition("points=")[2].partition("/>")[0]):
        assert 0 <= float(point[0]) <= WIDTH and 0 <= float(point[1]) <= HEIGHT
    assert "nan" not in drawn.partition("aria-label")[0]


def test_names_of_users_are_no_markup(tmp_path: Path) -> None:
    path = tmp_path / "<img src=x onerror=alert(1)>.csv"
    path.write_text("a,<b>y</b>\n" + "\n".join(f"{n},{'<i>' if n % 2 else '<u>'}" for n in range(40)))
    training = run(Experiment(dataset=str(path), target="<b>y</b>", epochs=2)).finish()
    for face in (
        training._repr_html_(),
        glassnet.summary(training)._repr_html_(),
        glassnet.explain(training)._repr_html_(),
    ):
        assert "<img" not in face and "<b>y" not in face


@pytest.mark.parametrize(
    "what", ["loss", "confusion_matrix", "roc", "loss_runs", "gradient_norms", "permutation_importance"]
)
def test_a_picture_can_be_pickled(training: Training, what: str) -> None:
    figure = plot([training, training] if what.endswith("_runs") else training, what)
    again = pickle.loads(pickle.dumps(figure))
    assert again._repr_png_() == figure._repr_png_()  # type: ignore[attr-defined]


def test_the_dark_rule_of_a_drawing_reaches_no_other_one(training: Training) -> None:
    svg = plot(training)._repr_svg_()  # type: ignore[attr-defined]
    rule = re.search(r"prefers-color-scheme: dark\) { (\S+) {", svg)
    assert rule is not None and rule[1] == ".glassnet-picture" and svg.count('class="glassnet-picture"') == 1


def test_what_a_guest_drew_with_pyplot_is_shown_once(executed: Executed, tmp_path: Path) -> None:
    guest = '''
from glassnet import *
def curve() -> Plot:
    """The loss, drawn with pyplot."""
    def draw(run):
        import matplotlib.pyplot as plt
        figure, axes = plt.subplots()
        axes.plot([epoch.loss for epoch in run.epochs])
        return figure
    return Plot(draw)
'''
    cells = executed(
        [
            "%matplotlib inline\nimport matplotlib.pyplot as plt" + guest,
            "training = run(Experiment(dataset='iris', epochs=2)).finish()\nplot(training, curve)",
            "len(plt.get_fignums())",
        ],
        tmp_path,
    )
    assert sum("image/png" in output.get("data", {}) for output in cells[1].outputs) == 1
    assert shown(cells[2])["text/plain"] == "0"
