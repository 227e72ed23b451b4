"""The practice index, met as a student meets it: real servers, real twine, pip and uv, real files."""

from __future__ import annotations

import base64
import hashlib
import http.client
import json
import os
import signal
import socket
import stat
import subprocess
import sys
import threading
import venv
import zipfile
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from archives import metadata, sdist, wheel
from click.testing import CliRunner, Result
from indexes import put
from waiting import PATIENCE, wait_until

from glassnet.cli import main
from glassnet.errors import GlassnetError
from glassnet.publish import serving
from glassnet.publish.serving import Served, index_folder, running, start, stop
from glassnet.publish.store import LEDGER, Store
from glassnet.publish.uploads import LARGEST_FILE

TOKENS = ("TWINE_USERNAME", "TWINE_PASSWORD", "TWINE_REPOSITORY", "TWINE_REPOSITORY_URL", "UV_PUBLISH_TOKEN")


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """One index for the tests that only need one; each uses project names of its own."""
    served = start(tmp_path_factory.mktemp("index") / "state")
    yield served
    stop(served.folder)


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A folder for an index of this test's own, which is stopped at the end."""
    yield tmp_path / "state"
    stop(tmp_path / "state")


def run(command: list[str | Path], **environment: str) -> subprocess.CompletedProcess[str]:
    """A command without this shell's tokens and pip settings; its words unwrapped."""
    clean = {name: value for name, value in os.environ.items() if name not in TOKENS and not name.startswith("PIP_")}
    clean |= {"PIP_CONFIG_FILE": os.devnull, "NO_PROXY": "127.0.0.1", "COLUMNS": "2000", "NO_COLOR": "1"}
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, env=clean | environment)
    return subprocess.CompletedProcess(done.args, done.returncode, " ".join((done.stdout + done.stderr).split()))


def twine(index: Served, *files: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "twine", "upload", "--non-interactive", "--disable-progress-bar"]
    return run([*command, "--config-file", index.pypirc, "-r", "local", *files], **environment)


def post(index: Served, file: str, content: bytes, token: str | None = None, **fields: str) -> requests.Response:
    """The form that twine sends, with any file name; requests' own encoder."""
    with requests.Session() as session:
        session.trust_env = False
        form = {":action": "file_upload", "protocol_version": "1"} | fields
        login = ("__token__", index.token if token is None else token)
        return session.post(
            index.upload_url, data=form, files={"content": (file, content)}, auth=login, timeout=PATIENCE
        )


def publish(index: Served, path: Path, **fields: str) -> requests.Response:
    return post(index, path.name, path.read_bytes(), **fields)


@dataclass(frozen=True)
class Answer:
    status: int
    reason: str
    headers: Mapping[str, str]
    content: bytes

    @property
    def text(self) -> str:
        return self.content.decode()


def ask(index: Served, path: str, method: str = "GET", **headers: str) -> Answer:
    """One request exactly as written: no client tidies the path."""
    connection = http.client.HTTPConnection("127.0.0.1", urlsplit(index.url).port, timeout=PATIENCE)
    try:
        connection.request(method, path, headers={name.replace("_", "-"): value for name, value in headers.items()})
        answer = connection.getresponse()
        found = {name.lower(): value for name, value in answer.getheaders()}
        return Answer(answer.status, answer.reason, found, answer.read())
    finally:
        connection.close()


def listed(index: Served, project: str) -> dict[str, Any]:
    """The project in JSON, as pip asks for it."""
    answer = ask(index, f"/simple/{project}/", Accept="application/vnd.pypi.simple.v1+json")
    return json.loads(answer.content) if answer.status == 200 else {"files": []}


def names(index: Served, project: str) -> list[str]:
    return [file["filename"] for file in listed(index, project)["files"]]


# --- the round trip: twine, pip, uv -----------------------------------------------------------------------


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty environment; pip works on it from outside."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, with_pip=False)
    return folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")


def test_what_twine_uploads_pip_installs_byte_for_byte(index: Served, tmp_path: Path, environment: Path) -> None:
    built = wheel(tmp_path, "glassnet-trip", code="word = 'round'\n"), sdist(tmp_path, "glassnet-trip")
    done = twine(index, *built)
    assert done.returncode == 0, done.stdout
    report = tmp_path / "report.json"
    pip = [sys.executable, "-m", "pip", "--python", environment, "install", "--no-cache-dir"]
    line = index.install_command("glassnet-trip", "0.1.0").split()
    assert line[:4] == ["python", "-m", "pip", "install"]
    done = run([*pip, *line[4:], "--report", report])
    assert done.returncode == 0, done.stdout
    (installed,) = json.loads(report.read_text())["install"]
    digest = hashlib.sha256(built[0].read_bytes()).hexdigest()
    assert installed["download_info"]["archive_info"]["hashes"]["sha256"] == digest
    assert installed["download_info"]["url"].startswith(index.url)
    assert run([environment, "-c", "import glassnet_trip; print(glassnet_trip.word)"]).stdout == "round"


