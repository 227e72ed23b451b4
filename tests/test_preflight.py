"""Pre-flight: what the files alone show is found before anything is built, all of it at once and in plain words."""

import subprocess
from pathlib import Path
from textwrap import dedent

import pytest
from packages import make

from glassnet import GlassnetError
from glassnet.kinds import KINDS
from glassnet.publish.naming import BACKENDS
from glassnet.publish.preflight import preflight
from glassnet.publish.project import read_project
from glassnet.publish.repository import tag_line

CLASSIFIER = '"Programming Language :: Python :: 3",\n'
PART = "src/glassnet_bent/plugin.py"


@pytest.fixture
def project(tmp_path):
    """A package in which nothing is wrong."""
    return make(tmp_path)


def edit(project: Path, old: str, new: str, file: str = "pyproject.toml") -> None:
    """Change one place."""
    text = (project / file).read_text("utf-8")
    assert old in text
    (project / file).write_text(text.replace(old, new, 1), "utf-8")


def found(project: Path, target: str = "local") -> dict[str, str]:
    """id -> message and remedy of each problem."""
    return {one.id: f"{one.message} {one.remedy}" for one in preflight(read_project(project), target).problems}


def remarks(project: Path, target: str = "local") -> dict[str, str]:
    """id -> message and remedy of each remark."""
    return {one.id: f"{one.message} {one.remedy}" for one in preflight(read_project(project), target).remarks}


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("kind", KINDS)
def test_what_the_template_makes_has_nothing_against_it(kind, backend, tmp_path):
    project = make(tmp_path, kind, backend)
    assert found(project) == {} and remarks(project) == {}


def test_a_project_is_read_without_running_it(project):
    (project / "src/glassnet_bent/__init__.py").write_text("raise SystemExit('this was run')\n")
    read = read_project(project)
    assert (read.name, read.version, read.backend) == ("glassnet-bent", "0.1.0", "hatchling.build")
    assert read.entry_points == {"bent": "glassnet_bent.plugin"}
    assert [path.name for path in read.packages()] == ["glassnet_bent"]
    assert read.modules() == ["glassnet_bent", "glassnet_bent.plugin"]
    assert (project / "pyproject.toml").read_text().splitlines()[read.line_of("version") - 1].startswith("version =")
    preflight(read, "local")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (None, "has no pyproject.toml, so it is no package"),
        ("[project]\nname = bent\n", "is not TOML: Invalid value (at line 2"),
        ('[project]\nversion = "1"\n', 'has no name: write name = "glassnet-something"'),
        (b"[project]\nname = '\xe9'\n", "is not UTF-8"),
    ],
)
def test_a_pyproject_that_can_not_be_read_is_one_line(text, words, tmp_path):
    if text is not None:
        (tmp_path / "pyproject.toml").write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(GlassnetError, match=words.replace("(", r"\(")) as caught:
        read_project(tmp_path)
    assert "\n" not in str(caught.value) and caught.value.exit_code == 2


