"""Write a function, or find the one thing that is wrong in it: behaviour is compared, never the wording of code."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from itertools import repeat
from typing import Any

import numpy as np

from ...errors import GlassnetError
from ...teaching import Exercise, Exhibit, Verdict
from ...wording import a, count, exact

SEED = 20
MOST_SHOWN = 6  # numbers in a sentence
Inputs = Callable[[np.random.Generator], Iterable[tuple[Any, ...]]]
Wrong = Sequence[tuple[Callable[..., Any], str]]


def function(
    name: str,
    question: str,
    *,
    inputs: Inputs,
    right: Sequence[Callable[..., Any]],
    wrong: Wrong,
    stub: Callable[..., Any] | None = None,
    hints: Sequence[str] = (),
    relative: float = 1e-6,
    absolute: float = 1e-9,
    files: Sequence[str] = (),
    seconds: float = 10,
    sort: str = "function",
) -> Exercise:
    """A function to write, compared with `right[0]` on everything that `inputs(rng)` yields, smallest first.

    `inputs` yields tuples of arguments. A student's function that behaves like one of `wrong` on all of them gets
    that one's words; else the first element that differs is shown with both values. `stub` is what the student
    begins with: its signature, or the function with the mistake in it.
    """
    cases = [tuple(case) for case in inputs(np.random.default_rng(SEED))]
    if not cases:
        raise GlassnetError(f"function {name!r}: inputs(rng) yields nothing to compare on")

    def near(one: Any, other: Any) -> bool:
        return alike(one, other, relative, absolute)

    def check(answer: Any) -> Verdict:
        expected = [outcome(right[0], case) for case in cases]
        came = list(_outcomes(answer, cases))
        given = [one.beside(other) for one, other in zip(came, expected, strict=False)]
        first = next((i for i, (g, e) in enumerate(zip(given, expected, strict=False)) if not g.like(e, near)), None)
        if first is None:
            return _untouched(given, cases, list(inspect.signature(stub or right[0]).parameters))
        for known, words in wrong if len(given) == len(cases) else ():
            if all(g.like(outcome(known, case), near) for g, case in zip(given, cases, strict=True)):
                return Verdict(False, words)
        if len(given) == len(cases) and all(map(_swapped, given, expected, repeat(near))):
            return Verdict(False, "Both results are right, and in the wrong order: swap them in the `return`.")
        return _difference(name, came[first], expected[first], cases[first], near)

    return Exercise(
        name,
        question,
        check,
        tuple(right),
        tuple(wrong),
        tuple(hints),
        stub=stub or right[0],
        files=tuple(files),
        seconds=seconds,
        sort=sort,
    )


def find_the_bug(
    name: str,
    exhibit: Exhibit,
    *,
    inputs: Inputs,
    right: Sequence[Callable[..., Any]],
    wrong: Wrong,
    question: str = "One thing is wrong here: mend it.",
    hints: Sequence[str] = (),
    **bounds: Any,
) -> Exercise:
    """An exhibit's wrong function as the stub: mended is what behaves like the exhibit's mended one."""
    still = (exhibit.wrong, "It still does what it did: the mistake is in it.")
    asked = function(
        name,
        question,
        inputs=inputs,
        right=(exhibit.mended, *right),
        wrong=(still, *wrong),
        stub=exhibit.wrong,
        hints=hints,
        sort="bug",
        **bounds,
    )
    return replace(asked, wrong=tuple(wrong))  # as it stands the exhibit's own is the stub, which is open and not wrong


@dataclass(frozen=True)
class Came:
    """What a call came to: a value, or the words of what it raised; and the arguments as they are afterwards."""

    value: Any = None
    raised: str = ""
    error: BaseException | None = None
    arguments: tuple[Any, ...] = ()

    def beside(self, wanted: Came) -> Came:
        """The same, with one number taken out of its brackets where a bare number is wanted."""
        return replace(self, value=_unpacked(self.value, wanted.value))

    def like(self, other: Came, near: Callable[[Any, Any], bool]) -> bool:
        """Whether both returned the same, or both raised an error of the same sort."""
        if self.raised or other.raised:
            return bool(self.raised and other.raised) and _sort_of(self.raised) == _sort_of(other.raised)
        return near(self.value, other.value)


def outcome(called: Callable[..., Any], case: tuple[Any, ...]) -> Came:
    """Call it with copies of the arguments."""
    from ...answers import AnswerFailed

    arguments = deepcopy(case)
    try:
        returned = getattr(called, "returned", None)
        if returned is not None:  # a student's function, in its own process
            found = returned(*arguments)
            return Came(found.value, arguments=tuple(found.arguments))
        return Came(called(*arguments), arguments=arguments)
    except AnswerFailed as error:
        return Came(raised=str(error), error=error)
    except Exception as error:
        return Came(raised=f"{type(error).__name__}: {error}", error=error)


def _outcomes(called: Callable[..., Any], cases: Iterable[tuple[Any, ...]]) -> Iterator[Came]:
    """What each call came to; none after one that was stopped, since the next would take as long again."""
    for case in cases:
        came = outcome(called, case)
        yield came
        if came.raised and _sort_of(came.raised) == came.raised:
            return


def _sort_of(raised: str) -> str:
    """`ValueError` of "line 3: ValueError: no"."""
    return next((word.rstrip(":") for word in raised.split() if word.rstrip(":").endswith("Error")), raised)


def _unpacked(value: Any, wanted: Any) -> Any:
    """2 for [2] where a number is wanted, alone or as one of several results."""
    several = isinstance(wanted, tuple) and isinstance(value, list | tuple) and len(value) == len(wanted)
    if several:
        return type(value)(_unpacked(one, other) for one, other in zip(value, wanted, strict=True))
    if not isinstance(wanted, int | float | np.number | np.bool_) or not isinstance(value, list | tuple | np.ndarray):
        return value
    array = _array(value)
    return array.item() if array is not None and array.size == 1 and array.dtype.kind in "biuf" else value


def alike(one: Any, other: Any, relative: float = 1e-6, absolute: float = 1e-9) -> bool:
    """Whether two results are the same number by number: a list is as good as an array, 3 as good as 3.0."""
    if isinstance(one, dict) or isinstance(other, dict):
        both = isinstance(one, dict) and isinstance(other, dict) and one.keys() == other.keys()
        return both and all(alike(one[key], other[key], relative, absolute) for key in one)
    if _ragged(one) or _ragged(other):
        same = isinstance(one, list | tuple) and isinstance(other, list | tuple) and len(one) == len(other)
        return same and all(alike(x, y, relative, absolute) for x, y in zip(one, other, strict=True))
    try:
        left, right = np.asarray(one), np.asarray(other)
        if left.shape != right.shape:
            return False
        if left.dtype.kind in "biufc" and right.dtype.kind in "biufc":
            return bool(np.allclose(left, right, rtol=relative, atol=absolute, equal_nan=True))
        return bool(np.array_equal(left, right))
    except (TypeError, ValueError):
        return bool(one == other)


def _ragged(value: Any) -> bool:
    """Several arrays of different shapes, which are no array together."""
    if not isinstance(value, list | tuple):
        return False
    try:
        return np.asarray(value).dtype == object
    except ValueError:
        return True


def _swapped(given: Came, expected: Came, near: Callable[[Any, Any], bool]) -> bool:
    """Whether there are two results, the first of which is the second."""
    yours, wanted = given.value, expected.value
    pair = isinstance(wanted, tuple) and isinstance(yours, tuple | list) and len(wanted) == len(yours) == 2
    return pair and near(yours[::-1], wanted)


def _untouched(given: Sequence[Came], cases: Sequence[tuple[Any, ...]], names: Sequence[str]) -> Verdict:
    for came, case in zip(given, cases, strict=True):
        for number, (before, after) in enumerate(zip(case, came.arguments, strict=False)):
            if not alike(after, before, 0, 0):
                name = names[number] if number < len(names) else f"argument {number + 1}"
                words = (
                    f"The result is right, and `{name}` is not what it was: work on a copy. Things such as "
                    f"`{name} -= ...` change what was handed in; `{name} = {name} - ...` doesn't."
                )
                return Verdict(False, words, after, before)
    return Verdict(True, "")


def _difference(
    name: str, given: Came, expected: Came, case: tuple[Any, ...], near: Callable[[Any, Any], bool]
) -> Verdict:
    """The first difference, with both values and the input that shows it."""
    call = f"{name}({', '.join(map(brief, case))})"
    if given.raised:
        how = "" if given.raised.startswith("returned ") else "ended in " if _has_line(given.raised) else "ended with "
        return Verdict(False, f"{call} {how}{given.raised}", at=case)
    if expected.raised:
        sort = _sort_of(expected.raised)
        return Verdict(False, f"{call} should raise {a(sort)}, and gives {brief(given.value)}.", given.value, at=case)
    if given.value is None:
        return Verdict(False, f"{call} gives None: does it end with `return`?", None, expected.value, case)
    yours, wanted = _array(given.value), _array(expected.value)
    if yours is None or wanted is None:
        words = f"{call} gives {brief(given.value)}, and should be {brief(expected.value)}."
        return Verdict(False, words, given.value, expected.value, case)
    if yours.shape != wanted.shape:
        words = f"{call} {_of_another_shape(yours, wanted, given.value, expected.value)}"
        return Verdict(False, words, yours.shape, wanted.shape, case)
    where = next((index for index in np.ndindex(wanted.shape) if not near(yours[index], wanted[index])), ())
    place = "".join(f"[{number}]" for number in where)  # as it is written for arrays, lists and pairs alike
    told = f"{call}{place} is {brief(yours[where])}"
    if yours.dtype.kind == "U" and wanted.dtype.kind in "biuf":
        told = f"{call}{place} is the text {brief(yours[where])}, and no number"
    words = f"{told}, and should be {brief(wanted[where])}."
    return Verdict(False, words, yours[where], wanted[where], where or case)


def _has_line(raised: str) -> bool:
    return raised.startswith(("line ", "cell "))


def _of_another_shape(yours: np.ndarray, wanted: np.ndarray, given: Any, expected: Any) -> str:
    """How many numbers there are where one is asked for, or the other way round; small ones side by side, as they were
    written; else both shapes."""
    if not wanted.shape and yours.dtype.kind != "U":
        return f"gives {count(yours.size, 'number')}, {brief(yours)}, and should give one: {brief(wanted[()])}."
    if not yours.shape:
        return f"gives {brief(yours[()])} alone, and should give {brief(wanted)}."
    if yours.size <= MOST_SHOWN and wanted.size <= MOST_SHOWN:
        brackets = ": compare the brackets" if yours.size == wanted.size else ""
        return f"gives {brief(given)}, and should give {brief(expected)}{brackets}."
    return f"has the shape {yours.shape}, and should have {wanted.shape}."


def _array(value: Any) -> Any:
    try:
        array = np.asarray(value)
    except ValueError:
        return None
    return None if array.dtype == object else array


def brief(value: Any) -> str:
    """A value in a sentence: small ones whole, large ones by their shape."""
    if isinstance(value, np.generic):
        return brief(value.item())
    if isinstance(value, float):
        return exact(value)
    if isinstance(value, np.ndarray) and value.size > MOST_SHOWN:
        return f"an array of shape {value.shape}"
    if isinstance(value, np.ndarray):
        return brief(value.tolist())
    if isinstance(value, list | tuple) and len(value) > MOST_SHOWN:
        return f"a {type(value).__name__} of {len(value)}"
    if isinstance(value, list):
        return f"[{', '.join(map(brief, value))}]"
    if isinstance(value, tuple):
        return f"({', '.join(map(brief, value))}{',' if len(value) == 1 else ''})"
    if isinstance(value, str):
        value = str(value)  # one of NumPy's would show its type
    return f"{value!r:.60}"


def source_of(function: Callable[..., Any]) -> str:
    """The source of a function as a student would have it in a file."""
    from textwrap import dedent

    if function.__name__ == "<lambda>":
        raise GlassnetError("an answer of a lesson is a lambda: write it with def, as a student would")
    return dedent(inspect.getsource(function))
