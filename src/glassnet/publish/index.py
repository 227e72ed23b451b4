"""The practice index: an ASGI app that answers uploads and installs as PyPI would, rules and wording included.

What pip is told stands in simple.py; here is who may come in, what is done with an upload, and what a refusal says.
"""

from __future__ import annotations

import base64
import hmac
import logging
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from packaging.utils import canonicalize_name
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from ..errors import GlassnetError
from ..files import parse_json
from ..schemas import TOLD
from .chains import guests_of
from .classroom.page import teachers_page
from .installing import install_line, short_lines
from .reasons import reason_header
from .rules import WHY, Problem
from .shelves import Clash, Index
from .simple import ROUTES, SAFE, index_of, pages, versions
from .store import OWN
from .uploads import Refused, Upload, heard_out, receive, small

log = logging.getLogger("glassnet.index")
_STATUS = {"authentication": 403, "not-yours": 403, "rate": 429, "disk": 507}
_SAID = 20  # refusals of one kind that are written down one by one; then each hundredth

#: The names of this machine, which every index may be asked by.
HERE = ("127.0.0.1", "localhost")


def practice_index(index: Index, *, on_shutdown: Callable[[], None] = lambda: None) -> Starlette:
    """The app that answers from `index`; `on_shutdown` is called when it has ended."""

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        yield
        index.downloads.keep()
        on_shutdown()

    app = Starlette(
        routes=[
            Route("/", _front),
            *ROUTES,
            Route("/legacy/", _upload, methods=["POST"]),
            Route("/why/{id}", _why),
            Route("/-/started", _started),
            Route("/-/stop", _stop, methods=["POST"]),
            *((*FOR_A_CLASS, *teachers_page()) if index.students else ()),
        ],
        # Another site's page can make a browser ask this machine under that site's own host name.
        middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=[*HERE, *index.names], www_redirect=False)],
        exception_handlers={
            Refused: _refused,
            HTTPException: _wrong_address,
            ClientDisconnect: _gone,
            GlassnetError: _unable,
        },
        lifespan=lifespan,
    )
    app.state.index, app.state.refusals = index, Counter()
    return app


def _front(request: Request) -> Response:
    index = index_of(request)
    simple, projects = f"{request.base_url}simple/", []
    for name, files in index.store.projects().items():
        known = versions(files)
        newest = versions(index.store.offered(files))[-1]
        install = install_line(simple, name, newest, guests_of(index.store, name, newest))
        projects.append({"name": name, "versions": known, "install": install, "owner": files[0].owner})
    page = pages().get_template("class.html" if index.students else "front.html")
    about = {
        "base": request.base_url,
        "simple": simple,
        "short": short_lines(simple),
        "plain": request.url.scheme == "http",
    }
    return HTMLResponse(page.render(projects=projects, **about), headers=SAFE)


# ---------------------------------------------------------------------------------------------------------
# Uploading


async def _upload(request: Request) -> Response:
    """The upload form of twine and uv, as PyPI takes it at https://upload.pypi.org/legacy/."""
    owner = request.state.who = await let_in(request)
    index = index_of(request)
    if index.students and owner != OWN and index.students.is_too_fast(owner):
        await heard_out(request.stream())
        message = "Too many uploads from you in a short time."
        raise Refused([Problem("rate", message, "Wait ten minutes, then glassnet release --resume.")])
    try:
        with index.store.incoming() as place:
            upload = await receive(request.headers.get("content-type", ""), request.stream(), place)
            _check_form(upload)
            new = await run_in_threadpool(_accept, index, upload, owner)
    except OSError as error:
        log.error("an upload can't be kept: %s", error)
        message = f"This index can't keep the file: {error.strerror or error}."
        raise Refused([Problem("disk", message, "Tell whoever runs it; then upload again.")]) from None
    log.info("%s %s", "published" if new else "already here, the same bytes:", upload.file)
    return PlainTextResponse("OK\n" if new else "OK: this very file was already published.\n")


def _accept(index: Index, upload: Upload, owner: str) -> bool:
    """Publish it, or say why not; what nobody foresaw in somebody's file is a refusal, too."""
    try:
        return index.store.accept(upload, owner)
    except (Refused, OSError):
        raise
    except Exception as error:
        log.exception("can't be looked into: %s", upload.file)
        message = f"Invalid distribution file. It can't be looked into ({type(error).__name__})."
        remedy = "Build it again with `python -m build` and upload what that wrote."
        raise Refused([Problem("unreadable", message, remedy)]) from None


async def let_in(request: Request) -> str:
    """Whose token a request shows, judged before anything of its body is kept; a refusal is heard out as well."""
    try:
        return authenticate(request)
    except Refused:
        await heard_out(request.stream())
        raise


