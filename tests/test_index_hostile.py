"""What nobody should send to an index, and what it costs: a refusal, no memory, no fault, no long log."""

from __future__ import annotations

import base64
import errno
import io
import os
import re
import socket
import tarfile
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from archives import metadata, sdist, wheel
from indexes import CLASS, TOKEN, Running, running
from samples import SOAK, some
from waiting import PATIENCE, wait_until

from glassnet.publish import serving, store
from glassnet.publish.connections import Bounds

LOGIN = "Basic " + base64.b64encode(f"__token__:{TOKEN}".encode()).decode()
BEGIN = "POST /legacy/ HTTP/1.1\r\nHost: localhost\r\n"
BAD = "Basic " + base64.b64encode(b"__token__:wrong").decode()


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(tmp_path_factory.mktemp("hostile") / "state") as here:
        yield here


# --- 120 uploads that nobody should send ------------------------------------------------------------------


def zipped(**members: bytes) -> bytes:
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w") as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "/"), content)
    return kept.getvalue()


def tarred(name: str, content: bytes = b"", kind: bytes = tarfile.REGTYPE, link: str = "") -> bytes:
    kept = io.BytesIO()
    with tarfile.open(fileobj=kept, mode="w:gz") as archive:
        header = tarfile.TarInfo(name)
        header.size, header.type, header.linkname = len(content), kind, link
        archive.addfile(header, io.BytesIO(content))
    return kept.getvalue()


