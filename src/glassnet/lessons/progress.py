"""What a student has solved: one small JSON file, readable and portable, that nothing depends on.

    {"glassnet/xor": {"by_hand": {"on": "2026-11-29", "asked": "0c5f..."}}}

`asked` is the fingerprint of the exercise: where it has changed since, it is told, and the exercise counts as solved.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from ..errors import GlassnetError
from ..files import read_json, write_text
from ..schemas import PROGRESS
from .course import Opened, fingerprint
from .verdicts import Result

ENV = "GLASSNET_PROGRESS"


def usual_place() -> Path:
    """Where progress is kept unless `--progress FILE` or GLASSNET_PROGRESS says otherwise."""
    given = os.environ.get(ENV, "").strip()
    if given:
        return Path(given)
    from platformdirs import user_state_path

    return user_state_path("glassnet", appauthor=False) / "lessons.json"


@dataclass
class Progress:
    """The file, read; `solved` has the exercises of each lesson by its full name.

    Nothing depends on it: where it can't be read or written, `trouble` says why, and nothing is kept.
    """

    path: Path
    solved: dict[str, dict[str, dict[str, str]]] = field(default_factory=dict)
    trouble: str = ""

    @classmethod
    def at(cls, path: Path | None = None) -> Progress:
        """What is in that file, nothing where there is none."""
        path = path or usual_place()
        if not path.exists():
            return cls(path)
        try:
            return cls(path, read_json(path, PROGRESS))
        except GlassnetError as error:
            return cls(path, trouble=f"{error}. What was solved is kept there: mend it, or move it away to begin anew")

    def note(self, opened: Opened, results: Sequence[Result]) -> None:
        """Remember what is right now; what was right once stays solved."""
        asked = {result.exercise: fingerprint(opened.exercise(result.exercise)) for result in results}
        known = self.solved.get(opened.full_name, {})
        right = [one.exercise for one in results if one.state == "right"]
        new = [name for name in right if known.get(name, {}).get("asked") != asked[name]]
        if not new or self.trouble:
            return
        self.solved = type(self).at(self.path).solved  # another terminal may have solved something meanwhile
        for name in new:
            entry = {"on": date.today().isoformat(), "asked": asked[name]}
            self.solved.setdefault(opened.full_name, {})[name] = entry
        try:
            self.save()
        except (GlassnetError, OSError) as error:
            self.trouble = str(error)

    def marks(self, opened: Opened) -> dict[str, str]:
        """What is to be said of each exercise that was solved."""
        changed = self.changed(opened)
        known = self.solved.get(opened.full_name, {})
        return {name: "changed since you solved it" if name in changed else "solved" for name in known}

    def save(self) -> None:
        """Write it whole or not at all."""
        import json

        self.path.parent.mkdir(parents=True, exist_ok=True)
        where = f"choose another file with --progress FILE or {ENV}"
        write_text(self.path, json.dumps(self.solved, indent=1, sort_keys=True) + "\n", elsewhere=where)

    def count(self, opened: Opened) -> int:
        """How many of a lesson's exercises are solved."""
        known = self.solved.get(opened.full_name, {})
        return sum(exercise.name in known for exercise in opened.exercises)

    def changed(self, opened: Opened) -> list[str]:
        """The exercises that are asked otherwise since they were solved."""
        known = self.solved.get(opened.full_name, {})
        return [e.name for e in opened.exercises if e.name in known and known[e.name]["asked"] != fingerprint(e)]

    def done(self, opened: Opened) -> bool:
        """Whether every exercise of it is solved."""
        return bool(opened.exercises) and self.count(opened) == len(opened.exercises)


def coming_next(lessons: Sequence[Opened], progress: Progress, after: Opened | None = None) -> Opened | None:
    """The first lesson that is not done, of the same course where one was just finished."""
    same = [one for one in lessons if after is None or one.part.distribution == after.part.distribution]
    started = [one for one in same if not progress.done(one)]
    if after is not None:
        names = [one.full_name for one in same]
        later = [one for one in started if names.index(one.full_name) > names.index(after.full_name)]
        started = later or started
    return started[0] if started else None


def as_rows(lessons: Sequence[Opened], progress: Progress) -> list[dict[str, Any]]:
    """Each lesson as plain data, for a list or a program."""
    return [
        {
            "lesson": one.full_name,
            "minutes": one.lesson.minutes,
            "exercises": len(one.exercises),
            "solved": progress.count(one),
            "changed": progress.changed(one),
            "help": one.part.help,
        }
        for one in lessons
    ]
