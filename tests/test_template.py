"""The template: what it makes is a real package that builds without a complaint and passes its own tests."""

import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections import Counter
from email import message_from_string
from itertools import cycle
from pathlib import Path
from textwrap import dedent

import pytest
import yaml
from click.testing import CliRunner
from cookiecutter.main import cookiecutter as cookiecutter_main
from guests import environment
from packages import build, command, install, make, own_tests
from waiting import PATIENCE

from glassnet.cli import main
from glassnet.kinds import KINDS
from glassnet.publish.naming import BACKENDS
from glassnet.publish.template import Answers, new_project, template_folder

ROOT = Path(__file__).parent.parent
STRANGE = {"description": 'The "bent" one \\ it\'s 光', "author": 'O\'Neill "Zoë" \\', "email": "zoe@example.org"}


def files_of(folder):
    """Every file by its name, as bytes."""
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def cookiecutter(folder, **answers):
    """The command cookiecutter, as somebody without glassnet's own command would type it."""
    words = [f"{answer}={given}" for answer, given in answers.items()]
    return subprocess.run(
        [sys.executable, "-m", "cookiecutter", str(ROOT), "--directory", "template", "--no-input", *words],
        cwd=folder,
        env=environment(HOME=str(folder.parent / "home")),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "backend"), [*zip(KINDS, cycle(BACKENDS), strict=False)])
def test_cookiecutter_itself_makes_the_same_bytes(kind, backend, tmp_path):
    """Its own function in this process: that its command is this function, the refusals below show."""
    (tmp_path / "ours").mkdir()
    (tmp_path / "theirs").mkdir()
    ours = new_project(Answers("my-bend", kind, backend, **STRANGE), tmp_path / "ours")
    settings = tmp_path / "settings.yaml"
    settings.write_text(f"cookiecutters_dir: {tmp_path / 'cached'}\nreplay_dir: {tmp_path / 'replay'}\n")
    answers = {"name": "glassnet-my-bend", "kind": kind, "backend": backend, **STRANGE}
    options = {"no_input": True, "directory": "template", "output_dir": str(tmp_path / "theirs")}
    made = cookiecutter_main(str(ROOT), extra_context=answers, config_file=str(settings), **options)
    assert made == str(tmp_path / "theirs" / "glassnet-my-bend")
    assert files_of(ours) == files_of(Path(made))
    assert len(files_of(ours)) >= 12


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        ({"name": "glassnet-glassnet-x"}, "has the prefix glassnet- twice"),
        ({"name": "bent", "author": "Ada\nLovelace"}, "author 'Ada\\nLovelace' holds '\\n'"),
        ({"name": "bent", "email": '"'}, "is no address"),
        ({"name": "relu"}, "'relu' is a part of glassnet itself"),
    ],
)
def test_cookiecutter_itself_refuses_what_we_refuse(answers, words, tmp_path):
    folder = tmp_path / "theirs"
    folder.mkdir()
    found = cookiecutter(folder, **answers)
    assert found.returncode != 0
    assert found.stderr.startswith("ERROR: ")
    assert words in found.stderr.splitlines()[0]
    assert list(folder.iterdir()) == []


@pytest.mark.slow
@pytest.mark.parametrize("backend", BACKENDS)
def test_packages_of_all_kinds_build_install_and_pass_their_own_tests_beside_each_other(backend, tmp_path):
    """A half of the kinds with each backend: built one by one, installed together, and each asked for its own tests."""
    kinds = [kind for kind, other in zip(KINDS, cycle(reversed(BACKENDS)), strict=False) if other == backend]
    wheels = []
    for kind in kinds:
        project = make(tmp_path, kind, backend, name=f"my-{kind}")
        log = build(project)
        assert "deprecat" not in log.lower()
        assert not [line for line in log.lower().splitlines() if "warning" in line and "byte-compiling" not in line]
        [wheel], [sdist] = project.glob("dist/*.whl"), project.glob("dist/*.tar.gz")
        made = f"glassnet_my_{kind}-0.1.0"
        assert (wheel.name, sdist.name) == (f"{made}-py3-none-any.whl", f"{made}.tar.gz")
        shutil.copytree(project / "tests", tmp_path / "away" / kind / "tests")
        wheels.append(wheel)
    passed = own_tests(install(tmp_path / "site", *wheels), tmp_path / "away", "-vv", "--import-mode=importlib")
    assert passed.returncode == 0, passed.stdout
    counts = Counter(re.findall(r"(\w+)/tests/test_\w+\.py::\S+ PASSED", passed.stdout))
    assert set(counts) == set(kinds) and min(counts.values()) >= 15, counts
    assert "tests run against a wheel, away from their folder" in passed.stdout


