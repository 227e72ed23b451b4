"""`glassnet release`: the whole way to an index and back, and every refusal on it in plain words.

All of it is real: packages from the template, their build backends, twine, pip, clean rooms, and the practice index
on this machine. Nothing else can be reached.
"""

import hashlib
import http.server
import json
import os
import shutil
import socket
import subprocess
import sys
import threading
import urllib.request
import wsgiref.simple_server
from importlib import metadata
from pathlib import Path
from typing import ClassVar

import pytest
from archives import wheel
from click.testing import CliRunner
from guests import write_good
from indexes import put
from packages import build, make
from publisher import publish, publishing
from releases import done, ended, follow, run, stay_alone
from samples import SOAK, some
from waiting import PATIENCE

from glassnet.cli import main
from glassnet.errors import join
from glassnet.publish import serving
from glassnet.publish.installing import install_line
from glassnet.publish.naming import BACKENDS
from glassnet.publish.project import read_project
from glassnet.publish.release import STEPS, Release, Said, StepFailed, Target, proving
from glassnet.publish.release.building import clean
from glassnet.publish.release.commands import TOKENS, Done, environment, mask
from glassnet.publish.release.explanations import TOOLS, UPLOAD, failure
from glassnet.publish.release.keeping import kept_packages
from glassnet.publish.release.packing import pack_host
from glassnet.publish.release.proving import negative_control
from glassnet.publish.release.requiring import furnish, tell
from glassnet.publish.release.rooms import install, new_room
from glassnet.publish.release.state import Room
from glassnet.publish.release.targets import doctor, published, token_home
from glassnet.publish.release.testing import what_tests_need, why_not_here
from glassnet.publish.release.trusted import trusted_publisher
from glassnet.publish.release.uploading import confirm, send
from glassnet.publish.sabotage import FAILURES, plant
from glassnet.publish.store import Store

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parent.parent
#: Written in two pieces, since what looks like a token is refused in our own release too.
PYPI = "pypi-" + "AgEIcHlwaS5vcmcCJDAwMDAwMDAwLTAwMDAtMDAwMC0wMDAwLTAwMDAwMDAwMDAwMA"
TESTPYPI = "pypi-" + "AgENdGVzdC5weXBpLm9yZwIkMDAwMDAwMDAtMDAwMC0wMDAwLTAwMDAtMDAwMDAwMDAwMDAw"


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    """One cache for all releases of a session, so that glassnet's requirements are gathered once."""
    base = tmp_path_factory.getbasetemp()
    return (base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base) / "cache-of-releases"


@pytest.fixture(scope="module")
def index(shared, tmp_path_factory):
    """A practice index that several tests share, each with a package of another name."""
    folder = tmp_path_factory.mktemp("index")
    with pytest.MonkeyPatch.context() as patch:
        stay_alone(patch, shared, folder)
        yield serving.start()
        serving.stop()


@pytest.fixture(autouse=True)
def alone(monkeypatch, shared, index):
    stay_alone(monkeypatch, shared, index.folder)


@pytest.fixture
def project(tmp_path):
    """A package in which nothing is wrong."""
    return make(tmp_path)


def about(project, **options) -> Release:
    """A release that has not begun."""
    scratch = project.parent / "scratch"
    scratch.mkdir(exist_ok=True)
    return Release(read_project(project), options.pop("to", "local"), scratch, **options)


def files_on(index, name) -> dict[str, str]:
    """What pip is told about a project: file -> SHA-256."""
    wanted = {"Accept": "application/vnd.pypi.simple.v1+json"}
    asked = urllib.request.Request(f"{index.simple_url}{name}/", headers=wanted)
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(asked) as answer:
        return {file["filename"]: file["hashes"]["sha256"] for file in json.load(answer)["files"]}


def checksums(folder) -> dict[str, str]:
    """Every package file in a folder: file -> SHA-256."""
    found = [*folder.glob("*.whl"), *folder.glob("*.tar.gz")]
    return {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in found}


def set_version(project, version, old="0.1.0") -> None:
    """Raise the version, as a person would in an editor."""
    file = project / "pyproject.toml"
    file.write_text(file.read_text().replace(f'version = "{old}"', f'version = "{version}"'))


# The whole way


def assert_complete(outcome, project, index, guests=None) -> None:
    """Every step was taken, and what is on the index is what was built."""
    assert outcome.step == "Tell others" and len(outcome.of("step")) == len(STEPS) == 13
    assert len(outcome.of("why")) == 13 and outcome.of("problem") == []
    assert_published(outcome.words, project, index, guests)


def assert_published(said, project, index, guests=None) -> None:
    """What was built is on the index, was proved twice, and nothing was told that should not be."""
    name = project.name
    assert files_on(index, name) == checksums(project / "dist")
    assert f"without the package there is no {name}, as it should be" in said
    assert said.count(f"glassnet lists {name} 0.1.0") == 2
    assert said.count("checks of the contract passed") == 2
    assert "the bytes that were built, those on the index and those installed are the same" in said
    assert f"the line that was proved: {install_line(index.simple_url, name, '0.1.0', guests)}" in said
    assert index.token not in said
    record = json.loads((project / "dist" / "release.json").read_text())
    assert {file["name"]: file["sha256"] for file in record["files"]} == checksums(project / "dist")
    assert (record["name"], record["version"], record["target"]) == (name, "0.1.0", "local")


# Each kind and each backend goes the whole way, but not every pair of them: test_template.py builds those. A whole way
# takes long, so a loss goes it with setuptools where it lives on, and an optimizer where there is no network.
def test_the_command_takes_a_package_the_whole_way_prints_each_step_and_ends_with_a_word(index, tmp_path, monkeypatch):
    project = make(tmp_path, "dataset", "hatchling", name="dataset-hatchling")
    monkeypatch.chdir(project)
    monkeypatch.delenv("GLASSNET_DATA_MIRROR", raising=False)  # with a mirror nobody asks a publisher
    with publishing(tmp_path / "published") as publisher:
        fetched_from(publisher, project / "src" / "glassnet_dataset_hatchling")
        outcome = CliRunner().invoke(main, ["release"])
        assert publisher.asked == ["/hubble_1929.csv"]  # once, by checks, by tests, and after the upload
    assert outcome.exit_code == 0, outcome.output
    assert "glassnet check glassnet-dataset-hatchling --download --json" in outcome.output
    assert_published(outcome.output, project, index)
    titles = [line[4:] for line in outcome.output.splitlines() if line[:2].strip().isdigit()]
    assert titles == [step.title for step in STEPS]
    assert "    $ python -P -m build --outdir dist --no-isolation .\n" in outcome.output
    assert outcome.output.endswith("\nReleased.\n")
    again = CliRunner().invoke(main, ["release"])
    assert again.exit_code == 1 and "Error: version 0.1.0 of glassnet-dataset-hatchling is on local" in again.output


