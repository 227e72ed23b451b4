"""An exercise as Python: the stub that `--start` writes, and an answer as a student would have it in a file."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from typing import Any

from ..teaching import Exercise
from .exercises.functions import source_of

#: Sorts of exercises whose answer is a function.
FUNCTIONS = ("function", "bug", "claim", "part")
HEADER = "import numpy as np\n"


def stub_text(exercise: Exercise) -> str:
    """What stands in the answers' file at first: `best = ...`, or a function to fill in."""
    if exercise.sort in ("function", "claim", "part") and exercise.stub in exercise.right:
        return _signature_of(exercise)
    if callable(exercise.stub):
        return _named(source_of(exercise.stub), exercise.stub.__name__, exercise.name)
    return f"{exercise.name} = {'...' if exercise.stub is ... else repr(exercise.stub)}\n"


def _signature_of(exercise: Exercise) -> str:
    """The signature and docstring of a right answer, and nothing of how it is done."""
    node = ast.parse(source_of(exercise.stub)).body[0]
    assert isinstance(node, ast.FunctionDef)
    doc = ast.get_docstring(node, clean=True)
    node.body = [ast.Expr(ast.Constant(...))]
    text = ast.unparse(node).replace(f"def {node.name}(", f"def {exercise.name}(", 1)
    return text.replace("    ...", f'    """{doc}"""\n    ...') + "\n" if doc else text + "\n"


def _named(source: str, old: str, new: str) -> str:
    return source.replace(f"def {old}(", f"def {new}(", 1)


def as_source(exercise: Exercise, answer: Any) -> str:
    """A file that gives this answer, as a student would write it."""
    if callable(answer) and exercise.sort in FUNCTIONS:
        imports = bags_of([exercise], answer)
        name = answer.__name__
        text = source_of(answer)
        renamed = (
            _named(text, name, exercise.name)
            if text.startswith(f"def {name}(")
            else f"{text}{exercise.name} = {name}\n"
        )
        return HEADER + imports + renamed
    value = answer() if callable(answer) else answer
    return f"{HEADER}{exercise.name} = {value!r}\n"


def bags_of(exercises: Sequence[Exercise], *others: Callable[..., Any]) -> str:
    """`from glassnet import Optimizer`: what the right answers to parts are made with, and `others`.

    A star in its place would load all that glassnet has, scikit-learn with it: seconds for each check.
    """
    from glassnet import __all__ as public

    parts = [exercise for exercise in exercises if exercise.sort == "part"]
    answers = [answer for exercise in parts for answer in exercise.right] + list(others if parts else ())
    nodes = [node for answer in answers for node in ast.walk(ast.parse(source_of(answer)))]
    names = sorted({node.id for node in nodes if isinstance(node, ast.Name)} & set(public))
    return f"from glassnet import {', '.join(names)}\n" if names else ""


def is_stub(exercise: Exercise, source: str) -> bool:
    """Whether a text is still the stub that `--start` has written, but for comments and places."""
    if exercise.stub is ... or not source:
        return False
    try:
        return _shape(source) == _shape(stub_text(exercise))
    except SyntaxError:
        return False


def _shape(source: str) -> str:
    """The first definition of a source without its comments and places."""
    tree = ast.parse(source)
    found = next((node for node in tree.body if isinstance(node, ast.FunctionDef | ast.Assign)), tree)
    return ast.dump(found)
