"""Make something: the answer is the path of a file or folder, which is opened and not written to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from ...teaching import Exercise, Verdict


def artefact(
    name: str,
    question: str,
    look: Callable[[Path], str],
    *,
    right: Sequence[Callable[[Path], Path]],
    wrong: Sequence[tuple[Callable[[Path], Path], str]],
    hints: Sequence[str] = (),
) -> Exercise:
    """A path to hand in: a package, a wheel, a run's folder. `look(path)` returns what is wrong with it, or nothing.

    `right` and `wrong` are functions that make such a thing in an empty folder and return its path.
    """

    def check(answer: Any) -> Verdict:
        if not isinstance(answer, str | Path):
            return Verdict(False, f'{answer!r:.60} is no path: write it in quotes, as in "dist/my.whl".', answer)
        path = Path(answer).expanduser()
        if not path.exists():
            return Verdict(False, f"there is nothing at {str(path)!r}, seen from {Path.cwd().name}/.", str(path))
        words = look(path)
        return Verdict(not words, words, str(path))

    return Exercise(name, question, check, tuple(right), tuple(wrong), tuple(hints), sort="artefact")
