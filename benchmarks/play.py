"""What a page costs the training that it looks at, in fresh processes and over real HTTP, as ratios where it is a time.

Usage: python benchmarks/play.py CASE. What is compared takes turns, and the median counts. The client reads frames and
draws nothing: what a browser does with them is the browser's. Prints a number.
"""

import http.client
import json
import os
import re
import signal
import struct
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from queue import SimpleQueue
from statistics import median
from time import monotonic, perf_counter, process_time
from typing import Any

TURNS = int(os.environ.get("BENCH_TURNS", "6"))
SECONDS = float(os.environ.get("BENCH_PLAY_SECONDS", "2"))  # of each training
CLICKS = 20
ADDRESS = "dataset=moons&hidden=8,8&activation=tanh&optimizer=adam:lr=0.01&epochs=100000"
ONE_THREAD = os.environ | dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")

#: A server and nothing else: what every server of this kind has to load as well.
BARE = """
import socket, uvicorn
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route

async def answer(request):
    return JSONResponse(await request.json())

listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
listener.bind(("127.0.0.1", 0))
print(f"at http://127.0.0.1:{listener.getsockname()[1]}/#token=none", flush=True)
app = Starlette(routes=[Route("/do", answer, methods=["POST"])])
try:
    uvicorn.Server(uvicorn.Config(app, http="h11", ws="none", log_config=None)).run(sockets=[listener])
except KeyboardInterrupt:
    pass
"""
LIBRARIES = "import numpy, sklearn, sklearn.datasets, sklearn.linear_model, glassnet.experiment"


