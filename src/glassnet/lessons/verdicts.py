"""From a file of answers to a verdict for each exercise, with the words that the student reads."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from ..errors import GlassnetError, did_you_mean
from ..teaching import Exercise, Verdict
from .advice import COPY, RUN, advice, told
from .inside import judged_inside
from .stubs import FUNCTIONS, is_stub

if TYPE_CHECKING:
    from ..answers import Answers, Server, Source

State = Literal["right", "wrong", "open", "fault"]


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
    names: Collection[str] = (),
    server: Server | None = None,
) -> list[Result]:
    """The result of every exercise for one file of answers, or for its text.

    `lesson` is its full name, and `names` are those that its page defines and a file of answers has to.
    """
    from ..answers import Limits, needed, opened, source_of_notebook

    whole: str | Path | Source = source
    if isinstance(source, Path) and source.suffix == ".ipynb":
        whole = needed(source_of_notebook(source), {exercise.name for exercise in exercises})
        source = whole.text
    files = {Path(name).name: Path(name) for exercise in exercises for name in exercise.files}
    limits = Limits(megabytes=max((exercise.megabytes for exercise in exercises), default=512))
    with opened(whole, limits=limits, files=files, server=server) as answers:
        return [
            _advised(_result(one, answers, source, lesson), one, answers.bound(one.name).source, names, COPY)
            for one in exercises
        ]


def _advised(result: Result, exercise: Exercise, source: str, names: Collection[str], where: str) -> Result:
    """The same with what to do about it, where Python's own words don't say."""
    more = advice(exercise, result.words, source, names, where) if result.state == "wrong" else ""
    return replace(result, words=told(result.words, more)) if more else result


def _result(exercise: Exercise, answers: Answers, source: str | Path, lesson: str) -> Result:
    bound = answers.bound(exercise.name)
    if bound.state == "missing":
        return Result(exercise.name, "open", f"not there yet.{did_you_mean(exercise.name, answers.names)}")
    if bound.state == "open" or is_stub(exercise, bound.source):
        return Result(exercise.name, "open", "not answered yet.")
    if bound.state == "error":
        return Result(exercise.name, "wrong", bound.words)
    wanted = "function" if exercise.sort in FUNCTIONS else "value"
    if bound.state != wanted:
        word = f"a function is asked for: write `def {exercise.name}(...):`" if wanted == "function" else (
            f"a value is asked for, and {exercise.name} is a function: write `{exercise.name} = ...`")  # fmt: skip
        return Result(exercise.name, "wrong", word + ".")
    if exercise.sort == "part":
        return _judged(exercise, lambda: judged_inside(lesson, exercise, source))
    answer = Handed(answers, exercise.name, exercise) if wanted == "function" else bound.value
    return _judged(exercise, lambda: exercise.check(answer))


def result_of(exercise: Exercise, answer: Any, names: Collection[str] = ()) -> Result:
    """The result of an answer that is at hand in this process; `names` are those that the page defines."""
    if answer is ... or _still_stub(exercise, answer):
        return Result(exercise.name, "open", "not answered yet.")
    return _advised(_judged(exercise, lambda: exercise.check(answer)), exercise, "", names, RUN)


def _still_stub(exercise: Exercise, answer: Any) -> bool:
    """Whether a function of a notebook's cell is as the cell was written."""
    import inspect

    try:
        return callable(answer) and is_stub(exercise, inspect.getsource(answer))
    except (OSError, TypeError):
        return False


def _judged(exercise: Exercise, check: Callable[[], Verdict]) -> Result:
    import numpy as np

    from ..answers import AnswerFailed

    try:
        with np.errstate(all="ignore"):  # known mistakes are computed beside: their infinities are nobody's warning
            verdict = check()
    except AnswerFailed as error:
        return Result(exercise.name, "wrong", str(error))
    except GlassnetError as error:
        return Result(exercise.name, "fault", f"this exercise can't be checked: {error}")
    except Exception as error:
        return Result(exercise.name, "fault", f"its checker raises {type(error).__name__}: {error}")
    return Result(exercise.name, "right" if verdict.right else "wrong", verdict.words, verdict)
