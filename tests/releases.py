"""Run releases in tests: alone with this machine, on a practice index of the test's own."""

import os
from collections.abc import Generator, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import pytest

from glassnet.errors import GlassnetError
from glassnet.publish import serving
from glassnet.publish.release import Said, release

Value = TypeVar("Value")


@dataclass
class Outcome:
    """What a release said, and the error that ended it, if one did."""

    said: list[Said] = field(default_factory=list)
    error: GlassnetError | None = None

    def of(self, manner: str) -> list[str]:
        """The texts said in one manner."""
        return [said.text for said in self.said if said.manner == manner]

    @property
    def step(self) -> str:
        """The title of the last step that was begun."""
        return self.of("step")[-1].split(None, 1)[1]

    @property
    def words(self) -> str:
        """All that a person reads, the error last."""
        return "\n".join([*(said.text for said in self.said), str(self.error or "")])


def follow(saying: Iterable[Said], until: str = "") -> Outcome:
    """Listen to the end, to the error, or until the step of that title begins."""
    outcome = Outcome()
    try:
        for said in saying:
            outcome.said.append(said)
            if until and said.manner == "step" and outcome.step == until:
                break
    except GlassnetError as error:
        outcome.error = error
    return outcome


def ended(saying: Generator[Said, None, Value]) -> Value:
    """Listen to the end, for what it comes to."""
    while True:
        try:
            next(saying)
        except StopIteration as stop:
            return stop.value


def run(project: Path, until: str = "", **options) -> Outcome:
    """Release a project and keep all that is said."""
    return follow(release(project, **options), until)


def done(project: Path, **options) -> Outcome:
    """A release that has to go through."""
    outcome = run(project, **options)
    assert outcome.error is None, outcome.words + "\n" + getattr(outcome.error, "output", "")
    return outcome


def stay_alone(patch: pytest.MonkeyPatch, cache: Path, index: Path) -> None:
    """No index but ours, no settings and no tokens of the person who runs the tests, no cache of theirs."""
    for name in [name for name in os.environ if name.startswith(("PIP_", "TWINE_", "PYTEST_"))]:
        if name != "PYTEST_CURRENT_TEST":
            patch.delenv(name)
    for name in ("PYPI_TOKEN", "TESTPYPI_TOKEN"):
        patch.delenv(name, raising=False)
    patch.setenv("PIP_NO_INDEX", "1")
    patch.setenv("PIP_CONFIG_FILE", os.devnull)
    patch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    patch.setenv("GLASSNET_CACHE", str(cache))
    patch.setenv(serving.FOLDER, str(index))
