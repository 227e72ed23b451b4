"""`glassnet index student`, `join`, `wheels` and what else a class with one index needs; and taking things back."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from ..errors import GlassnetError
from ..wording import count, memory
from .edge import say
from .sections import command

STUDENT_EXAMPLES = """\b
Examples:
  glassnet index student ada
  glassnet index student --list class.csv
  glassnet index student ada --dismiss
"""


@command(epilog=STUDENT_EXAMPLES)
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.option("--list", "listed", type=click.Path(path_type=Path), metavar="FILE.csv", help="The students of a list.")
@click.option("--dismiss", is_flag=True, help="Make a token worthless; what was published stays.")
def student(names: tuple[str, ...], listed: Path | None, dismiss: bool) -> None:
    """Give students a token for the class index, shown once as a line to paste. Without a name: who has one.

    A student owns each name that they publish first. Who had a token gets a new one, and the old one is worthless.
    """
    from ..publish.classroom.students import Students, names_in
    from ..publish.serving import class_address, index_folder

    students = Students(index_folder())
    wanted = [*names, *(names_in(listed) if listed else ())]
    if dismiss:
        for name in wanted:
            students.dismiss(name)
            say(f"the token of {name} is worth nothing any more; what {name} published stays")
        return
    if not wanted:
        for name in students.names():
            say(name)
        if not students.names():
            say("nobody has a token yet. Give one with: glassnet index student NAME")
        return
    address = class_address()
    for name, token in students.enrol(wanted).items():
        say(f"{name}: glassnet index join {address} {token}")
    say("Each line is shown this once: hand it to its student, who pastes it into a terminal.")


@command()
@click.argument("url")
@click.argument("token")
@click.option("--as", "name", default="class", show_default=True, metavar="NAME", help="What `--to` shall call it.")
def join(url: str, token: str, name: str) -> None:
    """Join a class: keep the address of its index and your TOKEN in ~/.pypirc, for `glassnet release --to class`."""
    from ..publish.installing import short_lines
    from ..publish.pypirc import Place, base_of, write_place
    from ..publish.release.classes import who_am_i

    if name in ("local", "pypi", "testpypi") or not name.replace("-", "").replace("_", "").isalnum():
        raise GlassnetError(f"--as {name!r} can't be: local, pypi and testpypi are taken; use letters, digits and -")
    base = base_of(url)
    student = who_am_i(base, token)
    path = write_place(Place(name, f"{base}legacy/", token))
    say(f"welcome, {student or 'teacher'}: {base} and your token are kept in {path}")
    say(f"publish    glassnet release --to {name}")
    for line in short_lines(f"{base}simple/"):
        say(f"once       {line}")
    say(f"then       python -m pip install NAME     with uv: uv pip install --default-index {base}simple/ NAME")


@command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
def wheels(folder: Path) -> None:
    """Fill DIR with wheels of glassnet, the plugins here and all that they require, for a room without a network.

    They are those for machines like this one; on another system run it there, with the same DIR. Then:
    glassnet index serve --class --wheels DIR ...
    """
    from ..publish.classroom.wheels import collect

    before = set(folder.glob("*.whl")) if folder.is_dir() else set()
    for line in collect(folder):
        say(line)
    there = set(folder.glob("*.whl"))
    size = memory(sum(path.stat().st_size for path in there))
    say(f"{count(len(there - before), 'new wheel')}, {len(there)} in all, {size}, in {folder}")


@command()
@click.argument("project")
@click.argument("version")
@click.option("--reason", default="", metavar="WORDS", help="Why, which pip shows to who asks for that version.")
@click.option("--undo", is_flag=True, help="Show it again.")
def yank(project: str, version: str, reason: str, undo: bool) -> None:
    """Hide the release VERSION of PROJECT from all who don't ask for it by number."""
    from ..publish.serving import index_folder
    from ..publish.store import Store

    files = Store(index_folder()).yank(project, version, reason, undo=undo)
    what = "is shown again" if undo else "is hidden from who does not ask for it by number"
    say(f"{files[0].project} {version} {what}")


@command()
@click.argument("file", required=False)
@click.option("--of", "student", metavar="STUDENT", help="All files of one student of a class.")
def remove(file: str | None, student: str | None) -> None:
    """Delete the published FILE, such as bent-0.1.0-py3-none-any.whl. As on PyPI its name stays used up."""
    from ..publish.serving import index_folder
    from ..publish.store import Store

    if (file is None) == (student is None):
        raise GlassnetError("say what to delete: the name of a file, or --of STUDENT for all of one student's")
    if student is not None:
        removed = Store(index_folder()).remove_all_of(student)
        say(f"removed {count(removed, 'file')} of {student}. The names stay used up, and theirs")
        return
    assert file is not None
    entry = Store(index_folder()).remove(file)
    say(f"removed {entry.file}. Its name stays used up: the next upload needs another version than {entry.version}")


@command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
def export(folder: Path) -> None:
    """Copy all published wheels into the new folder DIR: what a group has made, to install or to keep."""
    from ..publish.serving import index_folder
    from ..publish.store import Store

    files = Store(index_folder()).export(folder)
    say(f"{count(len(files), 'wheel')} in {folder}: python -m pip install --no-index --find-links {folder} NAME")


@command()
@click.option("--yes", is_flag=True, help="Don't ask.")
def wipe(yes: bool) -> None:
    """Remove all that was published, and all tokens of students, before the next group. Names are free again."""
    from ..publish.serving import index_folder
    from ..publish.store import Store

    store = Store(index_folder())
    if not yes:
        if not sys.stdin.isatty():
            raise GlassnetError("wiping can't be undone, and nobody can be asked here: add --yes")
        click.confirm(f"Remove {count(len(store.files()), 'file')} and all tokens from {store.folder}?", abort=True)
    say(f"removed {count(store.wipe(), 'file')} and all tokens from {store.folder}")


COMMANDS = (student, join, wheels, yank, remove, export, wipe)
