"""A sweep on a `dask.distributed` cluster: real processes on loopback, one of them killed, others without a plugin."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from guests import environment, write_good
from waiting import PATIENCE, Gate, wait_until

pytest.importorskip("distributed")

from glassnet.sweeps.cluster import differences

pytestmark = pytest.mark.slow

OVER = ("--over", "optimizer.lr=1e-3..1:log:4", "--over", "l2=0,0.01,0.1")
WORDS = ("digits8x8", *OVER, "--hidden", "20", "--epochs", "40", "--seeds", "1")
CLUSTER = """
import sys
from distributed.cli import dask_{kind}
dask_{kind}.main()
"""


class Cluster:
    """A scheduler and its workers, each a process of its own; everything that was started is stopped."""

    def __init__(self, home: Path, **settings: str) -> None:
        self.home, self.settings, self.processes = home, settings, []
        file = home / "scheduler.json"
        self.start("scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", str(file))
        self.address = json.loads(self._text_of(file))["address"]

    def start(self, kind: str, *words: str, path: tuple[Path, ...] = ()) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-W", "ignore", "-c", CLUSTER.format(kind=kind), *words]
        env = environment(
            *path, OMP_NUM_THREADS="1", DASK_DISTRIBUTED__WORKER__PROFILE__ENABLED="False", **self.settings
        )
        process = subprocess.Popen(
            command, env=env, cwd=self.home, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        self.processes.append(process)
        return process

    def worker(self, *path: Path) -> subprocess.Popen[bytes]:
        words = (self.address, "--nthreads", "1", "--no-nanny", "--no-dashboard", "--host", "127.0.0.1")
        return self.start("worker", *words, path=path)

    def wait_for_workers(self, count: int) -> None:
        from distributed import Client

        with Client(self.address, set_as_default=False) as client:
            client.wait_for_workers(count, timeout=PATIENCE)

    def _text_of(self, file: Path) -> str:
        wait_until(lambda: file.exists() and file.read_text().endswith("}"), self.processes[-1])
        return file.read_text()

    def stop(self) -> None:
        for process in reversed(self.processes):
            process.kill()
            process.wait()


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    made = Cluster(tmp_path)
    try:
        yield made
    finally:
        made.stop()


def begin(cwd: Path, *words: str, path: tuple[Path, ...] = (), options: tuple[str, ...] = ()) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "glassnet", *options, "sweep", *words]
    return subprocess.Popen(
        command, cwd=cwd, env=environment(*path, OMP_NUM_THREADS="1"), text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL,
    )  # fmt: skip


def cells(folder: Path) -> dict[str, dict]:
    """What each cell came to, to the last bit and without the clock."""
    lines = [json.loads(line) for line in (folder / "cells.jsonl").read_text().splitlines()]
    found = {json.dumps(line["cell"]): line["scores"] | {"failed": line["failed"]} for line in lines}
    assert len(found) == len(lines)
    return found


def test_a_worker_that_dies_in_the_middle_costs_no_cell_and_changes_no_bit(cluster: Cluster, tmp_path: Path) -> None:
    """Both workers stand still in their second or third cell when one is killed: it can't be too late to matter."""
    gate = Gate(tmp_path)
    first, _ = cluster.worker(), cluster.worker()
    cluster.wait_for_workers(2)
    words, options = (*WORDS, "--activation", "gated:calls=4000"), ("--no-plugins", "--plugin", str(gate.plugin))
    engine = ("--engine", "dask", "--scheduler", cluster.address)
    process = begin(tmp_path, *words, *engine, options=options)
    path = tmp_path / "sweeps/0001-digits8x8/cells.jsonl"
    wait_until(lambda: path.exists() and path.read_text().count("\n") >= 2, process)
    first.kill()
    finished = path.read_text().count("\n")
    gate.open()
    output, said = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0, said
    assert finished < 12, "the worker was killed too late to matter"
    assert "12 cells in" in output
    alone = begin(tmp_path, *words, "--jobs", "1", "--sweeps", "alone", "--quiet", options=options)
    assert alone.communicate(timeout=PATIENCE)[0] and alone.returncode == 0
    found = cells(path.parent)
    assert len(found) == 12 and not any(one["failed"] for one in found.values())
    assert found == cells(tmp_path / "alone/0001-digits8x8")


