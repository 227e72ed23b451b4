"""Put together what answers: the index of a folder, its app, and the server that runs it within bounds."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from importlib import metadata
from pathlib import Path

import uvicorn
from packaging.utils import canonicalize_name
from starlette.applications import Starlette

from ..errors import GlassnetError
from ..hooks import PROJECT
from .classroom.opening import Opening
from .classroom.students import Students
from .connections import Bounds, within
from .index import practice_index
from .release.packing import installed_here, requirements_of
from .shelves import Index, Wheelhouse
from .store import Store


def app_of(
    folder: Path,
    token: str,
    opening: Opening,
    started: str = "",
    stop: Callable[[], None] = lambda: None,
    on_shutdown: Callable[[], None] = lambda: None,
) -> Starlette:
    """The app for the index of a folder, opened so far."""
    wheels = Wheelhouse(opening.wheels) if opening.wheels else None
    reserved = {*_needed_by_all(), *(wheels.paths() if wheels else ())} if opening.is_class else ()
    students = Students(folder) if opening.is_class else None
    index = Index(
        Store(folder, reserved),
        token,
        started=started,
        stop=stop,
        names=opening.names,
        students=students,
        wheels=wheels,
        elsewhere=opening.elsewhere,
    )
    return practice_index(index, on_shutdown=on_shutdown)


def _needed_by_all() -> set[str]:
    """glassnet and all that it requires: who could publish under such a name would run code on everybody's machine."""
    host = metadata.distribution(PROJECT)
    for extras in ({"publish"}, set[str]()):
        with suppress(GlassnetError):  # a tool that is not installed
            needed = installed_here(requirements_of(host, frozenset(extras)))
            return {PROJECT, *(canonicalize_name(one.name) for one in needed)}
    return {PROJECT}


def server_of(app: Starlette, tls: tuple[Path, Path] | None = None, bounds: Bounds | None = None) -> uvicorn.Server:
    """The server, not yet running."""
    config = uvicorn.Config(
        app,
        http=within(bounds or Bounds()),
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,  # nobody stands between, and who says so is not believed
        timeout_graceful_shutdown=10,  # for an upload in progress
        ssl_certfile=tls[0] if tls else None,
        ssl_keyfile=tls[1] if tls else None,
    )
    return uvicorn.Server(config)