def fetched_from(publisher, package) -> None:
    """Let the template's data set fetch its table from there."""
    table, plugin = package / "hubble_1929.csv", package / "plugin.py"
    digest = hashlib.sha256(table.read_bytes()).hexdigest()
    address = publish(publisher, table.name, table.read_bytes())
    here = 'Path(__file__).with_name("hubble_1929.csv")'
    text = plugin.read_text("utf-8").replace("import Dataset, ", "import Dataset, fetch, ")
    assert here in text
    there = f'fetch("hubble", "hubble_1929.csv", sha256="{digest}", urls=["{address}"])'
    plugin.write_text(text.replace(here, there), "utf-8")


def finding(result: str, message: str = "", check: str = "loads") -> dict[str, object]:
    return {"part": "glassnet-bent/tides", "check": check, "required": True, "result": result, "message": message}


UNTRIED = finding("not tried", "tides/tides.csv could not be fetched.")
ABSENT = finding("not applicable", "its rows are not on this machine (tides/tides.csv; see --download)")


@pytest.mark.parametrize(
    ("options", "target", "one", "words"),
    [
        ({}, "local", UNTRIED, "nothing is proved about glassnet-bent/tides: tides/tides.csv could not be fetched."),
        ({"to": "testpypi"}, "https://test.pypi.org", UNTRIED, "what is published has to have been seen once"),
        ({"dry_run": True}, None, ABSENT, "Once with a connection: glassnet check glassnet-bent --download"),
        ({}, "local", finding("failed", "tides.csv (answered 404)"), "loads: tides.csv (answered 404)"),
    ],
)
def test_rows_that_could_not_be_fetched_are_never_green(options, target, one, words, project, monkeypatch):
    release = about(project, **{"to": "local"} | options)
    if target:
        host = "http://127.0.0.1:1" if target == "local" else target
        release.target = Target(release.to, f"{host}/simple/", f"{host}/legacy/")
    passed = finding("passed", check="documented")
    ended = Done(int(one["result"] != "not applicable"), json.dumps([one, passed]))

    def answer(*given, **more):
        yield Said("command", " ".join(given[1]))
        return ended

    monkeypatch.setattr(proving, "call", answer)
    outcome = follow(proving._keeps_promises(release, Room(project)))
    assert words in outcome.words
    stopped = release.to == "testpypi" or one["result"] == "failed"
    assert bool(outcome.error) is stopped and bool(outcome.of("remark")) is (one["result"] != "failed")
    assert ("--download" in outcome.of("command")[0]) is not release.dry_run


def test_a_release_fetches_into_a_place_of_its_own_and_a_dry_run_not_at_all(project, monkeypatch):
    monkeypatch.delenv("GLASSNET_DATA_MIRROR", raising=False)
    fresh = environment(about(project))
    assert fresh["GLASSNET_CACHE"] == str(about(project).scratch / "data") and "GLASSNET_DATA_MIRROR" not in fresh
    dry = environment(about(project, dry_run=True))
    assert dry["GLASSNET_DATA_MIRROR"] == dry["GLASSNET_CACHE"] == os.environ["GLASSNET_CACHE"]


def test_a_package_lives(index, tmp_path):
    """Released, once more without a change, resumed, raised, and lowered."""
    project = make(tmp_path, "loss", "setuptools", name="lives")
    assert_complete(done(project), project, index)
    built = checksums(project / "dist")

    second = run(project)
    assert second.step == "Target" and second.error.exit_code == 1
    said = str(second.error)
    assert f"version 0.1.0 of {project.name} is on local already, and a published file is never replaced" in said
    assert 'write version = "0.1.1" in pyproject.toml, line 9, and release again' in said
    assert files_on(index, project.name) == built == checksums(project / "dist")  # harmless

    resumed = done(project, resume=True)
    assert resumed.words.count("is there already, with the same bytes") == 2
    assert files_on(index, project.name) == built

    set_version(project, "0.2.0")
    for file in (project / "tests").iterdir():  # they have passed above
        file.unlink()
    (project / "tests" / "test_lives.py").write_text("def test_it_lives():\n    import glassnet_lives\n")
    (remark,) = done(project).of("remark")
    assert "CHANGELOG has no entry for version 0.2.0" in remark
    assert len(files_on(index, project.name)) == 4

    set_version(project, "0.1.5", old="0.2.0")
    lower = run(project)
    assert "version 0.1.5 is lower than 0.2.0" in str(lower.error) and '"0.2.1"' in str(lower.error)


def test_an_upload_that_broke_off_is_finished_with_the_same_files(index, tmp_path):
    project = make(tmp_path, name="half")
    build(project)
    begun = about(project, target=Target("local", index.simple_url, index.upload_url, index.token, index.pypirc))
    files = sorted((project / "dist").iterdir())
    follow(send(begun, files[:1]))
    assert len(files_on(index, "glassnet-half")) == 1
    assert "glassnet release --resume" in str(run(project).error)
    begun.files = files
    record = {"name": "glassnet-half", "version": "0.1.0", "files": []}
    record["files"] = [{"name": name, "sha256": digest} for name, digest in checksums(project / "dist").items()]
    (project / "dist" / "release.json").write_text(json.dumps(record))
    outcome = done(project, resume=True)
    assert outcome.words.count("is there already, with the same bytes") == 1
    assert files_on(index, "glassnet-half") == checksums(project / "dist")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda dist: next(dist.glob("*.whl")).write_bytes(b"x"), "has changed since it was built and proved"),
        (lambda dist: next(dist.glob("*.gz")).unlink(), "is gone"),
        (lambda dist: (dist / "release.json").write_text("{"), "dist/release.json can't be read"),
        (lambda dist: (dist / "release.json").unlink(), "no release was begun here"),
        (lambda dist: set_version(dist.parent, "0.2.0"), "dist/ holds glassnet-bent 0.1.0, and pyproject.toml says"),
    ],
)
def test_nothing_but_the_proved_files_is_resumed(change, words, project):
    dist = project / "dist"
    dist.mkdir()
    wheel(dist)
    (dist / "glassnet_bent-0.1.0.tar.gz").write_bytes(b"sources")
    files = [{"name": name, "sha256": digest} for name, digest in checksums(dist).items()]
    record = {"name": "glassnet-bent", "version": "0.1.0", "files": files}
    (dist / "release.json").write_text(json.dumps(record))
    change(dist)
    outcome = run(project, resume=True)
    assert outcome.step == "Pre-flight" and words in str(outcome.error) and "leave out --resume" in str(outcome.error)


