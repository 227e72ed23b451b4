"""The playground's server by raw HTTP: who is answered, what is bounded, and tabs that hang, crash, print and go."""

import http.client
import json
import os
import re
import signal
import socket
import struct
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from samples import SOAK
from waiting import PATIENCE, wait_until

from glassnet.playground.sessions import MOST

pytestmark = pytest.mark.slow

GUESTS = '''
import os, time
import numpy as np
import glassnet

def loud():
    """Says what it does.

    a = z
    """
    def f(z):
        print("loud was here")
        return z
    return glassnet.Activation(f=f, df=lambda z, a: np.ones_like(z))

def deadly(after: float = 1e9):
    """Ends its process.

    a = z
    """
    def f(z):
        if np.abs(z).max() < after:
            return z
        os._exit(1)
    return glassnet.Activation(f=f, df=lambda z, a: np.ones_like(z))

def stuck(stand: bool = False):
    """Stands still for ever.

    a = z
    """
    def f(z):
        while stand:
            sum(range(1000))
        return z
    return glassnet.Activation(f=f, df=lambda z, a: np.ones_like(z))

@glassnet.hookimpl
def activations():
    return [loud, deadly, stuck]
'''


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    content: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.content)


class Playground:
    """A server of its own, and questions to it."""

    def __init__(self, process: subprocess.Popen[str], line: str) -> None:
        self.process = process
        found = re.search(r"http://127\.0\.0\.1:(\d+)/\S*#token=(\S+)", line)
        assert found, line
        self.port, self.token = int(found[1]), found[2]

    def sent(
        self, method: str, path: str, headers: Mapping[str, str] = {}, content: bytes = b"", token: bool = True
    ) -> http.client.HTTPConnection:
        """A line on which a question was sent, its answer not read yet."""
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        own = {"Host": f"127.0.0.1:{self.port}"} | ({"X-Glassnet-Token": self.token} if token else {})
        line.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
        for name, value in (own | dict(headers)).items():
            line.putheader(name, value)
        if method in ("POST", "PUT"):
            line.putheader("Content-Length", str(len(content)))
        line.endheaders(content or None)
        return line

    def raw(self, *question: Any, **more: Any) -> Answer:
        """The whole answer."""
        with closing(self.sent(*question, **more)) as line, line.getresponse() as answer:
            return Answer(answer.status, dict(answer.headers), answer.read())

    def ask(self, path: str, question: Any, tab: str = "") -> tuple[int, dict[str, Any]]:
        answer = self.raw("POST", path, {"X-Glassnet-Session": tab}, json.dumps(question).encode())
        return answer.status, answer.json

    def enter(self, **question: Any) -> "Frames":
        """What a tab is told from when it begins, or is found again."""
        return Frames(self.sent("POST", "/session", {}, json.dumps(question).encode()))

    def tab(self, address: str = "dataset=moons:size=60&hidden=3&epochs=100000", **more: Any) -> dict[str, Any]:
        """What is set up in a tab, which nobody looks at any more."""
        with closing(self.enter(address=address, **more)) as frames:
            return frames.until("session") | frames.until("opened")["opened"]

    def do(self, tab: str, name: str, **arguments: Any) -> dict[str, Any]:
        status, answer = self.ask("/do", {"do": name} | arguments, tab)
        assert status == 200, answer
        return answer

    def stream(self, tab: str) -> "Frames":
        """What a tab that has begun is told from now on."""
        frames = self.enter(id=tab)
        frames.until("opened")
        return frames

    def children(self) -> list[int]:
        """The processes that the server has started, by number."""
        done = subprocess.run(
            ["ps", "-o", "pid=,stat=", "--ppid", str(self.process.pid)], capture_output=True, text=True
        )
        return [int(line.split()[0]) for line in done.stdout.splitlines() if "Z" not in line.split()[1]]


