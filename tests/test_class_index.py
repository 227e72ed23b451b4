"""An index for a class: who may publish what, by which names it is asked, what it gives of others, what a page does."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import urlsplit

import pytest
from archives import metadata, wheel
from click.testing import CliRunner, Result
from indexes import CLASS, TOKEN, Running, put, running
from packages import make

from glassnet.cli import main
from glassnet.errors import GlassnetError
from glassnet.publish import serving, store
from glassnet.publish.classroom import students as classroom
from glassnet.publish.classroom.opening import EVERYWHERE, HERE, Opening, opening
from glassnet.publish.classroom.students import Students, names_in
from glassnet.publish.installing import install_line, short_lines, trusting

JSON = "application/vnd.pypi.simple.v1+json"
HOST = "teacher.local:8000"


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """One class index for the tests that only need one; each has students and names of its own."""
    with running(tmp_path_factory.mktemp("class") / "state", CLASS) as here:
        yield here


def glassnet(*words: str) -> Result:
    return CliRunner().invoke(main, ["--no-plugins", *words], prog_name="glassnet")


# --- owners -----------------------------------------------------------------------------------------------


def test_the_first_who_publishes_a_name_owns_it(index: Running, tmp_path: Path) -> None:
    tokens = index.students("ada", "ben")
    assert index.publish(wheel(tmp_path, "glassnet-owned"), tokens["ada"]).status_code == 200
    for token in (tokens["ben"], TOKEN):
        answer = index.publish(wheel(tmp_path, "glassnet-owned", "0.2.0"), token)
        assert answer.status_code == 403
        assert (
            "isn't allowed to upload to project 'glassnet-owned'. See https://pypi.org/help/#project-name"
            in answer.reason
        )
        assert (
            "Is it yours? Then use the token that it was first uploaded with. Else choose another name" in answer.text
        )
    assert "The user 'ben'" in index.publish(wheel(tmp_path, "Glassnet_Owned", "0.2.0"), tokens["ben"]).reason
    assert "such as glassnet-owned-ben." in index.publish(wheel(tmp_path, "glassnet-owned"), tokens["ben"]).text
    assert index.publish(wheel(tmp_path, "glassnet-owned", "0.2.0"), tokens["ada"]).status_code == 200
    index.store.remove_all_of("ada")
    assert index.publish(wheel(tmp_path, "glassnet-owned", "0.3.0"), tokens["ben"]).status_code == 403, "for ever"


@pytest.mark.parametrize("name", ["glassnet", "numpy", "twine", "scikit-learn"])
def test_no_student_takes_a_name_that_the_whole_class_installs(index: Running, tmp_path: Path, name: str) -> None:
    (token,) = index.students("eve").values()
    answer = index.publish(wheel(tmp_path, name, "99.0"), token)
    assert answer.status_code == 403
    assert f"The user 'eve' isn't allowed to upload to project '{name}'." in answer.reason


def test_a_student_has_so_much_room_and_is_so_fast(
    index: Running, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (token,) = index.students("ivy").values()
    monkeypatch.setattr(store, "MOST_FILES", 1)
    assert index.publish(wheel(tmp_path, "glassnet-room"), token).status_code == 200
    answer = index.publish(wheel(tmp_path, "glassnet-room", "0.2.0"), token)
    assert (answer.status_code, "Limit is 1 files and 300 MB for each student." in answer.reason) == (400, True)
    monkeypatch.setattr(classroom, "MOST_UPLOADS", 2)
    answer = index.publish(wheel(tmp_path, "glassnet-room", "0.3.0"), token)
    assert (answer.status_code, "Too many uploads from you" in answer.reason) == (429, True)


def test_a_pace_is_forgotten_after_a_while(tmp_path: Path) -> None:
    now = [0.0]
    known = Students(tmp_path, lambda: now[0])
    assert [known.is_too_fast("ada") for _ in range(classroom.MOST_UPLOADS + 1)].count(True) == 1
    now[0] += classroom.WITHIN + 1
    assert not known.is_too_fast("ada")


# --- tokens -----------------------------------------------------------------------------------------------


def test_tokens_are_kept_as_checksums_and_a_new_one_replaces_the_old(index: Running, tmp_path: Path) -> None:
    (first,) = index.students("kay").values()
    (second,) = index.students("kay").values()
    kept = (index.folder / classroom.STUDENTS_FILE).read_text()
    assert first not in kept and second not in kept
    assert index.publish(wheel(tmp_path, "glassnet-kay"), first).status_code == 403
    assert index.publish(wheel(tmp_path, "glassnet-kay"), second).status_code == 200
    Students(index.folder).dismiss("kay")
    answer = index.publish(wheel(tmp_path, "glassnet-kay", "0.2.0"), second)
    assert (answer.status_code, "A new one: ask your teacher." in answer.text.replace("\n", " ")) == (403, True)
    with pytest.raises(GlassnetError, match="no student 'kai' has a token for this index"):
        Students(index.folder).dismiss("kai")


def test_a_student_may_not_stop_the_index_nor_report_for_others(index: Running, tmp_path: Path) -> None:
    tokens = index.students("lea", "max")
    index.publish(wheel(tmp_path, "glassnet-lea"), tokens["lea"])
    told = {"project": "glassnet-lea", "version": "0.1.0", "passed": ["Tests: 5 passed"]}

    def report(token: str, body: bytes) -> int:
        return index.ask("/-/report", "POST", body, Authorization=login(token)).status

    assert index.ask("/-/stop", "POST", Authorization=login(tokens["lea"])).status == 403
    assert report(tokens["max"], json.dumps(told).encode()) == 403
    assert report(tokens["lea"], b"[]") == report(tokens["lea"], b'{"project": 1}') == 400
    assert report(tokens["lea"], b" " * 100_000) == 413
    assert report(tokens["lea"], json.dumps(told).encode()) == 200
    assert index.index.reports.all()["glassnet-lea 0.1.0"] == ["Tests: 5 passed"]


def login(token: str) -> str:
    import base64

    return "Basic " + base64.b64encode(f"__token__:{token}".encode()).decode()


NAMES = [
    ("", "a student can't be called ''"),
    ("a b", "can't be called 'a b': use letters a-z, digits and . _ - inside"),
    ("../x", "can't be called '../x'"),
    ("teacher", "can't be called 'teacher'"),
    ("x" * 41, "at most 40 in all"),
]


@pytest.mark.parametrize(("name", "words"), NAMES)
def test_what_a_student_can_not_be_called(tmp_path: Path, name: str, words: str) -> None:
    with pytest.raises(GlassnetError, match=re.escape(words)):
        Students(tmp_path).enrol(["ada", name])
    assert Students(tmp_path).names() == [], "all of them or none"


def test_a_list_of_students_is_a_column_of_a_file(tmp_path: Path) -> None:
    file = tmp_path / "class.csv"
    for text in ("ada\nben\n", "name\nada\nben\n", "No,Student\n1,ada\n2,ben\n", "\ufeffname;group\nada;1\nben;2\n"):
        file.write_text(text, encoding="utf-8")
        assert names_in(file) == ["ada", "ben"]
    file.write_text("ada\nada\n")
    with pytest.raises(GlassnetError, match="names ada more than once"):
        names_in(file)
    file.write_text("\n\n")
    with pytest.raises(GlassnetError, match="names nobody: write one student a line"):
        names_in(file)
    with pytest.raises(GlassnetError, match="'ada' and 'Ada' differ in capital letters alone"):
        Students(tmp_path).enrol(["ada", "Ada"])


# --- addresses --------------------------------------------------------------------------------------------


def test_addresses_are_those_by_which_it_was_asked_and_no_others(index: Running, tmp_path: Path) -> None:
    (token,) = index.students("noa").values()
    index.publish(wheel(tmp_path, "glassnet-noa"), token)
    page = index.ask("/", Host=HOST)
    line = "python -m pip install --isolated --no-deps --trusted-host teacher.local --index-url http://teacher.local:8000/simple/"
    assert f"{line} glassnet-noa==0.1.0" in page.text
    assert "python -m pip config --site set global.index-url http://teacher.local:8000/simple/" in page.text
    assert "python -m pip config --site set global.trusted-host teacher.local" in page.text
    assert "What plain HTTP means" in page.text
    assert "--trusted-host" not in index.ask("/", Host="127.0.0.1:8000").text.partition("<h2>What plain")[0]
    for other in ("evil.example", "teacher.local.evil.example", "10.0.0.7:8000", ""):
        assert index.ask("/", Host=other).status == 400
    origin = {"Authorization": login(TOKEN), "Origin": "http://evil.example", "Host": HOST}
    for path in ("/-/stop", "/legacy/", "/-/report"):
        assert index.ask(path, "POST", b"", **origin).status == 403


def test_pip_is_told_to_trust_other_machines_alone() -> None:
    assert trusting("http://teacher.local:8000/simple/") == ["--trusted-host", "teacher.local"]
    assert trusting("http://127.0.0.1:8000/simple/") == trusting("https://teacher.local/simple/") == []
    assert "--trusted-host" not in install_line("http://localhost:1/simple/", "a", "1")
    assert len(short_lines("https://teacher.local/simple/")) == 1


def test_the_printed_line_installs_from_another_machine_over_plain_http(index: Running, tmp_path: Path) -> None:
    """pip refuses that without `--trusted-host`. The other machine is played by a proxy, which knows its name."""
    index.publish(wheel(tmp_path, "glassnet-far"))

    class Proxy(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            there = urlsplit(self.path)
            answer = index.ask(there.path, Host=there.netloc, Accept=self.headers.get("Accept", "*/*"))
            self.send_response(answer.status)
            for name in ("content-type", "content-length"):
                self.send_header(name, answer.headers[name])
            self.end_headers()
            self.wfile.write(answer.content)

        def log_message(self, format: str, *args: object) -> None:
            """Quiet."""

    (line,) = re.findall(r"python -m (pip install [^<]*glassnet-far==0.1.0)", index.ask("/", Host=HOST).text)
    clean = {name: value for name, value in os.environ.items() if "PIP_" not in name and "proxy" not in name.lower()}
    with ThreadingHTTPServer(("127.0.0.1", 0), Proxy) as proxy:
        Thread(target=proxy.serve_forever, args=(0.01,), daemon=True).start()
        words = [
            "--proxy",
            f"http://127.0.0.1:{proxy.server_port}",
            "--target",
            str(tmp_path / "got"),
            "--no-cache-dir",
        ]
        command = [sys.executable, "-m", *line.split(), *words]
        done = subprocess.run(command, capture_output=True, text=True, env=clean | {"PIP_CONFIG_FILE": os.devnull})
        proxy.shutdown()
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "got/glassnet_far/__init__.py").read_text() == "x = 1\n"


# --- releases to it ---------------------------------------------------------------------------------------


def test_a_release_that_can_not_be_is_one_line_before_anything_is_built(
    index: Running, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tokens = index.students("amy", "bob")
    index.publish(wheel(tmp_path, "glassnet-taken"), tokens["amy"])
    project = make(tmp_path, name="taken")
    monkeypatch.setenv("GLASSNET_PYPIRC", str(tmp_path / ".pypirc"))
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        gone = f"http://127.0.0.1:{closed.getsockname()[1]}/"
        here = f"{index.url}/simple/"  # people copy what they find
        cases = [
            (here, "", 1, f"no token for {index.url}/legacy/ was found. What to do: paste the line"),
            (here, "class-wrong", 1, f"{index.url}/ does not know this token. What to do: paste the line"),
            (gone, tokens["bob"], 1, f"nothing answers at {gone}"),
            (here, tokens["bob"], 1, f"glassnet-taken on {here} belongs to amy, who published it first. Is it yours?"),
            (here, tokens["bob"], 1, 'another name, such as name = "glassnet-taken-bob", in pyproject.toml, line'),
            (here, tokens["amy"], 1, "version 0.1.0 of glassnet-taken is on"),
            ("http://", "", 2, "--to http:// names no server"),
            ("https://upload.pypi.org/legacy/", "", 2, "is upload.pypi.org: say --to pypi, which looks at the token"),
            ("lokal", "", 2, "not 'lokal'. Did you mean 'local'?"),
        ]
        for to, token, code, words in cases:
            monkeypatch.setenv("GLASSNET_INDEX_TOKEN", token)
            done = glassnet("release", str(project), "--to", to)
            assert (done.exit_code, words in done.output) == (code, True), done.output
            assert not token or token not in done.output
    assert not (project / "dist").exists()
    (tmp_path / ".pypirc").write_text("[half\n")
    done = glassnet("release", str(project), "--to", "class")
    assert done.exit_code == 2 and f"{tmp_path / '.pypirc'} can't be read" in done.output


OPENINGS = [
    ((), EVERYWHERE, None, "", None, "say by which name or address students reach this machine: --name HOST, such as "),
    (("http://a",), HERE, None, "", None, "'http://a' is no name of a machine: give it without http:// and port"),
    (("a",), "here", None, "", None, "--bind wants an address of this machine"),
    (
        ("a",),
        HERE,
        Path("nowhere"),
        "",
        None,
        "there is no folder nowhere of wheels. Make it with: glassnet index wheels",
    ),
    (("a",), HERE, None, "pypi", None, "--pass-on wants the address of a simple index"),
    (("a",), HERE, None, "", (Path("c"), Path("k")), "there is no file c: --tls wants a certificate and its key"),
]


@pytest.mark.parametrize("case", OPENINGS, ids=range(len(OPENINGS)))
def test_openings_that_can_not_be(case: tuple) -> None:
    *given, words = case
    with pytest.raises(GlassnetError, match=re.escape(words)):
        opening(*given)


def test_a_class_is_opened_by_somebody_who_was_asked() -> None:
    done = glassnet("index", "serve", "--class", "--name", "teacher.local")
    assert (done.exit_code, "nobody can be asked here: add --yes" in done.output) == (2, True)
    done = glassnet("index", "start", "--name", "teacher.local")
    assert (done.exit_code, "are for a class: add --class" in done.output) == (2, True)


# --- what nobody here has published -----------------------------------------------------------------------


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[tuple[str, list[str]]]:
    """A second index, and what it was asked for."""
    asked: list[str] = []

    class Other(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(b"<title>Links for x</title>")

        def log_message(self, format: str, *args: object) -> None:
            """Quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Other) as server:
        Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/simple/", asked
        server.shutdown()


