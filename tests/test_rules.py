"""PyPI's rules: each has a case that breaks it and nothing else, with its words and its way out."""

from __future__ import annotations

import ast
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest
from archives import metadata, sdist, wheel

from glassnet.errors import GlassnetError
from glassnet.publish.rules import (
    WHY,
    Problem,
    archive_problems,
    fold,
    metadata_problems,
    name_problems,
    read_metadata,
    version_problems,
)

PUBLISH = Path(__file__).parents[1] / "src/glassnet/publish"


def only(problems: list[Problem], id: str, message: str, remedy: str, refused: bool = True) -> None:
    """Exactly this one rule is broken, and both sentences hold these words."""
    assert [problem.id for problem in problems] == [id], problems
    assert message in problems[0].message
    assert remedy in problems[0].remedy
    assert problems[0].refused is refused


# --- names ------------------------------------------------------------------------------------------------

NAMES = [
    ("nn relu6", (), "name-invalid", "Start and end with a letter or numeral", "'nn-relu6'"),
    ("-x", (), "name-invalid", "The name '-x' is not allowed", "'x'"),
    ("nn-relu6-", (), "name-invalid", "containing only ASCII numeric and '.', '_' and '-'", "'nn-relu6'"),
    ("ñandu", (), "name-invalid", "'ñandu'", "'andu'"),
    ("名", (), "name-invalid", "'名'", "plain letters"),
    ("glassnet\n", (), "name-invalid", "not allowed", "'glassnet'"),
    ("", (), "name-invalid", "''", "plain letters"),
    ("requirements-txt", (), "name-prohibited", "The name 'requirements-txt' isn't allowed.", "choose another"),
    ("random", (), "name-stdlib", "conflict with Python Standard Library module name", "'glassnet-random'"),
    ("cgi", (), "name-stdlib", "conflict with Python Standard Library", "'glassnet-cgi'"),
    ("thread", (), "name-stdlib", "'thread'", "'glassnet-thread'"),
    (
        "glassnet-swlsh",
        ("numpy", "glassnet-swish"),
        "name-similar",
        "too similar to an existing project. It is 'glassnet-swish': without . _ - and with l and i read as 1 and "
        "o as 0, both are 'g1assnetsw1sh'",
        "use its spelling",
    ),
    ("glass-net", ("Glassnet",), "name-similar", "It is 'Glassnet'", "add a word"),
    ("l0ss", ("loss",), "name-similar", "both are '10ss'", "Change more"),
]


@pytest.mark.parametrize(("name", "others", "id", "message", "remedy"), NAMES)
def test_names_that_an_index_refuses(name: str, others: tuple[str, ...], id: str, message: str, remedy: str) -> None:
    only(name_problems(name, others), id, message, remedy)


@pytest.mark.parametrize("name", ["glassnet-swish", "x", "nn6", "glassnet"])
def test_good_names_pass_beside_themselves_and_others(name: str) -> None:
    assert name_problems(name, ["glassnet-swish", "x", "nn6", "glassnet", "Unlike"]) == []


def test_a_spelling_that_is_not_canonical_is_advice() -> None:
    only(
        name_problems("Glassnet_Swish", ["glassnet-swish"]),
        "name-not-canonical",
        "will appear as 'glassnet-swish'",
        'name = "glassnet-swish"',
        refused=False,
    )


def test_folding_is_that_of_pypi() -> None:
    """Pairs that PyPI holds to be one: separators, 1 l i, 0 o, capitals."""
    for one, other in [("py-torch", "pyt0rch"), ("Pillow", "p-1-1-1.0_w"), ("foo.bar", "f0obar")]:
        assert fold(one) == fold(other)
    assert fold("tqdm") != fold("tqqm")


# --- versions ---------------------------------------------------------------------------------------------

