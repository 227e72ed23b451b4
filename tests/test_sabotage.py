"""`glassnet sabotage`: each failure is really planted, goes unmentioned, and can be found."""

import shutil
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner
from packages import install, make, own_tests
from samples import some

from glassnet import GlassnetError
from glassnet.cli import main
from glassnet.publish.naming import BACKENDS
from glassnet.publish.sabotage import FAILURES, plant

pytestmark = pytest.mark.slow

ENTRY = "[project.entry-points.glassnet]"
PLUGIN = "src/glassnet_bent/plugin.py"

#: failure -> the file that gives it away, words that it had ("": it lost none) and words that it has now.
#: None: there is no such file.
EVIDENCE = {
    "group-typo": ("pyproject.toml", ENTRY, "[project.entry-points.glasnet]"),
    "dotted-group": ("pyproject.toml", ENTRY, "[project.entry-points.glassnet.plugins]"),
    "entry-point-typo": ("pyproject.toml", '"glassnet_bent.plugin"', '"glassnet_bent.plugn"'),
    "missing-decorator": (PLUGIN, "@hookimpl\n", "\n\ndef activations("),
    "misspelt-hook": (PLUGIN, "def activations(", "def activation("),
    "empty-hook": (PLUGIN, "    return [bent]", "    parts = [bent]"),
    "stray-dependency": (PLUGIN, "import numpy as np\nfrom", "import pytest\n"),
    "misspelt-package": ("src/glasnet_bent/plugin.py", None, "def bent("),
    "wrong-slope": (PLUGIN, "df=lambda z, a: (1", "df=lambda z, a: 1.1 * ((1"),
    "noisy-import": (PLUGIN, "", 'print("plugin loaded")\n'),
    "stale-version": ("src/glassnet_bent/__init__.py", "importlib", '__version__ = "0.0.9"'),
    "forgotten-bump": ("CHANGELOG.md", "first.\n\n## 0.1.0", "## 9.0.0\n\n* Faster.\n\n## 0.1.0"),
    "version-v": ("pyproject.toml", 'version = "0.1.0"', 'version = "v0.1.0"'),
    "local-version": ("pyproject.toml", 'version = "0.1.0"', 'version = "0.1.0+local1"'),
    "changelog-behind": ("CHANGELOG.md", "## 0.1.0", "## 0.0.9"),
    "readme-missing": ("README.md", "# glassnet-bent", None),
    "readme-undeclared": ("pyproject.toml", 'readme = "README.md"', 'name = "glassnet-bent"'),
    "relative-link": ("README.md", "", "[all changes](CHANGELOG.md)"),
    "relative-image": ("README.md", "", "![What it looks like](docs/curve.png)"),
    "placeholder": ("README.md", "", "TODO"),
    "licence-classifier": ("pyproject.toml", "classifiers = [  # from", "License :: OSI Approved :: MIT License"),
    "unknown-classifier": ("pyproject.toml", "classifiers = [  # from", "Topic :: Neural Networks You Can See Through"),
    "private-classifier": ("pyproject.toml", "classifiers = [  # from", "Private :: Do Not Upload"),
    "long-summary": ("pyproject.toml", 'for glassnet"', "and it does it well, and it does it well"),
    "standard-name": ("pyproject.toml", 'name = "glassnet-bent"', 'name = "statistics"'),
    "similar-name": ("pyproject.toml", 'name = "glassnet-bent"', 'name = "g1assnet"'),
    "direct-dependency": ("pyproject.toml", 'dependencies = ["glassnet', "colorama @ https://"),
    "licence-missing": ("LICENSE", "MIT License", None),
    "package-data-lost": ("src/glassnet_bent/__init__.py", "", "CONSTANTS = json.loads("),
    "flat-layout": ("glassnet_bent/plugin.py", None, "def bent("),
    "tests-installed": ("src/tests/test_package.py", None, "DISTRIBUTION"),
    "secret-file": ("src/glassnet_bent/.pypirc", None, "password = pypi-"),
    "huge-file": ("src/glassnet_bent/measurements.csv", None, "row,value"),
    "stale-dist": ("dist/glassnet_bent-0.0.1-py3-none-any.whl", None, "left over"),
}

#: What the package's own tests can see, and the words in which they say it.
SEEN = {
    "group-typo": "is the group in pyproject.toml [project.entry-points.glassnet]?",
    "entry-point-typo": "there is no module 'glassnet_bent.plugn'",
    "missing-decorator": "activations() lacks its decorator: write @hookimpl above it",
    "misspelt-hook": "there is no hook 'activation'. Did you mean 'activations'?",
    "empty-hook": "activations() returned nothing: end it with `return [...]`",
    "wrong-slope": "test_contract[bent-slope]",
    "noisy-import": "test_contract[bent-quiet-import]",
    "stale-version": "'0.0.9' == '0.1.0'",
    "version-v": "'v0.1.0' == '0.1.0'",
    "standard-name": "glassnet-bent",
    "package-data-lost": "constants.json",
}


@pytest.fixture(scope="module", params=BACKENDS)
def whole(request, tmp_path_factory):
    """A package of each backend, in which nothing is broken."""
    return make(tmp_path_factory.mktemp(request.param), backend=request.param)