def test_leftover_variables_do_not_steer_the_upload(index, built, monkeypatch):
    for name, value in {"PASSWORD": "wrong", "USERNAME": "me", "REPOSITORY_URL": "https://upload.pypi.org"}.items():
        monkeypatch.setenv(f"TWINE_{name}", value)
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")  # and no proxy is asked for this machine
    outcome = follow(doctor(built))
    assert len([line for line in outcome.of("remark") if "would silently override what twine is told" in line]) == 3
    built.files = [wheel(built.dist, "glassnet-leftover")]
    assert follow(send(built, built.files)).error is None
    assert len(files_on(index, "glassnet-leftover")) == 1


# It brings a finder of modules of the old kind, which Python warns of at every import: it must go with this test.
@pytest.mark.filterwarnings("ignore:_ImportRedirect:ImportWarning")
@pytest.mark.skipif(not SOAK, reason="make soak uploads to another index than ours")
def test_an_unmodified_pypiserver_takes_it_too(tmp_path, monkeypatch):
    """Nobody shall say that our client only works with our server."""
    monkeypatch.setattr(sys, "meta_path", list(sys.meta_path))
    pypiserver = pytest.importorskip("pypiserver", reason="pypiserver is not installed")
    packages = tmp_path / "packages"
    packages.mkdir()
    app = pypiserver.app(
        roots=[packages], authenticate=["update"], password_file="x", auther=lambda user, word: word == "secret-word"
    )
    with wsgiref.simple_server.make_server("127.0.0.1", 0, app, handler_class=Quiet) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}"
        target = Target("pypiserver", f"{url}/simple/", f"{url}/", "secret-word")
        project = make(tmp_path)
        outcome = done(project, target=target)
        assert checksums(packages) == checksums(project / "dist")
        assert "secret-word" not in outcome.words
        assert "version 0.1.0 of glassnet-bent is on" in str(run(project, target=target).error)
        wrong = about(project, target=Target("pypiserver", f"{url}/simple/", f"{url}/", "another"))
        refused = follow(send(wrong, [next((project / "dist").glob("*.whl"))]))
        server.shutdown()
    assert "does not know this token" in str(refused.error)


class Quiet(wsgiref.simple_server.WSGIRequestHandler):
    """A server that does not write a line a request."""

    def log_message(self, *args):
        """Say nothing."""


# A dry run

WATCH = """
import os, sys
from pathlib import Path

def watch(event, arguments):
    if event in ("socket.connect", "socket.getaddrinfo", "socket.sendto", "socket.bind") and "{log}":
        address = arguments[1] if event == "socket.connect" else arguments
        with open({log!r}, "a") as log:
            log.write(f"{{event}} {{address}} {{sys.argv}}\\n")

sys.addaudithook(watch)
"""


def test_a_dry_run_opens_no_connection(tmp_path, shared, monkeypatch):
    """Every Python that takes part is watched from its start, those in the clean room too."""
    release = about(make(tmp_path, name="before"), dry_run=True)
    follow(new_room(release, "room"))
    follow(kept_packages(release, what_tests_need(release.project), "the tests"))
    log, spy = tmp_path / "log", tmp_path / "spy"
    spy.mkdir()
    (spy / "sitecustomize.py").write_text(WATCH.format(log=str(log)))
    kept = [folder / "sitecustomize.py" for folder in (shared / "rooms").glob("shared-*")]
    project = make(tmp_path, backend="setuptools")
    command = [sys.executable, "-m", "glassnet", "release", str(project), "--dry-run"]
    try:
        for file in kept:
            shutil.copyfile(spy / "sitecustomize.py", file)
        env = os.environ | {"PYTHONPATH": str(spy), "WATCHED": "yes"}
        env.pop("PIP_NO_INDEX")  # the dry run has to think of that itself
        ended = subprocess.run(command, env=env, capture_output=True, text=True, timeout=PATIENCE)
        seen = log.read_text() if log.exists() else ""
        control = "import socket; socket.socket().connect_ex(('127.0.0.1', 9))"
        subprocess.run([sys.executable, "-c", control], env=env, check=True)
    finally:
        for file in kept:
            file.unlink(missing_ok=True)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "The dry run is through: nothing was sent." in ended.stdout
    assert "socket.connect ('127.0.0.1', 9)" in log.read_text()  # the watch does see connections
    assert [line for line in seen.splitlines() if "bind" not in line] == []
    assert len(kept) >= 2
    left_out = [line.split(":")[0][4:] for line in ended.stdout.splitlines() if ": left out, " in line]
    assert left_out == ["Target", "Confirm", "Upload", "Install back", "Prove again", "Tell others"]
    assert len(list((project / "dist").iterdir())) == 2  # and no release.json: nothing was begun


def test_a_dry_run_without_the_backend_says_what_it_leaves_out(project):
    file = project / "pyproject.toml"
    file.write_text(file.read_text().replace("hatchling>=1.27", "no-such-backend>=9"))
    outcome = done(project, dry_run=True)
    reason = "the build needs 'no-such-backend>=9': python -m pip install 'no-such-backend>=9'"
    assert [line.split(":")[0][4:] for line in outcome.of("skipped") if reason in line] == [
        "Clean", "Build", "Inspect", "Clean room",
    ]  # fmt: skip


