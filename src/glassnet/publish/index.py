"""The practice index: an ASGI app that answers uploads and installs as PyPI would, rules and wording included.

Simple API: PEP 503 (HTML), PEP 691 and 700 (JSON 1.1), PEP 658 and 714 (metadata beside a wheel).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from packaging.utils import canonicalize_name
from packaging.version import Version
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from .chains import guests_of
from .installing import install_line
from .reasons import reason_header
from .rules import WHY, Problem
from .store import LARGEST_FILE, Published, Refused, Store
from .uploads import read_upload

if TYPE_CHECKING:
    from jinja2 import Environment

API_VERSION = "1.1"
LARGEST_FORM = LARGEST_FILE + 4 * 1024 * 1024  # bytes: the file, and a README sent once more as a field
_JSON = "application/vnd.pypi.simple.v1+json"
_HTML = "application/vnd.pypi.simple.v1+html"
_SAFE = {
    "x-content-type-options": "nosniff",
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
}

log = logging.getLogger("glassnet.index")


def _nothing() -> None:
    """What happens when nobody asked to be told."""


def practice_index(
    folder: Path,
    token: str,
    *,
    started: str = "",
    stop: Callable[[], None] = _nothing,
    on_shutdown: Callable[[], None] = _nothing,
) -> Starlette:
    """The practice index over `folder`; `token` is what an upload must show as the password of `__token__`.

    `started` names this start, so that a caller knows which server answers; `stop` is called when an
    authenticated request asks the server to end, `on_shutdown` when it has ended.
    """

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        yield
        on_shutdown()

    app = Starlette(
        routes=[
            Route("/", _front),
            Route("/simple/", _projects),
            Route("/simple/{project}/", _project),
            Route("/files/{project}/{file}", _file),
            Route("/legacy/", _upload, methods=["POST"]),
            Route("/why/{id}", _why),
            Route("/-/started", _started),
            Route("/-/stop", _stop, methods=["POST"]),
        ],
        # Another site's page can make a browser ask 127.0.0.1 under that site's own host name.
        middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=["127.0.0.1", "localhost"], www_redirect=False)],
        exception_handlers={Refused: _refused, HTTPException: _wrong_address},
        lifespan=lifespan,
    )
    app.state.store = Store(folder)
    app.state.token, app.state.started, app.state.stop = token, started, stop
    return app


def _store(request: Request) -> Store:
    store: Store = request.app.state.store
    return store


# ---------------------------------------------------------------------------------------------------------
# Looking and installing


@cache
def _pages() -> Environment:
    from jinja2 import Environment, PackageLoader

    return Environment(loader=PackageLoader("glassnet.publish", "pages"), autoescape=True)


def _front(request: Request) -> Response:
    simple, store, projects = f"{request.base_url}simple/", _store(request), []
    for name, files in store.projects().items():
        versions = _versions(files)
        line = install_line(simple, name, versions[-1], guests_of(store, name, versions[-1]))
        projects.append({"name": name, "versions": versions, "install": line})
    return HTMLResponse(_pages().get_template("front.html").render(projects=projects), headers=_SAFE)


def _projects(request: Request) -> Response:
    names = list(_store(request).projects())
    data = {"projects": [{"name": name} for name in names]}
    return _simple(request, "Simple index", data, [{"url": f"/simple/{name}/", "text": name} for name in names])


def _project(request: Request) -> Response:
    asked = request.path_params["project"]
    name = canonicalize_name(asked)
    files = _store(request).projects().get(name)
    if files is None:
        raise HTTPException(404, f"there is no project {name!r} on this practice index")
    if asked != name:
        return RedirectResponse(f"/simple/{name}/", 301)
    links = [
        {
            "url": f"/files/{name}/{entry.file}#sha256={entry.sha256}",
            "text": entry.file,
            "requires_python": entry.requires_python,
            "metadata_sha256": entry.metadata_sha256,
        }
        for entry in files
    ]
    data = {"name": name, "versions": _versions(files), "files": [_described(entry) for entry in files]}
    return _simple(request, f"Links for {name}", data, links)


def _versions(files: list[Published]) -> list[str]:
    return sorted({entry.version for entry in files}, key=Version)


def _described(entry: Published) -> dict[str, Any]:
    """One file in the words of PEP 691, 700 and 714."""
    described: dict[str, Any] = {
        "filename": entry.file,
        "url": f"/files/{entry.project}/{entry.file}",
        "hashes": {"sha256": entry.sha256},
        "size": entry.size,
        "upload-time": entry.uploaded,
        "yanked": False,
    }
    if entry.requires_python:
        described["requires-python"] = entry.requires_python
    metadata = {"sha256": entry.metadata_sha256} if entry.metadata_sha256 else False
    return described | {"core-metadata": metadata, "dist-info-metadata": metadata}


def _simple(request: Request, title: str, data: dict[str, Any], links: list[dict[str, Any]]) -> Response:
    """The same answer as JSON or as HTML, whichever the client likes better."""
    kind = _preferred(request.headers.get("accept", "*/*"))
    if kind is None:
        raise HTTPException(406, f"this index speaks {_JSON}, {_HTML} and text/html")
    headers = {"vary": "Accept", "cache-control": "no-cache"}
    if kind == _JSON:
        return JSONResponse({"meta": {"api-version": API_VERSION}} | data, media_type=_JSON, headers=headers)
    page = _pages().get_template("simple.html").render(title=title, links=links)
    return HTMLResponse(page, media_type=kind, headers=headers | _SAFE)


def _preferred(accept: str) -> str | None:
    """The kind of answer that an Accept header likes best; HTML where it doesn't care."""
    offered = {
        "text/html": "text/html",
        "*/*": "text/html",
        "text/*": "text/html",
        _HTML: _HTML,
        "application/vnd.pypi.simple.latest+html": _HTML,
        _JSON: _JSON,
        "application/vnd.pypi.simple.latest+json": _JSON,
    }
    best, liked = None, 0.0
    for item in accept.split(","):
        name, _, parameters = item.strip().lower().partition(";")
        quality = parameters.replace(" ", "").removeprefix("q=")
        try:
            weight = float(quality) if quality else 1.0
        except ValueError:
            weight = 1.0
        if name.strip() in offered and weight > liked:
            best, liked = offered[name.strip()], weight
    return best


