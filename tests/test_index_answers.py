"""An index that answers badly costs one line and exit code 2: real servers on loopback, whatever they send."""

import json
import socketserver
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from packages import make

from glassnet.publish.project import read_project
from glassnet.publish.release import Release, StepFailed, Target
from glassnet.publish.release.targets import check_target, published

JSON = "application/vnd.pypi.simple.v1+json"
LOGIN = '<html><title>Sign in</title><form action="/login"><input name="user"></form><a href="/help">Help</a></html>'
FILE = "glassnet_bent-0.1.0-py3-none-any.whl"


def answer(body: str | bytes, kind: str = JSON, status: str = "200 OK", length: int | None = None) -> bytes:
    """An answer as it goes over the wire; `length` is what its head claims."""
    content = body.encode() if isinstance(body, str) else body
    head = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(content) if length is None else length}"
    return head.encode() + b"\r\nConnection: close\r\n\r\n" + content


WHOLE = json.dumps({"name": "glassnet-bent", "files": [{"filename": FILE, "hashes": {"sha256": "0" * 64}}]})
BAD = {
    "cut short": (answer(WHOLE[:40], length=len(WHOLE)), "with 40 B of 180 B, and then no more"),
    "cut short, as it says": (answer(WHOLE[:40]), "JSON that can't be used (Unterminated string"),
    "no JSON": (answer("sorry"), "JSON that can't be used (Expecting value"),
    "empty": (answer(""), "with nothing, which is no list"),
    "a list": (answer("[]"), "JSON that can't be used (it is a list"),
    "null": (answer("null"), "JSON that can't be used"),
    "files missing": (answer('{"name": "glassnet-bent"}'), "'files' is missing"),
    "files a text": (answer('{"files": "none"}'), "files is a text"),
    "a file without a name": (answer('{"files": [{}]}'), "filename' is missing"),
    "a checksum that is a number": (answer('{"files": [{"filename": "a", "hashes": {"sha256": 1}}]}'), "sha256"),
    "versions of numbers": (answer('{"files": [], "versions": [1]}'), "versions"),
    "deep": (answer("[" * 100_000), "it is nested more than"),
    "deep in HTML": (answer("<div>" * 50_000, "text/html"), "a page without a title"),
    "a login page": (answer(LOGIN, "text/html"), "a page called 'Sign in'"),
    "a login page that is called Simple": (answer(LOGIN.replace("Sign in", "Simple sign in"), "text/html"), "a page c"),
    "a start page": (answer('<title>Hello</title><a href="/a">News</a>', "text/html"), "a page called 'Hello'"),
    "a mark that HTML has not": (answer("<![bad[ x ]]><![", "text/html"), "a page without a title"),
    "a picture": (answer(b"\x89PNG", "image/png"), "4 B of image/png"),
    "no content": (answer("", status="204 No Content"), "status 204"),
    "half": (answer(WHOLE, status="206 Partial Content"), "status 206"),
    "a teapot": (answer("", status="418 I'm a teapot"), "418 I'm a teapot"),
    "a fault": (answer("", status="500 Internal Server Error"), "status 500"),
    "forbidden": (answer("", status="403 Forbidden"), "status 403"),
    "no HTTP": (b"SSH-2.0-OpenSSH_9.6\r\n", "something that is not HTTP"),
    "round and round": (b"HTTP/1.1 302 Found\r\nLocation: /round/\r\nContent-Length: 0\r\n\r\n", "302"),
    "orders for a terminal": (
        answer("<title>\x1b]0;mine\x07</title>", "text/html"),
        "a page called '\\x1b]0;mine\\x07'",
    ),
}


class Server(socketserver.ThreadingTCPServer):
    """A server that sends the same bytes to everybody."""

    daemon_threads = True
    content = b""


class Handler(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        while self.rfile.readline().strip():
            pass
        assert isinstance(self.server, Server)
        self.wfile.write(self.server.content)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with Server(("127.0.0.1", 0), Handler) as serving:
        threading.Thread(target=serving.serve_forever, args=(0.01,), daemon=True).start()
        yield serving
        serving.shutdown()


@pytest.fixture(scope="module")
def asked(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Release:
    """A release that has that server for its index."""
    folder: Path = tmp_path_factory.mktemp("asked")
    url = f"http://127.0.0.1:{server.server_address[1]}"
    target = Target("testpypi", f"{url}/simple/", f"{url}/legacy/")
    return Release(read_project(make(folder)), "testpypi", folder, target=target)


@pytest.mark.parametrize("name", BAD)
def test_what_is_no_answer_is_one_line(name: str, server: Server, asked: Release) -> None:
    server.content, words = BAD[name]
    with pytest.raises(StepFailed) as caught:
        list(check_target(asked))
    line = str(caught.value)
    assert words in line and "What to do: " in line and "\n" not in line
    assert line.isprintable() and len(line) < 500
    assert caught.value.exit_code == 2


@pytest.mark.parametrize(
    "content",
    [
        answer(WHOLE),
        answer(f'<title>Links for glassnet-bent</title><a href="../{FILE}#sha256={"0" * 64}">{FILE}</a>', "text/html"),
        answer(f'<a href="../{FILE}#sha256={"0" * 64}">{FILE}</a>', "text/html"),
        answer(
            '<meta name="pypi:repository-version" content="1.0"><title>x</title>'
            f'<a href="{FILE}#sha256={"0" * 64}">{FILE}</a>',
            "application/vnd.pypi.simple.v1+html",
        ),
    ],
)
def test_what_an_index_says_is_read_in_each_of_its_forms(content: bytes, server: Server, asked: Release) -> None:
    server.content = content
    there = published(asked, "glassnet-bent")
    assert there is not None and there.files == {FILE: "0" * 64}
    assert [str(version) for version in there.versions] == ["0.1.0"]


def test_a_project_that_is_not_there_is_no_fault(server: Server, asked: Release) -> None:
    for status in ("404 Not Found", "410 Gone"):
        server.content = answer("nothing here", "text/plain", status)
        assert published(asked, "glassnet-bent") is None
    server.content = answer("<title>Links for glassnet-bent</title>", "text/html")
    there = published(asked, "glassnet-bent")
    assert there is not None and there.files == {}
