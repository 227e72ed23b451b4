"""The failures themselves: what students really meet when they publish for the first time, one function each."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from .edits import (
    add_classifier,
    add_to_wheel_table,
    append,
    backend_of,
    module_of,
    package_of,
    project_of,
    replace,
    set_name,
    set_version,
    substitute,
    write,
)


@dataclass(frozen=True)
class Failure:
    """One mistake: what finding it teaches, and `plant(folder)`, which makes it."""

    name: str
    teaches: str
    plant: Callable[[Path], None]


FAILURES: dict[str, Failure] = {}


def _failure(name: str, teaches: str) -> Callable[[Callable[[Path], None]], Callable[[Path], None]]:
    def keep(function: Callable[[Path], None]) -> Callable[[Path], None]:
        FAILURES[name] = Failure(name, teaches, function)
        return function

    return keep


# What glassnet finds, or does not


@_failure("group-typo", "an entry-point group that nobody reads raises no error anywhere")
def _group_typo(folder: Path) -> None:
    replace(project_of(folder), "[project.entry-points.glassnet]", "[project.entry-points.glasnet]")


@_failure("dotted-group", "a dot in a TOML heading opens another table, unless it is quoted")
def _dotted_group(folder: Path) -> None:
    replace(project_of(folder), "[project.entry-points.glassnet]", "[project.entry-points.glassnet.plugins]")


@_failure("entry-point-typo", "the module of an entry point is looked up only when somebody loads it")
def _entry_point_typo(folder: Path) -> None:
    replace(project_of(folder), '.plugin"', '.plugn"')


@_failure("missing-decorator", "a hook without @hookimpl is an ordinary function")
def _missing_decorator(folder: Path) -> None:
    replace(module_of(folder), "@hookimpl\n", "")


@_failure("misspelt-hook", "a hook is found by its exact name")
def _misspelt_hook(folder: Path) -> None:
    substitute(module_of(folder), r"(@hookimpl\ndef \w+)(?:es|s)\(", r"\1(")


@_failure("empty-hook", "a hook has to return its list, not only to make it")
def _empty_hook(folder: Path) -> None:
    substitute(module_of(folder), r"^    return (\[\w[^\n]*\])$", r"    parts = \1")


@_failure("stray-dependency", "a package that happens to be on your machine is missing on another")
def _stray_dependency(folder: Path) -> None:
    replace(module_of(folder), "import numpy as np\n", "import numpy as np\nimport pytest\n")


@_failure("misspelt-package", "a build can succeed and leave your package out")
def _misspelt_package(folder: Path) -> None:
    package = package_of(folder)
    package.rename(package.with_name(package.name.replace("glassnet_", "glasnet_")))


# What the part computes


@_failure("wrong-slope", "a slope that is wrong by a tenth still trains, only worse: check it")
def _wrong_slope(folder: Path) -> None:
    substitute(module_of(folder), r"^( *df=lambda z, a: )(.+),$|^( *return )(scale \* r .+)$", _a_tenth_more)


@_failure("noisy-import", "what a module prints, every program that imports it prints")
def _noisy_import(folder: Path) -> None:
    append(module_of(folder), '\nprint("plugin loaded")\n')


# The version


@_failure("stale-version", "a version that is written twice is wrong once")
def _stale_version(folder: Path) -> None:
    write(package_of(folder) / "__init__.py", '"""A plugin package for glassnet."""\n\n__version__ = "0.0.9"\n')


@_failure("forgotten-bump", "new contents need a new version: a published one never changes")
def _forgotten_bump(folder: Path) -> None:
    substitute(folder / "CHANGELOG.md", r"^## (\d+\.\d+\.\d+)$", "## 9.0.0\n\n* Faster.\n\n## \\1")


@_failure("version-v", "a tag begins with v, a version does not")
def _version_v(folder: Path) -> None:
    set_version(folder, r"v\1")


@_failure("local-version", "an index takes no version with a plus: that is for builds at home")
def _local_version(folder: Path) -> None:
    set_version(folder, r"\1+local1")


@_failure("changelog-behind", "users read the changelog: this version has to be in it")
def _changelog_behind(folder: Path) -> None:
    substitute(folder / "CHANGELOG.md", r"^## \d+\.\d+\.\d+$", "## 0.0.9")


# The README, which is the package's page


@_failure("readme-missing", "a build may pass over a README that is not there")
def _readme_missing(folder: Path) -> None:
    (folder / "README.md").unlink()


@_failure("readme-undeclared", "a README that pyproject.toml does not name is not shown")
def _readme_undeclared(folder: Path) -> None:
    substitute(project_of(folder), r"^readme = .*\n", "")


@_failure("relative-link", "the package's page is not in your repository: its links have to be whole addresses")
def _relative_link(folder: Path) -> None:
    replace(folder / "README.md", "## Install\n", "See [all changes](CHANGELOG.md).\n\n## Install\n")


@_failure("relative-image", "the package's page is not in your repository: nor are its pictures")
def _relative_image(folder: Path) -> None:
    replace(folder / "README.md", "## Install\n", "![What it looks like](docs/curve.png)\n\n## Install\n")


@_failure("placeholder", "a note to yourself becomes public with the rest")
def _placeholder(folder: Path) -> None:
    replace(folder / "README.md", "## Install\n", "TODO: write what this is good for.\n\n## Install\n")


# What an index refuses


@_failure("licence-classifier", "a licence is said once: by its SPDX name")
def _licence_classifier(folder: Path) -> None:
    add_classifier(folder, "License :: OSI Approved :: MIT License")


@_failure("unknown-classifier", "classifiers are a fixed list, and a new one can't be made up")
def _unknown_classifier(folder: Path) -> None:
    add_classifier(folder, "Topic :: Neural Networks You Can See Through")


@_failure("private-classifier", "one classifier exists so that a package can never be published")
def _private_classifier(folder: Path) -> None:
    add_classifier(folder, "Private :: Do Not Upload")


@_failure("long-summary", "the description is one line of at most 512 characters")
def _long_summary(folder: Path) -> None:
    substitute(project_of(folder), r'^description = "(.*)"$', lambda found: _lengthened(found[1]))


@_failure("standard-name", "no package may be called like a module of Python")
def _standard_name(folder: Path) -> None:
    set_name(folder, "statistics")


@_failure("similar-name", "an index takes letters that look alike for the same letter")
def _similar_name(folder: Path) -> None:
    set_name(folder, "g1assnet")


@_failure("direct-dependency", "an index takes dependencies by name, not by address")
def _direct_dependency(folder: Path) -> None:
    address = "https://example.org/colorama-0.4.6-py2.py3-none-any.whl"
    replace(project_of(folder), 'dependencies = ["', f'dependencies = ["colorama @ {address}", "')


# What is in the files, and what is not


@_failure("licence-missing", "a licence that is only named gives nobody a right")
def _licence_missing(folder: Path) -> None:
    (folder / "LICENSE").unlink()


@_failure("package-data-lost", "a file that is not Python may stay at home although the code reads it")
def _package_data_lost(folder: Path) -> None:
    package = package_of(folder)
    write(package / "constants.json", '{"half": 0.5}\n')
    imports = "import json\nfrom importlib.metadata import PackageNotFoundError, version\n"
    replace(package / "__init__.py", imports.partition("\n")[2], f"{imports}from importlib.resources import files\n")
    code = '\nCONSTANTS = json.loads(files(__package__).joinpath("constants.json").read_text(encoding="utf-8"))\n'
    append(package / "__init__.py", code)
    excluding = {"hatchling": 'exclude = ["*.json"]', "uv_build": 'wheel-exclude = ["**/*.json"]'}
    if line := excluding.get(backend_of(folder)):
        add_to_wheel_table(folder, line)
    else:
        replace(project_of(folder), ', "*.json"', "")


@_failure("flat-layout", "two folders beside pyproject.toml are two packages: src/ keeps them apart")
def _flat_layout(folder: Path) -> None:
    package = package_of(folder)
    shutil.move(package, folder / package.name)
    for left_by_installing in (folder / "src").glob("*.egg-info"):
        shutil.rmtree(left_by_installing)
    if not any((folder / "src").iterdir()):
        (folder / "src").rmdir()
    (folder / "plugins").mkdir()
    write(folder / "plugins" / "__init__.py", '"""Plugins to come."""\n')
    if backend_of(folder) == "uv_build":
        add_to_wheel_table(folder, f'module-root = ""\nmodule-name = ["{package.name}", "plugins"]')
    elif backend_of(folder) == "hatchling":
        replace(project_of(folder), f'["src/{package.name}"]', f'["{package.name}", "plugins"]')
        replace(project_of(folder), '["src", "tests"', f'["{package.name}", "plugins", "tests"')
    else:
        replace(project_of(folder), '[tool.setuptools.packages.find]\nwhere = ["src"]\n\n', "")


@_failure("tests-installed", "whatever lies in src/ is installed under its own name, tests too")
def _tests_installed(folder: Path) -> None:
    shutil.copytree(folder / "tests", folder / "src" / "tests", ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "src" / "tests" / "__init__.py").touch()
    if backend_of(folder) == "uv_build":
        add_to_wheel_table(folder, f'module-name = ["{package_of(folder).name}", "tests"]')
    elif backend_of(folder) == "hatchling":
        substitute(project_of(folder), r'^(packages = \[".+")\]$', r'\1, "src/tests"]')


@_failure("secret-file", "what lies in the folder may be published: a token is then everybody's")
def _secret_file(folder: Path) -> None:
    # It says itself that it opens nothing, to whoever finds it and to those who search for leaked tokens.
    secret = "[pypi]\nusername = __token__\npassword = pypi-planted-for-practice-and-worth-nothing\n"
    write(package_of(folder) / ".pypirc", secret)
    replace(folder / ".gitignore", ".pypirc\n", "")
    if backend_of(folder) == "setuptools":
        replace(project_of(folder), '"*" = ["py.typed"', '"*" = ["py.typed", ".pypirc"')


@_failure("huge-file", "everybody who installs a package downloads all of it")
def _huge_file(folder: Path) -> None:
    rows = "".join(f"{row},{row * row % 9973}\n" for row in range(160_000))
    write(package_of(folder) / "measurements.csv", "row,value\n" + rows)


@_failure("stale-dist", "an old file in dist/ is uploaded with the new one, or instead of it")
def _stale_dist(folder: Path) -> None:
    (folder / "dist").mkdir(exist_ok=True)
    old = f"{package_of(folder).name}-0.0.1"
    for name in (f"{old}.tar.gz", f"{old}-py3-none-any.whl", "notes.txt"):
        write(folder / "dist" / name, "left over from another day\n")


def _lengthened(description: str) -> str:
    return f'description = "{description}{", and it does it well" * 25}"'


def _a_tenth_more(found: re.Match[str]) -> str:
    if found[1]:
        return f"{found[1]}1.1 * ({found[2]}),"
    return f"{found[3]}1.1 * {found[4]}"
