"""The teacher's page of a class index: who published what, which checks passed, who was refused; and what to take back.

It is entered with the index's own token. A session lasts as long as the server, in a cookie that scripts can't read and
other sites can't send; what changes something has to come from a form of this page.
"""

from __future__ import annotations

import hmac
import io
import secrets
import zipfile
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, quote

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from ...errors import GlassnetError
from ...wording import count, memory
from ..shelves import Index
from ..simple import index_of, pages, versions
from ..store import OWN, Published
from ..uploads import small

PAGE = "/-/teacher"
_COOKIE = "glassnet_teacher"
_SAFE = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
}


def teachers_page() -> list[Route]:
    """The addresses of the page, with a key of this start that its sessions are made of."""
    key = secrets.token_urlsafe(24)

    def known(request: Request) -> bool:
        return hmac.compare_digest(request.cookies.get(_COOKIE, "").encode(), key.encode())

    async def show(request: Request) -> Response:
        if not known(request):
            return _page("login.html", said=request.query_params.get("said", ""))
        about = await run_in_threadpool(state_of, index_of(request))
        said = request.query_params.get("said", "")
        return _page("teacher.html", said=said[:300], plain=request.url.scheme == "http", **about)

    async def state(request: Request) -> Response:
        if not known(request):
            return Response(status_code=403, headers=_SAFE)
        return _page("state.html", **await run_in_threadpool(state_of, index_of(request)))

    async def enter(request: Request) -> Response:
        words = await _form(request)
        index = index_of(request)
        if not _from_this_page(request) or not hmac.compare_digest(
            words.get("token", "").strip().encode(), index.token.encode()
        ):
            return _back("That is not the token of this index. It stands in practice.pypirc, as the password.")
        answer = _back("")
        secure = request.url.scheme == "https"
        answer.set_cookie(_COOKIE, key, httponly=True, samesite="strict", secure=secure, path="/-/")
        return answer

    async def wheels(request: Request) -> Response:
        if not known(request):
            return RedirectResponse(PAGE, 303)
        content = await run_in_threadpool(_zipped, index_of(request))
        name = {"content-disposition": 'attachment; filename="wheels.zip"'}
        return Response(content, media_type="application/zip", headers=_SAFE | name)

    def changing(work: Callable[[Index, dict[str, str]], str]) -> Callable[[Request], Awaitable[Response]]:
        async def answer(request: Request) -> Response:
            words = await _form(request)
            if not known(request) or not _from_this_page(request):
                return Response("log in first, and use the buttons of the page", 403, headers=_SAFE)
            try:
                said = await run_in_threadpool(work, index_of(request), words)
            except (GlassnetError, KeyError, OSError) as error:
                said = f"Not done: {error}"
            return _back(said)

        return answer

    async def leave(request: Request) -> Response:
        answer = _back("")
        answer.delete_cookie(_COOKIE, path="/-/")
        return answer

    doing = {"yank": _yank, "show": _show, "remove": _remove, "dismiss": _dismiss, "wipe": _wipe}
    return [
        Route(PAGE, show),
        Route(f"{PAGE}/state", state),
        Route(f"{PAGE}/enter", enter, methods=["POST"]),
        Route(f"{PAGE}/leave", leave, methods=["POST"]),
        Route(f"{PAGE}/wheels.zip", wheels),
        Route("/-/index.css", _static("index.css", "text/css")),
        Route("/-/teacher.js", _static("teacher.js", "text/javascript")),
        *(Route(f"{PAGE}/{word}", changing(work), methods=["POST"]) for word, work in doing.items()),
    ]


def _page(template: str, **about: Any) -> Response:
    return HTMLResponse(pages().get_template(template).render(**about), headers=_SAFE)


def _static(name: str, kind: str) -> Callable[[Request], Response]:
    def answer(_request: Request) -> Response:
        return Response(pages().get_template(name).render(), media_type=kind, headers=_SAFE)

    return answer


def _back(said: str) -> Response:
    return RedirectResponse(f"{PAGE}?said={quote(said)}" if said else PAGE, 303)


async def _form(request: Request) -> dict[str, str]:
    text = (await small(request)).decode("utf-8", "replace")
    return {name: values[-1] for name, values in parse_qs(text, max_num_fields=20).items()}


def _from_this_page(request: Request) -> bool:
    """A browser says from whose page a form was sent; where it doesn't, it was none of ours."""
    return request.headers.get("origin") == str(request.base_url).rstrip("/")


def state_of(index: Index) -> dict[str, Any]:
    """All that the page shows."""
    store, reports, yanked = index.store, index.reports.all(), index.store.yanked()
    students: dict[str, list[dict[str, Any]]] = {
        name: [] for name in (index.students.names() if index.students else ())
    }
    for name, files in store.projects().items():
        for version in versions(files):
            mine = [entry for entry in files if entry.version == version]
            release = {
                "project": name,
                "version": version,
                "files": [{"name": entry.file, "size": memory(entry.size)} for entry in mine],
                "at": _when(min(entry.uploaded for entry in mine)),
                "passed": reports.get(f"{name} {version}", []),
                "downloads": _fetched(index, mine),
                "yanked": all(entry.file in yanked for entry in mine),
            }
            students.setdefault(mine[0].owner, []).append(release)
    clashes = [
        {"at": clash.at.astimezone().strftime("%H:%M:%S"), "who": clash.who or "the teacher", "words": clash.words}
        for clash in reversed(index.clashes)
    ]
    published = sum(1 for releases in students.values() if releases)
    summary = f"{count(published, 'person', 'people')} published {count(sum(map(len, students.values())), 'release')}"
    teacher = students.pop(OWN, [])
    everybody = sorted(students.items(), key=lambda one: one[0].lower()) + ([("", teacher)] if teacher else [])
    return {"people": everybody, "clashes": clashes[:50], "summary": summary}


def _fetched(index: Index, files: list[Published]) -> str:
    return count(index.downloads.times(entry for entry in files if entry.file.endswith(".whl")), "time")


def _when(moment: str) -> str:
    return datetime.fromisoformat(moment).astimezone().strftime("%d %b %H:%M")


def _zipped(index: Index) -> bytes:
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_STORED) as archive:
        for entry in index.store.files():
            if entry.file.endswith(".whl"):
                archive.write(index.store.path(entry), entry.file)
    return kept.getvalue()


def _yank(index: Index, words: dict[str, str]) -> str:
    index.store.yank(words["project"], words["version"], words.get("reason", "")[:200])
    return f"{words['project']} {words['version']} is yanked: pip takes it only if it is asked for by number."


def _show(index: Index, words: dict[str, str]) -> str:
    index.store.yank(words["project"], words["version"], undo=True)
    return f"{words['project']} {words['version']} is shown again."


def _remove(index: Index, words: dict[str, str]) -> str:
    files = index.store.remove_all_of(words["student"])
    return f"Removed {count(files, 'file')} of {words['student']}. The names stay used up."


def _dismiss(index: Index, words: dict[str, str]) -> str:
    if index.students:
        index.students.dismiss(words["student"])
    return f"The token of {words['student']} is worth nothing any more."


def _wipe(index: Index, words: dict[str, str]) -> str:
    if words.get("sure", "").strip().lower() != "wipe":
        return "Nothing was removed: type wipe into the field beside the button."
    files = index.wipe()
    return f"Removed {count(files, 'file')} and all tokens of students. Names are free again."