def hostile(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Names and contents of files."""
    good = wheel(folder, "glassnet-hostile").read_bytes()
    name = "glassnet_hostile-0.1.0-py3-none-any.whl"
    for place in range(0, len(good), max(1, len(good) // 24)):
        yield name, good[:place]  # cut off
        yield name, good[:place] + bytes([good[place] ^ 255]) + good[place + 1 :]  # one byte turned round
    yield name, b""
    yield name, b"PK\x05\x06" + bytes(18)
    yield name, zipped(x=b"x")
    yield name, b"\x1f\x8b" * 1000
    for field, value in {
        "Name": ["", "..", "a/b", "\x00", "x" * 5000, "\u0131", "-", "CON", "\ud7ff"],
        "Version": ["", "..", "1.0/..", "1!" + "9" * 400, "1." * 3000, "\u0661", "0x1", "1.0\x00"],
        "Requires-Python": ["", ">", "~=", ">=3" * 2000, "\x07"],
        "Requires-Dist": ["", "[", "x @ file:///etc/passwd", "y;" + "(" * 3000],
        "Metadata-Version": ["", "9.9", "1e99", "NaN"],
        "Keywords": ["\x1b]0;mine\x07", "k" * 100_000],
    }.items():
        for text in value:
            changed = re.sub(
                rf"^{field}:.*$", lambda _, f=field, t=text: f"{f}: {t}", metadata("glassnet-hostile"), flags=re.M
            )
            changed = changed if f"{field}:" in changed else f"{field}: {text}\n{changed}"
            yield name, wheel(folder, "glassnet-hostile", text=changed).read_bytes()
    for text in ("", "\n", "\x00" * 1000, "Name: a\nName: b\n", "a" * 10**6, "Name\n" * 1000, " Name: x\n" * 100):
        yield name, wheel(folder, "glassnet-hostile", text=text).read_bytes()
    for record in (b"", b"\xff\xfe", b",,,\n" * 100, b'"' * 1000, b"a,sha256=,\n"):
        more = {"glassnet_hostile-0.1.0.dist-info/RECORD": record}
        yield name, wheel(folder, "glassnet-hostile", without=("RECORD",), more=more).read_bytes()
    for member in ("../out", "/etc/out", "a\\..\\b", "C:\\x", "a" * 3000, "."):
        yield name, wheel(folder, "glassnet-hostile", more={member: b""}).read_bytes()
    tar = "glassnet_hostile-0.1.0.tar.gz"
    top = tar.removesuffix(".tar.gz")
    yield tar, sdist(folder, "glassnet-hostile").read_bytes()[:200]
    yield tar, tarred("../x")
    yield tar, tarred(f"{top}/PKG-INFO", b"\xff\xfe")
    yield tar, tarred(f"{top}/PKG-INFO", b"Name: x\nVersion: \x00\n")
    yield tar, tarred(f"{top}/PKG-INFO", kind=tarfile.SYMTYPE, link="/etc/passwd")
    yield tar, tarred(f"{top}/PKG-INFO", kind=tarfile.CHRTYPE)
    yield tar, tarred(f"{top}/PKG-INFO", kind=tarfile.DIRTYPE)
    yield tar, tarred(f"{top}/PKG-INFO", kind=tarfile.LNKTYPE, link=f"{top}/PKG-INFO")
    odd = "..whl -.whl a-b-c-d-e-f-g.whl x-1-py3-none-any.whl.whl .tar.gz a.tar.gz a-.tar.gz a--1.tar.gz con-1.tar.gz"
    for file in (*odd.split(), "A" * 190 + "-1.tar.gz", "x-1.0.tar.gz\n", "x-1_0-py3-none-any.whl"):
        yield file, good


def test_no_upload_is_a_fault_of_the_index(index: Running, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    cases = list(hostile(tmp_path))
    assert len(cases) >= 120
    for number, (name, content) in enumerate(some(cases, 1 if SOAK else 2)):
        answer = index.post(name, content)
        assert answer.status_code == 400 or (answer.status_code == 200 and name.startswith("glassnet_h")), (
            number,
            name,
        )
        assert answer.status_code == 200 or "What to do: " in answer.text
        if answer.status_code == 200:  # what was turned round had no weight
            (index.folder / store.LEDGER).unlink()
    assert not [one for one in caplog.records if one.levelname in ("ERROR", "WARNING")], caplog.text
    assert not list(index.folder.glob(".incoming*"))


HEADS = [
    b"GET /\xff\xfe HTTP/1.1\r\nHost: localhost\r\n\r\n",
    b"GET http://[ HTTP/1.1\r\nHost: localhost\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: localhost\r\nA: " + b"a" * 1_200_000 + b"\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: localhost\r\n" + b"A: a\r\n" * 20_000 + b"\r\n",
    b"\x16\x03\x01\x02\x00\x01",
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    b"POST /legacy/ HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    b"POST /legacy/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n",
    b"\r\n" * 1000,
]


@pytest.mark.parametrize("head", HEADS, ids=range(len(HEADS)))
def test_what_is_no_request_costs_a_line_at_most(index: Running, head: bytes, caplog: pytest.LogCaptureFixture) -> None:
    with socket.create_connection(("127.0.0.1", index.port), timeout=PATIENCE) as client:
        try:
            client.sendall(head)
            client.shutdown(socket.SHUT_WR)
            answer = client.recv(100)
        except OSError:  # hung up while we were still sending
            answer = b""
    assert not answer.startswith(b"HTTP/1.1 5")
    assert index.ask("/simple/").status == 200
    assert not caplog.records, caplog.text


def test_who_hangs_up_in_the_middle_leaves_nothing(index: Running, caplog: pytest.LogCaptureFixture) -> None:
    head = f"{BEGIN}Authorization: {LOGIN}\r\nContent-Length: 100000\r\n"
    head += "Content-Type: multipart/form-data; boundary=b\r\n\r\n--b\r\n"
    for _ in range(5):
        with socket.create_connection(("127.0.0.1", index.port), timeout=PATIENCE) as client:
            client.sendall(head.encode())
    wait_until(lambda: not list(index.folder.glob(".incoming*/*")))
    assert index.ask("/simple/").status == 200
    assert not caplog.records, caplog.text


# --- memory, places, time ---------------------------------------------------------------------------------


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the memory of another process is read from /proc")
def test_heavy_and_half_open_connections_cost_little_memory(tmp_path: Path) -> None:
    """30 that send 100 MB without a token, 300 that never finish their request: others are answered as ever."""
    served = serving.start(tmp_path / "state")
    try:
        port = urlsplit(served.url).port
        size, heavy, half = (100 << 20, 30, 300) if SOAK else (2 << 20, 8, 60)

        def send(_number: int) -> bytes:
            with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as client:
                head = f"{BEGIN}Authorization: {BAD}\r\nContent-Length: {size}\r\n\r\n"
                client.sendall(head.encode())
                for _ in range(size >> 20):
                    client.sendall(bytes(1 << 20))
                return client.recv(12)

        waiting = [socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) for _ in range(half)]
        for number, client in enumerate(waiting):
            client.sendall((f"{BEGIN}Content-Length: 999999\r\n\r\n--b" if number % 2 else BEGIN).encode())
        with ThreadPoolExecutor(heavy) as pool:
            answers = list(pool.map(send, range(heavy)))
        assert answers == [b"HTTP/1.1 403"] * heavy
        assert serving.running(served.folder) == served
        status = Path(f"/proc/{served.pid}/status").read_text()
        peak = int(re.search(r"VmHWM:\s+(\d+) kB", status)[1])  # type: ignore[index]
        for client in waiting:
            client.close()
        assert peak <= 200 * 1024, f"{peak} kB"
        assert len((served.folder / "server.log").read_text().splitlines()) < 40
    finally:
        serving.stop(served.folder)


@pytest.mark.parametrize("sent", [b"", b"GET / HTTP/1.1\r\n", b"POST /legacy/ HTTP/1.1\r\nHost: localhost\r\n"
                                  b"Content-Length: 99\r\n\r\n"])  # fmt: skip
def test_who_does_not_go_on_is_let_go(tmp_path: Path, sent: bytes) -> None:
    with running(tmp_path, bounds=Bounds(head=0.05, pause=0.05)) as index:
        with socket.create_connection(("127.0.0.1", index.port), timeout=PATIENCE) as client:
            client.sendall(sent)
            with suppress(ConnectionResetError):
                assert client.recv(100) == b""
        assert index.ask("/simple/").status == 200


def test_who_has_waited_longest_makes_room(tmp_path: Path) -> None:
    with running(tmp_path, bounds=Bounds(head=PATIENCE, connections=3)) as index:
        clients = [socket.create_connection(("127.0.0.1", index.port), timeout=PATIENCE) for _ in range(6)]
        for client in clients[:2]:
            with suppress(ConnectionResetError):
                assert client.recv(1) == b""
        assert index.ask("/simple/").status == 200
        for client in clients:
            client.close()


def test_the_file_is_on_the_disk_before_its_line_in_the_ledger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[str] = []
    real = os.fsync

    def fsync(handle: int) -> None:
        synced.append(Path(f"/proc/self/fd/{handle}").readlink().name)
        real(handle)

    if not Path("/proc/self/fd").exists():
        pytest.skip("which file a handle is of is read from /proc")
    with running(tmp_path / "state") as index:
        monkeypatch.setattr(os, "fsync", fsync)
        path = wheel(tmp_path, "glassnet-synced")
        assert index.publish(path).status_code == 200
    assert synced == [f"{path.name}.metadata", path.name, "glassnet-synced", store.LEDGER, "state"]


def test_a_full_disk_and_a_damaged_folder_are_said_and_no_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(**_where: object) -> str:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    path = wheel(tmp_path, "glassnet-full")
    with running(tmp_path / "state", CLASS) as index:
        with monkeypatch.context() as patch:
            patch.setattr(store.tempfile, "mkdtemp", full)
            answer = index.publish(path)
        assert (answer.status_code, "can't keep the file: No space left" in answer.reason) == (507, True)
        assert index.publish(path).status_code == 200
        (index.folder / "students.json").write_text("{")
        assert index.post(path.name, b"", "class-some").status_code == 503
        (index.folder / store.LEDGER).unlink()
        (index.folder / store.LEDGER).mkdir()
        assert index.ask("/simple/").status == 503


def test_the_same_refusal_again_and_again_does_not_fill_the_log(
    index: Running, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "glassnet.index")
    for _ in range(60):
        assert index.ask("/legacy/", "POST", b"", Authorization=BAD).status == 403
    assert len(caplog.records) <= 21
