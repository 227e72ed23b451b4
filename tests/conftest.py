"""What every test may use. Tests never use the network: published data come from a mirror or not at all."""

import os

import pytest
from hypothesis import HealthCheck, settings

MIRROR = "GLASSNET_DATA_MIRROR"

# No test depends on how long something takes: neither one example nor the making of them has a limit.
settings.register_profile("glassnet", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("glassnet")

#: Files that start environments, browsers or releases, draw all plots, or train for long, the longest first.
#: `make quick` leaves them out.
SLOW = (
    "test_docs", "test_release", "test_lift_out", "test_checks", "test_plots_inside", "test_plots_results",
    "test_steps", "test_template", "test_new", "test_plugins", "test_sweep", "test_estimators",
    "test_estimator_checks", "test_kills", "test_report", "test_report_browser", "test_diagnosis",
    "test_compare", "test_sweep_dask", "test_engines", "test_export", "test_sabotage", "test_mutations",
    "test_process", "test_bench", "test_examples", "test_kinds", "test_growing", "test_adding_a_layer",
    "test_functions", "test_trace_views", "test_cli_training", "test_cli_plot", "test_guests",
    "test_one_figure", "test_pictures",
)  # fmt: skip


def pytest_configure(config: pytest.Config) -> None:
    for name in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL"):  # tests start make themselves, and `make test` started them
        os.environ.pop(name, None)
    os.environ["GLASSNET_PATIENCE"] = "100"  # on a busy machine loading takes long, and many tests compare what is said
    # Threads of PyTorch and scikit-learn that have nothing to do sleep: else they burn, on a busy machine, the time of
    # those who have. It is said before these libraries are loaded, and holds for processes that tests start.
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    os.environ["GLASSNET_REPORT"] = "off"  # a page after each of hundreds of trainings: tests of it switch it on
    config.addinivalue_line("markers", "slow: left out by `make quick`")
    config.addinivalue_line("markers", f"needs_mirror: skipped unless {MIRROR} names a copy of the published data")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.stem in SLOW:
            item.add_marker("slow")
    # Longest files first, so that no worker is left alone with one of them in the end.
    items.sort(key=lambda item: SLOW.index(item.path.stem) if item.path.stem in SLOW else len(SLOW))
    if os.environ.get(MIRROR):
        return
    skip = pytest.mark.skip(reason=f"{MIRROR} is not set, and tests download nothing")
    for item in items:
        if item.get_closest_marker("needs_mirror"):
            item.add_marker(skip)