def _file(request: Request) -> Response:
    """A file that the ledger names; what stands in the address is only compared, never used as a path."""
    store, asked = _store(request), request.path_params["file"]
    for entry in store.projects().get(request.path_params["project"], []):
        if asked == entry.file:
            return FileResponse(store.path(entry), media_type="application/octet-stream", headers=_SAFE)
        if asked == f"{entry.file}.metadata" and entry.metadata_sha256:
            return FileResponse(store.metadata_path(entry), media_type="text/plain; charset=utf-8", headers=_SAFE)
    raise HTTPException(404, "no such file on this practice index")


# ---------------------------------------------------------------------------------------------------------
# Uploading


async def _upload(request: Request) -> Response:
    """The upload form of twine and uv, as PyPI takes it at https://upload.pypi.org/legacy/."""
    body = await _read(request)  # all of it, even for a refusal: a client that still sends never sees the answer
    _authenticate(request)
    upload = read_upload(request.headers.get("content-type", ""), body)
    _check_form(upload.fields, upload.content)
    new = await run_in_threadpool(_store(request).accept, upload.file, upload.content)
    log.info("%s %s", "published" if new else "already here, the same bytes:", upload.file)
    return PlainTextResponse("OK\n" if new else "OK: this very file was already published.\n")


async def _read(request: Request) -> bytes:
    """The body; one that is too large is read to its end and thrown away."""
    kept, size = bytearray(), 0
    async for chunk in request.stream():
        size += len(chunk)
        if size <= LARGEST_FORM:
            kept += chunk
        else:
            kept.clear()
    if size > LARGEST_FORM:
        message = f"File too large. Limit is {LARGEST_FILE // 1024**2} MB."
        raise Refused([Problem("upload-size", message, "Leave data sets out and fetch them when they are used.")])
    return bytes(kept)


