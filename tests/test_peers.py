"""scikit-learn's own test files, as they are installed, with our estimators under the names of its own.

`peers/stand_ins.py` has the names, `docs/estimators.md` what fails and why. The gate runs a fixed sample of each file,
and `make peers` all of them.
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
ALL = bool(os.environ.get("GLASSNET_PEERS"))
PACKAGES = Path(sklearn.__file__).parents[1]
#: The test files of scikit-learn's packages, in three groups that take about as long.
FILES = {
    "ensembles": {
        "neural_network": ["mlp"],
        "ensemble": ["bagging", "voting", "stacking", "weight_boosting", "base"],
        "frozen": ["frozen"],
        "metrics": ["score_objects"],
    },
    "searches": {
        "model_selection": ["search", "validation", "successive_halving", "classification_threshold"],
        "feature_selection": ["rfe", "from_model", "sequential"],
        "semi_supervised": ["self_training"],
    },
    "wrappers": {
        "": ["pipeline", "multiclass", "multioutput", "calibration", "metaestimators"],
        "compose": ["target", "column_transformer"],
        "inspection": ["permutation_importance", "partial_dependence"],
        "inspection/_plot": ["boundary_decision_display"],
    },
}
#: How many of a group's tests pass at least with ours in them: of all, and of every eighth of each file.
LEAST = {"ensembles": (270, 30), "searches": (200, 20), "wrappers": (400, 45)}
#: What one process runs: a group, or a sample of all of them, which takes less time than to load what they need.
TOGETHER = [[group] for group in FILES] if ALL else [list(FILES)]


def run(groups: list[str], settings: Path) -> subprocess.CompletedProcess[str]:
    """scikit-learn's tests in a process of their own, with scikit-learn's settings and not with ours."""
    settings.touch()
    home = PACKAGES / "sklearn"
    files = [
        home / folder / "tests" / f"test_{name}.py"
        for group in groups
        for folder, names in FILES[group].items()
        for name in names
    ]
    plain = ["-q", "-ra", "--tb=short", "-p", "no:cacheprovider", "-p", "no:randomly", "-c", str(settings)]
    return subprocess.run(
        [sys.executable, "-m", "pytest", *plain, "--rootdir", str(PACKAGES), "-p", "peers.swapping", *map(str, files)],
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


@pytest.mark.parametrize("groups", TOGETHER, ids=" ".join)
def test_scikit_learns_tests_pass_with_ours_but_for_the_differences_on_the_page(
    groups: list[str], tmp_path: Path
) -> None:
    done = run(groups, tmp_path / "settings.ini")
    assert done.returncode == 0, done.stdout[-20_000:] + done.stderr
    passed = re.search(r"(\d+) passed", done.stdout)
    least = sum(LEAST[group][0 if ALL else 1] for group in groups)
    assert passed and int(passed[1]) >= least, done.stdout[-2_000:]


def test_every_row_of_the_page_is_about_a_file_that_is_run() -> None:
    run_here = {f"test_{name}.py" for folders in FILES.values() for names in folders.values() for name in names}
    assert {name.partition("::")[0] for name in differences() if "::" in name} <= run_here