@pytest.mark.slow
def test_a_package_from_a_file_passes_its_own_tests(tmp_path):
    """The shortest plugin there is, which names no source."""
    (tmp_path / "bent.py").write_text(
        dedent("""\
            import numpy as np
            from glassnet import Activation, hookimpl

            def bent_identity():
                '''Bent identity: nearly linear, never flat.

                f(z) = (sqrt(z^2 + 1) - 1) / 2 + z
                '''
                return Activation(
                    f=lambda z: (np.sqrt(z**2 + 1) - 1) / 2 + z,
                    df=lambda z, a: z / (2 * np.sqrt(z**2 + 1)) + 1,
                )

            @hookimpl
            def activations():
                return [bent_identity]
        """)
    )
    project = new_project(Answers("bent", plugin_file=tmp_path / "bent.py"), tmp_path)
    passed = own_tests(install(tmp_path / "site", project), project / "tests")
    assert passed.returncode == 0, passed.stdout
    assert "bent_identity" in (project / "README.md").read_text()


@pytest.mark.slow
def test_the_wheel_says_what_an_index_wants_to_know(tmp_path):
    for backend in BACKENDS:
        (tmp_path / backend).mkdir()
        project = new_project(Answers("bent", "dataset", backend, **STRANGE), tmp_path / backend)
        build(project)
        [wheel], [sdist] = project.glob("dist/*.whl"), project.glob("dist/*.tar.gz")
        for judge in (("twine", "check", "--strict", wheel, sdist), ("check_wheel_contents", wheel)):
            judged = command(*judge, cwd=project)
            assert judged.returncode == 0, judged.stdout
        with zipfile.ZipFile(wheel) as archive:
            names = archive.namelist()
            text = archive.read("glassnet_bent-0.1.0.dist-info/METADATA").decode()
        assert {"glassnet_bent/py.typed", "glassnet_bent/hubble_1929.csv"} < set(names)
        assert "glassnet_bent-0.1.0.dist-info/licenses/LICENSE" in names
        metadata = message_from_string(text)
        assert metadata["Metadata-Version"] == "2.4"
        assert metadata["License-Expression"] == "MIT"
        assert metadata["Description-Content-Type"] == "text/markdown"
        assert not [words for words in metadata.get_all("Classifier") if words.startswith("License")]
        assert {"glassnet>=0.1", "numpy>=2.0"} == set(metadata.get_all("Requires-Dist"))
        assert f"\nSummary: {STRANGE['description']}\n" in text
        assert "zoe@example.org" in text


def test_the_version_is_written_once(tmp_path):
    project = make(tmp_path)
    places = [name for name, content in files_of(project).items() if b"0.1.0" in content]
    assert sorted(places) == ["CHANGELOG.md", "pyproject.toml"]


@pytest.mark.parametrize("name", ["b", "a-name-of-thirty-letters-is-it"])
def test_ruff_finds_nothing_however_long_the_name_is(name, tmp_path):
    for kind in KINDS:
        (tmp_path / kind).mkdir()
        make(tmp_path / kind, kind, name=name)
    for words in (("check",), ("format", "--check")):
        found = command("ruff", *words, "--no-cache", tmp_path, cwd=tmp_path)
        assert found.returncode == 0, found.stdout


def test_the_readme_has_no_link_that_breaks_on_an_index(tmp_path):
    for kind in KINDS:
        readme = (make(tmp_path, kind, name=f"my-{kind}") / "README.md").read_text(encoding="utf-8")
        for link in re.findall(r"\]\(([^)]*)\)|<([^>]*)>", readme):
            assert "".join(link).startswith("https://")
        assert "pip install glassnet-my-" in readme
        assert not re.search(r"TODO|FIXME|\{\{|Your ", readme)