VERSIONS = [
    ("0.1.x", "version-invalid", "'0.1.x' is an invalid value for Version", "0.1.0", True),
    ("", "version-invalid", "PEP 440", "0.1.0", True),
    ("0.1.0+local1", "version-local", "The use of local versions in <Version('0.1.0+local1')> is not allowed.",
     "Leave out '+local1' and write 0.1.0", True),
    ("v0.1", "version-not-canonical", "'v0.1' is silently rewritten as '0.1'", 'version = "0.1"', False),
    ("1.0.0.dev", "version-not-canonical", "'1.0.0.dev0'", 'version = "1.0.0.dev0"', False),
    ("1.0-1", "version-not-canonical", "'1.0.post1'", '"1.0.post1"', False),
]  # fmt: skip


@pytest.mark.parametrize(("version", "id", "message", "remedy", "refused"), VERSIONS)
def test_versions(version: str, id: str, message: str, remedy: str, refused: bool) -> None:
    only(version_problems(version), id, message, remedy, refused)


@pytest.mark.parametrize("version", ["0.1.0", "1", "2026.1", "1.0rc1", "1.0.post1", "1!2.0.dev3"])
def test_good_versions(version: str) -> None:
    assert version_problems(version) == []


# --- metadata ---------------------------------------------------------------------------------------------

LONG = "a" * 33
METADATA = [
    (["Classifier: Topic :: Scientific/Engeneering"], "classifier-unknown",
     "'Topic :: Scientific/Engeneering' is not a valid classifier.", "'Topic :: Scientific/Engineering'"),
    (["Classifier: Nothing like it"], "classifier-unknown", "'Nothing like it'", "https://pypi.org/classifiers/"),
    (["Classifier: Natural Language :: Ukranian"], "classifier-deprecated",
     "has been deprecated, use one of ['Natural Language :: Ukrainian'] instead.", "Replace it"),
    (["Classifier: Private :: Do Not Upload"], "classifier-private",
     "'Private :: Do Not Upload' is not a valid classifier.", "keep this package from being published"),
    (["Classifier: License :: OSI Approved :: MIT License"], "licence-twice",
     "License classifiers have been superseded by license expressions", "remove the classifier"),
    (["License: MIT License"], "licence-twice", "License and License-Expression are mutually exclusive.",
     'Keep license = "MIT"'),
    ([f"Project-URL: {LONG}, https://example.org"], "url-label", "must be 32 characters or less.", "[project.urls]"),
    (["Project-URL: Source, github.com/me"], "url-invalid", "'github.com/me' is not a valid url.", "https://"),
    (["Project-URL: Source, https://example.org:99999"], "url-invalid", "'https://example.org:99999'", "'Source'"),
    (["Author-email: Ada <ada@nowhere>"], "author-email", "'ada@nowhere' is not a valid email address: ",
     "leave email"),
    (["Maintainer-email: ada@ada.test"], "author-email", "'ada@ada.test'", "mail reaches"),
    (["Requires-Dist: swish @ https://example.org/swish.zip"], "direct-url",
     "Can't have direct dependency: swish @ https://example.org/swish.zip.", "Write 'swish' with a version"),
    (["Requires-Dist: numpy>>2"], "metadata-invalid", "'numpy>>2' is invalid for 'requires-dist'", "requires-dist"),
    (["Colour: red"], "metadata-invalid", "unrecognized field: 'colour'", "pyproject.toml"),
]  # fmt: skip


@pytest.mark.parametrize(("lines", "id", "message", "remedy"), METADATA)
def test_metadata_that_an_index_refuses(lines: list[str], id: str, message: str, remedy: str) -> None:
    only(metadata_problems(metadata("glassnet-bent", "0.1.0", *lines).encode()), id, message, remedy)


REPLACED = [
    ("Metadata-Version: 2.4", "Metadata-Version: 2.6", "metadata-version", "'2.6' is not a valid metadata version.",
     'core-metadata-version = "2.4"'),
    ("Version: 0.1.0", "Version: 0.1.0+g12", "version-local", "The use of local versions", "write 0.1.0"),
    ("Version: 0.1.0", "Version: one", "version-invalid", "'one' is an invalid value for Version", "0.1.0"),
    ("Name: glassnet-bent\n", "", "metadata-invalid", "'name' is a required field", "name"),
    ("Summary: Bent", f"Summary: {'b' * 513}", "summary-long", "'summary' field must be 512 characters or less.",
     "README"),
    ("Expression: MIT", "Expression: MITT", "metadata-invalid", "'MITT' is invalid for 'license-expression'",
     "license"),
    ("text/markdown", "text/troff", "metadata-invalid", "'description-content-type' must be one of", "description"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "id", "message", "remedy"), REPLACED)
