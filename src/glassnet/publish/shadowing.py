"""Files beside pyproject.toml that are called like a module: a tool that is run in that folder may import them."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from importlib import metadata

from .project import Project
from .rules import Problem

_TOOLS = ("build", "twine", "check-wheel-contents", "pip", "pytest", "packaging", "keyring", "glassnet")
_NO_MODULES = {
    "test",
    "setup",
    "conftest",
}  # of the standard library, but nobody imports it; pytest's and setuptools' own


def shadowing(project: Project) -> Iterator[Problem]:
    """A remark for each file or package there that has the name of a module of Python or of the tools."""
    taken = {*sys.stdlib_module_names, *_modules_of_tools()} - _NO_MODULES
    for path in sorted(project.folder.iterdir()):
        name = path.stem if path.suffix == ".py" else path.name if (path / "__init__.py").is_file() else ""
        if name in taken:
            yield Problem(
                "shadowed-module",
                f"{project.shown(path)} is called like the module {name}: a tool that is started in this folder may "
                f"import yours instead",
                "give it another name, or move it into src or tests; glassnet starts its tools with python -P, which "
                "does not look here",
            )


def _modules_of_tools() -> set[str]:
    """The tools and what they require, as they are imported."""
    names = set(_TOOLS)
    for tool in _TOOLS:
        try:
            required = metadata.requires(tool) or []
        except metadata.PackageNotFoundError:
            continue
        names |= {
            found.group() for line in required if "extra ==" not in line and (found := re.match(r"[\w.-]+", line))
        }
    return {re.sub(r"[-.]", "_", name).lower() for name in names} - {"glassnet"}
