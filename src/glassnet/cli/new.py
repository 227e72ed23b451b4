"""`glassnet new` and `glassnet sabotage`: a plugin package to build on, and one to mend."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..errors import GlassnetError, join
from ..kinds import KINDS
from ..publish.naming import BACKENDS, FORMS, LICENCES, names, problem_with
from ..publish.repository import git
from ..tables import Table, width_of_output
from .edge import say, style
from .sections import OUTPUT, command, section

if TYPE_CHECKING:
    from ..publish.template import Answers

# What `new` asks for, and how.
_QUESTIONS = {
    "kind": f"What its example part is ({join(KINDS)}; or a form, as dataset:fetched)",
    "description": "What it does, in one line",
    "author": "Author",
    "email": "E-mail, which PyPI shows to everyone (may be empty)",
}

_FORMS = "Forms: " + "; ".join(f"{kind}:{form} ({words})" for kind, all in FORMS.items() for form, words in all.items())

NEW_EXAMPLES = """\b
Examples:
  glassnet new bent                          asks, then makes glassnet-bent/ with an activation in it
  glassnet new bent --kind loss --no-input   takes the defaults
  glassnet new bent --kind dataset:fetched   rows that are fetched from their publisher
  glassnet new bent --from bent.py           the parts of a one-file plugin become a package
  glassnet new bent --github ada             with a repository: tests, releases, links