#: id -> (old, new, words that must be said); what `glassnet sabotage` plants is tested in test_release.py.
WRONG = {
    "name-invalid": ('"glassnet-bent"', '"glassnet bent"', "'glassnet-bent', for example"),
    "version-invalid": ('version = "0.1.0"', 'version = "one"', "it does not follow PEP 440"),
    "version-missing": ('version = "0.1.0"  #', "#", 'write version = "0.1.0" under [project]'),
    "version-dynamic": ('version = "0.1.0"  #', 'dynamic = ["version"]  #', 'take "version" out of dynamic'),
    "no-build-system": ("[build-system]", "[tool.nothing]", "has no [build-system]"),
    "no-backend": ('build-backend = "hatchling.build"', "", "names no build-backend"),
    "entry-point-attribute": ("glassnet_bent.plugin", "glassnet_bent.plugin:bnet", "Did you mean 'bent'?"),
    "no-entry-point": ("[project.entry-points.glassnet]", "[project.scripts]", "would never be listed"),
    "classifier-deprecated": (CLASSIFIER, '"Natural Language :: Ukranian", ', "has been deprecated"),
    "metadata-invalid": ("numpy>=2.0", "numpy >> 2", "requires-dist"),
    "author-email": ('name = "Ada Lovelace"', 'name = "Ada", email = "ada@home"', "is not a valid email address"),
    "url-invalid": ("[dependency-groups]", '[project.urls]\nSource = "here"\n[dependency-groups]', "https://"),
    "url-invalid by its port": (
        "[dependency-groups]",
        '[project.urls]\nSource = "https://a.b:99999/"\n[dependency-groups]',
        "Correct 'Source' under [project.urls]: behind :// stand a host, a port of at most 65535",
    ),
    "url-label": ("[dependency-groups]", f'[project.urls]\n{"S" * 33} = "https://x.org"\n[dependency-groups]', "32"),
    "url-nowhere": ("[dependency-groups]", '[project.urls]\nX = "https:here"\n[dependency-groups]', "no browser"),
    "key-unknown": ("license-files", 'author = "me"\nlicense-files', "[project] has 'author', which means nothing"),
    "value-wrong": ('authors = [{ name = "Ada Lovelace" }]', 'authors = ["Ada"]', "expecting ContactTable"),
    "entry-points": ("[dependency-groups]", '[project.scripts]\n"a b" = "x:y"\n[dependency-groups]', "command 'a b'"),
    "readme-type": ('readme = "README.md"', 'readme = "LICENSE"', "has an ending that the index can't render"),
    "package-path": ('packages = ["src/glassnet_bent"]', 'packages = ["src/bent"]', "there: src/glassnet_bent"),
    "licence-file": ('license-files = ["LICENSE"]', 'license-files = ["COPYING"]', "there is no COPYING"),
}


@pytest.mark.parametrize("problem", WRONG)
def test_a_wrong_line_in_pyproject_is_explained(problem, project):
    old, new, words = WRONG[problem]
    edit(project, old, new)
    assert words in found(project)[problem.split()[0]]


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("license-files", 'author = "me"\nlicense-files', "Did you mean 'authors'? write one of authors, classifiers"),
        ("[build-system]", '[build-system]\nrequire = ["x"]', "[build-system] has 'require'"),
        ("[dependency-groups]", "[tools.x]\n[dependency-groups]", "pyproject.toml has 'tools', which means nothing"),
    ],
)
def test_a_key_that_the_standard_does_not_know_is_named_with_the_nearest(old, new, words, project):
    edit(project, old, new)
    assert words in found(project)["key-unknown"]


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('authors = [{ name = "Ada Lovelace" }]', 'authors = [{ nam = "Ada" }]', 'contains unexpected keys: "nam"'),
        (CLASSIFIER, "3, ", "expecting str (got int)"),
        ('version = "0.1.0"  #', 'version = "0.1.0"\ndynamic = ["colour"]  #', "(got 'colour')"),
        ("[dependency-groups]", "[project.urls]\nSource = 3\n[dependency-groups]", "expecting str (got int)"),
    ],
)
def test_a_value_of_a_wrong_kind_is_said_with_its_line(old, new, words, project):
    edit(project, old, new)
    said = found(project)["value-wrong"]
    assert words in said and "correct it in pyproject.toml, line " in said


def test_an_address_that_the_backend_can_not_write_is_refused_before_the_build(project):
    edit(project, 'name = "Ada Lovelace"', 'name = "Zoë", email = "zoë@example.org"')
    assert "hatchling.build can't write 'zoë@example.org'" in found(project)["author-email"]
    edit(project, "hatchling.build", "uv_build")
    assert "author-email" not in found(project)
    edit(project, "zoë@example.org", "zoe@exämple.org")
    edit(project, "uv_build", "hatchling.build")
    assert "author-email" not in found(project)


@pytest.mark.parametrize(
    ("line", "id"),
    [
        ('maintainers = [{ email = "ada@home" }]', "author-email"),
        ('optional-dependencies = { x = ["a @ https://example.org/a.zip"] }', "direct-url"),
        ('optional-dependencies = { "-x" = ["a"] }', "metadata-invalid"),
    ],
)
def test_what_an_index_minds_is_looked_for_in_every_key(line, id, project):
    edit(project, "license-files", f"{line}\nlicense-files")
    assert id in found(project)


