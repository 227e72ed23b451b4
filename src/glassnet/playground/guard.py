"""Who may ask, and how much. Any page of the web can make a browser send something to this machine.

So nobody is answered who does not call this server by its own name, who comes from another page, or who lacks the
token that was printed in the terminal. The page itself holds no secret and may be had without one.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import AsyncIterator
from typing import Any

from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

TOKEN = "x-glassnet-token"
LARGEST = 1_000_000  # bytes of a question
#: What a browser is told about each answer: nothing from elsewhere, no inline script, in no other page.
HEADERS = [
    (name.encode(), value.encode())
    for name, value in {
        "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; "
        "img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; base-uri 'none'; "
        "form-action 'none'; frame-ancestors 'none'",
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
        "referrer-policy": "no-referrer",
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
        "cache-control": "no-store",
    }.items()
]


class Refusal(Exception):
    """An answer other than the one that was asked for."""

    def __init__(self, status: int, words: str, **more: Any) -> None:
        super().__init__(words)
        self.status, self.words, self.more = status, words, more

    def response(self) -> JSONResponse:
        return JSONResponse({"error": {"words": self.words} | self.more}, self.status)


class Guard:
    """Stands in front of the whole server; `hosts` are the names that it answers to, with their port."""

    def __init__(self, app: ASGIApp, hosts: tuple[str, ...], token: str) -> None:
        self.app, self.hosts, self.token = app, hosts, token

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def with_headers(message: Any) -> None:
            if message["type"] == "http.response.start":
                message = message | {"headers": [*message.get("headers", ()), *HEADERS]}
            await send(message)

        trouble = self.trouble(scope["method"], scope["path"], Headers(scope=scope))
        if trouble:
            await Refusal(403, trouble).response()(scope, receive, with_headers)
        else:
            await self.app(scope, receive, with_headers)

    def trouble(self, method: str, path: str, headers: Headers) -> str:
        """Why a request is not answered; empty where it is."""
        if headers.getlist("host") not in [[host] for host in self.hosts]:
            return "this server answers to its own address alone"
        origin = headers.getlist("origin")
        if origin and origin not in [[f"http://{host}"] for host in self.hosts]:
            return "another page can't ask here"
        page = method in ("GET", "HEAD") and (path == "/" or path.startswith("/page/"))
        if trouble := self._site(page and path == "/", headers):
            return trouble
        if not page and not hmac.compare_digest(headers.get(TOKEN, "").encode(), self.token.encode()):
            return "the token is missing or is that of an earlier start: open the address that the terminal shows"
        return ""

    def _site(self, front: bool, headers: Headers) -> str:
        """A browser says where a request comes from. Only the front page may be opened from elsewhere, as a page."""
        site = headers.get("sec-fetch-site", "same-origin")
        opened = front and headers.get("sec-fetch-mode") == "navigate" and headers.get("sec-fetch-dest") == "document"
        return "" if site == "same-origin" or opened else "another page can't ask here"


async def body(stream: AsyncIterator[bytes], largest: int) -> bytes:
    """All that is sent, counted while it is read."""
    parts, size = [], 0
    async for part in stream:
        parts.append(part)
        size += len(part)
        if size > largest:
            raise Refusal(413, f"that is more than {largest // 1_000_000} MB")
    return b"".join(parts)


def question(content: bytes) -> dict[str, Any]:
    """What was asked, as an object with names."""
    try:
        asked = json.loads(content)
    except (ValueError, RecursionError):
        raise Refusal(422, "a question is written in JSON") from None
    if not isinstance(asked, dict):
        raise Refusal(422, "a question is an object with names")
    return asked
