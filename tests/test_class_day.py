"""A class's day on one index: tokens, a part each, six mistakes, everybody at once, each other's parts in use.

Ten students in the gate, whose packages are built in this process and uploaded as twine does; `make class` is a class
of thirty, all of whom type `glassnet release` (`make class STUDENTS=12`: of twelve).
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from importlib import metadata
from pathlib import Path

import guests
import pytest
from hatchling.builders.wheel import WheelBuilder
from indexes import CLASS, Running, running
from packages import make
from samples import SOAK
from waiting import PATIENCE

from glassnet.publish.classroom.page import state_of
from glassnet.publish.installing import line_words

KINDS = ("activation", "loss", "optimizer", "initializer", "schedule", "metric", "dataset", "plot", "command", "engine")
STUDENTS = int(os.environ.get("STUDENTS") or (30 if SOAK else 10))
ROOMS = STUDENTS if SOAK else 2
#: Releases at the same time: in a class each student has a machine, here they share one.
AT_ONCE = 2 * (os.cpu_count() or 1) if SOAK else STUDENTS
NAMES = [f"student{number:02}" for number in range(STUDENTS)]


def project(folder: Path, kind: str = "activation", name: str = "") -> Path:
    """A package of that kind, called after its folder if nobody says how."""
    folder.mkdir()
    return make(folder, kind, name=name or f"of-{folder.name}")


def built(project: Path) -> Path:
    """The wheel of a project, by its backend, in this process."""
    (path,) = WheelBuilder(str(project)).build(directory=str(project / "dist"), versions=["standard"])
    return Path(path)


def rewritten(project: Path, file: str, old: str, new: str) -> Path:
    """The project with one thing changed."""
    path = next(project.rglob(file))
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return project


def pip(place: Path, *words: str) -> None:
    """Install into a folder, which is a student's environment."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("PIP_")}
    command = [
        sys.executable,
        "-m",
        "pip",
        "--disable-pip-version-check",
        *words,
        "--target",
        str(place),
        "--no-compile",
    ]
    done = subprocess.run(
        [*command, "--quiet"], capture_output=True, text=True, env=clean | {"PIP_CONFIG_FILE": os.devnull}
    )
    assert done.returncode == 0, done.stderr


def held(place: Path) -> dict[str, str]:
    """What is installed in such a folder."""
    return {one.name: one.version for one in metadata.distributions(path=[str(place)])}


def release(index: Running, project: Path, token: str) -> int:
    """What a student types, or the upload alone; how it ended, as the index's status."""
    if not SOAK:
        return index.publish(built(project), token).status_code
    cache = {"GLASSNET_CACHE": str(project.parent.parent / "cache"), "GLASSNET_INDEX_TOKEN": token, "PIP_NO_INDEX": "1"}
    done = subprocess.run(
        [sys.executable, "-m", "glassnet", "release", str(project), "--to", f"{index.url}/"],
        env=guests.environment(**cache), capture_output=True, text=True, stdin=subprocess.DEVNULL,
        timeout=20 * PATIENCE,
    )  # fmt: skip
    assert done.returncode in (0, 1), done.stdout + done.stderr
    return (
        200 if done.returncode == 0 else 403 if "isn't allowed" in done.stdout or "belongs to" in done.stderr else 400
    )


