"""The statements on the top level of a student's file: what each binds, where it stands and how it was written."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Statement:
    """One statement with the names that it binds, its first line and its text."""

    node: ast.stmt
    names: Sequence[str]
    line: int
    source: str

    @property
    def stub(self) -> bool:
        """Whether it is a function that holds nothing but a docstring and `...`."""
        if not isinstance(self.node, ast.FunctionDef | ast.AsyncFunctionDef):
            return False
        body = [one for one in self.node.body if not _constant(one, str)]
        return bool(body) and all(_constant(one, type(...)) for one in body)


def _constant(node: ast.stmt, kind: type) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, kind)


def statements(text: str, first_line: int, filename: str) -> list[Statement]:
    """The statements of a text whose first line has that number; raises what Python raises for what is no Python."""
    tree = ast.parse(text, filename)
    lines = [line.encode() for line in text.split("\n")]
    found = []
    for node in tree.body:
        start = min([node.lineno, *[one.lineno for one in getattr(node, "decorator_list", ())]])
        source = _segment(lines, node, start)
        found.append(Statement(node, tuple(dict.fromkeys(_bound(node))), start + first_line - 1, source))
    ast.increment_lineno(tree, first_line - 1)
    return found


def bound_in(text: str) -> set[str]:
    """All names that a text binds on its top level; none where it is no Python."""
    try:
        return {name for one in statements(text, 1, "") for name in one.names}
    except SyntaxError:
        return set()


def _segment(lines: Sequence[bytes], node: ast.stmt, start: int) -> str:
    """The text of a statement; columns of Python's trees count bytes."""
    end = node.end_lineno or node.lineno
    chosen = list(lines[start - 1 : end])
    chosen[-1] = chosen[-1][: node.end_col_offset]
    if start == node.lineno:
        chosen[0] = chosen[0][node.col_offset :]
    return b"\n".join(chosen).decode(errors="replace")


def _bound(node: ast.AST) -> Iterator[str]:
    """The names that a statement binds on the top level, in order; what is inside of functions is not looked at."""
    match node:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            yield name
            return
        case ast.Lambda() | ast.AnnAssign(value=None):  # `best: float` binds nothing
            return
        case ast.Name(id=name, ctx=ast.Store()):
            yield name
        case ast.alias(name=name, asname=other) if name != "*":
            yield other or name.partition(".")[0]
        case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
            yield name
        case ast.MatchMapping(rest=str(name)):
            yield name
        case _:
            pass
    for child in ast.iter_child_nodes(node):
        if isinstance(node, ast.comprehension) and child is node.target:
            continue  # lives in the comprehension alone
        yield from _bound(child)