"""


@command(epilog=NEW_EXAMPLES)
@click.argument("name")
@section(
    "The parts",
    click.option("--kind", metavar="KIND[:FORM]", help=f"What the example part is: {join(KINDS)}. {_FORMS}"),
    click.option(
        "--from",
        "plugin_file",
        type=click.Path(path_type=Path),
        metavar="FILE.py",
        help="Take over the parts of this one-file plugin instead of an example.",
    ),
)
@section(
    "The package",
    click.option("--backend", metavar="NAME", default="hatchling", help=f"What builds it: {join(BACKENDS)}."),
    click.option("--author", metavar="NAME", help="Whom the licence names."),
    click.option("--email", metavar="ADDRESS", help="Where to reach the author."),
    click.option("--description", metavar="LINE", help="What it does, in one line."),
    click.option("--license", metavar="NAME", help=f"What others may do with it: {join(LICENCES)}  [MIT]."),
)
@section(
    OUTPUT,
    click.option(
        "--to", "folder", type=click.Path(path_type=Path), metavar="FOLDER", default=".", help="Make it inside FOLDER."
    ),
    click.option(
        "--github", metavar="OWNER", help="Add what a repository of that account needs, and begin one with git."
    ),
    click.option("--no-input", is_flag=True, help="Ask nothing: take the defaults."),
)
def new(
    name: str,
    kind: str | None,
    plugin_file: Path | None,
    backend: str,
    author: str | None,
    email: str | None,
    description: str | None,
    license: str | None,
    github: str | None,
    no_input: bool,
    folder: Path,
) -> None:
    """Make a plugin package from the template.

    NAME gives glassnet-NAME. It comes with a working part, tests, a README and all that `make release` needs.
    Nothing that exists is overwritten.
    """
    from ..publish.template import Answers, free_place, new_project

    called = names(name)
    free_place(called, folder)
    if plugin_file and kind:
        raise GlassnetError("--kind and --from exclude each other: the file says which kinds its parts are")
    options = {"kind": kind, "description": description, "author": author, "email": email}
    options |= {"license": license, "github": github}
    given: dict[str, Any] = {answer: value for answer, value in options.items() if value is not None}
    answers = replace(Answers(name, backend=backend, plugin_file=plugin_file), **given)
    answers.check()
    made = new_project(replace(answers, **_missing(answers, set(given), _asks(no_input))), folder)
    for remark in _known_already(called.distribution):
        say(f"remark: {remark}", err=True)
    for file in answers.leaning.files:
        say(f"brought along: {file}, which {answers.plugin_file} reads")
    for remark in answers.leaning.remarks:
        say(f"remark: {remark}", err=True)
    _print_next(made, called.distribution)


def _known_already(distribution: str) -> Iterator[str]:
    """Where another package of that name would come in the way of this one."""
    from ..installs import version_of
    from ..publish.serving import index_folder
    from ..publish.store import Store

    version = version_of(distribution)
    if version:
        yield f"a {distribution} {version} is installed here already, and installing this one takes its place"
    there = Store(index_folder()).projects().get(distribution, [])
    versions = join(dict.fromkeys(entry.version for entry in there))
    if versions:
        yield (
            f"{distribution} {versions} is on the practice index already: if that was another package, "
            f"glassnet index wipe or another name"
        )


def _asks(no_input: bool) -> bool:
    """Whether somebody is there to answer; if not, and nobody said so, it is said here."""
    if no_input:
        return False
    if not sys.stdin.isatty():
        say("Nobody can be asked, as the input is no terminal: what was not given takes its default.", err=True)
        return False
    return True


def _missing(answers: Answers, given: set[str], asks: bool) -> dict[str, Any]:
    """The answers that were not given: asked for one after the other, or those that need no asking."""
    # Its address is left alone: an index shows it to everyone, so its owner types it or leaves it out.
    author = (git(Path(), "config", "user.name") or "").strip()
    found: dict[str, Any] = {}
    if author and "author" not in given and not problem_with("author", author):
        found["author"] = author
    if not asks:
        return found
    for answer, question in _QUESTIONS.items():
        if answer not in given and not (answer == "kind" and answers.plugin_file):
            suggested = replace(answers, **found).suggestion(answer)
            found[answer] = click.prompt(question, suggested, value_proc=_checked(answer), show_default=bool(suggested))
    return found


def _checked(answer: str) -> Callable[[str], str]:
    def check(typed: str) -> str:
        problem = problem_with(answer, typed)
        if problem:  # click says it and asks again
            raise click.BadParameter(problem)
        return typed

    return check


def _print_next(made: Path, distribution: str) -> None:
    files = sum(file.is_file() for file in made.rglob("*") if file.relative_to(made).parts[0] != ".git")
    say(style(f"Made {made}", bold=True) + f" with {files} files. What comes next:")
    steps = [
        (f"cd {shlex.quote(str(made))}", ""),
        ("make install", f"then `glassnet plugins` lists {distribution}"),
        ("make check", "each part against the contract of its kind"),
        ("make test", "the tests that came with it"),
        ("make release", "publish it on a practice index of your own"),
    ]
    if (made / ".git").exists():
        steps += [
            ("git add . && git commit -m 'A first version'", ""),
            ("git push -u origin main", "once the repository is made on GitHub, empty: https://github.com/new"),
        ]
    for step, meaning in steps:
        say(f"  {step:<14}{'  # ' + meaning if meaning else ''}")


SABOTAGE_EXAMPLES = """\b
Examples:
  glassnet sabotage --list                   every failure, and what finding it teaches
  glassnet sabotage group-typo glassnet-bent
  glassnet sabotage wrong-slope --reveal     in this folder, and say what was done
"""


@command(epilog=SABOTAGE_EXAMPLES)
@click.argument("failure", required=False)
@click.argument("folder", type=click.Path(path_type=Path), default=".", metavar="[DIR]")
@click.option("--list", "lists", is_flag=True, help="List every failure.")
@click.option("--reveal", is_flag=True, help="Say what was done, line by line.")
def sabotage(failure: str | None, folder: Path, lists: bool, reveal: bool) -> None:
    """Break a package in one known way, for somebody to find.

    DIR is the package's folder, by default this one. Use a copy, or commit first: there is no way back.
    """
    from ..publish.sabotage import FAILURES, plant

    if lists:
        rows = [(name, known.teaches) for name, known in FAILURES.items()]
        for line in Table(("FAILURE", "WHAT FINDING IT TEACHES"), rows).lines(width_of_output()):
            say(line)
        return
    if failure is None:
        raise GlassnetError("which failure? `glassnet sabotage --list` shows them all")
    changes = plant(failure, folder)
    say(f"Something in {folder.resolve().name} is wrong now. Find it: glassnet release {folder} --dry-run")
    for line in changes if reveal else []:
        say(line)
