"""Known failures, each planted into a generated package so that somebody can learn to find it.

They are the ones that students really meet when they publish for the first time. A plant changes as little as the
mistake itself would.
"""

from __future__ import annotations

import re
from difflib import unified_diff
from pathlib import Path

from ...errors import GlassnetError, did_you_mean, join
from ...wording import memory
from ..naming import PREFIX
from .failures import FAILURES, Failure

__all__ = ["FAILURES", "Failure", "plant"]

_SKIPPED = {".git", ".venv", "__pycache__", ".pytest_cache", ".ruff_cache"}


def plant(name: str, folder: Path) -> list[str]:
    """Make that mistake in the generated package `folder`; returns the lines that changed, as a diff."""
    if name not in FAILURES:
        raise GlassnetError(f"there is no failure {name!r}.{did_you_mean(name, FAILURES)} Failures: {join(FAILURES)}")
    _require_generated(folder)
    before = _snapshot(folder)
    try:
        FAILURES[name].plant(folder)
    except GlassnetError:
        _restore(folder, before)
        raise
    return _difference(before, _snapshot(folder))


def _require_generated(folder: Path) -> None:
    project = folder / "pyproject.toml"
    written = project.read_text(encoding="utf-8") if project.is_file() else ""
    name = re.search(rf'^name = "({PREFIX}[a-z0-9-]+)"$', written, re.MULTILINE)
    package = f"src/{name[1].replace('-', '_')}" if name else "src"
    parts = (f"{package}/__init__.py", f"{package}/plugin.py", "README.md", "CHANGELOG.md", "LICENSE", ".gitignore")
    if "\n[project.entry-points.glassnet]\n" not in written or not all((folder / part).is_file() for part in parts):
        raise GlassnetError(
            f"{str(folder)!r} is not a whole package as `glassnet new` makes it, and nothing else is broken on "
            "purpose: make one with `glassnet new NAME --no-input`"
        )


def _snapshot(folder: Path) -> dict[str, bytes]:
    files = (file for file in sorted(folder.rglob("*")) if file.is_file())
    names = ((file.relative_to(folder), file) for file in files)
    return {name.as_posix(): file.read_bytes() for name, file in names if not _SKIPPED.intersection(name.parts)}


def _restore(folder: Path, before: dict[str, bytes]) -> None:
    for name in _snapshot(folder):
        if name not in before:
            (folder / name).unlink()
    for name, content in before.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)


def _difference(before: dict[str, bytes], after: dict[str, bytes]) -> list[str]:
    lines: list[str] = []
    for name in sorted({*before, *after}):
        old, new = before.get(name), after.get(name)
        if old == new:
            continue
        if max(len(old or b""), len(new or b"")) > 100_000:
            lines.append(f"{name}: {memory(len(new or b''))}")
            continue
        if not old and not new:
            lines.append(f"{name}: empty, and {'new' if old is None else 'gone'}")
            continue
        ends = ("nothing" if old is None else name, "nothing" if new is None else name)
        lines += list(unified_diff(_lines(old), _lines(new), *ends, n=1, lineterm=""))
    return lines


def _lines(content: bytes | None) -> list[str]:
    return (content or b"").decode(errors="replace").splitlines()