def test_what_is_not_here_comes_from_the_wheelhouse_or_from_elsewhere(
    tmp_path: Path, elsewhere: tuple[str, list[str]]
) -> None:
    """And a name that was ever published here is asked for nowhere else, nor taken from a wheel of the same name."""
    other, asked = elsewhere
    house = tmp_path / "wheels"
    house.mkdir()
    kept = wheel(house, "glassnet-kept", "5.0", "Requires-Dist: numpy")
    (house / "half-1.0-py3-none-any.whl").write_bytes(b"PK")
    with running(tmp_path / "state", Opening(("teacher.local",), HERE, house, other)) as index:
        (token,) = index.students("ada").values()
        assert index.publish(wheel(tmp_path, "glassnet-kept", "9.0"), token).status_code == 403, (
            "it is the wheelhouse's"
        )
        assert index.publish(wheel(tmp_path, "glassnet-mine", "0.1.0"), token).status_code == 200
        wheel(house, "glassnet-mine", "99.0")
        pip = [
            sys.executable,
            "-m",
            "pip",
            "--isolated",
            "--disable-pip-version-check",
            "download",
            "--no-cache-dir",
            "--quiet",
            "--dest",
            tmp_path / "got",
        ]
        words = ["--no-deps", "--index-url", f"{index.url}/simple/", "glassnet-kept", "glassnet-mine", "nowhere-at-all"]
        clean = {name: value for name, value in os.environ.items() if not name.startswith("PIP_")}
        done = subprocess.run(
            [*map(str, [*pip, *words])], capture_output=True, text=True, env=clean | {"PIP_CONFIG_FILE": os.devnull}
        )
        assert "No matching distribution found for nowhere-at-all" in done.stderr
        assert asked == ["/simple/nowhere-at-all/"], "for nothing that somebody here has"
        listed = json.loads(index.ask("/simple/glassnet-mine/", Accept=JSON).content)
        assert [file["filename"] for file in listed["files"]] == ["glassnet_mine-0.1.0-py3-none-any.whl"]
        assert listed["_owner"] == "ada"
        (file,) = json.loads(index.ask("/simple/glassnet-kept/", Accept=JSON).content)["files"]
        assert index.ask(file["url"]).content == kept.read_bytes()
        assert index.ask(f"{file['url']}.metadata").text == metadata("glassnet-kept", "5.0", "Requires-Dist: numpy")
        assert index.ask("/simple/half/").status == 302, "half a wheel is none"
        index.store.remove("glassnet_mine-0.1.0-py3-none-any.whl")
        assert index.ask("/simple/glassnet-mine/").status == 404
        assert index.ask("/simple/Glassnet_Mine/").status == 404
        assert index.ask("/files/glassnet-mine/glassnet_mine-99.0-py3-none-any.whl").status == 404
        assert index.ask("/simple/..%2f..%2fx/").status == 404
    assert not any("mine" in path for path in asked)