class Frames:
    """A stream, a frame at a time."""

    def __init__(self, line: http.client.HTTPConnection) -> None:
        self.line, self.answer = line, line.getresponse()
        assert self.answer.status == 200

    def next(self) -> dict[str, Any] | None:
        """The head of the next frame; empty for a sign of life, None at the end."""
        size = self.answer.read(4)
        if len(size) < 4:
            self.close()
            return None
        body = self.answer.read(struct.unpack("<I", size)[0])
        return json.loads(body[4 : 4 + struct.unpack("<I", body[:4])[0]]) if body else {}

    def until(self, wanted: str) -> dict[str, Any]:
        """The first frame whose head has such a word."""
        while (head := self.next()) is not None:
            if head.get(wanted):
                return head
        raise AssertionError(f"the stream ended before {wanted}")

    def close(self) -> None:
        self.answer.close()
        self.line.close()


@contextmanager
def playing(*words: str, folder: Path, before: tuple[str, ...] = ()) -> Iterator[Playground]:
    command = [sys.executable, "-P", "-m", "glassnet", "--no-plugins", *before, "play", "--no-open", *words]
    environment = os.environ | {"GLASSNET_CACHE": str(folder), "GLASSNET_RUNS": str(folder / "runs")}
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=folder, env=environment)
    assert process.stdout is not None
    try:
        yield Playground(process, process.stdout.readline())
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


@pytest.fixture(scope="module")
def playground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Playground]:
    folder = tmp_path_factory.mktemp("play")
    (folder / "guests.py").write_text(GUESTS)
    with playing(folder=folder, before=("--plugin", str(folder / "guests.py"))) as served:
        yield served


# --- who is answered ----------------------------------------------------------------------------------------


def test_the_page_holds_no_secret_and_nothing_from_elsewhere(playground: Playground) -> None:
    answer = playground.raw("GET", "/", token=False)
    page = answer.content.decode()
    assert answer.status == 200 and playground.token not in page and not re.search(r"https?://(?!www\.w3\.org)", page)
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy and "unsafe" not in policy and "frame-ancestors 'none'" in policy
    assert "set-cookie" not in answer.headers and answer.headers["cache-control"] == "no-store"
    for name in re.findall(r'(?:src|href)="/page/([^"]+)"', page):
        assert playground.raw("GET", f"/page/{name}", token=False).status == 200


@pytest.mark.parametrize(
    "name", ["../server.py", "..%2fserver.py", "%2e%2e/server.py", "nothing.js", "", "/etc/passwd"]
)
def test_only_files_of_the_page_are_handed_out(name: str, playground: Playground) -> None:
    assert playground.raw("GET", f"/page/{name}", token=False).status in (403, 404)


REFUSED: list[dict[str, str]] = [
    {"Host": "evil.example"},
    {"Host": "127.0.0.1"},
    {"Host": "127.0.0.1.evil.example"},
    {"Origin": "http://evil.example"},
    {"Origin": "null"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "none", "Sec-Fetch-Mode": "cors"},
    {"X-Glassnet-Token": ""},
    {"X-Glassnet-Token": "wrong"},
    {"X-Glassnet-Token": "\u00e9"},
]


@pytest.mark.parametrize("headers", REFUSED, ids=str)
def test_nobody_else_is_answered(headers: dict[str, str], playground: Playground) -> None:
    ways = [("POST", "/session"), ("POST", "/do"), ("PUT", "/table")]
    for method, path in ways:
        answer = playground.raw(method, path, headers)
        assert answer.status == 403 and answer.json["error"]["words"], (method, path)
    if "X-Glassnet-Token" not in headers:
        assert playground.raw("GET", "/page/main.js", headers, token=False).status == 403


