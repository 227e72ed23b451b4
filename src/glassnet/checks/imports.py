"""What happens when a plugin's module is imported: in a fresh Python, where nothing else has happened yet.

Every command of glassnet imports every plugin, so each has to be quick and quiet.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from functools import lru_cache
from inspect import unwrap
from pathlib import Path
from typing import Any

from ..errors import join
from .cases import Case, NotApplicable, Refused

#: Libraries that take their time: a part imports them inside its function.
HEAVY = (
    *("cupy", "dask", "IPython", "jax", "keras", "lightgbm", "matplotlib", "numba", "pandas", "plotly", "polars"),
    *("pooch", "requests", "scipy", "seaborn", "sklearn", "statsmodels", "sympy", "tensorflow", "torch"),
    *("torchvision", "transformers", "xgboost"),
)
_PATIENCE = 60  # seconds

# It runs in the fresh Python. What a plugin may rely on is there before; then one module more is imported.
_SCRIPT = """
import json, os, random, sys, warnings
job = json.loads(sys.argv[1])
sys.path[:] = job["path"]
import numpy as np
import glassnet.builtin, glassnet.catalog, glassnet.data, glassnet.hooks
from glassnet.process import shared

sockets = []
def listen(event, arguments):
    if event in ("socket.__new__", "socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.bind"):
        sockets.append(event + "(" + ", ".join(repr(one)[:60] for one in arguments[1:]) + ")")

before, known = shared(), set(sys.modules)
sys.addaudithook(listen)
error = ""
try:
    found = False
    if job["module"]:
        import importlib
        try:
            importlib.import_module(job["module"])
            found = True
        except ModuleNotFoundError as missing:
            # A test's module, say, is imported by its place and not by its name.
            if not job["file"] or missing.name != job["module"].partition(".")[0]:
                raise
    if not found:
        from types import ModuleType
        module = ModuleType("glassnet_checked")
        module.__file__ = job["file"]
        sys.modules["glassnet_checked"] = module
        with open(job["file"], "rb") as stream:
            exec(compile(stream.read(), job["file"], "exec", dont_inherit=True), module.__dict__)
except BaseException as raised:
    error = type(raised).__name__ + ": " + str(raised)
after = shared()
fresh = {name.partition(".")[0] for name in set(sys.modules) - known}
report = {
    "error": error,
    "sockets": list(sockets),
    "changed": [name for name in before if before[name] is not None and before[name] != after[name]],
    "heavy": [name for name in job["heavy"] if name in fresh],
}
sys.stdout.flush()
with open(job["report"], "w", encoding="utf-8") as stream:
    json.dump(report, stream)
"""


def quiet_import(case: Case) -> str:
    """Every command imports every plugin: that prints nothing, opens no connection, loads no heavy library, and leaves
    the working folder, environment, warning filters, random state and all else of the process as they are."""
    file, module = _home(case)
    where = module or file
    found = _in_fresh_python(file, module, _stamp(case))
    if found["error"]:
        raise Refused(f"importing {where} in a fresh Python raises {found['error']}")
    if found["printed"]:
        raise Refused(f"importing {where} prints {found['printed']!r:.80}")
    if found["sockets"]:
        raise Refused(f"importing {where} reaches for the network: {found['sockets'][0]}")
    if found["heavy"]:
        names = join(found["heavy"])
        raise Refused(f"importing {where} loads {names}: import what is slow inside the function that needs it")
    if found["changed"]:
        raise Refused(f"importing {where} changes {join(found['changed'])}, which belong to the whole program")
    return f"{where} in a fresh Python"


def _home(case: Case) -> tuple[str, str]:
    """The file, and the module to import it as; the file alone for a one-file plugin, which is run."""
    module = unwrap(case.part.function).__module__
    file = case.part.file if Path(case.part.file).is_file() else ""
    if file.endswith(".md"):  # a lesson that is a page alone: what is imported is the module that lists it
        file = getattr(sys.modules.get(module), "__file__", None) or ""
    if module.startswith("glassnet_local_") and file:
        return file, ""
    if module in sys.modules and module != "__main__":
        return file, module
    raise NotApplicable("it was written in a notebook or a script: there is no module to import")


def _stamp(case: Case) -> int:
    path = Path(case.part.file)
    return path.stat().st_mtime_ns if path.is_file() else 0


@lru_cache(maxsize=64)
def _in_fresh_python(file: str, module: str, stamp: int) -> dict[str, Any]:
    """What the import did; once for all parts of a module."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        path = [str(Path(entry or ".").resolve()) for entry in sys.path]
        job = {
            "file": file,
            "module": module,
            "path": path,
            "heavy": HEAVY,
            "report": str(report),
        }
        environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "COV_"))}
        try:
            done = subprocess.run(
                [sys.executable, "-P", "-c", _SCRIPT, json.dumps(job | {"report": str(report)})],
                capture_output=True,
                text=True,
                encoding="utf-8",
                errors="replace",
                timeout=_PATIENCE,
                stdin=subprocess.DEVNULL,
                env=environment | {"PYTHONIOENCODING": "utf-8"},
            )
        except subprocess.TimeoutExpired:
            return {"error": f"nothing: it was not done within {_PATIENCE} seconds"}
        if not report.is_file():
            return {"error": f"nothing: it ended Python at once ({(done.stderr or done.stdout).strip()[-200:]!r})"}
        found: dict[str, Any] = json.loads(report.read_text(encoding="utf-8"))
        return found | {"printed": (done.stdout + done.stderr).strip()}
