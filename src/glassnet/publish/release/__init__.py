"""From a project's folder to a package that others install, in steps that each say what they do and why."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from ..project import read_project
from .classes import check_word
from .keeping import MOST, Kept, clear, kept, rooms_folder, scratch_folder
from .state import Release, Said, Saying, StepFailed, Target
from .steps import STEPS, run_steps

__all__ = [
    "MOST",
    "STEPS",
    "Kept",
    "Release",
    "Said",
    "StepFailed",
    "Target",
    "check_word",
    "clear",
    "kept",
    "release",
    "rooms_folder",
]


def release(
    folder: Path,
    to: str = "local",
    *,
    dry_run: bool = False,
    resume: bool = False,
    ask: Callable[[str], str] | None = None,
    target: Target | None = None,
) -> Saying:
    """Release the project of that folder and say what happens; a step that fails raises `StepFailed`.

    `to` is local, testpypi, pypi, the address of an index or a name in ~/.pypirc. `ask` puts the last question before
    PyPI; without it none is asked. `target` is an index of another address, in place of the one that `to` names.
    """
    project = read_project(folder)
    with scratch_folder() as scratch:
        yield from run_steps(Release(project, to, scratch, dry_run=dry_run, resume=resume, ask=ask, target=target))
