"""What every test may use. Tests never use the network: published data come from a mirror or not at all."""

import gc
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from browsers import started
from hypothesis import HealthCheck, settings

# Our matrices are small, and every worker has a processor of its own: a second thread of BLAS only waits for the first.
# It is said before NumPy is loaded, and holds for processes that tests start.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

MIRROR = "GLASSNET_DATA_MIRROR"
#: What takes longest on its own, longest first.
LONGEST = [
    "[publish.md]",
    "test_docs",
    "test_release",
    "test_lift_out",
    "test_plugins",
    "test_sweep_dask",
    "test_kills",
]

# No test depends on how long something takes: neither one example nor the making of them has a limit.
# The gate draws the same examples each time, so that no change meets a failure of another; `make soak` draws new ones.
settings.register_profile(
    "glassnet", deadline=None, suppress_health_check=[HealthCheck.too_slow],
    derandomize=not os.environ.get("GLASSNET_SOAK"),
)  # fmt: skip
settings.load_profile("glassnet")


def pytest_configure() -> None:
    for name in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL"):  # tests start make themselves, and `make test` started them
        os.environ.pop(name, None)
    os.environ["GLASSNET_PATIENCE"] = "100"  # on a busy machine loading takes long, and many tests compare what is said
    # Threads of PyTorch and scikit-learn that have nothing to do sleep: else they burn, on a busy machine, the time of
    # those who have. It is said before these libraries are loaded, and holds for processes that tests start.
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    # What a person has solved is neither read nor written.
    os.environ["GLASSNET_PROGRESS"] = str(Path(tempfile.mkdtemp(prefix="progress-")) / "lessons.json")
    os.environ["GLASSNET_REPORT"] = "off"  # a page after each of hundreds of trainings: tests of it switch it on


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=_place)  # pytest keeps the order of those that are equal, so files stay together
    if os.environ.get(MIRROR):
        return
    skip = pytest.mark.skip(reason=f"{MIRROR} is not set, and tests download nothing")
    for item in items:
        if item.get_closest_marker("needs_mirror"):
            item.add_marker(skip)


def pytest_collection_finish() -> None:
    """The tests stay to the end: nobody need walk through all of them to look for garbage, nor look all the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 10, 10)


def _place(item: pytest.Item) -> tuple[bool, int]:
    """What takes longest comes first: at the end no worker is left alone with it."""
    if not item.get_closest_marker("slow"):
        return True, 0
    return False, next((number for number, name in enumerate(LONGEST) if name in item.nodeid), len(LONGEST))


@pytest.fixture
def empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty folder to work in, where runs and sweeps are kept as for somebody who has said nothing else."""
    monkeypatch.chdir(tmp_path)
    for name in ("GLASSNET_RUNS", "GLASSNET_SWEEPS"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="module")
def chrome() -> Iterator[object]:
    """The browser of the machine; a test that needs it is skipped where there is none."""
    yield from started()
