"""What is imported is declared, and what is declared is imported: nothing comes along with others by luck."""

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SOURCE = ROOT / "src" / "glassnet"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
DISTRIBUTIONS = packages_distributions()
BY_NAME = {"import_module", "find_spec", "extra", "__import__"}  # functions that are given a module's name


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def named(requirements: list[str]) -> set[str]:
    """The distributions of some requirements."""
    found = {re.match(r"[\w.-]+", one) for one in requirements}
    return {normal(match[0]) for match in found if match}


BASE = named(PROJECT["dependencies"])
EXTRAS = set().union(*map(named, PROJECT["optional-dependencies"].values()))


def imported(tree: ast.Module) -> Iterator[tuple[str, bool]]:
    """(a top package that is neither Python's nor ours, whether it is loaded with the module itself)."""
    lazily = {id(inner) for node in ast.walk(tree) if _waits(node) for inner in ast.walk(node)}
    for node in ast.walk(tree):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names = [node.module or ""]
        elif isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) in BY_NAME:
            names = [one.value for one in node.args[:1] if isinstance(one, ast.Constant) and isinstance(one.value, str)]
        for name in {one.partition(".")[0] for one in names} - {"", "glassnet"} - sys.stdlib_module_names:
            yield name, id(node) not in lazily


def _waits(node: ast.AST) -> bool:
    """Whether what stands inside is run later, or only read by a type checker."""
    checked = isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"
    return checked or isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)


def troubles(source: str) -> list[str]:
    """What some source imports without a declaration."""
    found = []
    for name, at_once in imported(ast.parse(source)):
        homes = {normal(one) for one in DISTRIBUTIONS.get(name, [name])}
        if not homes & (BASE | EXTRAS):
            found.append(f"{name} comes from {' or '.join(sorted(homes))}, which pyproject.toml does not name")
        elif at_once and not homes & BASE:
            found.append(f"{name} is in an extra: import it inside the function that needs it")
    return found


FILES = sorted(SOURCE.rglob("*.py"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(SOURCE).as_posix())
def test_what_is_imported_is_declared(path: Path) -> None:
    assert troubles(path.read_text(encoding="utf-8")) == []


def test_every_library_that_is_declared_is_imported() -> None:
    found = {name for path in FILES for name, _ in imported(ast.parse(path.read_text(encoding="utf-8")))}
    assert {normal(home) for name in found for home in DISTRIBUTIONS.get(name, [])} >= BASE


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("import hypothesis_of_nobody", "does not name"),
        ("def f():\n    from idna import encode", "idna, which pyproject.toml does not name"),
        ("import pyarrow", "inside the function"),
        ("import_module('idna')", "does not name"),
        ("def f():\n    import pyarrow", ""),
        ("import numpy as np, json", ""),
        ("from ..errors import GlassnetError", ""),
    ],
)
def test_what_comes_along_with_others_is_noticed(source: str, words: str) -> None:
    found = troubles(source)
    assert words in found[0] if words else found == []