DEADLY = """
from pathlib import Path

import numpy as np
from glassnet import Activation, hookimpl

def deadly():
    '''A part that ends the process, as too little memory would, while there is a file of that name.'''
    def f(z):
        if Path("deadly").exists():
            __import__("os")._exit(9)
        return np.tanh(z)
    return Activation(f=f, df=lambda z, a: 1 - a**2)

@hookimpl
def activations():
    return [deadly]
"""


def test_a_cell_that_kills_its_workers_is_tried_again_by_resume(tmp_path: Path) -> None:
    (tmp_path / "part.py").write_text(DEADLY)
    (tmp_path / "deadly").touch()
    options = ("--no-plugins", "--plugin", "part.py")
    made = Cluster(tmp_path, DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES="0")
    try:
        made.worker(), made.worker()
        made.wait_for_workers(2)
        words = ("iris", "--over", "activation=relu,tanh,deadly", "--epochs", "1", "--seeds", "1", "--engine", "dask")
        process = begin(tmp_path, *words, "--scheduler", made.address, options=options)
        _, said = process.communicate(timeout=PATIENCE)
    finally:
        made.stop()
    assert process.returncode == 2, said
    assert "of 3 cells are not finished: their workers died again and again" in said and "go on with --resume" in said
    folder = tmp_path / "sweeps/0001-iris"
    assert not any("deadly" in key or one["failed"] for key, one in cells(folder).items())
    (tmp_path / "deadly").unlink()
    process = begin(tmp_path, "--resume", "last", "--jobs", "1", "--quiet", options=options)
    assert process.communicate(timeout=PATIENCE)[0] and process.returncode == 0
    assert len(cells(folder)) == 3 and not any(one["failed"] for one in cells(folder).values())


def test_workers_without_the_same_plugins_are_named_before_anything_is_trained(
    cluster: Cluster, tmp_path: Path
) -> None:
    guests = tmp_path / "guests"
    write_good(guests, "glassnet-dearest", "dearest")
    cluster.worker()
    cluster.wait_for_workers(1)
    words = ("iris", "--over", "activation=relu,dearest", "--epochs", "1", "--engine", "dask")
    process = begin(tmp_path, *words, "--scheduler", cluster.address, path=(guests,))
    _, said = process.communicate(timeout=PATIENCE)
    assert process.returncode == 2
    assert "worker tcp://127.0.0.1:" in said and "it lacks glassnet-dearest 1.0: install what is missing there" in said
    assert not (tmp_path / "sweeps").exists()


def test_a_cluster_that_is_not_there_is_one_clear_line(cluster: Cluster, tmp_path: Path) -> None:
    words = ("iris", "--over", "l2=0,1", "--epochs", "1", "--engine", "dask", "--scheduler")
    process = begin(tmp_path, *words, cluster.address, options=("--no-plugins",))
    _, said = process.communicate(timeout=PATIENCE)
    assert process.returncode == 2
    assert f"the scheduler at {cluster.address} has no worker: start some with `dask worker {cluster.address}`" in said


HERE = {"Python": "3.11", "NumPy": "2.4", "glassnet": "0.1", "guests": {"a": "1", "b": "2"}, "data": "x", "trouble": ""}


@pytest.mark.parametrize(
    ("there", "words"),
    [
        ({}, []),
        ({"guests": {"a": "1"}}, ["it lacks b 2: install what is missing there, or leave it out with --without"]),
        ({"guests": {"a": "1", "b": "3"}}, ["it has b 3 (here 2)"]),
        ({"guests": {"a": "1", "b": "2", "c": "4"}}, ["it has c, which this process has not"]),
        ({"NumPy": "2.3", "Python": "3.12"}, ["its Python is 3.12 (here 3.11)", "its NumPy is 2.3 (here 2.4)"]),
        ({"trouble": "no such file", "data": ""}, ["no such file"]),
        ({"data": "y"}, ["its rows are others: their checksum is not the one here"]),
    ],
)
def test_what_a_worker_has_otherwise_is_said(there: dict, words: list[str]) -> None:
    assert differences(HERE, HERE | there) == words