def test_pip_reads_the_metadata_first_and_obeys_requires_python(index: Served, tmp_path: Path) -> None:
    path = wheel(tmp_path, "glassnet-ahead", text=metadata("glassnet-ahead").replace(">=3.11", ">=4"))
    assert publish(index, path).status_code == 200
    pip = [sys.executable, "-m", "pip", "--isolated", "download", "--no-deps", "--no-cache-dir", "-d", tmp_path / "got"]
    done = run([*pip, "--index-url", index.simple_url, "glassnet-ahead", "-v"])
    assert done.returncode == 1
    assert "Requires-Python >=4" in done.stdout
    done = run([*pip, "--index-url", index.simple_url, "glassnet-ahead", "-v", "--ignore-requires-python"])
    assert done.returncode == 0, done.stdout
    assert f"{path.name}.metadata" in done.stdout
    assert (tmp_path / "got" / path.name).read_bytes() == path.read_bytes()


def test_twine_says_why_without_verbose(index: Served, tmp_path: Path) -> None:
    """Same bytes are harmless; changed bytes are refused in PyPI's words, with the way out."""
    path = wheel(tmp_path, "glassnet-again")
    assert twine(index, path).returncode == 0
    assert twine(index, path).returncode == 0
    done = twine(index, wheel(tmp_path, "glassnet-again", code="x = 2\n"))
    assert done.returncode == 1
    assert "400 Bad Request" in done.stdout
    assert "File already exists ('glassnet_again-0.1.0-py3-none-any.whl', with blake2_256 hash" in done.stdout
    assert "Bump the version in pyproject.toml and build again: a published file can never be replaced." in done.stdout
    assert len(names(index, "glassnet-again")) == 1


def test_a_wrong_token_is_refused_in_pypis_words(index: Served, tmp_path: Path) -> None:
    done = twine(index, wheel(tmp_path, "glassnet-stranger"), TWINE_PASSWORD="pypi-left-over")
    assert done.returncode == 1
    assert "403 Forbidden" in done.stdout
    assert "Invalid or non-existent authentication information." in done.stdout
    assert "The username must be __token__" in done.stdout
    assert "A TWINE_PASSWORD left in the shell overrides the file." in done.stdout
    assert index.token not in done.stdout
    assert names(index, "glassnet-stranger") == []


@pytest.mark.skipif(find_spec("uv") is None, reason="uv is not installed")
def test_uv_publishes_and_installs(index: Served, tmp_path: Path) -> None:
    path = wheel(tmp_path, "glassnet-uv")
    uv = [sys.executable, "-m", "uv", "--no-config", "--no-cache"]
    upload = [
        *uv,
        "publish",
        "--publish-url",
        index.upload_url,
        "--username",
        "__token__",
        "--trusted-publishing",
        "never",
    ]
    done = run([*upload, "--password", index.token, path])
    assert done.returncode == 0, done.stdout
    install = [*uv, "pip", "install", "--python", sys.executable, "--no-deps", "--index-url", index.simple_url]
    done = run([*install, "--target", tmp_path / "got", "glassnet-uv==0.1.0"])
    assert done.returncode == 0, done.stdout
    assert (tmp_path / "got/glassnet_uv/__init__.py").read_text() == "x = 1\n"
    done = run([*upload, "--password", index.token, wheel(tmp_path, "glassnet-uv", code="x = 2\n")])
    assert done.returncode != 0
    assert "File already exists" in done.stdout


# --- the simple API ---------------------------------------------------------------------------------------