#: failure -> the step that finds it, words that it has to say. None: a remark, and the release goes on.
FOUND = {
    "group-typo": ("Pre-flight", "the entry-point group 'glasnet' is one that nobody reads"),
    "dotted-group": ("Pre-flight", "is read as a table inside a table, because of its dot"),
    "entry-point-typo": ("Pre-flight", "Did you mean 'glassnet_bent.plugin'?"),
    "missing-decorator": ("Clean room", "lacks its decorator: write @hookimpl above it (src/glassnet_bent/plugin.py:"),
    "misspelt-hook": ("Clean room", "there is no hook 'activation'. Did you mean 'activations'?"),
    "empty-hook": ("Clean room", "activations() returned nothing: end it with `return [...]`"),
    "stray-dependency": ("Clean room", "add what it imports to dependencies in pyproject.toml"),
    "misspelt-package": ("Pre-flight", "names the module 'glassnet_bent.plugin', which this project does not have"),
    "wrong-slope": ("Clean room", "a part does not keep its contract: glassnet-bent/bent slope"),
    "noisy-import": ("Clean room", "importing glassnet_bent.plugin prints 'plugin loaded'"),
    "stale-version": ("Pre-flight", "says __version__ = '0.0.9', and pyproject.toml says '0.1.0'"),
    "forgotten-bump": ("Pre-flight", "newest entry is 9.0.0, and pyproject.toml still says 0.1.0"),
    "version-v": ("Pre-flight", "'v0.1.0' is silently rewritten as '0.1.0'"),
    "local-version": ("Pre-flight", "Leave out '+local1' and write 0.1.0"),
    "changelog-behind": (None, "the CHANGELOG has no entry for version 0.1.0"),
    "readme-missing": ("Pre-flight", "pyproject.toml declares README.md, and there is no such file"),
    "readme-undeclared": ("Pre-flight", "pyproject.toml declares no README"),
    "relative-link": ("Pre-flight", "README.md points at 'CHANGELOG.md' (line 21), beside it"),
    "relative-image": ("Pre-flight", "README.md points at 'docs/curve.png' (line 21), beside it"),
    "placeholder": ("Pre-flight", "README.md, line 21, still says 'TODO'"),
    "licence-classifier": ("Pre-flight", 'Keep license = "MIT" and remove the classifier'),
    "unknown-classifier": ("Pre-flight", "'Topic :: Neural Networks You Can See Through' is not a valid classifier"),
    "private-classifier": ("Pre-flight", "It is there to keep this package from being published"),
    "long-summary": ("Pre-flight", "'summary' field must be 512 characters or less"),
    "standard-name": ("Pre-flight", "conflict with Python Standard Library module name"),
    "similar-name": ("Pre-flight", "It is 'glassnet': without . _ - and with l and i read as 1"),
    "direct-dependency": ("Pre-flight", "Can't have direct dependency: colorama @ https://"),
    "licence-missing": ("Pre-flight", "there is no LICENSE: without a licence nobody may use what you publish"),
    "package-data-lost": ("Inspect", "glassnet_bent/constants.json did not reach the wheel"),
    "flat-layout": ("Pre-flight", "several top-level packages: glassnet_bent, plugins"),
    "tests-installed": ("Pre-flight", "several top-level packages: glassnet_bent, tests"),
    "secret-file": ("Pre-flight", ".pypirc holds passwords of an index"),
    "huge-file": ("Inspect", "glassnet_bent/measurements.csv of 1.7 MiB"),
    "stale-dist": (None, "dist/ still holds glassnet_bent-0.0.1-py3-none-any.whl"),
}


def test_every_failure_that_can_be_planted_has_its_words_here():
    assert set(FOUND) == set(FAILURES)


@pytest.mark.parametrize("failing", some(FOUND, 3))
def test_a_planted_failure_is_found_before_the_upload(failing, tmp_path):
    step, words = FOUND[failing]
    project = make(tmp_path, backend=BACKENDS[list(FOUND).index(failing) % 2])
    plant(failing, project)
    outcome = run(project, dry_run=True, until="" if step else "Build")
    assert words in outcome.words
    assert str(tmp_path) not in str(outcome.error)  # nothing that is gone in a moment, and nobody's own folders
    if step is None:
        assert outcome.error is None and any(words in remark for remark in outcome.of("remark"))
    else:
        assert (outcome.step, outcome.error.exit_code) == (step, 1)


# What an index answers


@pytest.fixture
def built(project):
    """A release that is ready to be sent."""
    dist = project / "dist"
    dist.mkdir()
    release = about(project)
    release.files = [wheel(dist)]
    return release


def answered(release, target) -> str:
    """What is said when that index refuses the file."""
    release.target = target
    outcome = follow(send(release, release.files))
    assert isinstance(outcome.error, StepFailed), outcome.words
    assert "python -P -m twine upload" in outcome.of("command")[0]
    return str(outcome.error)


def target_of(index, **change) -> Target:
    """The practice index, as a release to TestPyPI would address it."""
    known = {"name": "local", "simple": index.simple_url, "upload": index.upload_url, "token": index.token}
    return Target(**known | change)


def test_a_wrong_token_is_explained(index, built):
    said = answered(built, target_of(index, token="pypi-wrong-token"))
    assert "local does not know this token" in said and "accounts and tokens of PyPI and TestPyPI are separate" in said


def test_the_address_to_read_from_takes_nothing(index, built):
    said = answered(built, target_of(index, upload=index.simple_url))
    assert "the address is one to read from, not one to upload to" in said


def test_https_where_plain_http_is_spoken_is_explained(index, built):
    said = answered(built, target_of(index, upload=index.upload_url.replace("http:", "https:")))
    assert "the address says https, and the server there speaks plain http" in said


def test_a_server_that_is_down_is_explained(index, built):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
        said = answered(built, target_of(index, upload=f"{url}/legacy/"))
        assert "nothing answers at the address of local" in said and "glassnet index start" in said
        built.target = target_of(index, simple=f"{url}/simple/")
        with pytest.raises(StepFailed, match="nothing answers at the address of local"):
            published(built, "glassnet-bent")


def test_a_configuration_without_its_section_is_explained(index, built, tmp_path):
    (tmp_path / "empty.pypirc").write_text("[distutils]\n")
    said = answered(built, target_of(index, pypirc=tmp_path / "empty.pypirc"))
    assert "the pypirc file has no section [local]" in said


def test_changed_bytes_of_a_published_file_are_explained(index, tmp_path):
    project = make(tmp_path, name="changed")
    (project / "dist").mkdir()
    release = about(project, target=target_of(index, pypirc=index.pypirc))
    release.files = [wheel(project / "dist", "glassnet-changed")]
    assert follow(send(release, release.files)).error is None
    wheel(project / "dist", "glassnet-changed", code="x = 2\n")
    said = answered(release, release.target)
    assert "a file of glassnet-changed 0.1.0 is on local already, with other content" in said
    assert "a published file is never replaced" in said and "raise the version" in said