def test_a_shared_link_opens_the_front_page_alone(playground: Playground) -> None:
    opened = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
    assert playground.raw("GET", "/?dataset=iris", opened, token=False).status == 200
    assert playground.raw("GET", "/", opened | {"Sec-Fetch-Dest": "iframe"}, token=False).status == 403
    assert playground.raw("GET", "/page/main.js", opened, token=False).status == 403
    two = playground.raw("GET", "/", {"Origin": f"http://localhost:{playground.port}"}, token=False)
    assert two.status == 200


def test_sizes_and_forms_are_bounded(playground: Playground) -> None:
    tab = playground.tab()["session"]
    for content in (b"", b"[]", b"{", b"[" * 100_000, b"\xff"):
        assert playground.raw("POST", "/do", {"X-Glassnet-Session": tab}, content).status == 422
    assert playground.raw("POST", "/do", {"X-Glassnet-Session": tab}, b" " * 1_000_001).status == 413
    assert playground.raw("PUT", "/table?name=a.csv", {"X-Glassnet-Session": tab}, b" " * 20_000_001).status == 413
    status, answer = playground.ask("/do", {"do": "build", "settings": {"activation": "tahn"}}, tab)
    assert status == 422 and "Did you mean 'tanh'" in answer["error"]["words"]
    assert answer["error"]["field"] == "activation"
    for path, asked in (("/do", {"do": "start"}), ("/session", {"id": "nobody"}), ("/session", {"id": [1]})):
        status, answer = playground.ask(path, asked, "nobody")
        assert status == 404 and answer["error"]["gone"]


def test_a_table_is_put_and_learned(playground: Playground) -> None:
    tab = playground.tab()["session"]
    rows = b"a,b,kind\n" + b"".join(b"%d,%d,%s\n" % (n, n * n % 11, b"xyz"[n % 3 : n % 3 + 1]) for n in range(40))
    answer = playground.raw("PUT", "/table?name=rows.csv", {"X-Glassnet-Session": tab}, rows)
    told = answer.json
    assert answer.status == 200 and told["target"] == "kind"
    state = playground.do(tab, "build", settings={"dataset": "rows.csv", "target": "kind"})["state"]
    assert state["data"]["classes"] == ["x", "y", "z"]
    bad = playground.raw("PUT", "/table?name=rows.csv", {"X-Glassnet-Session": tab}, b"\x89PNG....")
    assert bad.status == 422 and "a picture" in bad.json["error"]["words"]


# --- tabs ---------------------------------------------------------------------------------------------------


def test_a_tab_trains_streams_and_is_found_again(playground: Playground) -> None:
    opened = playground.tab()
    tab, frames = opened["session"], playground.stream(opened["session"])
    assert frames.until("weights")["running"] is False
    playground.do(tab, "speed", speed="full")
    playground.do(tab, "start")
    assert frames.until("running")["generation"] == opened["state"]["generation"]
    frames.close()
    again = playground.tab(opened["state"]["address"], id=tab)
    assert again["session"] == tab and again["state"]["running"]
    other = playground.tab("dataset=iris&hidden=3", id=tab)
    assert other["session"] == tab and other["state"]["title"] == "iris"
    first, second = playground.stream(tab), playground.stream(tab)
    assert first.until("replaced") and first.next() is None and second.until("weights")
    second.close()


def test_tabs_side_by_side_do_not_touch_each_other_and_the_oldest_gives_way(playground: Playground) -> None:
    tabs = [playground.tab(f"dataset=moons:size=60&hidden={n + 2}&epochs=3")["session"] for n in range(MOST)]
    for tab in tabs:
        playground.do(tab, "epoch")
    widths = [playground.do(tab, "epoch")["state"]["network"]["widths"][1] for tab in tabs]
    assert widths == [n + 2 for n in range(MOST)]
    frames = playground.stream(tabs[0])  # it is looked at, so the next one is the oldest unseen
    playground.do(tabs[2], "state")
    newest = playground.tab()
    assert any("gave way" in words for words in newest["words"])
    assert [playground.ask("/do", {"do": "state"}, tab)[0] for tab in tabs] == [200, 404, 200]
    frames.close()