def test_all_problems_are_said_at_once(project):
    edit(project, 'version = "0.1.0"', 'version = "v0.1"')
    edit(project, "[project.entry-points.glassnet]", "[project.entry-points.glassnets]")
    edit(project, CLASSIFIER, '"Private :: Do Not Upload", ')
    (project / "LICENSE").unlink()
    (project / "README.md").write_text("")
    ids = {"version-not-canonical", "group-near-miss", "classifier-private", "licence-file", "readme-empty"}
    assert set(found(project)) >= ids


@pytest.mark.parametrize("group", ["glassnet.plugins", "glassnet-plugin", "Glassnet", "glasnet", "glass_net"])
def test_a_group_that_nearly_says_glassnet_is_seen(group, project):
    edit(project, "[project.entry-points.glassnet]", f'[project.entry-points."{group}"]')
    assert f"the entry-point group {group!r} is one that nobody reads" in found(project)["group-near-miss"]


def test_groups_of_other_hosts_are_their_own_affair(project):
    edit(project, "[dependency-groups]", '[project.entry-points.pytest11]\nx = "y"\n\n[dependency-groups]')
    assert found(project) == {}


def test_a_syntax_error_in_the_plugin_has_a_line(project):
    (project / PART).write_text("x = 1\ndef broken(:\n")
    assert f"{PART} is not Python: " in found(project)["syntax"] and "line 2" in found(project)["syntax"]


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("![x](curve.png)", "curve.png"),
        ('[x](<docs/a.md> "title")', "docs/a.md"),
        ('<img width="9" src="./curve.png">', "./curve.png"),
        ("<a href='../LICENSE'>x</a>", "../LICENSE"),
        ("[a]: docs/a.md\n\n[x][a]", "docs/a.md"),
    ],
)
def test_a_relative_link_in_the_readme_is_found(line, shown, project):
    edit(project, "## Install", f"{line}\n\n## Install", "README.md")
    assert repr(shown) in found(project)["readme-link"]
    assert "beside it: on the index's page that is a broken link" in found(project)["readme-link"]


@pytest.mark.parametrize(
    "line",
    [
        "[x](https://example.org/a.md)",
        "[x](#install)",
        "[x](mailto:ada@example.org)",
        "`[x](curve.png)`",
        "```\n![x](curve.png)\n```",
        "    ![x](curve.png)\n",
        "| a | b |\n|---|---|\n| `[x](curve.png)` | c |",
    ],
)
def test_what_is_no_relative_link_is_left_alone(line, project):
    edit(project, "## Install", f"{line}\n\n## Install", "README.md")
    assert found(project) == {}


def test_a_restructured_readme_is_looked_at_too(project):
    edit(project, 'readme = "README.md"', 'readme = "README.rst"')
    (project / "README.rst").write_text("Bent\n====\n\n.. image:: curve.png\n\n`More <docs/more.rst>`_\n")
    assert "'curve.png' (line 4), 'docs/more.rst' (line 6)" in found(project)["readme-link"]


def test_a_placeholder_in_code_is_no_placeholder(project):
    edit(project, "## Install", "Write `TODO` where you are not done.\n\n## Install", "README.md")
    assert found(project) == {}
    edit(project, "## Install", "{{ cookiecutter.description }}\n\n## Install", "README.md")
    assert "still says '{{ cookiecutter.description }}'" in found(project)["readme-placeholder"]


def test_a_token_in_any_file_is_found_and_not_repeated(project):
    token = "pypi-AgEIcHlwaS5vcmc" + "CJDEyMzQ1Njc4LTEyMzQ" * 4
    (project / "notes.txt").write_text(f"my token: {token}\n")
    said = found(project)["secret"]
    assert said.startswith("notes.txt holds what looks like a token of PyPI") and "revoke" in said
    assert token not in said