def test_what_only_the_index_knows_is_passed_on(index, tmp_path):
    """A refusal of the index itself, for metadata that pre-flight would have stopped."""
    project = make(tmp_path, name="private")
    (project / "dist").mkdir()
    release = about(project)
    release.files = [wheel(project / "dist", "glassnet-private", "0.1.0", "Classifier: Private :: No")]
    said = answered(release, target_of(index))
    assert "local refused the file: " in said and "'Private :: No' is not a valid classifier" in said


def test_a_name_too_near_to_another_is_refused_before_building(index, tmp_path):
    first = make(tmp_path, name="bloom")
    (first / "dist").mkdir()
    release = about(first, target=target_of(index))
    assert follow(send(release, [wheel(first / "dist", "glassnet-bloom")])).error is None
    outcome = run(make(tmp_path, name="b1oom"))
    assert outcome.step == "Target" and "It is 'glassnet-bloom'" in str(outcome.error)


#: What tools were seen to say, and what is made of it.
TRANSLATED = [
    (UPLOAD, "HTTPError: 403 Forbidden from https://x\nInvalid or non-existent authentication information.", "token"),
    (UPLOAD, "HTTPError: 401 Unauthorized", "glassnet does not know this token".replace("glassnet", "testpypi")),
    (UPLOAD, "HTTPError: 403 The user 'ada' isn't allowed to upload to project 'numpy'.", "belongs to somebody else"),
    (UPLOAD, "HTTPError: 400 Bad Request\nFile already exists ('a.whl').", "a published file is never replaced"),
    (UPLOAD, "400 This filename has already been used, use a different version.", "deleting a release frees no name"),
    (UPLOAD, "400 The name 'x' is too similar to an existing project.", "l and i are read as 1 and o as 0"),
    (
        UPLOAD,
        "400 The name 'os' isn't allowed (conflict with Python Standard Library module name).",
        "standard library",
    ),
    (UPLOAD, "NonInteractive: Credential not found for username.", "put it in the variable TESTPYPI_TOKEN"),
    (UPLOAD, "HTTPError: 405 Method Not Allowed", "one to read from"),
    (UPLOAD, "ssl.SSLError: [SSL: WRONG_VERSION_NUMBER] wrong version number", "speaks plain http"),
    (UPLOAD, "NewConnectionError: [Errno 111] Connection refused", "glassnet release --resume"),
    (UPLOAD, "UnsupportedConfiguration: ... does not have support for ... --skip-existing", "on any index"),
    (UPLOAD, "InvalidConfiguration: Missing 'local' section from ~/.pypirc.", "no section [local]"),
    (UPLOAD, "* `invalid-publisher`: valid token, but no corresponding publisher", "letter by letter"),
    (UPLOAD, "403 Invalid API Token: project-scoped token is not valid for project: 'x'", "for another project than"),
    (UPLOAD, "403 Invalid API Token: OIDC scoped token is not valid for project 'x'", "for another project than"),
    (UPLOAD, "403 Invalid API Token: token is expired", "the token has run out"),
    (UPLOAD, "403 Read-only mode: Uploads are temporarily disabled.", "from anybody"),
    (UPLOAD, "403 New uploads are temporarily disabled. See https://pypi.org/help/", "takes no uploads at the moment"),
    (UPLOAD, "403 New project registration temporarily disabled. See https://x.org", "or no new projects"),
    (
        UPLOAD,
        "400 Project size too large. Limit for project 'x' total size is 10 GB. See https://docs.pypi.org",
        "keeps for one project (10 GB)",
    ),
    (UPLOAD, "409 Conflict\nThe name 'x' conflicts with an existing project. See https://x.org", "got it a moment ago"),
    (UPLOAD, "400 Non-user identities cannot create new projects. This was probably caused by", "five fields"),
    (UPLOAD, "* `invalid-pending-publisher`: valid token, but", "whose fifth field is the project name, glassnet-bent"),
    (UPLOAD, "403 The given token isn't allowed to upload to project 'x'. See https://x.org", "belongs to somebody"),
    (UPLOAD, "400 The name 'x' is invalid.", "does not allow the name"),
    (UPLOAD, "400 Organization account owning this project is inactive. This may be due to", "is switched off"),
    (UPLOAD, "400 Uploading new files to releases older than 14 days is not allowed.", "is finished on testpypi"),
    (UPLOAD, "400 Only one sdist may be uploaded per release.", "raise the version"),
    (
        UPLOAD,
        "400 The digest supplied does not match a digest calculated from the uploaded file.",
        "changed on its way",
    ),
    (UPLOAD, "403 User 'a', associated with the API token used, does not have a verified primary email", "confirmed"),
    (UPLOAD, "403 User 'a' does not have two-factor authentication enabled.", "two-factor sign-in"),
    (UPLOAD, "429 Too Many Requests\nToo many new projects created", "wait an hour"),
    (UPLOAD, "400 File too large. Limit for project 'x' is 100 MB. See https://docs.pypi.org", "a file is larger than"),
    (
        UPLOAD,
        "400 Bad Request from https://x\n'bent' is not a valid url.",
        "refused the file: 'bent' is not a valid url",
    ),
    (UPLOAD, "HTTPError: 413 Request Entity Too Large", "larger than testpypi takes"),
    (UPLOAD, "HTTPError: 503 Service Unavailable", "testpypi itself has a fault"),
    (TOOLS, "/usr/bin/python3: No module named twine", "always `python -m twine`"),
    (TOOLS, "InvalidDistribution: Invalid distribution metadata: '2.5' is not a valid metadata version", "'twine>=7'"),
    (TOOLS, "InvalidDistribution: unrecognized or malformed field 'license-file'", "'packaging>=26.1'"),
    (TOOLS, "InvalidDistribution: Unknown distribution format: 'notes.txt'", "notes.txt lies in dist/"),
    (TOOLS, "no such option: --group", "python -m pip install --upgrade pip"),
    (TOOLS, "InvalidConfigError: License classifiers have been superseded by license expressions", "delete the class"),
    (TOOLS, "error: Multiple top-level packages discovered in a flat-layout: ['plugins', 'nn'].", "src/PACKAGE/"),
    (TOOLS, "OSError: Readme file does not exist: README.md", "the README that pyproject.toml declares is not there"),
    (TOOLS, "ValueError: Unknown classifier in field `project.classifiers`: Foo :: Bar", "https://pypi.org/class"),
    (TOOLS, "configuration error: `project.entry-points.host.plugins` must be string", '"host.plugins"'),
    (TOOLS, "configuration error: `project.name` must be pep508-identifier", "single dashes"),
    (TOOLS, "ValueError: Unable to determine which files to ship", 'packages = ["src/NAME"]'),
    (TOOLS, "ERROR: No matching distribution found for pluggy>=99", "pip finds pluggy>=99 on no index"),
    (TOOLS, "`long_description` missing.", 'write readme = "README.md"'),
    (TOOLS, "`long_description` has syntax errors in markup", "can't be rendered"),
    (TOOLS, "something nobody has seen before", "failed: something nobody has seen before"),
]