def authenticate(request: Request) -> str:
    """The student whose token it is, or `OWN`: user `__token__` with a token of this index, from no page of another
    site.
    """
    index = index_of(request)
    kind, _, encoded = request.headers.get("authorization", "").partition(" ")
    try:
        user, _, password = base64.b64decode(encoded).decode("utf-8").partition(":")
    except ValueError:
        user = password = ""
    if kind.lower() == "basic" and user == "__token__" and is_from_here(request):
        if hmac.compare_digest(password.strip().encode(), index.token.encode()):
            return OWN
        student = index.students.of(password.strip()) if index.students else None
        if student is not None:
            return student
    message = "Invalid or non-existent authentication information."
    remedy = (
        "The username must be __token__ and the password this index's token; both are in its practice.pypirc: "
        "twine upload --config-file practice.pypirc -r local. A TWINE_PASSWORD left in the shell overrides the file."
    )
    if index.students is not None:
        remedy = (
            "The username must be __token__ and the password the token that you got for this index. A new one: ask "
            "your teacher. A TWINE_PASSWORD left in the shell overrides what is in a file."
        )
    raise Refused([Problem("authentication", message, remedy)])


def is_from_here(request: Request) -> bool:
    """Whether no page of another site has sent it; a browser tells whose page it was."""
    origin = request.headers.get("origin")
    return origin is None or origin == str(request.base_url).rstrip("/")


def _check_form(upload: Upload) -> None:
    fields = upload.fields
    if fields.get(":action") != "file_upload" or fields.get("protocol_version", "1") != "1":
        message = "Unknown protocol version."
        raise Refused([Problem("upload-form", message, "Use twine or uv to upload.")])
    if fields.get("attestations"):
        message = "Attestations are only accepted from Trusted Publishers."
        raise Refused([Problem("upload-form", message, "They can't be practised here: upload without --attestations.")])
    given = fields.get("sha256_digest", "").lower()
    if given and not hmac.compare_digest(given.encode(), upload.sha256.encode()):
        message = "The digest supplied does not match a digest calculated from the uploaded file."
        raise Refused([Problem("digest", message, "Upload again; something changed the file on its way.")])


def _refused(request: Request, error: Exception) -> Response:
    """PyPI's sentence in the status line, where tools print it; all problems and reasons in a plain body."""
    assert isinstance(error, Refused)
    first, base = error.problems[0], str(request.base_url)
    lines = []
    for problem in error.problems:
        lines += [problem.message, f"What to do: {problem.remedy}", f"Why there is such a rule: {base}why/{problem.id}"]
    said: Counter[str] = request.app.state.refusals
    said[first.id] += 1
    if said[first.id] <= _SAID or said[first.id] % 100 == 0:
        log.info("refused (%s, number %d): %s", first.id, said[first.id], first.message)
    index_of(request).clashes.append(
        Clash(datetime.now(UTC), getattr(request.state, "who", "?"), first.id, first.message)
    )
    status = _STATUS.get(first.id, 400)
    return PlainTextResponse("\n".join(lines) + "\n", status, headers=reason_header(str(first)))


def _wrong_address(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    detail = error.detail
    if error.status_code == 405 and request.method == "POST":
        detail = f"Method Not Allowed. Uploads go to {request.base_url}legacy/, not to this address."
    headers = dict(error.headers or {}) | reason_header(detail)
    return PlainTextResponse(detail + "\n", error.status_code, headers=headers)


def _gone(_request: Request, _error: Exception) -> Response:
    """Nobody is there any more to read it."""
    return Response(status_code=400)


def _unable(_request: Request, error: Exception) -> Response:
    """A file of the index's own is damaged."""
    log.error("%s", error)
    return PlainTextResponse("this index can't read its own files: tell whoever runs it\n", 503)


def _why(request: Request) -> Response:
    id = request.path_params["id"]
    if id not in WHY:
        raise HTTPException(404, "there is no rule of that name")
    return PlainTextResponse(f"{id}: {WHY[id]}\n")


# ---------------------------------------------------------------------------------------------------------
# Who is there, and the end


def _started(request: Request) -> Response:
    """Which start of the index answers here, and nothing else: anybody on this machine may ask."""
    return JSONResponse({"started": index_of(request).started})


async def _stop(request: Request) -> Response:
    if await let_in(request) != OWN:
        raise HTTPException(403, "only whoever runs this index may stop it")
    await heard_out(request.stream())
    index_of(request).stop()
    return PlainTextResponse("stopping\n")


# ---------------------------------------------------------------------------------------------------------
# What a release and a student ask of a class index


def _who(request: Request) -> Response:
    """Whose token it is, empty for that of the index itself."""
    return JSONResponse({"student": authenticate(request)})


async def _report(request: Request) -> Response:
    """A release tells which checks have passed."""
    who, index = await let_in(request), index_of(request)
    try:
        told = parse_json((await small(request)).decode("utf-8", "replace"), TOLD)
    except ValueError as error:
        raise HTTPException(400, f"that is no report: {error}") from None
    project = canonicalize_name(told["project"])
    if index.store.owners().get(project) != who:
        raise HTTPException(403, f"{project!r} is not yours")
    await run_in_threadpool(index.reports.keep, project, told["version"], told["passed"])
    return PlainTextResponse("OK\n")


FOR_A_CLASS = [Route("/-/who", _who), Route("/-/report", _report, methods=["POST"])]