def test_metadata_with_one_line_changed(old: str, new: str, id: str, message: str, remedy: str) -> None:
    text = metadata()
    head, _, tail = text.partition("\n")
    changed = (
        (head + "\n" + tail).replace(old, new) if old.startswith("Metadata") else head + "\n" + tail.replace(old, new)
    )
    assert changed != text
    only(metadata_problems(changed.encode()), id, message, remedy)


@pytest.mark.parametrize("version", ["2.1", "2.3", "2.4", "2.5"])
def test_every_metadata_version_that_pypi_reads(version: str) -> None:
    text = f"Metadata-Version: {version}\nName: bent\nVersion: 1\nDescription-Content-Type: text/markdown\n\n# Bent\n"
    assert metadata_problems(text.encode()) == []


def test_the_readme_is_advice() -> None:
    only(
        metadata_problems(metadata(readme=" \n").encode()),
        "description-missing",
        "`long_description` missing.",
        'readme = "README.md"',
        refused=False,
    )
    untyped = metadata().replace("Description-Content-Type: text/markdown\n", "")
    only(
        metadata_problems(untyped.encode()),
        "description-type",
        "`long_description_content_type` missing. defaulting to `text/x-rst`.",
        'readme = "README.md"',
        refused=False,
    )


def test_all_problems_come_at_once() -> None:
    lines = ("Classifier: No", "Requires-Dist: a @ https://b.org/a.zip", "Requires-Dist: numpy>>2")
    found = [problem.id for problem in metadata_problems(metadata("bent", "1+x", *lines, readme="").encode())]
    assert found == ["version-local", "classifier-unknown", "direct-url", "metadata-invalid", "description-missing"]


def test_good_metadata_with_everything_in_them() -> None:
    lines = [
        "Classifier: Programming Language :: Python :: 3",
        "Project-URL: Source, https://example.org/bent",
        "Author-email: Ada Lovelace <ada@example.org>",
        "Requires-Dist: glassnet>=0.1",
        'Requires-Dist: numpy>=2.0; extra == "fast"',
        "Provides-Extra: fast",
        "Keywords: neural,network",
    ]
    assert metadata_problems(metadata("bent", "1.0", *lines).encode()) == []


def test_metadata_that_are_no_text_at_all_are_refused_not_raised() -> None:
    for nonsense in (b"", b"\xff\xfe\x00", b"\n\n\n", bytes(range(256))):
        assert any(problem.refused for problem in metadata_problems(nonsense))


def test_without_the_extra_one_line_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "trove_classifiers", None)
    with pytest.raises(GlassnetError, match=r"pip install 'glassnet\[publish\]'"):
        metadata_problems(metadata().encode())


# --- archives ---------------------------------------------------------------------------------------------


def test_good_archives_have_no_problem(tmp_path: Path) -> None:
    for path in (wheel(tmp_path), sdist(tmp_path)):
        assert archive_problems(path) == []
        assert metadata_problems(read_metadata(path)) == []


def built(folder: Path, backend: str) -> list[Path]:
    """What a real build backend makes of a small package."""
    package = folder / "src/glassnet_bent"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("x = 1\n")
    (folder / "README.md").write_text("# Bent\n")
    (folder / "LICENSE").write_text("MIT\n")
    (folder / "pyproject.toml").write_text(
        f'[build-system]\nrequires = []\nbuild-backend = "{backend}"\n[project]\nname = "glassnet-bent"\n'
        'version = "0.1.0"\ndescription = "Bent"\nreadme = "README.md"\nlicense = "MIT"\n'
    )
    command = [sys.executable, "-m", "build", "--no-isolation", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=folder)
    assert done.returncode == 0, done.stdout + done.stderr
    return sorted((folder / "dist").iterdir())


