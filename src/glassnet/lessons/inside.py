"""A part that a student has written is checked where it was written: in a process of its own, beside its checker.

`python -m glassnet.lessons.inside LESSON EXERCISE FILE` prints the verdict as JSON, on a line of its own.
"""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from ..teaching import Exercise, Verdict

_MARK = "verdict: "


def judged_inside(lesson: str, exercise: Exercise, source: str | Path) -> Verdict:
    """The verdict on a part in a file of answers, or in the text of one; `lesson` is a full name of the catalog."""
    if not lesson:
        return in_process(exercise, source)
    with tempfile.TemporaryDirectory(prefix="answer-") as folder:
        path = Path(folder) / "answers.py"
        path.write_text(_text(source), encoding="utf-8")
        command = [sys.executable, "-P", "-m", "glassnet.lessons.inside", lesson, exercise.name, str(path)]
        try:
            ended = subprocess.run(
                command,
                capture_output=True,
                text=True,
                stdin=subprocess.DEVNULL,
                timeout=3 * exercise.seconds + 10,
                cwd=folder,
                check=False,
                env=os.environ | {"PYTHONIOENCODING": "utf-8"},
            )
        except subprocess.TimeoutExpired:
            return Verdict(False, f"it took longer than the {3 * exercise.seconds + 10:g} seconds that it has.")
    lines = [line for line in ended.stdout.splitlines() if line.startswith(_MARK)]
    if not lines:
        last = (ended.stderr.strip().splitlines() or ["without a word"])[-1]
        return Verdict(False, f"its process ended with code {ended.returncode}: {last}")
    return Verdict(**json.loads(lines[-1].removeprefix(_MARK)))


def in_process(exercise: Exercise, source: str | Path) -> Verdict:
    """The verdict on a part of a text that is our own: a lesson's right and wrong answers."""
    from ..process import contained

    names: dict[str, Any] = {"__name__": "__answers__"}
    path = str(source) if isinstance(source, Path) else "answers.py"
    try:
        with contained():
            text = _text(source)
            _remembered(path, text)
            trouble = _run(text, path, names)
            if exercise.name not in names:
                return Verdict(False, trouble or f"there is no {exercise.name} in it.")
            return exercise.check(names[exercise.name])
    except Exception as error:
        return Verdict(False, f"{type(error).__name__}: {error}")


def _run(text: str, path: str, names: dict[str, Any]) -> str:
    """Run the statements one by one, as students' files are: one that raises costs its own names. What it raised."""
    trouble = ""
    for statement in ast.parse(text, path).body:
        try:
            exec(compile(ast.Module([statement], []), path, "exec"), names)
        except Exception as error:
            trouble = trouble or f"line {statement.lineno}: {type(error).__name__}: {error}"
    return trouble


def _remembered(path: str, text: str) -> None:
    """`inspect.getsource` finds the lines of a text that is in no file."""
    import linecache

    linecache.cache[path] = len(text), None, text.splitlines(keepends=True), path


def _text(source: str | Path) -> str:
    return source.read_text(encoding="utf-8") if isinstance(source, Path) else source


def _main(lesson: str, name: str, file: str) -> None:
    from ..catalog import Catalog
    from .pages import exercises_of

    part = Catalog.discover().find("lesson", lesson)
    exercise = next(one for one in exercises_of(part.build()) if one.name == name)
    verdict = in_process(exercise, Path(file))
    sys.stdout.write(_MARK + json.dumps({"right": verdict.right, "words": verdict.words}) + "\n")


if __name__ == "__main__":
    _main(*sys.argv[1:])