def _authenticate(request: Request) -> None:
    """Only user `__token__` with the token of this start; and no page of another site."""
    kind, _, encoded = request.headers.get("authorization", "").partition(" ")
    try:
        user, _, password = base64.b64decode(encoded).decode("utf-8").partition(":")
    except ValueError:
        user = password = ""
    right = hmac.compare_digest(password.strip().encode(), request.app.state.token.encode())
    origin = request.headers.get("origin")
    own = origin is None or origin == str(request.base_url).rstrip("/")
    if kind.lower() == "basic" and user == "__token__" and right and own:
        return
    message = "Invalid or non-existent authentication information."
    remedy = (
        "The username must be __token__ and the password this index's token; both are in its practice.pypirc: "
        "twine upload --config-file practice.pypirc -r local. A TWINE_PASSWORD left in the shell overrides the file."
    )
    raise Refused([Problem("authentication", message, remedy)])


def _check_form(fields: dict[str, str], content: bytes) -> None:
    if fields.get(":action") != "file_upload" or fields.get("protocol_version", "1") != "1":
        message = "Unknown protocol version."
        raise Refused([Problem("upload-form", message, "Use twine or uv to upload.")])
    if fields.get("attestations"):
        message = "Attestations are only accepted from Trusted Publishers."
        raise Refused([Problem("upload-form", message, "They can't be practised here: upload without --attestations.")])
    if len(content) > LARGEST_FILE:
        message = f"File too large. Limit is {LARGEST_FILE // 1024**2} MB."
        raise Refused([Problem("upload-size", message, "Leave data sets out and fetch them when they are used.")])
    given = fields.get("sha256_digest", "").lower()
    if given and not hmac.compare_digest(given, hashlib.sha256(content).hexdigest()):
        message = "The digest supplied does not match a digest calculated from the uploaded file."
        raise Refused([Problem("digest", message, "Upload again; something changed the file on its way.")])


def _refused(request: Request, error: Exception) -> Response:
    """PyPI's sentence in the status line, where tools print it; all problems and reasons in a plain body."""
    assert isinstance(error, Refused)
    first, base = error.problems[0], str(request.base_url)
    lines = []
    for problem in error.problems:
        lines += [problem.message, f"What to do: {problem.remedy}", f"Why there is such a rule: {base}why/{problem.id}"]
    log.info("refused: %s", first.message)
    status = 403 if first.id == "authentication" else 400
    return PlainTextResponse("\n".join(lines) + "\n", status, headers=reason_header(str(first)))


def _wrong_address(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    detail = error.detail
    if error.status_code == 405 and request.method == "POST":
        detail = f"Method Not Allowed. Uploads go to {request.base_url}legacy/, not to this address."
    headers = dict(error.headers or {}) | reason_header(detail)
    return PlainTextResponse(detail + "\n", error.status_code, headers=headers)


def _why(request: Request) -> Response:
    id = request.path_params["id"]
    if id not in WHY:
        raise HTTPException(404, "there is no rule of that name")
    return PlainTextResponse(f"{id}: {WHY[id]}\n")


# ---------------------------------------------------------------------------------------------------------
# Who is there, and the end


def _started(request: Request) -> Response:
    """Which start of the index answers here, and nothing else: anybody on this machine may ask."""
    return JSONResponse({"started": request.app.state.started})


async def _stop(request: Request) -> Response:
    await _read(request)
    _authenticate(request)
    request.app.state.stop()
    return PlainTextResponse("stopping\n")
