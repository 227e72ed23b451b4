"""What pip and uv are told: the simple API of the practice index, and the files themselves.

PEP 503 (HTML), PEP 691 and 700 (JSON 1.1), PEP 658 and 714 (metadata beside a wheel), PEP 592 (yanked releases).
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from packaging.utils import canonicalize_name
from packaging.version import Version
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from .shelves import Index
from .store import Published

if TYPE_CHECKING:
    from jinja2 import Environment

API_VERSION = "1.1"
_JSON = "application/vnd.pypi.simple.v1+json"
_HTML = "application/vnd.pypi.simple.v1+html"
SAFE = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'",
}


@cache
def pages() -> Environment:
    """The index's pages."""
    from jinja2 import Environment, PackageLoader

    return Environment(loader=PackageLoader("glassnet.publish", "pages"), autoescape=True)


def index_of(request: Request) -> Index:
    """The index that a request came to."""
    index: Index = request.app.state.index
    return index


def _projects(request: Request) -> Response:
    names = list(index_of(request).store.projects())
    data = {"projects": [{"name": name} for name in names]}
    return _simple(request, "Simple index", data, [{"url": f"/simple/{name}/", "text": name} for name in names])


def _project(request: Request) -> Response:
    asked, index = request.path_params["project"], index_of(request)
    name = canonicalize_name(asked)
    files = index.files(name)
    if not files:
        further = index.further(name)
        if further:
            return RedirectResponse(further, 302)
        raise HTTPException(404, f"there is no project {name!r} on this practice index")
    if asked != name:
        return RedirectResponse(f"/simple/{name}/", 301)
    yanked = index.store.yanked()
    links = [
        {
            "url": f"/files/{name}/{entry.file}#sha256={entry.sha256}",
            "text": entry.file,
            "requires_python": entry.requires_python,
            "metadata_sha256": entry.metadata_sha256,
            "yanked": yanked.get(entry.file),
        }
        for entry in files
    ]
    data = {"name": name, "versions": versions(files), "files": [_described(entry, yanked) for entry in files]}
    return _simple(request, f"Links for {name}", data | {"_owner": files[0].owner}, links)


def versions(files: list[Published]) -> list[str]:
    """The versions of these files, lowest first."""
    return sorted({entry.version for entry in files}, key=Version)


def _described(entry: Published, yanked: Mapping[str, str]) -> dict[str, Any]:
    """One file in the words of PEP 691, 700 and 714."""
    described: dict[str, Any] = {
        "filename": entry.file,
        "url": f"/files/{entry.project}/{entry.file}",
        "hashes": {"sha256": entry.sha256},
        "size": entry.size,
        "upload-time": entry.uploaded,
        "yanked": (yanked[entry.file] or True) if entry.file in yanked else False,
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
    page = pages().get_template("simple.html").render(title=title, links=links)
    return HTMLResponse(page, media_type=kind, headers=headers | SAFE)


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
    index, asked = index_of(request), request.path_params["file"]
    for entry in index.files(request.path_params["project"]):
        if asked == entry.file:
            index.downloads.count(entry)
            return FileResponse(index.path(entry), media_type="application/octet-stream", headers=SAFE)
        if asked == f"{entry.file}.metadata" and entry.metadata_sha256:
            text, headers = "text/plain; charset=utf-8", SAFE
            return Response(index.metadata(entry), media_type=text, headers=headers)
    raise HTTPException(404, "no such file on this practice index")


ROUTES = [
    Route("/simple/", _projects),
    Route("/simple/{project}/", _project),
    Route("/files/{project}/{file}", _file),
]
