"""A new plugin package: the template, rendered with checked answers, or nothing at all.

The package is made under another name beside its place and renamed when it is complete, so that no half of it
is ever seen and nothing that exists is overwritten.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import GlassnetError, join
from ..files import beside, writing
from ..installs import carried
from ..kinds import COMMANDS
from . import extra
from .leaning import Leaning, leaning
from .naming import ANSWERS, LONGEST_LINE, Names, names, problem_with, problems
from .repository import git
from .rules import email_fault

if TYPE_CHECKING:
    from ..catalog import Part

_PLUGIN = "plugin.py"


@dataclass(frozen=True)
class Answers:
    """What a new package is made from; an empty description, author or e-mail leaves the template's own.

    `github` is the owner of a repository there: then the package comes with what such a one needs, and with git.

    `plugin_file` is a one-file plugin whose parts take the place of the example; then `kind` is not asked.
    """

    name: str
    kind: str = "activation"
    backend: str = "hatchling"
    description: str = ""
    author: str = ""
    email: str = ""
    license: str = "MIT"
    github: str = ""
    plugin_file: Path | None = None

    @property
    def given(self) -> dict[str, str]:
        """Those that were given, as the template calls them; the name always is."""
        values = {answer: getattr(self, answer) for answer in ANSWERS}
        return {answer: value for answer, value in values.items() if value or answer == "name"}

    def check(self) -> None:
        """Every answer may be used, or one error says what is wrong with each that may not."""
        found = problems(self.given)
        fault = email_fault(self.email) if self.email and not found else ""
        if fault:
            found = [f"email {self.email!r} gets no mail: {fault} Write another, or leave it empty."]
        if found:
            raise GlassnetError(" ".join(found))

    def suggestion(self, answer: str) -> str:
        """What the template takes for that answer, where these others are given."""
        return str(_context(self.given, self.parts(), self.leaning)[answer])

    @cached_property
    def leaning(self) -> Leaning:
        """What the file leans on; nothing where there is none."""
        return leaning(self.plugin_file) if self.plugin_file else Leaning((), (), ())

    def parts(self) -> list[Part]:
        """The parts of the file, where there is one."""
        return read_part_file(self.plugin_file) if self.plugin_file else []


def new_project(answers: Answers, folder: Path) -> Path:
    """Make the package inside `folder`; returns its own folder, which is called like the distribution."""
    answers.check()
    called = names(answers.name)
    target = free_place(called, folder)
    parts = answers.parts()
    refuse_ours([(part.kind, part.name) for part in parts] or [(answers.kind.partition(":")[0], called.part)])
    with writing(folder, "give another one with --to"):
        workshop = beside(target)
        workshop.mkdir()
        try:
            made = _render(_context(answers.given, parts, answers.leaning), workshop)
            if answers.plugin_file:
                _bring(answers.plugin_file, answers.leaning.files, made / "src" / called.package)
            if answers.github:
                _begin_repository(made, f"https://github.com/{answers.github}/{called.distribution}.git")
            made.rename(target)
        finally:
            shutil.rmtree(workshop, ignore_errors=True)
    return target


def _bring(plugin_file: Path, files: Sequence[str], package: Path) -> None:
    """The file itself, and what it reads from beside it, each where the file will look for it."""
    shutil.copyfile(plugin_file, package / _PLUGIN)
    for name in files:
        (package / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(plugin_file.parent / name, package / name)


def _begin_repository(made: Path, origin: str) -> None:
    """An empty repository that knows its home; without git, or inside another repository, there is none."""
    if git(made.parent, "rev-parse", "--is-inside-work-tree") is None:
        begun = git(made, "init", "--quiet", "--initial-branch", "main") is not None
        begun and git(made, "remote", "add", "origin", origin)


def free_place(called: Names, folder: Path) -> Path:
    """Where the package will be; what is there already is an error."""
    target = folder / called.distribution
    if not folder.is_dir():
        raise GlassnetError(f"there is no folder {str(folder)!r}: make it first, or give another one with --to")
    if os.path.lexists(target):
        raise GlassnetError(f"{str(target)!r} exists already, and nothing is overwritten: remove it or choose a name")
    if not os.access(folder, os.W_OK):
        raise GlassnetError(f"the folder {str(folder)!r} can't be written to: give another one with --to")
    return target


def read_part_file(path: Path) -> list[Part]:
    """The parts of a one-file plugin, read as the catalog reads it; a file without any is an error."""
    from ..catalog import Catalog

    catalog = Catalog.discover(files=[path], guests=False)
    guest = next(guest for guest in catalog.guests if guest.file)
    if guest.state != "ok":
        raise GlassnetError(f"{str(path)!r} can't become a package yet: {guest.reason}. What to do: {guest.remedy}.")
    return [part for part in catalog.parts() if part.distribution == guest.distribution]


def template_folder() -> Path:
    """The template: inside an installed glassnet, or beside the sources in a checkout."""
    place = carried("_template", "template", "cookiecutter.json")
    if place:
        return place
    raise GlassnetError(
        "the template of glassnet is missing in this installation: pip install --force-reinstall glassnet"
    )


def refuse_ours(parts: Sequence[tuple[str, str]]) -> None:
    """A built-in's short name always means the built-in, so a (kind, name) that is ours can't be a guest's."""
    ours = {(part.kind, part.name) for part in _ours()} | {("command", name) for name in COMMANDS}
    taken = [name for name in parts if name in ours]
    if taken:
        raise GlassnetError(
            f"{join(f'{kind} {name!r}' for kind, name in taken)} is a part of glassnet itself, and the name always "
            f"means ours: choose another, such as 'my-{taken[0][1].replace('_', '-')}'"
        )