class Client:
    """A server in a process of its own, and what is asked of it."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        found = re.search(r"127\.0\.0\.1:(\d+)/\S*#token=(\S+)", process.stdout.readline())
        self.port, self.headers = int(found[1]), {"X-Glassnet-Token": found[2]}
        self.line = http.client.HTTPConnection("127.0.0.1", self.port)

    def ask(self, path: str, **question: Any) -> dict[str, Any]:
        self.line.request("POST", path, json.dumps(question), self.headers)
        return json.loads(self.line.getresponse().read())

    def told(self, **question: Any) -> Iterator[tuple[dict[str, Any], int]]:
        """(the head, the bytes) of all that a tab is told, until somebody has had enough."""
        line = http.client.HTTPConnection("127.0.0.1", self.port)
        line.request("POST", "/session", json.dumps(question), self.headers)
        with line.getresponse() as stream:
            while size := stream.read(4):
                if frame := stream.read(struct.unpack("<I", size)[0]):
                    yield json.loads(frame[4 : 4 + struct.unpack("<I", frame[:4])[0]]), len(frame)

    def opened(self, address: str) -> "Client":
        """A tab of its own with this experiment."""
        for head, _ in self.told(address=address):
            self.headers["X-Glassnet-Session"] = head.get("session", self.headers.get("X-Glassnet-Session"))
            if "opened" in head:
                return self
        raise AssertionError("the stream ended")

    def frames(self) -> Iterator[tuple[dict[str, Any], int]]:
        """Frames as they come."""
        told = self.told(id=self.headers["X-Glassnet-Session"])
        return ((head, size) for head, size in told if "weights" in head)


@contextmanager
def serving(*command: str) -> Iterator[Client]:
    """Started anew, ended afterwards."""
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    with subprocess.Popen([sys.executable, *command], text=True, env=ONE_THREAD, **pipes) as process:
        try:
            yield Client(process)
        finally:
            process.send_signal(signal.SIGINT)


PLAYGROUND = ("-m", "glassnet", "--no-plugins", "play", "--no-open")


def running(client: Client, address: str = ADDRESS) -> Client:
    """A tab at full speed."""
    client.opened(address)
    client.ask("/do", do="speed", speed="full")
    client.ask("/do", do="start")
    return client


def share() -> float:
    """The frames' share of a worker's CPU time at full speed, with a reader that is always ready for the next."""
    from glassnet.playground.worker import FRAME, Worker

    def read(message: bytes) -> None:
        if message[:1] == FRAME:
            worker.heard.put(({"ask": "frame"}, b""))

    worker = Worker(read, SimpleQueue(), [], {"guests": False})
    worker.session.open(ADDRESS)
    worker.session.set_speed("full")
    worker.session.start()

    spent, show = [], worker._show

    def timed() -> None:
        began = process_time()
        show()
        spent.append(process_time() - began)

    worker._show, worker.wanted = timed, True
    for _ in range(2):  # what the first frames load is loaded
        worker.session.advance()
        show()
    began, end = process_time(), monotonic() + 4 * SECONDS

    def over() -> None:
        if monotonic() > end:
            raise TimeoutError

    advance = worker.session.advance
    worker.session.advance = lambda: (over(), advance())
    try:
        worker.work()
    except TimeoutError:
        return sum(spent) / (process_time() - began)


def bare_speed() -> float:
    """Epochs a second of the same training that nobody looks at."""
    from glassnet.catalog import Catalog
    from glassnet.experiment import Training
    from glassnet.playground.address import opened

    catalog = Catalog.discover(guests=False)
    epochs = iter(Training(opened(ADDRESS, catalog)[0], catalog))
    next(epochs)
    began, number = perf_counter(), 0
    while perf_counter() - began < SECONDS:
        number = next(epochs).number - 1
    return number / (perf_counter() - began)


def looked_at() -> tuple[float, float]:
    """(epochs a second of a training on the page, bytes a frame)."""
    with serving(*PLAYGROUND) as client:
        running(client)
        sizes, began, first = [], 0.0, 0
        for head, size in client.frames():
            if not began and head.get("epoch", 0) > 1:
                began, first = perf_counter(), head["epoch"]
            elif began:
                sizes.append(size)
                if perf_counter() - began > SECONDS:
                    return (head["epoch"] - first) / (perf_counter() - began), median(sizes)
    raise AssertionError("the stream ended")


def alone() -> float:
    """`bare_speed` in a process of its own."""
    return float(subprocess.check_output([sys.executable, __file__, "bare"], text=True, env=ONE_THREAD))


def speed() -> float:
    """How fast a training on the page is, as a share of its speed without a page."""
    return median(looked_at()[0] / alone() for _ in range(TURNS))


def size() -> float:
    return looked_at()[1]


def clicks(client: Client) -> float:
    """Seconds until a click is answered."""
    seconds = []
    for _ in range(CLICKS):
        began = perf_counter()
        client.ask("/do", do="state")
        seconds.append(perf_counter() - began)
    return median(seconds)


def click() -> float:
    """How many times as long as by a bare server until a click is answered at full speed; says the milliseconds."""
    pairs = []
    with serving(*PLAYGROUND) as client, serving("-c", BARE) as bare:
        running(client)
        looking = client.frames()
        reading = threading.Thread(target=lambda: list(looking), daemon=True)
        reading.start()
        for _ in range(TURNS):
            pairs.append((clicks(client), clicks(bare)))
        client.ask("/do", do="close")
        reading.join()
    ours, other = (1000 * median(column) for column in zip(*pairs, strict=True))
    print(f"a click: {ours:.1f} ms, by a bare server {other:.1f} ms", file=sys.stderr)
    return median(ours / bare for ours, bare in pairs)


def took(work: Callable[[], Any]) -> float:
    began = perf_counter()
    work()
    return perf_counter() - began


def ratio(ours: Callable[[], float], other: Callable[[], float]) -> float:
    """The median of the turns, after one that warms up."""
    return median([ours() / other() for _ in range(TURNS + 1)][1:])


def up(*command: str) -> float:
    """Seconds until a server says where it is."""
    began = perf_counter()
    with serving(*command):
        return perf_counter() - began


def first_picture() -> float:
    """Seconds from the command to the first picture, for a reader that asks as soon as it knows where."""
    began = perf_counter()
    with serving(*PLAYGROUND) as client:
        next(head for head, _ in client.told(address="") if "weights" in head)
        return perf_counter() - began


def imported() -> float:
    return took(lambda: subprocess.run([sys.executable, "-c", LIBRARIES], check=True, env=ONE_THREAD))


CASES: dict[str, Callable[[], Any]] = {
    "frames, share of the worker's CPU time": share,
    "speed, as a share of that without a page": speed,
    "bytes a frame": size,
    "click at full speed": click,
    "time to the address / a bare server": lambda: ratio(lambda: up(*PLAYGROUND), lambda: up("-c", BARE)),
    "time to the first picture / importing its libraries": lambda: ratio(first_picture, imported),
}


if __name__ == "__main__":
    (case,) = sys.argv[1:]
    assert case in (*CASES, "bare"), f"cases are {', '.join(CASES)}"
    print(json.dumps(bare_speed() if case == "bare" else CASES[case]()))