@pytest.mark.slow
def test_a_class_publishes_installs_trains_and_mends(tmp_path: Path) -> None:
    with running(tmp_path / "state", CLASS) as index:
        tokens = index.students(*NAMES)
        projects = {name: project(tmp_path / name, KINDS[number % len(KINDS)]) for number, name in enumerate(NAMES)}
        one, two, three, four, five, six = NAMES[:6]

        # Six mistakes: the same name twice at once, a stolen name, a wrong checksum, a broken build, another's token,
        # and the same version once more with other bytes.
        with ThreadPoolExecutor(2) as pool:
            same = project(tmp_path / "one", name="same"), project(tmp_path / "two", name="same")
            wheels = [built(one) for one in (same[0], rewritten(same[1], "README.md", "#", "# Mine:"))]
            both = list(pool.map(index.publish, wheels, [tokens[one], tokens[two]]))
        assert sorted(answer.status_code for answer in both) == [200, 403]
        winner = one if both[0].status_code == 200 else two
        wheel = built(projects[three])
        assert index.publish(wheel, tokens[three]).status_code == 200
        stolen = project(tmp_path / "stolen", name=f"of-{three}")
        answer = index.publish(built(rewritten(stolen, "pyproject.toml", '"0.1.0"', '"0.2.0"')), tokens[four])
        assert (answer.status_code, f"The user '{four}' isn't allowed to upload" in answer.reason) == (403, True)
        content = built(projects[five]).read_bytes()
        answer = index.post(built(projects[five]).name, content, tokens[five], sha256_digest="0" * 64)
        assert (answer.status_code, "The digest supplied does not match" in answer.reason) == (400, True)
        answer = index.post(built(projects[five]).name, content[:-100], tokens[five])
        assert (answer.status_code, "Invalid distribution file." in answer.reason) == (400, True)
        answer = index.publish(built(rewritten(projects[three], "pyproject.toml", '"0.1.0"', '"0.1.1"')), tokens[six])
        assert answer.status_code == 403
        rewritten(projects[three], "pyproject.toml", '"0.1.1"', '"0.1.0"')
        answer = index.publish(built(rewritten(projects[three], "README.md", "#", "# New:")), tokens[three])
        assert (answer.status_code, "File already exists" in answer.reason) == (400, True)

        # Everybody at once.
        others = [name for name in NAMES if name != three]
        with ThreadPoolExecutor(AT_ONCE) as pool:
            ended = dict(
                zip(others, pool.map(lambda name: release(index, projects[name], tokens[name]), others), strict=True)
            )
        assert set(ended.values()) == {200}, ended
        owners = index.store.owners()
        assert owners == {f"glassnet-of-{name}": name for name in NAMES} | {"glassnet-same": winner}

        # Each other's.
        simple, versions = f"{index.url}/simple/", dict.fromkeys(owners, "0.1.0")
        rooms = [tmp_path / f"room{number}" for number in range(ROOMS)]
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(lambda room: pip(room, *line_words(simple, versions)), rooms))
        for room in rooms:
            assert held(room) == versions
        words = ["train", "iris", "--activation", "of_student00", "--loss", "of_student01", "--epochs", "1", "--quiet"]
        for room in rooms[:: 10 if SOAK else ROOMS]:
            done = guests.glassnet("plugins", "--json", path=[room])
            there = {one["distribution"]: one["state"] for one in json.loads(done.stdout)}
            assert {there[project] for project in owners} == {"ok"}
            done = guests.glassnet(*words, path=[room], GLASSNET_RUNS=str(room / "runs"))
            assert done.returncode == 0, done.stderr

        # One mends, one is yanked; who asks for no version gets what is right.
        rewritten(projects[three], "README.md", "# New:", "#")
        mended = built(rewritten(projects[three], "pyproject.toml", '"0.1.0"', '"0.1.1"'))
        assert index.publish(mended, tokens[three]).status_code == 200
        bad = built(rewritten(projects[four], "pyproject.toml", '"0.1.0"', '"0.2.0"'))
        assert index.publish(bad, tokens[four]).status_code == 200
        index.store.yank(f"glassnet-of-{four}", "0.2.0", "the slope is wrong")
        shutil.rmtree(rooms[0])
        pip(rooms[0], "install", "--isolated", "--no-deps", "--index-url", simple, *owners)
        assert held(rooms[0]) == versions | {f"glassnet-of-{three}": "0.1.1"}

        # Page, ledger and environments agree.
        shown = state_of(index.index)
        listed = {(one["project"], one["version"], who) for who, mine in shown["people"] for one in mine}
        assert listed == {(entry.project, entry.version, entry.owner) for entry in index.store.files()}
        assert [one["version"] for who, mine in shown["people"] for one in mine if one["yanked"]] == ["0.2.0"]
        fetched = dict.fromkeys(owners, ROOMS + 1)
        times = {entry.project: 0 for entry in index.store.files()}
        for entry in index.store.files():
            times[entry.project] += index.index.downloads.times([entry])
        assert times == fetched or SOAK
        assert len(shown["clashes"]) >= 6
        assert not list(index.folder.glob(".incoming*"))
        if SOAK:
            reported = index.index.reports.all()
            assert all(
                "checks of the contract passed" in " ".join(reported[f"glassnet-of-{name} 0.1.0"]) for name in others
            )