@pytest.mark.parametrize(("table", "output", "words"), TRANSLATED)
def test_words_of_tools_become_plain_words(table, output, words, project):
    error = failure(about(project, to="testpypi"), Done(1, f"Traceback ...\n{output}"), "the step", table)
    assert words in str(error) and "What to do: " in str(error)
    assert error.exit_code == 1 and output.splitlines()[-1] in error.output
    assert "{" not in str(error)


@pytest.mark.parametrize(
    "after",
    [
        "\nTIP pass --env-dir, then see https://build.pypa.io\nERROR Backend subprocess exited when trying to invoke x",
        "\n  [end of output]\n\n  note: This error originates from a subprocess, and is likely not a problem with pip."
        "\nerror: metadata-generation-failed\n\n× Encountered error while generating package metadata."
        "\n╰─> See above for output.\n\nhint: See above for details.",
    ],
)
def test_the_reason_stands_last(after, project):
    """What is shown of a tool ends with why it failed, not with the news that it did."""
    reason = "TypeError: Field `tool.hatch.build.targets.wheel.packages` must be an array of strings"
    error = failure(about(project), Done(1, f"Traceback ...\n  line\n{reason}{after}"), "the build")
    assert str(error).startswith(f"the build failed: {reason}. What to do: ")
    assert error.output.splitlines()[-1] == reason
    assert failure(about(project), Done(1, after.strip().splitlines()[-1]), "the build").output  # better than nothing


# The doctor, tokens and PyPI


@pytest.mark.parametrize(
    ("to", "token", "words"),
    [
        ("pypi", "", "no token for pypi was found. What to do: make one at https://pypi.org/manage/account/token/"),
        ("testpypi", "", "put it in the variable TESTPYPI_TOKEN (or in a keyring)"),
        ("pypi", "my-password", "does not begin with pypi-, so it is no token, and passwords are not taken"),
        ("pypi", f"{PYPI[:30]} {PYPI[30:]}", "has a space or a line break inside"),
        ("pypi", TESTPYPI, "was made by test.pypi.org, and pypi is pypi.org: their accounts and tokens are separate"),
        ("testpypi", PYPI, "was made by pypi.org, and testpypi is test.pypi.org"),
    ],
    ids=["none", "none for TestPyPI", "a password", "a space", "TestPyPI's", "PyPI's"],  # pytest writes them down
)
def test_a_token_that_can_not_be_right_is_refused_first(to, token, words, project, monkeypatch):
    monkeypatch.setenv(TOKENS[to], token)
    outcome = follow(doctor(about(project, to=to)))
    assert words in str(outcome.error)
    assert ("token from" in outcome.words) == bool(token)
    assert not token or token not in outcome.words


def test_the_home_of_a_token_can_be_read():
    assert (token_home(PYPI), token_home(TESTPYPI), token_home("pypi-!")) == ("pypi.org", "test.pypi.org", "")


def test_no_child_sees_a_token_and_no_output_shows_one(project, monkeypatch):
    monkeypatch.setenv("PYPI_TOKEN", PYPI)
    monkeypatch.setenv("TWINE_PASSWORD", "left over")
    release = about(project, target=Target("x", "http://127.0.0.1/", "", "practice-word"))
    assert PYPI not in environment(release).values() and "TWINE_PASSWORD" not in environment(release)
    assert mask(release, f"a {PYPI} b practice-word c") == "a pypi-*** b *** c"
    assert "practice-word" not in repr(release)


@pytest.mark.parametrize(("tool", "old"), [("twine", "6.1.0"), ("packaging", "24.2"), ("pip", "22.0")])
def test_an_old_tool_is_refused_before_it_fails(tool, old, project, tmp_path, monkeypatch):
    info = tmp_path / "site" / f"{tool}-{old}.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {tool}\nVersion: {old}\n")
    monkeypatch.syspath_prepend(info.parent)
    outcome = run(project, dry_run=True)
    assert outcome.step == "Doctor" and f"{tool} {old} is too old" in str(outcome.error)
    assert "python -m pip install --upgrade" in str(outcome.error)


def test_pypi_needs_a_person_or_a_clear_word(project):
    outcome = CliRunner().invoke(main, ["release", str(project), "--to", "pypi"])
    assert outcome.exit_code == 2
    assert "--to pypi can't be undone, and there is no terminal to ask at: add --yes" in outcome.output
    assert "Trusted Publishing" in outcome.output
    assert not (project / "dist").exists()


def test_pypi_is_confirmed_by_name_and_version(built):
    built.to, asked = "pypi", []
    built.ask = lambda question: asked.append(question) or "yes"
    outcome = follow(confirm(built))
    assert "nothing was published: 'yes' is not 'glassnet-bent 0.1.0'" in str(outcome.error)
    assert "This can't be undone" in asked[0]
    built.ask = lambda question: "glassnet-bent 0.1.0"
    outcome = follow(confirm(built))
    assert outcome.error is None
    assert f"sha256 {hashlib.sha256(built.files[0].read_bytes()).hexdigest()}" in outcome.words


def test_trusted_publishing_is_named_with_its_fields(project):
    subprocess.run(["git", "init", "--quiet"], cwd=project, check=True)
    remote = ["git", "remote", "add", "origin", "git@github.com:ada/glassnet-bent.git"]
    subprocess.run(remote, cwd=project, check=True)
    words = follow(trusted_publisher(read_project(project))).words
    fields = [line.split() for line in words.splitlines() if line.startswith("  ")]
    assert fields[0][:2] == ["project", "glassnet-bent"]
    assert fields[1:] == [
        ["owner", "ada"],
        ["repository", "glassnet-bent"],
        ["workflow", "publish.yml"],
        ["environment", "pypi"],
    ]


