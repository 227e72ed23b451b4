"""Proof that the finished package works for somebody else: glassnet finds it, and its parts keep their promises."""

from __future__ import annotations

import json
from collections.abc import Generator
from importlib import metadata
from typing import Any

from packaging.version import Version

from ...errors import join
from ...wording import duration
from .commands import call, quietly
from .explanations import failure
from .requiring import furnish
from .rooms import furnish_host, install, new_room
from .state import Release, Room, Said, Saying, StepFailed
from .testing import tests_of_wheel


def prove_wheel(release: Release) -> Saying:
    """Install the wheel where nothing else is, with a look before and after, then check parts and run the tests."""
    room = yield from prepared_room(release, "room")
    yield from furnish(release, room)
    yield from install(release, room, str(release.wheel))
    yield from prove(release, room)
    yield from tests_of_wheel(release, room)


def prove_download(release: Release) -> Saying:
    """The same proof for the file that came back from the index, in the room that it was installed in."""
    if release.room is None:
        yield Said("note", "the file is not to be had yet, so there is nothing to prove")
        return
    yield from prove(release, release.room)


def prepared_room(release: Release, name: str) -> Generator[Said, None, Room]:
    """A room with glassnet alone, in which the package is not to be found."""
    room = yield from new_room(release, name)
    if not release.project.is_host:
        yield from furnish_host(release, room)
    yield from negative_control(release, room)
    return room


def negative_control(release: Release, room: Room) -> Saying:
    """A proof only counts where its opposite can be seen: without the package, the package is not there."""
    project = release.project
    if project.is_host:
        there = quietly(release, [str(room.python), "-I", "-c", "import glassnet"]).code == 0
    elif project.entry_points:
        there = any(guest["distribution"] == project.canonical_name for guest in (yield from _plugins(release, room)))
    else:
        there = bool(list(metadata.distributions(name=project.name, path=[str(room.site)])))
    if there:
        raise StepFailed(
            f"{project.canonical_name} is there before it was installed, so a green light would prove nothing. What to "
            f"do: look for a .pth file or a PYTHONPATH that leads to it"
        )
    yield Said("note", f"without the package there is no {project.canonical_name}, as it should be")


def prove(release: Release, room: Room) -> Saying:
    """That the installed package does what it is for: a plugin, glassnet itself, or any module."""
    _refuse_editable(release, room)
    if release.project.is_host:
        yield from _host_runs(release, room)
    elif release.project.entry_points:
        yield from _is_listed(release, room)
        yield from _keeps_promises(release, room)
    else:
        yield from _is_imported(release, room)


def _refuse_editable(release: Release, room: Room) -> None:
    found = list(metadata.distributions(name=release.project.name, path=[str(room.site)]))
    origin = (found[0].read_text("direct_url.json") or "") if found else ""
    if not found or "editable" in origin:
        raise StepFailed(f"{release.title} was not installed as a copy of its own, which only a wheel is")


def _is_listed(release: Release, room: Room) -> Saying:
    project = release.project
    guests = yield from _plugins(release, room)
    guest = next((guest for guest in guests if guest["distribution"] == project.canonical_name), None)
    if guest is None:
        others = join(guest["distribution"] for guest in guests) or "none"
        raise StepFailed(
            f"glassnet does not list {project.canonical_name} (it lists {others}): no entry point of the wheel is in "
            f"the group glassnet. What to do: [project.entry-points.glassnet] in pyproject.toml"
        )
    if guest["state"] != "ok":
        raise StepFailed(
            f"glassnet lists {project.canonical_name} as {guest['state']}: {_at_home(release, room, guest['reason'])}. "
            f"What to do: {_remedy(guest['reason'])}"
        )
    if Version(guest["version"]) != Version(project.version):
        raise StepFailed(f"glassnet lists version {guest['version']}, and pyproject.toml says {project.version}")
    points = join(guest["entry_points"])
    yield Said(
        "note",
        f"glassnet lists {guest['distribution']} {guest['version']} ({points}) in {duration(guest['ms'] / 1000)}",
    )


