"""Upload exactly what was proved, fetch it back, and see that the bytes are the same."""

from __future__ import annotations

import hashlib
import json
import shlex
import time
from pathlib import Path
from typing import Any

from packaging.utils import canonicalize_name

from ...errors import join
from ..installing import install_line, install_words, short_lines
from ..repository import git, tag_line
from .classes import send_report
from .commands import TOKENS, Done, call, python
from .explanations import UPLOAD, failure
from .proving import prepared_room
from .requiring import furnish_others, required
from .state import Release, Said, Saying, StepFailed
from .targets import published
from .trusted import trusted_publisher

RECORD = "release.json"


def recall(release: Release) -> Saying:
    """The files of the last release, if they are still the very same."""
    path = release.dist / RECORD
    if not path.is_file():
        raise StepFailed(f"there is no dist/{RECORD}, so no release was begun here. What to do: leave out --resume")
    try:
        known = json.loads(path.read_text("utf-8"))
        files = {str(file["name"]): str(file["sha256"]) for file in known["files"]}
        begun = f"{known['name']} {known['version']}"
    except (ValueError, KeyError, TypeError):
        raise StepFailed(f"dist/{RECORD} can't be read. What to do: leave out --resume, which builds anew") from None
    if begun != release.title:
        raise StepFailed(
            f"dist/ holds {begun}, and pyproject.toml says {release.title}. What to do: leave out --resume"
        )
    for name, expected in files.items():
        file = release.dist / Path(name).name
        if not file.is_file() or sha256(file) != expected:
            what = "has changed since it was built and proved" if file.is_file() else "is gone"
            raise StepFailed(f"dist/{name} {what}. What to do: leave out --resume, which builds and proves anew")
        release.files.append(file)
    yield Said("note", f"the same bytes as when they were proved: {join(files)}")


def confirm(release: Release) -> Saying:
    """Show what will leave this machine; for PyPI a person has to type its name and version."""
    for file in release.files:
        yield Said("note", f"{file.name}  sha256 {sha256(file)}")
    if release.to not in TOKENS:  # an index of one's own or of a class trusts its tokens alone
        return
    yield from trusted_publisher(release.project, release.to)
    if release.to == "pypi" and release.ask is not None:
        question = f"This can't be undone: a version is published once, for ever. Type {release.title!r} to publish it"
        answer = release.ask(question)
        if answer.strip() != release.title:
            raise StepFailed(f"nothing was published: {answer.strip()!r} is not {release.title!r}")


def upload(release: Release) -> Saying:
    """Send the named files, those that the index does not hold yet."""
    _remember(release)
    there = published(release, release.project.canonical_name)
    held = there.files if there else {}
    missing = []
    for file in release.files:
        if not held.get(file.name):
            missing.append(file)
        elif held[file.name] == sha256(file):
            yield Said("note", f"{file.name} is there already, with the same bytes")
        else:
            raise failure(release, Done(1, f"400 File already exists ({file.name})"), "the upload", UPLOAD)
    if missing:
        yield from send(release, missing)


def send(release: Release, files: list[Path]) -> Saying:
    """Let twine upload these files; what the index answers to a refusal is put in plain words."""
    target = release.index
    if target.pypirc is not None:
        where, secrets = ["--config-file", str(target.pypirc), "-r", "local"], {}
    else:
        where = ["--repository-url", target.upload]
        secrets = {"TWINE_USERNAME": "__token__", "TWINE_PASSWORD": target.token}
    options = ["--non-interactive", "--disable-progress-bar", *where]
    names = [release.project.shown(file) for file in files]
    wide = {"COLUMNS": "1000"}  # or the index's reason is cut at the edge of a terminal that is not there
    done = yield from call(release, python("-m", "twine", "upload", *options, *names), secrets | wide)
    if done.code:
        raise failure(release, done, "the upload", UPLOAD)
    yield Said("note", f"{target.name} took {join(file.name for file in files)}")


