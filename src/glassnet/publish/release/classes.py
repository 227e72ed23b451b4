"""An index that somebody else runs, by its address or its name in ~/.pypirc: a class's, or any that twine can use."""

from __future__ import annotations

import base64
import http.client
import json
import os
import re
import urllib.error
import urllib.request
from collections.abc import Generator
from urllib.parse import urlsplit

from ...errors import GlassnetError, did_you_mean, join
from ...files import parse_json
from ...schemas import WHO
from ..pypirc import Place, base_of, places, pypirc, same_place
from ..store import another_name
from .commands import INDEX_TOKEN
from .state import Release, Said, StepFailed, Target

OURS = ("local", "testpypi", "pypi")
_PYPI = {"upload.pypi.org": "pypi", "pypi.org": "pypi", "www.pypi.org": "pypi", "test.pypi.org": "testpypi"}
_SECONDS = 20
_WORTH_TELLING = re.compile(r"passed|the same \(SHA-256\)")


def check_word(to: str) -> None:
    """Refuse what names no index, before anything is done."""
    if to in OURS:
        return
    there = {place.name: place.upload for place in places()}
    if to.startswith(("http://", "https://")):
        if not urlsplit(to).hostname:
            raise GlassnetError(f"--to {to} names no server: give an address such as http://teacher.local:8000/")
        there[to] = to
    known = [*OURS, *there]
    host = urlsplit(there.get(to, "")).hostname or ""
    if host in _PYPI:  # what can't be undone is asked for by its name, and then once more
        raise GlassnetError(f"--to {to} is {host}: say --to {_PYPI[host]}, which looks at the token and asks before it")
    if to not in known:
        raise GlassnetError(
            f"--to wants {join(OURS)}, the address of an index (http://HOST:8000/) or a name in {pypirc()}, not {to!r}."
            f"{did_you_mean(to, known)}"
        )


def find_index(release: Release) -> Generator[Said, None, Target]:
    """The index of an address or a name, with the token for it."""
    check_word(release.to)
    known = next((one for one in places() if one.name == release.to), None)
    if known is None:
        upload = f"{base_of(release.to)}legacy/"
        known = next((one for one in places() if same_place(one.upload, upload)), Place(release.to, upload, ""))
    token, source = known.token, str(pypirc())
    if os.environ.get(INDEX_TOKEN, "").strip():
        token, source = os.environ[INDEX_TOKEN].strip(), f"the variable {INDEX_TOKEN}"
    if not token:
        token, source = in_keyring(known.upload), f"the keyring ({known.upload})"
    if not token:
        raise StepFailed(
            f"no token for {known.upload} was found. What to do: paste the line that your teacher gave you, glassnet "
            f"index join {base_of(known.upload)} TOKEN, or put it in the variable {INDEX_TOKEN}"
        )
    yield Said("note", f"token from {source}")
    student = who_is(base_of(known.upload), token)
    if student is not None:
        yield Said("note", f"you are {student or 'the teacher'} there")
    return Target(release.to, known.simple, known.upload, token, student=student)


def in_keyring(upload: str) -> str:
    """The token for an index in the keyring of this machine; empty if there is none."""
    import keyring
    import keyring.errors

    try:
        return keyring.get_password(upload, "__token__") or ""
    except keyring.errors.KeyringError:
        return ""


def who_am_i(base: str, token: str) -> str:
    """The student whose token it is, as the class index at that address says."""
    student = who_is(base, token)
    if student is None:
        raise GlassnetError(
            f"{base} is no class index of glassnet. Look at the address: it is the line's second last word"
        )
    return student


def who_is(base: str, token: str) -> str | None:
    """The same; None where it is another kind of index, which knows no such question."""
    try:
        with _open(base, "-/who", token) as answer:
            return str(parse_json(answer.read(10_000).decode("utf-8", "replace"), WHO)["student"])
    except urllib.error.HTTPError as error:
        error.close()
        if error.code == 403:
            raise StepFailed(
                f"{base} does not know this token. What to do: paste the line from your teacher again, whole; a new "
                "one makes the one before worthless"
            ) from None
        return None
    except ValueError:
        return None
    except (OSError, http.client.HTTPException) as error:
        why = getattr(error, "reason", error)
        raise StepFailed(
            f"nothing answers at {base} ({why}). What to do: look at the address, at whether this machine is in the "
            "same network, and ask whether the index runs"
        ) from None


def send_report(release: Release) -> None:
    """Tell a class index which checks have passed; that it can't be told ends no release."""
    passed = [f"{title}: {text}" for title, text in release.notes if _WORTH_TELLING.search(text)]
    project = release.project
    told = {"project": project.canonical_name, "version": project.version, "passed": passed}
    try:
        with _open(base_of(release.index.upload), "-/report", release.index.token, json.dumps(told).encode()) as answer:
            answer.read(1000)
    except (OSError, http.client.HTTPException):
        return


def _open(base: str, path: str, token: str, body: bytes | None = None) -> http.client.HTTPResponse:
    login = base64.b64encode(f"__token__:{token}".encode()).decode()
    headers = {"Authorization": f"Basic {login}", "User-Agent": "glassnet-release"}
    if body is not None:
        headers["Content-Type"] = "application/json"
    # A proxy knows no server in a classroom, and a token is sent on nowhere.
    handlers: list[urllib.request.BaseHandler] = [_NoRedirect()]
    if base.startswith("http:"):
        handlers.append(urllib.request.ProxyHandler({}))
    request = urllib.request.Request(base + path, body, headers)
    answer: http.client.HTTPResponse = urllib.request.build_opener(*handlers).open(request, timeout=_SECONDS)
    return answer


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_given: object) -> None:
        """Nowhere."""


def not_yours(release: Release, owner: str) -> StepFailed:
    """A name that somebody else in the class has."""
    name = release.project.canonical_name
    other = another_name(name, release.index.student or "")
    return StepFailed(
        f"{name} on {release.to} belongs to {owner or 'the teacher'}, who published it first. Is it yours? Then "
        f"release with the token that it was published with. What to do else: write another name, such as "
        f'name = "{other}", in '
        f"pyproject.toml, line {release.project.line_of('name')}, and release again"
    )
