"""Lines that are run or shown when a package is published: no file beside it and no setting of pip's gets in."""

import ast
import http.server
import json
import re
import sys
import threading
from pathlib import Path

import pytest
from archives import wheel
from indexes import put
from packages import make

import glassnet
from glassnet.publish import serving
from glassnet.publish.installing import install_line, install_words
from glassnet.publish.preflight import preflight
from glassnet.publish.project import read_project
from glassnet.publish.release import Release
from glassnet.publish.release.commands import python, quietly

ROOT = Path(glassnet.__file__).parent
TEMPLATES = [*(ROOT.parents[1] / "template").rglob("Makefile"), *(ROOT.parents[1] / "plugins").glob("*/Makefile")]
TEMPLATES += (ROOT.parents[1] / "template").rglob("publish.yml")


@pytest.fixture(scope="module")
def shadowed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A package with files beside its pyproject.toml that say when they are imported."""
    project = make(tmp_path_factory.mktemp("shadowed"))
    for name in ("build", "getpass", "requests", "readme_renderer"):
        (project / f"{name}.py").write_text(f"open('imported-{name}', 'w')\nraise SystemExit('{name} was imported')\n")
    (project / "json").mkdir()
    (project / "json/__init__.py").write_text("open('imported-json', 'w')\nraise SystemExit('json was imported')\n")
    return project


@pytest.mark.parametrize("tool", ["build", "twine"])
def test_a_tool_does_not_import_what_lies_in_the_project(tool: str, shadowed: Path, tmp_path: Path) -> None:
    release = Release(read_project(shadowed), "local", tmp_path)
    done = quietly(release, python("-m", tool, "--version"))
    assert done.code == 0 and tool in done.output, done.output
    child = f"import subprocess, sys; sys.exit(subprocess.call([sys.executable, '-m', {tool!r}, '--version']))"
    assert quietly(release, python("-c", child)).code == 0  # what a tool starts is kept from it, too
    assert list(shadowed.glob("imported-*")) == []


def test_files_that_shadow_a_module_are_remarked_on(shadowed: Path) -> None:
    found = [one.message for one in preflight(read_project(shadowed), "local").remarks if one.id == "shadowed-module"]
    assert [message.partition(" is called like the module ")[0] for message in found] == [
        "build.py", "getpass.py", "json", "readme_renderer.py", "requests.py",
    ]  # fmt: skip
    assert all("a tool that is started in this folder may import yours instead" in message for message in found)


def started_pythons() -> list[tuple[str, list[str]]]:
    """Every command in our modules that begins with this Python: (file:line, its words that are texts)."""
    found = []
    texts = {path: path.read_text("utf-8") for path in ROOT.rglob("*.py")}
    for path, text in texts.items():
        for node in ast.walk(ast.parse(text)) if "sys.executable" in text else ():
            if isinstance(node, ast.List) and node.elts and ast.unparse(node.elts[0]) == "sys.executable":
                words = [one.value for one in node.elts if isinstance(one, ast.Constant)]
                found.append((f"{path.relative_to(ROOT)}:{node.lineno}", words))
    return found


def test_each_python_that_is_started_leaves_the_folder_aside() -> None:
    found = started_pythons()
    assert len(found) >= 5
    assert [place for place, words in found if not {"-P", "-I"} & set(words)] == []
    for path in TEMPLATES:
        lines = re.findall(r"(?:\$\(PYTHON\)|python) (?!-P).*-m (?:build|twine|glassnet|ruff).*", path.read_text())
        assert lines == [], path


def test_one_room_writes_the_line_that_installs() -> None:
    texts = {path: path.read_text("utf-8") for path in ROOT.rglob("*") if path.suffix in (".py", ".html", ".md")}
    writing = [path.name for path, text in texts.items() if re.search(r"--(?:extra-)?index-url[ \"'=]", text)]
    assert writing == ["installing.py"]


class Stranger(http.server.BaseHTTPRequestHandler):
    """An index with a higher version under the same name, which notes that it was asked."""

    asked: list[str] = []  # noqa: RUF012 - what all its requests share
    name = "glassnet_taken-99.0-py3-none-any.whl"

    def do_GET(self) -> None:
        self.asked.append(self.path)
        page = f'<title>Links for it</title><a href="/{self.name}">{self.name}</a>'.encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(page)))
        self.end_headers()
        self.wfile.write(page)

    def log_message(self, *words: object) -> None:
        """Nothing."""


def test_the_line_asks_no_other_index_whatever_pip_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(serving.FOLDER, str(tmp_path / "index"))
    from glassnet.publish.store import Store

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Stranger) as stranger:
        threading.Thread(target=stranger.serve_forever, args=(0.01,), daemon=True).start()
        monkeypatch.setenv("PIP_EXTRA_INDEX_URL", f"http://127.0.0.1:{stranger.server_port}/simple/")
        served = serving.start()
        try:
            put(Store(served.folder), wheel(tmp_path, "glassnet-taken"))
            words = install_words(served.simple_url, "glassnet-taken", "0.1.0")
            assert served.install_command("glassnet-taken", "0.1.0").endswith(" ".join(words))
            report = tmp_path / "report.json"
            release = Release(read_project(make(tmp_path)), "local", tmp_path)
            done = quietly(release, python("-m", "pip", *words, "--dry-run", "--report", str(report)))
            assert done.code == 0, done.output
        finally:
            serving.stop()
            stranger.shutdown()
    (taken,) = json.loads(report.read_text())["install"]
    assert taken["metadata"]["version"] == "0.1.0" and Stranger.asked == []
    assert install_line("https://a/simple/", "b", "1") == (
        "python -m pip install --isolated --no-deps --index-url https://a/simple/ b==1"
    )
    assert sys.executable not in served.install_command("glassnet-taken", "0.1.0")