def _remember(release: Release) -> None:
    """Write down what is about to be sent, so that `--resume` can finish it with the same bytes."""
    files = [{"name": file.name, "size": file.stat().st_size, "sha256": sha256(file)} for file in release.files]
    project = release.project
    commit = git(project.folder, "rev-parse", "HEAD")
    record: dict[str, Any] = {
        "name": project.canonical_name,
        "version": project.version,
        "target": release.index.name,
        "commit": commit.strip() if commit else None,
        "files": files,
    }
    (release.dist / RECORD).write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")


def sha256(file: Path) -> str:
    """The checksum of a file's bytes."""
    return hashlib.sha256(file.read_bytes()).hexdigest()


def install_back(release: Release) -> Saying:
    """Install from the index alone, into a new clean room, and compare the bytes that came."""
    project, target = release.project, release.index
    room = yield from prepared_room(release, "room-of-the-download")
    report = release.scratch / "report.json"
    needed = required(release)
    yield from furnish_others(release, room, needed)
    line = install_words(target.simple, project.canonical_name, project.version, needed.guests)
    fresh = ["--quiet", "--no-cache-dir", "--no-compile", "--report", str(report)]
    command = python("-m", "pip", "--python", room.python, *line, *fresh)
    done = yield from call(release, command)
    for seconds in target.waits:
        if done.code == 0 or "No matching distribution" not in done.output:
            break
        yield Said("note", f"not visible yet, which is usual; looking again in {seconds:g} s")
        time.sleep(seconds)
        done = yield from call(release, command)
    if done.code and "No matching distribution" in done.output:
        yield from _not_visible_yet(release)
        return
    if done.code:
        raise failure(release, done, "installing it back")
    _compare(release, report)
    release.room = room
    yield Said("note", "the bytes that were built, those on the index and those installed are the same (SHA-256)")


def _not_visible_yet(release: Release) -> Saying:
    if release.index.is_local:
        raise StepFailed(
            f"{release.to} took the files and does not list them. What to do: glassnet index stop, then "
            f"glassnet release --resume"
        )
    yield Said(
        "remark",
        "it is uploaded and not visible yet: indexes are cached, sometimes for many minutes. Nothing is wrong; "
        "`glassnet release --resume` goes on from here",
    )


def _compare(release: Release, report: Path) -> None:
    items = json.loads(report.read_text("utf-8"))["install"]
    (item,) = [one for one in items if canonicalize_name(one["metadata"]["name"]) == release.project.canonical_name]
    info = item["download_info"]
    archive = info.get("archive_info", {})
    came = archive.get("hashes", {}).get("sha256") or archive.get("hash", "").removeprefix("sha256=")
    if came != sha256(release.wheel):
        raise StepFailed(
            f"what came back from {info['url']} is not what was built: its sha256 is {came}, and that of "
            f"{release.wheel.name} is {sha256(release.wheel)}. What to do: tell "
            f"nobody to install it, and ask those who run the index"
        )


def finish(release: Release) -> Saying:
    """What comes after: the line for classmates, the tag, and how to take a mistake back."""
    project, target = release.project, release.index
    needed = required(release)
    line = install_line(target.simple, project.canonical_name, project.version, needed.guests)
    yield Said("note", f"for whoever has glassnet, the line that was proved: {line}")
    if needed.others:
        words = shlex.join(["python", "-m", "pip", "install", *needed.others])
        yield Said("note", f"before it, what the package requires: {words}")
    if target.student is not None:
        send_report(release)
        for line in short_lines(target.simple):
            yield Said("note", f"once for the course, in its environment: {line}")
    elif target.is_local:
        yield Said(
            "note", f"on another machine, with this file handed over: python -m pip install {release.wheel.name}"
        )
        yield Said("note", f"the file: {release.wheel}")
        yield Said("note", "the practice index runs on until: glassnet index stop")
    tag = tag_line(project.folder, project.name, project.version)
    if tag:
        yield Said("note", f"remember the place in git: {tag}")
    if target.student is not None:
        later = f"publish a higher version, and ask your teacher to yank {project.version}"
        yield Said("note", f"if it proves wrong, {later}")
    elif not target.is_local:
        yield Said("note", "if it proves wrong, yank it on its page and publish a higher version: never delete")
