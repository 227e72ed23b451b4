"""The template: what it makes is a real package that builds without a complaint and passes its own tests."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from collections import Counter
from email import message_from_string
from importlib.metadata import version
from itertools import cycle
from pathlib import Path
from textwrap import dedent

import pytest
import yaml
from click.testing import CliRunner
from cookiecutter.main import cookiecutter as cookiecutter_main
from guests import environment
from packages import ALONE, build, command, install, make, own_tests, type_lines, unpack, uses, wheels
from packaging.version import Version
from samples import some
from waiting import PATIENCE

from glassnet.cli import main
from glassnet.publish.naming import BACKENDS, EXAMPLES, FORMS, LICENCES
from glassnet.publish.template import Answers, new_project, template_folder

ROOT = Path(__file__).parent.parent
STRANGE = {"description": 'The "bent" one \\ it\'s 光', "author": 'O\'Neill "Zoë" \\', "email": "zoe@example.org"}
#: Every example of `glassnet new` with a backend, in turn.
EACH = [*zip(EXAMPLES, cycle(reversed(BACKENDS)), strict=False)]
#: Copies of what the examples fetch, laid out as a mirror.
MIRROR = ROOT / "tests/mirror"


def name_of(example):
    """A package's name for each of them: my-dataset-fetched."""
    return f"my-{example.replace(':', '-')}"


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
@pytest.mark.parametrize(("kind", "backend"), EACH)
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


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A package of every example, half of them with each backend."""
    folder = tmp_path_factory.mktemp("made")
    return {example: make(folder, example, backend, name=name_of(example)) for example, backend in EACH}


@pytest.fixture(scope="module")
def installed(made, tmp_path_factory):
    """All of them in one environment, beside each other; what a build complained about is seen here."""
    site = tmp_path_factory.mktemp("site")
    for backend in BACKENDS:
        projects = [made[example] for example, other in EACH if other == backend]
        found, log = wheels(site / backend, backend, *projects)
        assert len(found) == len(projects)
        assert not [line for line in log.lower().splitlines() if "warning" in line and "byte-compiling" not in line]
        assert "deprecat" not in log.lower()
        unpack(site, found)
    return site


@pytest.mark.slow
def test_packages_of_all_kinds_pass_their_own_tests_beside_each_other(made, installed, tmp_path):
    """Away from their folders, as a release tests them."""
    for example, project in made.items():
        shutil.copytree(project / "tests", tmp_path / name_of(example) / "tests")
    passed = own_tests(installed, tmp_path, "-vv", "--import-mode=importlib", GLASSNET_DATA_MIRROR=str(MIRROR))
    assert passed.returncode == 0, passed.stdout
    counts = Counter(re.findall(r"([\w-]+)/tests/test_\w+\.py::\S+ PASSED", passed.stdout))
    assert set(counts) == {name_of(example) for example in EXAMPLES} and min(counts.values()) >= 15, counts
    assert "tests run against a wheel, away from their folder" in passed.stdout


@pytest.mark.slow
def test_every_line_of_a_use_section_works(made, installed, tmp_path):
    """As it is typed, where the package is installed, each in a folder of its own."""
    typed = {str(project): uses(project) for project in made.values()}
    assert all(lines[0].startswith("glassnet show ") and len(lines) > 1 for lines in typed.values())
    type_lines(typed, tmp_path, installed, GLASSNET_DATA_MIRROR=str(MIRROR))


def test_a_file_of_any_kind_becomes_the_same_package(made, tmp_path):
    """`--from` the part of each example: what lies beside it comes along, and it is used alike."""
    for example in some(EXAMPLES, 3):
        project = made[example]
        package = project / "src" / project.name.replace("-", "_")
        beside = {file.name for file in package.iterdir()} - {"plugin.py", "__init__.py", "py.typed"}
        answers = Answers(name_of(example), plugin_file=package / "plugin.py")
        assert (set(answers.leaning.files), answers.leaning.remarks) == (beside, ()), example
        again = new_project(answers, tmp_path)
        assert beside < {file.name for file in (again / "src" / package.name).iterdir()}
        assert uses(again)[0] == uses(project)[0] or example == "lesson"  # of which the first is the warm-up
        assert example in ("command", "lesson", "loss:width") or uses(again) == uses(project)


MANY = """
    from glassnet import Loss, Metric, Plot, hookimpl, pictures

    def wanted(output, task):
        return Loss(
            value=lambda y, t: ((y - t) ** 2).mean(axis=1),
            grad=lambda y, t: 2 * (y - t) / y.shape[1],
            output=output,
            task=task,
        )

    def relu():
        '''A loss that is called like our activation.'''
        return wanted("sigmoid", "binary")

    def for_classes():
        '''A loss for several classes.'''
        return wanted("softmax", "multiclass")

    def for_labels():
        '''A loss for several labels.'''
        return wanted("sigmoid", "multilabel")

    def share_right():
        '''The share of rows that are right.'''
        return Metric(lambda p, t, weight: float((p == t).mean()), better="higher")

    def empty(name, of, unsuited=lambda subject: ""):
        def part():
            return Plot(lambda subject: pictures.single("empty", "x", "y")[0], of=of, unsuited=unsuited)

        part.__name__ = part.__qualname__ = name
        part.__doc__ = "An empty picture."
        return part

    @hookimpl
    def losses():
        return [relu, for_classes, for_labels]

    @hookimpl
    def metrics():
        return [share_right]

    @hookimpl
    def plots():
        no_loss = lambda choice: "" if choice.part.kind == "loss" else "it is no loss"
        of_all = [empty(f"empty_{of}", of) for of in ("run", "runs", "sweep", "parts")]
        return [*of_all, empty("of_a_loss", "part", no_loss)]