@pytest.mark.parametrize("backend", ["hatchling.build", "setuptools.build_meta"])
def test_what_real_backends_build_has_no_problem(tmp_path: Path, backend: str) -> None:
    if find_spec(backend.partition(".")[0]) is None:
        pytest.skip(f"{backend} is not installed")
    paths = built(tmp_path, backend)
    assert [path.suffix for path in paths] == [".whl", ".gz"]
    for path in paths:
        assert archive_problems(path) == [], path
        assert metadata_problems(read_metadata(path)) == [], path


WHEELS = [
    ({"file": "glassnet_bnet-0.1.0-py3-none-any.whl"}, "file-name",
     "Start filename for 'glassnet-bent' with 'glassnet_bent'.", "python -m build"),
    ({"file": "glassnet.bent-0.1.0-py3-none-any.whl"}, "file-name",
     "should contain the normalized project name 'glassnet_bent', not 'glassnet.bent'.", "python -m build"),
    ({"file": "glassnet_bent-0.2.0-py3-none-any.whl"}, "file-name",
     "Version in filename should be '0.1.0' not '0.2.0'.", "under the name it gave"),
    ({"file": "glassnet_bent-0.1.0-any.whl"}, "file-name", "Invalid wheel filename", "python -m build"),
    ({"file": "glassnet_bent-0.1.0-cp311-cp311-linux_x86_64.whl"}, "platform-tag",
     "has an unsupported platform tag 'linux_x86_64'.", "cibuildwheel"),
    ({"without": ("RECORD",)}, "record",
     "Wheel 'glassnet_bent-0.1.0-py3-none-any.whl' does not contain the required RECORD file: "
     "glassnet_bent-0.1.0.dist-info/RECORD", "python -m build"),
    ({"without": ("METADATA",)}, "archive-broken",
     "METADATA not found at glassnet_bent-0.1.0.dist-info/METADATA", "python -m build"),
    ({"without": ("WHEEL",)}, "archive-broken", "Invalid distribution file. WHEEL not found", "python -m build"),
    ({"without": ("LICENSE",)}, "licence-file",
     "License-File LICENSE does not exist in distribution file glassnet_bent-0.1.0-py3-none-any.whl at "
     "glassnet_bent-0.1.0.dist-info/licenses/LICENSE.", "beside pyproject.toml"),
    ({"more": {"../evil.py": b""}}, "archive-path", "'../evil.py' leads out of the archive", "python -m build"),
    ({"more": {"/tmp/evil.py": b""}}, "archive-path", "'/tmp/evil.py'", "python -m build"),
    ({"more": {"glassnet_bent\\..\\evil.py": b""}}, "archive-path", "leads out", "python -m build"),
]  # fmt: skip

WHEELS_ADVICE = [
    ({"more": {"tests/test_bent.py": b""}}, "top-level", "installs 2 top-level names: glassnet_bent, tests.",
     "beside src/"),
    ({"without": ("__init__.py",)}, "no-package", "holds no package at all", "packages"),
    ({"more": {"glassnet_bent/.env": b"TOKEN=1"}}, "secret", "looks like a secret: glassnet_bent/.env.", "revoke"),
    ({"more": {"glassnet_bent/.pypirc": b""}}, "secret", "glassnet_bent/.pypirc", "only-include"),
    ({"more": {"glassnet_bent/rows.csv": bytes(1024 * 1536)}}, "large-file", "glassnet_bent/rows.csv of 1.5 MiB",
     "glassnet.fetch"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "id", "message", "remedy"), WHEELS)
def test_wheels_that_an_index_refuses(tmp_path: Path, change: dict, id: str, message: str, remedy: str) -> None:
    problems = [problem for problem in archive_problems(wheel(tmp_path, **change)) if problem.refused]
    only(problems, id, message, remedy)