# Clean rooms


def test_a_room_that_is_not_clean_proves_nothing(project):
    release = about(project, dry_run=True)
    room = ended(new_room(release, "room"))
    subprocess.run(
        [sys.executable, "-m", "pip", "--python", room.python, "install", "-q", pack_host(release.scratch)], check=True
    )
    assert follow(negative_control(release, room)).error is None
    write_good(room.site, "glassnet-bent", "bent")
    outcome = follow(negative_control(release, room))
    assert "glassnet-bent is there before it was installed, so a green light would prove nothing" in str(outcome.error)


def test_a_room_holds_what_glassnet_requires_and_nothing_else(project, shared):
    assert follow(new_room(about(project, dry_run=True), "room")).error is None
    names = [{one.name.lower() for one in metadata.distributions(path=[str(place)])} for place in
             (shared / "rooms").glob("shared-*")]  # fmt: skip
    (host,) = [found for found in names if "scikit-learn" in found]
    assert {"numpy", "scipy", "pluggy", "click", "pandas"} <= host
    assert not {"pytest", "twine", "build", "glassnet", "hypothesis"} & host


def test_the_running_glassnet_is_packed_as_a_wheel_that_pip_takes(tmp_path):
    packed = pack_host(tmp_path)
    target = tmp_path / "target"
    options = ["--quiet", "--no-deps", "--no-compile", "--target", str(target)]
    subprocess.run([sys.executable, "-m", "pip", "install", *options, packed], check=True)
    (found,) = metadata.distributions(path=[str(target)])
    assert (found.name, found.version) == ("glassnet", metadata.version("glassnet"))
    assert {point.name for point in found.entry_points} == {"glassnet"}
    assert (target / "glassnet" / "py.typed").is_file()


def test_requirements_come_from_the_ordinary_index_first(index, project, tmp_path, monkeypatch):
    """The practice index stands in for the ordinary one."""
    release = about(project, target=target_of(index))
    assert follow(send(release, [wheel(project.parent, "tiny-requirement")])).error is None
    monkeypatch.delenv("PIP_NO_INDEX")
    monkeypatch.setenv("PIP_INDEX_URL", index.simple_url)
    monkeypatch.setenv("GLASSNET_CACHE", str(tmp_path / "cache"))
    for expected in ("fetched once from the ordinary index", "kept from an earlier release"):
        outcome = follow(kept_packages(release, ["tiny-requirement==0.1.0"], "what it needs"))
        assert outcome.error is None and f"what it needs: {expected}" in outcome.words
    (kept,) = (tmp_path / "cache" / "rooms").iterdir()
    assert (kept / "tiny_requirement" / "__init__.py").is_file()


#: Two guests, of which one requires the other, as the line for a package that requires them names them.
THE_TWO = ["glassnet-arc==0.2.0", "glassnet-bow==0.2.0"]


@pytest.fixture(scope="module")
def two_guests(index, tmp_path_factory):
    """They are on the practice index, in two versions each."""
    folder = tmp_path_factory.mktemp("guests")
    needs = ("Requires-Dist: glassnet-arc>=0.2", "Requires-Dist: numpy")
    for version in ("0.1.0", "0.2.0"):
        for file in (
            wheel(folder, "glassnet-arc", version, code="bend = 2.0\n"),
            wheel(folder, "glassnet-bow", version, *needs, code="from glassnet_arc import bend\n"),
        ):
            put(Store(index.folder), file)


def lean_on(project, wanted: str) -> None:
    """Let the package require a guest, and import it."""
    file = project / "pyproject.toml"
    file.write_text(file.read_text().replace('"numpy>=2.0"', f'"numpy>=2.0", "{wanted}"'))
    (plugin,) = (project / "src").rglob("plugin.py")
    plugin.write_text(
        plugin.read_text().replace("import numpy as np\n", "import glassnet_bow\nimport numpy as np\n", 1)
    )


class Stranger(http.server.BaseHTTPRequestHandler):
    """An ordinary index on which somebody has put higher versions under every guest's name; it notes what is asked."""

    asked: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        name = self.path.rstrip("/").rpartition("/")[2]
        self.asked.append(name)
        page = b'<a href="x/glassnet_bow-99.0-py3-none-any.whl">glassnet_bow-99.0-py3-none-any.whl</a>'
        page = page.replace(b"glassnet_bow", name.replace("-", "_").encode())
        self.send_response(200 if name.startswith("glassnet-") else 404)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(page)))
        self.end_headers()
        self.wfile.write(page)

    def log_message(self, *words):
        """Nothing."""


def test_a_guest_of_a_guest_comes_from_the_index_of_the_release_alone(index, two_guests, project, monkeypatch):
    lean_on(project, "glassnet-bow>=0.1")
    release = about(project, target=target_of(index))
    assert follow(tell(release)).of("note") == [f"it needs {join(THE_TWO)}, which local has"]
    needs = "Requires-Dist: glassnet-bow>=0.1"
    release.files = [wheel(project.parent, "glassnet-bent", "0.1.0", needs, code="import glassnet_bow\n")]
    room = ended(new_room(release, "room"))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Stranger) as stranger:
        threading.Thread(target=stranger.serve_forever, args=(0.01,), daemon=True).start()
        monkeypatch.delenv("PIP_NO_INDEX")
        for name in ("PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{stranger.server_port}/simple/")
        outcomes = [follow(furnish(release, room)), follow(install(release, room, str(release.wheel)))]
        stranger.shutdown()
    assert [outcome.error for outcome in outcomes] == [None, None]
    assert Stranger.asked == [] and " ".join(THE_TWO) in outcomes[0].of("command")[0]
    found = {one.name: one.version for one in metadata.distributions(path=[str(room.site)])}
    assert found == {"glassnet-arc": "0.2.0", "glassnet-bow": "0.2.0", "glassnet-bent": "0.1.0"}
    subprocess.run([room.python, "-I", "-c", "import glassnet_bent"], check=True)


def test_a_version_of_a_guest_that_is_nowhere_is_one_line_before_anything_is_built(index, two_guests, project):
    lean_on(project, "glassnet-bow>=9")
    outcome = run(project)
    assert outcome.step == "Target" and outcome.error.exit_code == 1
    assert str(outcome.error) == (
        "glassnet-bent requires glassnet-bow>=9, and what the index has is 0.1.0, 0.2.0. What to do: widen the "
        "versions under dependencies in pyproject.toml, or release the guest that is wanted first"
    )