@pytest.fixture
def project(whole, tmp_path):
    """A copy of it to break."""
    return Path(shutil.copytree(whole, tmp_path / whole.name))


def contents(folder):
    """Every file by its name, as bytes."""
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def text(folder, file):
    """What the file says; None where there is none."""
    path = folder / file
    return path.read_text(encoding="utf-8") if path.is_file() else None


def test_every_failure_is_known_to_these_tests():
    assert set(EVIDENCE) == set(FAILURES)
    assert set(SEEN) < set(FAILURES)
    for name, failure in FAILURES.items():
        assert failure.name == name
        assert "\n" not in failure.teaches and len(failure.teaches) > 30


@pytest.mark.parametrize("name", EVIDENCE)
def test_each_failure_is_planted_and_nothing_else_is_changed(name, project):
    file, had, has = EVIDENCE[name]
    before, whole = contents(project), text(project, file)
    assert whole is None if had is None else had in whole
    lines = plant(name, project)
    broken = text(project, file)
    assert broken is None if has is None else has in broken
    assert not had or broken is None or had not in broken
    after = contents(project)
    changed = {file for file in {*before, *after} if before.get(file) != after.get(file)}
    mentioned = "\n".join(lines)
    assert changed and all(file in mentioned for file in changed)


@pytest.mark.parametrize("name", sorted(set(FAILURES) - {"dotted-group"}))
def test_pyproject_can_still_be_read(name, project):
    """A failure is a mistake in meaning, not a broken file."""
    plant(name, project)
    assert tomllib.loads(text(project, "pyproject.toml"))["project"]["entry-points"]


def test_what_is_whole_passes_its_own_tests(project, tmp_path):
    """Without this the next test could see red for another reason."""
    passed = own_tests(install(tmp_path / "site", project), project / "tests")
    assert passed.returncode == 0, passed.stdout


@pytest.mark.parametrize("name", some(SEEN, 2))
def test_a_sabotaged_package_goes_red(name, tmp_path):
    # hatchling hands the v of a version on, and setuptools takes it off: only then do two numbers differ.
    backend = "setuptools" if name == "version-v" else BACKENDS[list(SEEN).index(name) % 2]
    project = make(tmp_path, backend=backend)
    plant(name, project)
    found = own_tests(install(tmp_path / "site", project), project / "tests")
    assert found.returncode in (1, 2), found.stdout  # 2: not even collected
    assert SEEN[name] in found.stdout


def test_a_loss_has_a_wrong_slope_too(tmp_path):
    project = make(tmp_path, "loss")
    plant("wrong-slope", project)
    found = own_tests(install(tmp_path / "site", project), project / "tests")
    assert "test_contract[bent-gradient]" in found.stdout


def test_a_failure_without_a_place_leaves_everything_as_it_was(tmp_path):
    project = make(tmp_path, "dataset")
    before = contents(project)
    with pytest.raises(GlassnetError, match=r"this failure has no place in plugin\.py: plant another one"):
        plant("wrong-slope", project)
    assert contents(project) == before


def test_an_unknown_failure_is_answered_with_a_guess(project):
    with pytest.raises(GlassnetError, match=r"Did you mean 'group-typo'\? Failures: group-typo, dotted-group"):
        plant("group-tipo", project)


@pytest.mark.parametrize("loss", ["pyproject.toml", "README.md", PLUGIN])
def test_only_a_generated_package_is_broken(loss, project):
    (project / loss).unlink()
    before = contents(project)
    with pytest.raises(GlassnetError, match="is not a whole package as `glassnet new` makes it"):
        plant("placeholder", project)
    assert contents(project) == before


def run(*words, code=0):
    """Run the command in this process; returns all that it said."""
    result = CliRunner().invoke(main, ["sabotage", *map(str, words)])
    assert result.exit_code == code, result.output
    return result.output


def test_the_command_says_how_to_look_and_nothing_else(project, monkeypatch):
    monkeypatch.chdir(project.parent)
    output = run("licence-missing", "glassnet-bent")
    assert output == "Something in glassnet-bent is wrong now. Find it: glassnet release glassnet-bent --dry-run\n"
    assert not (project / "LICENSE").exists()


def test_reveal_says_line_by_line_what_was_done(project, monkeypatch):
    monkeypatch.chdir(project)
    output = run("group-typo", "--reveal")
    assert output.startswith("Something in glassnet-bent is wrong now. Find it: glassnet release . --dry-run\n")
    assert "\n-[project.entry-points.glassnet]\n+[project.entry-points.glasnet]\n" in output


def test_reveal_does_not_print_a_megabyte(project):
    assert "src/glassnet_bent/measurements.csv: 1.7 MiB" in run("huge-file", project, "--reveal").splitlines()


def test_the_list_names_every_failure_and_what_it_teaches():
    output = run("--list")
    for name, failure in FAILURES.items():
        assert name in output and failure.teaches in output


def test_no_failure_is_a_question_back():
    assert "which failure? `glassnet sabotage --list` shows them all" in run(code=2)