def _at_home(release: Release, room: Room, text: str) -> str:
    """A message that names files of the room, which is gone soon, with the files that they were made from."""
    for package in release.project.packages():
        text = text.replace(str(room.site / package.name), release.project.shown(package))
    return text


def _remedy(reason: str) -> str:
    if "No module named" in reason:
        return "add what it imports to dependencies in pyproject.toml: it happens to be on your machine, and only there"
    return "put that right where the message points, and release again"


def _keeps_promises(release: Release, room: Room) -> Saying:
    download = [] if release.dry_run else ["--download"]
    command = [str(room.python), "-I", "-m", "glassnet", "check", release.project.canonical_name, *download, "--json"]
    done = yield from call(release, command, folder=release.scratch)
    findings = _json(release, done.output, "glassnet check")
    failed = [one for one in findings if one["result"] == "failed" and one["required"]]
    for one in failed:
        yield Said("problem", f"{one['part']}, check {one['check']}: {_at_home(release, room, one['message'])}")
    unknown = {one["part"]: one["message"] for one in findings if one["check"] == "loads" and _is_unknown(one)}
    for part, why in unknown.items():
        yield Said(
            "remark",
            f"nothing is proved about {part}: {_sentence(why)} Once with a connection: glassnet check "
            f"{release.project.canonical_name} --download",
        )
    if unknown and not release.dry_run and not release.index.is_near:
        raise StepFailed(
            f"the rows of {join(unknown)} could not be fetched, and what is published has to have been seen once. What "
            f"to do: release again when its publisher answers"
        )
    if failed or (done.code and not unknown):
        names = join(f"{one['part']} {one['check']}" for one in failed) or "see above"
        raise StepFailed(
            f"a part does not keep its contract: {names}. What to do: glassnet check {release.project.canonical_name}, "
            f"which shows the input and what was expected"
        )
    passed = sum(one["result"] == "passed" for one in findings)
    if not passed:
        raise StepFailed("not one check of the contract ran, and no check is no proof")
    yield Said("note", f"{passed} checks of the contract passed")


def _is_unknown(finding: dict[str, Any]) -> bool:
    return finding["result"] == "not tried" or "its rows are not on this machine" in finding["message"]


def _sentence(words: str) -> str:
    return words if words.endswith(".") else f"{words}."


def _plugins(release: Release, room: Room) -> Generator[Said, None, list[dict[str, Any]]]:
    command = [str(room.python), "-I", "-m", "glassnet", "plugins", "--json"]
    done = yield from call(release, command, folder=release.scratch)
    if done.code:
        raise failure(release, done, "glassnet plugins")
    return _json(release, done.output, "glassnet plugins")


def _json(release: Release, output: str, what: str) -> list[dict[str, Any]]:
    start = output.find("[")
    try:
        found: list[dict[str, Any]] = json.JSONDecoder().raw_decode(output[max(start, 0) :])[0]
    except ValueError:
        last = (output.strip().splitlines() or ["nothing"])[-1]
        raise StepFailed(f"{what} could not be read: it said {last!r}", output) from None
    return found


def _host_runs(release: Release, room: Room) -> Saying:
    for words in (["--version"], ["list"]):
        command = [str(room.python), "-I", "-m", "glassnet", *words]
        done = yield from call(release, command, folder=release.scratch)
        if done.code:
            raise failure(release, done, f"glassnet {join(words)}")
        if words == ["--version"] and done.output.split()[-1] != release.project.version:
            raise StepFailed(
                f"the installed glassnet says {done.output.strip()!r}, not version {release.project.version}"
            )
    yield Said("note", "the installed glassnet says its version and lists its parts")


def _is_imported(release: Release, room: Room) -> Saying:
    for package in release.project.packages():
        done = yield from call(
            release, [str(room.python), "-I", "-c", f"import {package.stem}"], folder=release.scratch
        )
        if done.code:
            raise failure(release, done, f"import {package.stem}")
    yield Said("note", f"no plugin of glassnet: it can be imported, and that is all that is known of {release.title}")
