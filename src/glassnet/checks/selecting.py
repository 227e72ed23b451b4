"""Which parts a person means, and their checks one after the other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any

from ..catalog import Catalog, Choice, Guest, Part, Phrase, canonical, kind_of_function, known_kind
from ..errors import GlassnetError, did_you_mean, join
from ..faces import in_brief
from ..hooks import PROJECT
from ..kinds import KINDS
from ..lessons.course import open_lesson
from . import every_kind
from .cases import Case, cases_of
from .reports import Finding, Report
from .running import Check, Outcome, Promise, put

PAGE = ".md"  # how the file of a lesson ends


def promises_of(kind: str) -> tuple[Promise, ...]:
    """What every part of a kind promises, in the order in which it is checked; advice comes last."""
    return (*every_kind.PROMISES, *every_kind.contract_of(known_kind(kind)).PROMISES, *every_kind.ADVICE)


def iter_checks(part: Part | Choice, catalog: Catalog | None = None, *, download: bool = False) -> Iterator[Check]:
    """The checks of one part. `catalog` finds what its phrases name; `download` lets a data set fetch its rows."""
    choice = part if isinstance(part, Choice) else part.choose({})
    find = cache(Catalog.discover) if catalog is None else lambda: catalog
    cases = cases_of(choice, find, download)
    for promise in promises_of(choice.part.kind):
        run = partial(_outcome, promise, cases)
        yield Check(promise.id, choice.part.kind, choice.part, promise.why, promise.required, promise.since, run)


def _outcome(promise: Promise, cases: Sequence[Case]) -> Outcome:
    if promise.test is every_kind.loads or not promise.built:
        return put(promise, cases)
    loaded = put(Promise(every_kind.loads, moved=False), cases[:1])
    if loaded.result != "passed":
        reason = "it does not load" if loaded.result == "failed" else "its rows are not here"
        return Outcome("not applicable", f"{reason}: see loads")
    return put(promise, [case for case in cases if case.can_be_built])


@dataclass(frozen=True)
class Selection:
    """The parts that words stand for, and the plugins among them that give none, each with the reason."""

    parts: tuple[Part | Choice, ...] = ()
    broken: tuple[tuple[str, str], ...] = ()


def select(words: str | None, catalog: Catalog, kind: str | None = None) -> Selection:
    """The parts meant by a part's name or phrase, a distribution or a file; all of the catalog without words."""
    kind = None if kind is None else known_kind(kind)
    if words is None:
        lost = [guest for guest in catalog.guests if guest.state in ("quarantined", "incompatible")]
        return Selection(tuple(catalog.parts(kind)), tuple(map(_lost, lost)))
    if is_file(words):
        return _of_file(Path(words), catalog, kind)
    if words.endswith(PAGE):
        return Selection((open_lesson(words, catalog).part,))
    guests = [guest for guest in catalog.guests if not guest.file and guest.distribution == canonical(words)]
    if guests and guests[0].state != "ok":
        return Selection(broken=(_lost(guests[0]),))
    if guests or words == PROJECT:
        own = [part for part in catalog.parts(kind) if part.distribution == canonical(words)]
        if kind is not None and not own:
            raise GlassnetError(f"{words} provides no {kind}")
        return Selection(tuple(own))
    return Selection(tuple(_named(words, catalog, kind)))


def is_file(words: str) -> bool:
    """Whether a word means a one-file plugin rather than a name."""
    return words.endswith(".py")


def _lost(guest: Guest) -> tuple[str, str]:
    name = Path(guest.file).name if guest.file else guest.distribution
    return name, f"{guest.state}: {guest.reason}. What to do: {guest.remedy}"


def _of_file(path: Path, catalog: Catalog, kind: str | None) -> Selection:
    (guest,) = [guest for guest in catalog.guests if guest.file == str(path.resolve())]
    if guest.state != "ok":
        return Selection(broken=(_lost(guest),))
    local = [part for part in catalog.parts(kind) if part.distribution == guest.distribution]
    several = sum(bool(guest.file) for guest in catalog.guests) > 1
    return Selection(tuple(part for part in local if not several or part.file == guest.file))


def _named(words: str, catalog: Catalog, kind: str | None) -> list[Choice]:
    phrase = Phrase.parse(words)
    kinds = [kind] if kind else list(KINDS)
    found = [one for one in kinds if catalog.matches(one, phrase.name)]
    if found:
        return [catalog.choose(one, phrase) for one in found]
    if kind:
        catalog.find(kind, phrase.name)  # raises, with all names
    parts = [catalog.short_name(part) for part in catalog.parts()]
    homes = [PROJECT, *(guest.distribution for guest in catalog.guests if not guest.file)]
    guess = did_you_mean(words, [*parts, *(part.name for part in catalog.parts()), *homes])
    raise GlassnetError(
        f"there is no part and no plugin {words!r}.{guess} Plugins: {join(homes)}. "
        f"Parts: {join(parts, '`glassnet list`')}. "
        f"A file is written with its ending, as in bent.py or, for a lesson's page, bent.md."
        f"{catalog.absent(phrase.name)}"
    )


def run_checks(
    selection: Selection,
    catalog: Catalog,
    *,
    download: bool = False,
) -> Report:
    """Run every check of every part."""
    findings: list[Finding] = []
    for name, reason in selection.broken:
        why = Promise(every_kind.loads).why
        findings.append(Finding(name, "plugin", "", "loads", why, True, "failed", reason))
    for part in selection.parts:
        for check in iter_checks(part, catalog, download=download):
            outcome = check.run()
            about = (check.part.full_name, check.kind, check.part.where, check.id, check.why, check.required)
            findings.append(Finding(*about, outcome.result, outcome.message))
    return Report(tuple(findings))


def check(what: Any, kind: str | None = None, *, download: bool = False) -> Report:
    """Check a part: `what` is a function, a phrase, a distribution, a file, or a `Part` of the catalog.

    The report shows itself in a notebook; `.ok` is whether all is well, and `.raise_if_failed()` says so aloud.
    """
    files = [Path(what)] if isinstance(what, str | Path) and is_file(str(what)) else []
    for file in files:
        if not file.is_file():
            raise GlassnetError(f"there is no file {str(file)!r}: give the path of an existing .py file")
    catalog = Catalog.discover(files)
    if isinstance(what, Part | Choice):
        selection = Selection((what,))
    elif isinstance(what, str | Path):
        selection = select(str(what), catalog, kind)
    elif callable(what):
        selection = Selection((catalog.choose(kind or kind_of_function(what), what),))
    else:
        raise GlassnetError(f"{in_brief(what)} is no part: give a function, or a name such as 'relu'")
    return run_checks(selection, catalog, download=download)
