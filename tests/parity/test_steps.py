"""The same start and the same batches in scikit-learn, PyTorch and Keras: weights after each of 30 steps.

scikit-learn is always here; the others are, where `make parity` has installed them.
"""

from pathlib import Path

import pytest
from cases import LION, Case, cases, compare, installed_engines
from samples import some

from glassnet import Catalog

# Keras hands PyTorch's arrays to NumPy in a way that NumPy has begun to warn of.
pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")]

HERE = Path(__file__).parent
INSTALLED = installed_engines()
LIMITS = {"sklearn": 1e-10, "torch": 1e-10, "keras": 1e-6}
PAIRS = [(case, engine) for case in cases() for engine in case.engines]


SOME = some(PAIRS, 2)


@pytest.mark.parametrize(("case", "engine"), SOME, ids=[f"{case.topic}-{case.name}-{name}" for case, name in SOME])
def test_thirty_steps(case: Case, engine: str) -> None:
    if engine not in INSTALLED:
        pytest.skip(f"glassnet-{engine} is not installed: see `make parity`")
    if case.name.startswith(LION) and not Catalog.discover().matches("optimizer", case.name.partition(":")[0]):
        pytest.skip(f"{LION} is not installed: see `make parity`")
    (side,) = compare(case, (engine,)).others
    assert len(side.weights) == 30
    assert max(side.weights) <= LIMITS[engine]
    assert max(side.loss) <= LIMITS[engine]
    assert side.outputs <= LIMITS[engine]


def test_another_convention_is_seen() -> None:
    """The check can fail: half the penalty, unconverted, is far beyond the limit."""
    (case,) = [case for case in cases() if case.name == "l2 0.1"]
    import glassnet.conventions as conventions

    right = conventions.sklearn_alpha
    conventions.sklearn_alpha = lambda l2, rows: right(l2, rows) / 2
    try:
        (side,) = compare(case, ("sklearn",)).others
    finally:
        conventions.sklearn_alpha = right
    assert max(side.weights) > 1e-4


def test_the_page_has_these_rows_and_figures_within_the_limits() -> None:
    page = (HERE.parents[1] / "docs" / "parity.md").read_text(encoding="utf-8").splitlines()
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in page if line.count("|") == 6]
    rows = [row for row in rows if row[2] != "scikit-learn" and not row[0].startswith("-")]
    assert [row[:2] for row in rows] == [[case.name, case.dataset] for case in cases()]
    for row, case in zip(rows, cases(), strict=True):
        for engine, figure in zip(LIMITS, row[2:], strict=True):
            assert (figure != "-") == (engine in case.engines), row
            assert figure == "-" or float(figure) <= LIMITS[engine], row
