"""A lesson's own answers, put to its exercises as a student's would be: the right ones, the wrong ones, the stub."""

from __future__ import annotations

import ast
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from ..teaching import Exercise
from .exercises.functions import source_of
from .stubs import HEADER, as_source, stub_text
from .verdicts import Result, check_answers

if TYPE_CHECKING:
    from ..answers import Server

Role = Literal["right", "variant", "wrong", "stub", "begun"]


@dataclass(frozen=True)
class Tried:
    """One answer, what it was tried as, the words that it should get, and what came of it."""

    role: Role
    words: str
    text: str
    result: Result


def tried(exercise: Exercise, server: Server | None) -> Iterator[Tried]:
    """Every answer of an exercise through the runner, one file each."""

    def put(role: Role, text: str, words: str = "", asked: Exercise = exercise) -> Tried:
        (result,) = check_answers([asked], text, server=server)
        return Tried(role, words, text, result)

    with tempfile.TemporaryDirectory(prefix="answers-") as folder:
        for number, answer in enumerate(exercise.right):
            yield put("right", _made(exercise, answer, Path(folder) / f"right{number}"))
        for text in variants(exercise):
            yield put("variant", text)
        for number, (answer, words) in enumerate(exercise.wrong):
            yield put("wrong", _made(exercise, answer, Path(folder) / f"wrong{number}"), words)
        stub = HEADER + stub_text(exercise)
        yield put("stub", stub)
        if exercise.stub is not ...:  # the same once the student has touched it: judged like any answer
            yield put("begun", stub, asked=replace(exercise, stub=...))


def _made(exercise: Exercise, answer: Any, folder: Path) -> str:
    if exercise.sort == "artefact":
        folder.mkdir()
        return f"{exercise.name} = {str(answer(folder))!r}\n"
    return as_source(exercise, answer)


def variants(exercise: Exercise) -> Iterator[str]:
    """The first right answer as others would write it: in another form, with other names, with lists for arrays."""
    first = exercise.right[0]
    if exercise.sort == "number":
        value = float(first() if callable(first) else first)
        yield f"{HEADER}{exercise.name} = {int(value) if value.is_integer() else value!r}\n"
        yield f"{HEADER}{exercise.name} = {str(value)!r}\n"
        yield f"{HEADER}{exercise.name} = np.array([{value!r}])\n"
    elif exercise.sort == "choice":
        yield f"{exercise.name} = {str(first).upper() + ' '!r}\n"
    elif exercise.sort in ("function", "bug"):
        yield _other_names(exercise, first)
        yield _as_lists(exercise, first)


def _other_names(exercise: Exercise, answer: Any) -> str:
    """The same function with other names for its parameters."""
    tree = ast.parse(as_source(exercise, answer))
    function = next(node for node in tree.body if isinstance(node, ast.FunctionDef))
    new = {arg.arg: f"{arg.arg}_" for arg in (*function.args.posonlyargs, *function.args.args)}
    for node in ast.walk(function):
        if isinstance(node, ast.arg) and node.arg in new:
            node.arg = new[node.arg]
        elif isinstance(node, ast.Name) and node.id in new:
            node.id = new[node.id]
    return ast.unparse(tree) + "\n"


def _as_lists(exercise: Exercise, answer: Any) -> str:
    """The same function that returns lists in place of arrays."""
    source = source_of(answer)
    return (
        f"{HEADER}{source}\n_answer = {answer.__name__}\n\n"
        f"def {exercise.name}(*arguments):\n    result = _answer(*arguments)\n"
        "    return result.tolist() if isinstance(result, np.ndarray) else result\n"
    )


#: What a mutant has in place of an operator.
_SWAPS: dict[type[ast.operator], ast.operator] = {
    ast.Add: ast.Sub(), ast.Sub: ast.Add(), ast.Mult: ast.Add(), ast.Div: ast.Mult(), ast.MatMult: ast.Mult(),
}  # fmt: skip


def mutants(exercise: Exercise) -> Iterator[str]:
    """The first right answer with one operator or one number changed."""
    if exercise.sort not in ("function", "bug"):
        return
    source = as_source(exercise, exercise.right[0])
    count = sum(1 for node in ast.walk(ast.parse(source)) if _mutable(node))
    for number in range(count):
        tree = ast.parse(source)
        node = [node for node in ast.walk(tree) if _mutable(node)][number]
        if isinstance(node, ast.BinOp):
            node.op = _SWAPS[type(node.op)]
        elif isinstance(node, ast.Constant):
            node.value = node.value + 1  # type: ignore[operator]  # a number: see _mutable
        yield ast.unparse(tree) + "\n"


def _mutable(node: ast.AST) -> bool:
    if isinstance(node, ast.BinOp):
        return type(node.op) in _SWAPS
    return isinstance(node, ast.Constant) and type(node.value) in (int, float)


def survivors(exercise: Exercise, server: Server | None, most: int = 6) -> Sequence[str]:
    """Mutants of the right answer that are accepted as well."""
    found = []
    for number, text in enumerate(mutants(exercise)):
        if number >= most:
            break
        (result,) = check_answers([exercise], text, server=server)
        if result.state == "right":
            found.append(text)
    return found