def test_what_a_guest_prints_is_told_and_nothing_goes_to_the_terminal(playground: Playground) -> None:
    opened = playground.tab("dataset=moons:size=60&hidden=3&activation=loud&epochs=9")
    entry = next(part for part in opened["menus"]["activations"] if part["name"] == "loud")
    assert entry["package"] == "local" and opened["state"]["parts"]["activation"][0]["package"] == "local"
    frames = playground.stream(opened["session"])
    assert "loud was here" in frames.until("said")["said"]
    frames.close()


def test_a_guest_that_ends_the_process_is_said_and_the_tab_begins_anew(playground: Playground) -> None:
    opened = playground.tab("dataset=moons:size=60&hidden=3&activation=deadly&epochs=9")
    tab, frames = opened["session"], playground.stream(opened["session"])
    frames.until("weights")
    status, answer = playground.ask("/do", {"do": "build", "settings": {"activation.after": "0.1"}}, tab)
    assert status == 503 and answer["error"]["ended"] and "begins anew" in answer["error"]["words"]
    assert "begins anew" in frames.until("ended")["ended"]["words"]
    again = playground.tab(opened["state"]["address"], id=tab)
    assert again["session"] == tab and again["state"]["address"] == opened["state"]["address"]
    assert playground.do(tab, "epoch")["state"]["epoch"] == 1
    frames.close()


def test_a_guest_that_hangs_is_named_and_can_be_stopped(playground: Playground) -> None:
    opened = playground.tab("dataset=moons:size=60&hidden=3&activation=stuck&epochs=9")
    tab, frames = opened["session"], playground.stream(opened["session"])
    frames.until("weights")
    question = json.dumps({"do": "build", "settings": {"activation.stand": "true"}}).encode()
    line = playground.sent("POST", "/do", {"X-Glassnet-Session": tab}, question)  # it waits
    assert frames.until("slow")["slow"]["words"] == "stuck (local) takes long"
    frames.line.sock.settimeout(PATIENCE)
    stop = playground.sent("POST", "/do", {"X-Glassnet-Session": tab}, json.dumps({"do": "stop"}).encode())
    playground.do(tab, "state")  # whatever is asked meanwhile finds the new process set up, too
    stop.close()
    assert frames.until("opened")["opened"]["state"]["address"] == opened["state"]["address"]
    with closing(line), line.getresponse() as answer:
        assert answer.status == 503
    assert frames.until("weights")["epoch"] == 0
    frames.close()


def test_a_plugin_that_hangs_before_anything_is_set_up_is_left_out_when_it_is_stopped(tmp_path: Path) -> None:
    (tmp_path / "asleep.py").write_text("import threading\nthreading.Event().wait()")
    with playing(folder=tmp_path, before=("--plugin", str(tmp_path / "asleep.py"))) as served:
        frames = served.enter(address="dataset=iris&hidden=3")
        tab = frames.until("session")["session"]
        assert "takes long" in frames.until("slow")["slow"]["words"]
        assert served.ask("/do", {"do": "stop"}, tab)[0] == 200
        opened = frames.until("opened")["opened"]
        assert "plugins are left out" in opened["words"][0] and opened["state"]["title"] == "moons"
        frames.close()


def test_a_reader_that_takes_nothing_holds_up_nobody(playground: Playground) -> None:
    opened = playground.tab("dataset=wine_cultivars&hidden=40&epochs=100000")
    tab = opened["session"]
    reader = socket.create_connection(("127.0.0.1", playground.port))
    question = json.dumps({"id": tab})
    reader.sendall(
        f"POST /session HTTP/1.1\r\nHost: 127.0.0.1:{playground.port}\r\nX-Glassnet-Token: {playground.token}\r\n"
        f"Content-Length: {len(question)}\r\n\r\n{question}".encode()
    )
    playground.do(tab, "speed", speed="full")
    playground.do(tab, "start")
    wait_until(lambda: playground.do(tab, "state")["state"]["epoch"] > 50)
    reader.close()


