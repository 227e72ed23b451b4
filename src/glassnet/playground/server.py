"""The server of the playground: it hands the page out, questions on to the tab's process, and its frames back."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from ..errors import GlassnetError
from .guard import LARGEST, Guard, Refusal, body, question
from .processes import Process
from .serving import HOST, LARGEST_TABLE, Serving
from .sessions import Session, Sessions, Stream
from .wire import framed

ALIVE = 1.0  # seconds between signs of life
NOTHING = bytes(4)  # a frame of no bytes
CLOSING = "the playground was stopped. Start it again with glassnet play; this address sets up the same experiment"


def serve(
    start: Mapping[str, Any],
    opening: Callable[[], dict[str, Any]],
    listener: socket.socket,
    serving: Serving,
    process: Process,
    ready: Callable[[], object],
) -> None:
    """Run until Ctrl-C, the first tab in a process that has begun.

    `ready` is called once what was typed is set up; what is wrong with that is raised.
    """
    troubles: list[GlassnetError] = []
    sessions = Sessions(start, opening)

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        first = sessions.prepare(process)
        telling = asyncio.ensure_future(_tell(first, ready, troubles, end))
        yield
        telling.cancel()
        with suppress(TimeoutError):
            await asyncio.wait_for(sessions.gone(), 5)

    def end() -> None:
        server.should_exit = True

    app = playground(sessions, lifespan)
    hosts = (f"{HOST}:{serving.port}", f"localhost:{serving.port}")
    server = _Server(
        uvicorn.Config(
            Guard(app, hosts, serving.token), http="h11", ws="none", lifespan="on", log_config=None, access_log=False,
            server_header=False, timeout_graceful_shutdown=1,
        ),
        lambda: sessions.close_all(CLOSING),
    )  # fmt: skip
    with listener, suppress(KeyboardInterrupt):
        server.run(sockets=[listener])
    if troubles:
        raise troubles[0]


class _Server(uvicorn.Server):
    """One that ends the tabs first: uvicorn waits for streams, and these wait for it."""

    def __init__(self, config: uvicorn.Config, closing: Callable[[], None]) -> None:
        super().__init__(config)
        self.closing = closing

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self.closing()
        await super().shutdown(sockets)


async def _tell(
    first: Session, ready: Callable[[], object], troubles: list[GlassnetError], end: Callable[[], None]
) -> None:
    """Set up what it opens with before somebody asks, as the browser has to start as well; then say that it is."""
    try:
        await first.open()
        await asyncio.to_thread(ready)
    except (Refusal, GlassnetError) as error:
        if first.stream:  # whoever looks at it is told
            return
        if not first.closed:  # else it was ended before it was ready
            troubles.append(GlassnetError(str(error)))
        end()


def playground(sessions: Sessions, lifespan: Any = None) -> Starlette:
    """The app, without its guard."""
    app = Starlette(
        routes=[
            Route("/", _front),
            Route("/page/{name}", _page),
            Route("/session", _session, methods=["POST"]),
            Route("/do", _do, methods=["POST"]),
            Route("/table", _table, methods=["PUT"]),
        ],
        exception_handlers={Refusal: _refused},
        lifespan=lifespan,
    )
    app.state.sessions = sessions
    return app


def _refused(_request: Request, error: Exception) -> Response:
    assert isinstance(error, Refusal)
    return error.response()


def _sessions(request: Request) -> Sessions:
    sessions: Sessions = request.app.state.sessions
    return sessions


def _found(request: Request) -> Session:
    return _sessions(request).find(request.headers.get("x-glassnet-session", ""))


# --- the page -----------------------------------------------------------------------------------------------

_TYPES = {"js": "text/javascript", "css": "text/css", "html": "text/html", "svg": "image/svg+xml"}


def _front(_request: Request) -> Response:
    return _file("index.html")


def _page(request: Request) -> Response:
    return _file(request.path_params["name"])


_FILES = {file.name: file for file in Path(__file__).with_name("page").iterdir() if file.is_file()}


def _file(name: str) -> Response:
    """A file of the page. Its name is looked for among those that are there, and never made into a path."""
    if name not in _FILES:
        raise Refusal(404, "the page has no such file")
    kind = _TYPES.get(name.rpartition(".")[2], "text/plain")
    return Response(_FILES[name].read_bytes(), media_type=kind)


# --- a tab --------------------------------------------------------------------------------------------------


async def _session(request: Request) -> Response:
    """A tab begins with an address, or comes back; what it gets is told from now on until one of both goes away."""
    asked = question(await body(request.stream(), LARGEST))
    sessions, words = _sessions(request), list[str]()
    if "address" in asked and str(asked.get("id")) not in sessions.all:
        session, words = sessions.new()
    else:
        session = sessions.find(str(asked.get("id")))
    stream = session.attach()
    session.entering = asyncio.ensure_future(session.enter(str(asked.get("address") or ""), words))
    return StreamingResponse(_told(session, stream), media_type="application/octet-stream")


async def _do(request: Request) -> Response:
    asked = question(await body(request.stream(), LARGEST))
    session = _found(request)
    if asked.get("do") == "stop":
        session.stop()
        await session.enter()  # its process is begun before anybody else asks
        return JSONResponse({})
    if asked.get("do") == "close":
        _sessions(request).close(session, {"ended": {"words": "closed"}})
        return JSONResponse({})
    return JSONResponse(await session.ask({**asked, "ask": "do"}))


async def _table(request: Request) -> Response:
    session = _found(request)
    content = await body(request.stream(), LARGEST_TABLE)
    return JSONResponse(await session.ask({"ask": "table", "name": request.query_params.get("name", "")}, content))


async def _told(session: Session, stream: Stream) -> AsyncIterator[bytes]:
    """News, and the latest frame whenever the reader has taken the one before; a sign of life each second."""
    slow = ""
    try:
        while True:
            told, is_frame = await stream.next(ALIVE)
            yield told or NOTHING
            if stream.over:
                return
            if is_frame:
                session.want()
            late = session.late()
            if late != slow:
                slow = late
                yield framed({"slow": {"words": late} if late else None})
    finally:
        session.detach(stream)
