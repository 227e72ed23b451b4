"""glassnet: a neural network you can see through.

Everything here is loaded when it is first used, so that `import glassnet` costs next to nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from . import conventions, lessons, pictures
    from .catalog import Catalog
    from .checks import check, contract_tests
    from .comparing import compare
    from .data import fetch
    from .data.looking import Look
    from .diagnosis import Explanation, explain
    from .errors import Diverged, GlassnetError, GlassnetWarning
    from .estimators import GlassClassifier, GlassRegressor
    from .experiment import Experiment, Training, batch_trials, look, rate_range, run, run_together
    from .hooks import hookimpl
    from .kinds import (
        Activation,
        Block,
        Command,
        Dataset,
        Engine,
        Initializer,
        Loss,
        Metric,
        Optimizer,
        Plot,
        Range,
        Schedule,
    )
    from .lessons.course import lesson
    from .libraries import Recipe, Session
    from .network import Network
    from .pages import report
    from .runs import Recording, Run, load_all, record
    from .saving import load, save
    from .summaries import Summary, summary
    from .sweeps import Sweep
    from .teaching import Exercise, Exhibit, Lesson, Verdict
    from .tracing import Trace, trace

__all__ = [
    "Activation",
    "Block",
    "Catalog",
    "Command",
    "Dataset",
    "Diverged",
    "Engine",
    "Exercise",
    "Exhibit",
    "Experiment",
    "Explanation",
    "GlassClassifier",
    "GlassRegressor",
    "GlassnetError",
    "GlassnetWarning",
    "Initializer",
    "Lesson",
    "Look",
    "Loss",
    "Metric",
    "Network",
    "Optimizer",
    "Plot",
    "Range",
    "Recipe",
    "Recording",
    "Run",
    "Schedule",
    "Session",
    "Summary",
    "Sweep",
    "Trace",
    "Training",
    "Verdict",
    "__version__",
    "batch_trials",
    "check",
    "compare",
    "contract_tests",
    "conventions",
    "engines",
    "explain",
    "fetch",
    "hookimpl",
    "lesson",
    "lessons",
    "load",
    "load_all",
    "look",
    "pictures",
    "plot",
    "rate_range",
    "record",
    "report",
    "run",
    "run_together",
    "save",
    "summary",
    "trace",
]

_HOME = {
    "kinds": ("Activation Block Command Dataset Engine Initializer Loss Metric Optimizer Plot Range Schedule"),
    "hooks": "hookimpl",
    "libraries": "Recipe Session",
    "errors": "Diverged GlassnetError GlassnetWarning",
    "estimators": "GlassClassifier GlassRegressor",
    "catalog": "Catalog",
    "checks": "check contract_tests",
    "comparing": "compare",
    "data": "fetch",
    "data.looking": "Look",
    "diagnosis": "Explanation explain",
    "network": "Network",
    "experiment": "Experiment Training batch_trials look rate_range run run_together",
    "pages": "report",
    "plotting": "plot",
    "runs": "Recording Run load_all record",
    "saving": "load save",
    "summaries": "Summary summary",
    "sweeps": "Sweep",
    "lessons.course": "lesson",
    "teaching": "Exercise Exhibit Lesson Verdict",
    "tracing": "Trace trace",
}
_MODULE_OF = {name: module for module, names in _HOME.items() for name in names.split()}


def __getattr__(name: str) -> Any:
    if name == "__version__":
        from .installs import version_of

        return version_of("glassnet") or "0+unknown"  # a checkout that was never installed
    if name in ("conventions", "engines", "lessons", "pictures"):  # modules of the face, as a whole
        return import_module(f".{name}", __name__)
    if name not in _MODULE_OF:
        raise AttributeError(f"module 'glassnet' has no attribute {name!r}")
    value = getattr(import_module(f".{_MODULE_OF[name]}", __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
