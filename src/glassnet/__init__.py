"""glassnet: a neural network you can see through.

Everything here is loaded when it is first used, so that `import glassnet` costs next to nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .catalog import Catalog
    from .checks import check, contract_tests
    from .data import fetch
    from .errors import Diverged, GlassnetError
    from .experiment import Experiment, Training, run
    from .hooks import hookimpl
    from .kinds import (
        Activation,
        Block,
        Dataset,
        Initializer,
        Loss,
        Metric,
        Optimizer,
        Range,
        Schedule,
    )
    from .network import Network
    from .runs import Recording, Run, load, record

__all__ = [
    "Activation",
    "Block",
    "Catalog",
    "Dataset",
    "Diverged",
    "Experiment",
    "GlassnetError",
    "Initializer",
    "Loss",
    "Metric",
    "Network",
    "Optimizer",
    "Range",
    "Recording",
    "Run",
    "Schedule",
    "Training",
    "__version__",
    "check",
    "contract_tests",
    "fetch",
    "hookimpl",
    "load",
    "record",
    "run",
]

_HOME = {
    "kinds": "Activation Block Dataset Initializer Loss Metric Optimizer Range Schedule",
    "hooks": "hookimpl",
    "errors": "Diverged GlassnetError",
    "catalog": "Catalog",
    "checks": "check contract_tests",
    "data": "fetch",
    "network": "Network",
    "experiment": "Experiment Training run",
    "runs": "Recording Run load record",
}
_MODULE_OF = {name: module for module, names in _HOME.items() for name in names.split()}


def __getattr__(name: str) -> Any:
    if name == "__version__":
        from importlib.metadata import PackageNotFoundError, version

        try:
            return version("glassnet")
        except PackageNotFoundError:  # a checkout that was never installed
            return "0+unknown"
    if name not in _MODULE_OF:
        raise AttributeError(f"module 'glassnet' has no attribute {name!r}")
    value = getattr(import_module(f".{_MODULE_OF[name]}", __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