@pytest.mark.parametrize(("change", "id", "message", "remedy"), WHEELS_ADVICE)
def test_wheels_that_are_better_not_published(tmp_path: Path, change: dict, id: str, message: str, remedy: str) -> None:
    only(archive_problems(wheel(tmp_path, **change)), id, message, remedy, refused=False)


SDISTS = [
    ({"file": "glassnet-bent-0.1.0.tar.gz"}, "file-name",
     "Filename 'glassnet-bent-0.1.0.tar.gz' is invalid, should be 'glassnet_bent-0.1.0.tar.gz'.", "python -m build"),
    ({"top": "bent"}, "archive-broken", "Incorrect number of top-level directories in sdist", "python -m build"),
    ({"more": {"other/x": b""}}, "archive-broken", "Incorrect number of top-level", "python -m build"),
    ({"more": {"/etc/x": b""}}, "archive-broken", "Incorrect number of top-level", "python -m build"),
    ({"without": ("PKG-INFO",)}, "archive-broken", "PKG-INFO not found at glassnet_bent-0.1.0/PKG-INFO", "build"),
    ({"without": ("LICENSE",)}, "licence-file", "at glassnet_bent-0.1.0/LICENSE.", "let the build include it"),
    ({"more": {"glassnet_bent-0.1.0/../../evil": b""}}, "archive-path", "leads out of the archive", "python -m build"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "id", "message", "remedy"), SDISTS)
def test_sdists_that_an_index_refuses(tmp_path: Path, change: dict, id: str, message: str, remedy: str) -> None:
    only(archive_problems(sdist(tmp_path, **change)), id, message, remedy)


def test_a_wheel_edited_by_hand_does_not_agree_with_its_record(tmp_path: Path) -> None:
    import zipfile

    path = wheel(tmp_path)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("glassnet_bent/added.py", "")
    only(archive_problems(path), "record", "does not agree with its RECORD file: glassnet_bent/added.py.", "by hand")


@pytest.mark.parametrize("file", ["glassnet_bent-0.1.0-py3-none-any.whl", "glassnet_bent-0.1.0.tar.gz"])
@pytest.mark.parametrize("content", [b"", b"<html>", b"PK\x03\x04 and no more", b"\x1f\x8b\x08 and no more"])
def test_broken_archives_are_refused_not_raised(tmp_path: Path, file: str, content: bytes) -> None:
    path = tmp_path / file
    path.write_bytes(content)
    only(archive_problems(path), "archive-broken", "Invalid distribution file. File is not a", "python -m build")
    with pytest.raises(GlassnetError, match="Invalid distribution file"):
        read_metadata(path)


def test_a_wheel_cut_short_is_refused(tmp_path: Path) -> None:
    path = wheel(tmp_path)
    path.write_bytes(path.read_bytes()[:-40])
    only(archive_problems(path), "archive-broken", "File is not a zipfile", "python -m build")


def test_a_small_file_that_unpacks_to_a_huge_one_is_refused(tmp_path: Path) -> None:
    zeros = bytes(65 * 1024 * 1024)
    for path in (
        wheel(tmp_path, more={"glassnet_bent/zeros": zeros}),
        sdist(tmp_path, more={"glassnet_bent-0.1.0/zeros": zeros}),
    ):
        only(archive_problems(path), "archive-bomb", "File exceeds compression ratio of 50", "huge repetitive files")


def test_anything_else_is_no_distribution(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("hello")
    only(
        archive_problems(tmp_path / "notes.txt"),
        "file-extension",
        "Invalid file extension: Use .tar.gz or .whl extension.",
        "'notes.txt' is neither a wheel nor an sdist",
    )


# --- every rule has a reason ------------------------------------------------------------------------------


def test_every_problem_that_is_raised_has_a_reason_and_every_reason_a_problem() -> None:
    files = [*(PUBLISH / "rules").glob("*.py"), *(PUBLISH / f"{name}.py" for name in ("store", "index", "uploads"))]
    calls = [
        node
        for file in files
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Problem"
    ]
    ids = {call.args[0].value for call in calls if isinstance(call.args[0], ast.Constant)}
    assert len(calls) >= 40
    assert ids == set(WHY)