def _ours() -> list[Part]:
    from ..catalog import Catalog

    return Catalog.discover(guests=False).parts()


def _context(given: dict[str, str], parts: list[Part], leaning: Leaning) -> dict[str, Any]:
    """Every blank of the template: what was given, and cookiecutter.json's own words for the rest."""
    generate, prompt = extra("cookiecutter.generate"), extra("cookiecutter.prompt")
    if parts:
        given = {"description": _described_together(parts)} | given
    context = generate.generate_context(str(template_folder() / "cookiecutter.json"), extra_context=given)
    used = [part.name for part in (*_ours(), *parts)]
    context["cookiecutter"]["_parts"] = [_described(part, used.count(part.name) > 1) for part in parts]
    context["cookiecutter"] |= {"_requires": list(leaning.requires), "_files": list(leaning.files)}
    context["cookiecutter"]["_shared"] = names(given["name"]).part in used
    filled: dict[str, Any] = prompt.prompt_for_config(context, no_input=True)
    return filled


def _render(blanks: dict[str, Any], folder: Path) -> Path:
    """The template's package inside `folder`; unlike the command cookiecutter, this leaves no notes at home."""
    generate = extra("cookiecutter.generate")
    # The hooks would only ask once more for what has been checked here, and tidy up as is done below.
    made = Path(generate.generate_files(template_folder(), {"cookiecutter": blanks}, folder, accept_hooks=False))
    for cache in list(made.rglob("__pycache__")):  # compiled in an installed template, with paths of that machine
        shutil.rmtree(cache)
    return made


def _described(part: Part, shared: bool) -> dict[str, Any]:
    """What the README and the tests say about a part that came from a file; `shared` is a name of two parts or more."""
    bag = part.build() if part.kind in ("loss", "metric", "plot") else None
    task = "regression" if getattr(bag, "sees", "") == "numbers" else getattr(bag, "task", "")
    of = getattr(bag, "of", "")
    subject = _subject(bag, of) if of in ("part", "parts") else ""
    return {
        "kind": part.kind, "name": part.name, "doc": part.doc, "task": task, "shared": shared, "of": of,
        "subject": subject,
    }  # fmt: skip


def _subject(plot: Any, of: str) -> str:
    """The first of our own parts that this picture of a part fits; empty where it fits none."""
    from ..catalog import Catalog

    catalog = Catalog.discover(guests=False)
    for part in catalog.parts():
        choice = catalog.choose(part.kind, part.name)
        if not plot.unsuited([choice] if of == "parts" else choice):
            return part.name
    return ""


def _described_together(parts: list[Part]) -> str:
    first = parts[0].help.rstrip(".")
    if len(parts) == 1 and first and not problem_with("description", first):
        return first
    return f"For glassnet: {join(f'{part.kind} {part.name}' for part in parts)}"[:LONGEST_LINE]
