"""The steps of a release, in their order: what each does, and why it is there."""

from __future__ import annotations

import errno
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from time import perf_counter
from typing import Literal

from ...wording import duration
from ..preflight import Findings, preflight
from ..rules import WHY
from .building import build, clean, inspect, missing_backend
from .proving import prove_download, prove_wheel
from .requiring import tell
from .state import Release, Said, Saying, StepFailed
from .targets import check_target, doctor
from .testing import tests_here
from .uploading import confirm, finish, install_back, recall, upload

When = Literal["always", "new", "built", "connected"]


@dataclass(frozen=True)
class Step:
    """One step. `when` says which releases have it: new ones, those that can build, those that use an index."""

    title: str
    why: str
    work: Callable[[Release], Saying]
    when: When = "always"

    def left_out(self, release: Release) -> str:
        """Why this release goes without the step; empty if it doesn't."""
        if self.when == "connected" and release.dry_run:
            return "a dry run opens no connection"
        if self.when in ("new", "built") and release.resume:
            return "done when these files were built"
        missing = missing_backend(release.project) if self.when == "built" and release.dry_run else []
        if missing:
            needed = " ".join(map(repr, missing))
            return f"a dry run fetches nothing, and the build needs {needed}: python -m pip install {needed}"
        return ""


def look_before(release: Release) -> Saying:
    """Pre-flight: all that can be seen in the files, at once; on a resumed release, that they are still the same."""
    if release.resume:
        yield from recall(release)
        return
    findings = preflight(release.project, release.to)
    yield from _tell(findings)
    if findings.problems:
        count = len(findings.problems)
        raise StepFailed(
            f"pre-flight found {'1 problem' if count == 1 else f'{count} problems'}, above: put "
            f"{'it' if count == 1 else 'them'} right and release again. Nothing has been built or sent"
        )
    yield Said("note", "nothing in the files stands against a release")


def look_there(release: Release) -> Saying:
    """What the index holds of the package, and of the guests that it needs."""
    yield from check_target(release)
    yield from tell(release)


def _tell(findings: Findings) -> Saying:
    for problem in findings.problems:
        why = f" Why: {WHY[problem.id]}" if problem.id in WHY else ""
        yield Said("problem", f"{_ended(problem.message)} What to do: {_ended(problem.remedy)}{why}")
    for remark in findings.remarks:
        yield Said("remark", f"{_ended(remark.message)} Better: {_ended(remark.remedy)}")


def _ended(sentence: str) -> str:
    return sentence if sentence.endswith((".", "?", "!")) else f"{sentence}."


STEPS = (
    Step("Doctor", "the tools, the token and the index have to be right before anything else can be", doctor),
    Step("Pre-flight", "most refusals can be foreseen from the files alone", look_before),
    Step("Target", "a published version can never be replaced, so it has to be a new one", look_there, "connected"),
    Step("Tests", "what is red here would be red for everybody", tests_here, "new"),
    Step("Clean", "files of an earlier build would be packed or uploaded along", clean, "built"),
    Step("Build", "the wheel is made from the sdist, which proves that the sdist is complete", build, "built"),
    Step("Inspect", "an index refuses some files, and lets others through that nobody can use", inspect, "built"),
    Step("Clean room", "what works only on your machine must show before others have it", prove_wheel, "built"),
    Step("Confirm", "nothing has left this machine so far", confirm, "connected"),
    Step("Upload", "the files that were proved, by name, and no others", upload, "connected"),
    Step("Install back", "only what an index gives back has really been published", install_back, "connected"),
    Step("Prove again", "from here on it is somebody else's download that has to work", prove_download, "connected"),
    Step("Tell others", "a release is for those who install it", finish, "connected"),
)


@contextmanager
def _disk(step: Step) -> Iterator[None]:
    """What the disk refuses ends the release in one line, whichever step it was."""
    try:
        yield
    except OSError as error:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
        where = f" ({error.filename})" if error.filename else ""
        why = "there is no space left on the disk" if full else f"{error.strerror or error}{where}"
        way = "make room, glassnet release --clear-rooms frees some" if full else "put that right"
        raise StepFailed(f"{step.title.lower()} failed: {why}. What to do: {way}; then release again") from error


def run_steps(release: Release) -> Saying:
    """Work through the steps; the first that fails ends the release with a `StepFailed`."""
    for number, step in enumerate(STEPS):
        reason = step.left_out(release)
        if reason:
            yield Said("skipped", f"{number:>2}  {step.title}: left out, {reason}")
            continue
        yield Said("step", f"{number:>2}  {step.title}")
        yield Said("why", step.why)
        begin = perf_counter()
        with _disk(step):
            for said in step.work(release):
                if said.manner == "note":
                    release.notes.append((step.title, said.text))
                yield said
        yield Said("done", duration(perf_counter() - begin))
