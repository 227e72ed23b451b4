"""The three places a release can go to, what is there already, and whether this machine is ready to publish."""

from __future__ import annotations

import base64
import os
import re
from collections.abc import Generator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version

from packaging.version import InvalidVersion, Version

from ...errors import join
from ..rules import name_problems
from ..store import another_name
from .asking import list_of_projects, project_page, version_of
from .classes import OURS, find_index, in_keyring, not_yours
from .commands import TOKENS, leftover
from .state import Release, Said, Saying, StepFailed, Target

_HOSTS = {"testpypi": "test.pypi.org", "pypi": "pypi.org"}
_UPLOADS = {"testpypi": "https://test.pypi.org/legacy/", "pypi": "https://upload.pypi.org/legacy/"}
#: tool -> the oldest version that knows what today's backends write.
_NEEDED = {"build": "1.3", "twine": "7", "packaging": "26.1", "check-wheel-contents": "0.6.3", "pip": "23.1"}
_GROUPS_PIP = "25.1"
#: PyPI shows a new file within a few minutes at most.
_SLOW = (5.0, 10.0, 20.0, 40.0, 60.0, 60.0)


@dataclass(frozen=True)
class Published:
    """What an index holds of a project: its versions, and the SHA-256 of each file by name (empty if not told); who
    owns it, where the index says so.
    """

    versions: tuple[Version, ...]
    files: dict[str, str]
    owner: str | None = None


def doctor(release: Release) -> Saying:
    """Look at the tools, at leftover variables, at the token and at the index."""
    yield Said("note", _tools())
    for name in sorted(name for name in os.environ if leftover(name)):
        yield Said("remark", f"{name} is set in your shell and would silently override what twine is told: ignored")
    if release.dry_run:
        yield Said("note", f"a dry run opens no connection: whether {release.to} answers is not tried")
        return
    if release.target is None:
        release.target = yield from _find_target(release)
    published(release, release.project.canonical_name)  # an answer of any kind shows that the index is there
    yield Said("note", f"{release.to} answers at {release.target.simple}")


def _tools() -> str:
    found, trouble = [], []
    for tool, oldest in _NEEDED.items():
        try:
            have = version(tool)
        except PackageNotFoundError:
            without = ", python -m ensurepip brings it" if tool == "pip" else ""  # uv makes environments without it
            trouble.append(f"{tool} is not installed{without}")
            continue
        found.append(f"{tool} {have}")
        if Version(have) < Version(oldest):
            trouble.append(f"{tool} {have} is too old, {oldest} is needed")
    if trouble:
        wanted = " ".join(f"'{tool}>={oldest}'" for tool, oldest in _NEEDED.items())
        raise StepFailed(
            f"{join(trouble)}: older tools refuse what today's build backends write, or can't do a step below. "
            f"What to do: python -m pip install --upgrade {wanted}"
        )
    old_pip = Version(version("pip")) < Version(_GROUPS_PIP)
    more = f" (pip before {_GROUPS_PIP} has no --group: python -m pip install --upgrade pip)" if old_pip else ""
    return join(found) + more


def _find_target(release: Release) -> Generator[Said, None, Target]:
    if release.to == "local":
        return (yield from _practice_index())
    if release.to not in OURS:
        return (yield from find_index(release))
    token, source = _token(release.to)
    if token:
        yield Said("note", f"token from {source}")
    _check_token(release.to, token)
    host = _HOSTS[release.to]
    return Target(release.to, f"https://{host}/simple/", _UPLOADS[release.to], token, waits=_SLOW)


def _practice_index() -> Generator[Said, None, Target]:
    from .. import serving

    served = serving.running()
    if served is None:
        yield Said("command", "glassnet index start")
        served = serving.start()
        yield Said("note", f"no practice index was running: started one at {served.url}; it runs on")
    return Target("local", served.simple_url, served.upload_url, served.token, served.pypirc)


def _token(to: str) -> tuple[str, str]:
    """The token and where it was found; both empty if there is none."""
    given = os.environ.get(TOKENS[to], "")
    if given.strip():
        spaces = ", without the spaces around it" if given != given.strip() else ""
        return given.strip(), f"the variable {TOKENS[to]}{spaces}"
    return in_keyring(_UPLOADS[to]), f"the keyring ({_UPLOADS[to]})"


