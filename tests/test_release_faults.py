"""A release that is disturbed at any of its steps ends in one line and can be taken up again, as that line says.

Each step meets each fault in `make soak`, one does in the gate. Whatever happened, nothing half-made is on the index,
and what is there in the end is what was built and proved.
"""

import errno
import hashlib
import http.client
import http.server
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from guests import environment
from releases import Outcome, stay_alone
from samples import SOAK
from waiting import PATIENCE

from glassnet.errors import GlassnetError
from glassnet.publish import serving
from glassnet.publish.release import STEPS, Said, Target, release
from glassnet.publish.release import steps as steps_of
from glassnet.publish.store import Store

pytestmark = pytest.mark.slow

ALL = [step.title for step in STEPS]
ASKING = ["Doctor", "Target", "Upload", "Install back"]
FAULTS = {
    "the index is gone": ASKING,
    "a login page answers": ASKING,
    "the index has a fault": ASKING,
    "Ctrl-C": ALL,
    "the disk is full": ALL,
    "killed": ALL,
}
TABLE = [(fault, step) for fault, steps in FAULTS.items() for step in steps]
SAMPLE = [("a login page answers", "Target")]
WAYS_ON = ("release --resume", "release again", "try again")

PYPROJECT = """\
[build-system]
requires = ["hatchling>=1.27"]
build-backend = "hatchling.build"
[project]
name = "{name}"
version = "0.1.0"
description = "Six at most"
readme = "README.md"
requires-python = ">=3.11"
license = "MIT"
license-files = ["LICENSE"]
"""


class Between(http.server.BaseHTTPRequestHandler):
    """A proxy before the practice index that passes everything on until it is told what to answer instead."""

    index = ""
    instead: tuple[int, bytes] | None = None

    def pass_on(self) -> None:
        content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if Between.instead:
            status, body = Between.instead
            kept = {"Content-Type": "text/html"}
        else:
            server = http.client.HTTPConnection("127.0.0.1", urlsplit(Between.index).port, timeout=PATIENCE)
            with closing(server):
                server.request(self.command, self.path, content, dict(self.headers))
                answer = server.getresponse()
                status, body = answer.status, answer.read()
                told = answer.headers.items()
            kept = {key: value for key, value in told if key.lower() in ("content-type", "location")}
        self.send_response(status)
        for key, value in kept.items():
            self.send_header(key, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = pass_on

    def log_message(self, *words: object) -> None:
        """Nothing."""


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[serving.Served]:
    base = tmp_path_factory.getbasetemp()
    cache = (base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base) / "cache-of-releases"
    with pytest.MonkeyPatch.context() as patch:
        stay_alone(patch, cache, tmp_path_factory.mktemp("index"))
        yield serving.start()
        serving.stop()


@pytest.fixture(scope="module")
def between(index: serving.Served) -> Iterator[str]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Between) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture
def project(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """The smallest package that is released: no plugin, no tests, a name of its own."""
    name = f"six-{hashlib.sha256(request.node.name.encode()).hexdigest()[:10]}"
    folder = tmp_path / name
    module = folder / "src" / name.replace("-", "_")
    module.mkdir(parents=True)
    (module / "__init__.py").write_text("def six(z):\n    return min(z, 6)\n")
    (folder / "LICENSE").write_text("MIT\n")
    (folder / "README.md").write_text("# Six\n\nAt most.\n")
    (folder / "pyproject.toml").write_text(PYPROJECT.format(name=name))
    return folder


def to(index: serving.Served, url: str = "") -> Target:
    """The practice index, by itself or through the proxy."""
    url = url or index.url
    Between.index, Between.instead = index.url, None
    return Target("local", f"{url}/simple/", f"{url}/legacy/", index.token, waits=(0.0,))


@contextmanager
def full_disk(step: str) -> Iterator[None]:
    """The disk is full as soon as that step has said its first word."""

    def work(this: object) -> Iterator[Said]:
        whole = chosen.work(this)
        yield next(whole, Said("note", "nothing to say"))
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "somewhere")

    (chosen,) = [one for one in STEPS if one.title == step]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(steps_of, "STEPS", tuple(replace(one, work=work) if one is chosen else one for one in STEPS))
        yield