def test_what_tools_keep_for_themselves_is_not_searched(project):
    """pytest writes down what a test was called with, also a token that is none."""
    for name in (".pytest_cache", ".mypy_cache"):
        (project / name).mkdir()
        (project / name / "nodeids").write_text("pypi-" + "AgEIcHlwaS5vcmcCJDAwMDAwMDAw")
    assert "secret" not in [problem.id for problem in preflight(read_project(project), "pypi").problems]


def test_a_changelog_is_asked_for_where_strangers_read_it(project):
    edit(project, "## 0.1.0", "## 0.0.9", "CHANGELOG.md")
    assert "has no entry for version 0.1.0" in remarks(project)["changelog"]
    assert "has no entry for version 0.1.0" in found(project, "pypi")["changelog"]


def test_what_is_not_committed_matters_to_strangers(project):
    assert "git-dirty" not in remarks(project)
    subprocess.run(["git", "init", "--quiet"], cwd=project, check=True)
    assert "not committed" in remarks(project)["git-dirty"]
    assert "not committed" in found(project, "pypi")["git-dirty"]


def test_a_tag_is_only_advised_where_git_could_make_it(project):
    folder = project

    def git(*words):
        subprocess.run(["git", "-c", "user.name=Ada", "-c", "user.email=a@b.org", *words], cwd=folder, check=True)

    assert tag_line(project, "glassnet-bent", "0.1.0") == ""
    git("init", "--quiet")
    assert tag_line(project, "glassnet-bent", "0.1.0") == ""
    git("add", ".")
    git("commit", "--quiet", "--message", "first")
    assert tag_line(project, "glassnet-bent", "0.1.0") == "git tag v0.1.0"
    git("remote", "add", "origin", "https://example.org/bent.git")
    assert tag_line(project, "glassnet-bent", "0.1.0") == "git tag v0.1.0 && git push origin v0.1.0"
    assert tag_line(project / "src", "glassnet-bent", "0.1.0").startswith("git tag glassnet-bent-v0.1.0 && ")


COURSE = """
    [build-system]
    requires = ["setuptools>=61.0"]
    build-backend = "setuptools.build_meta"

    [project]
    name = "nn_relu6"
    version = "0.1.0"
    authors = [{ name = "Ada Lovelace", email = "ada@uni.example.org" }]
    description = "A part for a network"
    readme = "README.md"
    requires-python = ">=3.7"
    classifiers = [
        "Programming Language :: Python :: 3",
        "License :: OSI Approved :: MIT License",
        "Operating System :: OS Independent",
    ]

    [project.urls]
    "Homepage" = "https://example.org/nn_relu6"
"""


def test_older_course_notes_pass_and_are_told_what_has_aged(tmp_path):
    (tmp_path / "src/nn_relu6").mkdir(parents=True)
    (tmp_path / "src/nn_relu6/__init__.py").write_text("def relu6(z):\n    return min(max(z, 0), 6)\n")
    (tmp_path / "LICENSE").write_text("MIT\n")
    (tmp_path / "README.md").write_text("# nn_relu6\n\nA part.\n")
    (tmp_path / "pyproject.toml").write_text(dedent(COURSE))
    assert found(tmp_path) == {}
    said = remarks(tmp_path)
    assert 'write license = "MIT" and license-files = ["LICENSE"]' in said["licence-classifier"]
    assert "admits versions that glassnet can't run on" in said["requires-python"]
    assert "'nn-relu6'" in said["name-not-canonical"]
    assert {"changelog", "no-tests"} <= set(said)


@pytest.mark.parametrize(
    ("old", "new", "remark", "words"),
    [
        ('license = "MIT"', 'license = { text = "MIT" }', "licence-table", "setuptools stops reading the table"),
        ('requires-python = ">=3.11"', 'requires-python = ">=3.11,<4"', "requires-python", "has an upper cap"),
        ('requires-python = ">=3.11"', "", "requires-python", "there is no requires-python"),
        ('"glassnet>=0.1", ', "", "needs-glassnet", 'add "glassnet>=0.1" to dependencies'),
    ],
)
def test_what_has_aged_or_is_missing_is_a_remark(old, new, remark, words, project):
    edit(project, old, new)
    assert words in remarks(project)[remark]
    assert found(project) == {}
