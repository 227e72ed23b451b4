"""How the tests are built: none depends on how long something takes, however busy the machine."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

HERE = Path(__file__).parent
FILES = sorted([*HERE.rglob("*.py"), *HERE.parent.glob("plugins/*/tests/*.py")])
WAITS = {"acquire", "communicate", "join", "result", "select", "wait"}


def hopes(source: str) -> list[str]:
    """What in some source depends on a clock, with the lines."""
    return [f"line {node.lineno}: {words}" for node in ast.walk(ast.parse(source)) for words in _about(node)]


def _about(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Import | ast.ImportFrom):
        names = [node.module] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names]
        if {"time", "timeit"} & {*names}:
            yield "wait with waiting.wait_until, which waits for what happens"
    if isinstance(node, ast.Call):
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        given = {word.arg or "": word.value for word in node.keywords}
        if "deadline" in given and not _is(given["deadline"], None):
            yield "no example has a deadline"
        if "timeout" in given and _number(given["timeout"]):
            yield "the bound of every wait is waiting.PATIENCE"
        if name in WAITS and any(map(_number, node.args)):
            yield f"{name}() is bounded by waiting.PATIENCE"
        if name in ("Timer", "sleep", "alarm", "setitimer"):
            yield f"{name}() hopes that enough has happened by then"


def _number(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, int | float) and not isinstance(node.value, bool)


def _is(node: ast.expr, value: object) -> bool:
    return isinstance(node, ast.Constant) and node.value is value


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(HERE.parent).as_posix())
def test_no_test_depends_on_how_long_something_takes(path: Path) -> None:
    if path != HERE / "waiting.py":
        assert hopes(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "line",
    [
        "import time",
        "from time import sleep",
        "sleep(0.1)",
        "@settings(deadline=200)\ndef test_x(): ...",
        "subprocess.run(command, timeout=60)",
        "process.wait(10)",
        "process.communicate(None, 10)",
        "threading.Timer(0.5, go).start()",
        "select.select([file], [], [], 1)",
    ],
)
def test_a_test_that_does_is_refused(line: str) -> None:
    assert hopes(line)


@pytest.mark.parametrize(
    "line",
    [
        "process.wait(PATIENCE)",
        "subprocess.run(command, timeout=PATIENCE)",
        "' '.join(words)",
        "settings(deadline=None)",
    ],
)
def test_a_test_that_waits_for_what_happens_is_not(line: str) -> None:
    assert hopes(line) == []


def test_hypothesis_sets_no_limit_to_examples_or_to_their_making() -> None:
    from hypothesis import HealthCheck, settings

    assert settings().deadline is None and HealthCheck.too_slow in settings().suppress_health_check
