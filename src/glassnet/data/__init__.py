"""From a table, an array or a publisher's file to rows that a network can train on.

Loaded when it is first used, as in `glassnet` itself: a data set of the catalog needs only `fetch`.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .downloads import fetch
    from .features import Features
    from .preparation import Prepared, Rows, prepare
    from .splits import Split
    from .tables import column_names, read_features, read_table
    from .targets import Targets, infer_task

__all__ = [
    "Features",
    "Prepared",
    "Rows",
    "Split",
    "Targets",
    "column_names",
    "fetch",
    "infer_task",
    "prepare",
    "read_features",
    "read_table",
]

_MODULE_OF = {
    "Features": "features",
    "Prepared": "preparation",
    "Rows": "preparation",
    "Split": "splits",
    "Targets": "targets",
    "column_names": "tables",
    "fetch": "downloads",
    "infer_task": "targets",
    "prepare": "preparation",
    "read_features": "tables",
    "read_table": "tables",
}


def __getattr__(name: str) -> Any:
    if name not in _MODULE_OF:
        raise AttributeError(f"module 'glassnet.data' has no attribute {name!r}")
    value = getattr(import_module(f".{_MODULE_OF[name]}", __name__), name)
    globals()[name] = value
    return value
