"""Of a notebook, what its answers need: a page's trainings and pictures need not run again for a check."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from .sources import Source
from .statements import Statement, statements


def needed(source: Source, names: Collection[str]) -> Source:
    """The same source with nothing in the lines of statements that those names don't depend on.

    A statement is kept where it binds a name that is needed, or changes what such a name holds. A cell that is no
    Python stays as it is: whoever runs it says what is wrong with it.
    """
    found: list[Statement] = []
    lines = source.text.split("\n")
    for first, text in source.parts():
        try:
            found += statements(text, first, source.name)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
    kept = _kept(found, names)
    stay = {line for one in kept for line in _lines(one)}
    for one in found:
        for line in _lines(one):
            if line not in stay:
                lines[line - 1] = ""
    return replace(source, text="\n".join(lines))


def _lines(one: Statement) -> range:
    return range(one.line, (one.node.end_lineno or one.line) + 1)


def _kept(found: Sequence[Statement], names: Collection[str]) -> list[Statement]:
    """The statements that the names need, and those that these need, and so on."""
    imported = {name for one in found if isinstance(one.node, ast.Import | ast.ImportFrom) for name in one.names}
    wanted, kept, before = set(names), list[Statement](), -1
    while before != len(kept):
        before = len(kept)
        kept = [one for one in found if _everything(one) or wanted & {*one.names, *_changed(one.node)} - imported
                or (wanted & {*one.names})]  # fmt: skip
        wanted |= {node.id for one in kept for node in ast.walk(one.node) if isinstance(node, ast.Name)}
    return kept


def _everything(one: Statement) -> bool:
    """`from glassnet import *` may bind any name."""
    return isinstance(one.node, ast.ImportFrom) and any(alias.name == "*" for alias in one.node.names)


def _changed(node: ast.AST) -> Iterator[str]:
    """The names whose values a statement may change: `X[0] = 1`, `best.append(2)`, `del X[1]`."""
    for inner in ast.walk(node):
        changing = isinstance(inner, ast.Attribute | ast.Subscript) and isinstance(inner.ctx, ast.Store | ast.Del)
        if changing or (isinstance(inner, ast.Call) and isinstance(inner.func, ast.Attribute)):
            root: ast.AST = inner.func if isinstance(inner, ast.Call) else inner
            while isinstance(root, ast.Attribute | ast.Subscript | ast.Call):
                root = root.func if isinstance(root, ast.Call) else root.value
            if isinstance(root, ast.Name):
                yield root.id