def _check_token(to: str, token: str) -> None:
    """Refuse a token that can't be right, before anything is built."""
    variable, host = TOKENS[to], _HOSTS[to]
    make = f"make one at https://{host}/manage/account/token/ and put it in the variable {variable}"
    if not token:
        raise StepFailed(f"no token for {to} was found. What to do: {make} (or in a keyring)")
    if not token.startswith("pypi-") or re.search(r"\s", token):
        shape = "has a space or a line break inside" if re.search(r"\s", token) else "does not begin with pypi-"
        raise StepFailed(
            f"what {variable} holds {shape}, so it is no token, and passwords are not taken. What to do: {make}"
        )
    home = token_home(token)
    if home and home != host:
        raise StepFailed(
            f"the token in {variable} was made by {home}, and {to} is {host}: their accounts and tokens are separate. "
            f"What to do: {make}"
        )


def token_home(token: str) -> str:
    """The index that made a token, which stands inside it; empty if it can't be read."""
    body = token.removeprefix("pypi-").replace("-", "+").replace("_", "/")
    try:
        start = base64.b64decode(body[: len(body) // 4 * 4])[:40]
    except ValueError:
        return ""
    return next((host for host in ("test.pypi.org", "pypi.org") if host.encode() in start), "")


def check_target(release: Release) -> Saying:
    """Compare version and name with what the index holds."""
    project = release.project
    there = published(release, project.canonical_name)
    mine = Version(project.version)
    if there is None:
        yield Said("note", f"{release.to} has no project {project.canonical_name} yet: this is its first release")
        yield from _similar(release)
        return
    newest = max(there.versions, default=None)
    yield Said("note", f"{release.to} has {project.canonical_name} {join(map(str, sorted(there.versions)))}")
    if release.index.student is not None:
        if there.owner is not None and there.owner != release.index.student:
            raise not_yours(release, there.owner)
    elif release.to != "local":
        yield Said("remark", f"a project of that name is on {release.to} already: it has to be yours")
    if release.resume or newest is None:
        return
    if mine in there.versions:
        raise StepFailed(_taken(release, mine))
    if mine < newest:
        raise StepFailed(
            f"version {mine} is lower than {newest}, which is on {release.to}: pip would go on installing {newest}. "
            f"What to do: {_bump(release, newest)}"
        )


def _taken(release: Release, mine: Version) -> str:
    name = release.project.canonical_name
    is_ours = release.to == "local" or release.index.student is not None
    whose = "" if is_ours else f"if it is not yours, choose another name, such as {another_name(name, '')}; if it is, "
    return (
        f"version {mine} of {name} is on {release.to} already, and a published file is never "
        f"replaced: a version means the same bytes for ever. What to do: {whose}{_bump(release, mine)}; "
        f"only to finish a release that broke off: glassnet release --resume"
    )


def _bump(release: Release, above: Version) -> str:
    numbers = list(above.release) + [0] * (3 - len(above.release))
    following = ".".join(map(str, [*numbers[:-1], numbers[-1] + 1]))
    line = release.project.line_of("version")
    return f'write version = "{following}" in pyproject.toml, line {line}, and release again'


def _similar(release: Release) -> Saying:
    """A new name beside the names that are there; only a small index can be asked for all of them."""
    if not release.index.is_near:
        return
    listing = list_of_projects(release)
    others = [str(entry["name"]) for entry in listing["projects"]] if listing else []
    for problem in name_problems(release.project.canonical_name, others):
        if problem.id == "name-similar":
            raise StepFailed(f"{problem.message} What to do: {problem.remedy}")
    yield from ()


def published(release: Release, name: str) -> Published | None:
    """What the index holds of a project; None when it has never heard of it."""
    listing = project_page(release, name)
    if listing is None:
        return None
    files = {str(file["filename"]): str(file.get("hashes", {}).get("sha256", "")) for file in listing["files"]}
    found = {parsed for file in files if (parsed := version_of(file))}
    for text in listing.get("versions", []):
        try:
            found.add(Version(text))
        except InvalidVersion:
            continue
    owner = listing.get("_owner")
    return Published(tuple(sorted(found)), files, owner if isinstance(owner, str) else None)
