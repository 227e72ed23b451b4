"""From a file of answers to a verdict for each exercise, with the words that the student reads."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from ..errors import GlassnetError, did_you_mean
from ..teaching import Exercise, Verdict
from .exercises.functions import source_of
from .inside import judged_inside

if TYPE_CHECKING:
    from ..answers import Answers, Bound, Server, Source

State = Literal["right", "wrong", "open", "fault"]
#: Sorts of exercises whose answer is a function.
FUNCTIONS = ("function", "bug", "claim", "part")
HEADER = "import numpy as np\n"


@dataclass(frozen=True)
class Result:
    """What one exercise came to. "open" is not answered yet, "fault" is the lesson's own."""

    exercise: str
    state: State
    words: str = ""
    verdict: Verdict | None = None


class Handed:
    """A student's function in their own process, to be called like any other from here."""

    def __init__(self, answers: Answers, name: str, exercise: Exercise) -> None:
        from ..answers import Limits

        self._answers, self.__name__ = answers, name
        self._limits = Limits(seconds=exercise.seconds, megabytes=exercise.megabytes)

    def __call__(self, *arguments: Any) -> Any:
        return self.returned(*arguments).value

    def returned(self, *arguments: Any) -> Any:
        """What it returned, with the arguments as they are afterwards."""
        return self._answers.call(self.__name__, *arguments, limits=self._limits)


def check_answers(
    exercises: Sequence[Exercise],
    source: str | Path,
    *,
    lesson: str = "",
    server: Server | None = None,
) -> list[Result]:
    """The result of every exercise for one file of answers, or for its text; `lesson` is its full name."""
    return list(iter_results(exercises, source, lesson=lesson, server=server))


def iter_results(
    exercises: Sequence[Exercise],
    source: str | Path,
    *,
    lesson: str = "",
    server: Server | None = None,
) -> Iterator[Result]:
    """Each result as soon as it is there."""
    from ..answers import Limits, needed, opened, source_of_notebook

    whole: str | Path | Source = source
    if isinstance(source, Path) and source.suffix == ".ipynb":
        whole = needed(source_of_notebook(source), {exercise.name for exercise in exercises})
        source = whole.text
    files = {Path(name).name: Path(name) for exercise in exercises for name in exercise.files}
    limits = Limits(megabytes=max((exercise.megabytes for exercise in exercises), default=512))
    with opened(whole, limits=limits, files=files, server=server) as answers:
        for exercise in exercises:
            yield _result(exercise, answers, source, lesson)


def _result(exercise: Exercise, answers: Answers, source: str | Path, lesson: str) -> Result:
    bound = answers.bound(exercise.name)
    if bound.state == "missing":
        return Result(exercise.name, "open", f"not there yet.{did_you_mean(exercise.name, answers.names)}")
    if bound.state == "open" or _untouched(exercise, bound):
        return Result(exercise.name, "open", "not answered yet.")
    if bound.state == "error":
        return Result(exercise.name, "wrong", f"{bound.words}{_unquoted(exercise, bound)}")
    wanted = "function" if exercise.sort in FUNCTIONS else "value"
    if bound.state != wanted:
        word = f"a function is asked for: write `def {exercise.name}(...):`" if wanted == "function" else (
            f"a value is asked for, and {exercise.name} is a function: write `{exercise.name} = ...`")  # fmt: skip
        return Result(exercise.name, "wrong", word + ".")
    if exercise.sort == "part":
        return _judged(exercise, lambda: judged_inside(lesson, exercise, source))
    answer = Handed(answers, exercise.name, exercise) if wanted == "function" else bound.value
    return _judged(exercise, lambda: exercise.check(answer))


def result_of(exercise: Exercise, answer: Any) -> Result:
    """The result of an answer that is at hand in this process."""
    if answer is ... or _still_stub(exercise, answer):
        return Result(exercise.name, "open", "not answered yet.")
    return _judged(exercise, lambda: exercise.check(answer))


def _still_stub(exercise: Exercise, answer: Any) -> bool:
    """Whether a function of a notebook's cell is as the cell was written."""
    import inspect

    try:
        return callable(answer) and _shape(inspect.getsource(answer)) == _shape(stub_text(exercise))
    except (OSError, TypeError, SyntaxError):
        return False


def _judged(exercise: Exercise, check: Callable[[], Verdict]) -> Result:
    from ..answers import AnswerFailed

    try:
        verdict = check()
    except AnswerFailed as error:
        return Result(exercise.name, "wrong", str(error))
    except GlassnetError as error:
        return Result(exercise.name, "fault", f"this exercise can't be checked: {error}")
    except Exception as error:
        return Result(exercise.name, "fault", f"its checker raises {type(error).__name__}: {error}")
    return Result(exercise.name, "right" if verdict.right else "wrong", verdict.words, verdict)


def _unquoted(exercise: Exercise, bound: Bound) -> str:
    """What to write in place of `why = b`, which is a name that Python doesn't know."""
    bare = bound.source.partition("=")[2].partition("#")[0].strip()
    if exercise.sort != "choice" or len(bare) != 1 or not bare.isalpha():
        return ""
    return f'. A letter is written in quotes: {exercise.name} = "{bare}"'


def _untouched(exercise: Exercise, bound: Bound) -> bool:
    """Whether the answer is still the stub that `--start` has written."""
    if exercise.stub is ... or not bound.source:
        return False
    try:
        return _shape(bound.source) == _shape(stub_text(exercise))
    except SyntaxError:
        return False


def _shape(source: str) -> str:
    """The first definition of a source without its comments and places."""
    tree = ast.parse(source)
    found = next((node for node in tree.body if isinstance(node, ast.FunctionDef | ast.Assign)), tree)
    return ast.dump(found)


# --- what --start writes ---------------------------------------------------------------------------------------------


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
        imports = "from glassnet import *\n" if exercise.sort == "part" else ""
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
