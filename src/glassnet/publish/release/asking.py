"""Ask an index what it holds, and take nothing for an answer that is none.

A proxy may cut an answer short, a hotel's network may send its login page in place of any other: who took that for a
list of files would believe that the project exists, or that it does not.
"""

from __future__ import annotations

import hashlib
import http.client
import re
import ssl
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from html.parser import HTMLParser
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from packaging.utils import InvalidSdistFilename, InvalidWheelFilename, parse_sdist_filename, parse_wheel_filename
from packaging.version import InvalidVersion, Version

from ...errors import GlassnetError
from ...files import parse_json
from ...schemas import INDEX_LIST, INDEX_PROJECT
from ...wording import bounded, memory, visible
from ..chains import Look, fits_python, required_by
from ..rules import read_metadata
from .commands import Done
from .explanations import UPLOAD, failure
from .state import Release, StepFailed

_JSON = "application/vnd.pypi.simple.v1+json"
_SECONDS = 20  # of silence, after which an index counts as unreachable
_LARGEST = 64 * 2**20  # bytes; all names of PyPI are half of that
_LONGEST = 120  # letters of what somebody else wrote


class NoAnswer(StepFailed):
    """What came back is not what an index says."""

    exit_code = 2

    def __init__(self, release: Release, url: str, what: str) -> None:
        super().__init__(
            f"{release.to} answered {url} with {what}, which is no list of an index. What to do: open that address in "
            "a browser; behind a login or a proxy sign in first, else try again later: glassnet release --resume"
        )


def project_page(release: Release, name: str) -> dict[str, Any] | None:
    """What the index lists of a project, as its JSON says it (PEP 691); None for one that it has never heard of."""
    return _page(release, f"{release.index.simple}{name}/", "files")


def list_of_projects(release: Release) -> dict[str, Any] | None:
    """The names of all that the index holds; None where it does not say."""
    return _page(release, release.index.simple, "projects")


def offers(release: Release) -> Look:
    """The versions of a guest that the index has for this Python, each with a way to read what it requires."""

    def look(name: str) -> Mapping[str, Callable[[], list[str]]] | None:
        page = project_page(release, name)
        if page is None:
            return None
        found = {}
        for file in page["files"]:
            version = version_of(file["filename"]) if file["filename"].endswith(".whl") else None
            if version and not file.get("yanked") and fits_python(file.get("requires-python")):
                found[str(version)] = partial(_requires, release, f"{release.index.simple}{name}/", file)
        return found

    return look


def _requires(release: Release, page: str, file: dict[str, Any]) -> list[str]:
    """What a wheel requires: from its metadata beside it (PEP 658) where the index has that, else from itself."""
    url, _, _ = urllib.parse.urljoin(page, file.get("url", "")).partition("#")
    if not url.startswith(("http://", "https://")):
        raise NoAnswer(release, page, f"the address {_short(url)} of {_short(file['filename'])}")
    beside = file.get("core-metadata") or file.get("dist-info-metadata")
    answer = _fetch(release, f"{url}.metadata" if beside else url)
    if answer is None:
        raise NoAnswer(release, page, f"a link to {_short(file['filename'])}, which is not there")
    content = answer[0]
    told = beside if beside else file.get("hashes")
    digest = told.get("sha256") if isinstance(told, dict) else None
    if digest and hashlib.sha256(content).hexdigest() != digest:
        raise NoAnswer(release, url, "other bytes than its list says")
    if beside:
        return required_by(content)
    with TemporaryDirectory(dir=release.scratch) as folder:
        wheel = Path(folder) / Path(file["filename"]).name
        wheel.write_bytes(content)
        try:
            return required_by(read_metadata(wheel))
        except GlassnetError as error:
            raise NoAnswer(release, url, f"what is no wheel ({_short(error)})") from None


def version_of(file: str) -> Version | None:
    """The version that a file's name tells; None for what is no package."""
    try:
        return parse_wheel_filename(file)[1] if file.endswith(".whl") else parse_sdist_filename(file)[1]
    except (InvalidWheelFilename, InvalidSdistFilename, InvalidVersion):
        return None


