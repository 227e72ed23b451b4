"""scikit-learn's own test files, as they are installed, with our estimators under the names of its own.

`peers/stand_ins.py` has the names, `docs/estimators.md` what fails and why. What takes long is left to `make peers`.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import sklearn
from peers.differences import differences
from waiting import PATIENCE

pytestmark = pytest.mark.slow

HERE = Path(__file__).parent
PACKAGES = Path(sklearn.__file__).parents[1]
#: The tests of a package, and how many of them pass at least with ours in them.
FILES = {
    "neural_network": (["mlp"], 30),
    "ensemble": (["bagging", "voting", "stacking", "weight_boosting", "base"], 150),
    "model_selection": (["search", "validation", "successive_halving", "classification_threshold"], 60),
    "": (["pipeline", "multiclass", "multioutput", "calibration", "metaestimators"], 100),
    "feature_selection": (["rfe", "from_model", "sequential"], 60),
    "inspection": (["permutation_importance", "partial_dependence"], 80),
    "inspection/_plot": (["boundary_decision_display"], 20),
    "compose": (["target", "column_transformer"], 5),
    "semi_supervised": (["self_training"], 6),
    "metrics": (["score_objects"], 40),
    "frozen": (["frozen"], 15),
}


def run(folder: str, names: list[str], settings: Path) -> subprocess.CompletedProcess[str]:
    """scikit-learn's tests in a process of their own, with scikit-learn's settings and not with ours."""
    settings.touch()
    files = [str(PACKAGES / "sklearn" / folder / "tests" / f"test_{name}.py") for name in names]
    plain = ["-q", "-ra", "--tb=short", "-p", "no:cacheprovider", "-p", "no:randomly", "-c", str(settings)]
    return subprocess.run(
        [sys.executable, "-m", "pytest", *plain, "--rootdir", str(PACKAGES), "-p", "peers.swapping", *files],
        cwd=PACKAGES,
        env={
            **os.environ,
            "PYTHONPATH": str(HERE),
            "MPLBACKEND": "agg",
            "OMP_NUM_THREADS": "1",
            "OPENBLAS_NUM_THREADS": "1",
        },
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )


@pytest.mark.parametrize("folder", FILES, ids=lambda folder: folder or "sklearn")
def test_scikit_learns_tests_pass_with_ours_but_for_the_differences_on_the_page(folder: str, tmp_path: Path) -> None:
    names, least = FILES[folder]
    done = run(folder, names, tmp_path / "settings.ini")
    assert done.returncode == 0, done.stdout[-20_000:] + done.stderr
    passed = re.search(r"(\d+) passed", done.stdout)
    assert passed and int(passed[1]) >= least, done.stdout[-2_000:]


def test_every_row_of_the_page_is_about_a_file_that_is_run() -> None:
    run_here = {f"test_{name}.py" for names, _ in FILES.values() for name in names}
    assert {name.partition("::")[0] for name in differences() if "::" in name} <= run_here