def test_a_closed_tab_leaves_nothing_behind(playground: Playground) -> None:
    """No process, no session, and no number of a file, however often a tab is opened, looked at and closed."""
    for tab in [playground.tab()["session"] for _ in range(MOST)]:  # all others give way
        playground.do(tab, "close")

    def opened_and_closed() -> None:
        tab = playground.tab()["session"]
        for _ in range(3):
            playground.stream(tab).close()
        frames = playground.stream(tab)
        frames.until("weights")
        playground.do(tab, "close")
        assert frames.until("ended") and frames.next() is None
        assert playground.ask("/do", {"do": "state"}, tab)[0] == 404
        wait_until(lambda: len(playground.children()) == 0)

    def numbers() -> int:
        folder = Path(f"/proc/{playground.process.pid}/fd")
        return len(list(folder.iterdir())) if folder.is_dir() else 0

    opened_and_closed()
    before = numbers()
    for _ in range(300 if SOAK else 1):
        opened_and_closed()
    wait_until(lambda: numbers() <= before)


# --- the command --------------------------------------------------------------------------------------------


def test_ctrl_c_ends_all_with_three_tabs_and_a_guest_that_hangs(tmp_path: Path) -> None:
    (tmp_path / "guests.py").write_text(GUESTS)
    (tmp_path / "struct.py").write_text("raise SystemExit('a file of the folder was taken for a module')")
    (tmp_path / "trees.csv").write_text("a,kind\n" + "".join(f"{n},{'xy'[n % 2]}\n" for n in range(40)))
    plugin = ("--plugin", str(tmp_path / "guests.py"))
    with playing("trees.csv", "--target", "kind", "--hidden", "3", folder=tmp_path, before=plugin) as served:
        typed = served.tab("")
        assert typed["state"]["data"]["classes"] == ["x", "y"] and typed["state"]["network"]["widths"] == [1, 3, 1]
        tabs = [typed["session"], served.tab()["session"], served.tab("activation=stuck&hidden=3")["session"]]
        streams = [served.stream(tab) for tab in tabs]
        for frames in streams:
            frames.until("weights")
        question = json.dumps({"do": "build", "settings": {"activation.stand": "true"}}).encode()
        line = served.sent("POST", "/do", {"X-Glassnet-Session": tabs[2]}, question)
        streams[2].until("slow")
        modules = subprocess.run(
            [sys.executable, "-c", "import glassnet.playground.server, sys; print('numpy' in sys.modules)"],
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        assert modules.stdout == "False\n"
        workers = served.children()
        served.process.send_signal(signal.SIGINT)
        assert served.process.wait(PATIENCE) == 0
        assert served.process.stdout is not None and served.process.stdout.read().endswith("stopped\n")
        for frames in streams:
            assert "glassnet play" in frames.until("closing")["closing"]["words"]
            frames.close()
        line.close()
        wait_until(lambda: not [number for number in workers if Path(f"/proc/{number}").exists()])


@pytest.mark.parametrize(
    "words, said",
    [
        (["moons", "--hidden", "500"], "64 are the most"),
        (["nothing.csv", "--target", "a"], "there is no file 'nothing.csv'"),
        (["--port", "{taken}"], "can't be used"),
    ],
)
def test_what_is_typed_wrong_is_one_line_and_no_server(words: list[str], said: str, tmp_path: Path) -> None:
    command = [sys.executable, "-P", "-m", "glassnet", "--no-plugins", "play", "--no-open"]
    with socket.create_server(("127.0.0.1", 0)) as other:
        command += [word.format(taken=other.getsockname()[1]) for word in words]
        done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, timeout=PATIENCE)
    assert (done.returncode, done.stdout) == (2, "") and said in done.stderr and done.stderr.count("\n") == 1