"""


@pytest.mark.slow
def test_several_parts_and_kinds_of_one_file_are_used_as_they_can_be(tmp_path):
    """A name that two parts share, tasks that want other rows, and a picture of each sort of subject."""
    (tmp_path / "many.py").write_text(dedent(MANY))
    project = new_project(Answers("many", plugin_file=tmp_path / "many.py"), tmp_path)
    lines = uses(project)
    assert lines[:2] == ["glassnet show relu --kind loss", "glassnet train breast_cancer --loss relu"]
    assert "glassnet plot --part squared_error of_a_loss" in lines
    assert [line for line in lines if "for_labels" in line] == ["glassnet show for_labels"]
    found, _ = wheels(tmp_path / "wheels", "hatchling", project)
    type_lines({"many": lines}, tmp_path, unpack(tmp_path / "site", found))


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


def test_every_form_has_its_files_and_every_file_its_form():
    names = {file.stem for file in (template_folder() / "templates").glob("*.py")} - {"any_test"}
    forms = {example.replace(":", "_") for example in EXAMPLES}
    assert names == forms | {f"{form}_test" for form in forms}
    assert all(words for forms in FORMS.values() for words in forms.values())


def test_a_part_is_renamed_in_one_file(made):
    """Of the code: a README and a CHANGELOG tell people what it is called."""
    for example, project in made.items():
        part = name_of(example).replace("-", "_")
        holding = {file.name for file in project.rglob("*.py") if re.search(rf"\b{part}\b", file.read_text())}
        assert holding == {"plugin.py"}


def test_the_version_is_written_once(tmp_path):
    project = make(tmp_path)
    places = [name for name, content in files_of(project).items() if b"0.1.0" in content]
    assert sorted(places) == ["CHANGELOG.md", "pyproject.toml"]


@pytest.mark.parametrize("name", ["b", "a-name-of-thirty-letters-is-it"])
def test_ruff_finds_nothing_however_long_the_name_is(name, tmp_path):
    for example in EXAMPLES:
        (tmp_path / name_of(example)).mkdir()
        make(tmp_path / name_of(example), example, name=name)
    for words in (("check",), ("format", "--check")):
        found = command("ruff", *words, "--no-cache", tmp_path, cwd=tmp_path)
        assert found.returncode == 0, found.stdout


def test_the_readme_has_no_link_that_breaks_on_an_index(made):
    for project in made.values():
        readme = (project / "README.md").read_text(encoding="utf-8")
        for link in re.findall(r"\]\(([^)]*)\)|<([^>]*)>", readme):
            assert "".join(link).startswith("https://")
        assert "pip install glassnet-my-" in readme
        assert not re.search(r"TODO|FIXME|\{\{|Your ", readme)


def test_every_make_target_of_the_readme_is_in_the_makefile(tmp_path):
    project = make(tmp_path)
    for target in set(re.findall(r"`make (\w+)", (project / "README.md").read_text(encoding="utf-8"))):
        assert _make(project, "-n", target).returncode == 0


def _make(project, *words):
    return subprocess.run(["make", *words], cwd=project, capture_output=True, text=True, timeout=PATIENCE)


@pytest.mark.slow
@pytest.mark.skipif(Version(version("pip")) < Version("25.1"), reason="pip knows no groups before 25.1")
def test_make_install_needs_no_network_where_all_is_there(tmp_path):
    """In an environment that sees what is installed here and has no place of its own in it yet."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", tmp_path / "venv"], check=True)
    [site] = (tmp_path / "venv").glob("lib/python*/site-packages")
    here = [folder for folder in sys.path if folder.endswith("site-packages")]
    (site / "here.pth").write_text("".join(f"import site; site.addsitedir({folder!r})\n" for folder in here))
    project, python = make(tmp_path), tmp_path / "venv/bin/python"
    done = subprocess.run(
        ["make", "install", f"PYTHON={python}"], cwd=project, env=environment(**ALONE), capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    code = "import glassnet_bent.plugin as it; print(it.__file__)"
    found = subprocess.run([python, "-P", "-c", code], cwd=tmp_path, capture_output=True, text=True)
    assert Path(found.stdout.strip()) == project / "src/glassnet_bent/plugin.py", found.stderr


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


@pytest.fixture(scope="module")
def owned(tmp_path_factory):
    """A package with a repository of its own."""
    return new_project(Answers("bent", github="ada-l"), tmp_path_factory.mktemp("owned"))


def project_table(project):
    """The `[project]` table of a package."""
    return tomllib.loads((project / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def test_the_workflows_can_publish_and_nothing_else(owned):
    flows = {path.stem: path.read_text() for path in (owned / ".github/workflows").glob("*.yml")}
    assert set(flows) == {"publish", "test"}
    for text in flows.values():
        flow = yaml.safe_load(text)
        assert flow["permissions"] == {}
        used = re.findall(r"uses: (\S+)@(\S+) # v\d+\.\d+\.\d+\n", text)
        assert len(used) == text.count("uses:") and all(re.fullmatch(r"[0-9a-f]{40}", commit) for _, commit in used)
        assert "password" not in text.partition("on:")[2] and "secrets." not in text
        for name, job in flow["jobs"].items():
            publishes = name in ("testpypi", "pypi")
            assert job["permissions"] == ({"id-token": "write"} if publishes else {"contents": "read"})
            assert publishes == any("gh-action-pypi-publish" in step.get("uses", "") for step in job["steps"])
            assert "${{" not in str([step.get("run") for step in job["steps"]])  # no text of others becomes a command


def test_a_release_goes_to_testpypi_first_and_a_trial_no_farther(owned):
    jobs = yaml.safe_load((owned / ".github/workflows/publish.yml").read_text())["jobs"]
    assert [jobs[name].get("needs") for name in ("build", "testpypi", "pypi")] == [None, "build", "testpypi"]
    assert jobs["pypi"]["if"] == "github.event_name == 'release'" and "if" not in jobs["testpypi"]
    for name, host in (("testpypi", "test.pypi.org"), ("pypi", "pypi.org")):
        assert jobs[name]["environment"] == {"name": name, "url": f"https://{host}/project/glassnet-bent/"}
    assert jobs["testpypi"]["steps"][-1]["with"]["repository-url"] == "https://test.pypi.org/legacy/"
    assert "with" not in jobs["pypi"]["steps"][-1]


def test_every_python_that_is_promised_is_tested(owned):
    flow = yaml.safe_load((owned / ".github/workflows/test.yml").read_text())
    promised = [words.rpartition(" ")[2] for words in project_table(owned)["classifiers"] if ":: 3." in words]
    assert flow["jobs"]["test"]["strategy"]["matrix"]["python"] == promised == ["3.11", "3.12", "3.13", "3.14"]
    assert yaml.safe_load((owned / ".github/dependabot.yml").read_text())["version"] == 2


def test_a_repository_is_begun_that_knows_its_home(owned):
    def git(*words):
        return subprocess.run(["git", *words], cwd=owned, capture_output=True, text=True).stdout.strip()

    home = "https://github.com/ada-l/glassnet-bent"
    assert (git("symbolic-ref", "--short", "HEAD"), git("remote", "get-url", "origin")) == ("main", f"{home}.git")
    assert set(project_table(owned)["urls"].values()) == {home, f"{home}/issues", f"{home}/blob/main/CHANGELOG.md"}
    readme = (owned / "README.md").read_text()
    assert f"({home}/actions/workflows/test.yml/badge.svg)" in readme and f"<{home}/issues>" in readme


def test_what_git_keeps_for_itself_is_not_counted(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    said = CliRunner().invoke(main, ["new", "bent", "--github", "ada-l", "--no-input"]).output
    files = [path for path in Path("glassnet-bent").rglob("*") if path.is_file() and ".git" not in path.parts]
    assert f"with {len(files)} files" in said and Path("glassnet-bent/.git").is_dir()


def test_inside_another_repository_none_is_begun(owned, tmp_path):
    subprocess.run(["git", "init", "--quiet"], cwd=tmp_path, check=True)
    assert not (new_project(Answers("bent", github="ada-l"), tmp_path) / ".git").exists()


def test_without_an_owner_there_is_nothing_of_a_repository(made):
    project = made["activation"]
    assert not (project / ".git").exists() and "github" not in (project / "README.md").read_text()
    assert [path.name for path in (project / ".github").rglob("*.yml")] == ["publish.yml"]


@pytest.mark.parametrize("licence", LICENCES)
def test_each_licence_is_said_by_its_name_and_in_full(licence, tmp_path):
    project = new_project(Answers("bent", license=licence, author="Ada Lovelace"), tmp_path)
    words = {
        "MIT": "Permission is hereby granted, free of charge",
        "BSD-3-Clause": "3. Neither the name of the copyright holder",
        "Apache-2.0": "Apache License\n                           Version 2.0, January 2004",
        "GPL-3.0-or-later": "GNU GENERAL PUBLIC LICENSE\n                       Version 3, 29 June 2007",
    }
    text = (project / "LICENSE").read_text(encoding="utf-8")
    assert words[licence] in text and ("Ada Lovelace" in text) == (licence in ("MIT", "BSD-3-Clause"))
    assert project_table(project)["license"] == licence
    assert f"{licence}: see `LICENSE`." in (project / "README.md").read_text(encoding="utf-8")


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


@pytest.fixture(scope="module")
def from_wheel(tmp_path_factory):
    """Where glassnet is installed from its wheel, which is built from the sdist; compiled, as an installer does."""
    folder = tmp_path_factory.mktemp("installed")
    built = command("build", "--no-isolation", "--outdir", folder / "dist", cwd=ROOT)
    assert built.returncode == 0, built.stdout
    [wheel] = (folder / "dist").glob("*.whl")
    site = folder / "site"
    zipfile.ZipFile(wheel).extractall(site)
    template = site / "glassnet" / "_template"
    assert files_of(template) == files_of(template_folder())
    command("compileall", "-q", template, cwd=folder)
    assert [file for file in template.rglob("*.pyc") if "{{" in str(file.relative_to(template))]
    return site


@pytest.mark.slow
def test_an_installed_glassnet_brings_its_template_along(from_wheel, tmp_path):
    """Nothing of the checkout is seen, and nothing that an installer left in the template comes along."""
    code = "from glassnet.publish.template import template_folder; print(template_folder())"
    found = command("glassnet", "new", "bent", "--no-input", cwd=tmp_path, path=(from_wheel,), HOME=str(tmp_path))
    assert found.returncode == 0, found.stdout
    where = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=environment(from_wheel), capture_output=True, text=True
    )
    assert Path(where.stdout.strip()) == from_wheel / "glassnet" / "_template"
    (tmp_path / "here").mkdir()
    assert files_of(tmp_path / "glassnet-bent") == files_of(new_project(Answers("bent"), tmp_path / "here"))


@pytest.mark.slow
def test_a_copy_of_the_template_works_with_cookiecutter_alone(from_wheel, tmp_path):
    """Somewhere else, and where there is no glassnet: its hook then has rules of its own."""
    copy, folder, nowhere = tmp_path / "a copy", tmp_path / "made", tmp_path / "nowhere"
    shutil.copytree(from_wheel / "glassnet" / "_template", copy)
    folder.mkdir()
    (nowhere / "glassnet").mkdir(parents=True)
    (nowhere / "glassnet" / "__init__.py").write_text("raise ModuleNotFoundError('none here', name='glassnet')")

    def run(**answers):
        words = [f"{answer}={given}" for answer, given in answers.items()]
        more = {"PYTHONPATH": str(nowhere), "HOME": str(tmp_path / "home")}
        program = [sys.executable, "-m", "cookiecutter", str(copy), "--no-input", *words]
        return subprocess.run(
            program, cwd=folder, env=os.environ | more, capture_output=True, text=True, timeout=PATIENCE
        )

    for answers, words in (
        ({"name": "Bent"}, "name 'Bent': write small letters"),
        ({"name": "class"}, "choose another, such as 'my-class'"),
        (
            {"name": "bent", "kind": "actvation"},
            "there is no kind 'actvation': write one of activation, activation:vjp, ",
        ),
        ({"name": "bent", "email": "a@b c"}, "email 'a@b c': write one line of ordinary characters."),
    ):
        refused = run(**answers)
        assert refused.returncode != 0 and words in refused.stderr.splitlines()[0], refused.stderr
    assert list(folder.iterdir()) == []
    done = run(name="bent")
    assert done.returncode == 0, done.stderr
    (tmp_path / "here").mkdir()
    assert files_of(folder / "glassnet-bent") == files_of(new_project(Answers("bent"), tmp_path / "here"))


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("uv") is None, reason="there is no uv here")
def test_new_works_in_an_environment_of_uv(from_wheel, tmp_path):
    """It has no pip, which the template's first step brings."""
    room = tmp_path / "room"
    made = ["uv", "venv", "--quiet", "--offline", "--python", sys.executable, str(room)]
    subprocess.run(made, check=True, timeout=PATIENCE)
    [site] = room.glob("lib/python*/site-packages")
    here = [path for path in sys.path if path.endswith("site-packages")]
    (site / "here.pth").write_text("\n".join([str(from_wheel), *here]))
    program = [str(room / "bin" / "python"), "-I", "-m", "glassnet", "new", "bent", "--no-input"]
    done = subprocess.run(program, cwd=tmp_path, capture_output=True, text=True, timeout=PATIENCE)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "glassnet-bent" / "Makefile").is_file()
    assert not list((tmp_path / "glassnet-bent").rglob("__pycache__"))


def test_the_checkout_uses_its_own_template():
    assert template_folder() == ROOT / "template"