def _page(release: Release, url: str, what: str) -> dict[str, Any] | None:
    """One page of the simple API, JSON (PEP 691) or HTML (PEP 503); None for a page that is not there."""
    answer = _fetch(release, url)
    if answer is None:
        return None
    body, kind = answer[0].decode("utf-8", "replace"), answer[1]
    if "json" in kind:
        try:
            page: dict[str, Any] = parse_json(body, INDEX_LIST if what == "projects" else INDEX_PROJECT)
        except ValueError as error:
            words = f"JSON that can't be used ({_short(error)})" if body.strip() else "nothing"
            raise NoAnswer(release, url, words) from None
        return page
    if "html" not in kind:
        raise NoAnswer(release, url, f"{memory(len(body))} of {_short(kind)}")
    links = _Links()
    with suppress(AssertionError):  # of the parser, at a mark that no HTML has
        links.feed(body)
    if not links.are_a_list(what):
        title = f"a page called '{_short(links.title)}'" if links.title.strip() else "a page without a title"
        raise NoAnswer(release, url, title)
    return links.listing()


def _fetch(release: Release, url: str) -> tuple[bytes, str] | None:
    """(content, kind) of an answer; None where there is no such page."""
    wanted = {"Accept": f"{_JSON}, text/html;q=0.5", "User-Agent": "glassnet-release"}
    handlers = [urllib.request.ProxyHandler({})] if release.index.is_near else []
    opener = urllib.request.build_opener(*handlers)
    try:
        with opener.open(urllib.request.Request(url, headers=wanted), timeout=_SECONDS) as answer:
            content = answer.read(_LARGEST + 1)
            status, kind, missing = answer.status, answer.headers.get_content_type(), answer.length
    except urllib.error.HTTPError as error:
        error.close()
        if error.code in (404, 410):
            return None
        raise NoAnswer(release, url, f"status {error.code} {_short(error.reason)}") from None
    except http.client.IncompleteRead as error:
        raise NoAnswer(release, url, f"{memory(len(error.partial))}, and then no more") from None
    except (http.client.HTTPException, UnicodeError) as error:
        raise NoAnswer(release, url, f"something that is not HTTP ({type(error).__name__})") from None
    except (OSError, ssl.SSLError) as error:
        words = getattr(error, "reason", error)
        raise failure(release, Done(1, _short(words)), f"asking {url}", UPLOAD) from None
    if status != 200:
        raise NoAnswer(release, url, f"status {status}")
    if len(content) > _LARGEST:
        raise NoAnswer(release, url, f"more than {memory(_LARGEST)}")
    if missing:
        raise NoAnswer(release, url, f"{memory(len(content))} of {memory(len(content) + missing)}, and then no more")
    return content, kind


def _short(words: Any) -> str:
    """Somebody else's words in a line of ours."""
    return bounded(visible(" ".join(str(words).split())), _LONGEST)


class _Links(HTMLParser):
    """The links of a simple page as the JSON answer would list them."""

    def __init__(self) -> None:
        super().__init__()
        self._found: list[tuple[str, str]] = []
        self._inside = ""
        self._asks = False
        self.title, self.says_so = "", False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A link begins, or what shows which kind of page it is."""
        self._inside = tag if tag in ("a", "title") else self._inside
        if tag == "a":
            self._found.append(("", dict(attrs).get("href") or ""))
        self._asks = self._asks or tag in ("form", "input")
        self.says_so = self.says_so or (tag == "meta" and dict(attrs).get("name") == "pypi:repository-version")

    def handle_endtag(self, tag: str) -> None:
        """A link ends."""
        self._inside = "" if tag == self._inside else self._inside

    def handle_data(self, data: str) -> None:
        """The text of a link is a file's or a project's name."""
        if self._inside == "title":
            self.title += data
        elif self._inside == "a":
            text, href = self._found[-1]
            self._found[-1] = (text + data.strip(), href)

    def are_a_list(self, what: str) -> bool:
        """Whether it is a page of an index: it says so, or its links are files; a page that asks something is none."""
        titled = re.match(r"\s*(links for|simple)\b", self.title, re.IGNORECASE)
        files = what == "files" and any(version_of(text) for text, _ in self._found)
        return not self._asks and bool(self.says_so or titled or files)

    def listing(self) -> dict[str, Any]:
        """Files with their hashes, and project names, from the same links."""
        files = []
        for text, href in self._found:
            digest = re.search(r"#sha256=([0-9a-f]{64})", href)
            files.append({"filename": text, "url": href, "hashes": {"sha256": digest.group(1)} if digest else {}})
        return {"files": files, "projects": [{"name": text.rstrip("/")} for text, _ in self._found]}