class Links(HTMLParser):
    """Attributes of every link of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[dict[str, str | None]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self.found.append(dict(attrs))


def test_json_says_size_time_versions_and_hashes(index: Served, tmp_path: Path) -> None:
    paths = [wheel(tmp_path, "glassnet-json", version) for version in ("0.10.0", "0.9.0")]
    for path in [*paths, sdist(tmp_path, "glassnet-json", "0.9.0")]:
        assert publish(index, path).status_code == 200
    answer = ask(index, "/simple/glassnet-json/", Accept="application/vnd.pypi.simple.v1+json")
    assert answer.headers["content-type"] == "application/vnd.pypi.simple.v1+json"
    page = json.loads(answer.content)
    assert page["meta"] == {"api-version": "1.1"}
    assert page["name"] == "glassnet-json"
    assert page["versions"] == ["0.9.0", "0.10.0"], "in the order of versions, not of letters"
    files = {file["filename"]: file for file in page["files"]}
    first = files[paths[0].name]
    assert first["hashes"]["sha256"] == hashlib.sha256(paths[0].read_bytes()).hexdigest()
    assert first["size"] == paths[0].stat().st_size
    assert first["requires-python"] == ">=3.11"
    age = datetime.now(UTC) - datetime.fromisoformat(first["upload-time"])
    assert timedelta(0) <= age < timedelta(minutes=5)
    assert files["glassnet_json-0.9.0.tar.gz"]["core-metadata"] is False
    beside = ask(index, f"{first['url']}.metadata")
    with zipfile.ZipFile(paths[0]) as archive:
        assert beside.content == archive.read("glassnet_json-0.10.0.dist-info/METADATA")
    assert first["core-metadata"] == {"sha256": hashlib.sha256(beside.content).hexdigest()}
    projects = json.loads(ask(index, "/simple/", Accept="application/vnd.pypi.simple.v1+json").content)["projects"]
    assert {"name": "glassnet-json"} in projects


def test_html_says_the_same_and_escapes_it(index: Served, tmp_path: Path) -> None:
    path = wheel(tmp_path, "glassnet-html")
    publish(index, path)
    answer = ask(index, "/simple/glassnet-html/", Accept="text/html")
    assert answer.headers["content-type"].startswith("text/html")
    (link,) = Links(answer.text).found
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    assert link["href"] == f"/files/glassnet-html/{path.name}#sha256={digest}"
    assert link["data-requires-python"] == ">=3.11"
    assert 'data-requires-python="&gt;=3.11"' in answer.text
    assert link["data-core-metadata"] == link["data-dist-info-metadata"]
    assert str(link["data-core-metadata"]).startswith("sha256=")
    assert '<meta name="pypi:repository-version" content="1.1">' in answer.text
    assert "/simple/glassnet-html/" in [link["href"] for link in Links(ask(index, "/simple/").text).found]


PIP = "application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html; q=0.1, text/html; q=0.01"


@pytest.mark.parametrize(
    ("accept", "status", "kind"),
    [
        (PIP, 200, "application/vnd.pypi.simple.v1+json"),
        ("application/vnd.pypi.simple.latest+json", 200, "application/vnd.pypi.simple.v1+json"),
        ("application/vnd.pypi.simple.v1+html", 200, "application/vnd.pypi.simple.v1+html"),
        ("text/html,application/xhtml+xml,*/*;q=0.8", 200, "text/html"),
        ("*/*", 200, "text/html"),
        ("image/png", 406, "text/plain"),
        ("text/html;q=0", 406, "text/plain"),
    ],
)
def test_the_client_chooses_the_form_of_the_answer(index: Served, accept: str, status: int, kind: str) -> None:
    answer = ask(index, "/simple/", Accept=accept)
    assert answer.status == status
    assert answer.headers["content-type"].partition(";")[0] == kind
    assert status != 200 or answer.headers["vary"] == "Accept"


def test_names_are_normalised_and_unknown_ones_are_not_here(index: Served, tmp_path: Path) -> None:
    publish(index, wheel(tmp_path, "glassnet-normal"))
    answer = ask(index, "/simple/Glassnet_Normal/")
    assert (answer.status, answer.headers["location"]) == (301, "/simple/glassnet-normal/")
    assert ask(index, "/simple/glassnet-normal").status in (301, 307)
    answer = ask(index, "/simple/numpy/")
    assert answer.status == 404
    assert "there is no project 'numpy' on this practice index" in answer.text


# --- the rules at an upload -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Broken:
    """An upload that breaks one rule: after `before`, `file` is refused with these words."""

    id: str
    words: str
    file: tuple[Any, ...]
    before: tuple[Any, ...] | None = None
    status: int = 400


BROKEN = [
    Broken("version-local", "The use of local versions in <Version('0.1.0+local1')> is not allowed.",
           (wheel, "glassnet-local", "0.1.0+local1")),
    Broken("classifier-unknown", "'Topic :: Nonsense' is not a valid classifier.",
           (wheel, "glassnet-class", "0.1.0", "Classifier: Topic :: Nonsense")),
    Broken("classifier-private", "'Private :: Do Not Upload' is not a valid classifier.",
           (sdist, "glassnet-private", "0.1.0", "Classifier: Private :: Do Not Upload")),
    Broken("direct-url", "Can't have direct dependency: swish @ https://example.org/s.zip.",
           (wheel, "glassnet-direct", "0.1.0", "Requires-Dist: swish @ https://example.org/s.zip")),
    Broken("name-stdlib", "The name 'random' isn't allowed (conflict with Python Standard Library module name).",
           (wheel, "random")),
    Broken("name-similar", "too similar to an existing project. It is 'glassnet-similar'",
           (wheel, "glassnet-simi1ar"), (wheel, "glassnet-similar")),
    Broken("second-sdist", "Only one sdist may be uploaded per release.",
           (sdist, "glassnet-twice", "0.1.0"), (sdist, "glassnet-twice", "0.1")),
    Broken("licence-twice", "License classifiers have been superseded by license expressions",
           (wheel, "glassnet-mit", "0.1.0", "Classifier: License :: OSI Approved :: MIT License")),
]  # fmt: skip


@pytest.mark.parametrize("case", BROKEN, ids=lambda case: case.id)
def test_every_rule_of_pypi_is_enforced_and_explained(index: Served, tmp_path: Path, case: Broken) -> None:
    for make, *words in filter(None, [case.before]):
        assert publish(index, make(tmp_path, *words)).status_code == 200
    make, *words = case.file
    path = make(tmp_path, *words)
    known = names(index, words[0])
    answer = publish(index, path)
    assert answer.status_code == case.status
    assert case.words in answer.reason
    assert case.words in answer.text
    assert "What to do: " in answer.text
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert "x-reason" not in answer.headers
    why = ask(index, f"/why/{case.id}")
    assert f"{index.url}/why/{case.id}" in answer.text
    assert (why.status, why.text.startswith(f"{case.id}: ")) == (200, True)
    assert names(index, words[0]) == known


def test_all_problems_of_an_upload_stand_in_its_answer(index: Served, tmp_path: Path) -> None:
    path = wheel(tmp_path, "glassnet-many", "0.1.0", "Classifier: No", "License: MIT", without=("RECORD",))
    answer = publish(index, path)
    assert "does not contain the required RECORD file" in answer.reason
    path = wheel(tmp_path, "glassnet-many", "0.1.0", "Classifier: No", "License: MIT")
    answer = publish(index, path)
    assert "'No' is not a valid classifier." in answer.reason
    assert "\n" not in answer.reason
    assert answer.text.count("What to do: ") == 2


def test_good_advice_is_no_refusal(index: Served, tmp_path: Path) -> None:
    """PyPI takes a package without a README, and with a tests package beside it; so does practice."""
    text = metadata("glassnet-plain", readme="\n")
    path = wheel(tmp_path, "glassnet-plain", text=text, more={"tests/__init__.py": b""})
    assert publish(index, path).status_code == 200


FORMS = [
    ({":action": "submit"}, "Unknown protocol version."),
    ({"protocol_version": "2"}, "Unknown protocol version."),
    ({"attestations": "[{}]"}, "Attestations are only accepted from Trusted Publishers."),
    ({"sha256_digest": "0" * 64}, "The digest supplied does not match a digest calculated from the uploaded file."),
]


@pytest.mark.parametrize(("fields", "words"), FORMS)
def test_forms_that_are_refused(index: Served, tmp_path: Path, fields: dict[str, str], words: str) -> None:
    answer = publish(index, wheel(tmp_path, "glassnet-form"), **fields)
    assert answer.status_code == 400
    assert words in answer.reason
    assert names(index, "glassnet-form") == []


BODIES = [
    (b"", "text/plain", "it is no multipart/form-data"),
    (b"", "multipart/form-data", "it is no multipart/form-data"),
    (b"", "multipart/form-data; boundary=b", "its end is missing"),
    (b"--b\r\nnothing\r\n--b--", "multipart/form-data; boundary=b", "Found invalid character 13 in header"),
    (b"--b--", "multipart/form-data; boundary=b", "Upload payload does not have a file."),
    (
        b"--b\r\n\r\n" + b"\r\n--b\r\n\r\n" * 3000 + b"\r\n--b--",
        "multipart/form-data; boundary=b",
        "it has more than 2000 parts",
    ),
    (b"\xff" * 1000, 'multipart/form-data; boundary="\xff"', "Expected boundary character"),
    (b"", f"multipart/form-data; boundary={'b' * 1000}", "its boundary is too long"),
    (
        b"--b\r\nA: " + b"a" * 2**20 + b"\r\n\r\n--b--",
        "multipart/form-data; boundary=b",
        "Maximum header size exceeded",
    ),
    (
        b"--b\r\n" + b"A: a\r\n" * 2**10 + b"\r\n--b--",
        "multipart/form-data; boundary=b",
        "Maximum header count exceeded",
    ),
]


@pytest.mark.parametrize(("body", "kind", "words"), BODIES)
def test_bodies_that_are_no_form_are_refused(index: Served, body: bytes, kind: str, words: str) -> None:
    headers = {"Content-Type": kind.encode("latin-1"), "Authorization": login(index.token)}
    with requests.Session() as session:
        session.trust_env = False
        answer = session.post(index.upload_url, data=body, headers=headers, timeout=PATIENCE)
    assert answer.status_code == 400
    assert words in answer.reason


def login(token: str, user: str = "__token__") -> str:
    return "Basic " + base64.b64encode(f"{user}:{token}".encode()).decode()


LOGINS = ["", "Basic", "Basic !!!", "Basic " + base64.b64encode(b"\xff\xfe").decode(), "Bearer TOKEN", "Basic USER"]


@pytest.mark.parametrize("given", LOGINS)
def test_only_the_token_user_with_the_token_may_change_anything(index: Served, given: str) -> None:
    header = given.replace("TOKEN", index.token).replace("Basic USER", login(index.token, "me"))
    for path in ("/legacy/", "/-/stop"):
        answer = ask(index, path, "POST", Authorization=header)
        assert answer.status == 403
        assert answer.reason.startswith("Invalid or non-existent authentication information.")
        assert index.token not in answer.text
    assert running(index.folder) == index


def test_a_file_that_is_too_large_is_refused_and_the_answer_arrives(index: Served) -> None:
    """The client is heard out: one that is cut off while it sends would see a broken pipe, not the reason."""

    def megabytes() -> Iterator[bytes]:
        for _ in range(LARGEST_FILE // 1024**2 + 6):
            yield bytes(1024**2)

    headers = {"Content-Type": "multipart/form-data; boundary=b", "Authorization": login(index.token)}
    with requests.Session() as session:
        session.trust_env = False
        answer = session.post(index.upload_url, data=megabytes(), headers=headers, timeout=PATIENCE)
    assert answer.status_code == 400
    assert "File too large. Limit is 100 MB." in answer.reason


def test_an_upload_to_a_wrong_address_names_the_right_one(index: Served, tmp_path: Path) -> None:
    path = wheel(tmp_path, "glassnet-astray")
    command = [sys.executable, "-m", "twine", "upload", "--non-interactive", "--disable-progress-bar"]
    done = run([*command, "-u", "__token__", "-p", index.token, "--repository-url", index.simple_url, path])
    assert done.returncode == 1
    assert f"405 Method Not Allowed from {index.simple_url}" in done.stdout
    assert f"Uploads go to {index.upload_url}, not to this address." in done.stdout


# --- hostile names ----------------------------------------------------------------------------------------

HOSTILE = [
    ("../../evil-0.1.0.tar.gz", "Cannot upload a file with '/' or '\\' in the name."),
    ("..\\..\\evil-0.1.0.tar.gz", "Cannot upload a file with '/' or '\\' in the name."),
    ("/etc/evil-0.1.0.tar.gz", "Cannot upload a file with '/' or '\\' in the name."),
    ("..", "Invalid file extension"),
    (".hidden-0.1.0.tar.gz", "Cannot upload a file with such characters in the name."),
    ("evil\x07-0.1.0.tar.gz", "Cannot upload a file with such characters in the name."),
    ("évil-0.1.0.tar.gz", "Cannot upload a file with such characters in the name."),
    ("e" * 300 + "-0.1.0.tar.gz", "Cannot upload a file with such characters in the name."),
    ("practice.pypirc", "Invalid file extension: Use .tar.gz or .whl extension."),
    ("notes.txt", "Invalid file extension: Use .tar.gz or .whl extension."),
    ("other_project-0.1.0.tar.gz", "Incorrect number of top-level directories in sdist"),
]


@pytest.mark.parametrize(("file", "words"), HOSTILE)
def test_no_file_name_leads_anywhere(index: Served, tmp_path: Path, file: str, words: str) -> None:
    content = sdist(tmp_path, "evil").read_bytes()
    before = sorted(path for path in index.folder.parent.rglob("*") if path.name != "server.log")
    answer = post(index, file, content)
    assert answer.status_code == 400
    assert words in answer.text
    assert sorted(path for path in index.folder.parent.rglob("*") if path.name != "server.log") == before


@pytest.mark.parametrize("project", ["../../evil", "/etc/evil", "..", "a/b", "e\x00vil"])
def test_no_project_name_leads_anywhere(index: Served, tmp_path: Path, project: str) -> None:
    """The folder of a project comes from its metadata, which an attacker writes too."""
    path = wheel(tmp_path, "evil", text=metadata(project), file="evil-0.1.0-py3-none-any.whl")
    assert publish(index, path).status_code == 400
    assert not list(index.folder.parent.rglob("evil*"))


PATHS = [
    "/files/../practice.pypirc",
    "/files/%2e%2e/practice.pypirc",
    "/files/glassnet-paths/../../practice.pypirc",
    "/files/glassnet-paths/..%2f..%2fpractice.pypirc",
    "/files/glassnet-paths/%2e%2e%2f%2e%2e%2fpractice.pypirc",
    "/files/glassnet-paths/..%5c..%5cpractice.pypirc",
    "//practice.pypirc",
    "/simple/..%2f..%2f/",
    "/why/../practice.pypirc",
]


@pytest.mark.parametrize("path", PATHS)
def test_no_address_leads_to_another_file(index: Served, tmp_path: Path, path: str) -> None:
    publish(index, wheel(tmp_path, "glassnet-paths"))
    answer = ask(index, path)
    assert answer.status == 404
    assert index.token not in answer.text


def test_other_sites_are_kept_out(index: Served) -> None:
    """Against DNS rebinding a foreign Host, against a foreign page its Origin; nobody is invited by CORS."""
    port = urlsplit(index.url).port
    assert ask(index, "/simple/", Host=f"evil.example:{port}").status == 400
    assert ask(index, "/simple/", Host=f"localhost:{port}").status == 200
    answer = ask(index, "/-/stop", "POST", Authorization=login(index.token), Origin="http://evil.example")
    assert answer.status == 403
    answer = ask(index, "/legacy/", "OPTIONS", Origin="http://evil.example", Access_Control_Request_Method="POST")
    assert answer.status == 405
    assert not [name for name in answer.headers if name.startswith("access-control")]
    assert running(index.folder) == index


def test_it_listens_on_this_machine_only(index: Served) -> None:
    assert urlsplit(index.url).hostname == "127.0.0.1"
    others = {address[4][0] for address in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)}
    for other in others - {"127.0.0.1"}:
        with pytest.raises(OSError), socket.create_connection((other, urlsplit(index.url).port), timeout=PATIENCE):
            pass


def test_the_front_page_says_what_this_is(index: Served, tmp_path: Path) -> None:
    publish(index, wheel(tmp_path, "glassnet-front"))
    page = ask(index, "/")
    assert "A package index to practise publishing" in page.text
    assert "reachable from this machine\nonly" in page.text
    assert index.install_command("glassnet-front", "0.1.0") in page.text
    assert "pip install FILE.whl" in page.text
    assert page.headers["content-security-policy"].startswith("default-src 'none'")
    assert index.token not in page.text


# --- what stays -------------------------------------------------------------------------------------------


def test_a_deleted_name_stays_used_up(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    index = start(folder)
    by_command, by_hand = wheel(tmp_path, "glassnet-burnt"), sdist(tmp_path, "glassnet-burnt")
    assert publish(index, by_command).status_code == publish(index, by_hand).status_code == 200
    monkeypatch.setenv("GLASSNET_INDEX", str(folder))
    done = command("remove", by_command.name)
    assert done.exit_code == 0
    assert f"removed {by_command.name}. Its name stays used up" in done.output
    (folder / "files/glassnet-burnt" / by_hand.name).unlink()
    assert ask(index, "/simple/glassnet-burnt/").status == 404
    for path in (by_command, by_hand):
        answer = publish(index, path)
        assert answer.status_code == 400
        assert "previously used by a file that has since been deleted. Use a different version." in answer.reason
        assert ask(index, f"/files/glassnet-burnt/{path.name}").status == 404
    assert publish(index, wheel(tmp_path, "glassnet-burnt", "0.1.1")).status_code == 200
    done = command("remove", "glassnet_burnt-0.1.2-py3-none-any.whl")
    assert done.exit_code == 2
    assert "Did you mean 'glassnet_burnt-0.1.1-py3-none-any.whl'?" in done.output


def test_a_restart_keeps_files_names_and_port_but_not_the_token(folder: Path, tmp_path: Path) -> None:
    first = start(folder)
    path = wheel(tmp_path, "glassnet-kept")
    publish(first, path)
    assert stop(folder) == first
    assert running(folder) is None
    assert stop(folder) is None
    second = start(folder)
    assert second.url == first.url
    assert second.token != first.token
    assert names(second, "glassnet-kept") == [path.name]
    assert publish(second, path).status_code == 200
    assert "File already exists" in publish(second, wheel(tmp_path, "glassnet-kept", code="x = 2\n")).reason
    assert post(second, path.name, path.read_bytes(), token=first.token).status_code == 403


def test_a_release_closes_after_two_weeks(folder: Path, tmp_path: Path) -> None:
    index = start(folder)
    old = wheel(tmp_path, "glassnet-old")
    publish(index, old)
    ledger = folder / LEDGER
    line = json.loads(ledger.read_text())
    for days, status in ((13, 200), (15, 400)):
        moment = datetime.now(UTC) - timedelta(days=days)
        ledger.write_text(json.dumps(line | {"uploaded": moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")}) + "\n")
        answer = publish(index, sdist(tmp_path, "glassnet-old"))
        assert answer.status_code == status
    assert "Uploading new files to releases older than 14 days is not allowed." in answer.reason
    assert publish(index, old).status_code == 200, "the same bytes are harmless at any age"
    assert publish(index, wheel(tmp_path, "glassnet-old", "0.2.0")).status_code == 200


def test_a_killed_server_leaves_nothing_that_is_in_the_way(folder: Path, tmp_path: Path) -> None:
    first = start(folder)
    publish(first, wheel(tmp_path, "glassnet-killed"))
    os.kill(first.pid, signal.SIGKILL if hasattr(signal, "SIGKILL") else signal.SIGTERM)
    with (folder / LEDGER).open("a") as ledger:  # as if it had died while writing this
        ledger.write('{"file": "glassnet_killed-0.2.0-py3-no')
    second = start(folder)
    assert second.pid != first.pid
    path = wheel(tmp_path, "glassnet-killed", "0.3.0")
    assert publish(second, path).status_code == 200
    assert names(second, "glassnet-killed") == ["glassnet_killed-0.1.0-py3-none-any.whl", path.name]


def test_a_file_without_its_line_in_the_ledger_was_never_published(tmp_path: Path) -> None:
    """What a kill between the two leaves behind is neither shown nor in the way."""
    store = Store(tmp_path / "state")
    path = wheel(tmp_path)
    place = tmp_path / "state/files/glassnet-bent"
    place.mkdir(parents=True)
    (place / path.name).write_bytes(b"half")
    assert store.files() == []
    content = path.read_bytes()
    assert put(store, path) is True
    assert (place / path.name).read_bytes() == content


def test_uploads_at_the_same_time_are_all_kept(index: Served, tmp_path: Path) -> None:
    paths = [wheel(tmp_path, "glassnet-crowd", f"0.{number}.0") for number in range(12)]
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda path: publish(index, path).status_code, paths * 2))
    assert answers == [200] * 24
    assert sorted(names(index, "glassnet-crowd")) == sorted(path.name for path in paths)


# --- one server -------------------------------------------------------------------------------------------


def serve(folder: Path, *words: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "glassnet", "index", "serve", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=os.environ | {"GLASSNET_INDEX": str(folder), "PYTHONUNBUFFERED": "1"},
        start_new_session=sys.platform != "win32",
    )


def command(*words: str) -> Result:
    return CliRunner().invoke(main, ["--no-plugins", "index", *words], prog_name="glassnet")


def test_a_second_server_on_the_same_folder_is_refused(index: Served) -> None:
    assert start(index.folder) == index, "start finds the one that runs"
    with serve(index.folder) as second:
        said = second.communicate(timeout=PATIENCE)[0]
    assert second.returncode == 2
    assert said.splitlines() == [
        f"Error: a practice index already works on {index.folder}, at {index.url}. "
        "Use it, or first: glassnet index stop"
    ]
    assert running(index.folder) == index, "and the first is unharmed"
    with pytest.raises(GlassnetError, match=r"already runs at .* First: glassnet index stop"):
        start(index.folder, port=9)


def test_two_starts_at_once_end_in_one_server(folder: Path) -> None:
    before = {*serving._children}
    with ThreadPoolExecutor(2) as pool:
        one, other = pool.map(start, [folder, folder])
    assert one == other
    started = [child for pid, child in serving._children.items() if pid not in before]
    wait_until(lambda: sum(child.poll() is None for child in started) == 1)  # a second one would begin after a stop


def test_a_port_that_is_taken_is_one_clear_line(folder: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(GlassnetError, match=f"port {port} of 127.0.0.1 can't be used .* Leave --port out"):
            start(folder, port)


def test_a_stranger_on_the_old_port_is_neither_believed_nor_stopped(folder: Path) -> None:
    """server.json may outlive its server, and another program may get its port."""
    asked: list[str] = []

    class Stranger(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(f"{self.command} {self.path} {self.headers.get('Authorization')}")
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b'{"started": "something else"}')

        do_POST = do_GET

        def log_message(self, format: str, *args: object) -> None:
            """Quiet."""

    first = start(folder)
    state = (folder / "server.json").read_text()
    stop(folder)
    with ThreadingHTTPServer(("127.0.0.1", 0), Stranger) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        there = f"http://127.0.0.1:{server.server_port}"
        (folder / "server.json").write_text(state.replace(first.url, there))
        assert running(folder) is None
        assert stop(folder) is None
        server.shutdown()
    assert asked == ["GET /-/started None"] * 2, "no token is shown to a stranger"


@pytest.mark.parametrize("state", ["", "{", "[]", '{"url": "http://127.0.0.1:1"}', "null"])
def test_a_damaged_state_file_means_nothing_runs(tmp_path: Path, state: str) -> None:
    (tmp_path / "server.json").write_text(state)
    (tmp_path / "practice.pypirc").write_text("[local\npassword")
    assert running(tmp_path) is None


@pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX")
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 0), (signal.SIGTERM, -signal.SIGTERM)])
def test_the_foreground_server_ends_cleanly(folder: Path, number: int, code: int) -> None:
    with serve(folder) as server:
        assert server.stdout is not None
        shown = [server.stdout.readline() for _ in range(4)]
        assert shown[0].startswith("practice index at http://127.0.0.1:")
        assert "running until Ctrl-C" in shown[3]
        assert running(folder) is not None
        server.send_signal(number)
        rest = server.communicate(timeout=PATIENCE)[0]
    assert server.returncode == code
    assert "Traceback" not in rest
    assert ("stopped; what was published is kept" in rest) is (number == signal.SIGINT)
    assert not (folder / "server.json").exists()
    assert running(folder) is None


def refuses(index: Served) -> bool:
    """Whether the server takes no new connection."""
    with socket.socket() as caller:
        return caller.connect_ex(("127.0.0.1", urlsplit(index.url).port)) != 0


def test_stopping_waits_for_the_upload_in_progress(folder: Path, tmp_path: Path) -> None:
    index = start(folder)
    path = wheel(tmp_path, "glassnet-slow")
    session = requests.Session()
    session.trust_env = False
    form = {":action": "file_upload", "protocol_version": "1"}
    request = requests.Request("POST", index.upload_url, data=form, files={"content": (path.name, path.read_bytes())})
    request.auth = ("__token__", index.token)
    prepared = session.prepare_request(request)
    assert isinstance(prepared.body, bytes)
    begun, halfway, body = threading.Event(), threading.Event(), prepared.body

    def slowly() -> Iterator[bytes]:
        yield body[:300]
        begun.set()
        halfway.wait(PATIENCE)
        yield body[300:]

    prepared.body = slowly()  # type: ignore[assignment]
    with ThreadPoolExecutor(2) as pool, session:
        answer = pool.submit(session.send, prepared, timeout=PATIENCE)
        assert begun.wait(PATIENCE)
        ended = pool.submit(stop, folder)
        wait_until(lambda: refuses(index))  # the end has begun: nobody is let in any more
        halfway.set()
        assert answer.result().status_code == 200
        assert ended.result() == index
    assert [entry.file for entry in Store(folder).files()] == [path.name]


# --- the command ------------------------------------------------------------------------------------------


def test_the_commands_say_where_it_is_and_what_to_type(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GLASSNET_INDEX", str(folder))
    assert index_folder() == folder
    done = command("status")
    assert done.exit_code == 1
    assert f"no practice index runs on {folder}. Start it with: glassnet index start" in done.output
    assert command("stop").output == f"no practice index runs on {folder}\n"
    done = command("start")
    assert done.exit_code == 0, done.output
    index = running()
    assert index is not None
    assert done.output.splitlines() == [
        f"practice index at {index.url}, kept in {folder}",
        f"upload     python -P -m twine upload --config-file {index.pypirc} -r local FILES",
        f"install    python -m pip install --isolated --no-deps --index-url {index.url}/simple/ NAME==VERSION",
        "stop with  glassnet index stop",
    ]
    path = wheel(tmp_path, "glassnet-shown")
    publish(index, path)
    done = command("status")
    kept = folder / "files/glassnet-shown" / path.name
    assert done.exit_code == 0
    assert index.install_command("glassnet-shown", "0.1.0") in done.output
    assert str(kept) in done.output
    assert "hand over a .whl from the list,\nthen there: pip install FILE.whl" in done.output
    machine = json.loads(command("status", "--json").output)
    assert machine["projects"] == {"glassnet-shown": [str(kept)]}
    assert machine["url"] == index.url
    assert index.token not in command("status", "--json").output + done.output
    assert command("stop").output.startswith(f"stopped the practice index at {index.url}")


@pytest.mark.skipif(sys.platform == "win32", reason="modes are POSIX")
def test_the_token_is_for_its_owner_only(index: Served) -> None:
    assert stat.S_IMODE(index.pypirc.stat().st_mode) == 0o600
    assert stat.S_IMODE((index.folder / "server.json").stat().st_mode) == 0o600
    assert stat.S_IMODE(index.folder.stat().st_mode) == 0o700
    assert index.token not in (index.folder / "server.log").read_text()
    assert index.token not in (index.folder / "server.json").read_text()


def test_a_folder_that_can_not_be_written_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(GlassnetError, match=r"can't write to .* Set GLASSNET_INDEX to another folder"):
        start(tmp_path / "file" / "state")


def test_help_waits_for_no_server(tmp_path: Path) -> None:
    code = (
        "import sys\nfrom glassnet.cli import main\n"
        "try: main(['index', '--help'], prog_name='glassnet')\nexcept SystemExit: pass\n"
        "print([name for name in ('starlette', 'uvicorn', 'packaging', 'numpy') if name in sys.modules])"
    )
    assert run([sys.executable, "-c", code]).stdout.endswith("[]")