def test_a_wheelhouse_is_packed_from_what_is_installed_where_there_is_no_network(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from glassnet.publish.classroom import wheels

    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setattr(wheels, "WANTED", "jinja2")
    monkeypatch.setattr(wheels, "_guests", list)
    monkeypatch.setattr(wheels, "_required", lambda guest: ["jinja2>=3"])
    done = glassnet("index", "wheels", str(tmp_path / "wheels"))
    assert done.exit_code == 0, done.output
    assert "packed from what is installed here" in done.output
    found = {path.name.partition("-")[0]: path for path in (tmp_path / "wheels").glob("*.whl")}
    assert {*found} == {"glassnet", "jinja2", "markupsafe"}
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-index", "--no-compile", "--find-links", "wheels"]
    done = subprocess.run([*pip, "--target", "there", "jinja2"], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    with zipfile.ZipFile(found["markupsafe"]) as archive:
        assert not [name for name in archive.namelist() if name.endswith("direct_url.json")]


# --- the commands -----------------------------------------------------------------------------------------


def test_from_the_first_command_to_a_clean_index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a teacher types, with a server of its own; what a student pastes."""
    monkeypatch.setenv("GLASSNET_INDEX", str(tmp_path / "state"))
    monkeypatch.setenv("GLASSNET_PYPIRC", str(tmp_path / ".pypirc"))
    done = glassnet("index", "student", "ada")
    assert (done.exit_code, "First: glassnet index serve --class --name HOST" in done.output) == (2, True)
    words = ("--name", "127.0.0.1", "--name", "teacher.local", "--bind", HERE, "--no-pass-on")
    done = glassnet("index", "start", "--class", *words)
    assert done.exit_code == 0, done.output
    try:
        served = serving.running()
        assert served is not None and served.names == ("127.0.0.1", "teacher.local")
        assert f"class index at {served.url}/, kept in" in done.output
        assert "It speaks plain HTTP: who listens on this network can read what goes by" in done.output
        assert "already runs" in glassnet("index", "start", "--class", "--name", "other", "--bind", HERE).output
        (tmp_path / "class.csv").write_text("name\nben\ncleo\n")
        done = glassnet("index", "student", "ada", "--list", str(tmp_path / "class.csv"))
        lines = dict(re.findall(rf"(\w+): glassnet (index join {served.url}/ class-[\w-]+)", done.output))
        assert [*lines] == ["ada", "ben", "cleo"]
        assert glassnet("index", "student").output.split() == ["ada", "ben", "cleo"]
        (tmp_path / ".pypirc").write_text(
            "[distutils]\nindex-servers = other\n\n# mine\n[other]\nrepository = https://a.b/\n"
        )
        done = glassnet(*lines["ada"].split())
        assert done.exit_code == 0, done.output
        assert f"welcome, ada: {served.url}/ and your token are kept in {tmp_path / '.pypirc'}" in done.output
        kept = (tmp_path / ".pypirc").read_text()
        assert "# mine\n[other]" in kept
        monkeypatch.setenv("GLASSNET_PYPIRC", str(tmp_path / "none-yet"))
        assert glassnet(*lines["cleo"].split()).exit_code == 0
        assert (tmp_path / "none-yet").read_text().startswith("[distutils]\nindex-servers =\n    class\n\n[class]\n")
        monkeypatch.setenv("GLASSNET_PYPIRC", str(tmp_path / ".pypirc"))
        assert kept.count("[class]") == 1
        assert glassnet(*lines["ben"].split()).exit_code == 0
        assert (tmp_path / ".pypirc").read_text().count("[class]") == 1
        assert (tmp_path / ".pypirc").stat().st_mode & 0o77 == 0
        done = glassnet("index", "join", f"{served.url}/simple/", "class-wrong")
        assert (done.exit_code, "does not know this token. What to do: paste the line" in done.output) == (1, True)
        done = glassnet("release", ".", "--to", "clas")
        assert done.exit_code == 2
        assert "or a name in" in done.output and "not 'clas'. Did you mean 'class'?" in done.output
        made = store.Store(served.folder)
        assert "\nholds " not in done.output
        put(made, wheel(tmp_path, "glassnet-made"), "ada")
        monkeypatch.setattr(serving, "start", lambda **_: served)
        assert "\nholds      glassnet-made already" in glassnet("index", "start", "--class", *words).output
        assert "glassnet-made 0.1.0 is hidden" in glassnet("index", "yank", "glassnet_made", "0.1.0").output
        assert made.yanked() == {"glassnet_made-0.1.0-py3-none-any.whl": ""}
        assert "is shown again" in glassnet("index", "yank", "glassnet-made", "0.1.0", "--undo").output
        done = glassnet("index", "yank", "glassnet-made", "0.2.0")
        assert (done.exit_code, "no release 0.2.0 of 'glassnet-made'" in done.output) == (2, True)
        assert "1 wheel in" in glassnet("index", "export", str(tmp_path / "out")).output
        assert [path.name for path in (tmp_path / "out").iterdir()] == ["glassnet_made-0.1.0-py3-none-any.whl"]
        assert glassnet("index", "export", str(tmp_path / "out")).exit_code == 2
        assert glassnet("index", "remove").exit_code == 2
        assert "removed 0 files of ben. The names stay used up" in glassnet("index", "remove", "--of", "ben").output
        assert "worth nothing any more" in glassnet("index", "student", "--dismiss", "cleo").output
        assert glassnet("index", "wipe").exit_code == 2
        assert "removed 1 file and all tokens" in glassnet("index", "wipe", "--yes").output
        assert made.history() == [] and "nobody has a token yet" in glassnet("index", "student").output
    finally:
        serving.stop()
