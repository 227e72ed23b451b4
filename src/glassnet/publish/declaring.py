"""Whether pyproject.toml says things where, and as what, the standard expects them.

One backend reads over a key that it does not know and another refuses the whole file, so with `author = "me"` a package
may well be built, and nobody is named.
"""

from __future__ import annotations

from collections.abc import Iterator

from ..errors import did_you_mean, join
from ..process import unwarned
from . import extra
from .project import Project
from .rules import Problem, as_entry_points, entry_points_fault, metadata_problems

#: Of other errors in a value a rule of its own says more, with the names of files or the words of the index.
_ONLY_HERE = ("project.authors", "project.maintainers", "project.dynamic")


def declaration_problems(project: Project) -> Iterator[Problem]:
    """Unknown keys, values of a wrong kind, commands and groups that can't be read, and what an index would refuse."""
    yield from _unknown_keys(project)
    yield from _wrong_values(project)
    yield from _letters_of_addresses(project)
    fault = entry_points_fault(as_entry_points(_every_group(project)))
    if fault:
        where = "[project.scripts] or [project.entry-points]"
        yield Problem("entry-points", f"the entry points can't be read: {fault}", f"correct it in {where}")
    description = project.table.get("description", "")
    if isinstance(description, str) and "\n" in description.strip():
        yield Problem("summary-lines", "the description has several lines", "keep one line: the rest is the README's")
    own = "description-"  # `readme_problems` says these with file names
    yield from (problem for problem in metadata_problems(project.metadata()) if not problem.id.startswith(own))


def _unknown_keys(project: Project) -> Iterator[Problem]:
    library, known = extra("pyproject_metadata"), extra("pyproject_metadata.constants")
    document = project.document
    for table, keys, choices in (
        ("pyproject.toml", library.extras_top_level(document), known.KNOWN_TOPLEVEL_FIELDS),
        ("[build-system]", library.extras_build_system(document), known.KNOWN_BUILD_SYSTEM_FIELDS),
        ("[project]", library.extras_project(document), known.KNOWN_PROJECT_FIELDS),
    ):
        for key in sorted(keys):
            yield Problem(
                "key-unknown",
                f"{table} has {key!r}, which means nothing there.{did_you_mean(key, choices)}",
                f"write one of {join(sorted(choices))}; what is meant for one tool stands in [tool.NAME]",
            )


def _wrong_values(project: Project) -> Iterator[Problem]:
    library, errors = extra("pyproject_metadata"), extra("pyproject_metadata.errors")
    try:
        with unwarned():
            library.StandardMetadata.from_pyproject(
                project.document, project.folder, allow_extra_keys=True, all_errors=True
            )
    except ExceptionGroup as group:
        for error in group.exceptions:
            key = getattr(error, "key", None) or ""
            nested = key.startswith("project.entry-points")  # of which the rule on groups says more
            if (isinstance(error, errors.ConfigurationTypeError) and not nested) or key.startswith(_ONLY_HERE):
                line = project.line_of(key.rpartition(".")[2].partition("[")[0])
                where = f", line {line}" if line else ""
                yield Problem("value-wrong", str(error).splitlines()[0], f"correct it in pyproject.toml{where}")


def _letters_of_addresses(project: Project) -> Iterator[Problem]:
    """An index takes an address of any letters, and most backends can't write one that is not plain before the @."""
    if "uv_build" in project.backend:
        return
    for key in ("authors", "maintainers"):
        people = project.table.get(key)
        for person in people if isinstance(people, list) else ():
            address = person.get("email") if isinstance(person, dict) else None
            if isinstance(address, str) and not address.partition("@")[0].isascii():
                yield Problem(
                    "author-email",
                    f"{project.backend} can't write {address!r}: it takes plain letters before the @",
                    f"give another address, or leave email out of {key} in pyproject.toml",
                )


def _every_group(project: Project) -> dict[str, dict[str, str]]:
    """The entry points as a wheel lists them: commands are groups like others."""
    groups = project.groups | {
        group: project.table.get(key, {})
        for key, group in (("scripts", "console_scripts"), ("gui-scripts", "gui_scripts"))
    }
    found = {group: points for group, points in groups.items() if isinstance(points, dict)}
    return {
        group: {name: value for name, value in points.items() if isinstance(value, str)}
        for group, points in found.items()
    }