def disturbed(project: Path, index: serving.Served, between: str, fault: str, step: str) -> Outcome:
    """A release that meets that fault as that step begins."""
    outcome = Outcome()
    saying = release(project, target=to(index, between))
    with full_disk(step) if fault == "the disk is full" else pytest.MonkeyPatch.context():
        try:
            for said in saying:
                outcome.said.append(said)
                if said.manner != "step" or outcome.step != step:
                    continue
                if fault == "the index is gone":
                    serving.stop()
                    Between.instead = (502, b"<title>Bad gateway</title>")
                elif fault == "a login page answers":
                    Between.instead = (200, b"<title>Sign in</title><form><input name='user'></form>")
                elif fault == "the index has a fault":
                    Between.instead = (500, b"oh")
                elif fault == "Ctrl-C":
                    saying.throw(KeyboardInterrupt)
        except GlassnetError as error:
            outcome.error = error
        except KeyboardInterrupt:
            assert fault == "Ctrl-C"
    return outcome


def killed(project: Path, step: str) -> None:
    """A release that is ended by force, with all that it has started, as that step begins."""
    command = [sys.executable, "-u", "-m", "glassnet", "release", str(project)]
    env = environment() | {name: os.environ[name] for name in os.environ if name.startswith(("PIP_", "GLASSNET_"))}
    with subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True, start_new_session=True) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if line[4:].strip() == step and line[:2].strip().isdigit():
                break
        os.killpg(process.pid, signal.SIGKILL)


def taken_up(project: Path, index: serving.Served) -> Outcome:
    """What a person does then: release again, and where that says so, with --resume."""
    outcome = Outcome()
    for resume in (False, True):
        outcome = Outcome()
        try:
            outcome.said += release(project, target=to(index), resume=resume)
            return outcome
        except GlassnetError as error:
            outcome.error = error
            if "glassnet release --resume" not in str(error):
                return outcome
    return outcome


@pytest.mark.parametrize(
    ("fault", "step"),
    TABLE if SOAK else SAMPLE,
    ids=lambda word: word.replace(" ", "-") if isinstance(word, str) else "",
)
def test_a_release_that_is_disturbed_is_taken_up_again(fault, step, project, index, between):
    index = serving.start()  # after a case that has stopped it, it has another token
    if fault == "killed":
        killed(project, step)
    else:
        outcome = disturbed(project, index, between, fault, step)
        assert outcome.step == step, outcome.words
        assert fault == "Ctrl-C" or outcome.error is not None, outcome.words
        if outcome.error:
            line = str(outcome.error)
            assert "\n" not in line and "What to do: " in line and any(way in line for way in WAYS_ON), line
    again = serving.start()
    published = {entry.file for entry in Store(again.folder).files() if entry.project == project.name}
    begun = ALL.index(step) > ALL.index("Upload")
    assert len(published) == (2 if begun else 0) or (step, len(published)) == ("Upload", 1)
    outcome = taken_up(project, again)
    assert outcome.error is None and outcome.step == "Tell others", outcome.words
    there = {entry.file: entry.sha256 for entry in Store(again.folder).files() if entry.project == project.name}
    built = [*(project / "dist").glob("*.whl"), *(project / "dist").glob("*.tar.gz")]
    assert there == {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in built} and len(there) == 2


def test_the_table_has_every_step_and_the_sample_is_of_it():
    assert {step for _, step in TABLE} == set(ALL) and set(SAMPLE) <= set(TABLE)
    assert len(TABLE) == 3 * len(ASKING) + 3 * len(ALL)