def test_a_guest_that_is_nowhere_is_one_line(index, project, monkeypatch):
    """Once where no index may be asked, once where the ordinary one has never heard of it."""
    lean_on(project, "glassnet-nowhere")
    release = about(project, target=target_of(index))
    room = Room(project.parent / "room")
    alone = str(follow(furnish(release, room)).error)
    assert "requires numpy>=2.0, glassnet-nowhere, which can be had neither from an index nor from this" in alone
    monkeypatch.delenv("PIP_NO_INDEX")
    monkeypatch.setenv("PIP_INDEX_URL", index.simple_url)
    room = ended(new_room(about(project, dry_run=True), "another"))
    asked = follow(furnish(release, room))
    assert "requires glassnet-nowhere, which local does not have, and neither has the ordinary index." in str(
        asked.error
    )
    for line in (alone, str(asked.error)):
        assert line.endswith("What to do: release that guest first, from its own folder, or correct the name under "
                             "dependencies in pyproject.toml")  # fmt: skip


def test_without_a_network_it_works_with_what_is_here(index, two_guests, tmp_path, monkeypatch):
    """A class without a connection: the ordinary index does not answer, the practice index does. A guest on guests."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        monkeypatch.delenv("PIP_NO_INDEX")
        monkeypatch.setenv("PIP_INDEX_URL", f"http://127.0.0.1:{taken.getsockname()[1]}/simple/")
        project = make(tmp_path, "optimizer", "hatchling", name="offline")
        lean_on(project, "glassnet-bow>=0.1")
        outcome = done(project)
    assert_complete(outcome, project, index, dict(one.split("==") for one in THE_TWO))
    assert "the backend could not be fetched: the one that is installed here builds" in outcome.of("remark")
    assert any("could not be fetched: taken from this environment" in line for line in outcome.of("remark"))


def test_a_package_of_another_kind_is_only_imported(tmp_path):
    """Older course notes: no plugin, no tests, setuptools."""
    project = tmp_path / "nn"
    (project / "src/nn_relu6").mkdir(parents=True)
    (project / "src/nn_relu6/__init__.py").write_text("def relu6(z):\n    return min(max(z, 0), 6)\n")
    (project / "LICENSE").write_text("MIT\n")
    (project / "README.md").write_text("# nn_relu6\n\nA part.\n")
    (project / "pyproject.toml").write_text(
        '[build-system]\nrequires = ["setuptools>=61.0"]\nbuild-backend = "setuptools.build_meta"\n'
        '[project]\nname = "nn_relu6"\nversion = "0.1.0"\ndescription = "A part"\nreadme = "README.md"\n'
        'requires-python = ">=3.7"\nclassifiers = ["License :: OSI Approved :: MIT License"]\n'
    )
    outcome = done(project)
    assert "no plugin of glassnet: it can be imported" in outcome.words
    assert "there are no tests" in outcome.words
    assert any("is how licences were declared before 2025" in line for line in outcome.of("remark"))


# Tests and cleaning


def test_red_tests_stop_a_release(project):
    for file in (project / "tests").iterdir():  # which are run elsewhere
        file.unlink()
    (project / "tests" / "test_red.py").write_text("def test_red():\n    assert 1 == 2, 'this is red'\n")
    outcome = run(project, dry_run=True)
    assert outcome.step == "Clean room" and "the tests are red: 1 failed" in str(outcome.error)
    assert "this is red" in outcome.error.output


def test_a_folder_of_tests_without_a_test_is_no_proof(project):
    for file in (project / "tests").iterdir():
        file.unlink()
    (project / "tests" / "test_nothing.py").write_text("x = 1\n")
    assert "pytest found no test" in str(run(project, dry_run=True).error)


def test_tests_run_here_only_where_they_would_test_this_folder(project, tmp_path, monkeypatch):
    assert "glassnet-bent is not installed in this environment" in why_not_here(read_project(project))
    write_good(tmp_path / "site", "glassnet-bent", "bent", version="0.0.9")
    monkeypatch.syspath_prepend(tmp_path / "site")
    assert "is another copy" in why_not_here(read_project(project))
    origin = {"url": project.as_uri(), "dir_info": {"editable": True}}
    (tmp_path / "site" / "glassnet_bent-0.0.9.dist-info" / "direct_url.json").write_text(json.dumps(origin))
    stale = why_not_here(read_project(project))
    assert "still say 0.0.9 and pyproject.toml says 0.1.0" in stale and "pip install -e . again" in stale
    set_version(project, "0.0.9")
    assert why_not_here(read_project(project)) == ""


def test_cleaning_never_leaves_the_project(project, tmp_path):
    outside = tmp_path / "mine"
    outside.mkdir()
    (outside / "thesis.txt").write_text("years of work")
    (project / "dist").symlink_to(outside, target_is_directory=True)
    (project / "build").mkdir()
    outcome = follow(clean(about(project)))
    assert "dist is a link that leads out of the project" in str(outcome.error)
    assert (outside / "thesis.txt").read_text() == "years of work"
    (project / "dist").unlink()
    (project / "src" / "glassnet_bent.egg-info").mkdir()
    assert follow(clean(about(project))).of("command") == ["rm -r build", "rm -r src/glassnet_bent.egg-info"]


# The command


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--dry-run", "--resume"], "give one of the two"),
        (["nowhere"], "nowhere has no pyproject.toml, so it is no package"),
        (["--to", "somewhere"], "--to wants local, testpypi, pypi, the address of an index"),
    ],
)
def test_bad_usage_is_one_line(words, message, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    outcome = CliRunner().invoke(main, ["release", *words])
    assert outcome.exit_code == 2 and message in outcome.output


@pytest.mark.skipif(shutil.which("make") is None, reason="there is no make here")
def test_make_release_is_a_thin_face():
    words = ["make", "-n", "release", "PACKAGE=plugins/glassnet-swish", "REPOSITORY=testpypi"]
    said = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert said.splitlines()[-1] == ".venv/bin/glassnet release plugins/glassnet-swish --to testpypi "
    said = subprocess.run(["make", "-n", "release"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert said.splitlines()[-1] == ".venv/bin/glassnet release . --to local "