@pytest.mark.slow
def test_every_command_of_the_readme_exists(tmp_path, monkeypatch):
    """`make` targets are in the Makefile, and glassnet's commands understand their options."""
    monkeypatch.chdir(tmp_path)
    for kind in KINDS:
        project = make(tmp_path, kind, name=f"my-{kind}")
        readme = (project / "README.md").read_text(encoding="utf-8")
        for target in set(re.findall(r"`make (\w+)", readme)):
            assert _make(project, "-n", target).returncode == 0
        shown = [line.split() for line in readme.splitlines() if line.startswith("    glassnet ")]
        own = {"plot": ["train", "plot"], "engine": ["compare"], "command": ["my-command"], "lesson": ["lesson"]}
        own["exhibit"] = ["museum"]
        assert [words[1] for words in shown] == ["show", *own.get(kind, ["train"])]
        plugin = project / "src" / f"glassnet_my_{kind}" / "plugin.py"
        for words in shown:
            # Two epochs are enough to see that the command is understood.
            few = ["--epochs", "2"] if words[1] in ("train", "compare") else []
            done = CliRunner().invoke(main, ["--plugin", str(plugin), *words[1:], *few])
            assert done.exit_code == 0, done.output


def _make(project, *words):
    return subprocess.run(["make", *words], cwd=project, capture_output=True, text=True, timeout=PATIENCE)


def test_the_makefile_is_a_thin_face(tmp_path):
    project = make(tmp_path, backend="setuptools")
    assert _make(project, "-n", "release").stdout == "python3 -P -m glassnet release . --to local\n"
    shown = _make(project, "-n", "release", "REPOSITORY=testpypi", "PYTHON=python").stdout
    assert shown == "python -P -m glassnet release . --to testpypi\n"
    (project / "src" / "glassnet_bent.egg-info").mkdir()
    (project / "dist").mkdir()
    assert _make(project, "clean").returncode == 0
    assert not (project / "dist").exists()
    assert not (project / "src" / "glassnet_bent.egg-info").exists()
    assert (project / "src" / "glassnet_bent" / "plugin.py").exists()


def test_the_workflow_can_publish_and_nothing_else(tmp_path):
    text = (make(tmp_path) / ".github/workflows/publish.yml").read_text()
    flow = yaml.safe_load(text)
    assert flow["permissions"] == {}
    assert flow["jobs"]["build"]["permissions"] == {"contents": "read"}
    publish = flow["jobs"]["publish"]
    assert publish["permissions"] == {"id-token": "write"}
    assert (publish["environment"], publish["needs"]) == ("pypi", "build")
    used = re.findall(r"uses: (\S+)@(\S+) # v\d+\.\d+\.\d+\n", text)
    assert len(used) == text.count("uses:") == 5
    assert all(re.fullmatch(r"[0-9a-f]{40}", commit) for _, commit in used)
    assert publish["steps"][-1]["uses"].startswith("pypa/gh-action-pypi-publish@")
    assert "password" not in text.partition("on:")[2] and "secrets." not in text


def test_the_tag_in_the_workflow_has_to_be_the_version(tmp_path):
    project = make(tmp_path)
    flow = yaml.safe_load((project / ".github/workflows/publish.yml").read_text())
    [step] = [step["run"] for step in flow["jobs"]["build"]["steps"] if step.get("name") == "The tag is the version"]
    for tag, code in (("v0.1.0", 0), ("v0.2.0", 1)):
        found = subprocess.run(
            ["sh", "-c", step.replace("python", sys.executable)],
            cwd=project,
            env={**os.environ, "GITHUB_REF_NAME": tag},
            capture_output=True,
            text=True,
        )
        assert found.returncode == code
        assert code == 0 or "tag the release v0.1.0" in found.stderr


@pytest.mark.slow
def test_an_installed_glassnet_brings_its_template_along(tmp_path):
    """From the wheel, which is built from the sdist; nothing of the checkout is seen."""
    built = command("build", "--no-isolation", "--outdir", tmp_path / "dist", cwd=ROOT)
    assert built.returncode == 0, built.stdout
    [wheel] = (tmp_path / "dist").glob("*.whl")
    site = tmp_path / "site"
    zipfile.ZipFile(wheel).extractall(site)
    code = "from glassnet.publish.template import template_folder; print(template_folder())"
    found = command("glassnet", "new", "bent", "--no-input", cwd=tmp_path, path=(site,), HOME=str(tmp_path))
    assert found.returncode == 0, found.stdout
    where = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=environment(site), capture_output=True, text=True
    )
    assert Path(where.stdout.strip()) == site / "glassnet" / "_template"
    assert files_of(site / "glassnet" / "_template") == files_of(template_folder())


def test_the_checkout_uses_its_own_template():
    assert template_folder() == ROOT / "template"
