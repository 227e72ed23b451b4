"""A practice index in a thread of the tests' own process: the real server on a real socket, and no process to start."""

from __future__ import annotations

import hashlib
import http.client
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests
from waiting import PATIENCE, wait_until

from glassnet.publish.classroom.opening import HERE, Opening
from glassnet.publish.classroom.students import Students
from glassnet.publish.connections import Bounds
from glassnet.publish.running import app_of, server_of
from glassnet.publish.shelves import Index
from glassnet.publish.store import Store
from glassnet.publish.uploads import Upload

TOKEN = "practice-of-the-tests"
CLASS = Opening(("teacher.local",), HERE)


def put(there: Store, path: Path, owner: str = "") -> bool:
    """Publish a file without a server; it is moved."""
    return there.accept(Upload({}, path.name, path, hashlib.sha256(path.read_bytes()).hexdigest()), owner)


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    reason: str
    headers: Mapping[str, str]
    content: bytes

    @property
    def text(self) -> str:
        return self.content.decode()


@dataclass(frozen=True)
class Running:
    """An index that answers."""

    folder: Path
    port: int
    index: Index

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def store(self) -> Store:
        return self.index.store

    def ask(self, path: str, method: str = "GET", body: bytes | None = None, **headers: str) -> Answer:
        """One request exactly as written."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request(method, path, body, named)
            answer = connection.getresponse()
            found = {name.lower(): value for name, value in answer.getheaders()}
            return Answer(answer.status, answer.reason, found, answer.read())
        finally:
            connection.close()

    def post(self, file: str, content: bytes, token: str = TOKEN, **fields: Any) -> requests.Response:
        """The form that twine sends."""
        with requests.Session() as session:
            session.trust_env = False
            form = {":action": "file_upload", "protocol_version": "1"} | fields
            files, login = {"content": (file, content)}, ("__token__", token)
            return session.post(f"{self.url}/legacy/", data=form, files=files, auth=login, timeout=PATIENCE)

    def publish(self, path: Path, token: str = TOKEN) -> requests.Response:
        """Upload a file as it is."""
        return self.post(path.name, path.read_bytes(), token)

    def students(self, *names: str) -> dict[str, str]:
        """A token for each of them."""
        return Students(self.folder).enrol(names)


@contextmanager
def running(folder: Path, opening: Opening | None = None, bounds: Bounds | None = None) -> Iterator[Running]:
    """Run an index on a free port until the end of the block."""
    app = app_of(folder, TOKEN, opening or Opening())
    server = server_of(app, opening.tls if opening else None, bounds)
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(512)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            wait_until(lambda: server.started)
            yield Running(folder, listener.getsockname()[1], app.state.index)
        finally:
            server.should_exit = True
            thread.join(PATIENCE)
